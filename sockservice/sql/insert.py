"""INSERT and REPLACE in all their forms (MySQL 8.4 manual, 15.2.7 and 15.2.12)."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import attrs
from sqlglot import exp

from sockservice.answers import Ok
from sockservice.error_codes import error
from sockservice.sql.assignments import Assignments
from sockservice.sql.connection import LARGE
from sockservice.sql.defaults import Defaults, needs_default
from sockservice.sql.errors import Refused
from sockservice.sql.foreign_keys import reached
from sockservice.sql.literals import Literal
from sockservice.sql.plan import Plan, PlanBuilder
from sockservice.sql.row_expressions import fit, numbered, row_parameters, row_source
from sockservice.sql.rows import Duplicate, Rows
from sockservice.sql.running import Work
from sockservice.sql.schema import Column, Table
from sockservice.sql.scope import Scope
from sockservice.sql.select import Queries
from sockservice.sql.storing import implicit_default, store, store_null
from sockservice.sql.surroundings import is_utc
from sockservice.sql.value_rows import DEFAULT, plain
from sockservice.sql.view_changes import ViewCheck

if TYPE_CHECKING:
    from sockservice.sql.execution import Execution
    from sockservice.sql.session import SqlSession


class Formula(str):
    """SQLite's text of an expression, in the place of a value."""

    __slots__ = ()


Cell = Formula | int
"""A value of a row: an expression, or the number of the literal that it is."""


@attrs.frozen
class Insertion:
    """A compiled INSERT or REPLACE.

    Attributes:
        table: where rows are inserted.
        columns: those that the rows give, in their order.
        rows: the rows, where they have expressions; None stands for DEFAULT.
        select: the query that gives the rows, if one does.
        duplicate: ON DUPLICATE KEY UPDATE.
        plan: how literals are bound.
        replace: whether it is REPLACE.
        ignore: whether it has IGNORE.
        checks: what a view asks of the rows.
    """

    table: Table
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    select: Plan | None
    duplicate: Assignments | None
    plan: Plan
    replace: bool
    ignore: bool
    checks: tuple[ViewCheck, ...] = ()

    @property
    def tables(self) -> list[Table]:
        """The tables that it changes."""
        return [self.table]


def compile_insert(
    session: SqlSession, node: exp.Insert, builder: PlanBuilder, *, replace: bool, ignore: bool
) -> Insertion:
    """Compile an INSERT.

    Raises:
        Refused: 1054, 1110, 1136 or what an expression is refused for.
    """
    schema = node.this if isinstance(node.this, exp.Schema) else None
    table_node = schema.this if schema else node.this
    table = session.table(table_node.name, table_node.args["db"].name if table_node.args.get("db") else "")
    columns = tuple(_target(table, each.name) for each in schema.expressions) if schema else table.columns
    names = [column.name for column in columns]
    for name in names:
        if names.count(name) > 1:
            raise Refused("ER_FIELD_SPECIFIED_TWICE", name)
    queries = Queries(session, builder)
    source = node.expression
    rows: tuple[tuple[Cell | None, ...], ...] = ()
    select = None
    if isinstance(source, exp.Values):
        compiler = queries.expressions(
            Scope([row_source(table, table.name, "c", utc=builder.assume(session.session, is_utc))])
        )
        rows = tuple(
            tuple(_cell(compiler, value, column) for value, column in zip(row, columns, strict=True))
            for row in _value_rows(source, len(columns))
        )
    else:
        text, found = queries.query(source)
        if len(found) != len(columns):
            raise Refused("ER_WRONG_VALUE_COUNT_ON_ROW", 1)
        listed = ", ".join(
            f"{fit(typed, column)} AS c{place}"
            for place, ((_, typed), column) in enumerate(zip(found, columns, strict=True))
        )
        select = Plan(f"SELECT {listed} FROM ({text})", (), tables=frozenset(builder.tables))
    duplicate = None
    conflict = node.args.get("conflict")
    if conflict is not None:
        duplicate = Assignments.on_duplicate(queries, table, conflict, source)
    plan = Plan(
        "",
        tuple(builder.binds),
        (),
        frozenset(builder.pinned),
        frozenset(builder.tables),
        assumptions=tuple(builder.assumptions.items()),
    )
    return Insertion(table, columns, rows, select, duplicate, plan, replace, ignore)


def _target(table: Table, name: str) -> Column:
    found = table.column(name)
    if found is None:
        raise Refused("ER_BAD_FIELD_ERROR", name, "field list")
    return found


