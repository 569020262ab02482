from __future__ import annotations

from pathlib import Path

import compiled
from process_client import ProgramProtocol


class TestLibmariadb(ProgramProtocol):
    absent = {
        "pool": "it leaves pools to others",
        "zstd": "libmariadb 3.3 does not have it",
    }

    @classmethod
    def made(cls, folder: Path) -> list[str]:
        return compiled.c("libmariadb.c", folder)
