"""How long a session waits for its client, and what it does when that is over (MySQL 8.4 manual, 7.1.8).

Nobody sets a timer for each query: who drives a session looks at :attr:`Timeouts.deadline` when its timer goes off,
mostly hours after it was set, and is told by :attr:`Timeouts.on_earlier` of the rare deadlines that come before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from sockservice.disturbances import Ending, IdleEnd
from sockservice.error_codes import error
from sockservice.mysql.constants import Capability
from sockservice.mysql.state import State

if TYPE_CHECKING:
    from sockservice.mysql.session import Session

DEFAULTS: Final = {
    "connect_timeout": 10,
    "interactive_timeout": 28800,
    "net_read_timeout": 30,
    "net_write_timeout": 60,
    "wait_timeout": 28800,
}
"""MySQL's own, in seconds."""


class Timeouts:
    """The limits of one session's patience.

    Args:
        session: whose.

    Attributes:
        on_earlier: called when the deadline may have come nearer.
        aborted: whether the client takes nothing any more: its connection is to be reset.
    """

    def __init__(self, session: Session) -> None:
        self.on_earlier: Callable[[], None] = lambda: None
        self.aborted = False
        self._session = session
        self._heard = session.since
        self._stalled: float | None = None
        self._idle_end: IdleEnd | None = None
        # Since when the session had been idle when that was asked for.
        self._idle_since = 0.0

    def end_when_idle(self, end: IdleEnd) -> None:
        """End the session in its own way if the client says nothing for a while from now on."""
        self._idle_end, self._idle_since = end, self._session.since
        self.on_earlier()

    def heard(self) -> None:
        """Part of something has come, and the rest has to follow."""
        self._heard = self._session.server.clock()
        self.on_earlier()

    def stall(self) -> None:
        """The client takes nothing: what was sent to it piles up."""
        self._stalled = self._session.server.clock()
        self.on_earlier()

    def flow(self) -> None:
        """The client has taken all that was sent."""
        self._stalled = None

    @property
    def deadline(self) -> float:
        """When to call :meth:`expire`, in seconds of the server's clock; it may do nothing then."""
        session = self._session
        if self._stalled is not None:
            return self._stalled + self._seconds("net_write_timeout")
        if session.is_logging_in:
            return session.since + self._seconds("connect_timeout")
        if session.state is State.RECEIVING or (session.state is State.READY and session.packets.waiting):
            return self._heard + self._seconds("net_read_timeout")
        idle_end = self._end_of_idleness
        if idle_end is not None:
            return session.since + min(idle_end.seconds, self._seconds("wait_timeout"))
        # While an answer is made, nobody waits for the client: look again when that could be over.
        since = session.since if session.state is State.READY else session.server.clock()
        return since + self._seconds("wait_timeout")

    def expire(self) -> None:
        """The time is over, or not yet: close the session in the way that MySQL does."""
        session = self._session
        if session.server.clock() < self.deadline:
            return
        idle_end = self._end_of_idleness
        if self._stalled is not None:
            self.aborted = True
        elif idle_end is not None:
            session.resets = idle_end.ending is Ending.RST
            if idle_end.error is not None:
                session.push(idle_end.error)
        elif session.state is State.READY and not session.packets.waiting and not session.server.mariadb:
            session.push(error("ER_CLIENT_INTERACTION_TIMEOUT"))
        session.close()

    @property
    def _end_of_idleness(self) -> IdleEnd | None:
        """How the session is to end, while its client has said nothing since that was asked for."""
        session = self._session
        idle = session.state is State.READY and not session.packets.waiting and session.since == self._idle_since
        return self._idle_end if idle else None

    def _seconds(self, name: str) -> float:
        session, general = self._session, self._session.server.global_variables
        if name in session.variables:
            return float(session.variables[name])
        if name == "wait_timeout" and session.capabilities & Capability.INTERACTIVE:
            name = "interactive_timeout"
        return float(general.get(name, DEFAULTS[name]))
