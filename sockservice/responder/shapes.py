"""Statements compared by what they say: the shape of a statement, and the literals in it.

``SELECT name FROM users WHERE id = 42`` has the shape ``select name from users where id = <>`` and the literal
``42``. Stubs are looked up by shape first and by their literals next, so that ten thousand stubs that differ in
literals only are one entry of the first table.

A literal is a number with its sign, a string (with ``N`` or a ``_charset`` before it), ``NULL``, ``TRUE``, ``FALSE``
or the ``?`` of a prepared statement. A sign belongs to the number where an operand may begin (``= -5``), and is an
operator behind one (``qty -5``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeAlias

from sockservice.responder.tokens import Kind, tokens

Literal: TypeAlias = tuple[str, str]
"""Its class (``number``, ``text``, ``word``, ``?``) and its value in the one spelling that all equal ones share."""

HOLE: Final = "\0"
"""What stands in a shape for a literal; no token reads like it."""

BOUND: Final[Literal] = ("?", "")
"""A ``?`` whose value is not known (yet)."""

# Behind these words an operand begins, so that a sign there belongs to the number.
_BEFORE_OPERAND: Final = frozenset(
    """select distinct all where and or xor not in between like rlike regexp is on when then else case having by
    limit offset values value set return div mod interval binary as call do using default escape if""".split()
)
_CHARSETS: Final = frozenset("_utf8mb4 _utf8mb3 _utf8 _binary _latin1 _ascii _ucs2 _utf16 _utf32 _cp1251 _gbk".split())
_WORDS: Final = frozenset(["null", "true", "false"])


class Shape(NamedTuple):
    """A statement, taken apart.

    Attributes:
        parts: its tokens, with :data:`HOLE` for each literal.
        literals: what stands in the holes, in order.
    """

    parts: tuple[str, ...]
    literals: tuple[Literal, ...]


NO_SHAPE: Final = Shape((), ())
"""What there is where nothing is said: the shape of comments and white space."""


def shape_of(text: str, params: Sequence[Any] = (), *, limit: int | None = None, longest: int | None = None) -> Shape:
    """Take a statement apart.

    Args:
        text: the statement.
        params: the values bound to its ``?``, in order; where they are fewer, the rest are :data:`BOUND`.
        limit: as of :func:`sockservice.responder.tokens.tokens`.
        longest: likewise.

    Raises:
        TooManyTokens: the statement has more than ``limit``.
    """
    parts: list[str] = []
    literals: list[Literal] = []
    bound = iter(params)
    found = tokens(text, limit, longest)
    while found and found[-1].text == ";":
        found.pop()
    operand = sign = False  # whether an operand has just ended; whether a sign stands before this token
    for token in found:
        kind, value = token.kind, token.value
        literal: Literal | None = None
        if kind is Kind.WORD:
            if value in _WORDS:
                literal = ("word", value)
        elif kind is Kind.NUMBER:
            literal = ("number", _number(value))
        elif kind is Kind.STRING:
            literal = ("text", value)
        elif kind is Kind.PARAMETER:
            value_bound = next(bound, BOUND)
            literal = BOUND if value_bound is BOUND else bound_literal(value_bound)
        if literal is None:
            sign = not operand and value in ("-", "+") and kind is Kind.SYMBOL
            operand = value not in _BEFORE_OPERAND if kind is Kind.WORD else kind is not Kind.SYMBOL or value in ")]}"
            parts.append(value)
            continue
        if sign and kind in (Kind.NUMBER, Kind.PARAMETER):
            literal = _negative(literal) if parts.pop() == "-" else literal
        elif parts and parts[-1] in _CHARSETS and kind in (Kind.STRING, Kind.NUMBER):
            parts.pop()
        parts.append(HOLE)
        literals.append(literal)
        operand, sign = True, False
    return Shape(tuple(parts), tuple(literals))


def bound_literal(value: Any) -> Literal:
    """The literal that a bound parameter stands for, so that a stub need not know who prepares and who inlines."""
    if value is None:
        return ("word", "null")
    if isinstance(value, bool):
        return ("number", str(int(value)))
    if isinstance(value, (int, float, Decimal)):
        written = str(value)
        number = ("number", _number(written.lstrip("-")))
        return _negative(number) if written[0] == "-" else number
    if isinstance(value, bytes):
        return ("text", value.decode("utf-8", "surrogateescape"))
    if isinstance(value, timedelta):
        seconds, fraction = divmod(abs(value), timedelta(seconds=1))
        written = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        written += f".{fraction.microseconds:06d}" if fraction else ""
        return ("text", "-" + written if value < timedelta(0) else written)
    return ("text", str(value))


def spelled(literal: Literal) -> str:
    """A literal as a message shows it, in SQL's spelling."""
    kind, value = literal
    return "'" + value.replace("'", "''") + "'" if kind == "text" else value.upper() if kind == "word" else value or "?"


def _negative(literal: Literal) -> Literal:
    kind, value = literal
    if kind != "number" or value == "0":
        return literal
    return (kind, value[1:] if value[0] == "-" else "-" + value)


def _number(written: str) -> str:
    """One spelling for all numbers that MySQL takes as equal: ``042``, ``42.0`` and ``42e0`` are ``42``."""
    text = written.lower()
    if text[:1] in ("x", "b"):
        return f"0{text[0]}{text[2:-1]}"
    if text[:2] in ("0x", "0b"):
        return text
    mantissa, _, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").removesuffix(".")
    mantissa = mantissa.lstrip("0")
    if not mantissa or mantissa[0] == ".":
        mantissa = "0" + mantissa
    power = exponent.lstrip("+-").lstrip("0")
    if not power:
        return mantissa
    return f"{mantissa}e{'-' if exponent[0] == '-' else ''}{power}"
