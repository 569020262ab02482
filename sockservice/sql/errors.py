"""What MySQL says of statements that it cannot do."""

from __future__ import annotations

from typing import Any

from sockservice.answers import Error
from sockservice.error_codes import error, syntax_error
from sockservice.errors import SockserviceError


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


class Waiting(SockserviceError):
    """A statement that has to wait for another transaction's lock; nothing of it was done.

    Attributes:
        holder: the transaction that has it.
    """

    def __init__(self, holder: Any) -> None:
        super().__init__("waits for a lock")
        self.holder = holder


def syntax(text: str, problem: Exception) -> Refused:
    """Error 1064, near where the reader stopped."""
    found = getattr(problem, "errors", None) or [{}]
    line, column = found[0].get("line") or 1, found[0].get("col") or 0
    highlight = found[0].get("highlight") or ""
    lines = text.splitlines() or [""]
    rest = "\n".join([lines[min(line, len(lines)) - 1][max(column - len(highlight), 0) :], *lines[line:]])
    return Refused(syntax_error(rest, line))


def near(text: str) -> Refused:
    """Error 1064 at a text that stands where something else should."""
    return Refused(syntax_error(text))


def wrong_count(name: str) -> Refused:
    """Error 1582: a function was given too few arguments, or too many."""
    return Refused("ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT", name.upper())


def unsupported(what: str) -> Refused:
    """Error 1235: what this version does not have."""
    return Refused("ER_NOT_SUPPORTED_YET", what)
