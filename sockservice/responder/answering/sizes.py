"""How much something is, as stub files write it: ``20MB``, or a number of bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sockservice.errors import did_you_mean

UNITS: Final[Mapping[str, int]] = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}
"""Each unit that may stand behind a number, in bytes; ``K``, ``M`` and ``G`` mean the same, as in MySQL's options."""

_SIZE: Final = re.compile(r"\s*([0-9]{1,15}(?:\.[0-9]{1,15})?)\s*([A-Za-z]*)\s*")


def read_size(value: Any, most: int) -> int:
    """A size in bytes.

    Args:
        value: a number of bytes, or text with a unit of :data:`UNITS`.
        most: the largest that is allowed.

    Raises:
        ValueError: it is none, or larger; the message says what one looks like.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        size = int(value)
    else:
        read = _SIZE.fullmatch(value) if isinstance(value, str) else None
        if read is None:
            raise ValueError(f"{value!r:.40} is not a size such as 20MB or 512KB")
        unit = read[2].upper()
        unit += "B" if unit in ("K", "M", "G") else ""
        if unit and unit not in UNITS:
            raise ValueError(f"{read[2]!r} is not a unit of size{did_you_mean(unit, UNITS)}")
        size = int(float(read[1]) * UNITS[unit or "B"])
    if not 1 <= size <= most:
        raise ValueError(f"{value!r} is not from 1 byte to {most >> 20:,}MB")
    return size
