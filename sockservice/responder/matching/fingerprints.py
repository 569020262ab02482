"""Fingerprints: statements with their literals folded, so that one names all that an application makes of a template.

Beside the literals, the lists that grow with the data are folded: neighbouring literals in the brackets behind ``IN``
and ``VALUES`` are one ``?``, and equal rows behind one another are one row. A sign belongs to its number, as
in a shape.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from sockservice.responder.shapes import HOLE

Fingerprint: TypeAlias = tuple[str, ...]
"""The parts of a folded statement."""

_LISTS: Final = frozenset(["in", "values", "value"])


def folded(parts: tuple[str, ...]) -> Fingerprint:
    """The fingerprint of a statement.

    Args:
        parts: those of its shape.
    """
    if _LISTS.isdisjoint(parts):
        return parts
    out: list[str] = []
    at, end = 0, len(parts)
    while at < end:
        word = parts[at]
        out.append(word)
        at += 1
        if word in _LISTS and at < end and parts[at] == "(":
            at = _fold_list(parts, at, out)
    return tuple(out)


def _fold_list(parts: tuple[str, ...], at: int, out: list[str]) -> int:
    """Fold the brackets at ``at`` and those that follow behind commas; returns where the rest begins."""
    # For each bracket that is open: where it begins in `out`, whether it is a list and no function's arguments, and
    # the list that closed last in it.
    opened: list[tuple[int, bool, list[str]]] = []
    last: list[str] = []
    end = len(parts)
    while at < end:
        part = parts[at]
        at += 1
        if part == "(":
            opened.append((len(out), not opened or out[-1] in ("(", ","), []))
            out.append(part)
            continue
        out.append(part)
        if part == HOLE and opened[-1][1] and out[-3:-1] == [HOLE, ","]:
            del out[-2:]
        if part != ")":
            continue
        begin, is_list, _ = opened.pop()
        if is_list:
            group = out[begin:]
            before = opened[-1][2] if opened else last
            if group == before and out[begin - 1] == ",":
                del out[begin - 1 :]
            elif opened:
                opened[-1] = (*opened[-1][:2], group)
            else:
                last = group
        if not opened:
            if parts[at : at + 2] != (",", "("):
                break
            out.append(",")
            at += 1
    return at
