"""``column = expression``: what UPDATE and ON DUPLICATE KEY UPDATE make of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
from sqlglot import exp

from sockservice.sql.defaults import Defaults, moment
from sockservice.sql.errors import Refused
from sockservice.sql.row_expressions import fit, row_source
from sockservice.sql.rows import Rows
from sockservice.sql.running import Work
from sockservice.sql.schema import Column, Table
from sockservice.sql.scope import Scope, Source
from sockservice.sql.select import Queries, source_of_table
from sockservice.sql.storing import store, store_null
from sockservice.sql.surroundings import is_utc
from sockservice.sql.table_texts import row_number
from sockservice.sql.typed import Typed, quoted

if TYPE_CHECKING:
    from sockservice.sql.execution import Execution

_VALUES = "\0values"
"""The alias of the row that was not inserted, for VALUES(column)."""


@attrs.frozen
class Assignments:
    """Assignments to the columns of one table.

    Attributes:
        columns: those that are assigned to, in order.
        texts: SQLite's text of each expression; None for DEFAULT.
        query: gives their values for one row, ``:row``, where they are not part of a greater one.
    """

    columns: tuple[Column, ...]
    texts: tuple[str | None, ...]
    query: str = ""

    @classmethod
    def compiled(
        cls, queries: Queries, scope: Scope, source: Source, table: Table, nodes: Sequence[Any]
    ) -> Assignments:
        """Compile assignments; each sees what those before it have assigned.

        Args:
            queries: compiles.
            scope: what the expressions can name.
            source: the table in that scope.
            table: the table.
            nodes: ``column = expression`` each.

        Raises:
            Refused: 1054, and what an expression is refused for.
        """
        compiler = queries.expressions(scope)
        columns: list[Column] = []
        texts: list[str | None] = []
        for node in nodes:
            column = table.column(node.this.name)
            if column is None:
                raise Refused("ER_BAD_FIELD_ERROR", node.this.name, "field list")
            value = node.expression
            columns.append(column)
            if isinstance(value, (exp.Var, exp.Column)) and value.name.upper() == "DEFAULT":
                texts.append(None)
                continue
            typed = compiler.compile(value)
            texts.append(fit(typed, column))
            _assign(scope, source, column, _assigned(typed, source.columns[column.name], column))
        return cls(tuple(columns), tuple(texts))

    @classmethod
    def on_duplicate(cls, queries: Queries, table: Table, node: exp.Expression, rows: exp.Expression) -> Assignments:
        """Compile ON DUPLICATE KEY UPDATE.

        Args:
            queries: compiles.
            table: the table.
            node: the clause.
            rows: what gives the rows, perhaps with an alias.
        """
        utc = queries.builder.assume(queries.session.session, is_utc)
        source = source_of_table(table, table.name, utc=utc)
        sources = [source, row_source(table, _VALUES, "v", utc=utc)]
        # The columns of the row are only meant where they are named by VALUES() or by its alias.
        alias = rows.args.get("alias")
        if alias is not None:
            names = [column.name for column in alias.args.get("columns") or ()]
            sources.append(row_source(table, alias.name, "v", names, utc=utc))
        scope = _RowScope(sources)
        for call in list(node.find_all(exp.Anonymous)):
            if str(call.this).upper() == "VALUES" and len(call.expressions) == 1:
                call.replace(exp.column(call.expressions[0].name, table=_VALUES))
        found = cls.compiled(queries, scope, source, table, node.expressions)
        listed = ", ".join(text for text in found.texts if text is not None) or "NULL"
        query = (
            f"SELECT {listed} FROM {quoted(table.key)} AS {quoted(table.name)}"
            f" WHERE {quoted(table.name)}.{row_number(table)} = :row"
        )
        return attrs.evolve(found, query=query)

    def work_out(
        self,
        execution: Execution,
        rows: Rows,
        defaults: Defaults,
        old: Sequence[Any],
        parameters: Mapping[str, Any],
    ) -> Work[list[Any]]:
        """What a row becomes, by :attr:`query`."""
        found = yield from execution.read(self.query, dict(parameters))
        return self.applied(execution, rows, defaults, old, next(iter(found)))

    def applied(
        self, execution: Execution, rows: Rows, defaults: Defaults, old: Sequence[Any], values: Sequence[Any]
    ) -> list[Any]:
        """What a row becomes.

        Args:
            execution: the statement.
            rows: the rows of the table.
            defaults: of the table.
            old: the values of the row.
            values: of the expressions that are not DEFAULT, in order.

        Raises:
            Refused: a column refuses its value.
        """
        new = list(old)
        given = iter(values)
        for column, text in zip(self.columns, self.texts, strict=True):
            if column.generated:
                if text is not None:
                    raise Refused("ER_NON_DEFAULT_VALUE_FOR_GENERATED_COLUMN", column.name, rows.table.name)
                continue
            place = rows.place(column.name)
            if text is None:
                new[place] = defaults.get(column, asked=True)
                continue
            value = next(given)
            if value is not None:
                new[place] = store(value, column, execution.diagnostics)
            elif column.nullable:
                new[place] = None
            else:
                new[place] = store_null(column, execution.diagnostics, implicit=True)
        if new != list(old):
            assigned = {column.name for column in self.columns}
            for column in rows.columns:
                if column.on_update and column.name not in assigned:
                    now = moment(execution.session, column.type.length or 0)
                    new[rows.place(column.name)] = store(now, column, execution.diagnostics)
        return new


def _assign(scope: Scope, source: Source, column: Column, value: Typed) -> None:
    """What names the column from now on means the value."""
    source.columns[column.name] = value
    if scope.row is not None:
        scope.row = [
            cell._replace(typed=value) if cell.source is source and cell.label == column.name else cell
            for cell in scope.row
        ]


class _RowScope(Scope):
    """A scope in which a bare name is a column of the first source, or else of the last one."""

    def column(self, name: str, table: str = "", database: str = "") -> Typed:
        """The column that a name means."""
        if not table:
            for source in (self.sources[0], *self.sources[2:]):
                found = source.find(name)
                if found is not None:
                    return found
        return super().column(name, table, database)


def _assigned(value: Typed, before: Typed, column: Column) -> Typed:
    """A column behind its assignment: the value, as the column will have it."""
    from sockservice.sql.common_types import in_type

    return Typed(in_type(value, column.type), column.type, value.nullable, before.collation, origin=before.origin)
