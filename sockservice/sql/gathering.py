"""What aggregate functions do at work: classes as SQLite takes them, most for windows too."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from sockservice.sql.collating import key_of, time_key
from sockservice.sql.conversions import EXACT, scaled
from sockservice.sql.errors import Refused
from sockservice.sql.json_text import json_text, stored_json
from sockservice.sql.kinds import wide
from sockservice.sql.registry import for_values, internal
from sockservice.sql.surroundings import here

_ALL: Final = (1 << 64) - 1


class DecimalSum:
    """SUM of exact numbers."""

    def __init__(self) -> None:
        self.total = Decimal(0)
        self.whole = 0
        self.count = 0

    def step(self, value: Any) -> None:
        """Take a value."""
        if value is None:
            return
        self.count += 1
        if type(value) is int:
            self.whole += value
        else:
            self.total = EXACT.add(self.total, Decimal(value))

    def inverse(self, value: Any) -> None:
        """Take a value away, which the window has left."""
        if value is None:
            return
        self.count -= 1
        if type(value) is int:
            self.whole -= value
        else:
            self.total = EXACT.subtract(self.total, Decimal(value))

    @property
    def sum(self) -> Decimal:
        """The sum so far."""
        return EXACT.add(self.total, Decimal(self.whole))

    def value(self) -> str | None:
        """The result so far."""
        return format(self.sum, "f") if self.count else None

    def finalize(self) -> str | None:
        """The result."""
        return self.value()


class DecimalAverage(DecimalSum):
    """AVG of exact numbers."""

    scale = 4

    def value(self) -> str | None:
        """The result so far, with as many digits behind the point as the class says."""
        return scaled(EXACT.divide(self.sum, Decimal(self.count)), self.scale) if self.count else None


def _averages() -> dict[str, tuple[type, int]]:
    """A class for each number of digits: SQLite's DISTINCT takes a single argument."""
    return {
        f"decimal_average_{scale}": (type(f"DecimalAverage{scale}", (DecimalAverage,), {"scale": scale}), 1)
        for scale in range(31)
    }


class Spread:
    """VAR_POP; and, by its subclasses, what is made of that."""

    least = 1
    root = False

    def __init__(self) -> None:
        self.values: list[float] = []

    def step(self, value: Any) -> None:
        """Take a value."""
        if value is not None:
            self.values.append(float(value))

    def inverse(self, value: Any) -> None:
        """Take a value away, which the window has left."""
        if value is not None:
            self.values.remove(float(value))

    def value(self) -> float | None:
        """The result so far."""
        count = len(self.values)
        if count < self.least:
            return None
        mean = math.fsum(self.values) / count
        spread = math.fsum((value - mean) ** 2 for value in self.values) / (count - self.least + 1)
        return math.sqrt(spread) if self.root else spread

    def finalize(self) -> float | None:
        """The result."""
        return self.value()


class SampleSpread(Spread):
    """VAR_SAMP."""

    least = 2


class Deviation(Spread):
    """STDDEV_POP."""

    root = True


class SampleDeviation(SampleSpread):
    """STDDEV_SAMP."""

    root = True


class AllBits:
    """BIT_AND, and by its subclasses BIT_OR and BIT_XOR."""

    start = _ALL

    def __init__(self) -> None:
        self.bits = self.start

    def step(self, value: Any) -> None:
        """Take a value."""
        if value is not None:
            self.bits = self.joined(int(value) & _ALL)

    def joined(self, value: int) -> int:
        """The bits so far with those of a value."""
        return self.bits & value

    def finalize(self) -> Any:
        """The result."""
        return wide(self.bits)


class AnyBits(AllBits):
    """BIT_OR."""

    start = 0

    def joined(self, value: int) -> int:
        """The bits so far with those of a value."""
        return self.bits | value


class OddBits(AnyBits):
    """BIT_XOR."""

    def joined(self, value: int) -> int:
        """The bits so far with those of a value."""
        return self.bits ^ value


class JsonArray:
    """JSON_ARRAYAGG."""

    def __init__(self) -> None:
        self.items: list[str] = []

    def step(self, value: Any) -> None:
        """Take a value."""
        self.items.append("null" if value is None else value)

    def finalize(self) -> str | None:
        """The result; NULL where there were no rows."""
        return f"[{', '.join(self.items)}]" if self.items else None


