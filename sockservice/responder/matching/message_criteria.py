"""Criteria about a message: ``text``, ``bytes`` and ``contains`` of the stubs for streams and datagrams."""

from __future__ import annotations

from typing import Final

import attrs

from sockservice.responder.matching.criterion import STATEMENT
from sockservice.responder.matching.subject import Subject
from sockservice.responder.printable import printable

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


def _shown(text: str) -> str:
    return printable(repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"))


def _hint(expected: str, got: str) -> str:
    """The classic mistakes."""
    if expected.casefold() in got.casefold() and expected not in got:
        return "; differs only in the case of letters"
    if expected.split() == got.split():
        return "; differs only in white space"
    return ""
