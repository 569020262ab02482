"""The words that stubs of every service have, as types: what they take, and what the JSON Schema says of them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

Text: TypeAlias = Annotated[str, Meta(min_length=1)]
Texts: TypeAlias = Text | list[Text]
Number: TypeAlias = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Times: TypeAlias = Annotated[int, Meta(ge=1, le=10**9)]
Duration: TypeAlias = int | float | str


class CallWhen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the requests that a stub would otherwise answer. All that is given must hold."""

    first: Annotated[Literal[True] | UnsetType, Meta(description="The first one only.")] = UNSET
    nth: Annotated[Number | UnsetType, Meta(description="Only the one with this number, from 1.")] = UNSET
    from_: Annotated[Number | UnsetType, Meta(description="That one and all behind it.")] = msgspec.field(
        name="from", default=UNSET
    )
    until: Annotated[Number | UnsetType, Meta(description="All up to that one.")] = UNSET
    every: Annotated[Number | UnsetType, Meta(description="Those whose number this divides.")] = UNSET
    per: Annotated[Literal["connection"] | UnsetType, Meta(description="Each connection's are counted apart.")] = UNSET


class LognormalWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Times as real servers take them: mostly short, with a long tail."""

    median: Annotated[Duration, Meta(description="Half of the times are shorter.")]
    sigma: Annotated[float, Meta(ge=0, le=10, description="How wide they spread: 0 not at all, 1 widely.")]
    max: Annotated[Duration | UnsetType, Meta(description="No time is longer.")] = UNSET


class DelayWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A delay that is not always the same: exactly one of its fields."""

    fixed: Annotated[Duration | UnsetType, Meta(description="The same time each time.")] = UNSET
    uniform: Annotated[list[Duration] | UnsetType, Meta(description="Any time between the two: `[10ms, 50ms]`.")] = (
        UNSET
    )
    lognormal: LognormalWords | UnsetType = UNSET


Delay: TypeAlias = Duration | DelayWords


class DribbleWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The bytes of the answer in pieces, spread over a time."""

    chunks: Annotated[int, Meta(ge=1, le=100_000, description="How many pieces.")]
    duration: Annotated[Duration, Meta(description="From the first piece to the last: `2s`.")]


# --- fields of `when` -------------------------------------------------------------------------

WhichCalls: TypeAlias = Annotated[
    Number | CallWhen | UnsetType, Meta(description="Which of these requests; a number: that one.")
]
InStates: TypeAlias = Annotated[
    dict[str, Text] | UnsetType, Meta(description="The states that scenarios must be in, by the scenarios' names.")
]
Asked: TypeAlias = Annotated[
    Text | UnsetType,
    Meta(description="`module:function` that is called with the request; the file's folder is looked in first."),
]

# --- fields of `then` -------------------------------------------------------------------------

OwnCode: TypeAlias = Annotated[
    Text | UnsetType, Meta(description="`module:function`: your own code, called with the request.")
]
PauseBefore: TypeAlias = Annotated[Delay | UnsetType, Meta(description="A pause before the answer: `2ms`, `1.5s`.")]
InPieces: TypeAlias = Annotated[DribbleWords | UnsetType, Meta(description="The answer in pieces, spread over a time.")]
NewStates: TypeAlias = Annotated[
    dict[str, str] | UnsetType, Meta(description="Scenarios to put into another state, by their names.")
]
Ending: TypeAlias = Annotated[
    bool | Literal["fin", "rst"] | UnsetType,
    Meta(description="Whether the connection ends behind the answer: in order (`true`, `fin`) or reset (`rst`)."),
]
Remarks: TypeAlias = Annotated[
    Text | list[Text] | UnsetType, Meta(description="What the journal says of the request besides.")
]
Turns: TypeAlias = Annotated[
    Times | UnsetType,
    Meta(description="How often it is given before the next answer of the list has its turn; once by default."),
]

# --- fields of a stub and of its file ---------------------------------------------------------

Name: TypeAlias = Annotated[Text | UnsetType, Meta(description="What it is called in messages; a short sentence.")]
Priority: TypeAlias = Annotated[int, Meta(ge=1, le=9, description="Of several that match, the lowest number wins.")]
Cycle: TypeAlias = Annotated[bool, Meta(description="Whether the first answer of the list follows the last one.")]
Seed: TypeAlias = Annotated[
    int | UnsetType, Meta(description="Of the random numbers of the file's stubs, so that each run has the same.")
]
Version: TypeAlias = Annotated[Literal[1], Meta(description="The version of the format.")]
