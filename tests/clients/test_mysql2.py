from __future__ import annotations

from pathlib import Path

from installed import program, script
from process_client import ProgramProtocol


class TestNodeMysql2(ProgramProtocol):
    command = script(program("node"), Path(__file__).with_name("programs") / "mysql2.js")
    absent = {
        "cursor": "it asks for no cursor of the server",
        "zstd": "it does not have it",
        "client_ed25519": "it does not have the plugin",
    }
    alters_prepared = {"t_geometry": "it makes a point of it"}
