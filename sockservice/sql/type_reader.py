"""The type of a column in a definition (MySQL 8.4 manual, 13)."""

from __future__ import annotations

from typing import Final

import attrs

from sockservice.collations import charsets
from sockservice.sql.drafts import ColumnDraft
from sockservice.sql.errors import Refused
from sockservice.sql.words import Words
from sockservice.sqltypes import NAMES, SYNONYMS, SqlType

_OTHER_NAMES: Final = {
    **SYNONYMS,
    "BOOL": "TINYINT",
    "BOOLEAN": "TINYINT",
    "MIDDLEINT": "MEDIUMINT",
    "FLOAT4": "FLOAT",
    "FLOAT8": "DOUBLE",
    "VARCHARACTER": "VARCHAR",
    **dict.fromkeys(
        """POINT LINESTRING POLYGON MULTIPOINT MULTILINESTRING MULTIPOLYGON GEOMETRYCOLLECTION
        GEOMCOLLECTION""".split(),
        "GEOMETRY",
    ),
}
INTEGERS: Final = {"TINYINT": 3, "SMALLINT": 5, "MEDIUMINT": 8, "INT": 10, "BIGINT": 20}
"""The types of whole numbers, with the digits that ZEROFILL shows."""
_NUMERIC: Final = frozenset([*INTEGERS, "DECIMAL", "FLOAT", "DOUBLE"])
TEXTS: Final = frozenset("CHAR VARCHAR TINYTEXT TEXT MEDIUMTEXT LONGTEXT ENUM SET".split())
"""Types that have a character set."""
_AS_BYTES: Final = {
    "CHAR": "BINARY",
    "VARCHAR": "VARBINARY",
    "TINYTEXT": "TINYBLOB",
    "TEXT": "BLOB",
    "MEDIUMTEXT": "MEDIUMBLOB",
    "LONGTEXT": "LONGBLOB",
}
_LONG: Final = (("TINY", 1 << 8), ("", 1 << 16), ("MEDIUM", 1 << 24), ("LONG", 1 << 32))
_MOST_BYTES: Final = 65_535
_MOST_MEMBERS: Final = 64


def read_type(words: Words, name: str) -> ColumnDraft:
    """Take a type, with what belongs to it (UNSIGNED, CHARACTER SET …).

    Args:
        words: the statement, before the type.
        name: of the column.

    Raises:
        Refused: 1064, or 1074, 1291, 1425, 1426, 1427, 1439, 1063, 1115.
    """
    before = words.at
    kind, national = _type_name(words)
    if kind == "SERIAL":
        return ColumnDraft(name, SqlType("BIGINT", unsigned=True), nullable=False, auto_increment=True, keys=["UNIQUE"])
    if kind not in NAMES or kind == "NULL":
        words.at = before
        raise words.mistake()
    members: tuple[str, ...] = ()
    numbers: list[int] = []
    if kind in ("ENUM", "SET"):
        members = _members(words, name, kind)
    elif words.next_is("("):
        numbers = _numbers(words)
    draft = ColumnDraft(name, SqlType(kind, values=members), charset="utf8mb3" if national else "")
    unsigned = False
    while kind in _NUMERIC and (word := words.accept_any("unsigned", "signed", "zerofill")):
        draft.zerofill = draft.zerofill or word == "zerofill"
        unsigned = unsigned or word != "signed"
    if kind in TEXTS:
        _read_charset(words, draft)
    written = words.text[: words.peek().start].lower()
    boolean = kind == "TINYINT" and not numbers and written.rstrip().endswith(("bool", "boolean"))
    draft.type = _checked(words, draft, [1] if boolean else numbers, unsigned=unsigned)
    if draft.zerofill:
        draft.type = attrs.evolve(draft.type, unsigned=True, zerofill=True)
    return draft


def _type_name(words: Words) -> tuple[str, bool]:
    """The name of a type in MySQL's own words, and whether it is NATIONAL."""
    if words.peek().kind != "word":
        raise words.mistake()
    word = words.take().text.upper()
    national = word in ("NATIONAL", "NCHAR", "NVARCHAR")
    if word == "NATIONAL":
        word = words.take().text.upper()
    if word == "LONG":
        if words.accept("varbinary"):
            return "MEDIUMBLOB", False
        words.accept_any("varchar", "varcharacter")
        return "MEDIUMTEXT", False
    if word == "DOUBLE":
        words.accept("precision")
    if word in ("CHAR", "CHARACTER", "NCHAR"):
        if words.accept("varying") or words.accept("varchar") or words.accept("varcharacter"):
            word = "VARCHAR"
        elif words.accept("byte"):
            word = "BINARY"
    return _OTHER_NAMES.get(word, word), national


def _numbers(words: Words) -> list[int]:
    words.expect("(")
    numbers = [words.whole_number()]
    while words.accept(","):
        numbers.append(words.whole_number())
    words.expect(")")
    return numbers


