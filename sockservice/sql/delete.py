"""DELETE from one table or several (MySQL 8.4 manual, 15.2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
from sqlglot import exp

from sockservice.answers import Ok
from sockservice.error_codes import syntax_error
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

if TYPE_CHECKING:
    from sockservice.sql.execution import Execution
    from sockservice.sql.session import SqlSession


@attrs.frozen
class Deleting:
    """A compiled DELETE.

    Attributes:
        plan: the query that gives the numbers and values of the rows.
        targets: from what is deleted.
        ignore: whether it has IGNORE.
        predicate: what it searches for, where it reads one table.
    """

    plan: Plan
    targets: tuple[Target, ...]
    ignore: bool
    predicate: Predicate | None

    @property
    def tables(self) -> list[Table]:
        """The tables that it changes."""
        return [target.table for target in self.targets]

    def run(self, execution: Execution, literals: Sequence[Literal]) -> Work[Ok]:
        """Delete the rows; the answer."""
        store = execution.store
        execution.begin({each.key: each for table in self.tables for each in reached(store, table)}.values())
        writers = [Rows(execution, target.table) for target in self.targets]
        seen: list[set[int]] = [set() for _ in self.targets]
        several = len(self.targets) > 1 or any(execution.store.referring(table) for table in self.tables)
        found = yield from execution.read(self.plan.sql, numbered(self.plan.parameters(literals)))
        if self.predicate is not None:
            store.predicates.keep(execution.transaction, self.predicate, tuple(literals), found=len(found))
        deleted = 0
        for values in found:
            at = 0
            for place, target in enumerate(self.targets):
                row, old = values[at], values[at + 1 : at + target.width]
                at += target.width
                if row is None or (several and (row in seen[place] or writers[place].get(row) is None)):
                    continue
                if several:
                    seen[place].add(row)
                try:
                    writers[place].delete(row, old)
                    deleted += 1
                except Refused as refused:
                    execution.diagnostics.pass_over(refused)
            yield from execution.turn()
        return Ok(deleted, 0, execution.diagnostics.count)


def compile_delete(session: SqlSession, node: exp.Delete, builder: PlanBuilder, *, ignore: bool) -> Deleting:
    """Compile a DELETE.

    Raises:
        Refused: 1093, 1109, 1288 and what an expression is refused for.
    """
    listed = node.args.get("tables")
    using = node.args.get("using")
    source = node.this
    if using:
        # DELETE FROM a, b USING a JOIN b: what stands behind USING is read, what stands before is deleted from.
        listed, source = [node.this, *(join.this for join in node.this.args.get("joins") or ())], using[0]
        if len(using) > 1:
            for other in using[1:]:
                source.append("joins", exp.Join(this=other))
    targets = Targets(session, builder, source, node.args.get("with_"))
    if listed:
        for word in ("order", "limit"):
            if node.args.get(word) is not None:
                raise Refused(syntax_error(session.text[session.text.upper().rfind(word.upper()) :]))
        chosen = [targets.named(each.name, "DELETE") for each in listed]
    else:
        chosen = [targets.of(targets.scope.sources[0], "DELETE")]
    refuse_reading(node, {target.table.name for target in chosen})
    compiler = targets.queries.expressions(targets.scope)
    predicate = targets.predicate(node, compiler)
    ending = targets.ending(node, compiler)
    selected = ", ".join(text for target in chosen for text in target.selected)
    text = f"{targets.head}SELECT {selected} FROM {targets.text}{ending}"
    plan = Plan(
        text,
        tuple(builder.binds),
        (),
        frozenset(builder.pinned),
        frozenset(builder.tables),
        assumptions=tuple(builder.assumptions.items()),
    )
    return Deleting(plan, tuple(chosen), ignore, predicate)
