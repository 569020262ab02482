"""Text of clients on its way to a log, a terminal or a message."""

from __future__ import annotations

import re
from typing import Final

_LAYOUT: Final = re.compile(r" *[\t\n\v\f\r]+ *")


def printable(text: str) -> str:
    """Text whose characters without a picture of their own are escapes.

    Those are control characters, line and paragraph separators, marks that turn the direction of writing, no-break
    spaces and bytes that are no text: a client must not be able to write lines or colours into a log.
    """
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


def on_one_line(text: str) -> str:
    """:func:`printable` of a statement, whose line ends and tabs are mere layout: each stretch is a space."""
    return printable(_LAYOUT.sub(" ", text))
