"""Tables drawn with characters, as the ``mysql`` client prints them and as people write them.

The first line is the header. Where it has a ``|``, cells are divided by ``|``, else by two or more blanks or a tab.
Lines of ``-``, ``=`` and ``+`` are rules and mean nothing. ``NULL`` is NULL; a cell in quotes is text as it stands
there; ``{{ }}`` keeps together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

import attrs

from sockservice.errors import ConfigurationError, Place, counted
from sockservice.responder.answering.tables.sheet import Line, Quoted, Sheet, label_mistake
from sockservice.responder.answering.templates.template import expression_end
from sockservice.responder.mistakes import Mistakes

_RULE: Final = re.compile(r"[-=+|:\s]*[-=]{2}[-=+|:\s]*")
_BLANKS: Final = re.compile(r"\t[\s]*|[^\S\t][\s]+")
_QUOTES: Final = "'\""


@attrs.frozen
class _Frame:
    """How a table is drawn, as its header shows.

    Attributes:
        bars: cells are divided by ``|``, not by blanks.
        left: lines begin with a ``|``.
        right: lines end with one.
    """

    bars: bool
    left: bool
    right: bool

    @classmethod
    def of(cls, header: str) -> _Frame:
        """How the table with this header is drawn."""
        return cls("|" in header, header.lstrip().startswith("|"), header.rstrip().endswith("|"))


def text_table(text: str, place: Callable[[int, int], Place]) -> Sheet:
    """Read a table.

    Args:
        text: its lines.
        place: where a character of it stands: of a line and a column, both from 0.

    Returns:
        The rows; a cell is None, or text: :class:`Quoted` where it was in quotes.

    Raises:
        Mistakes: it has no header, or a row has not as many cells as the header.
    """
    lines = [(number, line) for number, line in enumerate(text.split("\n")) if line.strip() and not _is_rule(line)]
    if not lines:
        raise Mistakes([ConfigurationError("the table has no header", place(0, 0))])
    frame = _Frame.of(lines[0][1])
    header = _cells(lines[0][1], frame)
    labels = tuple(cell for _, cell in header)
    problem = label_mistake(labels)
    if problem:
        raise Mistakes([ConfigurationError(problem, place(lines[0][0], header[0][0] if header else 0))])
    found: list[ConfigurationError] = []
    rows: list[Line] = []
    columns: dict[int, list[int]] = {-1: [at for at, _ in header]}
    for number, line in lines[1:]:
        cells = _cells(line, frame)
        if len(cells) != len(labels):
            values = counted(len(cells), "cell")
            message = f"row {len(rows) + len(found) + 1} has {values} for {counted(len(labels), 'column')}"
            found.append(ConfigurationError(message, place(number, cells[0][0])))
            continue
        columns[number] = [at for at, _ in cells]
        rows.append(Line(number, [_value(cell) for _, cell in cells]))
    if found:
        raise Mistakes(found)

    def cell_place(line: int, column: int) -> Place:
        return place(lines[0][0] if line < 0 else line, columns[line][column])

    return Sheet(labels, rows, cell_place, textual=True)


def _is_rule(line: str) -> bool:
    return _RULE.fullmatch(line) is not None


def _cells(line: str, frame: _Frame) -> list[tuple[int, str]]:
    """The cells of a line without the blanks around them, each with the column at which it begins."""
    cells = [(start + len(cell) - len(cell.lstrip()), cell.strip()) for start, cell in _divided(line, frame.bars)]
    if frame.left and line.lstrip().startswith("|"):
        cells = cells[1:]
    if frame.right and len(cells) > 1 and line.rstrip().endswith("|"):
        cells = cells[:-1]
    return cells


def _divided(line: str, bars: bool) -> Iterator[tuple[int, str]]:
    """What stands between the dividers, none of which is inside of quotes or a template."""
    start = at = 0 if bars else len(line) - len(line.lstrip())
    end = len(line) if bars else len(line.rstrip())
    while at < end:
        whole = _whole(line, at, start, end)
        divider = None if bars else _BLANKS.match(line, at, end)
        if whole is not None:
            at = whole
        elif bars and line[at] == "|":
            yield start, line[start:at]
            start = at = at + 1
        elif divider is not None:
            yield start, line[start:at]
            start = at = divider.end()
        else:
            at += 1
    yield start, line[start:end]


def _whole(line: str, at: int, start: int, end: int) -> int | None:
    """Where a template, or quotes at the beginning of a cell, end; None where there is neither at this place."""
    if line.startswith("{{", at):
        return expression_end(line, at)
    if line[at] in _QUOTES and not line[start:at].strip():
        close = line.find(line[at], at + 1, end)
        return close + 1 if close > 0 else None
    return None


def _value(cell: str) -> str | None:
    if cell == "NULL":
        return None
    if len(cell) > 1 and cell[0] == cell[-1] and cell[0] in _QUOTES:
        return Quoted(cell[1:-1])
    return cell
