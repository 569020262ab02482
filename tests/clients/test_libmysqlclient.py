from __future__ import annotations

import sys
from pathlib import Path

from installed import script
from process_client import ProgramProtocol


class TestLibmysqlclient(ProgramProtocol):
    """Oracle's library in C, through mysql-connector-python."""

    command = script(sys.executable, Path(__file__).with_name("programs") / "libmysqlclient.py")
    absent = {
        "cursor": "the connector asks for no cursor of the server",
        "client_ed25519": "it does not have the plugin",
    }
