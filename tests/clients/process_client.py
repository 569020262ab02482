"""A client that runs as a program of its own and speaks JSON lines, as :class:`operations.Connection`.

For each line ``{"do": VERB, "on": NUMBER, …}`` the program answers with one line. ``on`` names one of the connections
that it holds. The verbs and what they are given:

- ``offers``: nothing; the answer is ``{"offers": […]}``, its verbs and the other words of :data:`features.FEATURES`;
- ``connect``: ``settings``, which are host, port, user, password, database (or null) and words of
  :data:`features.OPTIONS`, for example ``"tls": "path of the server's certificate"`` or ``"zlib": true``;
- ``query``: ``sql``; ``execute``: ``sql`` and ``params``; ``cursor``: also ``size``, how many rows to fetch at once;
- ``ping``, ``begin``, ``commit``, ``rollback``, ``reset``, ``close``: nothing;
- ``change_user``: ``settings``, which are user, password and database;
- ``pool``: ``settings``, ``size`` (how many connections) and ``times`` (how often one is borrowed to be asked for its
  CONNECTION_ID()); the answer is ``{"numbers": […]}``.

A statement is answered with ``{"results": […]}``, one for each result: ``labels``, ``rows`` and, where there are no
columns, ``affected_rows`` and ``last_insert_id``. A cell is null, its text, or ``{"hex": …}`` for bytes; a parameter is
null or its text by type, for example ``{"int": "7"}``. The server's error is ``{"code": …, "sqlstate": …,
"message": …}``, a connection that broke ``{"lost": …}``. The program ends when its input ends.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from features import FEATURES
from operations import Lost, Refused, Result
from values import time_text
from whole_protocol import WholeProtocol

PATIENCE = 120.0
"""How long a program may take to answer, in seconds, until it is ended."""


def cell(shown: Any) -> str | bytes | None:
    """A cell of a result as the program shows it."""
    return bytes.fromhex(shown["hex"]) if isinstance(shown, dict) else shown


def bound(value: Any) -> dict[str, str] | None:
    """A parameter as the program is given it."""
    match value:
        case None:
            return None
        case int():
            return {"int": str(value)}
        case float():
            return {"double": repr(value)}
        case Decimal():
            return {"decimal": str(value)}
        case bytes():
            return {"hex": value.hex()}
        case datetime():
            return {"datetime": value.isoformat(" ")}
        case date():
            return {"date": value.isoformat()}
        case timedelta():
            return {"time": time_text(value)}
    return {"text": value}


class ClientProgram:
    """A running program.

    Args:
        command: what runs it.
    """

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.opened = 0
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def call(self, verb: str, **arguments: Any) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": verb, **arguments}).encode() + b"\n")
        self.process.stdin.flush()
        watchdog = threading.Timer(PATIENCE, self.process.kill)
        watchdog.start()
        line = self.process.stdout.readline()
        watchdog.cancel()
        if not line:
            self.process.communicate()
            ended = self.process.returncode
            self.start()  # for the tests that follow
            raise AssertionError(f"the client ended with {ended}")
        answer: dict[str, Any] = json.loads(line)
        if "code" in answer:
            raise Refused(**answer)
        if "lost" in answer:
            raise Lost(answer["lost"])
        return answer

    def end(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0


class ProcessConnection:
    """One connection, held by a program.

    Args:
        program: which holds it.
        settings: host, port, user, password, database and options.
    """

    def __init__(self, program: ClientProgram, **settings: Any) -> None:
        self.program, self.process = program, program.process
        program.opened += 1
        self.number = program.opened
        self.call("connect", settings=settings)

    def call(self, verb: str, **arguments: Any) -> dict[str, Any]:
        if self.process is not self.program.process:
            raise Lost("the client has ended")
        return self.program.call(verb, on=self.number, **arguments)

    def _results(self, verb: str, **arguments: Any) -> list[Result]:
        return [
            Result(tuple(shown.pop("labels")), [tuple(map(cell, row)) for row in shown.pop("rows")], **shown)
            for shown in self.call(verb, **arguments)["results"]
        ]

    def results(self, sql: str) -> list[Result]:
        return self._results("query", sql=sql)

    def query(self, sql: str) -> Result:
        (result,) = self.results(sql)
        return result

    def execute(self, sql: str, params: tuple[Any, ...] = ()) -> Result:
        (result,) = self._results("execute", sql=sql, params=list(map(bound, params)))
        return result

    def cursor(self, sql: str, params: tuple[Any, ...], size: int) -> Result:
        (result,) = self._results("cursor", sql=sql, params=list(map(bound, params)), size=size)
        return result

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

    def reset(self) -> None:
        self.call("reset")

    def change_user(self, **settings: Any) -> None:
        self.call("change_user", settings=settings)

    def close(self) -> None:
        self.call("close")


class ProgramProtocol(WholeProtocol):
    """Inherited by the test class of each client that is a program; ``command`` is what runs it."""

    command: ClassVar[list[str]]
    program: ClassVar[ClientProgram]
    gives_text = True
    many = 20

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def running_program(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
        cls.program = ClientProgram(cls.made(tmp_path_factory.mktemp(cls.__name__)))
        yield
        cls.program.end()

    @classmethod
    def made(cls, folder: Path) -> list[str]:
        """The command that runs the program, which may be made in ``folder`` first."""
        return cls.command

    def offers(self) -> set[str]:
        return FEATURES & set(self.program.call("offers")["offers"])

    def connect(self, **settings: Any) -> ProcessConnection:
        return ProcessConnection(self.program, **settings)

    def pool(self, settings: dict[str, Any], size: int, times: int) -> list[int]:
        numbers: list[int] = self.program.call("pool", settings=settings, size=size, times=times)["numbers"]
        return numbers
