"""A MySQL that the tests start, break and question."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pymysql

STUBS = Path(__file__).parent / "stubs"


class MySQLDouble:
    """A running sockservice, and what a test says to it: in SQL, over a connection of its own."""

    def __init__(self, port: int) -> None:
        self.url = f"mysql+pymysql://shop@127.0.0.1:{port}/shop"
        self._connection = pymysql.connect(host="127.0.0.1", port=port, user="test")

    def fault(self, name: str, **parameters: Any) -> None:
        """Break answers from now on; docs/reference/faults.md has the names."""
        self._say("CALL sockservice.fault(%s, %s)", name, json.dumps(parameters))

    def verify(self, when: dict[str, Any], *how_often: Any) -> None:
        """Fail, and say what was asked instead, unless it was asked so often: ``"exactly", 3`` or ``"never"``."""
        self._say(f"SELECT sockservice.verify(%s{', %s' * len(how_often)})", json.dumps(when), *how_often)

    def reset(self) -> None:
        """As at the beginning."""
        self._say("CALL sockservice.reset()")

    def close(self) -> None:
        """Leave it."""
        self._connection.close()

    def _say(self, statement: str, *params: Any) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, params)


@contextmanager
def running(folder: Path) -> Iterator[MySQLDouble]:
    """Start a server on a free port, and end it."""
    ready, twistd = folder / "ready.jsonl", str(Path(sys.executable).with_name("twistd"))
    command = [twistd, "--nodaemon", "--pidfile=", "sockservice", "--port=0", f"--ready-file={ready}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "mysql", f"--stubs={STUBS}"], stdout=log, stderr=log)  # noqa: S603
    try:
        end = time.monotonic() + 120
        while not ready.exists():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end, "sockservice did not start"
            time.sleep(0.01)
        double = MySQLDouble(json.loads(ready.read_text().splitlines()[0])["port"])
        yield double
        double.close()
    finally:
        process.terminate()
        process.wait(60)
