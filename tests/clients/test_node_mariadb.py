from __future__ import annotations

from pathlib import Path

from installed import program, script
from process_client import ProgramProtocol


class TestNodeMariadb(ProgramProtocol):
    command = script(program("node"), Path(__file__).with_name("programs") / "mariadb.js")
    absent = {
        "cursor": "it asks for no cursor of the server",
        "zstd": "it does not have it",
    }
    bugs = {"test_change_user_with_a_database": "it leaves out the database where it logged in without one"}
    bugs_on = {
        "sockservice": {
            "test_change_user": "its version has to say MariaDB",
            "test_change_user_with_a_wrong_password": "its version has to say MariaDB",
        }
    }
