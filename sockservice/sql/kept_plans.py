"""The plans that are kept, and the quick way to the answer of a query that has one."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Final

from sockservice.answers import Request, Rows
from sockservice.sql.answered_rows import answered
from sockservice.sql.diagnostics import Diagnostics
from sockservice.sql.errors import TooSlow
from sockservice.sql.execution import TURN
from sockservice.sql.literals import Literal, fold, lexical
from sockservice.sql.long_tokens import LONG
from sockservice.sql.plans import shape
from sockservice.sql.surroundings import Surroundings, enter
from sockservice.sql.taken_apart import first_word

if TYPE_CHECKING:
    from sockservice.sql.plan import Plan
    from sockservice.sql.plans import Plans
    from sockservice.sql.session import Locking, SqlSession

_QUERIES: Final = frozenset(["select", "with"])
_UNDISTURBED: Final = (None, frozenset[str](), frozenset[str]())
"""What is last in the key of a query's plan while nobody is in its way."""


def plan_key(session: SqlSession, text: str, literals: Sequence[Literal], how: Locking | str | None) -> Hashable:
    """What a plan depends on: the statement, who runs it where, and what others have done to tables.

    Args:
        session: whose.
        text: the statement without its literals.
        literals: these.
        how: of a query, how it locks rows; ``"change"`` for what is none.
    """
    contested = session.store.versions.contested(session.asking) if how is not None else frozenset[str]()
    surroundings = (session.database, session.shadows, session.sql_mode)
    return (text, shape(literals), *surroundings, how, session.unseen, contested)


def rows_at_once(session: SqlSession, plans: Plans, request: Request, now: float) -> Rows | None:
    """The answer to a query that was compiled before, where nothing can be in its way: the hot path.

    Args:
        session: whose.
        plans: those that are kept.
        request: the statement.
        now: the time, in seconds since the epoch.

    Returns:
        None for anything else, and where the rows do not come at once; nothing is done then.

    Raises:
        Refused: as MySQL does.
    """
    store = session.store
    session.takes_long = False
    text = request.text
    if len(text) > LONG or (text[:6].lower() != "select" and first_word(text) not in _QUERIES):
        return None
    idle = session.busy is None and session.transaction is None and session.locked_tables is None
    if not idle or store.versions.writers or request.command == "prepare" or not session.session.autocommit:
        return None
    mode = session.sql_mode
    folded = fold(text, request.params, lexical(mode))
    # As plan_key() has it.
    key = (folded.key, shape(folded.literals), session.database, session.shadows, mode, *_UNDISTURBED)
    plan: Plan | None = plans.find(key, store.catalog.version, folded.literals)
    if (
        plan is None
        or plan.into
        or plan.total
        or "session_" in plan.sql
        or "system_rows" in plan.sql
        or not plan.suits(session.session)
    ):
        return None
    session.now = now
    main = store.main
    main.view, main.session = None, session
    diagnostics = Diagnostics(strict=False)
    enter(Surroundings(session.session, diagnostics, now))
    try:
        rows = main.rows_at_once(plan.sql, plan.parameters(folded.literals), TURN)
    except TooSlow:
        session.takes_long = True
        return None
    except (sqlite3.Error, OverflowError, ValueError):
        return None
    session.session.warnings = tuple(diagnostics.warnings)
    session.found_rows, session.row_count = len(rows), -1
    return Rows(plan.columns, answered(rows, plan), diagnostics.count)
