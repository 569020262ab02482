"""The answers to commands that the server answers itself, after a responder was asked (``Server(asks=…)``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import attrs

from sockservice.answers import Answer, Error

NOBODY: Final = Error(1105, "HY000", "sockservice: nothing answers this request")
"""The answer to a request that nobody answers, where the server has none of its own."""

Encode: TypeAlias = Callable[[Answer], list[bytes]]
"""Makes the payloads of the answer to a command that is not a statement in text."""


@attrs.frozen
class OwnReply:
    """Makes the payloads of such an answer.

    Attributes:
        own: does what the server does, and gives what it says.
        refuse: the same for the error of a responder.
    """

    own: Callable[[], list[bytes]]
    refuse: Callable[[Error], list[bytes]]

    def __call__(self, answer: Answer | None) -> list[bytes]:
        """The payloads: a responder can refuse, and all else is the server's own."""
        return self.refuse(answer) if isinstance(answer, Error) else self.own()
