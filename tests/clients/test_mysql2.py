from __future__ import annotations

from pathlib import Path
from typing import Any

from installed import program, script
from operations import Operations
from process_client import ProcessConnection

COMMAND = script(program("node"), Path(__file__).with_name("mysql2_client.js"))


class TestNodeMysql2(Operations):
    many, gives_text = 5, True

    def connect(self, **settings: Any) -> ProcessConnection:
        return ProcessConnection(COMMAND, **settings)
