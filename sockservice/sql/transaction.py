"""A transaction: what it sees, what it has changed, and who waits for its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from twisted.internet.defer import Deferred

if TYPE_CHECKING:
    from sockservice.sql.schema import Table

REPEATABLE_READ: Final = "REPEATABLE-READ"
READ_COMMITTED: Final = "READ-COMMITTED"
READ_UNCOMMITTED: Final = "READ-UNCOMMITTED"
SERIALIZABLE: Final = "SERIALIZABLE"


@attrs.define(eq=False)
class ReadView:
    """Which transactions' changes a reader sees: those that had ended when the view was made.

    Attributes:
        below: numbers from here on are of transactions that came later.
        active: those below it that had not ended.
        own: the reader's own number, 0 where it has none.
    """

    below: int
    active: frozenset[int]
    own: int = 0

    def sees(self, number: int) -> bool:
        """Whether the changes of a transaction are seen."""
        return number == self.own or (number < self.below and number not in self.active)


@attrs.define(eq=False)
class Transaction:
    """One transaction.

    Attributes:
        isolation: its level, as ``transaction_isolation`` has it.
        read_only: whether it may not change anything.
        explicit: whether it lasts until COMMIT; else, for one statement.
        number: among those that have changed something, counted from 1; 0 where it has changed nothing.
        changes: how many versions it has left.
        view: what it sees under REPEATABLE READ, once it has read.
        savepoints: the marks of versions at which they were set, by name in lower case, in their order.
        written: the tables that it has changed, by their keys.
        used: the keys of the tables that it has read or changed: their definitions cannot change meanwhile.
        ended: whether it is over.
        tables: what holds the locks of LOCK TABLES of the same session, which are not in its way.
        waiting: who waits for that.
    """

    isolation: str = REPEATABLE_READ
    read_only: bool = False
    explicit: bool = False
    number: int = 0
    changes: int = 0
    view: ReadView | None = None
    savepoints: dict[str, int] = attrs.field(factory=dict)
    written: dict[str, Table] = attrs.field(factory=dict)
    used: set[str] = attrs.field(factory=set)
    ended: bool = False
    tables: Transaction | None = None
    waiting: list[Deferred[None]] = attrs.field(factory=list)

    def end(self) -> None:
        """It is over: those who waited for that go on, the first one first."""
        self.ended = True
        waiting, self.waiting = self.waiting, []
        for each in waiting:
            each.callback(None)

    def until_end(self) -> Deferred[None]:
        """A Deferred that fires when it is over; it may be cancelled."""
        waited: Deferred[None] = Deferred(self._forget)
        self.waiting.append(waited)
        return waited

    def _forget(self, waited: Deferred[None]) -> None:
        if waited in self.waiting:
            self.waiting.remove(waited)
