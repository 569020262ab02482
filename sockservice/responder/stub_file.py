"""The format of stub files, as types: they validate a file and give its JSON Schema.

Rules that a type cannot say (exactly one matcher, a column type that exists, a value that fits it) are checked by
:mod:`sockservice.responder.stub_set` when the file is loaded, with the same kind of message.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

Text: TypeAlias = Annotated[str, Meta(min_length=1)]
Row: TypeAlias = dict[str, Any] | list[Any]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which statements a stub answers: exactly one of its fields."""

    sql: Annotated[
        Text | UnsetType,
        Meta(
            description="The statement; layout, comments, back-ticks and the case of keywords and names do not matter. "
            "`?` stands for any literal or bound parameter."
        ),
    ] = UNSET
    sql_exact: Annotated[Text | UnsetType, Meta(description="The statement, character by character.")] = UNSET
    regex: Annotated[
        Text | UnsetType,
        Meta(
            description="A Python regular expression that matches the whole statement; case does not matter and `.` "
            "matches line ends too (flags `is`). Space and `;` at the ends of the statement are dropped first."
        ),
    ] = UNSET

    reserved: ClassVar[frozenset[str]] = frozenset(
        """fingerprint contains statement tables columns where routine has_limit params session command call state
        all any not python""".split()
    )


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


class StubEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stub."""

    when: When
    then: Then
    name: Annotated[Text | UnsetType, Meta(description="What it is called in messages; a short sentence.")] = UNSET
    priority: Annotated[int, Meta(ge=1, le=9, description="Of several that match, the lowest number wins.")] = 5

    reserved: ClassVar[frozenset[str]] = frozenset(["id"])


class Defaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for the whole file."""

    database: Annotated[Text | UnsetType, Meta(description="A database that the server shows as existing.")] = UNSET
    fallback: Annotated[
        Literal["error"], Meta(description="What answers when no stub does: an error that names the nearest stub.")
    ] = "error"

    reserved: ClassVar[frozenset[str]] = frozenset(["sql", "empty", "upstream"])


class StubFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stub file."""

    version: Literal[1]
    stubs: list[StubEntry]
    service: Literal["mysql"] = "mysql"
    defaults: Defaults = Defaults()

    reserved: ClassVar[frozenset[str]] = frozenset(["seed"])


def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a stub file, for editors and for whoever makes such files."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(StubFile)}
