"""A statement within its transaction: tried until nobody is in its way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sockservice.answers import Answer
from sockservice.sql.errors import Waiting
from sockservice.sql.execution import Execution, LongWork
from sockservice.sql.named_locks import Taken
from sockservice.sql.running import Work

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession


def attempt_within(
    session: SqlSession, attempt: Callable[[Execution], Work[Answer]], tables: Iterable[str]
) -> Work[Answer]:
    """Run a statement within its transaction, again where it had to wait or to keep versions.

    Args:
        session: whose.
        attempt: runs the statement; nothing of what it does stays where it is run again.
        tables: the keys of those that it reads, whose definitions stay as they are until the transaction ends.

    Raises:
        Refused: as MySQL does; 1205 and 1213 besides.
    """
    transaction = session.transaction_for_statement()
    if transaction.explicit:
        transaction.used.update(tables)
        session.store.using.add(transaction)
    session.at_work = transaction
    keeps = transaction.explicit or session.store.versions.needed
    try:
        while True:
            diagnostics = session.diagnostics()
            execution = Execution(session, transaction, diagnostics, versions=keeps)
            try:
                answer = yield from attempt(execution)
                execution.finish()
            except Waiting as waiting:
                yield from execution.undo()
                yield from session.wait(transaction, waiting.holder)
            except Taken as taken:
                yield from execution.undo()
                yield from session.wait_for_name(taken)
            except LongWork:
                yield from execution.undo()
                execution.give_numbers_back()
                keeps = True
            except BaseException:
                yield from execution.undo()
                raise
            else:
                session.session.warnings = tuple(diagnostics.warnings)
                return answer
    finally:
        session.at_work = None
        if not transaction.explicit:
            session.end(transaction)
