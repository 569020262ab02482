"""Functions that make texts of texts (MySQL 8.4 manual, 14.8 "String Functions and Operators")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.common_types import common_type, in_type
from sockservice.sql.conversions import exactly, scaled
from sockservice.sql.errors import wrong_count
from sockservice.sql.expressions import Expressions, rule, special
from sockservice.sql.kinds import LONGEST as LONGEST_VALUE
from sockservice.sql.kinds import Kind, bytes_type, text_type
from sockservice.sql.registry import FUNCTIONS, for_values, function, internal
from sockservice.sql.surroundings import here
from sockservice.sql.typed import Typed, made, text_literal
from sockservice.sql.widths import text_width
from sockservice.sqltypes import SqlType

LONGEST: Final = 64 * 1024 * 1024
"""Characters that a function makes at most (``max_allowed_packet``)."""


def all_together(arguments: Sequence[Typed]) -> SqlType:
    """A text as long as all the arguments."""
    return _of_width(sum(map(text_width, arguments)), *arguments)


def as_first(arguments: Sequence[Typed]) -> SqlType:
    """A text as long as the first argument."""
    return _of_width(text_width(arguments[0]), arguments[0])


def _of_width(width: int, *arguments: Typed) -> SqlType:
    """A text, or bytes where an argument is bytes."""
    binary = any(map(to.is_binary, arguments)) or {argument.kind for argument in arguments} == {Kind.NULL}
    return bytes_type(width) if binary else text_type(width)


def told_number(argument: Typed) -> int | None:
    """The value of an argument that is a whole number in the text itself; None where it is none."""
    value = argument.constant() if argument.constant is not None and argument.kind is Kind.INTEGER else None
    return int(value) if isinstance(value, int) else None


def _within(length: int, name: str) -> bool:
    """Whether a text is not too long to be made."""
    if length <= LONGEST:
        return True
    here().warn("ER_WARN_ALLOWED_PACKET_OVERFLOWED", name, LONGEST)
    return False


@special("concat")
def _concat(self: Expressions, node: exp.Anonymous) -> Typed:
    arguments = [self.compile(part) for part in node.expressions]
    if not arguments:
        raise wrong_count("concat")
    return concatenated(self, arguments)


@rule(exp.Concat)
def _concat_node(self: Expressions, node: exp.Concat) -> Typed:
    return concatenated(self, [self.compile(part) for part in node.expressions])


@rule(exp.DPipe)
def _pipes(self: Expressions, node: exp.DPipe) -> Typed:
    return concatenated(self, [self.compile(node.this), self.compile(node.expression)])


def concatenated(self: Expressions, arguments: list[Typed]) -> Typed:
    """Texts, or bytes where one of them is bytes, one behind the other."""
    kind = all_together(arguments)
    if Typed("", kind).kind is Kind.BINARY:
        return made(f"join_bytes({', '.join(map(to.as_binary, arguments))})", kind, *arguments)
    text = f"({' || '.join(map(to.as_text, arguments))})" if len(arguments) > 1 else to.as_text(arguments[0])
    return made(text, kind, *arguments, like=self.collation(*arguments))


@internal("join_bytes")
@for_values
def join_bytes(*parts: bytes) -> bytes:
    """Bytes one behind the other."""
    return b"".join(parts)


def _joined_type(arguments: Sequence[Typed]) -> SqlType:
    between = text_width(arguments[0]) * max(len(arguments) - 2, 0)
    return _of_width(between + sum(map(text_width, arguments[1:])), *arguments)


@function("concat_ws", "ss*", _joined_type, nulls=True, nullable=True)
def concat_ws(separator: str | None, *texts: str | None) -> str | None:
    """CONCAT_WS: NULLs are left out."""
    return None if separator is None else separator.join(text for text in texts if text is not None)


def _in_case(names: str) -> None:
    """Bytes have no case."""
    first = names.split()[0]

    @special(*names.split())
    def compile_call(self: Expressions, node: exp.Anonymous) -> Typed:
        if len(node.expressions) != 1:
            raise wrong_count(str(node.this))
        value = self.compile(node.expressions[0])
        if to.is_binary(value):
            return made(to.as_binary(value), as_first([value]), value)
        return self.called(FUNCTIONS[first], [value])


_in_case("lower lcase")
_in_case("upper ucase")


@function("lower lcase", "s", as_first)
def lower(text: str) -> str:
    """LOWER, letter by letter."""
    return "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)


@function("upper ucase", "s", as_first)
def upper(text: str) -> str:
    """UPPER, letter by letter: a letter whose capital is two letters stays."""
    return "".join(letter.upper() if len(letter.upper()) == 1 else letter for letter in text)


def _sliced(self: Expressions, name: str, arguments: list[Typed]) -> Typed:
    """A function that takes a part of a text, or of bytes."""
    if to.is_binary(arguments[0]):
        rest = [to.as_integer(argument) for argument in arguments[1:]]
        kind = FUNCTIONS[name].returns
        assert not isinstance(kind, SqlType)
        return made(f"f_{name}({', '.join([to.as_binary(arguments[0]), *rest])})", kind(arguments), *arguments)
    return self.called(FUNCTIONS[name], arguments)


def _slicing(name: str) -> None:
    @special(name)
    def compile_call(self: Expressions, node: exp.Anonymous) -> Typed:
        if len(node.expressions) != 2:
            raise wrong_count(name)
        return _sliced(self, name, [self.compile(part) for part in node.expressions])


_slicing("left")
_slicing("right")


def _end_type(arguments: Sequence[Typed]) -> SqlType:
    """The type of so many characters of a text."""
    width, count = text_width(arguments[0]), told_number(arguments[1])
    return _of_width(width if count is None else max(min(width, count), 0), arguments[0])


@function("left", "si", _end_type)
def left(text: Any, count: Any) -> Any:
    """LEFT."""
    return text[: max(int(count), 0)]


@function("right", "si", _end_type)
def right(text: Any, count: Any) -> Any:
    """RIGHT."""
    number = int(count)
    return text[max(len(text) - number, 0) :] if number > 0 else text[:0]


@rule(exp.Substring)
def _substring(self: Expressions, node: exp.Substring) -> Typed:
    parts = [node.this, node.args.get("start"), node.args.get("length")]
    given = [part for part in parts if part is not None]
    if len(given) < 2:
        raise wrong_count("substr")
    return _sliced(self, "substr", [self.compile(part) for part in given])


@special("mid")
def _mid(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) not in (2, 3):
        raise wrong_count("mid")
    return _sliced(self, "substr", [self.compile(part) for part in node.expressions])


def _part_type(arguments: Sequence[Typed]) -> SqlType:
    width, start = text_width(arguments[0]), told_number(arguments[1])
    if start is not None:
        width = (-start if -start <= width else 0) if start < 0 else width - min(start - 1, width) if start else 0
    count = told_number(arguments[2]) if len(arguments) > 2 else None
    return _of_width(width if count is None else max(min(width, count), 0), arguments[0])


@function("substr", "si|i", _part_type)
def substring(text: Any, start: Any, length: Any = None) -> Any:
    """SUBSTRING: the first character is 1; from -1 on it is counted from the end."""
    start = int(start)
    count = len(text) if length is None else int(length)
    begin = start - 1 if start > 0 else len(text) + start
    if start == 0 or begin < 0 or count <= 0:
        return text[:0]
    return text[begin : begin + count]


@function("substring_index", "ssi", as_first)
def substring_index(text: str, separator: str, count: Any) -> str:
    """SUBSTRING_INDEX."""
    number = int(count)
    if not separator or not number:
        return ""
    parts = text.split(separator)
    return separator.join(parts[:number] if number > 0 else parts[number:])


@function("replace", "sss", lambda arguments: _replaced_type(arguments))
def replace(text: str, old: str, new: str) -> str:
    """REPLACE."""
    return text.replace(old, new) if old else text


def _replaced_type(arguments: Sequence[Typed]) -> SqlType:
    text, _, new = map(text_width, arguments)
    return _of_width(text * max(new - 1, 1), *arguments)


@function("insert", "siis", lambda arguments: all_together([arguments[0], arguments[3]]))
def insert(text: str, start: Any, length: Any, new: str) -> str:
    """INSERT()."""
    begin, count = int(start), int(length)
    if not 1 <= begin <= len(text):
        return text
    end = len(text) if count < 0 else begin - 1 + count
    return text[: begin - 1] + new + text[end:]


@rule(exp.Trim)
def _trim(self: Expressions, node: exp.Trim) -> Typed:
    text = self.compile(node.this)
    part = self.compile(node.expression) if node.args.get("expression") is not None else None
    where = str(node.args.get("position") or "BOTH").upper()
    parts = [text] if part is None else [text, part]
    kind = _of_width(text_width(text), *parts)
    if kind.name == "VARBINARY":
        texts = [f"letters_of({to.as_binary(each)})" for each in parts]
    else:
        texts = [to.as_text(each) for each in parts]
    given = [*texts, *([] if part is not None else [text_literal(" ")]), text_literal(where)]
    trimmed = f"trim_text({', '.join(given)})"
    return made(
        f"bytes_of({trimmed})" if kind.name == "VARBINARY" else trimmed, kind, *parts, like=self.collation(*parts)
    )


@internal("trim_text")
@for_values
def trim_text(text: str, part: str, where: str) -> str:
    """TRIM: as often as the part stands there."""
    if not part:
        return text
    begin, end = 0, len(text)
    if where in ("BOTH", "LEADING"):
        while text.startswith(part, begin):
            begin += len(part)
    if where in ("BOTH", "TRAILING"):
        while text.endswith(part, begin, end):
            end -= len(part)
    return text[begin:end]


@function("ltrim", "s", as_first)
def ltrim(text: str) -> str:
    """LTRIM."""
    return text.lstrip(" ")


@function("rtrim", "s", as_first)
def rtrim(text: str) -> str:
    """RTRIM."""
    return text.rstrip(" ")


def _padded(arguments: Sequence[Typed]) -> SqlType:
    length = told_number(arguments[1])
    return _of_width(LONGEST_VALUE if length is None else max(length, 0), arguments[0])


def _padding(text: str, length: int, pad: str, name: str) -> str | None:
    """What fills a text up to a length; None where that cannot be."""
    if length < 0 or not _within(length, name) or (length > len(text) and not pad):
        return None
    missing = max(length - len(text), 0)
    return (pad * (missing // len(pad) + 1))[:missing] if missing else ""


@function("lpad", "sis", _padded, nullable=True)
def lpad(text: str, length: Any, pad: str) -> str | None:
    """LPAD."""
    count = int(length)
    filling = _padding(text, count, pad, "lpad")
    return None if filling is None else (filling + text if filling else text[:count])


@function("rpad", "sis", _padded, nullable=True)
def rpad(text: str, length: Any, pad: str) -> str | None:
    """RPAD."""
    count = int(length)
    filling = _padding(text, count, pad, "rpad")
    return None if filling is None else (text + filling)[:count]


@function("reverse", "s", as_first)
def reverse(text: str) -> str:
    """REVERSE."""
    return text[::-1]


def _repeated_type(arguments: Sequence[Typed]) -> SqlType:
    count = told_number(arguments[1])
    width = text_width(arguments[0])
    return _of_width(LONGEST_VALUE if count is None else width * max(count, 0), arguments[0])


@function("repeat", "si", _repeated_type, nullable=True)
def repeat(text: str, count: Any) -> str | None:
    """REPEAT."""
    times = max(int(count), 0)
    return text * times if _within(len(text) * times, "repeat") else None


def _blanks_type(arguments: Sequence[Typed]) -> SqlType:
    count = told_number(arguments[0])
    return text_type(LONGEST_VALUE if count is None else max(count, 0))


@function("space", "i", _blanks_type, nullable=True)
def space(count: Any) -> str | None:
    """SPACE."""
    times = max(int(count), 0)
    return " " * times if _within(times, "space") else None


@function("quote", "s", lambda arguments: _of_width(max(2 * text_width(arguments[0]) + 2, 4), *arguments), nulls=True)
def quote(text: str | None) -> str:
    """QUOTE: as SQL has it."""
    if text is None:
        return "NULL"
    escaped = {"\\": "\\\\", "'": "\\'", "\0": "\\0", "\x1a": "\\Z"}
    return "'" + "".join(escaped.get(letter, letter) for letter in text) + "'"


@special("elt")
def _elt(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) < 2:
        raise wrong_count("elt")
    number, *values = (self.compile(part) for part in node.expressions)
    kind = common_type(values)
    if Typed("", kind).kind not in (Kind.TEXT, Kind.BINARY):
        kind = text_type(max(map(text_width, values)))
    branches = " ".join(f"WHEN {place} THEN {in_type(value, kind)}" for place, value in enumerate(values, 1))
    text = f"CASE {to.as_integer(number)} {branches} END"
    return made(text, kind, number, *values, nullable=True, like=self.collation(*values))


@function(
    "make_set",
    "is*",
    lambda arguments: _of_width(sum(map(text_width, arguments[1:])) + max(len(arguments) - 2, 0), *arguments[1:]),
    nulls=True,
    nullable=True,
)
def make_set(bits: Any, *texts: str | None) -> str | None:
    """MAKE_SET."""
    if bits is None:
        return None
    number = int(bits)
    return ",".join(text for place, text in enumerate(texts) if number >> place & 1 and text is not None)


def _flags_type(arguments: Sequence[Typed]) -> SqlType:
    between = text_width(arguments[3]) if len(arguments) > 3 else 1
    return _of_width(64 * max(map(text_width, arguments[1:3])) + 63 * between, *arguments[1:4])


@function("export_set", "iss|si", _flags_type)
def export_set(bits: Any, on: str, off: str, separator: str = ",", count: Any = 64) -> str:
    """EXPORT_SET."""
    number, places = int(bits), int(count)
    places = places if 0 <= places <= 64 else 64
    return separator.join(on if number >> place & 1 else off for place in range(places))


_MORE_IN_FORMAT: Final = 32
"""Characters for the sign, the point and what is behind it."""


@special("format")
def _format(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) not in (2, 3):
        raise wrong_count("format")
    value, digits, *locale = (self.compile(part) for part in node.expressions)
    arguments = [to.as_number(value), to.as_integer(digits), *map(to.as_text, locale)]
    width = text_width(value)
    kind = text_type(width + width // 3 + _MORE_IN_FORMAT)
    return made(f"format_number({', '.join(arguments)})", kind, value, digits, like=self.collation())


_POINTS: Final = {
    **dict.fromkeys("de_DE de_AT es_ES it_IT nl_NL pt_BR pt_PT da_DK id_ID tr_TR".split(), (".", ",")),
    **dict.fromkeys("fr_FR pl_PL ru_RU cs_CZ fi_FI sv_SE nb_NO uk_UA bg_BG".split(), (" ", ",")),
    **dict.fromkeys("de_CH".split(), ("'", ".")),
}
"""What stands between thousands, and before decimals, where it is not ``,`` and ``.``."""


@internal("format_number")
@for_values
def format_number(value: Any, digits: Any, locale: str = "en_US") -> str:
    """FORMAT."""
    scale = max(0, min(int(digits), 30))
    text = f"{exactly(scaled(exactly(value), scale)):,.{scale}f}"
    thousands, point = _POINTS.get(locale, (",", "."))
    return text.translate({ord(","): thousands, ord("."): point})
