"""What MySQL says of statements that it cannot do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sockservice.answers import Error
from sockservice.error_codes import error, syntax_error
from sockservice.errors import SockserviceError

if TYPE_CHECKING:
    from sockservice.sql.transaction import Transaction


class Refused(SockserviceError):
    """A statement that MySQL answers with an error.

    Args:
        name: of the error, or its number.
        details: what its text names.

    Attributes:
        answer: the error.
    """

    def __init__(self, name: str | int | Error, *details: object) -> None:
        self.answer = name if isinstance(name, Error) else error(name, *details)
        super().__init__(self.answer.message)


class NotUnderstood(Refused):
    """A statement that is none of those known here, but perhaps of those that drivers and tools send."""


class TooSlow(SockserviceError):
    """A statement that takes longer than others can wait for it, or that was interrupted."""

    def __init__(self) -> None:
        super().__init__("takes too long to be run here")


class Waiting(SockserviceError):
    """A statement that has to wait for another transaction's lock.

    Attributes:
        holder: the transaction that has it.
    """

    def __init__(self, holder: Transaction) -> None:
        super().__init__("waits for a lock")
        self.holder = holder


def too_deep() -> Refused:
    """Error 1436: a statement is nested deeper than it can be read or run."""
    return Refused("ER_STACK_OVERRUN_NEED_MORE", _STACK - _NEEDED, _STACK, _NEEDED)


_STACK: Final = 1_048_576
"""Bytes of the stack of a thread of MySQL's (its default of ``thread_stack``)."""
_NEEDED: Final = 160_000
"""How many it wants to have left."""


def near(text: str) -> Refused:
    """Error 1064 at a text that stands where something else should."""
    return Refused(syntax_error(text))


def wrong_count(name: str) -> Refused:
    """Error 1582: a function was given too few arguments, or too many."""
    return Refused("ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT", name.upper())


def unsupported(what: str) -> Refused:
    """Error 1235: what this version does not have."""
    return Refused("ER_NOT_SUPPORTED_YET", what)
