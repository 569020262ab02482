"""The changes of ALTER TABLE to keys, foreign keys and CHECKs that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from sockservice.sql.errors import Refused
from sockservice.sql.schema import Index

if TYPE_CHECKING:
    from sockservice.sql.alteration import Alteration


def drop_index(alteration: Alteration, name: str) -> None:
    """DROP INDEX and DROP PRIMARY KEY.

    Raises:
        Refused: 1091 or 1553.
    """
    builder = alteration.builder
    index = builder.index(name)
    if index is None:
        raise Refused("ER_CANT_DROP_FIELD_OR_KEY", name)
    others = [other for other in builder.indexes if other is not index]
    for key in builder.foreign_keys:
        if _serves(index, key.columns) and not any(_serves(other, key.columns) for other in others):
            raise Refused("ER_DROP_INDEX_FK", index.name)
    for _, key in alteration.session.store.catalog.referring(alteration.table.database, alteration.table.name):
        if _serves(index, key.references) and not any(_serves(other, key.references) for other in others):
            raise Refused("ER_DROP_INDEX_FK", index.name)
    builder.indexes.remove(index)


def rename_index(alteration: Alteration, old: str, new: str) -> None:
    """RENAME INDEX.

    Raises:
        Refused: 1176, 1061 or 1280.
    """
    index = alteration.builder.index(old)
    if index is None:
        raise Refused("ER_KEY_DOES_NOT_EXITS", old, alteration.table.name)
    if "PRIMARY" in (old.upper(), new.upper()):
        raise Refused("ER_WRONG_NAME_FOR_INDEX", "PRIMARY")
    if new.lower() != old.lower() and alteration.builder.index(new) is not None:
        raise Refused("ER_DUP_KEYNAME", new)
    alteration.builder.indexes[alteration.builder.indexes.index(index)] = replace(index, name=new)


def show_index(alteration: Alteration, name: str, *, visible: bool) -> None:
    """ALTER INDEX … VISIBLE and INVISIBLE.

    Raises:
        Refused: 1176.
    """
    index = alteration.builder.index(name)
    if index is None:
        raise Refused("ER_KEY_DOES_NOT_EXITS", name, alteration.table.name)
    alteration.builder.indexes[alteration.builder.indexes.index(index)] = replace(index, visible=visible)


def drop_foreign_key(alteration: Alteration, name: str) -> None:
    """DROP FOREIGN KEY.

    Raises:
        Refused: 1091.
    """
    key = next((key for key in alteration.builder.foreign_keys if key.name.lower() == name.lower()), None)
    if key is None:
        raise Refused("ER_CANT_DROP_FIELD_OR_KEY", name)
    alteration.builder.foreign_keys.remove(key)


def drop_check(alteration: Alteration, name: str) -> None:
    """DROP CHECK.

    Raises:
        Refused: 3821.
    """
    check = next((check for check in alteration.builder.checks if check.name.lower() == name.lower()), None)
    if check is None:
        raise Refused("ER_CHECK_CONSTRAINT_NOT_FOUND", name)
    alteration.builder.checks.remove(check)


def enforce_check(alteration: Alteration, name: str, *, enforced: bool) -> None:
    """ALTER CHECK … [NOT] ENFORCED.

    Raises:
        Refused: 3821.
    """
    check = next((check for check in alteration.builder.checks if check.name.lower() == name.lower()), None)
    if check is None:
        raise Refused("ER_CHECK_CONSTRAINT_NOT_FOUND", name)
    alteration.builder.checks[alteration.builder.checks.index(check)] = replace(check, enforced=enforced)


def drop_constraint(alteration: Alteration, name: str) -> None:
    """DROP CONSTRAINT, whatever it is.

    Raises:
        Refused: 3940.
    """
    builder, wanted = alteration.builder, name.lower()
    if any(check.name.lower() == wanted for check in builder.checks):
        drop_check(alteration, name)
    elif any(key.name.lower() == wanted for key in builder.foreign_keys):
        drop_foreign_key(alteration, name)
    elif any(index.name.lower() == wanted and index.unique for index in builder.indexes):
        drop_index(alteration, name)
    else:
        raise Refused("ER_CONSTRAINT_NOT_FOUND", name)


def _serves(index: Index, columns: tuple[str, ...]) -> bool:
    """Whether an index begins with these columns."""
    wanted = tuple(name.lower() for name in columns)
    return (
        index.kind == "BTREE"
        and index.columns[: len(wanted)] == wanted
        and not any(part.length for part in index.parts)
    )
