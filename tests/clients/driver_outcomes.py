"""What a client says to a server, and what it then has."""

from __future__ import annotations

import datetime
import json
from typing import Any

import attrs


@attrs.frozen
class Done:
    """Success without rows."""

    affected_rows: int = 0
    last_insert_id: int = 0


@attrs.frozen
class Refused:
    """An error; one in place of the greeting has no SQLSTATE."""

    code: int
    sqlstate: str | None


@attrs.frozen
class Lost:
    """The end of the connection, behind so many rows; the client then logs in again."""

    rows: int = 0


@attrs.frozen
class Late:
    """What the client has, but not before so many seconds."""

    seconds: float
    result: Outcome


@attrs.frozen
class InText:
    """What a client has that writes its values into the text; the driver of the test cannot do it prepared."""

    result: Outcome
    why: str


@attrs.frozen
class Several:
    """What a procedure gives: the rows of each of its results, and an error that may end them."""

    results: tuple[Rows, ...]
    error: Refused | None = None


@attrs.frozen
class LoginAs:
    """The client logs in again, as somebody else or into another database; a step of its own."""

    user: str
    database: str
    refused: Refused | None = None


Rows = list[tuple[Any, ...]]
Outcome = Rows | Done | Refused | Lost | Several
Step = tuple[str, tuple[Any, ...], Outcome | Late | InText] | LoginAs
"""A statement with ``%s`` for each parameter, the parameters, and what the client then has."""


class Ago:
    """Equal to a time about so many seconds ago."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, datetime.datetime):
            return NotImplemented
        return abs((datetime.datetime.now() - other).total_seconds() - self.seconds) < 60

    def __repr__(self) -> str:
        return f"{self.seconds} seconds ago"


class Json:
    """Equal to a text that is this value in JSON, which some clients have as bytes."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, bytes | str) and json.loads(other) == self.value

    def __repr__(self) -> str:
        return json.dumps(self.value)


class Long:
    """Equal to a text or bytes of about so many MiB."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __eq__(self, other: object) -> bool:
        return isinstance(other, bytes | str) and round(len(other) / 2**20) == self.size

    def __repr__(self) -> str:
        return f"{self.size} MiB"
