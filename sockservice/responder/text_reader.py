"""The texts of ``when``, checked and made into criteria; a ValueError says what is wrong with one."""

from __future__ import annotations

import re
import warnings

from sockservice.responder.fingerprints import folded
from sockservice.responder.shapes import shape_of
from sockservice.responder.stub_values import shown
from sockservice.responder.text_criteria import ByFingerprint, Contains, Regex, Sql
from sockservice.responder.tokens import tokens


def read_sql(text: str) -> Sql:
    """The criterion of ``sql``.

    Raises:
        ValueError: it is no statement, or is not whole.
    """
    _check_statement(text, "sql")
    return Sql(text, shape_of(text))


def read_fingerprint(text: str) -> ByFingerprint:
    """The criterion of ``fingerprint``.

    Raises:
        ValueError: as of :func:`read_sql`.
    """
    _check_statement(text, "fingerprint")
    return ByFingerprint(folded(shape_of(text).parts))


def read_contains(text: str) -> Contains:
    """The criterion of one text of ``contains``.

    Raises:
        ValueError: as of :func:`read_sql`.
    """
    _check_statement(text, "contains")
    return Contains(shape_of(text))


def read_regex(text: str) -> Regex:
    """The criterion of ``regex``.

    Raises:
        ValueError: it is no regular expression.
    """
    return Regex(read_pattern(text))


def read_pattern(text: str) -> re.Pattern[str]:
    """A regular expression with the flags ``is``.

    Raises:
        ValueError: it is none.
    """
    try:
        with warnings.catch_warnings():
            # A doubtful pattern is the author's business, and no reason to print to the log of the service.
            warnings.simplefilter("ignore")
            return re.compile(text, re.IGNORECASE | re.DOTALL)
    except (re.error, ValueError, OverflowError, RecursionError) as error:
        raise ValueError(f"the regular expression cannot be used: {error}") from None


def _check_statement(text: str, name: str) -> None:
    found = tokens(text)
    if all(token.text == ";" for token in found):
        raise ValueError(f"{name!r} holds no statement, only comments or space")
    last = found[-1].text
    if last.startswith("/*"):
        raise ValueError(f"{name!r} ends inside of a comment")
    if last[0] in "'\"`" and (len(last) < 2 or last[-1] != last[0]):
        raise ValueError(f"{name!r} ends inside of quotes that begin at {shown(last)}")
