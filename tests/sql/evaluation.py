"""Expressions worked out by the embedded database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from embedded import Client, Embedded


class Evaluation:
    """A session that works out expressions."""

    def __init__(self) -> None:
        self.database = Embedded()
        self.client: Client = self.database.client()

    def __call__(self, expressions: str, *params: Any) -> tuple[Any, ...]:
        """The values of some expressions."""
        (row,) = self.client.rows(f"SELECT {expressions}", *params)
        return row

    def text(self, expression: str) -> str | None:
        """The value of one, as the text protocol has it."""
        (value,) = self(expression)
        if isinstance(value, Decimal):
            return format(value, "f")
        return None if value is None else str(value)

    def code(self, expressions: str) -> int:
        """The number of the error that they give."""
        return self.client.code(f"SELECT {expressions}")

    def types(self, expressions: str) -> list[str]:
        """The names of their types."""
        answer = self.client.run(f"SELECT {expressions}")
        return [column.type.name for column in answer.columns]

    @property
    def warnings(self) -> list[int]:
        """The numbers of the warnings of the last ones."""
        return self.client.warnings
