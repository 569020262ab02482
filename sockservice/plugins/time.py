"""time: the seconds since 1900 as four bytes (RFC 868). Streams by a coroutine, datagrams by a DatagramProtocol."""

from __future__ import annotations

import time as clock
from typing import Any, Final

from twisted.internet.protocol import DatagramProtocol
from twisted.plugin import IPlugin
from zope.interface import implementer

from sockservice.interfaces import IDatagramService, IHost, IStreamService, IStreamSocket, StreamService
from sockservice.plugins._loops import would_loop

EPOCH: Final = 2_208_988_800
"""Seconds from 1900-01-01 to 1970-01-01 in UTC; the RFC gives the number."""


def time_bytes(seconds: float) -> bytes:
    """The answer: 32 bits, most significant first; it wraps in 2036, as the RFC's field does.

    Args:
        seconds: since 1970.
    """
    return ((int(seconds) + EPOCH) % 2**32).to_bytes(4, "big")


async def time_stream(connection: IStreamSocket) -> None:
    """Say it and close."""
    await connection.send(time_bytes(clock.time()))


class TimeDatagrams(DatagramProtocol):
    """Answers each datagram, empty ones too."""

    noisy = False

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:  # noqa: ARG002
        """Send the time, unless the sender would answer it."""
        assert self.transport is not None
        if not would_loop(addr[1], self.transport.getHost().port):
            self.transport.write(time_bytes(clock.time()), addr)


@implementer(IPlugin, IStreamService, IDatagramService)
class Time:
    """The plugin."""

    name = "time"
    summary = "the seconds since 1900 as four bytes (RFC 868)"
    default_port = 37
    options = None

    def stream_factory(self, host: IHost) -> StreamService:  # noqa: ARG002
        """See :class:`sockservice.interfaces.IStreamService`."""
        return time_stream

    def datagram_protocol(self, host: IHost) -> TimeDatagrams:  # noqa: ARG002
        """See :class:`sockservice.interfaces.IDatagramService`."""
        return TimeDatagrams()


time = Time()