class JsonObject:
    """JSON_OBJECTAGG: of equal names the last one counts."""

    def __init__(self) -> None:
        self.items: dict[str, Any] = {}

    def step(self, name: Any, value: Any) -> None:
        """Take a name and a value.

        Raises:
            Refused: 3158: the name is NULL.
        """
        if name is None:
            raise Refused("ER_JSON_DOCUMENT_NULL_KEY")
        self.items[name] = None if value is None else stored_json(value)

    def finalize(self) -> str | None:
        """The result; NULL where there were no rows."""
        return json_text(self.items) if self.items else None


class JoinedTexts:
    """GROUP_CONCAT."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, tuple[Any, ...]]] = []
        self.separator = ","
        self.rules: list[str] = []
        self.longest = 0

    def step(self, text: Any, separator: str, rules: str, longest: int, *keys: Any) -> None:
        """Take a text.

        Args:
            text: which; NULL is passed over.
            separator: what stands between two.
            rules: a line each: ``all`` or ``distinct COLLATION``; how many texts at most, or -1; and for each key
                ``asc`` or ``desc`` and what it is compared by.
            longest: how many bytes the result has at most.
            keys: what is sorted by.
        """
        if not self.rules:
            self.separator, self.rules, self.longest = separator, rules.split("\n"), longest
        if text is not None:
            self.rows.append((text, keys))

    def finalize(self) -> str | None:
        """The result; NULL where there were no texts."""
        if not self.rows:
            return None
        rows = self.rows
        for place in reversed(range(len(self.rules) - 2)):
            word, _, order = self.rules[place + 2].partition(" ")
            key = _ordering(order)
            rows = sorted(rows, key=lambda row: _nulls_first(row[1][place], key), reverse=word == "desc")
        texts = [text for text, _ in rows]
        if self.rules[0] != "all":
            fold = key_of(self.rules[0].partition(" ")[2])
            texts = list({fold(text): text for text in reversed(texts)}.values())[::-1]
        limit = int(self.rules[1])
        if limit >= 0:
            texts = texts[:limit]
        return self._cut(self.separator.join(texts))

    def _cut(self, joined: str) -> str:
        data = joined.encode("utf-8", "surrogatepass")
        if len(data) <= self.longest:
            return joined
        here().warn("ER_CUT_VALUE_GROUP_CONCAT", len(self.rows), "group_concat")
        return data[: self.longest].decode("utf-8", "ignore")


def _ordering(name: str) -> Callable[[Any], Any]:
    if name == "decimal":
        return Decimal
    if name == "time":
        return time_key
    return _plain if name == "plain" else key_of(name)


def _plain(value: Any) -> Any:
    return (1, int(value)) if isinstance(value, str) and value.isdecimal() and len(value) == 20 else (0, value)


def _nulls_first(value: Any, key: Callable[[Any], Any]) -> tuple[Any, ...]:
    return (0,) if value is None else (1, key(value))


AGGREGATES: Final[dict[str, tuple[type, int]]] = {
    "decimal_sum": (DecimalSum, 1),
    **_averages(),
    "variance_of_all": (Spread, 1),
    "variance_of_some": (SampleSpread, 1),
    "deviation_of_all": (Deviation, 1),
    "deviation_of_some": (SampleDeviation, 1),
    "all_bit_and": (AllBits, 1),
    "all_bit_or": (AnyBits, 1),
    "all_bit_xor": (OddBits, 1),
    "json_array_of_all": (JsonArray, 1),
    "json_object_of_all": (JsonObject, 2),
    "joined_texts": (JoinedTexts, -1),
}
"""By the name that SQLite knows: the class and the number of arguments."""


@internal("collation_key", 2)
@for_values
def collation_key(text: str, collation: str) -> str:
    """What a text is compared by."""
    return key_of(collation)(text)


@internal("trim_decimal", 1)
@for_values
def trim_decimal(value: str) -> str:
    """A DECIMAL without zeros at its end, so that equal ones read alike."""
    return value.rstrip("0").rstrip(".") if "." in value else value


@internal("together")
def together(*values: Any) -> str | None:
    """Several values as one, which is NULL if one of them is."""
    return None if None in values else repr(values)
