"""The reactor for endpoints that Twisted opens itself: what listens through it can be disturbed by toxics."""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import IListeningPort, IProtocolFactory
from zope.interface import directlyProvides, providedBy

from sockservice.host.socket_endpoint import lowest_factory
from sockservice.sockets.toxics import Toxics


class DisturbedReactor:
    """A reactor whose listening ports have toxics right above their transports; all else is the reactor's own."""

    def __init__(self, reactor: Any, toxics: Toxics) -> None:
        """Stand for ``reactor``.

        Args:
            reactor: the real one.
            toxics: what disturbs the connections.
        """
        self._reactor = reactor
        self._toxics = toxics
        directlyProvides(self, providedBy(reactor))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reactor, name)

    def _lowest(self, factory: IProtocolFactory) -> IProtocolFactory:
        return lowest_factory(factory, self._reactor, self._toxics)

    def listenTCP(self, port: int, factory: IProtocolFactory, *arguments: Any, **named: Any) -> IListeningPort:
        """See IReactorTCP."""
        opened: IListeningPort = self._reactor.listenTCP(port, self._lowest(factory), *arguments, **named)
        return opened

    def listenSSL(
        self, port: int, factory: IProtocolFactory, contextFactory: Any, *arguments: Any, **named: Any
    ) -> IListeningPort:
        """See IReactorSSL. What is disturbed is below TLS here too."""
        import twisted.protocols.tls

        untyped: Any = twisted.protocols.tls
        return self.listenTCP(port, untyped.TLSMemoryBIOFactory(contextFactory, False, factory), *arguments, **named)

    def listenUNIX(self, address: Any, factory: IProtocolFactory, *arguments: Any, **named: Any) -> IListeningPort:
        """See IReactorUNIX."""
        opened: IListeningPort = self._reactor.listenUNIX(address, self._lowest(factory), *arguments, **named)
        return opened

    def adoptStreamPort(self, fileDescriptor: int, addressFamily: Any, factory: IProtocolFactory) -> IListeningPort:
        """See IReactorSocket."""
        opened: IListeningPort = self._reactor.adoptStreamPort(fileDescriptor, addressFamily, self._lowest(factory))
        return opened
