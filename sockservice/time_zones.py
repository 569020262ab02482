"""Time zones by the names that MySQL takes: ``SYSTEM``, ``+05:30``, ``Europe/Berlin`` (MySQL 8.4 manual, 7.1.15)."""

from __future__ import annotations

import datetime
import functools
import re
from typing import Final

_OFFSET: Final = re.compile(r"([+-])([0-9]{1,2}):([0-5][0-9])")
_LIMITS: Final = (-(13 * 60 + 59), 14 * 60)
"""Minutes of the least and the greatest offset."""
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}")


@functools.lru_cache(maxsize=256)
def zone_of(name: str) -> datetime.tzinfo | None:
    """The time zone of a name, or None where there is none.

    ``SYSTEM`` is UTC: answers do not depend on the machine.
    """
    if name.upper() in ("SYSTEM", "UTC"):
        return datetime.UTC
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        minutes = (int(offset[2]) * 60 + int(offset[3])) * (-1 if offset[1] == "-" else 1)
        return datetime.timezone(datetime.timedelta(minutes=minutes)) if _LIMITS[0] <= minutes <= _LIMITS[1] else None
    if not _NAME.fullmatch(name):
        return None
    import zoneinfo  # with what it needs a fiftieth of the time to start, for names that few use

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None
