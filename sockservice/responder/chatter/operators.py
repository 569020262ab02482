"""MySQL's operators and casts on cells (MySQL 8.4 manual, 14.4 "Operators", 14.10 "Cast Functions and Operators")."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, DecimalException
from typing import Final

from sockservice.error_codes import error
from sockservice.responder.chatter.cells import (
    CONTEXT,
    DOUBLE,
    Cell,
    Refused,
    cell,
    compare,
    decimal,
    integer,
    text,
    to_bytes,
    to_number,
    to_text,
    truth,
    truth_cell,
)
from sockservice.responder.token_reader import NotUnderstood

_LEAST, _MOST = -(1 << 63), (1 << 64) - 1


def negated(value: Cell) -> Cell:
    """NOT: NULL stays NULL."""
    known = truth(value.value)
    return truth_cell(None if known is None else not known)


def minus(value: Cell) -> Cell:
    """The number with its sign changed."""
    if value.value is None:
        return Cell(None, DOUBLE)
    number = to_number(value.value)
    return _whole(-number, written=f"-({number})") if isinstance(number, int) else cell(-number)


def _whole(number: int, *operands: int, written: str = "") -> Cell:
    """An integer, UNSIGNED where an operand is; out of its range MySQL refuses to calculate."""
    unsigned = any(operand >> 63 > 0 for operand in operands)
    if not (0 if unsigned else _LEAST) <= number <= (_MOST if unsigned else -_LEAST - 1):
        raise Refused(error("ER_DATA_OUT_OF_RANGE", "BIGINT UNSIGNED" if unsigned else "BIGINT", f"({written})"))
    return integer(number)


def _arithmetic(operator: str) -> Callable[[Cell, Cell], Cell]:
    def operate(left: Cell, right: Cell) -> Cell:
        if left.value is None or right.value is None:
            return _no_number(operator, left, right)
        a, b = to_number(left.value), to_number(right.value)
        if b == 0 and operator in ("/", "%", "mod", "div"):
            return _no_number(operator, left, right)
        try:
            if isinstance(a, float) or isinstance(b, float):
                return _of_doubles(operator, float(a), float(b))
            if isinstance(a, int) and isinstance(b, int) and operator != "/":
                return _of_integers(operator, a, b)
            return _of_decimals(operator, Decimal(a), Decimal(b))
        except (OverflowError, DecimalException) as problem:
            raise NotUnderstood("more digits than MySQL calculates with") from problem

    return operate


def _no_number(operator: str, left: Cell, right: Cell) -> Cell:
    """NULL, with the type that the number would have."""
    names = {left.type.name, right.type.name}
    if operator == "div" or (names <= {"BIGINT", "NULL"} and operator != "/"):
        return integer(None)
    return decimal(None) if names <= {"BIGINT", "NULL", "DECIMAL"} else Cell(None, DOUBLE)


def _of_integers(operator: str, a: int, b: int) -> Cell:
    match operator:
        case "+":
            result = a + b
        case "-":
            result = a - b
        case "*":
            result = a * b
        case "div":
            quotient = abs(a) // abs(b)
            result = quotient if (a < 0) == (b < 0) else -quotient
        case _:
            rest = abs(a) % abs(b)
            return integer(rest if a >= 0 else -rest)
    return _whole(result, a, b, written=f"{a} {operator} {b}")


def _of_doubles(operator: str, a: float, b: float) -> Cell:
    match operator:
        case "+":
            result = a + b
        case "-":
            result = a - b
        case "*":
            result = a * b
        case "/":
            result = a / b
        case "div":
            return _whole(int(a / b), written=f"{a} div {b}")
        case _:
            raise NotUnderstood("a remainder of doubles")
    if result != result or result in (float("inf"), float("-inf")):
        raise Refused(error("ER_DATA_OUT_OF_RANGE", "DOUBLE", f"({a} {operator} {b})"))
    return cell(result)


def _of_decimals(operator: str, a: Decimal, b: Decimal) -> Cell:
    match operator:
        case "+":
            return decimal(CONTEXT.add(a, b))
        case "-":
            return decimal(CONTEXT.subtract(a, b))
        case "*":
            return decimal(CONTEXT.multiply(a, b))
        case "/":
            # The scale grows by div_precision_increment, 4.
            scale = min(30, _scale(a) + 4)
            return decimal(CONTEXT.divide(a, b).quantize(Decimal(1).scaleb(-scale), context=CONTEXT))
        case "div":
            return _whole(int(CONTEXT.divide_int(a, b)), written=f"{a} div {b}")
    return decimal(CONTEXT.remainder(a, b))


def _scale(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _comparison(test: Callable[[int], bool]) -> Callable[[Cell, Cell], Cell]:
    def operate(left: Cell, right: Cell) -> Cell:
        order = compare(left.value, right.value)
        return truth_cell(None if order is None else test(order))

    return operate


def _equal_or_both_null(left: Cell, right: Cell) -> Cell:
    if left.value is None or right.value is None:
        return truth_cell(left.value is right.value)
    return truth_cell(compare(left.value, right.value) == 0)


def _and(left: Cell, right: Cell) -> Cell:
    a, b = truth(left.value), truth(right.value)
    return truth_cell(False if a is False or b is False else None if a is None or b is None else True)


def _or(left: Cell, right: Cell) -> Cell:
    a, b = truth(left.value), truth(right.value)
    return truth_cell(True if a or b else None if a is None or b is None else False)


def _xor(left: Cell, right: Cell) -> Cell:
    a, b = truth(left.value), truth(right.value)
    return truth_cell(None if a is None or b is None else a is not b)


BINARY: Final[Mapping[str, Callable[[Cell, Cell], Cell]]] = {
    **{operator: _arithmetic(operator) for operator in ("+", "-", "*", "/", "%", "mod", "div")},
    "=": _comparison(lambda order: order == 0),
    "<=>": _equal_or_both_null,
    "<>": _comparison(lambda order: order != 0),
    "!=": _comparison(lambda order: order != 0),
    "<": _comparison(lambda order: order < 0),
    "<=": _comparison(lambda order: order <= 0),
    ">": _comparison(lambda order: order > 0),
    ">=": _comparison(lambda order: order >= 0),
    "and": _and,
    "&&": _and,
    "or": _or,
    "xor": _xor,
}
"""Each operator with two sides."""


def cast(value: Cell, target: str, sizes: Sequence[int]) -> Cell:
    """CAST(value AS target).

    Args:
        value: what to convert.
        target: the type's first word in lower case.
        sizes: the numbers in its brackets.

    Raises:
        NotUnderstood: a type, or a conversion, that the chatter leaves to others.
    """
    content = value.value
    match target:
        case "char" | "nchar":
            if content is None:
                return text(None, sizes[0] if sizes else 0)
            return text(to_text(content)[: sizes[0] if sizes else None])
        case "binary":
            return Cell(None, cell(b"").type) if content is None else cell(to_bytes(content))
        case "signed" | "unsigned":
            return _to_integer(value, signed=target == "signed")
        case "double" | "real" | "float":
            return Cell(None, DOUBLE) if content is None else cell(float(to_number(content)))
        case "decimal" | "dec":
            return _to_decimal(value, sizes)
        case "date" | "datetime" | "time":
            return _to_time(value, target)
    raise NotUnderstood(f"CAST to {target}")


def _to_integer(value: Cell, *, signed: bool) -> Cell:
    if value.value is None:
        return integer(None)
    number = to_number(value.value)
    try:
        whole = int(number if isinstance(number, int) else Decimal(str(number)).to_integral_value(context=CONTEXT))
    except DecimalException as problem:
        raise NotUnderstood("too large a number") from problem
    least, most = (_LEAST, -_LEAST - 1) if signed else (0, _MOST)
    if not signed and whole < 0:
        whole += 1 << 64
    return integer(min(max(whole, least), most))


def _to_decimal(value: Cell, sizes: Sequence[int]) -> Cell:
    if value.value is None:
        return decimal(None)
    digits, scale = (*sizes, 0, 0)[:2] if sizes else (10, 0)
    try:
        number = Decimal(str(to_number(value.value))).quantize(Decimal(1).scaleb(-scale), context=CONTEXT)
    except DecimalException as problem:
        raise NotUnderstood("too large a number") from problem
    most = Decimal(10 ** min(digits - scale, 65)) - Decimal(1).scaleb(-scale)
    return decimal(min(max(number, -most), most))


def _to_time(value: Cell, target: str) -> Cell:
    content = value.value
    if content is None:
        raise NotUnderstood("a NULL time")
    if isinstance(content, str):
        content = moment(content)
    if not isinstance(content, datetime.date):
        raise NotUnderstood("not a date")
    if target == "date":
        return cell(content.date() if isinstance(content, datetime.datetime) else content)
    if not isinstance(content, datetime.datetime):
        content = datetime.datetime.combine(content, datetime.time())
    if target == "datetime":
        return cell(content)
    return cell(content - datetime.datetime.combine(content.date(), datetime.time()))


def moment(written: str) -> datetime.datetime | None:
    """The date and time that a text means in MySQL's usual form (``2001-01-01 01:00:00``), or None."""
    try:
        found = datetime.datetime.fromisoformat(written.strip()) if "-" in written[:11] else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is None else None
