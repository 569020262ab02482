"""UPDATE of one table or several (MySQL 8.4 manual, 15.2.17)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import attrs
from sqlglot import exp

from sockservice.answers import Ok
from sockservice.error_codes import syntax_error
from sockservice.sql.assignments import Assignments
from sockservice.sql.defaults import Defaults
from sockservice.sql.errors import Refused
from sockservice.sql.foreign_keys import reached
from sockservice.sql.literals import Literal
from sockservice.sql.plan import Plan, PlanBuilder
from sockservice.sql.predicates import Predicate
from sockservice.sql.row_expressions import numbered
from sockservice.sql.rows import Rows
from sockservice.sql.running import Work
from sockservice.sql.schema import Table
from sockservice.sql.targets import Target, Targets, refuse_reading
from sockservice.sql.view_changes import ViewCheck

if TYPE_CHECKING:
    from sockservice.sql.execution import Execution
    from sockservice.sql.session import SqlSession


@attrs.frozen
class Updating:
    """A compiled UPDATE.

    Attributes:
        plan: the query that gives, for each target, the number and values of a row and then those to assign.
        targets: what is changed.
        assignments: of each target.
        joined: whether a row may come several times, of which the first one counts.
        ignore: whether it has IGNORE.
        predicate: what it searches for, where it reads one table.
        checks: what a view asks of the rows.
        scans: whether every row of its one table is looked at, since no index helps to find those that it changes.
    """

    plan: Plan
    targets: tuple[Target, ...]
    assignments: tuple[Assignments, ...]
    joined: bool
    ignore: bool
    predicate: Predicate | None
    checks: tuple[ViewCheck, ...] = ()
    scans: bool = False

    @property
    def tables(self) -> list[Table]:
        """The tables that it changes."""
        return [target.table for target in self.targets]

    def run(self, execution: Execution, literals: Sequence[Literal]) -> Work[Ok]:
        """Change the rows; the answer."""
        store = execution.store
        execution.begin({each.key: each for table in self.tables for each in reached(store, table)}.values())
        writers = [Rows(execution, target.table) for target in self.targets]
        defaults = [Defaults(execution, target.table) for target in self.targets]
        seen: list[set[int]] = [set() for _ in self.targets]
        found = yield from execution.read(self.plan.sql, numbered(self.plan.parameters(literals)))
        if self.predicate is not None:
            store.predicates.keep(execution.transaction, self.predicate, tuple(literals), found=len(found))
        counts = [_count(assignments) for assignments in self.assignments]
        matched = changed = 0
        for number, values in enumerate(found, 1):
            execution.diagnostics.place = partial(writers[0].position, values[0]) if self.scans else number
            at = 0
            for place, (target, assignments) in enumerate(zip(self.targets, self.assignments, strict=True)):
                width = target.width
                row, old = values[at], values[at + 1 : at + width]
                given = values[at + width : at + width + counts[place]]
                at += width + counts[place]
                if row is None or row in seen[place]:
                    continue
                if self.joined:
                    seen[place].add(row)
                matched += 1
                changed += self._one(execution, writers[place], defaults[place], assignments, row, old, given)
            yield from execution.turn()
        warnings = execution.diagnostics.count
        info = f"Rows matched: {matched}  Changed: {changed}  Warnings: {warnings}"
        return Ok(
            matched if execution.session.session.found_rows else changed, execution.session.given_id, warnings, info
        )

    def _one(
        self,
        execution: Execution,
        rows: Rows,
        defaults: Defaults,
        assignments: Assignments,
        row: int,
        old: Sequence[Any],
        given: Sequence[Any],
    ) -> bool:
        """Change one row; whether that changed anything."""
        execution.claim(rows.table.key, row)
        new = assignments.applied(execution, rows, defaults, old, given)
        if new == list(old):
            if execution.transaction.explicit:
                execution.store.locks.take(execution.transaction, rows.table.key, row, exclusive=True)
            return False
        try:
            rows.update(row, old, new)
        except Refused as refused:
            execution.diagnostics.pass_over(refused)
            return False
        return True


def compile_update(session: SqlSession, node: exp.Update, builder: PlanBuilder, *, ignore: bool) -> Updating:
    """Compile an UPDATE.

    Raises:
        Refused: 1054, 1093, 1288 and what an expression is refused for.
    """
    if not node.expressions:
        raise Refused(syntax_error(""))
    targets = Targets(session, builder, node.this, node.args.get("with_"))
    by_alias: dict[str, tuple[Target, list[exp.Expression]]] = {}
    for each in node.expressions:
        target = targets.with_column(each.this.name, each.this.table, "UPDATE")
        by_alias.setdefault(target.source.alias, (target, []))[1].append(each)
    refuse_reading(node, {target.table.name for target, _ in by_alias.values()})
    if len(targets.scope.sources) > 1:
        for word, text in (("order", "ORDER BY"), ("limit", "LIMIT")):
            if node.args.get(word) is not None:
                raise Refused("ER_WRONG_USAGE", "UPDATE", text)
    compiler = targets.queries.expressions(targets.scope)
    predicate = targets.predicate(node, compiler)
    ending = targets.ending(node, compiler)
    targets.scope.clause = "field list"
    selected: list[str] = []
    assignments = []
    for target, nodes in by_alias.values():
        compiled = Assignments.compiled(targets.queries, targets.scope, target.source, target.table, nodes)
        assignments.append(compiled)
        selected.extend(target.selected)
        selected.extend(text for text in compiled.texts if text is not None)
    text = f"{targets.head}SELECT {', '.join(selected)} FROM {targets.text}{ending}"
    plan = Plan(
        text,
        tuple(builder.binds),
        (),
        frozenset(builder.pinned),
        frozenset(builder.tables),
        assumptions=tuple(builder.assumptions.items()),
    )
    return Updating(
        plan,
        tuple(target for target, _ in by_alias.values()),
        tuple(assignments),
        len(targets.scope.sources) > 1,
        ignore,
        predicate,
        scans=len(targets.scope.sources) == 1 and _scans(node, next(iter(by_alias.values()))[0].table),
    )


def _scans(node: exp.Update, table: Table) -> bool:
    """Whether no index may find the rows, and nothing sorts them before they are changed."""
    if node.args.get("order") is not None:
        return False
    first = {index.parts[0].column.lower() for index in table.indexes}
    where = node.args.get("where")
    return where is None or not any(column.name.lower() in first for column in where.find_all(exp.Column))


def _count(assignments: Assignments) -> int:
    """How many values a query gives for them."""
    return sum(text is not None for text in assignments.texts)
