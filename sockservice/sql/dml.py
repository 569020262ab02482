"""INSERT, REPLACE, UPDATE and DELETE: how each is recognised, compiled and run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import attrs
from sqlglot import exp

from sockservice.answers import Ok
from sockservice.sql.delete import Deleting, compile_delete
from sockservice.sql.errors import unsupported
from sockservice.sql.insert import Inserting, Insertion, compile_insert
from sockservice.sql.joined_views import through_joined_views
from sockservice.sql.literals import Folded, lexical
from sockservice.sql.parse import parse
from sockservice.sql.plan import PlanBuilder
from sockservice.sql.row_expressions import numbered
from sockservice.sql.running import Work
from sockservice.sql.tokens import TOKEN
from sockservice.sql.update import Updating, compile_update
from sockservice.sql.value_rows import ValueRows, take_apart
from sockservice.sql.view_changes import through_views

if TYPE_CHECKING:
    from sockservice.sql.execution import Execution
    from sockservice.sql.session import SqlSession

Change = Insertion | Updating | Deleting
"""A compiled statement that changes rows."""

_HEAD: Final = re.compile(
    r"(insert|replace|update|delete)\b((?:\s+(?:low_priority|high_priority|delayed|quick|ignore)\b(?!\s*[.(]))*)", re.I
)
WORDS: Final = frozenset(["insert", "replace", "update", "delete"])
"""How these statements begin; UPDATE and DELETE may have a WITH in front."""
_WITH: Final = re.compile(r"\s*with\b", re.I)
_MAY_CHANGE: Final = re.compile(r"\b(?:update|delete)\b", re.I)
_BEGINNINGS: Final = frozenset(["select", "update", "delete", "table", "values"])
"""What stands behind a WITH."""


class Statement(NamedTuple):
    """A statement that changes rows, as it was written.

    Attributes:
        folded: without the rows of VALUES, where these are literals.
        rows: those rows, or None.
    """

    folded: Folded
    rows: ValueRows | None

    @classmethod
    def of(cls, folded: Folded) -> Statement:
        """Take a statement apart."""
        rows = take_apart(folded)
        return cls(folded if rows is None else rows.rest, rows)


def changes(key: str, word: str) -> bool:
    """Whether a statement changes rows.

    Args:
        key: the statement without its literals.
        word: its first word, in lower case.
    """
    if word != "with":
        return word in WORDS
    return _MAY_CHANGE.search(key) is not None and _HEAD.match(key, _behind_with(key)) is not None


def _behind_with(key: str) -> int:
    """Where the statement begins that a WITH, if there is one, stands in front of."""
    if _WITH.match(key) is None:
        return 0
    depth = 0
    for token in TOKEN.finditer(key):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if not depth and token[0].lower() in _BEGINNINGS:
            return token.start()
    return 0


def compile_change(session: SqlSession, folded: Folded, builder: PlanBuilder) -> Change:
    """Compile a statement.

    Args:
        session: whose.
        folded: the statement.
        builder: what is noted on the way.

    Raises:
        Refused: as MySQL does.
    """
    begin = _behind_with(folded.key)
    head = _HEAD.match(folded.key, begin)
    word = head[1].lower() if head is not None else ""
    ignore = head is not None and "ignore" in head[2].lower().split()
    text = folded.key
    if head is not None:
        text = f"{text[:begin]}{'INSERT' if word == 'replace' else head[1]}{text[head.end() :]}"
    node = parse(text, folded.literals, "" if head is None or head[2] else session.text, lexical(session.sql_mode))
    builder.named = True
    node, checks = through_views(session, node)
    if isinstance(node, (exp.Update, exp.Delete)):
        checks += through_joined_views(session, node)
    if isinstance(node, exp.Insert):
        change = compile_insert(session, node, builder, replace=word == "replace", ignore=ignore)
        return attrs.evolve(change, checks=checks)
    if isinstance(node, exp.Update):
        return attrs.evolve(compile_update(session, node, builder, ignore=ignore), checks=checks)
    if isinstance(node, exp.Delete):
        return compile_delete(session, node, builder, ignore=ignore)
    raise unsupported(word.upper())


def run_change(execution: Execution, change: Change, statement: Statement) -> Work[Ok]:
    """Run a compiled statement; the answer."""
    execution.diagnostics.ignore = change.ignore
    execution.checks = () if isinstance(change, Deleting) else change.checks
    literals = statement.folded.literals
    if not isinstance(change, Insertion):
        return (yield from change.run(execution, literals))
    if statement.rows is not None:
        statement.rows.check(len(change.columns))
        inserting = Inserting(execution, change, literals, statement.rows.number)
        return (yield from inserting.run(statement.rows.rows()))
    if change.select is None:
        inserting = Inserting(execution, change, literals, len(change.rows))
        return (yield from inserting.run(change.rows, are_cells=True))
    rows = yield from execution.read(change.select.sql, numbered(change.plan.parameters(literals)))
    return (yield from Inserting(execution, change, literals, None).run(rows))
