"""Which statements tell of the warnings of the one before, and so do not clear them.

MySQL 8.4 manual, 15.7.7.43 "SHOW WARNINGS Statement", and 15.6.7.7 "The MySQL Diagnostics Area".
"""

from __future__ import annotations

import re
from typing import Final

_COMMANDS: Final = frozenset(("query", "execute", "prepare"))
_DIAGNOSTIC: Final = re.compile(
    r"(?:\s|/\*.{0,1000}?\*/)*+"
    r"(?:SHOW\s+(?:WARNINGS\b|ERRORS\b|COUNT\s*\()"
    r"|GET\s+(?:CURRENT\s+|STACKED\s+)?DIAGNOSTICS\b"
    r"|SELECT\s+@@(?:SESSION\s*\.\s*)?(?:warning|error)_count\b)",
    re.IGNORECASE | re.DOTALL,
)
_LOOKED_AT: Final = 4096
"""Characters of a statement: no driver has longer comments before these."""


def keeps_warnings(command: str, text: str) -> bool:
    """Whether the warnings of the statement before are still there behind this one.

    Args:
        command: as in :class:`sockservice.answers.Request`.
        text: of the statement.
    """
    return command in _COMMANDS and _DIAGNOSTIC.match(text[:_LOOKED_AT]) is not None