def _value_rows(values: exp.Values, width: int) -> Iterator[list[exp.Expression]]:
    for number, row in enumerate(values.expressions, 1):
        cells = list(row.expressions) if isinstance(row, exp.Tuple) else [row]
        if len(cells) == 1 and isinstance(cells[0], exp.Anonymous) and str(cells[0].this).upper() == "ROW":
            cells = list(cells[0].expressions)
        if len(cells) != width and (cells or number > 1):
            raise Refused("ER_WRONG_VALUE_COUNT_ON_ROW", number)
        if cells or not width:
            yield cells


def _cell(compiler: Any, value: exp.Expression, column: Column) -> Cell | None:
    if _is_default(value):
        return None
    typed = compiler.compile(value)
    if isinstance(value, exp.Placeholder) and typed.literal is not None:
        return int(typed.literal)
    return Formula(fit(typed, column))


def _is_default(value: exp.Expression) -> bool:
    return (isinstance(value, exp.Var) and value.name.upper() == "DEFAULT") or (
        isinstance(value, exp.Column) and value.name.upper() == "DEFAULT" and not value.this.args.get("quoted")
    )


class Inserting:
    """An INSERT at work.

    Args:
        execution: the statement.
        insertion: as compiled.
        literals: of the statement.
        count: how many rows it gives; None for those of a query, of which nobody knows.
    """

    def __init__(
        self, execution: Execution, insertion: Insertion, literals: Sequence[Literal], count: int | None
    ) -> None:
        self._execution = execution
        self._insertion = insertion
        self._literals = literals
        self._count = count
        self._rows = Rows(execution, insertion.table)
        self._defaults = Defaults(execution, insertion.table)
        self._bound = numbered(insertion.plan.parameters(literals))
        self._places = [-1 if column.generated else self._rows.place(column.name) for column in insertion.columns]
        self._auto = insertion.table.auto_increment
        self._reserved = (0, 0)
        self._generated = 0
        self._first_id = 0
        self._last_id = 0
        self.affected = 0
        self.records = 0
        self.duplicates = 0

    # --- all rows -----------------------------------------------------------------------------

    def run(self, source: Iterable[Sequence[Any]], *, are_cells: bool = False) -> Work[Ok]:
        """Insert rows; the answer.

        Args:
            source: the rows, as values or, with ``are_cells``, as they were compiled.
            are_cells: see there.
        """
        execution, insertion = self._execution, self._insertion
        diagnostics = execution.diagnostics
        # A row that is left out for its foreign key was left out for its own table alone.
        execution.begin(reached(execution.store, insertion.table))
        named = {column.name.lower() for column in insertion.columns}
        for column in needs_default(insertion.table, named):
            diagnostics.object_with(error("ER_NO_DEFAULT_FOR_FIELD", column.name))
        width = len(insertion.columns)
        for row in source:
            self.records += 1
            diagnostics.place = self.records
            if len(row) != width:
                if row or self.records > 1:
                    raise Refused("ER_WRONG_VALUE_COUNT_ON_ROW", self.records)
                row = [DEFAULT] * width
            values = yield from self._values(row, are_cells=are_cells)
            try:
                yield from self._put(values)
            except Refused as refused:
                diagnostics.pass_over(refused)
                if isinstance(refused, Duplicate):
                    self.duplicates += 1
                    self._give_back()
            yield from execution.turn()
        return self._answer()

    def _answer(self) -> Ok:
        session, warnings = self._execution.session, self._execution.diagnostics.count
        info = ""
        if self.records > 1 or self._insertion.select is not None:
            info = f"Records: {self.records}  Duplicates: {self.duplicates}  Warnings: {warnings}"
        if self._first_id:
            session.last_insert_id = self._first_id
        last = self._first_id or (self._last_id if self.affected else 0)
        return Ok(self.affected, session.given_id or last, warnings, info)

    # --- one row ------------------------------------------------------------------------------

    def _values(self, row: Sequence[Any], *, are_cells: bool) -> Work[list[Any]]:
        """The values of all columns, stored forms."""
        columns = self._rows.columns
        values: list[Any] = [None] * len(columns)
        open_places = set(range(len(columns)))
        later = []
        for place, column, raw in zip(self._places, self._insertion.columns, row, strict=True):
            value = raw
            if isinstance(raw, Formula):
                self._fill_fixed(values, open_places)
                self._bound.update(row_parameters(values, "c"))
                found = yield from self._execution.read(f"SELECT {raw}", self._bound)
                value = next(iter(found))[0]
            elif are_cells:
                value = DEFAULT if raw is None else plain(self._literals[raw])
            if place < 0:
                # Dumps of MariaDB have values for generated columns, and switch the strict mode off.
                is_lenient = self._execution.session.seeding or not self._execution.diagnostics.strict
                if value is not DEFAULT and not is_lenient:
                    raise Refused("ER_NON_DEFAULT_VALUE_FOR_GENERATED_COLUMN", column.name, self._insertion.table.name)
                continue
            if value is DEFAULT:
                later.append(place)
                continue
            open_places.discard(place)
            if isinstance(value, (str, bytes)) and len(value) > LARGE:
                values[place] = yield from self._execution.apart(functools.partial(self._stored, value, column))
            else:
                values[place] = self._stored(value, column)
        self._fill_fixed(values, open_places)
        for place in sorted(open_places):
            column = columns[place]
            if not self._defaults.is_fixed(column):
                values[place] = yield from self._defaults.work_out(column, row_parameters(values, "c"))
        for place in later:
            if self._defaults.is_fixed(columns[place]):
                values[place] = self._defaults.get(columns[place], asked=True)
        if self._auto is not None:
            self._number(values)
        return values

    def _fill_fixed(self, values: list[Any], places: set[int]) -> None:
        named = self._rows.columns
        for place in places:
            column = named[place]
            if values[place] is None and self._defaults.is_fixed(column):
                if column.default is None and not column.nullable and not column.auto_increment:
                    values[place] = implicit_default(column)
                else:
                    values[place] = self._defaults.get(column)

    def _stored(self, value: Any, column: Column) -> Any:
        if value is not None:
            return store(value, column, self._execution.diagnostics)
        if column.nullable or column.auto_increment:
            return None
        return store_null(column, self._execution.diagnostics, implicit=self._count != 1)

    def _number(self, values: list[Any]) -> None:
        """Fill in AUTO_INCREMENT, or note the number that was given."""
        table, column, numbers = self._insertion.table, self._auto, self._execution.store.numbers
        assert column is not None
        place = self._rows.place(column.name)
        value = values[place]
        self._generated = 0
        zero_counts = "NO_AUTO_VALUE_ON_ZERO" in self._execution.diagnostics.modes
        if value is not None and (value or zero_counts):
            number = int(value)
            if number > 0:
                numbers.used(table, number)
            self._last_id = max(number, 0)
            return
        if self._reserved[0] >= self._reserved[1]:
            # Of a query nobody knows how many rows it has: as many are reserved as there were, and as many again.
            count = max(1, self.records) if self._count is None else max(1, self._count - self.records + 1)
            first = numbers.reserve(table, count)
            self._reserved = (first, first + count)
        number = self._reserved[0]
        self._reserved = (number + 1, self._reserved[1])
        values[place] = store(number, column, self._execution.diagnostics)
        self._last_id = self._generated = number

    def _give_back(self) -> None:
        """A row did not come to be: the next one of the statement gets the number that was made for it."""
        if self._generated:
            self._reserved = (self._generated, self._reserved[1])
            self._generated = 0

    def _put(self, values: list[Any]) -> Work[None]:
        generated = self._last_id
        try:
            self._rows.insert(values)
        except Duplicate as duplicate:
            if self._insertion.duplicate is not None:
                self._give_back()
                yield from self._update(duplicate.row, values)
                return
            if not self._insertion.replace:
                raise
            if not self._replace(values):
                return
        self.affected += 1
        if self._auto is not None and not self._first_id and self._is_generated(generated):
            self._first_id = generated

    def _is_generated(self, number: int) -> bool:
        """Whether a number was made here, for the row at hand."""
        return bool(number) and number == self._reserved[0] - 1

    def _replace(self, values: list[Any]) -> bool:
        """Delete what is in the way of a row and insert it; whether that was anything."""
        conflicts = self._rows.conflicts(values)
        # A row that meets its like by the last of its keys is changed in place, and not even that if it is equal.
        last = conflicts and conflicts[0].index is self._rows.unique[-1]
        if last and not self._execution.store.referring(self._insertion.table):
            old = self._rows.get(conflicts[0].row)
            if list(old) == values:
                self.affected += 1
                return False
        while conflicts:
            row = conflicts[0].row
            self._rows.delete(row, self._rows.get(row))
            self.affected += 1
            self.duplicates += 1
            conflicts = self._rows.conflicts(values)
        self._rows.insert(values)
        return True

    def _update(self, row: int, values: list[Any]) -> Work[None]:
        """ON DUPLICATE KEY UPDATE: one for a new row, two for one that was changed, none for one that was not."""
        assert self._insertion.duplicate is not None
        old = self._rows.get(row)
        self._execution.claim(self._insertion.table.key, row)
        parameters = {**self._bound, **row_parameters(values, "v"), "row": row}
        new = yield from self._insertion.duplicate.work_out(
            self._execution, self._rows, self._defaults, old, parameters
        )
        if tuple(new) != tuple(old):
            self._rows.update(row, old, new)
            self.affected += 2
            self.duplicates += 1
        elif self._execution.session.session.found_rows:
            self.affected += 1
        if self._auto is not None:
            changed = tuple(new) != tuple(old) and self._count is not None
            self._last_id = int(new[self._rows.place(self._auto.name)] or 0) if changed else 0
