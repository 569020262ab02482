"""What a statement has to say of the values it stores: errors in the strict mode, warnings otherwise."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Final

import attrs

from sockservice.answers import Error
from sockservice.error_codes import error
from sockservice.sql.errors import Refused

KEPT: Final = 1024
"""How many warnings of a statement SHOW WARNINGS tells (MySQL's default of ``max_error_count``)."""

Warnings = list[tuple[str, int, str]]
"""Level (``Warning``, ``Note``, ``Error``), code and message of each."""


@attrs.define
class Diagnostics:
    """The diagnostics of one statement.

    Attributes:
        strict: whether ``sql_mode`` has STRICT_TRANS_TABLES or STRICT_ALL_TABLES.
        modes: the words of ``sql_mode``.
        ignore: whether the statement has IGNORE: errors of single rows become warnings.
        place: which row is at work, from 1, for messages; or what counts up to it, once a message needs that.
        warnings: those that are kept, the first :data:`KEPT`.
        count: how many there were.
        zone: the session's time zone, where it is not UTC.
    """

    strict: bool = True
    modes: frozenset[str] = frozenset()
    ignore: bool = False
    place: int | Callable[[], int] = 1
    warnings: Warnings = attrs.field(factory=list)
    count: int = 0
    zone: datetime.tzinfo | None = None

    @property
    def row(self) -> int:
        """The number of the row at work, from 1."""
        return self.place if isinstance(self.place, int) else self.place()

    @property
    def refuses(self) -> bool:
        """Whether what is wrong with a value is an error."""
        return self.strict and not self.ignore

    def warn(self, problem: Error, level: str = "Warning") -> None:
        """Note a warning."""
        self.count += 1
        if len(self.warnings) < KEPT:
            self.warnings.append((level, problem.code, problem.message))

    def note(self, name: str, column: str) -> None:
        """Note that a value was cut although nothing is wrong with that, as with blanks at its end."""
        self.warn(error(name, column, self.row), "Note")

    def object_to(self, name: str, *details: object) -> None:
        """An error in the strict mode; a warning otherwise, and under IGNORE.

        Args:
            name: of the error.
            details: what its text names; the number of the row is put behind them where the text has room.

        Raises:
            Refused: in the strict mode.
        """
        self.object_with(error(name, *details, self.row))

    def object_with(self, problem: Error) -> None:
        """As :meth:`object_to`, for an error that is made already."""
        if self.refuses:
            raise Refused(problem)
        self.warn(problem)

    def pass_over(self, refused: Refused) -> None:
        """Under IGNORE, the error of a row becomes a warning, and the row is left out.

        Raises:
            Refused: the same, where the statement has no IGNORE.
        """
        if not self.ignore:
            raise refused
        self.warn(refused.answer)
