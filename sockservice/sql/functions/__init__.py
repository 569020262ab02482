"""The functions of the dialect, by what they are about; importing this enters all of them, and the operators."""

from sockservice.sql import aggregates, arithmetic, calls, casts, conditions, intervals, operators, patterns, user_variables
from sockservice.sql.functions import (
    codes,
    date_arithmetic,
    date_formats,
    date_parts,
    json_making,
    json_reading,
    now,
    numeric,
    regular,
    searching,
    session,
    strings,
)

__all__ = [
    "aggregates",
    "arithmetic",
    "calls",
    "casts",
    "codes",
    "conditions",
    "date_arithmetic",
    "date_formats",
    "date_parts",
    "intervals",
    "json_making",
    "json_reading",
    "now",
    "numeric",
    "operators",
    "patterns",
    "regular",
    "searching",
    "session",
    "strings",
    "user_variables",
]
