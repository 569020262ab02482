"""shout: answers in capitals. A service of one's own, to copy from: streams by a coroutine, datagrams by Twisted."""

from __future__ import annotations

from typing import Any

from twisted.internet.protocol import DatagramProtocol
from twisted.plugin import IPlugin
from twisted.python import usage
from zope.interface import implementer

from sockservice.errors import ConfigurationError
from sockservice.interfaces import IDatagramService, IHost, IStreamService, IStreamSocket, StreamService


class ShoutOptions(usage.Options):
    """What may stand after ``shout`` on the command line, or under ``options:`` in a configuration file."""

    longdesc = "Answers each line, and each datagram, in capitals."
    optParameters = [["mark", "m", "!", "what goes behind each answer"]]


def shouted(text: bytes, mark: bytes) -> bytes:
    """The answer to one line or datagram, without its end."""
    return text.strip().upper() + mark + b"\n"


class ShoutDatagrams(DatagramProtocol):
    """Answers each datagram with one."""

    noisy = False

    def __init__(self, mark: bytes) -> None:
        self.mark = mark

    def datagramReceived(self, datagram: bytes, addr: Any) -> None:
        self.transport.write(shouted(datagram, self.mark), addr)


@implementer(IPlugin, IStreamService, IDatagramService)
class Shout:
    """The plugin."""

    name = "shout"
    summary = "answers in capitals"
    default_port = 7777
    options = ShoutOptions

    def stream_factory(self, host: IHost) -> StreamService:
        """A coroutine function: it runs once for each connection, which is closed when it ends."""
        mark = _mark(host)

        async def serve(connection: IStreamSocket) -> None:
            while line := await connection.receive_until(b"\n", limit=4096):
                await connection.send(shouted(line, mark))

        return serve

    def datagram_protocol(self, host: IHost) -> ShoutDatagrams:
        """A Twisted protocol; a coroutine over the datagram socket would do as well."""
        return ShoutDatagrams(_mark(host))


def _mark(host: IHost) -> bytes:
    mark: str = host.options["mark"]
    if "\n" in mark:
        raise ConfigurationError("--mark must not contain a line end: it would look like another answer")
    return mark.encode()


shout = Shout()
