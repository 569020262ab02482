"""DATE_FORMAT and STR_TO_DATE (MySQL 8.4 manual, 14.7)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from typing import Final

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import near, wrong_count
from sockservice.sql.expressions import Expressions, special
from sockservice.sql.functions.date_names import Names, names_of
from sockservice.sql.functions.date_parts import week_mode, week_of
from sockservice.sql.kinds import DATE, Kind, moment_type, text_type
from sockservice.sql.moments import SECOND, Moment, moment_of, time_of, time_text
from sockservice.sql.registry import for_values, function, internal
from sockservice.sql.surroundings import here, variable
from sockservice.sql.typed import Typed, made, text_literal
from sockservice.sql.widths import text_width
from sockservice.sqltypes import SqlType

_YEAR_OF_WEEK: Final = 2


def _ordinal(day: int) -> str:
    suffix = "th" if 10 <= day % 100 <= 19 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{suffix}"


def _hour_of_twelve(hour: int) -> int:
    return (hour + 11) % 12 + 1


def _half(hour: int) -> str:
    return "AM" if hour % 24 < 12 else "PM"


def _week(moment: Moment, mode: int) -> str:
    return f"{week_of(moment, week_mode(mode))[1]:02}"


def _year_of_week(moment: Moment, mode: int) -> str:
    return f"{week_of(moment, week_mode(mode) | _YEAR_OF_WEEK)[0]:04}"


_TIME_CODES: Final[dict[str, Callable[[Moment], str]]] = {
    "f": lambda moment: f"{moment.microsecond:06}",
    "H": lambda moment: f"{moment.hour:02}",
    "h": lambda moment: f"{_hour_of_twelve(moment.hour):02}",
    "I": lambda moment: f"{_hour_of_twelve(moment.hour):02}",
    "i": lambda moment: f"{moment.minute:02}",
    "k": lambda moment: str(moment.hour),
    "l": lambda moment: str(_hour_of_twelve(moment.hour)),
    "p": lambda moment: _half(moment.hour),
    "r": lambda moment: f"{_hour_of_twelve(moment.hour):02}:{moment.minute:02}:{moment.second:02} {_half(moment.hour)}",
    "S": lambda moment: f"{moment.second:02}",
    "s": lambda moment: f"{moment.second:02}",
    "T": lambda moment: f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}",
}
_DATE_CODES: Final[dict[str, Callable[[Moment], str]]] = {
    "c": lambda moment: str(moment.month),
    "D": lambda moment: _ordinal(moment.day),
    "d": lambda moment: f"{moment.day:02}",
    "e": lambda moment: str(moment.day),
    "m": lambda moment: f"{moment.month:02}",
    "Y": lambda moment: f"{moment.year:04}",
    "y": lambda moment: f"{moment.year % 100:02}",
}
_CALENDAR_CODES: Final[dict[str, Callable[[Moment], str]]] = {
    "w": lambda moment: str(moment.datetime().isoweekday() % 7),
    "j": lambda moment: f"{moment.datetime().timetuple().tm_yday:03}",
    "U": lambda moment: _week(moment, 0),
    "u": lambda moment: _week(moment, 1),
    "V": lambda moment: _week(moment, 2),
    "v": lambda moment: _week(moment, 3),
    "X": lambda moment: _year_of_week(moment, 2),
    "x": lambda moment: _year_of_week(moment, 3),
}
_DAY_NAMES: Final[dict[str, Callable[[Names], tuple[str, ...]]]] = {
    "a": lambda names: names.short_days,
    "W": lambda names: names.days,
}
_MONTH_NAMES: Final[dict[str, Callable[[Names], tuple[str, ...]]]] = {
    "b": lambda names: names.short_months,
    "M": lambda names: names.months,
}


def formatted(moment: Moment, form: str, *, only_time: bool = False) -> str | None:
    """A moment in a form with codes such as ``%Y``; None where a code needs a part that is zero."""
    names = names_of(str(variable(here().session, "lc_time_names")))
    parts: list[str] = []
    letters = iter(form)
    for letter in letters:
        code = next(letters, "") if letter == "%" else ""
        if not code:
            parts.append(letter)
        elif code in _TIME_CODES:
            parts.append(_TIME_CODES[code](moment))
        elif code in _DATE_CODES:
            parts.append("0" * len(_DATE_CODES[code](moment)) if only_time else _DATE_CODES[code](moment))
        elif code in _CALENDAR_CODES:
            if not moment.complete:
                return None
            parts.append(_CALENDAR_CODES[code](moment))
        elif code in _DAY_NAMES:
            if not moment.complete:
                return None
            parts.append(_DAY_NAMES[code](names)[moment.datetime().weekday()])
        elif code in _MONTH_NAMES:
            if not moment.month:
                return None
            parts.append(_MONTH_NAMES[code](names)[moment.month - 1])
        else:
            parts.append(code)
    return "".join(parts)


_WIDTHS: Final = {
    **dict.fromkeys("cdehilmpsuvyISUV", 2),
    **dict.fromkeys("j", 3),
    **dict.fromkeys("xDXY", 4),
    **dict.fromkeys("f", 6),
    **dict.fromkeys("kH", 7),
    **dict.fromkeys("T", 8),
    **dict.fromkeys("r", 11),
    **dict.fromkeys("ab", 32),
    **dict.fromkeys("MW", 64),
}
"""Characters that a code of a form makes at most."""
_LONGEST_FORM: Final = 10
"""How much longer than a form its text is, where the form is not known."""


def form_type(arguments: Sequence[Typed]) -> SqlType:
    """The type of a text that a form, the second argument, makes."""
    form = arguments[1]
    if form.constant is None or form.kind is not Kind.TEXT:
        return text_type(text_width(form) * _LONGEST_FORM)
    width, letters = 0, iter(str(form.constant()))
    for letter in letters:
        code = next(letters, "") if letter == "%" else ""
        width += _WIDTHS.get(code, 1)
    return text_type(width)


@function("date_format", "ms", form_type, nullable=True)
def date_format(value: str, form: str) -> str | None:
    """DATE_FORMAT; an empty form is NULL."""
    moment = moment_of(value)
    return None if moment is None or not form else formatted(moment, form)


@function("time_format", "ts", form_type, nullable=True)
def time_format(value: str, form: str) -> str | None:
    """TIME_FORMAT; hours may be more than 24."""
    microseconds = time_of(value)
    if microseconds is None or not form:
        return None
    whole, micro = divmod(abs(microseconds), SECOND)
    moment = Moment(0, 0, 0, whole // 3600, whole // 60 % 60, whole % 60, micro)
    return formatted(moment, form, only_time=True)


_FORMS: Final = {
    ("DATE", "EUR"): "%d.%m.%Y",
    ("DATE", "INTERNAL"): "%Y%m%d",
    ("DATE", "ISO"): "%Y-%m-%d",
    ("DATE", "JIS"): "%Y-%m-%d",
    ("DATE", "USA"): "%m.%d.%Y",
    ("DATETIME", "EUR"): "%Y-%m-%d %H.%i.%s",
    ("DATETIME", "INTERNAL"): "%Y%m%d%H%i%s",
    ("DATETIME", "ISO"): "%Y-%m-%d %H:%i:%s",
    ("DATETIME", "JIS"): "%Y-%m-%d %H:%i:%s",
    ("DATETIME", "USA"): "%Y-%m-%d %H.%i.%s",
    ("TIME", "EUR"): "%H.%i.%s",
    ("TIME", "INTERNAL"): "%H%i%s",
    ("TIME", "ISO"): "%H:%i:%s",
    ("TIME", "JIS"): "%H:%i:%s",
    ("TIME", "USA"): "%h:%i:%s %p",
}


@special("get_format")
def _get_format(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 2:
        raise wrong_count("get_format")
    kind = node.expressions[0].name.upper().replace("TIMESTAMP", "DATETIME")
    if kind not in ("DATE", "TIME", "DATETIME"):
        raise near(kind)
    region = self.compile(node.expressions[1])
    text = f"form_of({text_literal(kind)}, {to.as_text(region)})"
    return made(text, text_type(17), region, nullable=True, like=self.collation())


@internal("form_of", 2)
@for_values
def form_of(kind: str, region: str) -> str | None:
    """GET_FORMAT."""
    return _FORMS.get((kind, region.upper()))


# --- STR_TO_DATE ------------------------------------------------------------------------------


@special("str_to_date")
def _str_to_date(self: Expressions, node: exp.Anonymous) -> Typed:
    if len(node.expressions) != 2:
        raise wrong_count("str_to_date")
    value, form = (self.compile(part) for part in node.expressions)
    known = self.constant(node.expressions[1])
    kind = moment_type("DATETIME", 6)
    if isinstance(known, str):
        codes = {known[place + 1] for place in range(len(known) - 1) if known[place] == "%"}
        has_time = bool(codes & _TIME_CODES.keys())
        digits = 6 if "f" in codes else 0
        if not has_time:
            kind = DATE
        else:
            kind = moment_type("DATETIME" if codes - _TIME_CODES.keys() - {"%"} else "TIME", digits)
    what = Typed("", kind).kind.value
    text = f"moment_read({to.as_text(value)}, {to.as_text(form)}, {text_literal(what)}, {kind.length or 0})"
    return made(text, kind, value, form, nullable=True)


@internal("moment_read", 4)
@for_values
def moment_read(text: str, form: str, what: str, digits: int) -> str | None:
    """STR_TO_DATE; NULL, with a warning, for what is not in this form."""
    read = _Reading(text)
    good = read.read(form)
    moment = read.moment() if good else None
    if moment is None:
        here().warn("ER_WRONG_VALUE_FOR_TYPE", "datetime", text[:128], "str_to_date")
        return None
    if read.rest.strip():
        here().warn("ER_TRUNCATED_WRONG_VALUE", what, text[:128])
    if what == Kind.TIME.value:
        return time_text(moment.time_of_day, digits)
    if what == Kind.DATE.value:
        return moment.date_text() if moment.possible and (moment.complete or not read.strict) else None
    return moment.text(digits)


class _Reading:
    """A text that is read by a form with codes."""

    def __init__(self, text: str) -> None:
        self.rest = text
        self.parts: dict[str, int] = {}
        self.afternoon: bool | None = None
        self.strict = "NO_ZERO_IN_DATE" in str(variable(here().session, "sql_mode"))

    def read(self, form: str) -> bool:
        """Whether the text is as the form says, as far as that goes."""
        letters = iter(form)
        for letter in letters:
            if letter.isspace():
                self.rest = self.rest.lstrip()
                continue
            if not self.rest:
                break
            if letter != "%":
                if not self.rest.startswith(letter):
                    return False
                self.rest = self.rest[1:]
                continue
            if not self._code(next(letters, "%")):
                return False
        return True

    def _code(self, code: str) -> bool:
        if code not in ("%",):
            self.rest = self.rest.lstrip()
        if code in _LENGTHS:
            name, most = _LENGTHS[code]
            return self._number(name, most)
        if code in ("b", "M", "a", "W"):
            return self._name(code)
        if code == "D":
            if not self._number("day", 2):
                return False
            self.rest = self.rest[2:]
            return True
        if code == "p":
            self.afternoon = {"AM": False, "PM": True}.get(self.rest[:2].upper())
            self.rest = self.rest[2:]
            return self.afternoon is not None
        if code in ("T", "r"):
            return self.read("%H:%i:%S" if code == "T" else "%h:%i:%S %p")
        if code in (".", "#", "@"):
            kinds = {".": str.isalnum, "#": str.isdigit, "@": str.isalpha}[code]
            self.rest = self.rest.lstrip("".join(set(filter(lambda each: kinds(each) != (code == "."), self.rest))))
            return True
        if not self.rest.startswith(code):
            return False
        self.rest = self.rest[1:]
        return True

    def _number(self, name: str, most: int) -> bool:
        length = 0
        while length < min(most, len(self.rest)) and self.rest[length].isdigit() and self.rest[length].isascii():
            length += 1
        if not length:
            return False
        digits, self.rest = self.rest[:length], self.rest[length:]
        if name == "microsecond":
            digits = digits.ljust(6, "0")
        number = int(digits)
        if (name == "year" and most == 2) or (name == "year" and length == 2):
            number += 2000 if number < 70 else 1900
        self.parts[name] = number
        return True

    def _name(self, code: str) -> bool:
        names = names_of("en_US")
        known = {"b": names.short_months, "M": names.months, "a": names.short_days, "W": names.days}[code]
        for place, name in enumerate(known, 1):
            if self.rest[: len(name)].lower() == name.lower():
                self.rest = self.rest[len(name) :]
                self.parts["month" if code in "bM" else "weekday"] = place
                return True
        return False

    def moment(self) -> Moment | None:
        """What was read, or None where that is no moment."""
        parts = self.parts
        hour = parts.get("hour", 0)
        if self.afternoon is not None:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + 12 * self.afternoon
        if "yearday" in parts and "year" in parts:
            try:
                day = datetime.date(parts["year"], 1, 1) + datetime.timedelta(days=parts["yearday"] - 1)
            except (ValueError, OverflowError):
                return None
            parts |= {"month": day.month, "day": day.day}
        dated = any(name in parts for name in ("year", "month", "day"))
        moment = Moment(
            parts.get("year", 0),
            parts.get("month", 0),
            parts.get("day", 0),
            hour,
            parts.get("minute", 0),
            parts.get("second", 0),
            parts.get("microsecond", 0),
        )
        if not moment.possible or (dated and self.strict and not moment.complete):
            return None
        return moment


_LENGTHS: Final = {
    "Y": ("year", 4),
    "y": ("year", 2),
    "m": ("month", 2),
    "c": ("month", 2),
    "d": ("day", 2),
    "e": ("day", 2),
    "j": ("yearday", 3),
    "H": ("hour", 2),
    "k": ("hour", 2),
    "h": ("hour", 2),
    "I": ("hour", 2),
    "l": ("hour", 2),
    "i": ("minute", 2),
    "s": ("second", 2),
    "S": ("second", 2),
    "f": ("microsecond", 6),
    "w": ("weekday", 1),
}
"""The number that a code stands for, and how many digits it has at most."""
