"""GET_LOCK and its like (MySQL 8.4 manual, 14.14): names that one session at a time has.

Who asks for a name that another session has gets 0 at once: a wait would hold up the others.
"""

from __future__ import annotations

import weakref
from typing import Any, Final

from sockservice.interfaces import IServer, ISession
from sockservice.sql.errors import Refused
from sockservice.sql.kinds import BIGINT
from sockservice.sql.registry import function
from sockservice.sql.surroundings import here

_LONGEST: Final = 64
_held: weakref.WeakKeyDictionary[IServer, dict[str, tuple[int, int]]] = weakref.WeakKeyDictionary()
"""For each server, by name: the connection that has it, and how often it took it."""


def _locks(session: ISession) -> dict[str, tuple[int, int]]:
    """The names that are held; those of sessions that are gone are not."""
    held = _held.setdefault(session.server, {})
    for name in [name for name, (owner, _) in held.items() if owner not in session.server.sessions]:
        del held[name]
    return held


def _key(name: str | None) -> str:
    if not name or len(name) > _LONGEST:
        raise Refused("ER_USER_LOCK_WRONG_NAME", "NULL" if name is None else name)
    return name.lower()


@function("get_lock", "sn", BIGINT, nulls=True, pure=False, nullable=True)
def get_lock(name: str | None, timeout: Any) -> int:  # noqa: ARG001
    """GET_LOCK."""
    session = here().session
    held, key = _locks(session), _key(name)
    owner, count = held.get(key, (session.connection_id, 0))
    if owner != session.connection_id:
        return 0
    held[key] = (owner, count + 1)
    return 1


@function("release_lock", "s", BIGINT, nulls=True, pure=False, nullable=True)
def release_lock(name: str | None) -> int | None:
    """RELEASE_LOCK: NULL where nobody has the name, 0 where another session has it."""
    session = here().session
    held, key = _locks(session), _key(name)
    if key not in held:
        return None
    owner, count = held[key]
    if owner != session.connection_id:
        return 0
    if count > 1:
        held[key] = (owner, count - 1)
    else:
        del held[key]
    return 1


@function("release_all_locks", "", BIGINT, nulls=True, pure=False)
def release_all_locks() -> int:
    """RELEASE_ALL_LOCKS: how many there were."""
    session = here().session
    held = _locks(session)
    mine = [name for name, (owner, _) in held.items() if owner == session.connection_id]
    return sum(held.pop(name)[1] for name in mine)


@function("is_free_lock", "s", BIGINT, nulls=True, pure=False, nullable=True)
def is_free_lock(name: str | None) -> int:
    """IS_FREE_LOCK."""
    return int(_key(name) not in _locks(here().session))


@function("is_used_lock", "s", BIGINT, nulls=True, pure=False, nullable=True)
def is_used_lock(name: str | None) -> int | None:
    """IS_USED_LOCK: the connection that has the name."""
    found = _locks(here().session).get(_key(name))
    return None if found is None else found[0]
