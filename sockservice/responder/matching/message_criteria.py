"""Criteria about a message: ``text``, ``bytes``, ``regex`` and ``contains`` of the stubs for streams and datagrams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import attrs
from msgspec import UNSET

from sockservice.documents import Keys
from sockservice.responder.matching.criterion import STATEMENT, Criterion
from sockservice.responder.matching.subject import Subject
from sockservice.responder.matching.text_reader import read_regex
from sockservice.responder.printable import printable

if TYPE_CHECKING:
    from sockservice.responder.matching.condition_reader import Attempt
    from sockservice.responder.message_words import MessageWhen

_SHOWN: Final = 48


@attrs.frozen(eq=False)
class MessageText:
    """``text`` and ``bytes``: the message is this.

    Attributes:
        text: the message as UTF-8, with what is none of it as surrogates.
        word: how the stub says it: ``text`` or ``bytes``.
    """

    text: str
    word: str = "text"
    fixed = True
    weight = STATEMENT

    def holds(self, subject: Subject) -> bool:
        """Whether it is."""
        return subject.text == self.text

    def why_not(self, subject: Subject) -> str:
        """What it is instead."""
        return f"{self.word}: expected {_shown(self.text)}, got {_shown(subject.text)}{_hint(self.text, subject.text)}"


@attrs.frozen(eq=False)
class MessageContains:
    """``contains``: the message has this somewhere.

    Attributes:
        text: it.
    """

    text: str
    fixed = True
    weight = STATEMENT

    def holds(self, subject: Subject) -> bool:
        """Whether it has."""
        return self.text in subject.text

    def why_not(self, subject: Subject) -> str:
        """That it has not."""
        return f"contains: {_shown(self.text)} is missing{_hint(self.text, subject.text)}"


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


def _shown(text: str) -> str:
    return printable(repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"))


def _hint(expected: str, got: str) -> str:
    """The classic mistakes."""
    if expected.casefold() in got.casefold() and expected not in got:
        return "; differs only in the case of letters"
    if expected.split() == got.split():
        return "; differs only in white space"
    return ""
