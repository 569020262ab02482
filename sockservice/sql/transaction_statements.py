"""BEGIN, COMMIT, ROLLBACK, SAVEPOINT, SET TRANSACTION, LOCK TABLES and UNLOCK TABLES (MySQL 8.4 manual, 15.3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sockservice.answers import Answer, Ok
from sockservice.sql.errors import Refused, near
from sockservice.sql.locks import TABLE
from sockservice.sql.running import Work
from sockservice.sql.transaction import REPEATABLE_READ
from sockservice.sql.underlying import keys_under

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

Run = Callable[["SqlSession", re.Match[str]], Work[Answer]]

_NAME: Final = r"(`(?:[^`]|``)+`|[^\s`,.;]+)"
_ENDING: Final = r"(?: work)?( and chain| and no chain)?( release| no release)?"
_START: Final = r"(?:with consistent snapshot|read only|read write)"
_NEXT: Final = (
    r"(?:isolation level (?:read uncommitted|read committed|repeatable read|serializable)|read only|read write)"
)


def _begin(session: SqlSession, found: re.Match[str]) -> Work[Answer]:
    """BEGIN; START TRANSACTION, perhaps with a snapshot at once, or READ ONLY."""
    words = found[0].lower()
    session.unlock_tables()
    session.commit()
    read_only = True if "read only" in words else False if "read write" in words else None
    transaction = session.begin(read_only=read_only)
    if "snapshot" in words and transaction.isolation == REPEATABLE_READ:
        session.view_for_reading(transaction)
    return Ok()
    yield


def _commit(session: SqlSession, found: re.Match[str]) -> Work[Answer]:
    return (yield from _end(session, found, rollback=False))


def _rollback(session: SqlSession, found: re.Match[str]) -> Work[Answer]:
    return (yield from _end(session, found, rollback=True))


def _end(session: SqlSession, found: re.Match[str], *, rollback: bool) -> Work[Answer]:
    before = session.transaction
    if rollback:
        yield from session.rollback()
    else:
        session.commit()
    if (found[1] or "").strip().lower() == "and chain":
        if before is not None:
            session.next_transaction = {"isolation": before.isolation, "read_only": before.read_only}
        session.begin()
    return Ok()


def _savepoint(session: SqlSession, found: re.Match[str]) -> Work[Answer]:
    transaction = session.transaction
    if transaction is None and not session.session.autocommit:
        transaction = session.begin()
    if transaction is not None:
        name = _plain(found[1]).lower()
        transaction.savepoints.pop(name, None)
        transaction.savepoints[name] = session.store.versions.mark
    return Ok()
    yield


def _rollback_to(session: SqlSession, found: re.Match[str]) -> Work[Answer]:
    transaction, name = session.transaction, _plain(found[1]).lower()
    if transaction is None or name not in transaction.savepoints:
        raise Refused("ER_SP_DOES_NOT_EXIST", "SAVEPOINT", _plain(found[1]))
    yield from session.store.versions.undo(transaction, transaction.savepoints[name])
    _forget_behind(transaction.savepoints, name)
    return Ok()


def _release(session: SqlSession, found: re.Match[str]) -> Work[Answer]:
    transaction, name = session.transaction, _plain(found[1]).lower()
    if transaction is None or name not in transaction.savepoints:
        raise Refused("ER_SP_DOES_NOT_EXIST", "SAVEPOINT", _plain(found[1]))
    _forget_behind(transaction.savepoints, name)
    del transaction.savepoints[name]
    return Ok()
    yield


def _forget_behind(savepoints: dict[str, int], name: str) -> None:
    """Savepoints that were set behind one are gone with what it undoes."""
    names = list(savepoints)
    for each in names[names.index(name) + 1 :]:
        del savepoints[each]


def _next_transaction(session: SqlSession, found: re.Match[str]) -> Work[Answer]:
    """SET TRANSACTION: for the next one only."""
    if session.transaction is not None:
        raise Refused("ER_CANT_CHANGE_TX_CHARACTERISTICS")
    for part in found[1].lower().split(","):
        words = part.strip()
        if words.startswith("isolation level "):
            session.next_transaction["isolation"] = words.removeprefix("isolation level ").upper().replace(" ", "-")
        else:
            session.next_transaction["read_only"] = words == "read only"
    return Ok()
    yield


def _lock_tables(session: SqlSession, found: re.Match[str]) -> Work[Answer]:
    """LOCK TABLES: nobody else writes what is locked to read, or reads and writes what is locked to write."""
    session.unlock_tables()
    session.commit()
    wanted: dict[str, bool] = {}
    for part in found[1].split(" , "):
        words = re.fullmatch(
            rf"(?:{_NAME} \. )?{_NAME}(?: as)?(?: {_NAME})??"
            r" (read(?: local)?|(?:low_priority )?write)",
            part.strip(),
            re.IGNORECASE,
        )
        if words is None:
            raise Refused("ER_PARSE_ERROR", "You have an error in your SQL syntax", part, 1)
        for key in keys_under(session, _plain(words[2]), _plain(words[1] or "")):
            wanted[key] = words[4].lower().endswith("write") or wanted.get(key, False)
    for key, write in wanted.items():
        while True:
            versions = session.store.versions
            others = versions.others(key, session.table_locks)
            holder = versions.writers[others[0]] if others else None
            holder = holder or session.store.locks.in_the_way(session.table_locks, key, TABLE, exclusive=write)
            if holder is None:
                break
            yield from session.wait(session.table_locks, holder)
        session.store.locks.take(session.table_locks, key, TABLE, exclusive=write)
    session.locked_tables = wanted
    return Ok()


def _unlock_tables(session: SqlSession, found: re.Match[str]) -> Work[Answer]:  # noqa: ARG001
    if session.locked_tables is not None:
        session.commit()
    session.unlock_tables()
    return Ok()
    yield


def _plain(name: str) -> str:
    return name[1:-1].replace("``", "`") if name.startswith("`") else name


_STATEMENTS: Final[tuple[tuple[str, Run], ...]] = (
    (r"begin(?: work)?", _begin),
    (
        rf"start transaction(?: {_START}(?: , {_START})*)?",
        _begin,
    ),
    (rf"commit{_ENDING}", _commit),
    (rf"rollback{_ENDING}", _rollback),
    (rf"rollback(?: work)? to(?: savepoint)? {_NAME}", _rollback_to),
    (rf"savepoint {_NAME}", _savepoint),
    (rf"release savepoint {_NAME}", _release),
    (
        rf"set transaction ({_NEXT}(?: , {_NEXT})*)",
        _next_transaction,
    ),
    (r"lock tables? (.+)", _lock_tables),
    (r"unlock tables?", _unlock_tables),
)
_COMPILED: Final = [(re.compile(text, re.IGNORECASE), run) for text, run in _STATEMENTS]
_SET: Final = re.compile(rf"set (?:session |global |local )?transaction {_NEXT}(?: , {_NEXT})*", re.IGNORECASE)
_BEGUN: Final = re.compile(
    r"set (?:session |global |local )?transaction\b"
    r"(?: isolation\b(?: level\b(?: read\b(?: (?:un)?committed\b)?| repeatable\b(?: read\b)?| serializable\b)?)?"
    r"| read\b(?: (?:only|write)\b)?)?",
    re.IGNORECASE,
)
"""As much of SET TRANSACTION as is right."""
WORDS: Final = frozenset(["begin", "start", "commit", "rollback", "savepoint", "release", "set", "lock", "unlock"])
"""How these statements begin."""


def reader_of(text: str) -> tuple[Run, re.Match[str]] | None:
    """What runs a statement of transactions, and how it was understood; None for any other.

    Args:
        text: the statement, white space squeezed.

    Raises:
        Refused: 1064, for SET TRANSACTION with something else behind it.
    """
    for pattern, run in _COMPILED:
        found = pattern.fullmatch(text)
        if found is not None:
            return run, found
    begun = _BEGUN.match(text)
    if begun is not None and _SET.fullmatch(text) is None:
        raise near(text[begun.end() :].lstrip())
    return None
