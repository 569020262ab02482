from __future__ import annotations

from pathlib import Path

from installed import program, script
from process_client import ProgramProtocol


class TestRubyMysql2(ProgramProtocol):
    command = script(program("ruby"), Path(__file__).with_name("programs") / "mysql2.rb")
    absent = {
        "cursor": "it asks for no cursor of the server",
        "reset": "it has no call for it",
        "change_user": "it has no call for it",
        "pool": "it leaves pools to others",
        "zstd": "libmariadb 3.3 does not have it",
    }
