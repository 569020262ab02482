from __future__ import annotations

from pathlib import Path

import compiled
from process_client import ProgramProtocol


class TestGoSqlDriver(ProgramProtocol):
    absent = {
        "cursor": "it asks for no cursor of the server",
        "reset": "version 1.5 does not use it",
        "change_user": "it has no call for it",
        "zlib": "version 1.5 does not compress",
        "zstd": "version 1.5 does not compress",
        "client_ed25519": "version 1.5 does not have the plugin",
    }
    hangs = {"test_an_error_ends_several_statements": "it waits for the results after the error, which never come"}
    shows_sqlstate = False  # before version 1.7

    @classmethod
    def made(cls, folder: Path) -> list[str]:
        return compiled.go("go_sql_driver.go", folder)
