"""The warnings of the statement before, as SHOW WARNINGS and the counts of them tell them."""

from __future__ import annotations

from sockservice.interfaces import ISession


def conditions(session: ISession, *, errors_only: bool) -> tuple[tuple[str, int, str], ...]:
    """Level, code and message of each; or only of those that are errors."""
    return tuple(row for row in session.warnings if not errors_only or row[0].lower() == "error")
