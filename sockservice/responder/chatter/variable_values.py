"""What a system variable may be set to: MySQL's checks and conversions of the value after ``=``."""

from __future__ import annotations

from decimal import Decimal

from sockservice.answers import Value
from sockservice.collations import (
    Charset,
    Collation,
    find_charset,
    find_collation,
    find_collation_number,
)
from sockservice.error_codes import error
from sockservice.responder.chatter.cells import Refused, to_text
from sockservice.responder.chatter.sql_mode import sql_mode
from sockservice.time_zones import zone_of


def converted(name: str, kind: str, limits: tuple[str, ...], value: Value, current: Value) -> Value:
    """The value to keep.

    Args:
        name: of the variable, for messages.
        kind: ``bool``, ``int``, ``decimal``, ``enum``, ``text``, ``charset``, ``collation``, ``time_zone``,
            ``sql_mode`` or ``switch``.
        limits: of an ``int`` and a ``decimal``: least and greatest, to which a value is cut as MySQL does; of an
            ``enum``: its words.
        value: as an expression gave it.
        current: what the variable holds now, which a ``switch`` changes in part.

    Raises:
        Refused: the variable cannot hold it.
    """
    match kind:
        case "bool":
            return _chosen(name, value, ("OFF", "ON"), as_number=True)
        case "enum":
            return _chosen(name, value, limits, as_number=False)
        case "int":
            if not isinstance(value, int):
                raise _wrong_type(name)
            return min(max(value, int(limits[0])), int(limits[1]))
        case "decimal":
            if not isinstance(value, (int, Decimal, float)):
                raise _wrong_type(name)
            inside = min(max(Decimal(str(value)), Decimal(limits[0])), Decimal(limits[1]))
            return inside.quantize(Decimal("0.000001"))
        case "charset":
            return _charset(name, value)
        case "collation":
            return _collation(name, value)
        case "time_zone":
            return _time_zone(name, value)
        case "sql_mode":
            return _sql_mode(name, value)
        case "switch":
            return _switch(name, value, current)
    if isinstance(value, (int, float, Decimal)):
        raise _wrong_type(name)
    return None if value is None else to_text(value)


def _wrong_type(name: str) -> Refused:
    return Refused(error("ER_WRONG_TYPE_FOR_VAR", name))


def _wrong_value(name: str, value: Value) -> Refused:
    return Refused(error("ER_WRONG_VALUE_FOR_VAR", name, "NULL" if value is None else to_text(value)))


def _chosen(name: str, value: Value, words: tuple[str, ...], *, as_number: bool) -> Value:
    """One of the words, by name or by number; kept as the number or as the word."""
    if isinstance(value, (Decimal, float)):
        raise _wrong_type(name)
    folded = [word.lower() for word in words]
    if isinstance(value, int):
        number = value
    elif value is not None and to_text(value).lower() in folded:
        number = folded.index(to_text(value).lower())
    elif as_number and value is not None and to_text(value).lower() in ("true", "false"):
        number = int(to_text(value).lower() == "true")
    else:
        number = -1
    if not 0 <= number < len(words):
        raise _wrong_value(name, value)
    return number if as_number else words[number]


def charset_named(name: str) -> Charset:
    """The character set of this name.

    Raises:
        Refused: there is none (1115).
    """
    charset = find_charset(name)
    if charset is None:
        raise Refused(error("ER_UNKNOWN_CHARACTER_SET", name))
    return charset


def client_charset_named(name: str) -> Charset:
    """The character set of this name, for statements.

    Raises:
        Refused: there is none (1115), or its characters are too wide for statements (1231).
    """
    charset = charset_named(name)
    if charset.is_wide:
        raise _wrong_value("character_set_client", charset.name)
    return charset


def collation_named(name: str) -> Collation:
    """The collation of this name.

    Raises:
        Refused: there is none (1273).
    """
    collation = find_collation(name)
    if collation is None:
        raise Refused(error("ER_UNKNOWN_COLLATION", name))
    return collation


def _charset(name: str, value: Value) -> str | None:
    if value is None:
        if name == "character_set_results":
            return None  # "as the data is": no conversion
        raise _wrong_value(name, value)
    if isinstance(value, int):
        collation = find_collation_number(value)
        if collation is None:
            raise Refused(error("ER_UNKNOWN_CHARACTER_SET", value))
        return collation.charset.name
    find = client_charset_named if name == "character_set_client" else charset_named
    return find(to_text(value)).name


def _collation(name: str, value: Value) -> str:
    if value is None:
        raise _wrong_value(name, value)
    if isinstance(value, int):
        collation = find_collation_number(value)
        if collation is None:
            raise Refused(error("ER_UNKNOWN_COLLATION", value))
        return collation.name
    return collation_named(to_text(value)).name


def _sql_mode(name: str, value: Value) -> str:
    if isinstance(value, (Decimal, float)):
        raise _wrong_type(name)
    if value is None:
        raise _wrong_value(name, value)
    try:
        return sql_mode(value if isinstance(value, int) else to_text(value))
    except ValueError as wrong:
        raise _wrong_value(name, str(wrong)) from wrong


def _switch(name: str, value: Value, current: str) -> str:
    """``flag=on,other=default``: the flags that are named change, the rest stay."""
    if not isinstance(value, str):
        raise _wrong_type(name)
    flags = dict(part.split("=") for part in current.split(","))
    for part in filter(None, (part.strip().lower() for part in value.split(","))):
        flag, _, setting = part.partition("=")
        if flag in flags and setting in ("on", "off"):
            flags[flag] = setting
        elif not (part == "default" or (flag in flags and setting == "default")):
            raise _wrong_value(name, value)
    return ",".join(f"{flag}={setting}" for flag, setting in flags.items())


def _time_zone(name: str, value: Value) -> str:
    if isinstance(value, (int, float, Decimal)):
        raise _wrong_type(name)
    if value is None or zone_of(to_text(value)) is None:
        raise Refused(error("ER_UNKNOWN_TIME_ZONE", "NULL" if value is None else to_text(value)))
    return "SYSTEM" if to_text(value).upper() == "SYSTEM" else to_text(value)
