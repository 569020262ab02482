"""A client that runs as a program of its own and speaks JSON lines, as :class:`operations.Connection`.

For each line ``{"do": NAME, …}`` the program answers with one line: the result with the text of each value
(``{"hex": …}`` for bytes), or ``{"code": …, "sqlstate": …, "message": …}``. It ends when its input ends.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any

from operations import Refused, Result


def value_of(cell: Any) -> Any:
    return bytes.fromhex(cell["hex"]) if isinstance(cell, dict) else cell


class ProcessConnection:
    """One connection, held by one process.

    Args:
        command: what runs the program.
        settings: host, port, user, password and database.
    """

    def __init__(self, command: list[str], **settings: Any) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self.call("connect", settings=settings)
        except Refused:
            self.end()
            raise

    def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": name, **arguments}).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the client ended with {self.process.wait()}"
        answer: dict[str, Any] = json.loads(line)
        if "code" in answer:
            raise Refused(**answer)
        return answer

    def end(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0

    def query(self, sql: str) -> Result:
        answer = self.call("query", sql=sql)
        answer["rows"] = [tuple(map(value_of, row)) for row in answer["rows"]]
        answer["labels"] = tuple(answer["labels"])
        return Result(**answer)

    def ping(self) -> None:
        self.call("ping")

    def autocommit(self, on: bool) -> None:
        self.query(f"SET autocommit = {on:d}")

    def begin(self) -> None:
        self.call("begin")

    def commit(self) -> None:
        self.call("commit")

    def rollback(self) -> None:
        self.call("rollback")

    def close(self) -> None:
        self.call("close")
        self.end()
