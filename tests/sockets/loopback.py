"""What the tests of the sockets share: waiting for something, and protocols that keep what happens to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater

BIG = bytes(range(256)) * 16384  # 4 MiB: more than the kernel takes at once

LOOPBACK = ("127.0.0.1", 0)


async def failure_of(deferred: Deferred[Any]) -> BaseException:
    """The exception that a call ends with."""
    try:
        result = await deferred
    except Exception as error:
        return error
    raise AssertionError(f"it succeeded with {result!r}")


async def turns(count: int = 5) -> None:
    """Let the reactor come round a few times."""
    for _ in range(count):
        await deferLater(reactor, 0)


async def until(condition: Callable[[], object], turns_at_most: int = 5000) -> None:
    """Let the reactor come round until something is so."""
    for _ in range(turns_at_most):
        if condition():
            return
        await deferLater(reactor, 0.001)
    raise AssertionError("it never became so")


class Recorder(Protocol):
    """A protocol that keeps what happens to it."""

    def __init__(self) -> None:
        self.received = b""
        self.events: list[str] = []
        self.lost: Any = None

    def connectionMade(self) -> None:
        self.events.append("made")

    def dataReceived(self, data: bytes) -> None:
        self.received += data
        self.events.append("data")

    def connectionLost(self, reason: Any) -> None:
        self.lost = reason
        self.events.append("lost")


class Pushing(Recorder):
    """Notes when it is paused and resumed; writes a last word when it is resumed."""

    last_word = b""

    def pauseProducing(self) -> None:
        self.events.append("pause")

    def resumeProducing(self) -> None:
        self.events.append("resume")
        if self.last_word:
            self.transport.write(self.last_word)
            self.last_word = b""

    def stopProducing(self) -> None:
        self.events.append("stop")

    def connectionMade(self) -> None:
        super().connectionMade()
        self.transport.registerProducer(self, True)


class RecorderFactory(Factory):
    """Builds recorders (or another class) and keeps them."""

    noisy = False

    def __init__(self, protocol: Any = Recorder) -> None:
        self.protocol = protocol
        self.built: list[Any] = []
        self.started = self.stopped = 0

    def startFactory(self) -> None:
        self.started += 1

    def stopFactory(self) -> None:
        self.stopped += 1

    def buildProtocol(self, addr: Any) -> Any:
        protocol = self.protocol()
        protocol.factory = self
        self.built.append(protocol)
        return protocol
