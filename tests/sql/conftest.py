"""The servers that the corpus is played on: a real MariaDB, and our own with the embedded SQL."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from twisted.python.usage import UsageError

from sockservice.plugins.mysql import MySQLOptions

TESTS = Path(__file__).parents[1]
sys.path += [str(TESTS), str(TESTS / "clients")]

from installed import driver, program  # noqa: E402

driver("pymysql")

from evaluation import Evaluation  # noqa: E402
from fresh_mariadb import fresh_mariadb  # noqa: E402
from outcomes import Address  # noqa: E402


@pytest.fixture
def evaluate() -> Iterator[Evaluation]:
    """A session of the embedded database that works out expressions."""
    found = Evaluation()
    yield found
    found.database.close()


@pytest.fixture(scope="module")
def reference() -> Iterator[Address]:
    """A fresh MariaDB."""
    program("mariadbd")
    with fresh_mariadb() as address:
        yield address


@pytest.fixture(scope="module")
def ours(our_process: tuple[Address, int]) -> Address:
    """Our own server with the embedded SQL, run as a user would."""
    return our_process[0]


@pytest.fixture(scope="module")
def our_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Address, int]]:
    """The same, and the number of its process."""
    try:
        MySQLOptions().parseOptions(["--fallback", "sql"])
    except UsageError as error:
        pytest.skip(f"no embedded SQL: {error}")
    # Not at the top, for the reason given in fresh_mariadb.
    from servers import PATIENCE, running

    folder = tmp_path_factory.mktemp("ours")
    log, ready = folder / "twistd.log", folder / "ready.jsonl"
    command = [str(Path(sys.executable).with_name("twistd")), "--nodaemon", "--pidfile=", "sockservice", "--port=0"]
    command += [f"--ready-file={ready}", "mysql", "--fallback=sql"]
    with running(command, folder, log, ready.exists) as process:
        yield Address(json.loads(ready.read_text().splitlines()[0])["port"]), process.pid
        process.terminate()
        assert process.wait(PATIENCE) == -signal.SIGTERM, log.read_text()
    assert "Traceback" not in log.read_text(), log.read_text()
