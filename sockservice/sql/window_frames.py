"""Frames of windows: ROWS and RANGE (MySQL 8.4 manual, 14.20.3)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import Refused, near, unsupported
from sockservice.sql.expressions import Expressions
from sockservice.sql.intervals import amount_of, unit_name
from sockservice.sql.kinds import NUMERIC, TEMPORAL, Kind
from sockservice.sql.moments import moment_of, time_of
from sockservice.sql.registry import for_values, internal
from sockservice.sql.typed import Typed

_ORDER: Final = {
    ("UNBOUNDED", "PRECEDING"): 0,
    ("", "PRECEDING"): 1,
    ("CURRENT ROW", ""): 2,
    ("", "FOLLOWING"): 3,
    ("UNBOUNDED", "FOLLOWING"): 4,
}
"""The kinds of bounds, in the order in which they may follow each other."""
_MONTH: Final = 32 * 86_400 * 1_000_000
"""The distance of two months where a frame reaches over months: each has room for its days, in microseconds."""
_DAY: Final = 86_400 * 1_000_000
_LAST: Final = 28
"""The last day that all months have."""


class _Bound(NamedTuple):
    """Where a frame begins or ends: how far away, in words or as an expression, and on which side."""

    value: Any
    side: str

    @property
    def word(self) -> str:
        """How far away, in words; ``""`` for an expression."""
        return self.value.upper() if isinstance(self.value, str) else ""


class Frame(NamedTuple):
    """A frame.

    Attributes:
        text: SQLite's.
        key: by what the rows are sorted, where that is not the expression of ORDER BY: SQLite reckons in numbers.
    """

    text: str
    key: str = ""

    @classmethod
    def compiled(cls, self: Expressions, spec: exp.WindowSpec, name: str, sorted_by: Sequence[Typed]) -> Frame:
        """Compile a frame.

        Args:
            self: compiles the statement.
            spec: the frame.
            name: what messages call its window.
            sorted_by: what the rows are sorted by.

        Raises:
            Refused: 1235 for what MySQL does not have; 3584 to 3590 and 3596.
        """
        kind = str(spec.args["kind"]).upper()
        if kind == "GROUPS":
            raise unsupported("GROUPS")
        if spec.args.get("exclude") is not None:
            raise unsupported("EXCLUDE")
        bounds = [_Bound(spec.args.get("start"), str(spec.args.get("start_side") or "").upper())]
        if spec.args.get("end") is not None:
            bounds.append(_Bound(spec.args["end"], str(spec.args.get("end_side") or "").upper()))
        _check(bounds, name)
        given = [bound.value for bound in bounds if not bound.word]
        if kind == "ROWS" or not given:
            texts = [_text(bound, _rows(self, bound.value, name) if not bound.word else "") for bound in bounds]
            return cls(_between(kind, texts))
        if len(sorted_by) != 1 or sorted_by[0].kind not in NUMERIC | TEMPORAL:
            raise Refused("ER_WINDOW_RANGE_FRAME_ORDER_TYPE", name)
        if sorted_by[0].kind in TEMPORAL:
            months = any(unit in _UNITS_OF_MONTHS for unit in (_unit(value, name) for value in given))
            texts = [_text(bound, "" if bound.word else _interval(self, bound.value, name, months)) for bound in bounds]
            return cls(_between(kind, texts), _moment_key(sorted_by[0], months))
        texts = [_text(bound, "" if bound.word else _number(self, bound.value, name)) for bound in bounds]
        return cls(_between(kind, texts), to.as_double(sorted_by[0]))


_UNITS_OF_MONTHS: Final = frozenset(["MONTH", "QUARTER", "YEAR", "YEAR_MONTH"])


def _check(bounds: Sequence[_Bound], name: str) -> None:
    """Refuse bounds that are none, or in the wrong order."""
    for bound in bounds:
        if bound.value is None or (not bound.side and bound.word != "CURRENT ROW"):
            raise near("")
    places = [_ORDER[bound.word, bound.side] for bound in bounds]
    if places[0] == _ORDER["UNBOUNDED", "FOLLOWING"]:
        raise Refused("ER_WINDOW_FRAME_START_ILLEGAL", name)
    if len(places) > 1 and places[1] == _ORDER["UNBOUNDED", "PRECEDING"]:
        raise Refused("ER_WINDOW_FRAME_END_ILLEGAL", name)
    if places[0] > (places[1] if len(places) > 1 else _ORDER["CURRENT ROW", ""]):
        raise Refused("ER_WINDOW_FRAME_ILLEGAL", name)


def _between(kind: str, texts: Sequence[str]) -> str:
    return f"{kind} BETWEEN {texts[0]} AND {texts[1]}" if len(texts) > 1 else f"{kind} {texts[0]}"


def _text(bound: _Bound, value: str) -> str:
    return f"{bound.word or value} {bound.side}".rstrip()


def _constant(self: Expressions, node: exp.Expr, name: str) -> Any:
    """The value of a bound.

    Raises:
        Refused: 3590 where it is not constant.
    """
    inner = node
    while isinstance(inner, (exp.Paren, exp.Neg)):
        inner = inner.this
    if isinstance(inner, exp.Null):
        return None
    if not isinstance(inner, (exp.Placeholder, exp.Literal)):
        raise Refused("ER_WINDOW_RANGE_BOUND_NOT_CONSTANT", name)
    return self.constant(node)


def _rows(self: Expressions, node: exp.Expr, name: str) -> str:
    """How many rows."""
    if isinstance(node, exp.Interval):
        raise Refused("ER_WINDOW_ROWS_INTERVAL_USE", name)
    value = _constant(self, node, name)
    if isinstance(value, Decimal) and value == int(value) and isinstance(node, exp.Literal):
        value = int(value)
    if not isinstance(value, int) or value < 0:
        raise Refused("ER_WINDOW_FRAME_ILLEGAL", name)
    return str(value)


def _number(self: Expressions, node: exp.Expr, name: str) -> str:
    """How far away a number is."""
    if isinstance(node, exp.Interval):
        raise Refused("ER_WINDOW_RANGE_FRAME_NUMERIC_TYPE", name)
    value = _constant(self, node, name)
    if not isinstance(value, (int, float, Decimal)) or value < 0:
        raise Refused("ER_WINDOW_FRAME_ILLEGAL", name)
    return str(value)


def _unit(node: exp.Expr, name: str) -> str:
    """The unit of an interval.

    Raises:
        Refused: 3588 where it is none.
    """
    if not isinstance(node, exp.Interval):
        raise Refused("ER_WINDOW_RANGE_FRAME_TEMPORAL_TYPE", name)
    return unit_name(node.unit)


def _interval(self: Expressions, node: exp.Interval, name: str, months: bool) -> str:
    """How far away a moment is, as :func:`moment_key` counts."""
    value = _constant(self, node.this, name)
    shift = amount_of(value, unit_name(node.unit)) if value is not None else None
    if shift is None or min(shift) < 0:
        raise Refused("ER_WINDOW_FRAME_ILLEGAL", name)
    if months and shift[1]:
        raise unsupported("a RANGE of months and of less than months")
    return str(shift[0] * _MONTH + shift[1])


def _moment_key(typed: Typed, months: bool) -> str:
    """The text of the number by which dates or times are sorted."""
    if typed.kind is Kind.TIME:
        return f"time_key({typed.sql})"
    return f"moment_key({to.as_moment(typed)}, {int(months)})"


@internal("moment_key", 2)
@for_values
def moment_key(text: str, months: int) -> int | None:
    """A DATETIME as a number that grows by the microsecond; with ``months``, by the same for each month.

    Raises:
        Refused: 1235 for a day that some months lack: a month earlier or later is then no fixed distance.
    """
    moment = moment_of(text)
    if moment is None:
        return None
    if not months:
        return (moment.datetime().toordinal() if moment.complete else 0) * _DAY + moment.time_of_day
    if moment.day > _LAST:
        raise unsupported("a RANGE of months around the 29th, 30th and 31st")
    return (moment.year * 12 + moment.month) * _MONTH + moment.day * _DAY + moment.time_of_day


@internal("time_key", 1)
@for_values
def time_key(text: str) -> int | None:
    """A TIME in microseconds."""
    return time_of(text)
