"""What a scenario of conflicting transactions is made of: who says what, who waits, and what each is answered."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs
from outcomes import Outcome

PROMPT = 30.0
"""How long the answer of a statement that does not wait may take, in seconds; far more than it needs."""


@attrs.frozen
class Answered:
    """What a statement is to be answered; only what is not None is compared.

    Attributes:
        rows: the rows, in order.
        affected: the affected rows of an OK packet.
        error: the code of an error; without it, the statement must succeed.
        mariadb_error: the code in MariaDB, where it has another one.
    """

    rows: list[tuple[Any, ...]] | None = None
    affected: int | None = None
    error: int | None = None
    mariadb_error: int | None = None

    def mistake(self, outcome: Outcome, mysql: bool) -> str:
        """What is wrong with an outcome, or "".

        Args:
            outcome: what came.
            mysql: from a server that answers like MySQL.
        """
        error = self.error if mysql or self.mariadb_error is None else self.mariadb_error
        if error is not None or outcome.failure is not None:
            right = outcome.failure is not None and outcome.failure.code == error
            return "" if right else f"expected {f'error {error}' if error else 'no error'}, got {outcome}"
        if self.rows is not None and list(outcome.rows) != self.rows:
            return f"expected {self.rows}, got {outcome}"
        if self.affected is not None and outcome.affected != self.affected:
            return f"expected {self.affected} affected rows, got {outcome}"
        return ""


@attrs.frozen
class Says:
    """A connection sends a statement and is answered at once."""

    connection: str
    text: str
    answered: Answered = Answered()


@attrs.frozen
class Waits:
    """A connection sends a statement and is not answered, as long as nothing else happens."""

    connection: str
    text: str


@attrs.frozen
class GoesOn:
    """The statement that waited is answered now; within ``seconds`` if it ends by itself."""

    connection: str
    answered: Answered = Answered()
    seconds: float = PROMPT


@attrs.frozen
class OneFails:
    """A connection sends a statement; of it and the one that waits, one fails with the code, and the other goes on."""

    connection: str
    text: str
    waiting: str
    error: int


@attrs.frozen
class Leaves:
    """A connection breaks, without a word, whatever it does."""

    connection: str


Step = Says | Waits | GoesOn | OneFails | Leaves


@attrs.frozen
class Scenario:
    """A conflict.

    Attributes:
        name: what it shows.
        steps: in order.
        tables: statements that make what it is about.
    """

    name: str
    steps: tuple[Step, ...]
    tables: tuple[str, ...] = (
        "CREATE TABLE t (id INT PRIMARY KEY, v INT)",
        "INSERT INTO t VALUES (1, 10), (2, 20)",
    )


def says(
    connection: str,
    text: str,
    rows: list[tuple[object, ...]] | None = None,
    affected: int | None = None,
    error: int | None = None,
) -> Says:
    """A connection says something and is answered at once."""
    return Says(connection, text, Answered(rows, affected, error))


a, b = partial(says, "a"), partial(says, "b")


def begin(level: str = "REPEATABLE READ") -> tuple[Step, ...]:
    """Both begin a transaction at an isolation level."""
    return tuple(
        Says(connection, text)
        for connection in "ab"
        for text in (f"SET SESSION TRANSACTION ISOLATION LEVEL {level}", "BEGIN")
    )
