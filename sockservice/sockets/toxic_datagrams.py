"""The toxics of datagrams: what networks do to single messages, on one bound socket, in both directions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs
from twisted.internet.error import InvalidAddressError, MessageLengthError
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from sockservice.interfaces import DATAGRAM
from sockservice.sockets.toxic import DOWNSTREAM, UPSTREAM, Toxic

if TYPE_CHECKING:
    from sockservice.sockets.datagram import DatagramSocket
    from sockservice.sockets.toxics import Toxics

Message: TypeAlias = tuple[bytes, Any]
"""A datagram, and whom it is from or to."""

MAX_HELD: Final = 1024
"""How many datagrams one toxic holds; a network with more than it can hold loses the next one, and so does it."""


class DatagramStage:
    """One toxic on one direction of one socket.

    Attributes:
        toxic: which.
        next: where datagrams go on to.
    """

    next: Callable[[Message], object]

    def __init__(self, toxic: Toxic, clock: IReactorTime, random: Random) -> None:
        """Wait for datagrams.

        Args:
            toxic: how to disturb.
            clock: the reactor's.
            random: the chances of this toxic on this socket.
        """
        self.toxic = toxic
        self._clock = clock
        self._random = random

    def _happens(self) -> bool:
        """Whether what has a ``rate`` happens to the next datagram."""
        return self._random.random() < self.toxic.attributes["rate"]

    def take(self, message: Message) -> None:
        """One datagram; the toxicity says whether it is disturbed."""
        if self._random.random() < self.toxic.toxicity:
            self.disturb(message)
        else:
            self.next(message)

    def disturb(self, message: Message) -> None:
        """What the toxic does."""
        raise NotImplementedError

    def remove(self) -> None:
        """The toxic is gone: what is held goes on at once."""

    def drop(self) -> None:
        """The socket is closed: what is held is lost."""


class Loss(DatagramStage):
    """``loss``: the share ``rate`` is lost."""

    def disturb(self, message: Message) -> None:
        """Lose it, or not."""
        if not self._happens():
            self.next(message)


class Duplicate(DatagramStage):
    """``duplicate``: the share ``rate`` comes twice."""

    def disturb(self, message: Message) -> None:
        """Pass it on, perhaps twice."""
        self.next(message)
        if self._happens():
            self.next(message)


class HoldingDatagrams(DatagramStage):
    """A toxic that holds datagrams, each with a timer of its own."""

    def __init__(self, toxic: Toxic, clock: IReactorTime, random: Random) -> None:
        super().__init__(toxic, clock, random)
        self._held: dict[object, tuple[Message, Any]] = {}

    def _hold(self, message: Message, seconds: float) -> None:
        """Hold a datagram for so long."""
        if len(self._held) < MAX_HELD:
            key = object()
            self._held[key] = message, self._clock.callLater(seconds, self._let_go, key)

    def _let_go(self, key: object) -> None:
        if key in self._held:
            message, timer = self._held.pop(key)
            if timer.active():
                timer.cancel()
            self.next(message)

    def remove(self) -> None:
        """See DatagramStage."""
        for key in list(self._held):
            self._let_go(key)

    def drop(self) -> None:
        """See DatagramStage."""
        held, self._held = self._held, {}
        for _, timer in held.values():
            timer.cancel()


class Delay(HoldingDatagrams):
    """``delay``: each comes ``delay`` ± ``jitter`` later, and may so overtake another."""

    def disturb(self, message: Message) -> None:
        """Hold it for its time."""
        jitter = self.toxic.attributes["jitter"]
        milliseconds = self.toxic.attributes["delay"] + self._random.uniform(-jitter, jitter)
        self._hold(message, max(0.0, milliseconds / 1000))


class Reorder(HoldingDatagrams):
    """``reorder``: the share ``rate`` is overtaken by the next ``window``, unless those do not come in ``timeout``."""

    def __init__(self, toxic: Toxic, clock: IReactorTime, random: Random) -> None:
        super().__init__(toxic, clock, random)
        self._overtaken: Counter[object] = Counter()  # by how many each of them was

    def disturb(self, message: Message) -> None:
        """Hold it, or pass it on and count it for those that are held."""
        if self._happens():
            self._hold(message, self.toxic.attributes["timeout"] / 1000)
            return
        self.next(message)
        for key in list(self._held):
            self._overtaken[key] += 1
            if self._overtaken[key] >= self.toxic.attributes["window"]:
                self._let_go(key)

    def _let_go(self, key: object) -> None:
        super()._let_go(key)
        del self._overtaken[key]


STAGES: Final[dict[str, type[DatagramStage]]] = {
    "loss": Loss,
    "duplicate": Duplicate,
    "reorder": Reorder,
    "delay": Delay,
}
"""What each type of toxic is on one direction of a socket."""


class DatagramLink:
    """The toxics of one direction of a socket, as a chain of stages."""

    def __init__(self, clock: IReactorTime, deliver: Callable[[Message], object]) -> None:
        """Begin without a toxic.

        Args:
            clock: the reactor's.
            deliver: gets the datagrams that come through.
        """
        self.take = deliver
        self._clock = clock
        self._deliver = deliver
        self._stages: dict[str, DatagramStage] = {}

    def apply(self, toxics: Sequence[Toxic], chances: Callable[[Toxic], Random]) -> None:
        """Have these toxics from now on; those that are here already and the same go on undisturbed.

        Args:
            toxics: of this direction, in order.
            chances: of a new one.
        """
        before = self._stages
        self._stages = {
            toxic.name: before[toxic.name]
            if toxic.name in before and before[toxic.name].toxic == toxic
            else STAGES[toxic.type](toxic, self._clock, chances(toxic))
            for toxic in toxics
        }
        for name, stage in reversed(before.items()):
            if self._stages.get(name) is not stage:
                stage.remove()
        following = self._deliver
        for stage in reversed(self._stages.values()):
            stage.next = following
            following = stage.take
        self.take = following

    def drop(self) -> None:
        """The socket is closed: what is held is lost."""
        for stage in self._stages.values():
            stage.drop()
        self._stages, self.take = {}, self._deliver


class ToxicDatagrams:
    """The toxics of one bound socket, between it and the reactor's port."""

    _log = Logger()

    def __init__(self, toxics: Toxics, socket: DatagramSocket, number: int) -> None:
        """Get between ``socket`` and its port.

        Args:
            toxics: those of the service.
            socket: bound.
            number: which of the service's sockets it is; what its chances depend on, besides the seeds.
        """
        self._toxics = toxics
        self._number = number
        self._socket = socket
        self.downstream = DatagramLink(toxics.clock, self._send)
        self.upstream = DatagramLink(toxics.clock, self._receive)
        self._writing = False
        self.apply()
        socket.disturb(self)

    def apply(self) -> None:
        """Have the toxics that the service has now."""
        for link, stream in ((self.downstream, DOWNSTREAM), (self.upstream, UPSTREAM)):
            link.apply(self._toxics.of(DATAGRAM, stream), lambda toxic: toxic.chances(self._number))

    def received(self, data: bytes, address: Any) -> None:
        """A datagram from the port."""
        self.upstream.take((data, address))

    def write(self, data: bytes, address: Any = None) -> None:
        """A datagram for the port; what the port refuses at once is raised, what it refuses later is lost.

        Raises:
            Exception: as the port does.
        """
        self._writing = True
        try:
            self.downstream.take((data, address))
        finally:
            self._writing = False

    def drop(self) -> None:
        """The socket is closed."""
        self.downstream.drop()
        self.upstream.drop()
        self._toxics.closed(self._socket)

    def _receive(self, message: Message) -> None:
        self._socket.deliver(*message)

    def _send(self, message: Message) -> None:
        try:
            self._socket.transmit(*message)
        except (OSError, MessageLengthError, InvalidAddressError) as error:
            if self._writing:
                raise
            self._log.debug("a delayed datagram to {address} is lost: {error}", address=message[1], error=error)


@attrs.frozen
class DisturbedPort:
    """The UDP port of a served protocol, with its writes going through the toxics."""

    port: Any
    toxics: ToxicDatagrams

    def __getattr__(self, name: str) -> Any:
        return getattr(self.port, name)

    def write(self, datagram: bytes, addr: Any = None) -> None:
        """Send, through the toxics."""
        self.toxics.write(datagram, addr)

    def writeSequence(self, seq: Any, addr: Any = None) -> None:
        """Send several pieces as one."""
        self.write(b"".join(seq), addr)
