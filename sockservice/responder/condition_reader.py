"""The ``when`` of a stub as a condition, made once when the file is loaded."""

from __future__ import annotations

import re
import warnings
from typing import Any

import attrs
from msgspec import UNSET

from sockservice.documents import Document, Keys
from sockservice.errors import ConfigurationError
from sockservice.responder.condition import REGEX, SQL, SQL_EXACT, Condition
from sockservice.responder.mistakes import Mistakes
from sockservice.responder.shapes import NO_SHAPE, shape_of
from sockservice.responder.stub_values import shown
from sockservice.responder.tokens import tokens
from sockservice.responder.when_words import When


@attrs.frozen
class ConditionReader:
    """Makes conditions out of the ``when`` of one file's stubs.

    Attributes:
        document: the file, for the places of mistakes.
    """

    document: Document[Any]

    def condition(self, when: When, keys: Keys) -> Condition:
        """The condition that a ``when`` describes.

        Args:
            when: as it was read.
            keys: the way to it in the document.

        Raises:
            Mistakes: it describes none.
        """
        given = [name for name in (SQL, SQL_EXACT, REGEX) if getattr(when, name) is not UNSET]
        found: list[ConfigurationError] = []
        if len(given) != 1:
            said = " and ".join(given) or "none"
            wrong = f"'when' takes one of sql, sql_exact and regex, not {said}"
            found.append(self.document.mistake(wrong, *keys))
        pattern = None
        try:
            if when.regex is not UNSET:
                pattern = _pattern(when.regex)
        except ValueError as reason:
            found.append(self.document.mistake(str(reason), *keys, REGEX))
        try:
            if when.sql is not UNSET:
                _check_statement(when.sql)
        except ValueError as reason:
            found.append(self.document.mistake(str(reason), *keys, SQL))
        if found:
            raise Mistakes(found)
        matcher = given[0]
        text: str = getattr(when, matcher)
        return Condition(matcher, text, NO_SHAPE if matcher == REGEX else shape_of(text), pattern)


def _pattern(text: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings():
            # A doubtful pattern is the author's business, and no reason to print to the log of the service.
            warnings.simplefilter("ignore")
            return re.compile(text, re.IGNORECASE | re.DOTALL)
    except (re.error, ValueError, OverflowError, RecursionError) as error:
        raise ValueError(f"the regular expression cannot be used: {error}") from None


def _check_statement(text: str) -> None:
    found = tokens(text)
    if all(token.text == ";" for token in found):
        raise ValueError("'sql' holds no statement, only comments or space")
    last = found[-1].text
    if last.startswith("/*"):
        raise ValueError("'sql' ends inside of a comment")
    if last[0] in "'\"`" and (len(last) < 2 or last[-1] != last[0]):
        raise ValueError(f"'sql' ends inside of quotes that begin at {shown(last)}")
