"""The trace: each Socket API call as one line, with the reactor operation that it became.

::

    #1  SOCKET   stream IPv4        -> socket(2)                 ok                          0.05 ms
    #1  BIND     127.0.0.1:3306     -> bind(2)                   127.0.0.1:3306              0.01 ms
    #1  LISTEN   backlog 511        -> reactor.adoptStreamPort   ok                          0.10 ms
    #1  ACCEPT                      -> factory.buildProtocol     #2 from 127.0.0.1:51234     0.00 ms
    #2  RECEIVE                     -> dataReceived              5 bytes 'hello'             0.00 ms
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from zope.interface import implementer

from sockservice.interfaces import ISocketObserver, SocketCall

OPERATIONS: Mapping[str, tuple[str, ...]] = {
    "SOCKET": ("socket(2)",),
    "BIND": ("bind(2)", "reactor.adoptDatagramPort"),
    "LISTEN": ("reactor.adoptStreamPort",),
    "ACCEPT": ("factory.buildProtocol",),
    "CONNECT": ("reactor.adoptStreamConnection", "transport.connect"),
    "SEND": ("transport.writeSomeData", "transport.write"),
    "RECEIVE": ("dataReceived", "datagramReceived"),
    "CLOSE": (
        "close(2)",
        "transport.loseConnection",
        "transport.loseWriteConnection",
        "transport.abortConnection",
        "connectionLost",
        "port.stopListening",
    ),
}
"""Every call and the operations it may become: ``writeSomeData`` sends at once, ``write`` behind what is buffered or
through TLS; ``close(2)`` is for sockets that the reactor never had; ``connectionLost`` is a CLOSE by the peer."""

SHOWN_WIDTH = 27
"""How many characters of data a line shows, so that the columns stay in line."""

_UNITS = [chr(byte) if 32 <= byte < 127 else {9: r"\t", 10: r"\n", 13: r"\r"}.get(byte, "·") for byte in range(256)]


def show_data(data: bytes) -> str:
    """The beginning of ``data`` in quotes, a dot for each byte that is no ASCII text, an ellipsis where it goes on."""
    shown = "".join(_UNITS[byte] for byte in data[: SHOWN_WIDTH + 1])
    return f"'{shown}'" if len(shown) <= SHOWN_WIDTH else f"'{shown[:SHOWN_WIDTH]}'…"


@implementer(ISocketObserver)
class Trace:
    """An observer that writes one aligned line for each call.

    Args:
        write: takes a line without its end, for example ``print``.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def socket_call(self, call: SocketCall) -> None:
        """Write the line."""
        self._write(
            f"#{call.number:<5} {call.call:<7} {call.arguments:<30} -> {call.operation:<29} "
            f"{call.outcome:<40} {call.duration * 1000:9.3f} ms"
        )
