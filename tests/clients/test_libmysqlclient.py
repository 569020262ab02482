from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from installed import script
from operations import Operations
from process_client import ProcessConnection

COMMAND = script(sys.executable, Path(__file__).with_name("libmysqlclient_client.py"))


class TestLibmysqlclient(Operations):
    many, gives_text = 5, True

    def connect(self, **settings: Any) -> ProcessConnection:
        return ProcessConnection(COMMAND, **settings)
