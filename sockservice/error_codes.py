"""MySQL's own errors: number, SQLSTATE, symbolic name and text, looked up by name or number.

The tables stand beside this module: ``error_codes.tsv`` has MySQL 8's numbers, states and names (server errors only,
since a server never sends a client's 2xxx), ``error_codes_mariadb.tsv`` what MariaDB has besides. Where both use a
name or a number for different errors, MySQL's is meant; so of MariaDB's errors some are found by their name only. The
tables are read when the first error is asked for, not at import. Texts are there for the errors that clients and
applications meet and look at; any other reads as the words of its name.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final

import attrs

from sockservice.answers import Error
from sockservice.errors import did_you_mean

UNKNOWN: Final = "?"
"""What stands in a message for a name or number that nobody gave."""

_SYNTAX: Final = (
    "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version"
    " for the right syntax to use"
)
_LONGEST_NEAR: Final = 80
"""How many characters of the statement MySQL shows."""


@attrs.frozen
class MySQLError:
    """One error of MySQL's or MariaDB's.

    Attributes:
        name: the symbolic name, for example ``ER_DUP_ENTRY``.
        code: the error number, for example 1062.
        sqlstate: five characters, for example ``23000``.
        message: the text, with ``%s`` wherever MySQL puts a name or a number in.
    """

    name: str
    code: int
    sqlstate: str
    message: str

    def filled(self, *details: object) -> str:
        """The message with ``details`` put in, in order; ``?`` stands for those that are missing.

        Raises:
            ValueError: more details than the message has places for.
        """
        pieces = self.message.split("%s")
        places = len(pieces) - 1
        if len(details) > places:
            raise ValueError(f"{self.name} takes {places} detail(s) in {self.message!r}, not {len(details)}")
        words = [str(detail) for detail in details] + [UNKNOWN] * (places - len(details))
        return "".join(piece + word for piece, word in zip(pieces, [*words, ""], strict=True))


@functools.cache
def _table() -> tuple[dict[str, MySQLError], dict[int, MySQLError]]:
    names: dict[str, MySQLError] = {}
    codes: dict[int, MySQLError] = {}
    for file in ("error_codes.tsv", "error_codes_mariadb.tsv"):
        for line in Path(__file__).with_name(file).read_text(encoding="utf-8").splitlines():
            code, sqlstate, name, message = line.split("\t")
            entry = MySQLError(name, int(code), sqlstate, message or _words(name))
            names.setdefault(name, entry)
            codes.setdefault(entry.code, entry)
    return names, codes


def _words(name: str) -> str:
    """A text for an error that has none in the table: ``ER_FILE_CORRUPT`` becomes ``File corrupt``."""
    return name.partition("_")[2].replace("_", " ").capitalize()


def by_name(name: str) -> MySQLError:
    """The error with a symbolic name; case does not matter.

    Raises:
        ValueError: MySQL has no such error; the message names the nearest one.
    """
    names = _table()[0]
    found = names.get(name.upper())
    if found is None:
        raise ValueError(f"MySQL has no error named {name!r}{did_you_mean(name.upper(), names)}")
    return found


def by_code(code: int) -> MySQLError:
    """The error with a number.

    Raises:
        ValueError: MySQL has no server error with that number.
    """
    found = _table()[1].get(code)
    if found is None:
        hint = "; 2000 to 2999 are the client library's own, a server never sends them" if 2000 <= code < 3000 else ""
        raise ValueError(f"MySQL has no error number {code}{hint}")
    return found


def error(name_or_code: str | int, *details: object) -> Error:
    """An error as an answer, with MySQL's SQLSTATE and text.

    Args:
        name_or_code: for example ``"ER_DUP_ENTRY"`` or 1062.
        details: what the text names, in MySQL's order, for example ``"1", "people.PRIMARY"``; a missing one
            reads ``?``.

    Raises:
        ValueError: there is no such error, or more details than its text has places for.
    """
    entry = by_name(name_or_code) if isinstance(name_or_code, str) else by_code(name_or_code)
    return Error(entry.code, entry.sqlstate, entry.filled(*details))


def syntax_error(near: str, line: int = 1) -> Error:
    """ER_PARSE_ERROR, as MySQL words it.

    Args:
        near: the statement from where it was not understood.
        line: of the statement, from 1.
    """
    return error("ER_PARSE_ERROR", _SYNTAX, near[:_LONGEST_NEAR], line)
