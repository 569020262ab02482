"""What the functions of a statement under way can know: its session, when it began, whom to tell of mistakes."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import attrs

from sockservice.error_codes import error
from sockservice.interfaces import ISession
from sockservice.sql.diagnostics import Diagnostics
from sockservice.time_zones import zone_of

Outcome = TypeVar("Outcome")

DEFAULTS: Final[dict[str, Any]] = {
    "sql_mode": "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION",
    "time_zone": "SYSTEM",
    "character_set_client": "utf8mb4",
    "collation_connection": "utf8mb4_0900_ai_ci",
    "div_precision_increment": 4,
    "group_concat_max_len": 1024,
    "lc_time_names": "en_US",
    "default_week_format": 0,
    "max_allowed_packet": 64 * 1024 * 1024,
}
"""System variables that expressions depend on, as MySQL 8.4 starts with them."""


@attrs.define
class Surroundings:
    """Where a statement runs.

    Attributes:
        session: whose it is.
        diagnostics: is told of what is wrong with values.
        began: when it began, in seconds since the epoch.
        random: what seeded RAND() keeps between rows, by place in the statement.
        told: the rows of the server's own tables, as JSON, by database and name: as they were when first asked for.
    """

    session: ISession
    diagnostics: Diagnostics = attrs.field(factory=lambda: Diagnostics(strict=False))
    began: float = attrs.field(factory=time.time)
    random: dict[Any, Any] = attrs.field(factory=dict)
    told: dict[tuple[str, str], str] = attrs.field(factory=dict)
    _now: datetime.datetime | None = None

    @property
    def zone(self) -> datetime.tzinfo:
        """The session's time zone."""
        return zone_of(str(variable(self.session, "time_zone"))) or ZoneInfo("UTC")

    @property
    def now(self) -> datetime.datetime:
        """When the statement began, or what ``SET timestamp`` says, in UTC."""
        if self._now is None:
            seconds = Decimal(str(self.session.variables.get("timestamp") or self.began))
            epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
            self._now = epoch + datetime.timedelta(microseconds=int(seconds * 1_000_000))
        return self._now

    def warn(self, name: str, *details: object) -> None:
        """Tell of a mistake: an error in a statement that stores values in the strict mode, else a warning.

        Args:
            name: of the error.
            details: what its text names.

        Raises:
            Refused: in the strict mode.
        """
        self.diagnostics.object_with(error(name, *details))


def variable(session: ISession, name: str) -> Any:
    """The value of a system variable that expressions depend on, one of :data:`DEFAULTS`."""
    if name in session.variables:
        return session.variables[name]
    return session.server.global_variables.get(name, DEFAULTS[name])


def is_utc(session: ISession) -> bool:
    """Whether a session's time zone is UTC, so that a TIMESTAMP is shown as it is stored."""
    return zone_of(str(variable(session, "time_zone"))) == datetime.UTC


_here = threading.local()


def enter(surroundings: Surroundings) -> None:
    """What runs in this thread from now on, runs there."""
    _here.surroundings = surroundings


def within(surroundings: Surroundings, call: Callable[[], Outcome]) -> Outcome:
    """Call a function there, in a thread in which no statement runs."""
    enter(surroundings)
    return call()


def here() -> Surroundings:
    """Where the statement under way in this thread runs."""
    found: Surroundings = _here.surroundings
    return found


def hurry(*, yes: bool) -> None:
    """Whether others wait for what runs in this thread from now on."""
    _here.hurried = yes


def hurried() -> bool:
    """Whether a function at work is to raise TooSlow rather than to take its time."""
    return getattr(_here, "hurried", False)
