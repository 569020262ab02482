"""discard: takes what it is sent and throws it away (RFC 863). Both by coroutines over the Socket API."""

from __future__ import annotations

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


async def discard_stream(connection: IStreamSocket) -> None:
    """Receive until the peer has said all."""
    while await connection.receive():
        pass


async def discard_datagrams(socket: IDatagramSocket) -> None:
    """Receive until the socket closes."""
    while True:
        await socket.receive_from()


@implementer(IPlugin, IStreamService, IDatagramService)
class Discard:
    """The plugin."""

    name = "discard"
    summary = "takes what it is sent and throws it away (RFC 863)"
    default_port = 9
    options = None

    def stream_factory(self, host: IHost) -> StreamService:  # noqa: ARG002
        """See :class:`sockservice.interfaces.IStreamService`."""
        return discard_stream

    def datagram_protocol(self, host: IHost) -> DatagramService:  # noqa: ARG002
        """See :class:`sockservice.interfaces.IDatagramService`."""
        return discard_datagrams


discard = Discard()
