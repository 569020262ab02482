"""Columns as SHOW and information_schema tell them (MySQL 8.4 manual, 28.3.8)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, NamedTuple

from sockservice.collations import collations
from sockservice.sql.column_reader import text_literal
from sockservice.sql.defaults import Unknown, constant
from sockservice.sql.defaults_check import is_now
from sockservice.sql.diagnostics import Diagnostics
from sockservice.sql.rendering import backticked, rendered
from sockservice.sql.schema import Column, Index, IndexPart, Table
from sockservice.sql.storing import store
from sockservice.sql.type_reader import TEXTS
from sockservice.sqltypes import SqlType

_DIGITS: Final = {"TINYINT": 3, "SMALLINT": 5, "MEDIUMINT": 7, "INT": 10, "BIGINT": 19}
_BYTES: Final = {
    prefix + kind: (1 << bits) - 1
    for prefix, bits in (("TINY", 8), ("", 16), ("MEDIUM", 24), ("LONG", 32))
    for kind in ("TEXT", "BLOB")
}

_BYTES_IN_KEY: Final = {
    "TINYINT": 1,
    "SMALLINT": 2,
    "MEDIUMINT": 3,
    "INT": 4,
    "BIGINT": 8,
    "FLOAT": 4,
    "DOUBLE": 8,
    "YEAR": 1,
    "DATE": 3,
    "TIME": 3,
    "DATETIME": 5,
    "TIMESTAMP": 4,
}


def type_text(kind: SqlType) -> str:
    """A type as MySQL writes it: ``int unsigned``, ``varchar(20)``."""
    name = "geometry" if kind.name == "GEOMETRY" else kind.name.lower()
    if kind.values:
        name += "(" + ",".join("'" + value.replace("'", "''") + "'" for value in kind.values) + ")"
    elif kind.length is not None:
        name += f"({kind.length})" if kind.decimals is None else f"({kind.length},{kind.decimals})"
    return name + (" unsigned" if kind.unsigned else "") + (" zerofill" if kind.zerofill else "")


def column_type(column: Column) -> str:
    """The type of a column."""
    return type_text(column.type)


def shown_default(column: Column) -> str | None:
    """The default of a column, as COLUMN_DEFAULT has it: a text without its quotes."""
    default = column.default
    if default is None:
        return None
    if default.startswith("("):
        return rendered(default[1:-1], ())
    if is_now(default):
        return default
    value = constant(default)
    if isinstance(value, Unknown) or value is None:
        return default
    return _shown(store(value, column, Diagnostics(strict=False)), column)


def _shown(value: Any, column: Column) -> str:
    if column.type.name == "BIT":
        return f"b'{int(value):b}'"
    if isinstance(value, bytes):
        return f"0x{value.hex().upper()}"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def has_expression(column: Column) -> bool:
    """Whether a column's default is an expression: EXTRA says so."""
    return column.default is not None and (column.default.startswith("(") or is_now(column.default))


def extra(column: Column) -> str:
    """EXTRA of a column."""
    words = []
    if column.auto_increment:
        words.append("auto_increment")
    if has_expression(column):
        words.append("DEFAULT_GENERATED")
    if column.on_update:
        digits = f"({column.type.length})" if column.type.length else ""
        words.append(f"on update CURRENT_TIMESTAMP{digits}")
    if column.generated:
        words.append("STORED GENERATED" if column.stored else "VIRTUAL GENERATED")
    if column.invisible:
        words.append("INVISIBLE")
    return " ".join(words)


def key_of(table: Table, column: Column) -> str:
    """What a column is to the indexes of its table: ``PRI``, ``UNI``, ``MUL`` or ``""``."""
    name = column.name.lower()
    primary = table.primary_key
    if primary is not None and name in primary.columns:
        return "PRI"
    found = ""
    for index in table.indexes:
        if name in (index.columns if index.kind == "FULLTEXT" else index.columns[:1]):
            if index.unique and len(index.parts) == 1:
                if primary is None and not column.nullable and _is_promoted(table, index):
                    return "PRI"
                return "UNI"
            found = "MUL"
    return found


def _is_promoted(table: Table, index: Index) -> bool:
    """Whether a unique key stands for the primary key that a table has not: the first one without NULL."""
    return next(
        (
            each is index
            for each in table.indexes
            if each.unique and all((c := table.column(name)) is not None and not c.nullable for name in each.columns)
        ),
        False,
    )


class Sizes(NamedTuple):
    """The columns of information_schema.COLUMNS that say how large values are; None where they do not apply."""

    characters: int | None = None
    octets: int | None = None
    precision: int | None = None
    scale: int | None = None
    moment: int | None = None


