"""Many processes on one server, each in its workspace: nothing of one is seen by another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from installed import driver
from servers import RunningServer

pymysql = driver("pymysql")
connector = driver("mysql.connector")

PROGRAM = Path(__file__).parent / "programs" / "workspace_worker.py"
PROCESSES, A_PROGRAM = 50, 5


def test_fifty_processes_share_a_server_and_nothing_else(open_service: RunningServer) -> None:
    where = [open_service.host, str(open_service.port)]
    programs = [
        subprocess.Popen(
            [sys.executable, str(PROGRAM), *where, str(first), str(A_PROGRAM)], stderr=subprocess.PIPE, text=True
        )
        for first in range(0, PROCESSES, A_PROGRAM)
    ]
    told = [program.communicate(timeout=120)[1] for program in programs]
    assert [program.returncode for program in programs] == [0] * len(programs), "".join(told)


def test_the_workspace_is_chosen_by_connection_attribute_too(open_service: RunningServer) -> None:
    where = {"host": open_service.host, "port": open_service.port, "user": "app@other"}
    with connector.connect(**where, conn_attrs={"workspace": "by attribute"}) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT name FROM sockservice.workspace")
        assert cursor.fetchall() == [("by attribute",)]


def test_use_and_a_change_of_user_change_the_workspace(open_service: RunningServer) -> None:
    with connector.connect(host=open_service.host, port=open_service.port, user="app") as connection:
        cursor = connection.cursor()

        def workspace() -> str:
            cursor.execute("SELECT name FROM sockservice.workspace")
            return str(cursor.fetchall()[0][0])

        assert workspace() == ""
        cursor.execute("USE `shop@used`")
        assert workspace() == "used"
        connection.cmd_change_user("app@changed", "", "shop")
        assert workspace() == "changed"
        connection.cmd_change_user("app", "", "shop")
        assert workspace() == ""


def test_a_workspace_outlives_its_connections_for_a_while(open_service: RunningServer) -> None:
    where = {"host": open_service.host, "port": open_service.port, "user": "app@outlives"}
    with pymysql.connect(**where) as connection:
        connection.cursor().execute("CALL sockservice.set_state('cart', 'filled')")
    with pymysql.connect(**where) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT state FROM sockservice.states")
        assert cursor.fetchall() == (("filled",),)
