"""The corpus: sessions of SQL in files that people read, and what their comments say about the comparison.

A file of ``corpus/`` is a theme. It holds plain statements, each ended by ``;``, and comments. A comment between two
statements that begins with one of these words tells the comparison something; any other comment is for people:

``-- session: NAME``
    A session begins: new connections, a new database of its own.
``-- connection: LETTER``
    What follows goes over this connection of the session; a session begins on ``a``.
``-- ignore: ASPECT, ASPECT``
    What is not to be compared of the next statement (``ASPECTS``).
``-- mysql: EXPECTED (SECTION)``
    What MySQL 8.4 does with the next statement where MariaDB does something else, and the section of the MySQL
    reference manual that says so; see ``annotations.py``. May be repeated for other aspects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import attrs
from annotations import ASPECTS, Expected, read_expected

CORPUS = Path(__file__).with_name("corpus")
"""The folder of the themes."""

_DIRECTIVE = re.compile(r"--\s+([a-z]+):\s*(.*?)\s*")
_TOKEN = re.compile(
    r"""
      (?P<quoted> '(?:[^'\\]|\\.|'')*' | "(?:[^"\\]|\\.|"")*" | `[^`]*` )
    | (?P<comment> --(?=\s)[^\n]* | \#[^\n]* | /\*.*?\*/ )
    | (?P<open> ['"`] | /\* )
    | (?P<end> ; )
    | (?P<space> \s+ )
    | (?P<other> [^'"`;\s#/-]+ | . )
    """,
    re.VERBOSE | re.DOTALL,
)


class CorpusMistake(ValueError):
    """A file of the corpus that does not follow the convention; the message begins with ``FILE:LINE``."""


@attrs.frozen
class Statement:
    """A statement of a session.

    Attributes:
        text: as it is sent, without the ``;``.
        line: where it begins in its file, from 1.
        connection: the letter of the connection that it goes over.
        ignored: the aspects that are not compared.
        expected: what MySQL does differently from MariaDB.
    """

    text: str
    line: int
    connection: str = "a"
    ignored: frozenset[str] = frozenset()
    expected: tuple[Expected, ...] = ()


@attrs.frozen
class Session:
    """Statements that build on each other, in a database of their own.

    Attributes:
        theme: the name of the file, without its ending.
        name: what it is about; unique within the theme.
        line: where it begins in its file, from 1.
        statements: in the order in which they are sent, whatever the connection.
    """

    theme: str
    name: str
    line: int
    statements: tuple[Statement, ...]

    @property
    def database(self) -> str:
        """The name of its database: at most 64 characters, which need no quotes."""
        return re.sub(r"[^a-z0-9]+", "_", f"{self.theme}_{self.name}".lower())[:64].strip("_")

    def __str__(self) -> str:
        return f"{self.theme}: {self.name}"


def read_corpus(themes: list[str] | None = None) -> list[Session]:
    """All sessions, or those of some themes.

    Raises:
        CorpusMistake: a theme that there is not, or a file with a mistake.
    """
    known = {path.stem: path for path in sorted(CORPUS.glob("*.sql"))}
    if missing := [name for name in themes or [] if name not in known]:
        raise CorpusMistake(f"there is no theme {missing[0]}; there are: {', '.join(known)}")
    return [
        session
        for name, path in known.items()
        if not themes or name in themes
        for session in read_sessions(name, path.read_text(encoding="utf-8"))
    ]


def read_sessions(theme: str, text: str) -> list[Session]:
    """The sessions of a file.

    Args:
        theme: the file's name without its ending, for messages.
        text: the file.

    Raises:
        CorpusMistake: the first mistake, with its line.
    """
    reader = _Reader(theme)
    for line, kind, part in _parts(text, theme):
        if kind == "comment":
            reader.comment(line, part)
        else:
            reader.statement(line, part)
    return reader.finish(text.count("\n") + 1)


def _parts(text: str, theme: str) -> Iterator[tuple[int, str, str]]:
    """The comments between statements and the statements, each with the line where it begins."""
    line, begun, parts = 1, 0, []
    for token in _TOKEN.finditer(text):
        kind, part = token.lastgroup, token[0]
        if kind == "end":
            if not begun:
                raise CorpusMistake(f"{theme}.sql:{line}: a ; that ends nothing")
            yield begun, "statement", "".join(parts).strip()
            begun, parts = 0, []
        elif kind == "open":
            raise CorpusMistake(f"{theme}.sql:{line}: {part} opens what is not closed")
        elif not begun and kind == "comment" and not part.startswith("/*"):
            yield line, "comment", part
        elif begun or kind != "space":
            begun = begun or line
            parts.append(part)
        line += part.count("\n")
    if begun:
        raise CorpusMistake(f"{theme}.sql:{begun}: a statement that no ; ends")


class _Reader:
    """Gathers sessions; what a comment says waits here for the statement that it is about."""

    def __init__(self, theme: str) -> None:
        self.theme = theme
        self.sessions: list[Session] = []
        self.names: set[str] = set()
        self.open: tuple[str, int] | None = None
        self.statements: list[Statement] = []
        self.connection = "a"
        self.ignored: frozenset[str] = frozenset()
        self.expected: tuple[Expected, ...] = ()

    def comment(self, line: int, text: str) -> None:
        """Take what a comment says, if it is for the comparison."""
        found = _DIRECTIVE.fullmatch(text)
        if not found:
            return
        word, value = found.groups()
        if word == "session":
            self._begin(line, value)
        elif word == "connection":
            if not re.fullmatch("[a-z]", value):
                raise self.mistake(line, f"a connection is a letter, not {value!r}")
            self.connection = value
        elif word == "ignore":
            self.ignored |= self._aspects(line, value)
        elif word == "mysql":
            self.expected += (self._expected(line, value),)
        else:
            raise self.mistake(line, f"{word}: is not known; known: session, connection, ignore, mysql")

    def statement(self, line: int, text: str) -> None:
        """Take a statement."""
        if self.open is None:
            raise self.mistake(line, "a statement before the first -- session:")
        self.statements.append(Statement(text, line, self.connection, self.ignored, self.expected))
        self.ignored, self.expected = frozenset(), ()

    def finish(self, line: int) -> list[Session]:
        """All sessions, the last one ended."""
        if self.ignored or self.expected:
            raise self.mistake(line, "-- ignore: or -- mysql: with no statement after it")
        if self.open is not None:
            name, begun = self.open
            if not self.statements:
                raise self.mistake(begun, f"the session {name!r} has no statement")
            self.sessions.append(Session(self.theme, name, begun, tuple(self.statements)))
        return self.sessions

    def mistake(self, line: int, what: str) -> CorpusMistake:
        """The error for a mistake in a line."""
        return CorpusMistake(f"{self.theme}.sql:{line}: {what}")

    def _begin(self, line: int, name: str) -> None:
        self.finish(line)
        if not name or name in self.names:
            raise self.mistake(line, f"a session needs a name that no other session of the file has, not {name!r}")
        self.names.add(name)
        self.open, self.statements, self.connection = (name, line), [], "a"

    def _aspects(self, line: int, value: str) -> frozenset[str]:
        names = frozenset(filter(None, re.split(r"[,\s]+", value)))
        if wrong := sorted(names - ASPECTS.keys()):
            raise self.mistake(line, f"{wrong[0]} is not compared anyway; compared are {', '.join(ASPECTS)}")
        return names

    def _expected(self, line: int, value: str) -> Expected:
        try:
            return read_expected(value)
        except ValueError as error:
            raise self.mistake(line, str(error)) from error
