"""Statements compared by what they say: the shape of a statement, and the literals in it.

``SELECT name FROM users WHERE id = 42`` has the shape ``select name from users where id = <>`` and the literal
``42``. Stubs are looked up by shape first and by their literals next, so that ten thousand stubs that differ in
literals only are one entry of the first table.

A literal is a number with its sign, a string (with ``N`` or a ``_charset`` before it), ``NULL``, ``TRUE``, ``FALSE``
or the ``?`` of a prepared statement. A sign belongs to the number where an operand may begin (``= -5``), and is an
operator behind one (``qty -5``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeAlias

import attrs

from sockservice.answers import Value
from sockservice.responder.tokens import Kind, Token, tokens

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


@attrs.frozen(eq=False)
class Outline:
    """A statement taken apart, whatever is bound to its ``?``: what can be kept by its text alone.

    Attributes:
        parts: as in :class:`Shape`.
        literals: as in :class:`Shape`, with :data:`BOUND` for each ``?``.
        parameters: for each ``?`` its hole, and whether a minus stands before it.
        quoted: the numbers of the parts that were written in back-ticks.
    """

    parts: tuple[str, ...]
    literals: tuple[Literal, ...]
    parameters: tuple[tuple[int, bool], ...] = ()
    quoted: tuple[int, ...] = ()

    def filled(self, params: Sequence[Any] = ()) -> Shape:
        """The statement with values bound to its ``?``.

        Args:
            params: the values, in order; where they are fewer, the rest are :data:`BOUND`.
        """
        if not params or not self.parameters:
            return Shape(self.parts, self.literals)
        literals = list(self.literals)
        for (hole, negative), value in zip(self.parameters, params, strict=False):
            literal = bound_literal(value)
            literals[hole] = _negative(literal) if negative else literal
        return Shape(self.parts, tuple(literals))


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
    return outline_of(text, limit=limit, longest=longest).filled(params)


def outline_of(text: str, *, limit: int | None = None, longest: int | None = None) -> Outline:
    """Take a statement apart, without what is bound to it; the arguments are those of :func:`shape_of`."""
    return outline_of_tokens(tokens(text, limit, longest))


def outline_of_tokens(found: list[Token]) -> Outline:
    """Take a statement apart that is split into its tokens already; those of ``;`` at its end are dropped."""
    parts: list[str] = []
    literals: list[Literal] = []
    parameters: list[tuple[int, bool]] = []
    quoted: list[int] = []
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
            literal = BOUND
        elif kind is Kind.QUOTED:
            quoted.append(len(parts))
        if literal is None:
            sign = not operand and value in ("-", "+") and kind is Kind.SYMBOL
            operand = value not in _BEFORE_OPERAND if kind is Kind.WORD else kind is not Kind.SYMBOL or value in ")]}"
            parts.append(value)
            continue
        negative = False
        if sign and kind in (Kind.NUMBER, Kind.PARAMETER):
            negative = parts.pop() == "-"
        elif parts and parts[-1] in _CHARSETS and kind in (Kind.STRING, Kind.NUMBER):
            parts.pop()
        if literal is BOUND:
            parameters.append((len(literals), negative))
        elif negative:
            literal = _negative(literal)
        parts.append(HOLE)
        literals.append(literal)
        operand, sign = True, False
    return Outline(tuple(parts), tuple(literals), tuple(parameters), tuple(quoted))


def words_of(parts: Iterable[str]) -> set[str]:
    """Those parts of a shape that are words."""
    return {part for part in parts if part[:1].isalnum() or part[:1] in ("_", "@")}


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


def literal_value(literal: Literal) -> Value:
    """The value that a literal means, as Python has it: None, int, Decimal, float, bool or str; None for a ``?``."""
    kind, value = literal
    if kind == "word":
        return _WORD_VALUES[value]
    if kind != "number":
        return value if kind == "text" else None
    if value.lstrip("-").isdecimal():
        return int(value) if len(value) <= _LONGEST_INTEGER else Decimal(value)
    if value[:2] in ("0x", "0b"):
        return value
    return float(value) if "e" in value else Decimal(value)


def value_key(literal: Literal) -> Literal:
    """What all literals share that MySQL takes as equal when it compares a number with a text or a number.

    A text that is a number, with or without space around it, is that number: ``'42'`` and ``42.0`` are ``42``. ``TRUE``
    is 1. A text is otherwise equal to itself alone, and ``NULL`` to ``NULL``.
    """
    kind, value = literal
    if kind == "number":
        return ("number", _scaled(value) or value)
    if kind == "text":
        number = _scaled(value.strip(" ")) if value[-1:] in _NUMBER_ENDS else None
        return literal if number is None else ("number", number)
    if kind == "word" and value != "null":
        return ("number", "1" if value == "true" else "0")
    return literal


_LONGEST_INTEGER: Final = 100
"""Digits of an integer; Python takes a time that grows with their square, and refuses more than 4,300."""
_WORD_VALUES: Final = {"null": None, "true": True, "false": False}
_NUMBER_ENDS: Final = frozenset("0123456789. ")
_WRITTEN_NUMBER: Final = re.compile(
    r"([-+]?)0*+(?:([0-9]++)(?:\.([0-9]*+))?|\.([0-9]++)|(\.?))(?:e([-+]?[0-9]{1,9}))?", re.I
)


def _scaled(written: str) -> str | None:
    """A number as its digits and a power of ten, neither with a zero too many; None for what is no number."""
    match = _WRITTEN_NUMBER.fullmatch(written)
    if match is None or not written or written[-1] in "+-":
        return None
    sign, whole, fraction, bare, _, exponent = match.groups()
    fraction = fraction or bare or ""
    every = (whole or "") + fraction
    digits = every.lstrip("0").rstrip("0")
    if not digits:
        return "0" if "0" in written else None
    power = int(exponent or 0) - len(fraction) + len(every) - len(every.rstrip("0"))
    return f"{sign.strip('+')}{digits}e{power}" if power else f"{sign.strip('+')}{digits}"


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
