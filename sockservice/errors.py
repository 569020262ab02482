"""Every error of the project, grouped by who is to blame.

The four families tell a reader what to do next without reading the message:

- :class:`CallerError`: the code that uses sockservice called something wrongly; mend the code.
- :class:`PeerError`: the program at the other end went away or broke the protocol; expect it.
- :class:`ConfigurationError`: an option, a file or the machine refuses; mend what the message names.
- :class:`PluginError`: a plugin does not keep its contract; mend the plugin.

Errors of Twisted and of the operating system are translated into these once, at the boundary where
they occur, with the original as ``__cause__``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

import attrs


class SockserviceError(Exception):
    """The root of all errors that sockservice raises on purpose."""


# --- the caller -------------------------------------------------------------------------------


class CallerError(SockserviceError):
    """The calling code did something that cannot work."""


class WrongState(CallerError):
    """A Socket API call was made in a state in which it has no meaning.

    The message names the call, the state and what would be right.
    """


class AlreadyWaiting(CallerError):
    """A second call of the same kind was made while the first still waits (two receives, two accepts)."""


# --- the peer ---------------------------------------------------------------------------------


class PeerError(SockserviceError):
    """The program at the other end, or the network between, caused this."""


class ConnectionClosed(PeerError):
    """The connection is gone: the peer reset it, or it broke, before the call could be done."""


class ConnectionRefused(PeerError):
    """Nobody listens at the address that CONNECT was given."""


class ConnectFailed(PeerError):
    """CONNECT did not succeed for another reason (no route, unknown host, TLS refused)."""


class TimedOut(PeerError):
    """A call did not finish within its ``timeout``; nothing that had arrived is lost."""


class IncompleteRead(PeerError):
    """The peer ended the stream in the middle of what was asked for.

    Attributes:
        partial: the bytes that did arrive.
    """

    def __init__(self, message: str, partial: bytes) -> None:
        super().__init__(message)
        self.partial = partial


class LimitExceeded(PeerError):
    """The peer sent more than a limit allows (a line without end, a packet too large)."""


class ProtocolError(PeerError):
    """The peer broke the rules of the protocol it speaks.

    Attributes:
        code: the MySQL error number to report, for example 1156.
        sqlstate: the five characters that go with it, for example ``08S01``.
    """

    def __init__(self, message: str, code: int = 1835, sqlstate: str = "HY000") -> None:
        super().__init__(message)
        self.code = code
        self.sqlstate = sqlstate


# --- the configuration ------------------------------------------------------------------------


@attrs.frozen
class Place:
    """Where in a file something stands; prints as ``file:line:column``, counted from 1."""

    path: Path
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class ConfigurationError(SockserviceError):
    """An option, a file or the machine itself refuses what was asked for.

    Attributes:
        place: where in a file the mistake stands, or None where no file is concerned.
        mistakes: all mistakes found together, this one included; one where only one was looked for.
    """

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place = place
        self.mistakes: tuple[ConfigurationError, ...] = (self,)

    @classmethod
    def together(cls, mistakes: Iterable[ConfigurationError]) -> ConfigurationError:
        """One error out of several: its text has one line a mistake, in the order given."""
        every = tuple(mistakes)
        if len(every) == 1:
            return every[0]
        error = cls("\n".join(str(mistake) for mistake in every))
        error.mistakes = every
        return error


class ListenError(ConfigurationError):
    """An address cannot be bound or listened on; the message names it and the reason."""


class AddressInUse(ListenError):
    """Another socket has the address; the message names the program (pid and name) where the system tells."""


class PermissionMissing(ListenError):
    """The system does not let this user have the address; the message says what to do."""


# --- a plugin ---------------------------------------------------------------------------------


class PluginError(SockserviceError):
    """A plugin cannot be loaded or does not provide what its interface promises."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The tail of an error message that names the likely right word.

    Args:
        word: what was written.
        known: the words that would have been right.

    Returns:
        ``"; did you mean 'stubs'?"``, or the full list where it is short and nothing is near, or ``""``.
    """
    words = sorted(set(known))
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    if 0 < len(words) <= 12:
        return f"; known: {', '.join(words)}"
    return ""


def counted(number: int, noun: str) -> str:
    """A number with its noun, as a message says it: ``1 value``, ``2 values``.

    Args:
        number: how many there are.
        noun: what is counted, in the singular; the plural must end with an s more.
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
