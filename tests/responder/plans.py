"""Plans of stub files, read and asked without anything that looks stubs up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest
from sessions import FakeSession, workspace_of
from twisted.internet.task import Clock

from sockservice.answers import Answer, Request
from sockservice.errors import ConfigurationError
from sockservice.responder.answering.plan import Plan
from sockservice.responder.answering.situation import Situation
from sockservice.responder.stub_set import StubSet
from sockservice.responder.tally import Tally

NOON = 1_709_208_000.0
"""29 February 2024, 12:00 UTC."""


def plan_of(folder: Path, then: str, *, regex: str = ".*", head: str = "", name: str = "it", beside: str = "") -> Plan:
    """The plan of a stub whose ``then`` is YAML text of one or several lines, which begin at the sixth line."""
    lines = "".join(f"    {line}\n" for line in then.splitlines())
    path = folder / "stubs.yaml"
    path.write_text(
        f"version: 1\n{head or 'service: mysql'}\nstubs:\n- name: {name}\n  when: {{regex: '{regex}'}}\n"
        f"  {beside + chr(10) + '  ' if beside else ''}then:\n{lines}",
        encoding="utf-8",
    )
    return StubSet.load([path]).stubs[0].then


@attrs.define
class Asking:
    """One who asks a plan, call by call."""

    plan: Plan
    clock: Clock = attrs.field(factory=Clock)
    workspace: Any = None
    session: Any = attrs.field(factory=FakeSession)
    tally: Tally = attrs.field(factory=Tally)

    def __attrs_post_init__(self) -> None:
        self.clock.advance(NOON)
        if self.workspace is None:
            self.workspace = workspace_of(clock=self.clock)

    def ask(self, text: str = "SELECT 1", *params: Any, **groups: str) -> Answer | Any:
        """The answer to the next request; None where the plan is exhausted or passes the request on."""
        self.tally.calls += 1
        step = self.plan.next(self.tally)
        if step is None:
            return None
        request = Request("query", text, self.session, params)
        return step.make(Situation(request, self.workspace, groups, params, self.tally.calls))


def asking(folder: Path, then: str, **kwargs: Any) -> Asking:
    return Asking(plan_of(folder, then, **kwargs))


def cells(answer: Any) -> list[tuple[Any, ...]]:
    """The rows of a result set."""
    return [tuple(row) for row in answer.rows]


def types(answer: Any) -> dict[str, str]:
    """The columns of a result set, with what they are."""
    found = {}
    for column in answer.columns:
        numbers = [str(number) for number in (column.type.length, column.type.decimals) if number is not None]
        found[column.name] = column.type.name + (f"({','.join(numbers)})" if numbers else "")
    return found


def mistakes_of(folder: Path, then: str, **kwargs: Any) -> list[str]:
    """What is wrong with a ``then``, without the folder; of the stub file ``line:column: message``."""
    with pytest.raises(ConfigurationError) as caught:
        plan_of(folder, then, **kwargs)
    assert all(mistake.place is not None for mistake in caught.value.mistakes)
    return [
        str(mistake).replace(f"{folder}/", "").removeprefix("stubs.yaml:").replace(str(folder), "FOLDER")
        for mistake in caught.value.mistakes
    ]
