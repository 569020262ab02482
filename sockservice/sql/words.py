"""The words of a statement one after the other, for the statements that are read by hand: definitions and SHOW."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, NamedTuple

from sockservice.error_codes import syntax_error
from sockservice.sql.errors import Refused
from sockservice.sql.literals import text_of
from sockservice.sql.reserved import RESERVED
from sockservice.sql.tokens import TOKEN

LONGEST_NAME: Final = 64
"""Characters of the longest name (MySQL 8.4 manual, 11.2.1)."""


class Word(NamedTuple):
    """One token.

    Attributes:
        kind: ``word``, ``quoted``, ``string``, ``binary``, ``number``, ``parameter`` or ``symbol``.
        text: as written.
        start: where in the statement.
        end: where it ends.
    """

    kind: str
    text: str
    start: int
    end: int


class Name(NamedTuple):
    """The name of a table or view, perhaps with its database."""

    database: str
    name: str


_EMPTY: Final = 3
"""How far apart the brackets are around a bracket with nothing in it."""


class Words:
    """A statement that is read from left to right.

    Args:
        text: the statement.

    Attributes:
        at: which word is the next one.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._words = [
            Word(str(found.lastgroup), found[0], found.start(), found.end())
            for found in TOKEN.finditer(text)
            if found.lastgroup != "skip"
        ]
        while self._words and self._words[-1].text == ";":
            self._words.pop()
        self.at = 0

    # --- looking ------------------------------------------------------------------------------

    @property
    def ended(self) -> bool:
        """Whether nothing is left."""
        return self.at >= len(self._words)

    def peek(self, ahead: int = 0) -> Word:
        """The next word, or the one so many behind it; an empty one at the end."""
        place = self.at + ahead
        return self._words[place] if place < len(self._words) else Word("end", "", len(self.text), len(self.text))

    def next_is(self, *words: str) -> bool:
        """Whether these words (in lower case) or symbols are next."""
        return all(self._is(self.peek(ahead), word) for ahead, word in enumerate(words))

    def is_one_of(self, words: Collection[str]) -> bool:
        """Whether one of these words (in lower case) is next."""
        word = self.peek()
        return word.kind == "word" and word.text.lower() in words

    @staticmethod
    def _is(found: Word, word: str) -> bool:
        return found.kind in ("word", "symbol") and found.text.lower() == word

    @property
    def rest(self) -> str:
        """What was not read yet, as written."""
        return self.text[self.peek().start :].rstrip("; \t\r\n")

    # --- taking -------------------------------------------------------------------------------

    def take(self) -> Word:
        """Take the next word, whatever it is.

        Raises:
            Refused: 1064, at the end.
        """
        if self.ended:
            raise self.mistake()
        self.at += 1
        return self._words[self.at - 1]

    def accept(self, *words: str) -> bool:
        """Take these words, where they are next."""
        if not self.next_is(*words):
            return False
        self.at += len(words)
        return True

    def accept_any(self, *words: str) -> str:
        """Take one of these words, where one is next; which one, or ``""``."""
        return next((word for word in words if self.accept(word)), "")

    def expect(self, *words: str) -> None:
        """Take these words.

        Raises:
            Refused: 1064.
        """
        for word in words:
            if not self.accept(word):
                raise self.mistake()

    def expect_end(self) -> None:
        """See that nothing is left.

        Raises:
            Refused: 1064.
        """
        if not self.ended:
            raise self.mistake()

    def mistake(self) -> Refused:
        """Error 1064, near the next word."""
        start = self.peek().start
        return Refused(syntax_error(self.text[start:], self.text.count("\n", 0, start) + 1))

    # --- names --------------------------------------------------------------------------------

    def name(self, wrong: str = "ER_WRONG_COLUMN_NAME", *, behind_point: bool = False) -> str:
        """Take a name.

        Args:
            wrong: the error for a name that cannot be one.
            behind_point: whether it may be a reserved word without back-ticks.

        Raises:
            Refused: 1064, 1059 or ``wrong``.
        """
        word = self.peek()
        if word.kind == "quoted" and word.text[0] == "`":
            name = word.text[1:-1].replace("``", "`")
        elif word.kind == "word" and word.text[0] != "@" and (behind_point or word.text.lower() not in RESERVED):
            name = word.text
        else:
            raise self.mistake()
        self.at += 1
        if len(name) > LONGEST_NAME:
            raise Refused("ER_TOO_LONG_IDENT", name)
        if not name or name[-1] == " ":
            raise Refused(wrong, name)
        return name

    def is_name(self) -> bool:
        """Whether a name is next."""
        word = self.peek()
        if word.kind == "quoted":
            return word.text[0] == "`"
        return word.kind == "word" and word.text[0] != "@" and word.text.lower() not in RESERVED

    def table(self) -> Name:
        """Take the name of a table or view: ``name`` or ``database.name``."""
        first = self.name("ER_WRONG_TABLE_NAME")
        if not self.accept("."):
            return Name("", first)
        return Name(first, self.name("ER_WRONG_TABLE_NAME", behind_point=True))

    def tables(self) -> list[Name]:
        """Take names of tables with commas between them."""
        found = [self.table()]
        while self.accept(","):
            found.append(self.table())
        return found

    def names(self) -> list[str]:
        """Take ``(name, name …)``."""
        self.expect("(")
        found = [self.name()]
        while self.accept(","):
            found.append(self.name())
        self.expect(")")
        return found

    # --- values -------------------------------------------------------------------------------

    def string(self) -> str:
        """Take a text; several side by side are one."""
        if self.peek().kind != "string":
            raise self.mistake()
        found = ""
        while self.peek().kind == "string":
            found += text_of(self.take().text)
        return found

    def whole_number(self) -> int:
        """Take a whole number that is not negative."""
        word = self.peek()
        if word.kind != "number" or not word.text.isdecimal():
            raise self.mistake()
        self.at += 1
        return int(word.text)

    def word_or_string(self) -> str:
        """Take a word of any kind, a name in back-ticks or a text."""
        word = self.peek()
        if word.kind == "string":
            return self.string()
        if word.kind == "quoted":
            return self.name(behind_point=True)
        if word.kind not in ("word", "number"):
            raise self.mistake()
        self.at += 1
        return word.text

    def bracketed(self) -> str:
        """Take a bracket with all that is in it; what is in it, as written."""
        self.expect("(")
        start, depth = self.peek().start, 1
        while True:
            word = self.take()
            depth += (word.text == "(") - (word.text == ")")
            if not depth:
                return self.text[start : word.start].strip()

    def expression(self) -> str:
        """Take an expression in brackets; as written, without the brackets, however many there are."""
        begin = self.at
        self.bracketed()
        words = self._words[begin : self.at]
        closing: dict[int, int] = {}
        opened: list[int] = []
        for place, word in enumerate(words):
            if word.text == "(":
                opened.append(place)
            elif word.text == ")":
                closing[opened.pop()] = place
        first, last = 0, len(words) - 1
        while closing.get(first + 1) == last - 1 and last - first > _EMPTY:
            first, last = first + 1, last - 1
        return self.text[words[first].end : words[last].start].strip()
