"""A statement taken apart as far as that can be done without the reader of SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

import attrs
from twisted.logger import Logger

from sockservice.answers import Error, Request
from sockservice.error_codes import syntax_error
from sockservice.sql import dml
from sockservice.sql.errors import Refused
from sockservice.sql.literals import PLACEHOLDER, Folded, Lexical, fold, written
from sockservice.sql.parse import refuse_parameters

_log = Logger()
_FIRST: Final = re.compile(r"[(\s]*([A-Za-z]+)(?![\w$])")


class TakenApart(NamedTuple):
    """A statement.

    Attributes:
        folded: without its literals.
        word: the first one, in lower case.
        change: the statement with its rows apart, where it changes rows.
    """

    folded: Folded
    word: str
    change: dml.Statement | None

    @classmethod
    def of(cls, request: Request, how: Lexical) -> TakenApart:
        """Take a statement apart.

        Args:
            request: the statement.
            how: what ``sql_mode`` makes of quotes and the like.

        Raises:
            Refused: 1064 for ``?`` in a statement that was not prepared, 1367 for a number that no DOUBLE holds.
        """
        folded = fold(request.text, request.params, how)
        if request.command == "query":
            refuse_parameters(folded.key, folded.literals, request.text)
        word = first_word(folded.key)
        return cls(folded, word, dml.Statement.of(folded) if dml.changes(folded.key, word) else None)


def first_word(text: str) -> str:
    """The first word of a statement, in lower case, or ``""``."""
    first = _FIRST.match(text)
    return first[1].lower() if first is not None else ""


def legible(answer: Error, text: str) -> Error:
    """An error whose message has the literals of its statement, not what stands for them.

    Args:
        answer: the error.
        text: the statement.
    """
    if PLACEHOLDER.search(answer.message) is None or PLACEHOLDER.search(text) is not None:
        return answer
    return attrs.evolve(answer, message=written(answer.message, fold(text).literals))


@contextmanager
def understood(folded: Folded) -> Iterator[None]:
    """Take what the reader of SQL has made of a statement, and nobody expects, for an error of syntax.

    The reader is lenient: of what is no MySQL it may make a tree whose parts are missing, or are something else.
    """
    try:
        yield
    except (AttributeError, TypeError, ValueError, LookupError, AssertionError) as problem:
        text = written(*folded)
        _log.debug("not understood: {text}: {problem!r}", text=text[:300], problem=problem)
        raise Refused(syntax_error(text)) from problem
