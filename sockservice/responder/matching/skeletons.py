"""A statement's shape as a text for a parser, so that each shape is parsed once, whatever its literals.

Each literal is written as one of its class that tells the hole it stands for: ``WHERE id = 42 AND sku IN ('a', 'b')``
as ``where id = 7000000000 and sku in ( '§1:3' )``. Rows of ``VALUES`` that look alike are one row, since nothing that
is asked of a statement depends on how many there are.
"""

from __future__ import annotations

from typing import Final

from sockservice.responder.shapes import HOLE, Outline

PARTS: Final = 1000
"""Parts of the longest skeleton that is parsed, which takes up to 10 ms."""
DEPTH: Final = 50
"""How deep its brackets may be nested; the parser calls itself for each."""

_NUMBERS: Final = 7_000_000_000
_MARK: Final = "§"
_ROWS: Final = frozenset(["values", "value"])


def skeleton(outline: Outline) -> str | None:
    """The text to parse, or None where it would be too long or too deep.

    Args:
        outline: the statement.
    """
    parts, quoted = outline.parts, frozenset(outline.quoted)
    words: list[str] = []
    alike: dict[int, tuple[int, int]] = {}
    at, hole, depth, end = 0, 0, 0, len(parts)
    while at < end:
        if at in alike:
            at, holes = alike[at]
            hole += holes
            continue
        part = parts[at]
        at += 1
        if part == HOLE:
            words.append(_written(outline, hole))
            hole += 1
        elif at - 1 in quoted:
            words.append("`" + part.replace("`", "``") + "`")
        else:
            words.append(part)
            depth += (part == "(") - (part == ")")
            if part == "in" and (many := _literals_in_brackets(parts, at)):
                words += ["(", f"'{_MARK}{hole}:{hole + many}'", ")"]
                at, hole = at + 2 * many + 1, hole + many
            elif part in _ROWS and parts[at : at + 1] == ("(",):
                behind, rest, holes = _rows_alike(parts, at)
                if rest > behind:
                    alike[behind] = rest, holes
        if len(words) > PARTS or depth > DEPTH:
            return None
    return " ".join(words)


def holes_of(written: str, *, is_string: bool) -> range | None:
    """The holes that a literal of a skeleton stands for; None where it stands for itself.

    Args:
        written: the number, or what stands in the quotes.
        is_string: whether it stood in quotes.
    """
    if not is_string:
        hole = int(written) - _NUMBERS if written.isdecimal() else -1
        return range(hole, hole + 1) if hole >= 0 else None
    if not written.startswith(_MARK):
        return None
    first, _, behind = written[1:].partition(":")
    return range(int(first), int(behind or int(first) + 1))


def _written(outline: Outline, hole: int) -> str:
    kind, value = outline.literals[hole]
    if kind == "word":
        return value
    return str(_NUMBERS + hole) if kind == "number" else f"'{_MARK}{hole}'"


def _literals_in_brackets(parts: tuple[str, ...], at: int) -> int:
    """How many literals stand between the brackets at ``at``; 0 where anything else does."""
    many, end = 0, len(parts)
    if at == end or parts[at] != "(":
        return 0
    while at + 2 < end and parts[at + 1] == HOLE:
        many += 1
        at += 2
        if parts[at] == ")":
            return many
        if parts[at] != ",":
            break
    return 0


def _rows_alike(parts: tuple[str, ...], at: int) -> tuple[int, int, int]:
    """Where the row at ``at`` ends, where the rows end that look like it, and how many literals those have."""
    depth, behind, end = 0, at, len(parts)
    while behind < end:
        depth += (parts[behind] == "(") - (parts[behind] == ")")
        behind += 1
        if not depth:
            break
    row = (",", *parts[at:behind])
    rest = behind
    while parts[rest : rest + len(row)] == row:
        rest += len(row)
    return behind, rest, (rest - behind) // len(row) * row.count(HOLE)
