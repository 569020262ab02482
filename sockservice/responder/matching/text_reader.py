"""The texts of ``when``, checked and made into criteria; a ValueError says what is wrong with one."""

from __future__ import annotations

from sockservice.responder.answering.stub_values import shown
from sockservice.responder.matching.fingerprints import folded
from sockservice.responder.matching.text_criteria import ByFingerprint, Contains, Regex, Sql
from sockservice.responder.matching.timed_pattern import TimedPattern
from sockservice.responder.shapes import Shape, outline_of_tokens
from sockservice.responder.tokens import tokens


def read_sql(text: str) -> Sql:
    """The criterion of ``sql``.

    Raises:
        ValueError: it is no statement, or is not whole.
    """
    return Sql(text, _shape(text, "sql"))


def read_fingerprint(text: str) -> ByFingerprint:
    """The criterion of ``fingerprint``.

    Raises:
        ValueError: as of :func:`read_sql`.
    """
    return ByFingerprint(folded(_shape(text, "fingerprint").parts))


def read_contains(text: str) -> Contains:
    """The criterion of one text of ``contains``.

    Raises:
        ValueError: as of :func:`read_sql`.
    """
    return Contains(_shape(text, "contains"))


def read_regex(text: str) -> Regex:
    """The criterion of ``regex``.

    Raises:
        ValueError: it is no regular expression.
    """
    return Regex(TimedPattern.of(text))


def _shape(text: str, name: str) -> Shape:
    found = tokens(text)
    last = found[-1].text if found else ""
    shape = outline_of_tokens(found).filled()
    if not shape.parts:
        raise ValueError(f"{name!r} holds no statement, only comments or space")
    if last.startswith("/*"):
        raise ValueError(f"{name!r} ends inside of a comment")
    if last[0] in "'\"`" and (len(last) < 2 or last[-1] != last[0]):
        raise ValueError(f"{name!r} ends inside of quotes that begin at {shown(last)}")
    return shape
