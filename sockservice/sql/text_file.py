"""The rows of a text file, as LOAD DATA reads them (MySQL 8.4 manual, 15.2.9 "Field and Line Handling")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import attrs

LONGEST_ROW: Final = 64 * 1024 * 1024
"""Characters of a row; more, and what ends it is not to be expected any more."""

_ESCAPED: Final = {"0": "\0", "b": "\b", "n": "\n", "r": "\r", "t": "\t", "Z": "\x1a"}


class TooLong(Exception):
    """A row without an end."""


@attrs.frozen
class Format:
    """How fields and lines are written.

    Attributes:
        field_end: behind each field but the last.
        quote: around fields, or ``""``.
        escape: before a character that means itself, or ``""``.
        line_start: before what counts of a line, or ``""``.
        line_end: behind each line.
    """

    field_end: str = "\t"
    quote: str = ""
    escape: str = "\\"
    line_start: str = ""
    line_end: str = "\n"


class TextFile:
    """Takes a text piece by piece.

    Args:
        written: how it is written.
    """

    def __init__(self, written: Format) -> None:
        self._format = written
        self._rest = ""
        begin = {sign[0] for sign in (written.escape, written.quote, written.field_end, written.line_end) if sign}
        # What means itself is passed over at once.
        self._plain = re.compile(f"[^{''.join(map(re.escape, sorted(begin)))}]++" if begin else ".++", re.DOTALL)

    def feed(self, text: str, *, last: bool = False) -> Iterator[list[str | None]]:
        """The rows that are complete with another piece; NULL is None.

        Args:
            text: the piece.
            last: whether none follows.

        Raises:
            TooLong: a row has no end.
        """
        self._rest += text
        at = 0
        while at < len(self._rest):
            found = self._row(at, last=last)
            if found is None:
                break
            row, at = found
            if row is not None:
                yield row
        self._rest = self._rest[at:]
        if len(self._rest) > LONGEST_ROW:
            raise TooLong

    def _row(self, at: int, *, last: bool) -> tuple[list[str | None] | None, int] | None:
        """The row that begins somewhere and where it ends; None where that is not here yet."""
        text, form = self._rest, self._format
        if form.line_start:
            start = text.find(form.line_start, at)
            if start < 0:
                return (None, len(text)) if last else None
            at = start + len(form.line_start)
        fields: list[str | None] = []
        while True:
            found = self._field(at, last=last)
            if found is None:
                return None
            field, at, ends = found
            fields.append(field)
            if ends:
                return fields, at

    def _field(self, at: int, *, last: bool) -> tuple[str | None, int, bool] | None:
        """A field, where what follows begins, and whether the row ends with it."""
        text, form = self._rest, self._format
        quoted = bool(form.quote) and text.startswith(form.quote, at)
        start = at = at + len(form.quote) if quoted else at
        parts: list[str] = []
        begin = at
        while at < len(text):
            plain = self._plain.match(text, at)
            if plain is not None and (at := plain.end()) == len(text):
                break
            letter = text[at]
            if form.escape and letter == form.escape:
                if at + 1 >= len(text):
                    if not last:
                        return None
                    at += 1
                    continue
                following = text[at + 1]
                if following == "N" and at == start and not quoted and self._ends(at + 2, last=last):
                    return self._past(None, at + 2)
                parts += [text[begin:at], _ESCAPED.get(following, following)]
                at += 2
                begin = at
                continue
            if quoted and letter == form.quote:
                if text.startswith(form.quote, at + 1):
                    parts += [text[begin:at], form.quote]
                    at += 2
                    begin = at
                    continue
                if at + 1 >= len(text) and not last:
                    return None
                if self._ends(at + 1, last=last):
                    return self._past("".join([*parts, text[begin:at]]), at + 1)
            elif not quoted and self._ends(at, last=last):
                value: str | None = "".join([*parts, text[begin:at]])
                return self._past(None if form.quote and value == "NULL" else value, at)
            at += 1
        if not last:
            return None
        return "".join([*parts, text[begin:]]), len(text), True

    def _ends(self, at: int, *, last: bool) -> bool:
        """Whether a field ends here."""
        text, form = self._rest, self._format
        if at >= len(text):
            return last
        return text.startswith(form.line_end, at) or (bool(form.field_end) and text.startswith(form.field_end, at))

    def _past(self, value: str | None, at: int) -> tuple[str | None, int, bool]:
        """A field that ends here, and where what follows begins."""
        text, form = self._rest, self._format
        if form.field_end and text.startswith(form.field_end, at):
            return value, at + len(form.field_end), False
        return value, min(at + len(form.line_end), len(text)), True
