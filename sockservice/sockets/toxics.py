"""The toxics of one service: they may change while it runs, and hold for connections that are open too."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from random import Random
from typing import TYPE_CHECKING

from twisted.internet.interfaces import IReactorTime

from sockservice.errors import ConfigurationError, did_you_mean
from sockservice.interfaces import DATAGRAM, STREAM, Kind, State
from sockservice.sockets.toxic import Toxic, conflicts
from sockservice.sockets.toxic_datagrams import ToxicDatagrams

if TYPE_CHECKING:
    from sockservice.sockets.connection_factory import ConnectionFactory
    from sockservice.sockets.datagram import DatagramSocket
    from sockservice.sockets.toxic_connection import ToxicConnection


class Toxics(Sequence[Toxic]):
    """The toxics of one service, in the order in which bytes and datagrams go through them.

    Attributes:
        clock: the reactor's.
    """

    def __init__(
        self,
        clock: IReactorTime,
        toxics: Iterable[Toxic] = (),
        *,
        kinds: Collection[Kind] = (STREAM, DATAGRAM),
        who: str = "this service",
    ) -> None:
        """Begin with ``toxics``.

        Args:
            clock: the reactor's.
            toxics: the first ones.
            kinds: what the service listens for.
            who: what messages call the service.

        Raises:
            ConfigurationError: the toxics cannot be those of this service.
        """
        self.clock = clock
        self._kinds = kinds
        self._who = who
        self._toxics: tuple[Toxic, ...] = ()
        self._factories: list[ConnectionFactory] = []
        self._sockets: list[DatagramSocket] = []
        self._layers: set[ToxicConnection] = set()
        self._datagrams: dict[DatagramSocket, ToxicDatagrams] = {}
        self._count = 0
        self.replace(toxics)

    # --- the list, for who administers it

    def __len__(self) -> int:
        return len(self._toxics)

    def __getitem__(self, index: int) -> Toxic:  # type: ignore[override]
        return self._toxics[index]

    def add(self, toxic: Toxic) -> None:
        """One more, behind the others.

        Raises:
            ConfigurationError: there is one of this name, or the service has nothing of its kind.
        """
        self.replace((*self._toxics, toxic))

    def update(self, toxic: Toxic) -> None:
        """Another form of the toxic of the same name, in its place.

        Raises:
            ConfigurationError: there is none of this name.
        """
        at = self._index(toxic.name)
        self.replace((*self._toxics[:at], toxic, *self._toxics[at + 1 :]))

    def remove(self, name: str) -> None:
        """One less.

        Raises:
            ConfigurationError: there is none of this name.
        """
        at = self._index(name)
        self.replace((*self._toxics[:at], *self._toxics[at + 1 :]))

    def reset(self) -> None:
        """None any more."""
        self.replace(())

    def replace(self, toxics: Iterable[Toxic]) -> None:
        """These from now on; those that stay the same go on undisturbed.

        Raises:
            ConfigurationError: they cannot be the toxics of this service; then nothing changes.
        """
        every = tuple(toxics)
        wrong = [ConfigurationError(message) for _, message in conflicts(every, self._kinds, self._who)]
        if wrong:
            raise ConfigurationError.together(wrong)
        self._toxics = every
        for layer in list(self._layers):
            layer.apply()
        for datagrams in self._datagrams.values():
            datagrams.apply()
        if any(toxic.kind is STREAM for toxic in every):
            for factory in self._factories:
                self._slip_under_open(factory)
        for socket in self._sockets:
            self._disturb(socket)

    def _index(self, name: str) -> int:
        names = [toxic.name for toxic in self._toxics]
        if name not in names:
            raise ConfigurationError(f"there is no toxic named {name!r}{did_you_mean(name, names)}")
        return names.index(name)

    # --- for the sockets

    def watch(self, factory: ConnectionFactory) -> None:
        """Disturb the connections of a factory: the lowest one of a port, right above the transport."""
        self._factories.append(factory)
        factory.toxics = self

    def watch_datagrams(self, socket: DatagramSocket) -> None:
        """Disturb the datagrams of a bound socket."""
        self._sockets.append(socket)
        self._disturb(socket)

    def layer(self) -> ToxicConnection | None:
        """What disturbs the next connection, or None while there is no toxic for streams."""
        if not any(toxic.kind is STREAM for toxic in self._toxics):
            return None
        from sockservice.sockets.toxic_connection import ToxicConnection  # where there is no toxic, nobody waits for it

        self._count += 1
        return ToxicConnection(self, self._count)

    def of(self, kind: Kind, stream: str) -> list[Toxic]:
        """The toxics of one kind and direction."""
        return [toxic for toxic in self._toxics if toxic.kind is kind and toxic.stream == stream]

    def roll(self, toxic: Toxic, number: int) -> Random | None:
        """Decide whether a toxic disturbs the connection with this number: its chances there, or None."""
        random = toxic.chances(number)
        return random if random.random() < toxic.toxicity else None

    def began(self, layer: ToxicConnection) -> None:
        """A disturbed connection is there."""
        self._layers.add(layer)

    def ended(self, layer: ToxicConnection) -> None:
        """A disturbed connection is over."""
        self._layers.discard(layer)

    def closed(self, socket: DatagramSocket) -> None:
        """A disturbed socket is closed."""
        self._datagrams.pop(socket)

    def _slip_under_open(self, factory: ConnectionFactory) -> None:
        disturbed = {layer.connection for layer in self._layers}
        for connection in factory.connections - disturbed:
            layer = self.layer()
            assert layer is not None
            layer.under(connection).slip_under()

    def _disturb(self, socket: DatagramSocket) -> None:
        if socket in self._datagrams or not any(toxic.kind is DATAGRAM for toxic in self._toxics):
            return
        if socket.state is not State.CLOSED:
            self._datagrams[socket] = ToxicDatagrams(self, socket, self._sockets.index(socket))
