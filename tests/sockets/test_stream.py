"""The stream itself, in memory: back-pressure, timeouts by the clock, and cancelling at any moment."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.error import ConnectionLost
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from sockservice.errors import (
    ConnectionClosed,
    LimitExceeded,
    TimedOut,
)
from sockservice.sockets.stream import Stream


# --- in memory
class FakeTransport:
    """A Connection in memory: keeps what is written, and whether it reads."""

    lost: Failure | None = None
    local = peer = ("127.0.0.1", 1)
    immediate = True

    def __init__(self) -> None:
        self.written = b""
        self.reading = True
        self.pieces: list[int] = []

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        assert streaming

    def write(self, data: bytes) -> None:
        self.written += data
        self.pieces.append(len(data))

    def pauseProducing(self) -> None:
        assert self.reading
        self.reading = False

    def resumeProducing(self) -> None:
        assert not self.reading
        self.reading = True


def stream_in_memory(**options: Any) -> tuple[Stream, FakeTransport, Clock]:
    clock, transport = Clock(), FakeTransport()
    stream = Stream(clock, 1, lambda _stream: None, **options)
    stream.makeConnection(transport)
    return stream, transport, clock


def now(deferred: Deferred[Any]) -> Any:
    """The result of a Deferred that has one."""
    results: list[Any] = []
    deferred.addBoth(results.append)
    assert results, "it has not fired"
    return results[0].value if isinstance(results[0], Failure) else results[0]


def test_reading_pauses_above_the_mark_and_resumes_at_half():
    stream, transport, _ = stream_in_memory(high_water=100)
    stream.dataReceived(b"x" * 100)
    assert transport.reading
    stream.dataReceived(b"x")
    assert not transport.reading
    assert now(stream.receive(50)) == b"x" * 50
    assert not transport.reading
    assert now(stream.receive(1)) == b"x"
    assert transport.reading


def test_a_receive_that_needs_more_than_the_mark_gets_it_and_the_mark_falls_back():
    stream, transport, _ = stream_in_memory(high_water=100)
    stream.dataReceived(b"x" * 150)
    assert not transport.reading
    waiting = stream.receive_exactly(1000)
    assert transport.reading
    stream.dataReceived(b"x" * 700)
    assert transport.reading
    waiting.addErrback(lambda failure: failure.trap(CancelledError))
    waiting.cancel()
    assert not transport.reading
    assert now(stream.receive_exactly(850)) == b"x" * 850
    assert transport.reading


def test_a_timeout_of_receive_counts_seconds():
    stream, _, clock = stream_in_memory()
    waiting = stream.receive(timeout=3.0)
    clock.advance(2.9)
    assert not waiting.called
    clock.advance(0.2)
    assert isinstance(now(waiting), TimedOut)
    waiting = stream.receive(timeout=3.0)
    stream.dataReceived(b"in time")
    assert now(waiting) == b"in time"
    assert not clock.getDelayedCalls()


chunks = st.lists(st.binary(min_size=1, max_size=20), max_size=8)
steps = st.lists(
    st.tuples(st.sampled_from(["receive", "exactly", "until"]), st.integers(1, 12), st.booleans()), max_size=20
)


@settings(max_examples=1000, deadline=None)
@given(chunks=chunks, steps=steps)
def test_cancelling_at_any_moment_loses_no_byte(chunks: list[bytes], steps: list[tuple[str, int, bool]]):
    stream, _, _ = stream_in_memory(high_water=16)
    out: list[bytes] = []
    feed = iter(chunks)

    def keep(result: Any) -> None:
        if isinstance(result, bytes):
            out.append(result)
        else:
            assert isinstance(result.value, CancelledError | LimitExceeded)

    for call, size, cancel in steps:
        if call == "receive":
            waiting = stream.receive(size)
        elif call == "exactly":
            waiting = stream.receive_exactly(size)
        else:
            waiting = stream.receive_until(b"\0", size)
        waiting.addBoth(keep)
        if not cancel:
            stream.dataReceived(next(feed, b"")) if waiting.called is False else None
        waiting.cancel()
    for chunk in feed:
        stream.dataReceived(chunk)
    while len(stream._buffer):
        out.append(now(stream.receive()))
    assert b"".join(out) == b"".join(chunks)


def test_send_goes_in_pieces_and_times_out_only_when_nothing_is_taken():
    stream, transport, clock = stream_in_memory()
    write = transport.write

    def write_and_fill_up(data: bytes) -> None:
        write(data)
        stream.pauseProducing()

    transport.write = write_and_fill_up
    sending = stream.send(b"x" * 200_000, timeout=5)
    assert transport.pieces == [65536]
    clock.advance(4)
    stream.resumeProducing()
    assert transport.pieces == [65536, 65536]
    clock.advance(4)
    assert not sending.called
    clock.advance(5)
    assert isinstance(now(sending), TimedOut)
    while len(transport.written) < 200_000:
        stream.resumeProducing()
    stream.resumeProducing()
    assert transport.written == b"x" * 200_000
    assert not clock.getDelayedCalls()


def test_a_send_that_is_given_a_bytearray_keeps_its_own_copy():
    stream, transport, _ = stream_in_memory()
    stream.pauseProducing()
    data = bytearray(b"hello")
    stream.send(data)  # type: ignore[arg-type]
    data[:] = b"xxxxx"
    stream.resumeProducing()
    assert transport.written == b"hello"


def test_a_stream_that_is_cut_without_warning_is_broken_and_one_that_ends_is_not():
    for reason, broken in ((Failure(ConnectionLost()), True),):
        stream, transport, _ = stream_in_memory()
        stream.dataReceived(b"rest")
        transport.lost = reason
        stream.connectionLost(reason)
        assert now(stream.receive()) == b"rest"
        assert isinstance(now(stream.receive()), ConnectionClosed) is broken
