"""The first login of an account with ``caching_sha2_password`` proves its password in full, later ones are fast.

Each client and way has an account of its own, so that each is the first once.
"""

from __future__ import annotations

import asyncio
import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import servers
from installed import driver, program

QUESTION = "SELECT USER()"
Login = Callable[..., str]


def blocking(module: str, secured: dict[str, Any], plain: dict[str, Any]) -> Login:
    """A driver of DB-API 2.0; ``secured`` and ``plain`` are what it needs for the way it goes."""

    def log_in(tls: bool, **settings: Any) -> str:
        over_tcp = "port" in settings
        connection = driver(module).connect(**settings, **(secured if tls else plain if over_tcp else {}))
        cursor = connection.cursor()
        cursor.execute(QUESTION)
        ((user,),) = cursor.fetchall()
        connection.close()
        return str(user)

    return log_in


def asynchronous(module: str) -> Login:
    """A driver of asyncio."""

    def log_in(tls: bool, **settings: Any) -> str:
        async def talk() -> str:
            connection = await driver(module).connect(**settings, ssl=unverified() if tls else None)
            async with connection.cursor() as cursor:
                await cursor.execute(QUESTION)
                ((user,),) = await cursor.fetchall()
            await connection.ensure_closed()
            return str(user)

        return asyncio.run(talk())

    return log_in


def unverified() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def command_line(tls: bool, *, user: str, password: str, **settings: Any) -> str:
    """The program ``mariadb``."""
    where = (
        [f"--host={settings['host']}", f"--port={settings['port']}", "--ssl" if tls else "--skip-ssl"]
        if "port" in settings
        else [f"--socket={settings['unix_socket']}"]
    )
    words = [program("mariadb"), "--no-defaults", *where, f"--user={user}", f"--password={password}", "--batch"]
    told = subprocess.run([*words, "--skip-column-names", "-e", QUESTION], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    return told.stdout.strip()


CLIENTS: dict[str, Login] = {
    "pymysql": blocking("pymysql", {"ssl": unverified()}, {"ssl_disabled": True}),
    "mysqlclient": blocking("MySQLdb", {"ssl_mode": "REQUIRED", "ssl": {}}, {}),
    "connector": blocking("mysql.connector", {"use_pure": True}, {"use_pure": True, "ssl_disabled": True}),
    "aiomysql": asynchronous("aiomysql"),
    "asyncmy": asynchronous("asyncmy"),
    "mariadb": command_line,
}
WAYS = ("tcp", "tls", "unix")
# It cannot encrypt its password; and it never closes the transport that it had before TLS, which is a warning.
UNABLE = {("connector", "tcp"), ("aiomysql", "tls")}
TALKS = [(client, way) for client in CLIENTS for way in WAYS if (client, way) not in UNABLE]


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, Any]]]:
    """Our server as a user would run it; for each way to it what a client needs to know."""
    folder = tmp_path_factory.mktemp("full")
    ready, log, path = folder / "ready.jsonl", folder / "twistd.log", folder / "socket"
    command = [str(Path(sys.executable).with_name("twistd")), "--nodaemon", "--pidfile=", "sockservice"]
    command += ["--listen=tcp:0", f"--listen=unix:{path}", f"--ready-file={ready}", "mysql", "--tls=self-signed"]
    command += [f"--account={client}-{way},full:secret" for client in CLIENTS for way in WAYS]
    with servers.running(command, folder, log, ready.exists) as process:
        where = json.loads(ready.read_text().splitlines()[0])
        tcp = {"host": where["host"], "port": where["port"]}
        yield {"tcp": tcp, "tls": tcp, "unix": {"unix_socket": str(path)}}
        process.terminate()
        assert process.wait(servers.PATIENCE) == -signal.SIGTERM
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.mark.parametrize(("client", "way"), TALKS)
def test_the_first_login_is_full_and_the_second_is_fast(ways: dict[str, dict[str, Any]], client: str, way: str) -> None:
    for _ in range(2):
        user = f"{client}-{way}"
        told = CLIENTS[client](way == "tls", user=user, password="secret", **ways[way])
        assert told == f"{user}@{'localhost' if way == 'unix' else '127.0.0.1'}"


def test_a_client_that_cannot_encrypt_its_password_gets_in_behind_one_that_can(ways: dict[str, dict[str, Any]]) -> None:
    """As with MySQL: who is not the first does not notice that the first had more to do."""
    settings = {"user": "connector-tcp", "password": "secret", **ways["tcp"]}
    with pytest.raises(driver("mysql.connector").Error, match="Access denied for user 'connector-tcp'"):
        CLIENTS["connector"](False, **settings)
    CLIENTS["pymysql"](False, **settings)
    assert CLIENTS["connector"](False, **settings) == "connector-tcp@127.0.0.1"
