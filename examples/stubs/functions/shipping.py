"""What it costs to ship a parcel, how long it takes, and where it is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sockservice.answers import Request

CARRIERS = {"post": Decimal("0.002"), "courier": Decimal("0.009")}


def offers(request: Request) -> list[list[Any]] | dict[str, Any]:
    """Rows; or what ``then`` has, here an error."""
    grams = int(request.params[0])
    if grams > 30_000:
        return {"error": {"code": "ER_SIGNAL_EXCEPTION", "message": f"nobody ships {grams} g"}}
    return [[carrier, price * grams] for carrier, price in CARRIERS.items()]


def days(request: Request) -> dict[str, int] | None:
    """One row, or nothing to say."""
    return {"days": 2} if request.params[0] == "AT" else None


def track(request: Request) -> Iterator[dict[str, Any]]:
    """Rows one by one; the first one tells the types."""
    for step, place in enumerate(("shop", "depot", "van", "door"), 1):
        yield {"step": step, "place": f"{place} of {request.params[0]}"}
