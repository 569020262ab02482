"""SHOW WARNINGS, SHOW ERRORS and how many there are (MySQL 8.4 manual, 15.7.7.19 and 15.7.7.43)."""

from __future__ import annotations

import re
from typing import Final

from sockservice.answers import Answer, Rows, table
from sockservice.interfaces import ISession
from sockservice.show_columns import labelled

_STATEMENT: Final = re.compile(
    r"show (?P<count>count \( \* \) )?(?P<what>warnings|errors)(?: limit (?:(?P<skip>\d+) , )?(?P<most>\d+))?", re.I
)
_COLUMNS: Final = labelled(
    {"Level": "VARCHAR(7) NOT NULL", "Code": "INT(4) NOT NULL", "Message": "VARCHAR(512) NOT NULL"}
)


def answered(text: str, session: ISession) -> Answer | None:
    """The answer, or None for any other statement.

    Args:
        text: the statement, white space squeezed.
        session: whose diagnostics.
    """
    found = _STATEMENT.fullmatch(text)
    if found is None:
        return None
    every = [each for each in session.warnings if found["what"].lower() == "warnings" or each[0] == "Error"]
    if found["count"]:
        label = f"@@session.{found['what'].lower().removesuffix('s')}_count"
        return table({label: "BIGINT(21) UNSIGNED"}, ((len(every),),))
    start = int(found["skip"] or 0)
    chosen = every[start : start + int(found["most"])] if found["most"] else every
    return Rows(_COLUMNS, tuple(chosen))
