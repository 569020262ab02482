"""What the tables of the control show: the journal, the stubs, the states and the faults of one workspace."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, overload

import msgspec

from sockservice.answers import Value
from sockservice.responder.journal import Entry
from sockservice.responder.journal_view import json_text, message_of, near_of, params_of, text_of
from sockservice.responder.stub import WHILE_RUNNING, Stub
from sockservice.responder.tally import Tally

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace

Row = Sequence[Value]


def rows_of(table: str, workspace: Workspace) -> Iterable[Row]:
    """The rows of a table.

    Args:
        table: its name in lower case: one of the database ``sockservice`` in the catalogue.
        workspace: whose.
    """
    return _TABLES[table](workspace)


# --- the journal ------------------------------------------------------------------------------


class LazyRow(Sequence[Value]):
    """A row whose cells are made when they are asked for: most queries need a few of many.

    Args:
        cells: what makes each cell.
        subject: what the row is about: the arguments of those.
    """

    __slots__ = ("_cells", "_subject")

    def __init__(self, cells: Sequence[Callable[..., Value]], *subject: Any) -> None:
        self._cells = cells
        self._subject = subject

    def __len__(self) -> int:
        return len(self._cells)

    @overload
    def __getitem__(self, place: int) -> Value: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Value]: ...

    def __getitem__(self, place: int | slice) -> Value:
        if isinstance(place, slice):
            return [cell(*self._subject) for cell in self._cells[place]]
        return self._cells[place](*self._subject)


def _moment(seconds: float) -> datetime.datetime:
    """A time as DATETIME has it: in the server's time zone, as NOW() says it."""
    return datetime.datetime.fromtimestamp(seconds)


_JOURNAL: Final[Sequence[Callable[[int, Entry], Value]]] = (
    lambda number, _entry: number,
    lambda _number, entry: _moment(entry.time),
    lambda _number, entry: entry.duration,
    lambda _number, entry: entry.asker.connection_id,
    lambda _number, entry: entry.asker.user,
    lambda _number, entry: entry.asker.database or None,
    lambda _number, entry: entry.command,
    lambda _number, entry: text_of(entry),
    lambda _number, entry: json_text(params_of(entry)) if entry.params else None,
    lambda _number, entry: entry.source.kind,
    lambda _number, entry: entry.source.name or None,
    lambda _number, entry: json_text(entry.source.tags) if entry.source.tags else None,
    lambda _number, entry: entry.rows,
    lambda _number, entry: entry.error or None,
    lambda _number, entry: message_of(entry) or None,
    lambda _number, entry: near_of(entry) or None,
)
"""The cells of a row of the journal, in the order of the catalogue."""


def _journal(workspace: Workspace) -> Iterator[Row]:
    return (LazyRow(_JOURNAL, number, entry) for number, entry in list(workspace.journal.numbered()))


def _unmatched(workspace: Workspace) -> Iterator[Row]:
    """The statements that no stub answered, each once, the last one last."""
    found: dict[tuple[str, str], tuple[int, int, Entry]] = {}
    for number, entry in workspace.journal.numbered():
        if entry.source.kind == "fallback" or (entry.source.kind == "sql" and entry.near):
            key = (entry.command, entry.text)
            times, _, _ = found.pop(key, (0, 0, entry))
            found[key] = (times + 1, number, entry)
    for times, number, entry in found.values():
        yield text_of(entry), times, number, _moment(entry.time), near_of(entry) or None


# --- the rest ---------------------------------------------------------------------------------


_STUBS: Final[Sequence[Callable[[Stub, Tally], Value]]] = (
    lambda stub, _tally: stub.name,
    lambda stub, _tally: _place(stub)[0],
    lambda stub, _tally: _place(stub)[1],
    lambda stub, _tally: stub.rank.priority,
    lambda stub, _tally: "running" if stub.rank.layer == WHILE_RUNNING else "file",
    lambda _stub, tally: max(tally.calls, tally.answered),
    lambda _stub, tally: tally.answered,
    lambda stub, tally: int(_exhausted(stub, tally)),
    lambda stub, _tally: stub.when.overrun or None,
)
"""The cells of a row of a stub, in the order of the catalogue."""


def _stubs(workspace: Workspace) -> Iterator[Row]:
    """The stubs in the order in which they are tried, and what keeps files from being used."""
    for stub in sorted(workspace.stubs.stubs, key=lambda stub: stub.rank):
        yield LazyRow(_STUBS, stub, workspace.stubs.tally(stub))
    for problem in workspace.files.problems:
        yield None, problem.split(":", 1)[0], None, None, "file", None, None, None, problem


def _exhausted(stub: Stub, tally: Tally) -> bool:
    """Whether all answers of a stub are used up, so that it passes requests on."""
    last = len(stub.then.steps) - 1
    times = stub.then.steps[last].times or 1
    return stub.then.ends and (tally.step > last or (tally.step == last and tally.given >= times))


def _place(stub: Stub) -> tuple[str | None, int | None]:
    """File and line of a stub; neither where it is in no file."""
    place = None if stub.locate is None else stub.locate()
    return (None, None) if place is None else (str(place.path), place.line)


def _states(workspace: Workspace) -> Iterator[Row]:
    for scenario in sorted({*workspace.files.current.initial_states, *workspace.states}):
        yield scenario, workspace.state(scenario)


def _faults(workspace: Workspace) -> Iterator[Row]:
    for armed in workspace.faults:
        parameters = json_text(msgspec.to_builtins(armed.fault.parameters))
        yield armed.number, armed.fault.name, parameters, armed.met, armed.struck, armed.left


def _workspace(workspace: Workspace) -> Iterator[Row]:
    journal = workspace.journal
    yield workspace.name, len(workspace.stubs.stubs), len(journal), journal.evicted


_TABLES: Final[Mapping[str, Callable[[Workspace], Iterable[Row]]]] = {
    "journal": _journal,
    "unmatched": _unmatched,
    "stubs": _stubs,
    "states": _states,
    "faults": _faults,
    "workspace": _workspace,
}
