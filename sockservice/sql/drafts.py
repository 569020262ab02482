"""The parts of a table as a statement gives them, before they are checked against the rest of it."""

from __future__ import annotations

from typing import Final, Literal

import attrs

from sockservice.sql.schema import Action, IndexPart
from sockservice.sql.words import Name
from sockservice.sqltypes import SqlType

KeyKind = Literal["PRIMARY", "UNIQUE", "KEY", "FULLTEXT", "SPATIAL"]

FIRST: Final = ""
"""The place of a column that stands before all others."""


@attrs.frozen
class IndexDraft:
    """An index.

    Attributes:
        kind: what sort it is.
        name: its name; ``""`` where none was given.
        parts: its columns.
        using: ``BTREE``, ``HASH`` or ``""``.
        comment: its COMMENT.
        visible: False for INVISIBLE.
    """

    kind: KeyKind
    name: str
    parts: tuple[IndexPart, ...]
    using: str = ""
    comment: str = ""
    visible: bool = True


@attrs.frozen
class ForeignKeyDraft:
    """A foreign key; the names are ``""`` where none was given."""

    name: str
    index_name: str
    columns: tuple[str, ...]
    parent: Name
    references: tuple[str, ...]
    on_delete: Action = "NO ACTION"
    on_update: Action = "NO ACTION"


@attrs.frozen
class CheckDraft:
    """A CHECK; ``column`` is the one behind whose definition it stands."""

    name: str
    expression: str
    enforced: bool = True
    column: str = ""


@attrs.define
class ColumnDraft:
    """A column.

    Attributes:
        name: its name.
        type: its type.
        zerofill: ZEROFILL.
        charset: CHARACTER SET, or ``""``.
        collation: COLLATE, or ``""``.
        binary: the attribute BINARY: the collation is the ``_bin`` of the character set.
        nullable: what was said of NULL; None where nothing was.
        default: SQL text of DEFAULT; None where it is NULL or missing.
        has_default: whether there was a DEFAULT.
        auto_increment: AUTO_INCREMENT.
        on_update: ON UPDATE CURRENT_TIMESTAMP.
        generated: SQL text of the expression that generates it, or ``""``.
        stored: STORED.
        comment: its COMMENT.
        invisible: INVISIBLE.
        keys: the indexes that its attributes ask for.
        checks: its CHECKs.
        after: the column that it is to stand behind, or :data:`FIRST`; None for the end.
    """

    name: str
    type: SqlType
    zerofill: bool = False
    charset: str = ""
    collation: str = ""
    binary: bool = False
    nullable: bool | None = None
    default: str | None = None
    has_default: bool = False
    auto_increment: bool = False
    on_update: bool = False
    generated: str = ""
    stored: bool = False
    comment: str = ""
    invisible: bool = False
    keys: list[KeyKind] = attrs.field(factory=list)
    checks: list[CheckDraft] = attrs.field(factory=list)
    after: str | None = None


Part = ColumnDraft | IndexDraft | ForeignKeyDraft | CheckDraft
"""What stands between the brackets of CREATE TABLE."""
