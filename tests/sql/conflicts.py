"""Transactions that get in each other's way: several connections, step by step, and what each is to be answered.

Each connection has a thread of its own, so that a statement can wait for a lock while the others go on. A scenario says
what must happen, so it can be run on any server; ``conflict_scenarios.py`` has them all.
"""

from __future__ import annotations

import socket
from concurrent.futures import Future, ThreadPoolExecutor

import pymysql
from conflict_steps import PROMPT, GoesOn, Leaves, OneFails, Says, Scenario, Step, Waits
from outcomes import CHARACTER_SET, Address, Outcome, ask, drop

PAUSE = 0.3
"""How long a statement must have had no answer to count as one that waits, in seconds."""


def run(scenario: Scenario, address: Address) -> list[str]:
    """Play a scenario.

    Returns:
        What went wrong: one line for the step at which it did, since no later one means anything then; else nothing.
    """
    database = "conflicts_" + "_".join(scenario.name.split()).replace(",", "")[:50]
    drop(address, database)
    try:
        with _Play(address, database) as play:
            prepared = [f"CREATE DATABASE {database} {CHARACTER_SET}", f"USE {database}", *scenario.tables]
            for number, step in enumerate([*(Says("set-up", text) for text in prepared), *scenario.steps]):
                if mistake := play.take(step):
                    return [f"step {number - len(prepared) + 1}, {step.connection}: {mistake}"]
    except (pymysql.MySQLError, OSError) as error:
        return [f"no connection: {error}"]
    finally:
        drop(address, database)
    return []


class _Speaker:
    """A connection with its thread."""

    def __init__(self, address: Address, database: str) -> None:
        self.raw = address.connect()
        self.mysql = "mariadb" not in self.raw.get_server_info().lower()
        self.thread = ThreadPoolExecutor(1)
        self.pending: Future[Outcome] | None = None
        if database:
            ask(self.raw, f"USE {database}")

    def send(self, text: str) -> Future[Outcome]:
        """Send a statement."""
        self.pending = self.thread.submit(ask, self.raw, text, False)
        return self.pending

    def leave(self) -> None:
        """Break the connection, also while a statement waits."""
        if self.raw._sock is not None:
            self.raw._sock.shutdown(socket.SHUT_RDWR)
        self.thread.shutdown()
        if self.raw.open:
            self.raw._force_close()


class _Play:
    """The connections of a scenario, each opened when it is first used."""

    def __init__(self, address: Address, database: str) -> None:
        self.address, self.database = address, database
        self.speakers: dict[str, _Speaker] = {}

    def __enter__(self) -> _Play:
        return self

    def __exit__(self, *exception: object) -> None:
        for name in list(self.speakers):
            self.speakers.pop(name).leave()

    def take(self, step: Step) -> str:
        """Do one step; what went wrong, or ""."""
        if isinstance(step, Leaves):
            self.speakers.pop(step.connection).leave()
            return ""
        speaker = self._speaker(step.connection)
        if isinstance(step, Says):
            outcome = _outcome(speaker.send(step.text), PROMPT)
            return _told(step.text, step.answered.mistake(outcome, speaker.mysql) if outcome else "it waits")
        if isinstance(step, Waits):
            outcome = _outcome(speaker.send(step.text), PAUSE)
            return _told(step.text, f"it does not wait: {outcome}" if outcome else "")
        if isinstance(step, GoesOn):
            assert speaker.pending is not None
            outcome = _outcome(speaker.pending, step.seconds)
            return step.answered.mistake(outcome, speaker.mysql) if outcome else "it still waits"
        return self._one_fails(step, speaker)

    def _one_fails(self, step: OneFails, speaker: _Speaker) -> str:
        other = self._speaker(step.waiting)
        assert other.pending is not None
        outcomes = [_outcome(future, PROMPT) for future in (speaker.send(step.text), other.pending)]
        if None in outcomes:
            return f"{step.text}: one of the two still waits: {outcomes}"
        codes = sorted(outcome.failure.code if outcome.failure else 0 for outcome in outcomes if outcome)
        return "" if codes == [0, step.error] else f"{step.text}: expected one error {step.error}, got {codes}"

    def _speaker(self, name: str) -> _Speaker:
        if name not in self.speakers:
            self.speakers[name] = _Speaker(self.address, "" if name == "set-up" else self.database)
        return self.speakers[name]


def _outcome(future: Future[Outcome], seconds: float) -> Outcome | None:
    """The answer, or None if it does not come in time."""
    try:
        return future.result(seconds)
    except TimeoutError:
        return None


def _told(text: str, mistake: str) -> str:
    return f"{text}: {mistake}" if mistake else ""
