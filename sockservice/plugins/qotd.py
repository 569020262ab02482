"""qotd: a quote of the day (RFC 865). Both by coroutines over the Socket API; an example of options and files."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any, Final

from twisted.plugin import IPlugin
from twisted.python import usage
from zope.interface import implementer

from sockservice.errors import ConfigurationError, Place
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
from sockservice.regular_file import open_regular

LARGEST_QUOTE: Final = 511
"""The most bytes of an answer, its line end included: the RFC asks for fewer than 512 characters."""

DEFAULT_QUOTES: Final = (
    "A protocol is an agreement that needs no meeting.",
    "Be brief: the other side has a buffer too.",
    "What is not flushed was not said.",
    "Every timeout is an opinion about patience.",
    "The network is reliable until you rely on it.",
)


class QotdOptions(usage.Options):
    """What may stand after ``qotd``."""

    longdesc = "Without quotes of yours it has some of its own."
    optParameters = [["file", "f", None, "A text file of quotes, with a line '%' between two."]]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self["quotes"] = []

    def opt_quote(self, text: str) -> None:
        """A quote to give; may be repeated. They take turns from day to day."""
        self["quotes"].append(text)

    opt_q = opt_quote


def quotes_of(host: IHost) -> list[bytes]:
    """The quotes that the options name, ready to send.

    Raises:
        ConfigurationError: a quote is too long or empty, or the file cannot be read.
    """
    options: Any = host.options
    quotes = [_ready(text, "--quote") for text in options["quotes"]]
    if options["file"]:
        path = host.path(options["file"])
        try:
            with open_regular(path) as file:
                lines = file.read().decode().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"cannot read the quotes: {error}", Place(path)) from error
        start = 0
        for end, line in enumerate([*lines, "%"]):
            if line.strip() == "%":
                if text := "\n".join(lines[start:end]).strip():
                    quotes.append(_ready(text, "this quote", Place(path, start + 1)))
                start = end + 1
        if not quotes:
            raise ConfigurationError("there is no quote in it", Place(path))
    return quotes or [_ready(text, "") for text in DEFAULT_QUOTES]


def _ready(text: str, what: str, place: Place | None = None) -> bytes:
    data = "\r\n".join(text.splitlines()).encode() + b"\r\n"
    if not text.strip():
        raise ConfigurationError(f"{what} is empty", place)
    if len(data) > LARGEST_QUOTE:
        raise ConfigurationError(f"{what} has {len(data)} bytes; {LARGEST_QUOTE} are allowed: shorten it", place)
    return data


def quote_of_the_day(quotes: Sequence[bytes], day: datetime.date) -> bytes:
    """The same quote all day long, and the next one tomorrow."""
    return quotes[day.toordinal() % len(quotes)]


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


@implementer(IPlugin, IStreamService, IDatagramService)
class Qotd:
    """The plugin."""

    name = "qotd"
    summary = "a quote of the day (RFC 865)"
    default_port = 17
    options = QotdOptions

    def stream_factory(self, host: IHost) -> StreamService:
        """See :class:`sockservice.interfaces.IStreamService`."""
        quotes = quotes_of(host)

        async def serve(connection: IStreamSocket) -> None:
            await connection.send(quote_of_the_day(quotes, _today()))

        return serve

    def datagram_protocol(self, host: IHost) -> DatagramService:
        """See :class:`sockservice.interfaces.IDatagramService`."""
        quotes = quotes_of(host)

        async def serve(socket: IDatagramSocket) -> None:
            while True:
                _, sender = await socket.receive_from()
                if not would_loop(sender[1], socket.local_address[1]):
                    await socket.send_to(quote_of_the_day(quotes, _today()), sender)

        return serve


qotd = Qotd()
