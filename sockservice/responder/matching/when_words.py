"""The words of ``when`` in stub files, as types: they validate a file and give its JSON Schema."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from sockservice.responder.matching.statement_kinds import Kind
from sockservice.responder.matching.value_matchers import TypeName
from sockservice.responder.stub_words import Asked, InStates, Text, Texts, WhichCalls

Scalar: TypeAlias = str | int | float | bool | None
End: TypeAlias = str | int | float | None
CommandWord: TypeAlias = Literal[
    "connect",
    "auth",
    "query",
    "prepare",
    "execute",
    "ping",
    "init_db",
    "change_user",
    "reset",
    "quit",
    "field_list",
    "statistics",
    "kill",
]


class ValueWhen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a value must have; one of these."""

    any: Annotated[Literal[True] | UnsetType, Meta(description="Any value, NULL too.")] = UNSET
    type: Annotated[
        TypeName | list[TypeName] | UnsetType, Meta(description="The type that it is bound or written with.")
    ] = UNSET
    regex: Annotated[
        Text | UnsetType,
        Meta(description="A Python regular expression that matches the whole value; flags `is`."),
    ] = UNSET
    range: Annotated[
        list[End] | UnsetType,
        Meta(description="The least and the greatest, both included: two numbers or two texts; null for an open end."),
    ] = UNSET
    in_: Annotated[list[Scalar] | UnsetType, Meta(description="One of these values.")] = msgspec.field(
        name="in", default=UNSET
    )


ValueWords: TypeAlias = ValueWhen | Scalar
"""What a value must have: a plain value (the text ``any`` is any value) or a map."""


class SessionWhen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who asks. Of a list, one is enough."""

    user: Annotated[Texts | UnsetType, Meta(description="The user, without `@` and a workspace.")] = UNSET
    host: Annotated[Texts | UnsetType, Meta(description="The client's address.")] = UNSET
    database: Annotated[
        str | list[str] | UnsetType, Meta(description="The current database, without `@` and a workspace; '' for none.")
    ] = UNSET
    tls: Annotated[bool | UnsetType, Meta(description="Whether the connection is encrypted.")] = UNSET
    client: Annotated[
        dict[str, str | list[str]] | UnsetType, Meta(description="Connection attributes, such as `program_name`.")
    ] = UNSET
    var: Annotated[
        dict[str, Scalar | list[Scalar]] | UnsetType,
        Meta(description="Values of system variables, and of user variables by their name with `@`."),
    ] = UNSET
    in_transaction: Annotated[bool | UnsetType, Meta(description="Whether a transaction is open.")] = UNSET
    autocommit: Annotated[bool | UnsetType, Meta(description="Whether autocommit is on.")] = UNSET


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which requests a stub answers: those that have all that is given here."""

    sql: Annotated[
        Text | UnsetType,
        Meta(
            description="The statement; layout, comments, back-ticks and the case of keywords and names do not matter. "
            "`?` stands for any literal or bound parameter."
        ),
    ] = UNSET
    sql_exact: Annotated[Text | UnsetType, Meta(description="The statement, character by character.")] = UNSET
    fingerprint: Annotated[
        Text | UnsetType,
        Meta(description="As `sql`, whatever the literals are and however many stand in IN (…) and VALUES (…), (…)."),
    ] = UNSET
    regex: Annotated[
        Text | UnsetType,
        Meta(
            description="A Python regular expression that matches the whole statement; case does not matter and `.` "
            "matches line ends too (flags `is`). Space and `;` at the ends of the statement are dropped first. "
            "Named groups are for templates."
        ),
    ] = UNSET
    contains: Annotated[
        Texts | UnsetType,
        Meta(description="Words, numbers and symbols one behind the other somewhere in it, compared as by `sql`."),
    ] = UNSET
    statement: Annotated[Kind | list[Kind] | UnsetType, Meta(description="The kind of statement.")] = UNSET
    tables: Annotated[Texts | UnsetType, Meta(description="Tables that it refers to: all of these.")] = UNSET
    columns: Annotated[Texts | UnsetType, Meta(description="Columns that it selects, inserts or updates.")] = UNSET
    where: Annotated[
        dict[str, ValueWords] | UnsetType,
        Meta(description="Columns that it compares by `=` or `IN`, joined by AND, and what their values must have."),
    ] = UNSET
    routine: Annotated[Text | UnsetType, Meta(description="The procedure that it calls.")] = UNSET
    has_limit: Annotated[bool | UnsetType, Meta(description="Whether it has a LIMIT.")] = UNSET
    params: Annotated[
        list[ValueWords] | dict[str, ValueWords] | UnsetType,
        Meta(description="Values for its `?`, in order or by position from 0; without `?`, its literals."),
    ] = UNSET
    session: SessionWhen | UnsetType = UNSET
    command: Annotated[
        CommandWord | list[CommandWord] | UnsetType,
        Meta(description="What the client asks for; statements (`query` and `execute`) where it is not given."),
    ] = UNSET
    call: WhichCalls = UNSET
    state: InStates = UNSET
    all: Annotated[list[When] | UnsetType, Meta(description="All of these.")] = UNSET
    any: Annotated[list[When] | UnsetType, Meta(description="One of these.")] = UNSET
    not_: Annotated[When | UnsetType, Meta(description="None that has all of this.")] = msgspec.field(
        name="not", default=UNSET
    )
    python: Asked = UNSET

    reserved: ClassVar[frozenset[str]] = frozenset(["upstream", "record"])
