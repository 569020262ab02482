"""Criteria that text does not decide: ``session``, ``state``, ``command``, and ``python``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

import attrs
import msgspec
from twisted.logger import Logger

from sockservice.answers import Request
from sockservice.interfaces import ISession
from sockservice.responder.chatter import variables
from sockservice.responder.matching.criterion import NOTHING
from sockservice.responder.matching.differences import listed
from sockservice.responder.matching.identity import before_workspace
from sockservice.responder.matching.subject import Subject

_STATEMENTS: Final = frozenset(["query", "execute"])
_FLAGS: Final = {"on": "1", "true": "1", "off": "0", "false": "0"}


def comparable(value: Any) -> str:
    """How a value of a session is compared: by its text in any case; a flag is 1 or 0."""
    text = str(value).casefold()
    return _FLAGS.get(text, text)


@attrs.frozen(eq=False)
class OfSession:
    """One of the things that ``session`` asks for.

    Attributes:
        name: what it is called: ``user``, ``client.program_name``, ``var.time_zone``.
        wanted: the values that are right.
        read: reads it from a session, comparable to those; None where the session has none.
    """

    name: str
    wanted: tuple[Any, ...]
    read: Callable[[ISession], Any]
    fixed = False
    weight = NOTHING

    def holds(self, subject: Subject) -> bool:
        """Whether the session has one of the values."""
        return self.read(subject.session) in self.wanted

    def why_not(self, subject: Subject) -> str:
        """What it has."""
        got = self.read(subject.session)
        shown = "none" if got is None or got == "" else listed([got])
        return f"session.{self.name}: expected {listed(self.wanted, ' or ')}, got {shown}"


READ: Final[Mapping[str, Callable[[ISession], Any]]] = {
    "user": lambda session: before_workspace(session.user),
    "host": lambda session: session.host.lower(),
    "database": lambda session: before_workspace(session.database).lower(),
    "tls": lambda session: session.tls is not None,
    "in_transaction": lambda session: bool(session.in_transaction),
    "autocommit": lambda session: bool(session.autocommit),
}
"""What ``session`` asks for by one value, and how a session is asked."""


def attribute(name: str) -> Callable[[ISession], Any]:
    """Reads a connection attribute."""
    return lambda session: session.client.get(name)


def variable(name: str) -> Callable[[ISession], Any]:
    """Reads a system variable, or an ``@`` variable of the user's.

    Args:
        name: in any case, with its ``@`` where it has one. None is read where there is no such variable.
    """
    name = name.lower()
    if name.startswith("@"):
        own = name[1:]
        return lambda session: comparable(session.user_variables[own]) if own in session.user_variables else None
    known = variables.variables().get(name)
    if known is None:
        return lambda _: None
    return lambda session: comparable(variables.value_of(session, known, of_session=True))


@attrs.frozen(eq=False)
class InState:
    """``state``: a scenario is in a state.

    Attributes:
        scenario: which one.
        state: the state.
    """

    scenario: str
    state: str
    fixed = False
    weight = NOTHING

    def holds(self, subject: Subject) -> bool:
        """Whether it is."""
        return subject.state(self.scenario) == self.state

    def why_not(self, subject: Subject) -> str:
        """The state that it is in."""
        state = subject.state(self.scenario)
        is_now = listed([state]) if state else "in none"
        return f"state {listed([self.scenario])}: expected {listed([self.state])}, is {is_now}"


@attrs.frozen(eq=False)
class OfCommand:
    """``command``: the request is one of these commands.

    Attributes:
        commands: as a :class:`sockservice.answers.Request` has them.
    """

    commands: frozenset[str]
    weight = NOTHING

    @property
    def fixed(self) -> bool:
        """Whether it makes no difference if a statement was prepared: a verdict is remembered for both."""
        return len(self.commands & {"query", "execute"}) != 1

    def holds(self, subject: Subject) -> bool:
        """Whether it is, or is a statement that is prepared for one of them."""
        command = subject.request.command
        return command in self.commands or (command == "prepare" and "execute" in self.commands)

    def why_not(self, subject: Subject) -> str:
        """Which one it is."""
        return f"command: expected {listed(sorted(self.commands), ' or ')}, got {subject.request.command}"


@attrs.define(eq=False)
class ByCode:
    """``python``: a function of the author's says so.

    Attributes:
        reference: how the file names it.
        function: it; the ``params`` of the request that it is given are the values that a stub knows.
        holes: the holes of the shape that those are, as for ``params``; None: what is bound, or all literals.
    """

    reference: str
    function: Callable[[Request], Any]
    holes: tuple[int, ...] | None = None
    told: bool = False
    fixed = False
    weight = NOTHING
    _log: ClassVar[Logger] = Logger()

    def holds(self, subject: Subject) -> bool:
        """Whether it gives something true. What it raises is logged, once, and means no."""
        try:
            found = self.function(self._request(subject))
            if inspect.isawaitable(found):
                getattr(found, "close", bool)()
                raise TypeError("it must give true or false at once, not an awaitable")
            return bool(found)
        except Exception:
            if not self.told:
                self.told = True
                self._log.failure("the matcher {reference} failed; its stub does not answer", reference=self.reference)
            return False

    def _request(self, subject: Subject) -> Request:
        """The request with the values that stand in its statement, where that is a text of SQL that is not too long."""
        request = subject.request
        if request.command not in _STATEMENTS or subject.outline is None:
            return request
        values = subject.values(self.holes)
        return request if values == request.params else msgspec.structs.replace(request, params=values)

    def why_not(self, subject: Subject) -> str:  # noqa: ARG002
        """What is known of it."""
        return f"python: {self.reference} {'has failed, see the log' if self.told else 'says no'}"