def sizes(column: Column) -> Sizes:
    """How large the values of a column are."""
    kind = column.type
    name, length = kind.name, kind.length
    if name in _DIGITS:
        return Sizes(precision=20 if name == "BIGINT" and kind.unsigned else _DIGITS[name], scale=0)
    if name == "DECIMAL":
        return Sizes(precision=length or 10, scale=kind.decimals or 0)
    if name in ("FLOAT", "DOUBLE"):
        return Sizes(precision=length or (12 if name == "FLOAT" else 22), scale=kind.decimals)
    if name == "BIT":
        return Sizes(precision=length or 1)
    if name in ("TIME", "DATETIME", "TIMESTAMP"):
        return Sizes(moment=length or 0)
    if name in _BYTES:
        return Sizes(_BYTES[name], _BYTES[name])
    if name in ("BINARY", "VARBINARY"):
        return Sizes(length, length)
    if name in ("ENUM", "SET"):
        lengths = [len(value) for value in kind.values]
        length = max(lengths) if name == "ENUM" else sum(lengths) + len(lengths) - 1
    if name in TEXTS:
        width = collations()[column.collation].charset.max_length
        return Sizes(length, (length or 0) * width)
    return Sizes()


def key_length(table: Table, index: Index, count: int) -> int:
    """How many bytes the first columns of an index take, as EXPLAIN tells it (MySQL 8.4 manual, 10.8.2).

    Args:
        table: whose index it is.
        index: the index.
        count: of the columns.
    """
    return sum(_bytes_in_key(table, part) for part in index.parts[:count])


def _bytes_in_key(table: Table, part: IndexPart) -> int:
    column = table.column(part.column)
    if column is None:  # an expression, whose type nobody keeps
        return 0
    kind, null = column.type, int(column.nullable)
    if kind.name in ("ENUM", "SET"):
        count = len(kind.values)
        whole = (count + 7) // 8 if kind.name == "SET" else 1 if count < 256 else 2
        return null + (8 if whole > 4 else whole)
    if kind.name in TEXTS or kind.name in _BYTES or kind.name in ("BINARY", "VARBINARY"):
        width = collations()[column.collation].charset.max_length if column.collation else 1
        varies = 0 if kind.name in ("CHAR", "BINARY") else 2
        return null + varies + (part.length or kind.length or 1) * width
    if kind.name == "DECIMAL":
        before, behind = (kind.length or 10) - (kind.decimals or 0), kind.decimals or 0
        return null + sum(digits // 9 * 4 + (digits % 9 + 1) // 2 for digits in (before, behind))
    if kind.name == "BIT":
        return null + ((kind.length or 1) + 7) // 8
    fraction = ((kind.length or 0) + 1) // 2 if kind.name in ("TIME", "DATETIME", "TIMESTAMP") else 0
    return null + _BYTES_IN_KEY.get(kind.name, 8) + fraction


def collate(clause: str, *, mariadb: bool) -> str:
    """A COLLATE clause, in a comment that only MySQL reads where MariaDB does not know the collation.

    Args:
        clause: with the name of the collation.
        mariadb: whether MariaDB is to take it too.
    """
    return f" /*!80000 {clause} */" if mariadb and "_0900_" in clause else f" {clause}"


def definition(table: Table, column: Column, *, mariadb: bool = False) -> str:
    """A column as SHOW CREATE TABLE has it.

    Args:
        table: whose column it is.
        column: the column.
        mariadb: whether MariaDB is to take it too.
    """
    text = f"{backticked(column.name)} {column_type(column)}"
    if column.collation and column.collation != table.collation:
        text += f" CHARACTER SET {collations()[column.collation].charset.name}"
        text += collate(f"COLLATE {column.collation}", mariadb=mariadb)
    if column.generated:
        kind = "STORED" if column.stored else "VIRTUAL"
        names = [each.name for each in table.columns]
        text += f" GENERATED ALWAYS AS ({rendered(column.generated, names)}) {kind}"
    if not column.nullable:
        text += " NOT NULL"
    elif column.type.name == "TIMESTAMP" and not column.generated:
        text += " NULL"
    text += _default_clause(table, column)
    if column.on_update:
        digits = f"({column.type.length})" if column.type.length else ""
        text += f" ON UPDATE CURRENT_TIMESTAMP{digits}"
    if column.auto_increment:
        text += " AUTO_INCREMENT"
    if column.invisible:
        text += " /*!80023 INVISIBLE */"
    return text + (f" COMMENT {text_literal(column.comment)}" if column.comment else "")


def _default_clause(table: Table, column: Column) -> str:
    if column.generated or column.auto_increment:
        return ""
    default = column.default
    if default is None:
        return " DEFAULT NULL" if column.nullable and column.has_default and column.type.name not in _BYTES else ""
    if default.startswith("("):
        return f" DEFAULT ({rendered(default[1:-1], [each.name for each in table.columns])})"
    shown = shown_default(column) or ""
    if is_now(default) or column.type.name == "BIT":
        return f" DEFAULT {shown}"
    if shown.startswith("0x") and column.type.name not in TEXTS:
        value = bytes.fromhex(shown[2:])
        return f" DEFAULT {text_literal(value.decode()) if value.isascii() else shown}"
    return f" DEFAULT {text_literal(shown)}"
