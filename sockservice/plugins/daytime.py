"""daytime: the date and time as text (RFC 867). Both by coroutines over the Socket API."""

from __future__ import annotations

import time

from twisted.plugin import IPlugin
from zope.interface import implementer

from sockservice.interfaces import (
    DatagramService,
    IDatagramService,
    IDatagramSocket,
    IHost,
    IStreamService,
    IStreamSocket,
    StreamService,
)
from sockservice.plugins._loops import would_loop


def daytime_line(seconds: float) -> bytes:
    r"""The answer, in the first of the two layouts that the RFC names, always in UTC.

    Args:
        seconds: since the epoch.

    Returns:
        For example ``b"Thursday, January 1, 1970 00:00:00-UTC\r\n"``.
    """
    moment = time.gmtime(seconds)
    return time.strftime(f"%A, %B {moment.tm_mday}, %Y %H:%M:%S-UTC\r\n", moment).encode("ascii")


async def daytime_stream(connection: IStreamSocket) -> None:
    """Say it and close."""
    await connection.send(daytime_line(time.time()))


async def daytime_datagrams(socket: IDatagramSocket) -> None:
    """Answer each datagram, unless its sender would answer back."""
    while True:
        _, sender = await socket.receive_from()
        if not would_loop(sender[1], socket.local_address[1]):
            await socket.send_to(daytime_line(time.time()), sender)


@implementer(IPlugin, IStreamService, IDatagramService)
class Daytime:
    """The plugin."""

    name = "daytime"
    summary = "the date and time as text (RFC 867)"
    default_port = 13
    options = None

    def stream_factory(self, host: IHost) -> StreamService:  # noqa: ARG002
        """See :class:`sockservice.interfaces.IStreamService`."""
        return daytime_stream

    def datagram_protocol(self, host: IHost) -> DatagramService:  # noqa: ARG002
        """See :class:`sockservice.interfaces.IDatagramService`."""
        return daytime_datagrams


daytime = Daytime()
