"""The procedures of the control: what ``CALL sockservice.…`` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import attrs

from sockservice.answers import Answer, Column, Ok, Rows, Value
from sockservice.errors import did_you_mean
from sockservice.responder.chatter.cells import to_text
from sockservice.show_columns import labelled

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace

LONGEST: Final = 1024 * 1024
"""Characters of YAML that one call takes: to read them takes a second, in which nobody else is answered."""
STUBS: Final = 10_000
"""How many stubs a workspace may have for itself: as many as a large set of files."""
STATES: Final = 10_000
"""How many scenarios may have a state in one workspace."""
LONGEST_NAME: Final = 255
"""Characters of the name of a scenario, and of a state."""

_DONE: Final = Ok()


@attrs.frozen
class Procedure:
    """A procedure.

    Attributes:
        usage: how it is written, for messages.
        call: does it in a workspace with the arguments; raises ValueError or ConfigurationError where they are wrong.
        least: how many arguments it takes at least.
        most: how many at most.
        columns: of the rows that it answers; none for OK.
    """

    usage: str
    call: Callable[[Workspace, Sequence[Value]], Answer]
    least: int
    most: int
    columns: tuple[Column, ...] = ()


_NAMES: Final = labelled({"stub": "VARCHAR(255)"})


def _stub(workspace: Workspace, arguments: Sequence[Value]) -> Answer:
    # YAML takes long to import, and nobody may ever need it.
    from sockservice.responder.control.stub_text import stubs_of

    (text,) = _texts(arguments, "stub", longest=LONGEST)
    stubs = stubs_of(text, workspace.stubs.added + 1)
    if len(stubs) + workspace.stubs.own > STUBS:
        raise ValueError(f"a workspace has at most {STUBS:,} stubs of its own; CALL sockservice.reset('stubs')")
    workspace.stubs.add(stubs)
    return Rows(_NAMES, tuple((stub.name,) for stub in stubs))


def _reset(workspace: Workspace, arguments: Sequence[Value]) -> Answer:
    if not arguments:
        workspace.reset()
        return _DONE
    (what,) = _texts(arguments, "reset")
    resets: dict[str, Callable[[], None]] = {
        "journal": workspace.journal.clear,
        "stubs": workspace.stubs.reset,
        "states": workspace.reset_states,
        "faults": workspace.reset_faults,
        "data": workspace.reset_data,
    }
    reset = resets.get(what.lower())
    if reset is None:
        raise ValueError(f"there is no {what!r:.80} to reset{did_you_mean(what.lower(), resets)}")
    reset()
    return _DONE


def _set_state(workspace: Workspace, arguments: Sequence[Value]) -> Answer:
    scenario, state = _texts(arguments, "set_state", longest=LONGEST_NAME)
    if not scenario:
        raise ValueError("the name of the scenario is empty")
    if scenario not in workspace.states and len(workspace.states) >= STATES:
        raise ValueError(f"at most {STATES:,} scenarios have a state; CALL sockservice.reset('states')")
    workspace.states[scenario] = state
    return _DONE


def _fault(workspace: Workspace, arguments: Sequence[Value]) -> Answer:
    from sockservice.responder.control.fault_text import fault_of

    workspace.faults.arm(fault_of(*_texts(arguments, "fault", longest=LONGEST)))
    return _DONE


def _unfault(workspace: Workspace, arguments: Sequence[Value]) -> Answer:
    if not arguments:
        workspace.faults.clear()
        return _DONE
    (which,) = _texts(arguments, "unfault")
    known = {armed.fault.name for armed in workspace.faults}
    if not workspace.faults.disarm(int(which) if which.isdecimal() else which):
        raise ValueError(f"no fault {which!r:.80} is armed{did_you_mean(which, known)}")
    return _DONE


def _texts(arguments: Sequence[Value], name: str, longest: int = LONGEST_NAME) -> list[str]:
    """The arguments as texts.

    Raises:
        ValueError: one is NULL or too long.
    """
    found = []
    for place, argument in enumerate(arguments, 1):
        if argument is None:
            raise ValueError(f"argument {place} of sockservice.{name} is NULL")
        text = to_text(argument)
        if len(text) > longest:
            raise ValueError(f"argument {place} of sockservice.{name} has more than {longest:,} characters")
        found.append(text)
    return found


PROCEDURES: Final[Mapping[str, Procedure]] = {
    "stub": Procedure("stub(yaml)", _stub, 1, 1, _NAMES),
    "reset": Procedure("reset(['journal' | 'stubs' | 'states' | 'faults' | 'data'])", _reset, 0, 1),
    "set_state": Procedure("set_state(scenario, state)", _set_state, 2, 2),
    "fault": Procedure("fault(name [, parameters])", _fault, 1, 2),
    "unfault": Procedure("unfault([name or number])", _unfault, 0, 1),
}
"""Every procedure by its name in lower case."""
