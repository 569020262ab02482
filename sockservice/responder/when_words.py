"""The words of ``when`` in stub files, as types: they validate a file and give its JSON Schema."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

Text: TypeAlias = Annotated[str, Meta(min_length=1)]


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
