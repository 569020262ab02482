"""WITH CHECK OPTION: a row that goes through a view must be one that the view shows (MySQL 8.4 manual, 27.5.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from sockservice.sql.errors import Refused
from sockservice.sql.rows import Rows
from sockservice.sql.schema import Table
from sockservice.sql.scope import Scope
from sockservice.sql.select import Queries, source_of_table
from sockservice.sql.table_texts import row_number
from sockservice.sql.typed import quoted
from sockservice.sql.updatable_views import Underlying, of_alias


@attrs.frozen
class Shown:
    """What a row must be.

    Attributes:
        database, view: the view.
        text: a query that has a row where the view shows the row ``:row`` of the table.
    """

    database: str
    view: str
    text: str

    @classmethod
    def of(cls, queries: Queries, table: Table, under: Underlying | None) -> Shown | None:
        """What a view wants of rows; None where it takes all.

        Args:
            queries: compiles its condition.
            table: whose rows it shows.
            under: the view; None for the table itself.
        """
        if under is None or not under.checked or under.condition is None:
            return None
        scope = Scope([source_of_table(table, table.name)], clause="where clause")
        condition = queries.expressions(scope).condition(of_alias(under.condition, table.name))
        alias = quoted(table.name)
        text = f"SELECT 1 FROM {quoted(table.key)} AS {alias} WHERE {alias}.{row_number(table)} = :row AND {condition}"
        return cls(under.view.database, under.view.name, text)

    def check(self, rows: Rows, row: int, values: Sequence[Any]) -> None:
        """See that the view shows a row that was inserted, which is deleted else.

        Raises:
            Refused: 1369.
        """
        if not rows.meets(self.text, row):
            rows.delete(row, values)
            raise Refused("ER_VIEW_CHECK_FAILED", self.database, self.view)
