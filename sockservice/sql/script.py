"""Files of SQL taken apart into statements, as the ``mysql`` client does it (MySQL 8.4 manual, 6.5.1)."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

LONGEST: Final = 256 * 1024 * 1024
"""Characters of the longest statement: four times what a client may send by default."""

_DELIMITER: Final = re.compile(r"\s*delimiter\s+(\S+)\s*", re.IGNORECASE)
_ENDS: Final = {
    "'": re.compile(r"(?:[^'\\]++|''|\\.)*+'", re.DOTALL),
    '"': re.compile(r'(?:[^"\\]++|""|\\.)*+"', re.DOTALL),
    "`": re.compile(r"[^`]*+`"),
    "/*": re.compile(r".*?\*/", re.DOTALL),
}
"""What ends a text, a name or a comment, from behind its begin."""
_COMMENT_LINE: Final = re.compile(r"--(?=[\s\x00-\x20]|\Z)|#")


@functools.lru_cache(maxsize=16)
def _patterns(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What is code to its end, with the texts and names in it that end in the line; and what needs a look."""
    first = re.escape(delimiter[0])
    pieces = [rf"[^'\"`#/\-{first}]++", *(f"{quote}{_ENDS[quote].pattern}" for quote in "'\"`")]
    pieces += [sign for sign in ("-(?!-)", r"/(?!\*)") if sign[0] != delimiter[0]]
    code = re.compile(f"(?:{'|'.join(pieces)})++", re.DOTALL)
    return code, re.compile(rf"['\"`#]|/\*|--|{re.escape(delimiter)}")


class Statement(NamedTuple):
    """A statement of a file: its text, and the line that it begins in, from 1."""

    text: str
    line: int


class Splitter:
    """Takes lines, gives statements.

    Attributes:
        delimiter: what ends a statement; DELIMITER changes it.
    """

    def __init__(self) -> None:
        self.delimiter = ";"
        self._parts: list[str] = []
        self._size = 0
        self._inside = ""
        self._is_code = False
        self._line = 0
        self._number = 0

    def statements(self, lines: Iterable[str]) -> Iterator[Statement]:
        """The statements of a file.

        Args:
            lines: of the file, each with what ends it.

        Raises:
            ValueError: a statement is too long.
        """
        for self._number, line in enumerate(lines, 1):
            found = _DELIMITER.fullmatch(line) if not self._is_code and not self._inside else None
            if found is not None:
                self.delimiter = found[1]
                continue
            yield from self._of_line(line)
            if self._size > LONGEST:
                raise ValueError(f"the statement of line {self._line} has more than {LONGEST} characters")
        last = self._taken()
        if last is not None:
            yield last

    def _of_line(self, line: str) -> Iterator[Statement]:
        """The statements that end in a line."""
        at = 0
        if self._inside:
            at = self._close(line, 0)
        plain_code, next_mark = _patterns(self.delimiter)
        while at < len(line):
            passed = plain_code.match(line, at)
            if passed is not None and passed.end() > at:
                self._add(passed[0], code=bool(passed[0].strip()))
                at = passed.end()
            found = next_mark.search(line, at)
            stop = len(line) if found is None else found.start()
            self._add(line[at:stop], code=bool(line[at:stop].strip()))
            if found is None:
                return
            mark, at = found[0], found.end()
            if mark == self.delimiter:
                statement = self._taken()
                if statement is not None:
                    yield statement
            elif mark in ("#", "--"):
                if _COMMENT_LINE.match(line, stop):
                    self._add("\n", code=False)
                    return
                self._add(mark, code=True)
            else:
                plain = mark == "/*" and line[at : at + 1] != "!"
                self._add(mark, code=not plain)
                self._inside = mark
                at = self._close(line, at)

    def _close(self, line: str, at: int) -> int:
        """Take what ends the text, name or comment that was begun; where it ends, or the end of the line."""
        found = _ENDS[self._inside].match(line, at)
        stop = len(line) if found is None else found.end()
        self._add(line[at:stop], code=False)
        if found is not None:
            self._inside = ""
        return stop

    def _add(self, text: str, *, code: bool) -> None:
        if code and not self._is_code:
            self._is_code, self._line = True, self._number
        if text:
            self._parts.append(text)
            self._size += len(text)

    def _taken(self) -> Statement | None:
        """The statement that ends here; None where it is nothing but comments."""
        text, is_code = "".join(self._parts).strip(), self._is_code
        self._parts, self._size, self._is_code = [], 0, False
        return Statement(text, self._line) if is_code and text else None
