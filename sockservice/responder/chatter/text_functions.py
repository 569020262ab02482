"""Functions of texts, numbers and choices (MySQL 8.4 manual, 14.5, 14.6 and 14.8)."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sockservice.answers import Request, Value
from sockservice.responder.chatter.cells import (
    BIGINT,
    MAX_TEXT,
    Cell,
    cell,
    compare,
    decimal,
    integer,
    text,
    to_bytes,
    to_integer,
    to_number,
    to_text,
    truth,
    truth_cell,
)
from sockservice.responder.chatter.function_table import FunctionTable
from sockservice.responder.token_reader import NotUnderstood

FUNCTIONS: Final = FunctionTable()
"""Every function of this module."""


@FUNCTIONS.add("concat", 1, 4096, pure=True)
def _concat(_request: Request, arguments: Sequence[Cell]) -> Cell:
    return _joined("", [argument.value for argument in arguments])


@FUNCTIONS.add("concat_ws", 2, 4096, pure=True)
def _concat_ws(_request: Request, arguments: Sequence[Cell]) -> Cell:
    if arguments[0].value is None:
        return text(None)
    parts = [argument.value for argument in arguments[1:] if argument.value is not None]
    return _joined(to_text(arguments[0].value), parts)


def _joined(between: str, values: Sequence[Value]) -> Cell:
    if any(value is None for value in values):
        return text(None)
    parts = [to_text(value) for value in values]
    if sum(map(len, parts)) + len(between) * len(parts) > MAX_TEXT:
        return text(None)
    return text(between.join(parts))


def _of_text(names: str, change: Callable[[str], str]) -> None:
    @FUNCTIONS.add(names, 1, 1, pure=True)
    def call(_request: Request, arguments: Sequence[Cell]) -> Cell:
        value = arguments[0].value
        return text(None) if value is None else text(change(to_text(value)))


_of_text("lower lcase", str.lower)
_of_text("upper ucase", str.upper)
_of_text("trim", lambda value: value.strip(" "))
_of_text("ltrim", lambda value: value.lstrip(" "))
_of_text("rtrim", lambda value: value.rstrip(" "))
_of_text("quote", lambda value: "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'")


@FUNCTIONS.add("hex", 1, 1, pure=True)
def _hex(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value = arguments[0].value
    if value is None:
        return text(None)
    if isinstance(value, int):
        return text(f"{value & (1 << 64) - 1:X}")
    return text(to_bytes(value).hex().upper())


@FUNCTIONS.add("length octet_length", 1, 1, pure=True)
def _length(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value = arguments[0].value
    if value is None:
        return integer(None)
    return integer(len(to_bytes(value)))


@FUNCTIONS.add("char_length character_length", 1, 1, pure=True)
def _char_length(_request: Request, arguments: Sequence[Cell]) -> Cell:
    return integer(None if arguments[0].value is None else len(to_text(arguments[0].value)))


@FUNCTIONS.add("left", 2, 2, pure=True)
def _left(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value, count = arguments[0].value, arguments[1].value
    return text(None) if value is None or count is None else text(to_text(value)[: max(0, to_integer(count))])


@FUNCTIONS.add("substring substr mid", 2, 3, pure=True)
def _substring(_request: Request, arguments: Sequence[Cell]) -> Cell:
    if any(argument.value is None for argument in arguments):
        return text(None)
    whole, start = to_text(arguments[0].value), to_integer(arguments[1].value)
    begin = start - 1 if start > 0 else len(whole) + start
    if start == 0 or begin < 0:
        return text("")
    count = to_integer(arguments[2].value) if len(arguments) > 2 else len(whole)
    return text(whole[begin : begin + max(0, count)])


@FUNCTIONS.add("replace", 3, 3, pure=True)
def _replace(_request: Request, arguments: Sequence[Cell]) -> Cell:
    if any(argument.value is None for argument in arguments):
        return text(None)
    whole, old, new = (to_text(argument.value) for argument in arguments)
    if not old:
        return text(whole)
    if len(whole) + whole.count(old) * len(new) > MAX_TEXT:
        return text(None)
    return text(whole.replace(old, new))


@FUNCTIONS.add("if", 3, 3, pure=True)
def _if(_request: Request, arguments: Sequence[Cell]) -> Cell:
    return arguments[1] if truth(arguments[0].value) else arguments[2]


@FUNCTIONS.add("ifnull", 2, 2, pure=True)
@FUNCTIONS.add("coalesce", 1, 4096, pure=True)
def _coalesce(_request: Request, arguments: Sequence[Cell]) -> Cell:
    return next((argument for argument in arguments if argument.value is not None), arguments[-1])


@FUNCTIONS.add("nullif", 2, 2, pure=True)
def _nullif(_request: Request, arguments: Sequence[Cell]) -> Cell:
    same = compare(arguments[0].value, arguments[1].value) == 0
    return Cell(None, arguments[0].type) if same else arguments[0]


@FUNCTIONS.add("isnull", 1, 1, pure=True)
def _isnull(_request: Request, arguments: Sequence[Cell]) -> Cell:
    return truth_cell(arguments[0].value is None)


def _extreme(names: str, choose: Callable[[int], bool]) -> None:
    @FUNCTIONS.add(names, 2, 4096, pure=True)
    def call(_request: Request, arguments: Sequence[Cell]) -> Cell:
        best = arguments[0]
        for argument in arguments[1:]:
            order = compare(argument.value, best.value)
            if order is None:
                return Cell(None, best.type)
            if choose(order):
                best = argument
        return best


_extreme("least", lambda order: order < 0)
_extreme("greatest", lambda order: order > 0)


@FUNCTIONS.add("abs", 1, 1, pure=True)
def _abs(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value = arguments[0].value
    return Cell(None, BIGINT) if value is None else cell(abs(to_number(value)))


@FUNCTIONS.add("floor", 1, 1, pure=True)
def _floor(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value = arguments[0].value
    return integer(None) if value is None else integer(math.floor(to_number(value)))


@FUNCTIONS.add("round", 1, 1, pure=True)
def _round(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value = arguments[0].value
    if value is None or not isinstance(value, (int, Decimal)):
        raise NotUnderstood("ROUND of this")
    return integer(value) if isinstance(value, int) else decimal(value.to_integral_value(ROUND_HALF_UP))


@FUNCTIONS.add("sec_to_time", 1, 1, pure=True)
def _sec_to_time(_request: Request, arguments: Sequence[Cell]) -> Cell:
    value = arguments[0].value
    if not isinstance(value, int) or not -838 * 3600 < value < 838 * 3600:
        raise NotUnderstood("SEC_TO_TIME of this")
    return cell(datetime.timedelta(seconds=value))
