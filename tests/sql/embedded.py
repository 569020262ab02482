"""The embedded database with sessions of its own and a clock that stands, as tests of its parts use it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import attrs
import msgspec
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from sockservice.answers import Answer, Error, Ok, Request, Rows
from sockservice.interfaces import IResponder
from sockservice.sql.responder import Sql
from sockservice.sql.schema import ForeignKey
from sockservice.sql.store import Store

sys.path.append(str(Path(__file__).parents[1] / "responder"))

from sessions import FakeSession


@attrs.define
class Client:
    """One session that talks to the database."""

    database: Embedded
    session: FakeSession = attrs.field(factory=FakeSession)

    def ask(self, text: str, *params: Any, command: str = "") -> Any:
        """The answer, or the Deferred of it where it waits."""
        command = command or ("execute" if params else "query")
        return self.database.sql.respond(Request(command, text, self.session, params))

    def run(self, text: str, *params: Any, command: str = "") -> Any:
        """The answer, as soon as turns of the reactor bring it."""
        answer = self.ask(text, *params, command=command)
        while isinstance(answer, Deferred):
            if answer.called:
                return answer.result
            assert self.database.clock.getDelayedCalls(), f"{text} waits for somebody"
            self.database.clock.advance(0)
        return answer

    def ok(self, text: str, *params: Any) -> Ok:
        answer = self.run(text, *params)
        assert isinstance(answer, Ok), answer
        return answer

    def rows(self, text: str, *params: Any) -> list[tuple[Any, ...]]:
        answer = self.run(text, *params)
        assert isinstance(answer, Rows), answer
        return [tuple(row) for row in answer.rows]

    def code(self, text: str, *params: Any) -> int:
        return self.error(text, *params).code

    def error(self, text: str, *params: Any) -> Error:
        answer = self.run(text, *params)
        assert isinstance(answer, Error), answer
        return answer

    def waits(self, text: str) -> Deferred[Answer]:
        """A statement that waits for another session."""
        answer = self.ask(text)
        assert isinstance(answer, Deferred), answer
        assert not answer.called, answer.result
        return answer

    @property
    def warnings(self) -> list[int]:
        """The numbers of the warnings of the last statement."""
        return [code for _, code, _ in self.session.warnings]

    def leave(self) -> None:
        """The connection is lost."""
        for each in self.session.on_end:
            each()


class Embedded:
    """A database in memory with the schema ``shop``.

    Args:
        folder: where it is kept instead.
        beside: answers what is no matter of tables.
    """

    def __init__(self, folder: Path | None = None, beside: IResponder | None = None) -> None:
        self.clock = Clock()
        self.store = Store(folder, self.clock)
        self.store.create_database("shop")
        self.sql = Sql(lambda: self.store, beside, now=lambda: 1_700_000_000.25)

    def client(self, **settings: Any) -> Client:
        return Client(self, FakeSession(**settings))

    def refer(self, child: str, column: str, parent: str, **actions: Any) -> None:
        """Give a table a foreign key to the ``id`` of another."""
        catalog = self.store.catalog
        table = catalog.table("shop", child)
        assert table is not None
        key = ForeignKey(f"{child}_{column}", (column,), "shop", parent, ("id",), **actions)
        catalog.put(msgspec.structs.replace(table, foreign_keys=(*table.foreign_keys, key)))

    def close(self) -> None:
        self.store.close()
