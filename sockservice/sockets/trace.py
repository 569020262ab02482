"""The trace: each Socket API call as one line, with the reactor operation that it became.

::

    #1  SOCKET   stream IPv4        -> socket(2)                 ok                          0.05 ms
    #1  BIND     127.0.0.1:3306     -> bind(2)                   127.0.0.1:3306              0.01 ms
    #1  LISTEN   backlog 511        -> reactor.adoptStreamPort   ok                          0.10 ms
    #1  ACCEPT                      -> factory.buildProtocol     #2 from 127.0.0.1:51234     0.00 ms
    #2  RECEIVE                     -> dataReceived              5 bytes b'hello'            0.00 ms
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

SHOWN_DATA = 32
"""How many bytes of data a line shows."""


def show_data(data: bytes) -> str:
    """Data as a Python literal, cut after :data:`SHOWN_DATA` bytes."""
    head = repr(bytes(data[:SHOWN_DATA]))
    return head if len(data) <= SHOWN_DATA else f"{head}… ({len(data)} bytes)"


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
            f"#{call.number:<5} {call.call:<7} {call.arguments:<38} -> {call.operation:<30} "
            f"{call.outcome:<40} {call.duration * 1000:9.3f} ms"
        )
