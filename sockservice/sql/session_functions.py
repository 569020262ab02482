"""Functions that know what the session did last, and the locks of names (MySQL 8.4 manual, 14.14 and 14.15)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import Refused
from sockservice.sql.expressions import Expressions, special
from sockservice.sql.kinds import BIGINT, UNSIGNED
from sockservice.sql.typed import Typed
from sockservice.sqltypes import SqlType

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

Function = Callable[..., Any]
_FLAG: Final = SqlType("BIGINT", 1)


def _last_insert_id(session: SqlSession, *given: int | None) -> int:
    if given:
        session.last_insert_id = session.given_id = given[0] or 0
    return session.last_insert_id


def _row_count(session: SqlSession) -> int:
    return session.row_count


def _found_rows(session: SqlSession) -> int:
    return session.found_rows


def _get_lock(session: SqlSession, name: str | None, seconds: float | None) -> int:
    return session.store.named_locks.get(session, name, seconds or 0)


def _release_lock(session: SqlSession, name: str | None) -> int | None:
    return session.store.named_locks.release(session, name)


def _release_all_locks(session: SqlSession) -> int:
    return session.store.named_locks.release_all(session)


def _is_free_lock(session: SqlSession, name: str | None) -> int:
    return int(session.store.named_locks.owner(name) is None)


def _is_used_lock(session: SqlSession, name: str | None) -> int | None:
    owner = session.store.named_locks.owner(name)
    return None if owner is None else int(owner.session.connection_id)


SESSION_FUNCTIONS: Final[dict[str, tuple[Function, str, int, SqlType]]] = {
    "last_insert_id": (_last_insert_id, "i", 0, UNSIGNED),
    "row_count": (_row_count, "", 0, BIGINT),
    "found_rows": (_found_rows, "", 0, BIGINT),
    "get_lock": (_get_lock, "sf", 2, _FLAG),
    "release_lock": (_release_lock, "s", 1, _FLAG),
    "release_all_locks": (_release_all_locks, "", 0, UNSIGNED),
    "is_free_lock": (_is_free_lock, "s", 1, _FLAG),
    "is_used_lock": (_is_used_lock, "s", 1, UNSIGNED),
}
"""By name: what is called with the session first, the arguments' letters as in
:class:`sockservice.sql.registry.Function`, how many there are at least, and the type."""

_CONVERTED: Final = {"i": to.as_integer, "s": to.as_text, "f": to.as_double}


def _compile(self: Expressions, node: exp.Anonymous) -> Typed:
    name = str(node.this).lower()
    _, letters, least, kind = SESSION_FUNCTIONS[name]
    if not least <= len(node.expressions) <= len(letters):
        raise Refused("ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT", name.upper())
    arguments = [
        _CONVERTED[letter](self.compile(argument)) for letter, argument in zip(letters, node.expressions, strict=False)
    ]
    return Typed(f"session_{name}({', '.join(arguments)})", kind, least > 0)


special(*SESSION_FUNCTIONS)(_compile)
