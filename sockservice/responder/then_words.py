"""The words of ``then`` in stub files, as types: they validate a file and give its JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

Row: TypeAlias = dict[str, Any] | list[Any]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class OkThen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Success without rows."""

    affected_rows: Annotated[Count, Meta(description="How many rows were changed.")] = 0
    last_insert_id: Annotated[Count, Meta(description="The AUTO_INCREMENT value that was made.")] = 0
    warnings: Annotated[int, Meta(ge=0, le=65535, description="How many warnings there are.")] = 0
    info: Annotated[str, Meta(description="Text such as `Rows matched: 1  Changed: 1  Warnings: 0`.")] = ""

    reserved: ClassVar[frozenset[str]] = frozenset(["{{"])


class ErrorThen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An error whose SQLSTATE or text is not MySQL's own."""

    code: Annotated[int | str, Meta(description="MySQL's error number or symbolic name; or a number of your own.")]
    sqlstate: Annotated[str | UnsetType, Meta(description="Five characters; MySQL's own by default.")] = UNSET
    message: Annotated[str | UnsetType, Meta(description="The text; MySQL's own by default.")] = UNSET

    reserved: ClassVar[frozenset[str]] = frozenset(["times"])


class Then(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a stub answers: ``rows`` (with or without ``columns``), ``ok`` or ``error``."""

    rows: Annotated[
        list[Row] | UnsetType,
        Meta(description="A result set: each row is a map from label to value, or a list in the order of `columns`."),
    ] = UNSET
    columns: Annotated[
        dict[str, str] | UnsetType,
        Meta(description="Label to MySQL type, such as `VARCHAR(20)`; inferred from the values where it is left out."),
    ] = UNSET
    ok: OkThen | UnsetType = UNSET
    error: Annotated[
        int | str | ErrorThen | UnsetType, Meta(description="MySQL's error number or name, or a map with `code`.")
    ] = UNSET

    reserved: ClassVar[frozenset[str]] = frozenset(
        """table csv json rows_from results sql upstream record python repeat_rows row_size delay first_row_delay
        row_delay dribble set_state then_close emit fault times cycle""".split()
    ) | {"a list"}
