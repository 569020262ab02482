"""The format of stub files, as types: they validate a file and give its JSON Schema.

Rules that a type cannot say (exactly one matcher, a column type that exists, a value that fits it) are checked by
:mod:`sockservice.responder.stub_reader` when the file is loaded, with the same kind of message.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from sockservice.responder.then_words import Then
from sockservice.responder.when_words import Text, When


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
        Literal["error", "empty"] | UnsetType,
        Meta(
            description="What answers when no stub does: an error that names the nearest stub, or an empty result with "
            "a warning that does."
        ),
    ] = UNSET

    reserved: ClassVar[frozenset[str]] = frozenset(["sql", "upstream"])


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
