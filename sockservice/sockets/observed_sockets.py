"""Sockets as an observer sees them: each public call is reported once, when it is done.

They are made in place of the plain ones where somebody watches, so that nobody pays where nobody does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IProtocolFactory
from twisted.internet.protocol import DatagramProtocol
from twisted.python.failure import Failure

from sockservice.interfaces import Address, State
from sockservice.sockets.addresses import show
from sockservice.sockets.datagram import DatagramSocket
from sockservice.sockets.stream_socket import StreamSocket
from sockservice.sockets.trace import show_data


class ObservedStreamSocket(StreamSocket):
    """A stream socket whose calls are reported."""

    def bind(self, address: Address) -> None:
        """BIND."""
        act = partial(super().bind, address)
        _reported_now(self, act, "BIND", show(address), "bind(2)", lambda: show(self.local_address))

    def listen(self, *, factory: IProtocolFactory | None = None, backlog: int = 511) -> None:
        """LISTEN."""
        act = partial(super().listen, factory=factory, backlog=backlog)
        _reported_now(self, act, "LISTEN", f"backlog {backlog}", "reactor.adoptStreamPort")

    def accept(self, *, timeout: float | None = None) -> Deferred[Any]:
        """ACCEPT."""
        act = partial(super().accept, timeout=timeout)
        return _reported(self, act, "ACCEPT", "", "factory.buildProtocol", _client)

    def connect(self, address: Address, *, timeout: float | None = 30.0) -> Deferred[None]:
        """CONNECT."""
        act = partial(super().connect, address, timeout=timeout)
        return _reported(self, act, "CONNECT", show(address), "reactor.adoptStreamConnection")

    def send(self, data: bytes, *, timeout: float | None = None) -> Deferred[None]:
        """SEND."""
        at_once = self._stream is not None and self._stream.transport.immediate
        operation = "transport.writeSomeData" if at_once else "transport.write"
        act = partial(super().send, data, timeout=timeout)
        return _reported(self, act, "SEND", show_data(data), operation, lambda _: f"{len(data)} bytes")

    def receive(self, limit: int = 65536, *, timeout: float | None = None) -> Deferred[bytes]:
        """RECEIVE."""
        act = partial(super().receive, limit, timeout=timeout)
        return _reported(self, act, "RECEIVE", f"at most {limit}", "dataReceived", _amount)

    def receive_exactly(self, size: int, *, timeout: float | None = None) -> Deferred[bytes]:
        """RECEIVE."""
        act = partial(super().receive_exactly, size, timeout=timeout)
        return _reported(self, act, "RECEIVE", f"exactly {size}", "dataReceived", _amount)

    def receive_until(self, delimiter: bytes, limit: int = 65536, *, timeout: float | None = None) -> Deferred[bytes]:
        """RECEIVE."""
        act = partial(super().receive_until, delimiter, limit, timeout=timeout)
        return _reported(self, act, "RECEIVE", f"until {show_data(delimiter)}", "dataReceived", _amount)

    def shutdown(self) -> None:
        """CLOSE of one direction."""
        _reported_now(self, super().shutdown, "CLOSE", "our direction", "transport.loseWriteConnection")

    def close(self, *, timeout: float | None = 30.0) -> Deferred[None]:
        """CLOSE; closing again is no call worth a line."""
        act = partial(super().close, timeout=timeout)
        if self._is_closed():
            return act()
        operation = "port.stopListening" if self.state is State.LISTENING else "close(2)"
        if self._stream is not None:
            operation = "transport.loseConnection"
        return _reported(self, act, "CLOSE", "by us", operation)

    def abort(self) -> None:
        """CLOSE with a reset."""
        if self._stream is None or self._is_closed():
            super().abort()
        else:
            _reported_now(self, super().abort, "CLOSE", "by us, reset", "transport.abortConnection")

    def _is_closed(self) -> bool:
        return self.state is State.CLOSED if self._stream is None else self._stream.closing


class ObservedDatagramSocket(DatagramSocket):
    """A datagram socket whose calls are reported, those of a served protocol too."""

    def bind(self, address: Address) -> None:
        """BIND."""
        act = partial(super().bind, address)
        _reported_now(self, act, "BIND", show(address), "reactor.adoptDatagramPort", lambda: show(self.local_address))

    def connect(self, address: Address) -> Deferred[None]:
        """CONNECT."""
        return _reported(self, partial(super().connect, address), "CONNECT", show(address), "transport.connect")

    def send(self, data: bytes) -> Deferred[None]:
        """SEND."""
        act = partial(super().send, data)
        return _reported(self, act, "SEND", show_data(data), "transport.write", lambda _: f"{len(data)} bytes")

    def send_to(self, data: bytes, address: Address) -> Deferred[None]:
        """SEND."""
        act = partial(super().send_to, data, address)
        arguments = f"{show_data(data)} to {show(address)}"
        return _reported(self, act, "SEND", arguments, "transport.write", lambda _: f"{len(data)} bytes")

    def receive_from(self, *, timeout: float | None = None) -> Deferred[tuple[bytes, Address]]:
        """RECEIVE; ``receive`` comes through here too."""
        act = partial(super().receive_from, timeout=timeout)
        return _reported(self, act, "RECEIVE", "", "datagramReceived", lambda entry: _message(*entry))

    def close(self, *, timeout: float | None = 30.0) -> Deferred[None]:
        """CLOSE."""
        act = partial(super().close, timeout=timeout)
        if self.state is State.CLOSED:
            return act()
        return _reported(self, act, "CLOSE", "by us", "close(2)" if self._port is None else "port.stopListening")

    def _serving(self, protocol: DatagramProtocol) -> Callable[[bytes, Any], object]:
        def received(data: bytes, address: Any) -> None:
            self._api.emit(self.number, "RECEIVE", "", "datagramReceived", _message(data, address))
            protocol.datagramReceived(data, address)

        return received

    def _transport(self) -> Any:
        return _ObservedPort(self, self._outlet)


class _ObservedPort:
    """The UDP port of a served protocol, with its writes reported."""

    def __init__(self, watched: ObservedDatagramSocket, port: Any) -> None:
        self._watched = watched
        self._port = port

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    def write(self, datagram: bytes, addr: Any = None) -> None:
        """SEND."""
        arguments = show_data(datagram) + (f" to {show(addr)}" if addr is not None else "")
        act = partial(self._port.write, datagram, addr)
        _reported_now(self._watched, act, "SEND", arguments, "transport.write", lambda: f"{len(datagram)} bytes")

    def writeSequence(self, seq: Any, addr: Any = None) -> None:
        """SEND."""
        self.write(b"".join(seq), addr)


def _client(accepted: StreamSocket) -> str:
    return f"#{accepted.number} from {show(accepted.peer_address)}"


def _amount(data: bytes) -> str:
    return f"{len(data)} bytes {show_data(data)}" if data else "end of stream"


def _message(data: bytes, address: Address) -> str:
    return f"{len(data)} bytes {show_data(data)} from {show(address)}"


def _error(error: object) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _reported_now(
    watched: Any,
    act: Callable[[], object],
    call: str,
    arguments: str,
    operation: str,
    outcome: Callable[[], str] = lambda: "ok",
) -> None:
    """Make a call that acts at once, and report it."""
    api = watched._api  # noqa: SLF001 - the observed classes are the sockets
    started = api.reactor.seconds()
    try:
        act()
    except Exception as error:
        api.emit(watched.number, call, arguments, operation, _error(error), started)
        raise
    api.emit(watched.number, call, arguments, operation, outcome(), started)


def _reported(
    watched: Any,
    act: Callable[[], Deferred[Any]],
    call: str,
    arguments: str,
    operation: str,
    outcome: Callable[[Any], str] = lambda _: "ok",
) -> Deferred[Any]:
    """Make a call that returns a Deferred, and report it when that has fired."""
    api = watched._api  # noqa: SLF001 - the observed classes are the sockets
    started = api.reactor.seconds()

    def done(result: Any) -> Any:
        if isinstance(result, Failure):
            text = "cancelled" if isinstance(result.value, CancelledError) else _error(result.value)
        else:
            text = outcome(result)
        api.emit(watched.number, call, arguments, operation, text, started)
        return result

    return act().addBoth(done)
