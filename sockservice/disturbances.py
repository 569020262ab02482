"""What can be wrong with an answer on its way: late, in pieces, not to its end, or not as the protocol says.

A responder puts them around an answer (:class:`sockservice.answers.Disturbed`); the protocol encodes it so.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

import attrs

if TYPE_CHECKING:
    from sockservice.answers import Error


class Ending(enum.Enum):
    """How a connection ends, or does not, where an answer breaks off."""

    FIN = "fin"
    """It is closed in order; what was sent arrives."""
    RST = "rst"
    """It is reset."""
    STALL = "stall"
    """It stays open, and nothing more comes over it."""


@attrs.frozen
class Stall:
    """Silence before the answer.

    Attributes:
        seconds: how long; None for ever: the answer never comes.
        at_fetch: whether it is the rows that the first FETCH asks for which are late, where the client reads by a
            cursor; nothing is late where it does not.
    """

    seconds: float | None = None
    at_fetch: bool = False


@attrs.frozen
class Pace:
    """Pauses before the rows of a result set, in seconds; asked anew for each.

    Attributes:
        first_row: the pause before the first row.
        row: the pause before each other row.
    """

    first_row: Callable[[], float] = float
    row: Callable[[], float] = float


@attrs.frozen
class Dribble:
    """The bytes of the answer in pieces of equal size, spread over a time.

    Attributes:
        chunks: how many pieces, at most one a byte.
        seconds: from the first to the last. Rows that come one by one are not held to learn how many there are: those
            beyond the first megabyte come at the same speed.
    """

    chunks: int
    seconds: float


@attrs.frozen
class Break:
    """The answer breaks off, or the connection ends behind it.

    Attributes:
        after_rows: behind this many rows, of all results together, and at the latest before what ends the last of them;
            None: behind the whole answer, or where ``after_bytes`` says.
        after_bytes: behind this many bytes, not compressed, and at the latest behind the whole answer.
        ending: what becomes of the connection.
        error: an error in place of the rest, which is the last packet at least; the connection lives on then, so that
            ``after_bytes`` is behind the last packet that is sent within them. None for none.
    """

    after_rows: int | None = None
    after_bytes: int | None = None
    ending: Ending = Ending.FIN
    error: Error | None = None


@attrs.frozen
class Truncated:
    """The last packet of the answer says that it is longer than it is.

    Attributes:
        keep: how many bytes of it are sent behind its header.
        ending: what becomes of the connection then.
    """

    keep: int = 0
    ending: Ending = Ending.STALL


@attrs.frozen
class WrongSequence:
    """The packets of the answer have wrong sequence ids.

    Attributes:
        offset: what is added to each.
    """

    offset: int = 1


@attrs.frozen
class Oversized:
    """The answer begins with the header of a packet that is larger than the client takes, and zeros of it.

    Attributes:
        size: bytes that the header announces, in packets of the longest size; as many follow as the client reads, and
            nothing of the answer.
    """

    size: int = 1 << 30


@attrs.frozen
class Malformed:
    """The answer is not what the protocol wants.

    Attributes:
        kind: ``length``: a length-encoded integer of the first row, or of an OK, says more than there is;
            ``column_count``: one column more is announced than described; ``garbage``: random bytes in the place of
            the answer's first payload.
        seed: of the random bytes.
    """

    kind: Literal["length", "column_count", "garbage"] = "garbage"
    seed: int = 0


@attrs.frozen
class MissingEnd:
    """What ends columns and rows is left out.

    Attributes:
        other_form: it is sent in the form that was not agreed instead (EOF for OK, OK for EOF).
    """

    other_form: bool = False


@attrs.frozen
class IdleEnd:
    """The answer is sent whole; the connection ends when the client is silent for a while behind it.

    Whatever the client sends before that is answered, and this is forgotten.

    Attributes:
        seconds: how long the client is silent; 0 ends the connection right behind the answer.
        ending: how it ends; :attr:`Ending.STALL` is no end, and means :attr:`Ending.FIN` here.
        error: what the client is told at the end, which it did not ask for (sequence id 0); None for nothing.
    """

    seconds: float = 0.0
    ending: Ending = Ending.FIN
    error: Error | None = None


Disturbance: TypeAlias = (
    Stall | Pace | Dribble | Break | Truncated | WrongSequence | Oversized | Malformed | MissingEnd | IdleEnd
)
"""One way in which an answer is not sent as it should be. A protocol passes over those that mean nothing to it."""