def _members(words: Words, name: str, kind: str) -> tuple[str, ...]:
    """The members of an ENUM or SET; blanks at their ends do not count."""
    words.expect("(")
    members = [words.string().rstrip(" ")]
    while words.accept(","):
        members.append(words.string().rstrip(" "))
    words.expect(")")
    seen: dict[str, str] = {}
    for member in members:
        if member.casefold() in seen:
            raise Refused("ER_DUPLICATED_VALUE_IN_TYPE", name, seen[member.casefold()], kind)
        seen[member.casefold()] = member
    if kind == "SET" and len(members) > _MOST_MEMBERS:
        raise Refused("ER_TOO_BIG_SET")
    return tuple(members)


def _read_charset(words: Words, draft: ColumnDraft) -> None:
    while True:
        if words.accept("character", "set") or words.accept("char", "set") or words.accept("charset"):
            draft.charset = charset_name(words)
        elif words.accept("ascii"):
            draft.charset = "latin1"
        elif words.accept("unicode"):
            draft.charset = "ucs2"
        elif words.accept("byte"):
            draft.charset = "binary"
        elif words.accept("binary"):
            draft.binary = True
        else:
            return


def charset_name(words: Words) -> str:
    """Take the name of a character set.

    Raises:
        Refused: 1115.
    """
    written = words.word_or_string()
    name = {"utf8": "utf8mb3"}.get(written.lower(), written.lower())
    if name not in charsets() and name != "default":
        raise Refused("ER_UNKNOWN_CHARACTER_SET", written)
    return name


def _checked(words: Words, draft: ColumnDraft, numbers: list[int], *, unsigned: bool) -> SqlType:
    """The type with its numbers.

    Raises:
        Refused: as :func:`read_type`.
    """
    kind, name = draft.type.name, draft.name
    length = numbers[0] if numbers else None
    if kind in INTEGERS:
        if length is not None and length > 255:
            raise Refused("ER_TOO_BIG_DISPLAYWIDTH", name, 255)
        if draft.zerofill:
            return SqlType(kind, length or INTEGERS[kind])
        return SqlType(kind, 1 if kind == "TINYINT" and length == 1 and not unsigned else None, unsigned=unsigned)
    if kind == "DECIMAL":
        digits, scale = (*numbers, *((10, 0)[len(numbers) :]))[:2]
        return _decimal(kind, name, digits or 10, scale, unsigned=unsigned)
    if kind in ("FLOAT", "DOUBLE"):
        if len(numbers) > 1:
            return _decimal(kind, name, numbers[0], numbers[1], unsigned=unsigned)
        if length is not None and length > 53:
            raise Refused("ER_WRONG_FIELD_SPEC", name)
        return SqlType("DOUBLE" if (length or 0) > 24 else kind, unsigned=unsigned)
    if kind in ("TIME", "DATETIME", "TIMESTAMP"):
        if (length or 0) > 6:
            raise Refused("ER_TOO_BIG_PRECISION", length, name, 6)
        return SqlType(kind, length or None)
    if kind == "BIT":
        if length is not None and length > 64:
            raise Refused("ER_TOO_BIG_DISPLAYWIDTH", name, 64)
        return SqlType(kind, length or 1)
    if kind in TEXTS or kind.endswith(("BINARY", "BLOB")):
        return _characters(words, draft, length)
    if length is not None and kind != "YEAR":
        raise words.mistake()
    return SqlType(kind)


def _decimal(kind: str, name: str, digits: int, scale: int, *, unsigned: bool) -> SqlType:
    most_digits = 65 if kind == "DECIMAL" else 255
    if scale > 30:
        raise Refused("ER_TOO_BIG_SCALE", scale, name, 30)
    if digits > most_digits:
        if kind == "DECIMAL":
            raise Refused("ER_TOO_BIG_PRECISION", digits, name, most_digits)
        raise Refused("ER_TOO_BIG_DISPLAYWIDTH", name, most_digits)
    if scale > digits:
        raise Refused("ER_M_BIGGER_THAN_D", name)
    return SqlType(kind, digits, scale, unsigned)


def _characters(words: Words, draft: ColumnDraft, length: int | None) -> SqlType:
    """The type of texts and bytes."""
    kind, values = draft.type.name, draft.type.values
    if draft.charset == "binary" and kind in _AS_BYTES:
        kind, draft.charset, draft.binary = _AS_BYTES[kind], "", False
    width = charsets()[draft.charset].max_length if draft.charset not in ("", "default") else 4
    if kind in ("CHAR", "BINARY"):
        if (length or 0) > 255:
            raise Refused("ER_TOO_BIG_FIELDLENGTH", draft.name, 255)
        return SqlType(kind, 1 if length is None else length)
    if kind in ("VARCHAR", "VARBINARY"):
        if length is None:
            raise words.mistake()
        most = _MOST_BYTES // (width if kind == "VARCHAR" else 1)
        if length > most:
            raise Refused("ER_TOO_BIG_FIELDLENGTH", draft.name, most)
        return SqlType(kind, length)
    if length is not None and kind in ("TEXT", "BLOB"):
        size = length * (width if kind == "TEXT" else 1)
        prefix = next((prefix for prefix, most in _LONG if size < most), "LONG")
        return SqlType(f"{prefix}{kind}")
    return SqlType(kind, values=values)
