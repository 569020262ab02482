"""What templates may use: the request, the session, the workspace, time and chance."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from sockservice.interfaces import ISession
from sockservice.responder.answering.dice import Dice
from sockservice.responder.answering.durations import read_duration
from sockservice.responder.answering.situation import Situation
from sockservice.responder.answering.templates.template import Names
from sockservice.responder.chatter import variables
from sockservice.time_zones import zone_of

KNOWN: Final = frozenset(
    """params groups session counter now random random_int choice uuid fake state call text range""".split()
)
"""The names that every template may use; those of the groups of a regular expression come to them."""

COUNTERS: Final = 10_000
"""Counters of one workspace: their names may come from clients."""


class View:
    """Something whose public attributes templates may read, and nothing else of it."""


class SessionView(View):
    """The session as templates see it.

    Args:
        session: the real one.

    Attributes:
        user: whose it is.
        host: the client's address.
        database: the current one.
        connection_id: CONNECTION_ID().
        client: the connection attributes, by name.
        variables: the session's variables that were set, by name in lower case.
    """

    def __init__(self, session: ISession) -> None:
        self.user: str = session.user
        self.host: str = session.host
        self.database: str = session.database
        self.connection_id: int = session.connection_id
        self.client: Mapping[str, str] = session.client
        self.variables: Mapping[str, Any] = session.variables


class FakeView(View):
    """Invented data, as in ``fake.name()``.

    Args:
        random: where the inventions come from.
    """

    def __init__(self, random: Random) -> None:
        self._random = random

    def __getattr__(self, name: str) -> Callable[..., Any]:
        from sockservice.responder.answering.templates.fake_data import invention

        return invention(name, self._random)


def names_of(situation: Situation, dice: Dice) -> Names:
    """All names for the templates of one answer.

    Args:
        situation: which request is answered.
        dice: where chance comes from.
    """
    request, workspace = situation.request, situation.workspace
    random = dice.random(workspace)
    return {
        **situation.groups,
        "params": situation.values or request.params,
        "groups": situation.groups,
        "session": SessionView(request.session),
        "counter": functools.partial(_count, workspace.counters),
        "now": functools.partial(_now, request.session, workspace.clock.seconds()),
        "random": random.random,
        "random_int": functools.partial(_random_int, random),
        "choice": functools.partial(_choice, random),
        "uuid": functools.partial(_uuid, random),
        "fake": FakeView(random),
        "state": workspace.state,
        "call": situation.call,
        "text": request.text,
    }


def _count(counters: dict[str, int], name: str, start: int = 1, step: int = 1) -> int:
    """The next number of a counter of the workspace: ``start``, then ``step`` more each time."""
    if name not in counters and len(counters) >= COUNTERS:
        raise ValueError(f"a workspace has at most {COUNTERS:,} counters")
    if not isinstance(name, str) or not isinstance(start, int) or not isinstance(step, int):
        raise ValueError("counter takes a name and whole numbers: counter('order', start=1000, step=1)")
    counters[name] = number = counters[name] + step if name in counters else start
    return number


def _now(session: ISession, seconds: float, shift: Any = 0) -> datetime:
    """This moment in the session's time zone, as NOW() gives it, later or earlier by ``shift``.

    ``SET timestamp`` holds it still, as it does NOW().
    """
    stamp = session.variables.get("timestamp")
    moment = datetime.fromtimestamp(float(stamp) if stamp else seconds, UTC)
    local = moment.astimezone(zone_of(str(variables.read(session, "time_zone").value))).replace(tzinfo=None)
    return local + _shift(shift)


def _shift(shift: Any) -> timedelta:
    if isinstance(shift, timedelta):
        return shift
    if isinstance(shift, str):
        duration = read_duration(shift.strip().lstrip("+-"))
        return timedelta(seconds=-duration if shift.strip().startswith("-") else duration)
    return timedelta(seconds=-read_duration(-shift) if shift < 0 else read_duration(shift))


def _random_int(random: Random, low: int, high: int) -> int:
    """A whole number from ``low`` to ``high``, both included."""
    return random.randint(low, high)


def _choice(random: Random, *items: Any) -> Any:
    """One of the items; of a single list or range, one of what is in it."""
    one = items[0] if len(items) == 1 else items
    return random.choice(one if isinstance(one, (Sequence, range)) else items)


def _uuid(random: Random) -> str:
    """A random UUID as text."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))
