"""What is to be done about an error of the database, and how often and how long it is tried."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy.exc import DBAPIError


class Busy(Exception):
    """All connections are in use, for longer than a customer waits."""


class TooSlow(Exception):
    """A statement took longer than it may."""


class OutcomeUnknown(Exception):
    """The connection was lost while the transaction was committed: it may have happened, or not."""


class Unavailable(Exception):
    """It was tried as often as it may be, and did not work."""


class Remedy(Enum):
    """What is to be done about an error."""

    BEGIN_AGAIN = auto()
    """The server undid the transaction, or waited for a lock in vain: somebody else goes first, then it is our turn."""
    RECONNECT = auto()
    """The connection is gone, and the transaction with it. Safe, unless it was just being committed."""
    WAIT = auto()
    """There are too many clients: come again later."""
    FAIL_OVER = auto()
    """This server cannot do it, or is not there: ask the next one."""
    GIVE_UP = auto()
    """It takes too long; to ask for the same again would make it worse."""
    NONE = auto()
    """A mistake, or a rule of the data: nothing that goes away."""


REMEDIES = {
    1213: Remedy.BEGIN_AGAIN,  # ER_LOCK_DEADLOCK
    1205: Remedy.BEGIN_AGAIN,  # ER_LOCK_WAIT_TIMEOUT: undoes the statement only; we undo the rest
    1053: Remedy.RECONNECT,  # ER_SERVER_SHUTDOWN
    4031: Remedy.RECONNECT,  # ER_CLIENT_INTERACTION_TIMEOUT: it was idle for too long
    2006: Remedy.RECONNECT,  # the client's own: closed when it wrote
    2013: Remedy.RECONNECT,  # the client's own: closed when it read
    1040: Remedy.WAIT,  # ER_CON_COUNT_ERROR
    1203: Remedy.WAIT,  # ER_TOO_MANY_USER_CONNECTIONS
    1836: Remedy.FAIL_OVER,  # ER_READ_ONLY_MODE
    2003: Remedy.FAIL_OVER,  # the client's own: nobody listens
    3024: Remedy.GIVE_UP,  # ER_QUERY_TIMEOUT: longer than max_execution_time
}


def remedy(error: DBAPIError) -> Remedy:
    """What is to be done about an error."""
    code, text = (*(error.orig or error).args, 0, "")[:2]
    if code == 1290 and "read-only" in text:  # ER_OPTION_PREVENTS_STATEMENT speaks of many options
        return Remedy.FAIL_OVER
    if code == 2013 and "timed out" in text:  # the server is there, and may be at it still
        return Remedy.GIVE_UP
    return REMEDIES.get(code, Remedy.NONE)


@dataclass(frozen=True)
class Retry:
    """How often something is tried, and how long the pauses are.

    The pauses are random, and may be twice as long each time: those who met in a deadlock do not meet again, and a
    thousand clients do not come back to a busy server all at once. Times are in seconds.
    """

    attempts: int = 5
    first_pause: float = 0.05
    longest_pause: float = 2.0
    sleep: Callable[[float], None] = time.sleep

    def pause(self, attempt: int) -> None:
        """Wait behind an attempt, which are counted from 1."""
        self.sleep(random.uniform(0, min(self.longest_pause, self.first_pause * 2**attempt)))  # noqa: S311
