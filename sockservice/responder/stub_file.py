"""The format of stub files, as types: they validate a file and give its JSON Schema.

The schema is also a file, ``stubs.schema.json``, which has to be written anew when the types change; see
:mod:`sockservice.responder.stub_schema`.

Rules that a type cannot say (exactly one matcher, a column type that exists, a value that fits it) are checked by
:mod:`sockservice.responder.stub_reader` when the file is loaded, with the same kind of message.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from sockservice.responder.answering.then_words import Then
from sockservice.responder.faults.named_faults import FaultEntry
from sockservice.responder.matching.when_words import When
from sockservice.responder.stub_words import Cycle, Name, Priority, Seed, Text, Version


class StubEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stub."""

    when: When
    then: Annotated[
        Then | list[Then],
        Meta(description="What it answers; a list is a sequence, whose last answer repeats."),
    ]
    name: Name = UNSET
    priority: Priority = 5
    cycle: Cycle = False

    reserved: ClassVar[frozenset[str]] = frozenset(["id"])


class Defaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for the whole file."""

    database: Annotated[Text | UnsetType, Meta(description="A database that the server shows as existing.")] = UNSET
    fallback: Annotated[
        Literal["sql", "error", "empty"] | UnsetType,
        Meta(
            description="What answers when no stub does: the embedded database, an error that names the nearest stub, "
            "or an empty result with a warning that does."
        ),
    ] = UNSET

    seed: Seed = UNSET

    reserved: ClassVar[frozenset[str]] = frozenset(["upstream"])


class StubFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stub file."""

    version: Version
    stubs: Annotated[
        list[StubEntry], Meta(description="The stubs; of several that match with the same priority, the first answers.")
    ]
    service: Annotated[Literal["mysql"], Meta(description="The service that they are for.")] = "mysql"
    defaults: Defaults = Defaults()
    faults: Annotated[
        list[FaultEntry], Meta(description="Faults that are armed in each workspace from the start.")
    ] = []

    reserved: ClassVar[frozenset[str]] = frozenset(["seed"])
