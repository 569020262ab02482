"""The words of ``when`` about a message, checked and made into criteria."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import UNSET

from sockservice.documents import Keys
from sockservice.responder.matching.criterion import Criterion
from sockservice.responder.matching.message_criteria import MessageContains, MessageText
from sockservice.responder.matching.text_reader import read_regex
from sockservice.responder.message_words import MessageWhen

if TYPE_CHECKING:
    from sockservice.responder.matching.condition_reader import Attempt


def message_criteria(when: MessageWhen, keys: Keys, attempt: Attempt) -> Iterator[Criterion | None]:
    """The criteria of a ``when`` about the message itself.

    Args:
        when: it.
        keys: the way to it in the document.
        attempt: reads a value, or notes what is wrong with it.
    """
    if when.text is not UNSET:
        yield MessageText(when.text)
    if when.bytes is not UNSET:
        data = attempt(read_bytes, when.bytes, at=(*keys, "bytes"))
        yield None if data is None else MessageText(data.decode("utf-8", "surrogateescape"), "bytes")
    if when.regex is not UNSET:
        yield attempt(read_regex, when.regex, at=(*keys, "regex"))
    if when.contains is not UNSET:
        for text in [when.contains] if isinstance(when.contains, str) else when.contains:
            yield MessageContains(text)


def read_bytes(written: str) -> bytes:
    """The bytes that a stub file writes as ``hex:`` and pairs of digits.

    Raises:
        ValueError: it is something else.
    """
    if not written.startswith("hex:"):
        raise ValueError(f"{written!r:.60} is no bytes: write them as in hex:0d0a")
    try:
        return bytes.fromhex(written[4:])
    except ValueError:
        raise ValueError(f"{written!r:.60}: pairs of hexadecimal digits follow 'hex:'") from None
