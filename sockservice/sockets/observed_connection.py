"""The connection of a factory service as an observer sees it: used instead of the plain one where somebody watches."""

from __future__ import annotations

from typing import Any

from twisted.python.failure import Failure

from sockservice.sockets.connection import Connection
from sockservice.sockets.trace import show_data


class ObservedConnection(Connection):
    """Reports RECEIVE for each chunk, SEND for each write and CLOSE with who closed."""

    _closed_by = "the peer"

    def dataReceived(self, data: bytes) -> None:
        """RECEIVE, reported before the protocol acts on it, so that the order reads as it happened."""
        self._report("RECEIVE", "", "dataReceived", f"{len(data)} bytes {show_data(data)}")
        super().dataReceived(data)

    def write(self, data: bytes) -> None:
        """SEND."""
        operation = "transport.writeSomeData" if self.immediate else "transport.write"
        super().write(data)
        self._report("SEND", show_data(data), operation, f"{len(data)} bytes")

    def loseConnection(self) -> None:
        """CLOSE by us, reported when it is done."""
        self._closed_by = "us"
        super().loseConnection()

    def abortConnection(self) -> None:
        """CLOSE by us with a reset, reported when it is done."""
        self._closed_by = "us, reset"
        super().abortConnection()

    def connectionLost(self, reason: Failure) -> None:
        """CLOSE: who closed."""
        operation = {
            "the peer": "connectionLost",
            "us": "transport.loseConnection",
            "us, reset": "transport.abortConnection",
        }[self._closed_by]
        self._report("CLOSE", f"by {self._closed_by}", operation, "ok")
        super().connectionLost(reason)

    def _report(self, call: str, arguments: str, operation: str, outcome: str) -> None:
        api: Any = self._factory.api
        api.emit(self.number, call, arguments, operation, outcome)
