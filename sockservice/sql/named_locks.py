"""GET_LOCK, RELEASE_LOCK and their like (MySQL 8.4 manual, 14.14 "Locking Functions")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from twisted.internet.defer import Deferred

from sockservice.sql.errors import Refused

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

LONGEST: Final = 64
"""Characters of the longest name."""


class Taken(Exception):
    """A name that another session has locked.

    Attributes:
        name: the name.
        seconds: how long it may be waited for; less than 0 for ever.
    """

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__(name)
        self.name = name
        self.seconds = seconds


@attrs.define
class NamedLock:
    """A name that is locked.

    Attributes:
        owner: by whom.
        count: how often.
        waiting: who waits for it.
    """

    owner: SqlSession
    count: int = 1
    waiting: list[Deferred[None]] = attrs.field(factory=list)


class NamedLocks:
    """The names that are locked in a store; case does not matter."""

    def __init__(self) -> None:
        self._locks: dict[str, NamedLock] = {}

    def get(self, session: SqlSession, name: str | None, seconds: float) -> int:
        """Lock a name: 1, or 0 where its time is over.

        Raises:
            Taken: it is to be waited for.
            Refused: 3057 for what is no name.
        """
        key = _checked(name)
        lock = self._locks.get(key)
        if lock is None:
            self._locks[key] = NamedLock(session)
            return 1
        if lock.owner is session:
            lock.count += 1
            return 1
        if seconds == 0 or key in session.given_up:
            return 0
        raise Taken(key, seconds)

    def free(self, name: str) -> Deferred[None]:
        """Fires when a name that is locked may be free."""
        waited: Deferred[None] = Deferred()
        self._locks[name].waiting.append(waited)
        return waited

    def release(self, session: SqlSession, name: str | None) -> int | None:
        """Unlock a name: 1, 0 where it is another session's, None where it is not locked."""
        key = _checked(name)
        lock = self._locks.get(key)
        if lock is None:
            return None
        if lock.owner is not session:
            return 0
        lock.count -= 1
        if not lock.count:
            del self._locks[key]
            for each in lock.waiting:
                if not each.called:
                    each.callback(None)
        return 1

    def release_all(self, session: SqlSession) -> int:
        """Unlock all names of a session; how many times it had locked them."""
        count = 0
        for key, lock in list(self._locks.items()):
            while lock.owner is session and self._locks.get(key) is lock:
                count += self.release(session, key) or 0
        return count

    def owner(self, name: str | None) -> SqlSession | None:
        """Who has locked a name."""
        lock = self._locks.get(_checked(name))
        return None if lock is None else lock.owner


def _checked(name: str | None) -> str:
    if not name or len(name) > LONGEST:
        raise Refused("ER_USER_LOCK_WRONG_NAME", name if name is not None else "NULL")
    return name.lower()
