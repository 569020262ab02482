"""Functions that tell the time of the statement (MySQL 8.4 manual, 14.7)."""

from __future__ import annotations

import datetime
import time
from decimal import Decimal
from typing import Any, Final

from sqlglot import exp

from sockservice.sql.errors import Refused, near
from sockservice.sql.expressions import Expressions, rule, special
from sockservice.sql.kinds import DATE, moment_type
from sockservice.sql.moments import of_datetime
from sockservice.sql.registry import internal
from sockservice.sql.surroundings import here
from sockservice.sql.typed import Typed

_MOST_DIGITS: Final = 6


def _digits(self: Expressions, node: exp.Expr, name: str) -> int:
    """How many digits of a second are asked for."""
    given = list(node.expressions) if isinstance(node, exp.Anonymous) else [node.this] if node.this else []
    if not given:
        return 0
    digits = self.constant(given[0]) if len(given) == 1 else None
    if not isinstance(digits, int) or digits < 0:
        raise near(")")
    if digits > _MOST_DIGITS:
        raise Refused("ER_TOO_BIG_PRECISION", name, _MOST_DIGITS)
    return digits


@special("now", "current_timestamp", "localtime", "localtimestamp")
@rule(exp.CurrentTimestamp, exp.Localtime, exp.Localtimestamp)
def _now(self: Expressions, node: exp.Expr) -> Typed:
    digits = _digits(self, node, "now")
    return Typed(f"now_text(0, {digits})", moment_type("DATETIME", digits), False)


@special("sysdate")
def _sysdate(self: Expressions, node: exp.Anonymous) -> Typed:
    digits = _digits(self, node, "sysdate")
    return Typed(f"sysdate_text({digits})", moment_type("DATETIME", digits), False)


@special("utc_timestamp")
def _utc_timestamp(self: Expressions, node: exp.Anonymous) -> Typed:
    digits = _digits(self, node, "utc_timestamp")
    return Typed(f"now_text(1, {digits})", moment_type("DATETIME", digits), False)


@special("curdate", "current_date")
@rule(exp.CurrentDate)
def _curdate(self: Expressions, node: exp.Expr) -> Typed:  # noqa: ARG001
    return Typed("substr(now_text(0, 0), 1, 10)", DATE, False)


@special("utc_date")
def _utc_date(self: Expressions, node: exp.Anonymous) -> Typed:  # noqa: ARG001
    return Typed("substr(now_text(1, 0), 1, 10)", DATE, False)


@special("curtime", "current_time")
@rule(exp.CurrentTime)
def _curtime(self: Expressions, node: exp.Expr) -> Typed:
    digits = _digits(self, node, "curtime")
    return Typed(f"substr(now_text(0, {digits}), 12)", moment_type("TIME", digits), False)


@special("utc_time")
def _utc_time(self: Expressions, node: exp.Anonymous) -> Typed:
    digits = _digits(self, node, "utc_time")
    return Typed(f"substr(now_text(1, {digits}), 12)", moment_type("TIME", digits), False)


@internal("now_text", 2, pure=False)
def now_text(utc: int, digits: int) -> str:
    """When the statement began, in the session's time zone or in UTC."""
    return _text(here().now, digits, utc=bool(utc))


@internal("sysdate_text", 1, pure=False)
def sysdate_text(digits: int) -> str:
    """This moment, in the session's time zone."""
    return _text(datetime.datetime.fromtimestamp(time.time(), datetime.UTC), digits)


def _text(moment: datetime.datetime, digits: int, *, utc: bool = False) -> str:
    local = moment if utc else moment.astimezone(here().zone)
    return of_datetime(local.replace(tzinfo=None)).text(digits)


EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
"""Where UNIX_TIMESTAMP counts from."""


def seconds_of(value: Any) -> Decimal:
    """A number of seconds as an exact number."""
    return Decimal(repr(value) if isinstance(value, float) else value)
