"""Stub files for the services ``stream`` and ``datagram``, as types: they validate a file and give its JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from sockservice.responder.stub_words import (
    Asked,
    Cycle,
    Ending,
    InPieces,
    InStates,
    Name,
    NewStates,
    OwnCode,
    PauseBefore,
    Priority,
    Remarks,
    Seed,
    Text,
    Texts,
    Turns,
    Version,
    WhichCalls,
)

MessageCommand: TypeAlias = Literal["connect", "message"]


class PeerWhen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who sends."""

    host: Annotated[Texts | UnsetType, Meta(description="The client's address; of a list, one is enough.")] = UNSET


class MessageWhen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which messages a stub answers: those that have all that is given here."""

    text: Annotated[Text | UnsetType, Meta(description="The message, without its frame, character by character.")] = (
        UNSET
    )
    bytes: Annotated[str | UnsetType, Meta(description="The message as bytes: `hex:` and pairs of digits.")] = UNSET
    regex: Annotated[
        Text | UnsetType,
        Meta(
            description="A Python regular expression that matches the whole message without space at its ends (flags "
            "`is`). Named groups are for templates."
        ),
    ] = UNSET
    contains: Annotated[Texts | UnsetType, Meta(description="Text that is somewhere in the message.")] = UNSET
    session: PeerWhen | UnsetType = UNSET
    command: Annotated[
        MessageCommand | list[MessageCommand] | UnsetType,
        Meta(description="`connect`: a client has connected, and may be greeted; `message`, where it is not given."),
    ] = UNSET
    call: WhichCalls = UNSET
    state: InStates = UNSET
    all: Annotated[list[MessageWhen] | UnsetType, Meta(description="All of these.")] = UNSET
    any: Annotated[list[MessageWhen] | UnsetType, Meta(description="One of these.")] = UNSET
    not_: Annotated[MessageWhen | UnsetType, Meta(description="None that has all of this.")] = msgspec.field(
        name="not", default=UNSET
    )
    python: Asked = UNSET


class MessageThen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a stub answers, and what happens besides: one of ``text``, ``bytes``, ``raw``, ``messages``, ``silence``."""

    text: Annotated[str | UnsetType, Meta(description="A message, which is framed as the service frames them.")] = UNSET
    bytes: Annotated[str | UnsetType, Meta(description="The same as bytes: `hex:` and pairs of digits.")] = UNSET
    raw: Annotated[
        str | UnsetType, Meta(description="Bytes as in `bytes` that are sent as they are, without a frame.")
    ] = UNSET
    messages: Annotated[
        list[str] | UnsetType,
        Meta(description="Several messages, one behind the other; those that begin with `hex:` as bytes."),
    ] = UNSET
    silence: Annotated[Literal[True] | UnsetType, Meta(description="No answer.")] = UNSET
    python: OwnCode = UNSET
    fault: Annotated[
        str | dict[str, Any] | UnsetType,
        Meta(
            description="`hang`, `latency`, `lost_connection`, `disconnect_after_bytes` or `truncated_packet`, or a "
            "map from one of these to what it takes; with or without an answer."
        ),
    ] = UNSET
    delay: PauseBefore = UNSET
    dribble: InPieces = UNSET
    set_state: NewStates = UNSET
    then_close: Ending = UNSET
    emit: Remarks = UNSET
    times: Turns = UNSET

    misplaced: ClassVar[dict[str, str]] = {"cycle": "beside 'then', not in it"}


class MessageEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stub for messages."""

    when: MessageWhen
    then: Annotated[
        MessageThen | list[MessageThen],
        Meta(description="What it answers; a list is a sequence, whose last answer repeats."),
    ]
    name: Name = UNSET
    priority: Priority = 5
    cycle: Cycle = False


class MessageDefaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What holds for the whole file."""

    framing: Annotated[
        Text | UnsetType,
        Meta(
            description="Where a message of a stream ends: `line`, `lf`, `nul`, `none`, `delimiter:TEXT`, "
            "`length:BYTES[,little][,whole]` or `fixed:BYTES`."
        ),
    ] = UNSET
    seed: Seed = UNSET


class MessageFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stub file for the services ``stream`` and ``datagram``."""

    version: Version
    service: Annotated[Literal["stream", "datagram"], Meta(description="The service that the stubs are for.")]
    stubs: Annotated[
        list[MessageEntry],
        Meta(description="The stubs; of several that match with the same priority, the first answers."),
    ]
    defaults: MessageDefaults = MessageDefaults()
