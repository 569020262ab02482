from __future__ import annotations

from pathlib import Path

import compiled
from process_client import ProgramProtocol


class TestMariadbConnectorJ(ProgramProtocol):
    absent = {
        "reset": "it has no call for it",
        "change_user": "it has no call for it",
        "zstd": "it does not have it",
    }
    bugs = {
        "test_login_by_each_plugin_over_a_unix_socket[mysql_clear_password]": "it does this over TLS only",
    }

    @classmethod
    def made(cls, folder: Path) -> list[str]:
        return compiled.java("MariadbConnector.java", folder)
