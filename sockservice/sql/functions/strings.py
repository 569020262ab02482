"""Functions of text (MySQL 8.4 manual, 14.8 "String Functions and Operators")."""

from __future__ import annotations

from collections.abc import Sequence

from sockservice.sql.expressions import text_width
from sockservice.sql.kinds import BIGINT, text_type
from sockservice.sql.registry import function
from sockservice.sql.typed import Typed
from sockservice.sqltypes import SqlType


def _all_together(arguments: Sequence[Typed]) -> SqlType:
    return text_type(sum(map(text_width, arguments)))


def _as_first(arguments: Sequence[Typed]) -> SqlType:
    return text_type(text_width(arguments[0]))


@function("concat", "ss*", _all_together)
def concat(*texts: str) -> str:
    """CONCAT."""
    return "".join(texts)


@function("lower lcase", "s", _as_first)
def lower(text: str) -> str:
    """LOWER."""
    return text.lower()


@function("upper ucase", "s", _as_first)
def upper(text: str) -> str:
    """UPPER."""
    return text.upper()


@function("char_length character_length", "s", BIGINT)
def char_length(text: str) -> int:
    """CHAR_LENGTH."""
    return len(text)


@function("length octet_length", "b", BIGINT)
def length(data: bytes) -> int:
    """LENGTH."""
    return len(data)
