"""How long something takes, as stub files write it: ``2ms``, ``1.5s``, a number of seconds, or a random time."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from random import Random
from typing import Any, Final, Protocol

import attrs

from sockservice.errors import did_you_mean

UNITS: Final[Mapping[str, float]] = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
"""Each unit that may stand behind a number, in seconds."""
LONGEST: Final = 366 * UNITS["d"]
"""Seconds of the longest duration: nobody waits a year."""

_DURATION: Final = re.compile(r"\s*(?P<number>[0-9]{1,15}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})\s*(?P<unit>[A-Za-zµ]*)\s*")
_SHOWN: Final = 40


class Delay(Protocol):
    """A time that is asked for anew each time it is needed."""

    def seconds(self, random: Random, /) -> float:
        """How long it takes this time: seconds, 0 or more.

        Args:
            random: where random times come from.
        """


@attrs.frozen
class Fixed:
    """The same time each time.

    Attributes:
        duration: seconds.
    """

    duration: float

    def seconds(self, _random: Random, /) -> float:
        """The duration."""
        return self.duration


@attrs.frozen
class Uniform:
    """Any time between two, each as likely as the others.

    Attributes:
        shortest: seconds.
        longest: seconds, not less.
    """

    shortest: float
    longest: float

    def seconds(self, random: Random, /) -> float:
        """A time between the two."""
        return random.uniform(self.shortest, self.longest)


@attrs.frozen
class Lognormal:
    """Mostly short times with a long tail, as those of real servers are.

    Attributes:
        median: seconds; half of the times are shorter.
        sigma: the standard deviation of the time's logarithm: 0 is always the median, 1 is a wide spread.
        longest: seconds that no time exceeds.
    """

    median: float
    sigma: float
    longest: float = LONGEST

    def seconds(self, random: Random, /) -> float:
        """A time of this distribution."""
        return min(self.median * math.exp(random.gauss(0.0, self.sigma)), self.longest)


def read_duration(value: Any) -> float:
    """A duration in seconds.

    Args:
        value: a number of seconds, or text with a unit of :data:`UNITS`, for example ``2ms`` or ``1.5 s``.

    Raises:
        ValueError: it is none; the message says what one looks like.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = float(value) if abs(value) <= LONGEST else math.inf
    else:
        read = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if read is None:
            raise ValueError(f"{_shown(value)} is not a duration such as 2ms, 1.5s or 3m")
        unit = read["unit"].replace("µ", "u")
        if not unit:
            raise ValueError(f"{_shown(value)} lacks its unit: us, ms, s, m, h or d")
        if unit not in UNITS:
            raise ValueError(f"{read['unit']!r} is not a unit of time{did_you_mean(unit, UNITS)}")
        seconds = float(read["number"]) * UNITS[unit]
    if not 0 <= seconds <= LONGEST:
        raise ValueError(f"{_shown(value)} is not from 0 to 366 days")
    return seconds


def read_delay(value: Any) -> Delay:
    """A delay.

    Args:
        value: a duration, or a map: ``{fixed: 2ms}``, ``{uniform: [10ms, 50ms]}`` or
            ``{lognormal: {median: 80ms, sigma: 0.4, max: 2s}}``, where ``max`` may be left out.

    Raises:
        ValueError: it is none; the message says what one looks like.
    """
    if not isinstance(value, Mapping):
        return Fixed(read_duration(value))
    if len(value) != 1:
        raise ValueError("a delay takes one of fixed, uniform and lognormal")
    ((kind, inside),) = value.items()
    if kind == "fixed":
        return Fixed(read_duration(inside))
    if kind == "uniform":
        return _uniform(inside)
    if kind == "lognormal":
        return _lognormal(inside)
    raise ValueError(f"{kind!r} is no kind of delay{did_you_mean(str(kind), ['fixed', 'uniform', 'lognormal'])}")


def _uniform(inside: Any) -> Uniform:
    if not isinstance(inside, (list, tuple)) or len(inside) != 2:
        raise ValueError("uniform takes the shortest and the longest time, as in [10ms, 50ms]")
    shortest, longest = map(read_duration, inside)
    if longest < shortest:
        raise ValueError("uniform takes the shortest time first, as in [10ms, 50ms]")
    return Uniform(shortest, longest)


def _lognormal(inside: Any) -> Lognormal:
    words = ["median", "sigma", "max"]
    if not isinstance(inside, Mapping) or not {"median", "sigma"} <= inside.keys():
        raise ValueError("lognormal takes median and sigma, as in {median: 80ms, sigma: 0.4, max: 2s}")
    for word in inside:
        if word not in words:
            raise ValueError(f"{word!r} is not known in lognormal{did_you_mean(str(word), words)}")
    sigma = inside["sigma"]
    if isinstance(sigma, bool) or not isinstance(sigma, (int, float)) or not 0 <= sigma <= 10:
        raise ValueError(f"sigma is a number from 0 to 10, not {_shown(sigma)}")
    longest = read_duration(inside["max"]) if "max" in inside else LONGEST
    return Lognormal(read_duration(inside["median"]), float(sigma), longest)


def _shown(value: Any) -> str:
    if isinstance(value, (list, Mapping)):
        return "a list" if isinstance(value, list) else "a map"
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
