"""A column as its definition makes it, checked by itself (MySQL 8.4 manual, 15.1.20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sockservice.collations import collations
from sockservice.sql.defaults_check import check_default
from sockservice.sql.drafts import ColumnDraft
from sockservice.sql.errors import Refused
from sockservice.sql.schema import Column
from sockservice.sql.table_options import resolve_collation
from sockservice.sql.type_reader import INTEGERS, TEXTS

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

_TIMES: Final = ("DATETIME", "TIMESTAMP")


def column_of(session: SqlSession, draft: ColumnDraft, collation_of_table: str) -> Column:
    """A column of a table.

    Args:
        session: whose statement makes it.
        draft: as it was written.
        collation_of_table: what a text has that is given none.

    Raises:
        Refused: 1063, 1067, 1101, 1253 or 1294.
    """
    kind, name = draft.type, draft.name
    collation = ""
    if kind.name in TEXTS:
        collation = resolve_collation(draft.charset, draft.collation, collation_of_table)
        if draft.binary and not draft.collation:
            collation = _binary_collation(collation)
    if draft.auto_increment and (draft.generated or kind.name not in (*INTEGERS, "FLOAT", "DOUBLE")):
        raise Refused("ER_WRONG_FIELD_SPEC", name)
    if draft.on_update and kind.name not in _TIMES:
        raise Refused("ER_INVALID_ON_UPDATE", name)
    if draft.generated and draft.has_default:
        raise Refused("ER_WRONG_USAGE", "DEFAULT", "generated column")
    nullable = draft.nullable is not False and "PRIMARY" not in draft.keys and not draft.auto_increment
    if draft.has_default and draft.default is None and (not nullable or draft.auto_increment):
        raise Refused("ER_INVALID_DEFAULT", name)
    if draft.auto_increment and draft.has_default:
        raise Refused("ER_INVALID_DEFAULT", name)
    column = Column(
        name,
        kind,
        nullable,
        draft.default,
        nullable or draft.default is not None or draft.auto_increment,
        draft.auto_increment,
        draft.on_update,
        draft.generated,
        draft.stored,
        collation,
        draft.comment,
        draft.invisible,
    )
    check_default(session, column)
    return column


def _binary_collation(collation: str) -> str:
    charset = collations()[collation].charset.name
    return f"{charset}_bin" if f"{charset}_bin" in collations() else collation
