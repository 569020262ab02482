"""NUMBER tokens to cells (MySQL 8.4 manual, 11.1.2 to 11.1.5: numeric, hexadecimal and bit-value literals)."""

from __future__ import annotations

from decimal import Decimal

from sockservice.responder.chatter.cells import Cell, cell, integer
from sockservice.responder.token_reader import NotUnderstood


def number_literal(written: str) -> Cell:
    """The cell of a NUMBER: an integer, a decimal, a double, or the bytes of a hexadecimal or bit literal.

    Args:
        written: its text.

    Raises:
        NotUnderstood: more than MySQL's types hold.
    """
    lowered = written.lower()
    if lowered[:2] in ("0x", "x'", "0b", "b'"):
        digits, base = lowered[2:].rstrip("'"), 16 if "x" in lowered[:2] else 2
        if len(digits) > 4096:
            raise NotUnderstood("a literal of this size")
        number = int(digits or "0", base)
        bits = len(digits) * (4 if base == 16 else 1)
        return cell(number.to_bytes((bits + 7) // 8, "big"))
    if "e" in lowered:
        double = float(written)
        if double in (float("inf"), float("-inf")):
            raise NotUnderstood("more than a DOUBLE holds")
        return cell(double)
    if len(written) > 65:
        raise NotUnderstood("more digits than a DECIMAL has")
    if written.isdecimal() and int(written) < 1 << 64:
        return integer(int(written))
    return cell(Decimal(written))
