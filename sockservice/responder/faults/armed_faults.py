"""Faults that are armed: broken answers that strike requests whatever would answer them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

from sockservice.answers import Request
from sockservice.responder.faults.armed_fault import ArmedFault
from sockservice.responder.faults.fault import Fault
from sockservice.responder.sql_prepare import is_sql_prepare

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace

MOST: Final = 1000
"""How many faults may be armed in one workspace: each is looked at for each request, and nobody needs more."""


class ArmedFaults:
    """The faults that are armed in one workspace, in the order in which they were.

    Those of the options and the stub files are armed from the start, and armed anew when the files have changed; of
    those that are the same as before, the counts go on.

    Args:
        workspace: whose.
        always: those that the options name.

    Attributes:
        quiet: the stubs of the files with which no fault may strike; None while one may. While they are the current
            ones, nobody need be asked: it is looked at for each request.
    """

    def __init__(self, workspace: Workspace, always: Sequence[Fault] = ()) -> None:
        self._workspace = workspace
        self._files = workspace.files
        self._of = self._files.current
        self._always = tuple(always)
        self._numbers = itertools.count(1)
        self._armed: list[ArmedFault] = []
        # Those that may strike yet: while there are none, a request costs next to nothing.
        self._live: list[ArmedFault] = []
        self.quiet: object = None
        # How many of the first ones are of the options and files.
        self._given = 0
        self._of_stubs: dict[int, ArmedFault] = {}
        self.reset()

    def __bool__(self) -> bool:
        if self._of is not self._files.current:
            self._read_again()
        return bool(self._live)

    def __iter__(self) -> Iterator[ArmedFault]:
        return iter(self._armed)

    def __len__(self) -> int:
        return len(self._armed)

    def arm(self, fault: Fault) -> int:
        """Arm a fault, behind all that are armed.

        Returns:
            Its number, by which :meth:`disarm` knows it.

        Raises:
            ValueError: too many are armed.
        """
        if len(self._armed) >= MOST:
            over = next((armed for armed in self._armed[self._given :] if armed.over), None)
            if over is None:
                raise ValueError(f"{MOST} faults are armed; disarm some first")
            self._armed.remove(over)
        armed = ArmedFault(next(self._numbers), fault, self._workspace)
        self._armed.append(armed)
        self._use((*self._live, armed))
        return armed.number

    def disarm(self, which: int | str) -> int:
        """Disarm a fault by its number, or all of a name.

        Returns:
            How many that were.
        """
        kept = [armed for armed in self._armed if which not in (armed.number, armed.fault.name)]
        count = len(self._armed) - len(kept)
        self._given -= sum(armed not in kept for armed in self._armed[: self._given])
        self._armed = kept
        self._use(armed for armed in self._live if armed in kept)
        return count

    def strike(self, request: Request) -> Fault | None:
        """The fault that strikes a request, which is counted; None for most.

        What EXECUTE runs is a request of its own, so that PREPARE, EXECUTE and DEALLOCATE as statements are never
        struck.
        """
        if request.command == "query" and is_sql_prepare(request.text):
            return None
        ended = False
        found = None
        for armed in self._live:
            if armed.strikes(request):
                found = armed.fault
                break
            ended = ended or armed.over
        if ended:
            self._use(armed for armed in self._live if not armed.over)
        return found

    def of_stub(self, fault: Fault) -> ArmedFault:
        """The counts of a fault that a stub names."""
        armed = self._of_stubs.get(id(fault))
        if armed is None:
            if len(self._of_stubs) >= MOST:
                del self._of_stubs[next(iter(self._of_stubs))]
            armed = self._of_stubs[id(fault)] = ArmedFault(0, fault, self._workspace)
        return armed

    def clear(self) -> None:
        """Disarm all, those of the options and files too."""
        self._armed, self._given = [], 0
        self._use(())

    def _use(self, live: Iterable[ArmedFault]) -> None:
        """Others may strike from now on."""
        self._live = list(live)
        self.quiet = None if self._live else self._of

    def reset(self) -> None:
        """As at the beginning: those of the options and files are armed, with new counts, and no others."""
        self.clear()
        self._of_stubs.clear()
        self._read_again()

    def _read_again(self) -> None:
        """The files were read again: their faults may be others."""
        self._of = self._files.current
        before, others = self._armed[: self._given], self._armed[self._given :]
        given: list[ArmedFault] = []
        for fault in (*self._always, *self._of.faults):
            same = next((armed for armed in before if armed.fault == fault), None)
            if same is None:
                given.append(ArmedFault(next(self._numbers), fault, self._workspace))
            else:
                before.remove(same)
                given.append(same)
        self._given = len(given)
        self._armed = [*given, *others]
        self._use(armed for armed in self._armed if not armed.over)
        # A stub's fault is another object in each reading: the counts of those before are of no use.
        self._of_stubs.clear()
