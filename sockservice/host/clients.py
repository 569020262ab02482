"""The clients of one stream service: who is connected, and the limits they are kept in.

All of it is decided when a client comes or goes, or by a clock; nothing is paid per byte.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from sockservice.errors import counted
from sockservice.host.configuration import Limits
from sockservice.host.ports import StreamPort
from sockservice.interfaces import Address
from sockservice.sockets import Connection
from sockservice.sockets.addresses import show

LOOKS_PER_TIMEOUT = 4
"""How often in an idle timeout the connections are looked at: one ends after 1 to 1¼ times the timeout."""

EPISODE = 60.0
"""Seconds without a refusal after which the next one is news for the log."""


class Clients:
    """The open connections of one service, whichever of its ports they came by.

    Attributes:
        connections: those open now, each with when it was last seen to do something.
        ports: the service's stream ports, to be paused between clients under ``sequential``.
    """

    _log = Logger()

    def __init__(self, name: str, limits: Limits, reactor: IReactorTime, refusal: bytes = b"") -> None:
        """Keep clients in their limits.

        Args:
            name: the service's, for the log.
            limits: what they are.
            reactor: the clock.
            refusal: what a client over ``max_connections`` is told.
        """
        self.connections: dict[Connection, float] = {}
        self.ports: list[StreamPort] = []
        self._name = name
        self._limits = limits
        self._reactor = reactor
        self._refusal = refusal
        self._refused = 0  # in this episode
        self._refused_before = 0  # up to the last look, whether the episode is over
        self._episode: Any = None
        self._finishing: set[Connection] = set()
        self._timer: Any = None

    def admit(self, peer: Address) -> bytes | None:
        """None where this client may come in, else what it is told. Two lines are logged for an episode of refusals."""
        limit = self._limits.max_connections
        if limit is None or len(self.connections) < limit:
            return None
        if not self._refused:
            self._log.warn(
                "{name} has {clients} and refuses more, first {peer}",
                name=self._name,
                clients=counted(limit, "client"),
                peer=show(peer),
            )
            self._episode = self._reactor.callLater(EPISODE, self._quiet_again)
        self._refused += 1
        return self._refusal

    def _quiet_again(self) -> None:
        """Look whether an episode of refusals is over, and tell of it then."""
        if self._refused > self._refused_before:
            self._refused_before = self._refused
            self._episode = self._reactor.callLater(EPISODE, self._quiet_again)
        else:
            self._end_episode()

    def _end_episode(self) -> None:
        assert self._limits.max_connections is not None
        self._log.info(
            "{name} refused {count} over its limit of {clients}",
            name=self._name,
            count=self._refused,
            clients=counted(self._limits.max_connections, "client"),
        )
        self._refused = self._refused_before = 0
        self._episode = None

    def opened(self, connection: Connection) -> None:
        """A client is connected."""
        self.connections[connection] = self._reactor.seconds()
        if self._limits.sequential:
            for port in self.ports:
                port.pause()
        if self._limits.idle_timeout is not None and self._timer is None:
            self._look_later()

    def closed(self, connection: Connection) -> None:
        """A client is gone."""
        del self.connections[connection]
        self._finishing.discard(connection)
        if not self.connections:
            if self._limits.sequential:
                for port in self.ports:
                    port.resume()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _look_later(self) -> None:
        assert self._limits.idle_timeout is not None
        self._timer = self._reactor.callLater(self._limits.idle_timeout / LOOKS_PER_TIMEOUT, self._look)

    def _look(self) -> None:
        """End who has been idle; reset who was asked to end and has still not after as long again."""
        timeout = self._limits.idle_timeout
        assert timeout is not None
        now = self._reactor.seconds()
        self._look_later()
        for connection, seen in list(self.connections.items()):
            if connection.active and connection not in self._finishing:
                connection.active = False
                self.connections[connection] = now
            elif now - seen >= timeout:
                if connection in self._finishing:
                    connection.abort()
                else:
                    self._finishing.add(connection)
                    self.connections[connection] = now
                    connection.finish()

    def finish(self) -> None:
        """Nobody comes any more: ask all to end without cutting an answer short."""
        if self._episode is not None:
            self._episode.cancel()
            self._end_episode()
        for connection in list(self.connections):
            connection.finish()

    def abort(self) -> None:
        """Reset all."""
        for connection in list(self.connections):
            connection.abort()

    def when_gone(self) -> Deferred[Any]:
        """A Deferred of the moment when all that are connected now have gone."""
        return DeferredList([connection.when_closed() for connection in self.connections])
