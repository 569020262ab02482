"""The clients of one stream service: who is connected, and the limits they are kept in.

All of it is decided when a client comes or goes, or by a clock; nothing is paid per byte.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred, DeferredList
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from sockservice.host.configuration import Limits
from sockservice.host.ports import StreamPort
from sockservice.interfaces import Address
from sockservice.sockets import Connection

LOOKS_PER_TIMEOUT = 4
"""How often in an idle timeout the connections are looked at: one ends after 1 to 1¼ times the timeout."""


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
        self._full = False
        self._finishing: set[Connection] = set()
        self._timer: Any = None

    def admit(self, peer: Address) -> bytes | None:
        """None where this client may come in, else what it is told. One line is logged each time we become full."""
        limit = self._limits.max_connections
        if limit is None or len(self.connections) < limit:
            return None
        if not self._full:
            self._full = True
            self._log.warn(
                "{name} has {limit} clients and refuses more, first {peer}", name=self._name, limit=limit, peer=peer
            )
        return self._refusal

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
        self._full = False
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
                    self._log.debug("{name} closes idle {connection}", name=self._name, connection=connection)
                    self._finishing.add(connection)
                    self.connections[connection] = now
                    connection.finish()

    def finish(self) -> None:
        """Ask all to end without cutting an answer short."""
        for connection in list(self.connections):
            connection.finish()

    def abort(self) -> None:
        """Reset all."""
        for connection in list(self.connections):
            connection.abort()

    def when_gone(self) -> Deferred[Any]:
        """A Deferred of the moment when all that are connected now have gone."""
        return DeferredList([connection.when_closed() for connection in self.connections])
