"""LOCAL INFILE: a file of the client's, which comes in packets and ends with an empty one.

MySQL internals, "LOCAL INFILE Request". A client that cannot read the file sends the empty packet at once. What goes
wrong here is told behind the end only: a client that sends reads nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Final

import attrs

from sockservice.answers import Answer, Disturbed, Error, LocalInfile
from sockservice.error_codes import error
from sockservice.mysql.packets import PacketReader

_HEADER: Final = b"\xfb"

FileStep = Callable[[], Any]
"""What is to be done next with the file; gives None or an answer, or a Deferred of one."""


class FileTransfer:
    """One file on its way.

    Args:
        answer: what asked for it.
        packets: where it comes from.

    Attributes:
        ended: whether all of it has come: what the last step gives is the statement's answer.
    """

    def __init__(self, answer: LocalInfile, packets: PacketReader) -> None:
        self.ended = False
        self._answer = answer
        self._packets = packets
        self._failure: Error | None = None

    def fail(self, failure: Error) -> None:
        """The rest of the file is dropped, and this is the statement's answer."""
        self._failure = self._failure or failure

    def next_step(self) -> FileStep | None:
        """What to do with what came, or None while there is nothing.

        Raises:
            ProtocolError: the client broke the framing.
        """
        while not self.ended:
            piece = self._packets.next_payload()
            if piece is None:
                return None
            if not piece:
                self.ended = True
                return self._answer.done if self._failure is None else self._failed
            if self._failure is None:
                return functools.partial(self._answer.receive, piece)
        return None

    def _failed(self) -> Answer:
        assert self._failure is not None
        return self._failure


def disturbed_behind(answer: LocalInfile, disturbed: Disturbed) -> LocalInfile:
    """A file whose statement is answered disturbed.

    Args:
        answer: the file that is disturbed.
        disturbed: how, as the responder gave it.
    """

    def done() -> Any:
        outcome = answer.done()
        if isinstance(outcome, Answer):
            return around(disturbed, outcome)
        return outcome.addCallback(lambda late: around(disturbed, late))

    return LocalInfile(answer.filename, answer.receive, done)


def around(disturbed: Disturbed, answer: Answer) -> Disturbed:
    """The same disturbances around another answer."""
    inner = disturbed.answer
    return attrs.evolve(disturbed, answer=around(inner, answer) if isinstance(inner, Disturbed) else answer)


def file_request(answer: LocalInfile, encode: Callable[[str], bytes]) -> bytes:
    """The payload that asks a client for a file."""
    return _HEADER + encode(answer.filename)


def refusal(*, mariadb: bool) -> Error:
    """What a statement is answered where one of both sides does not do it."""
    if mariadb:
        return Error(_DISABLED, "HY000", _DISABLED_TEXT)
    return error("ER_CLIENT_LOCAL_FILES_DISABLED")


_DISABLED: Final = 4166
_DISABLED_TEXT: Final = (
    "The used command is not allowed because the MariaDB server or client has disabled the local infile capability"
)
