"""Who has locked which row or table, and who waits for whom.

Rows that a transaction has changed are locked by that (:mod:`sockservice.sql.versions` knows them); what
stands here are the locks beside: of rows that were read FOR UPDATE or FOR SHARE, and of tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from sockservice.sql.transaction import Transaction

Locked = tuple[str, int]
"""The key of a table and the number of a row, or :data:`TABLE`."""
TABLE: Final = -(1 << 63)
"""In the place of a row: the whole table."""
MOST: Final = 100_000
"""How many rows of one table a transaction locks one by one; more, and it locks the table."""


@attrs.define
class Lock:
    """One lock: of one transaction, or shared by several."""

    exclusive: bool
    holders: set[Transaction] = attrs.field(factory=set)


class Locks:
    """The locks of a store."""

    def __init__(self) -> None:
        self._locks: dict[Locked, Lock] = {}
        self._held: dict[Transaction, dict[str, set[int]]] = {}
        self.waits: dict[Transaction, Transaction] = {}

    def in_the_way(self, asking: Transaction, key: str, row: int, *, exclusive: bool) -> Transaction | None:
        """Who must end before a lock can be had; None where it is free.

        Args:
            asking: who wants it.
            key: of the table.
            row: its number, or :data:`TABLE`.
            exclusive: whether to change it.
        """
        if not self._locks:
            return None
        for locked in ((key, row), (key, TABLE)):
            lock = self._locks.get(locked)
            if lock is not None and (exclusive or lock.exclusive):
                for holder in lock.holders:
                    if holder is not asking and holder is not asking.tables:
                        return holder
        if row == TABLE:
            for holder, tables in self._held.items():
                if holder not in (asking, asking.tables) and any(
                    self._conflicts(key, each, exclusive) for each in tables.get(key, ())
                ):
                    return holder
        return None

    def _conflicts(self, key: str, row: int, exclusive: bool) -> bool:
        return exclusive or self._locks[key, row].exclusive

    def take(self, taking: Transaction, key: str, row: int, *, exclusive: bool) -> None:
        """Take a lock that is free, until :meth:`release`."""
        held = self._held.setdefault(taking, {}).setdefault(key, set())
        if TABLE in held and not exclusive:
            return
        if len(held) >= MOST and row not in held and self.in_the_way(taking, key, TABLE, exclusive=exclusive) is None:
            row = TABLE
        lock = self._locks.get((key, row))
        if lock is None:
            lock = self._locks[key, row] = Lock(exclusive)
        lock.exclusive = lock.exclusive or exclusive
        lock.holders.add(taking)
        held.add(row)

    def release(self, holder: Transaction) -> None:
        """Give back all that a transaction holds."""
        for key, rows in self._held.pop(holder, {}).items():
            for row in rows:
                lock = self._locks[key, row]
                lock.holders.discard(holder)
                if not lock.holders:
                    del self._locks[key, row]

    def release_table(self, holder: Transaction, key: str) -> None:
        """Give back the lock of one table as a whole."""
        rows = self._held.get(holder, {}).get(key, set())
        if TABLE in rows:
            rows.discard(TABLE)
            lock = self._locks[key, TABLE]
            lock.holders.discard(holder)
            if not lock.holders:
                del self._locks[key, TABLE]

    def would_deadlock(self, waiting: Transaction, holder: Transaction) -> bool:
        """Whether the one that holds a lock waits, perhaps by others, for the one that wants it."""
        seen: Transaction | None = holder
        while seen is not None:
            if seen is waiting:
                return True
            seen = self.waits.get(seen)
        return False
