"""What ``--list`` prints."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sockservice.host.discovery import Discovery

_BUILT_IN: Final = Path(__file__).parents[1] / "plugins"


def listing(discovery: Discovery) -> str:
    """The services in aligned columns (name, kind, default port, summary, place), then the broken plugins.

    Returns:
        Lines, each with its end.
    """
    rows = [
        (found.name, "+".join(found.kinds), str(found.plugin.default_port), found.plugin.summary, _where(found.place))
        for found in discovery.services
    ]
    rows.insert(0, ("SERVICE", "KIND", "PORT", "SUMMARY", "FROM"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        "  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[4]]) for row in rows
    ]
    lines += [f"BROKEN  {broken.name}  {broken.place}: {broken.reason}" for broken in discovery.broken]
    return "".join(f"{line}\n" for line in lines)


def _where(place: str) -> str:
    return "built in" if Path(place).parent == _BUILT_IN else place
