"""The columns that a query gives, as those of a table or view that is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sockservice.sql.kinds import Kind
from sockservice.sql.literals import Folded
from sockservice.sql.parse import parse
from sockservice.sql.plan import PlanBuilder
from sockservice.sql.schema import DEFAULT_COLLATION, Column
from sockservice.sql.select import Queries
from sockservice.sql.type_reader import INTEGERS, TEXTS
from sockservice.sql.typed import Typed
from sockservice.sqltypes import SqlType

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

_LONGEST_VARCHAR: Final = 16_383
_LONGEST_VARBINARY: Final = 65_532
_WIDTH_OF_BIGINT: Final = 10
"""An expression of fewer characters makes an INT."""
_ZEROS: Final = {**dict.fromkeys([*INTEGERS, "FLOAT", "DOUBLE"], "0"), "VARCHAR": "''", "CHAR": "''"}


def columns_of_query(session: SqlSession, query: Folded) -> list[Column]:
    """The columns of a query.

    Args:
        session: whose.
        query: the query.

    Raises:
        Refused: as the query is.
    """
    builder = PlanBuilder(query.literals, told=True)
    _, columns = Queries(session, builder).query(parse(query.key, query.literals))
    return [_column(session, label, typed) for label, typed in columns]


def _column(session: SqlSession, label: str, typed: Typed) -> Column:
    kind = _type(typed)
    collation = (typed.collation or DEFAULT_COLLATION) if kind.name in TEXTS else ""
    default, comment, has_zero = None, "", not typed.nullable
    origin = typed.origin
    if origin is not None:
        table = session.store.catalog.table(origin.database, origin.table)
        source = table.column(origin.name) if table is not None else None
        if source is not None:
            default, comment = source.default, source.comment
            has_zero = source.auto_increment
    if has_zero and default is None:
        default = f"0.{'0' * kind.decimals}" if kind.name == "DECIMAL" and kind.decimals else _ZEROS.get(kind.name)
    return Column(
        label,
        kind,
        typed.nullable,
        default,
        typed.nullable or default is not None,
        collation=collation,
        comment=comment,
    )


def _type(typed: Typed) -> SqlType:
    """The type of a column that holds what an expression gives."""
    kind = typed.type
    if typed.kind is Kind.NULL:
        return SqlType("BINARY", 0)
    if kind.name in INTEGERS:
        if typed.origin is not None and typed.origin.is_column:
            return kind
        fits = kind.name == "BIGINT" and kind.length is not None and kind.length < _WIDTH_OF_BIGINT
        return SqlType("INT" if fits else kind.name, unsigned=kind.unsigned)
    if kind.name in ("FLOAT", "DOUBLE") and kind.decimals is None:
        return SqlType(kind.name, unsigned=kind.unsigned)
    if kind.name == "DECIMAL":
        return SqlType("DECIMAL", kind.length or 10, kind.decimals or 0, kind.unsigned)
    if kind.name == "VARCHAR":
        length = kind.length if kind.length is not None else 255
        return SqlType("VARCHAR", length) if length <= _LONGEST_VARCHAR else SqlType("LONGTEXT")
    if kind.name == "VARBINARY":
        length = kind.length if kind.length is not None else 255
        return SqlType("VARBINARY", length) if length <= _LONGEST_VARBINARY else SqlType("LONGBLOB")
    return SqlType("TEXT") if kind.name == "TEXT" else kind
