"""The bytes of a disturbed answer while they are sent: packets that are wrong, broken off or in small pieces.

It stands where :class:`sockservice.mysql.packet_stream.PacketStream` stands for an answer as it should be, and is
as lazy: what an answer costs in memory does not depend on how many rows it has.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from sockservice.disturbances import Break, Dribble, Ending, Oversized
from sockservice.mysql.disturbance_set import DisturbanceSet
from sockservice.mysql.disturbed_payloads import CutPayload, Pause, Step
from sockservice.mysql.packet_stream import PIECE
from sockservice.mysql.packets import MAX_PAYLOAD, packet
from sockservice.mysql.results import is_error

MOST_HELD: Final = 1024 * 1024
"""Bytes that are looked at ahead to learn how long an answer is whose rows come one by one, before it is dribbled."""

_ZEROS: Final = bytes(PIECE)


class Piece(NamedTuple):
    """Some of the bytes of a packet, or of a payload's packets.

    Attributes:
        packet: all of it.
        start: where the piece begins.
        stop: where it ends.
        sequence_id: of the packet that follows.
        is_error: whether the payload is ERR.
        endless: whether nothing can follow the packet that a client would understand.
    """

    packet: bytes
    start: int
    stop: int
    sequence_id: int
    is_error: bool = False
    endless: bool = False


_ByteStep: TypeAlias = Piece | Pause | Ending


class DisturbedStream:
    """A disturbed answer on its way.

    Args:
        steps: of the answer; taken one by one.
        wrong: what is wrong with it.
        sequence_id: of the first packet.
        lazy: whether the answer's rows come one by one, so that they are not to be held all at once.

    Attributes:
        sequence_id: of the packet that comes next, as it should be.
        ended: whether nothing more comes.
        failed: whether the payload that was taken last is an error.
        pause: seconds to wait before the next :meth:`read`; infinite for ever.
        stalls: whether that pause stands before the answer.
        ending: what becomes of the connection now, or None.
        idle_end: what becomes of it when the client is silent behind the answer, or None.
    """

    def __init__(self, steps: Iterable[Step], wrong: DisturbanceSet, sequence_id: int, *, lazy: bool) -> None:
        self.sequence_id = sequence_id
        self.ended = self.failed = self.stalls = False
        self.pause = 0.0
        self.ending: Ending | None = None
        self.idle_end = wrong.idle_end
        self._last: Piece | None = None
        self._failure: Exception | None = None
        offset = 0 if wrong.wrong_sequence is None else wrong.wrong_sequence.offset
        pieces: Iterator[_ByteStep] = _framed(steps, sequence_id, offset, wrong)
        if wrong.breaks is not None and wrong.breaks.after_bytes is not None and wrong.breaks.error is None:
            pieces = _cut(pieces, wrong.breaks.after_bytes, wrong.breaks)
        if wrong.dribble is not None:
            pieces = _dribbled(pieces, wrong.dribble, MOST_HELD if lazy else None)
        self._pieces = pieces

    @property
    def rest(self) -> bytes | None:
        """What is left of the packet that was begun last; None where the client would understand nothing behind it."""
        last = self._last
        if last is None:
            return b""
        return None if last.endless else last.packet[last.stop :]

    def read(self) -> bytes:
        """The next bytes, about 64 KiB at most, and none at a pause, an ending or the end.

        What the steps raise comes through here, behind the bytes before.
        """
        if self._failure is not None:
            raise self._failure
        self.pause, self.stalls = 0.0, False
        taken, length = [], 0
        try:
            for step in self._pieces:
                if not isinstance(step, Piece):
                    self._stop_at(step)
                    break
                taken.append(self._take(step))
                length += len(taken[-1])
                if length >= PIECE:
                    break
            else:
                self.ended = True
        except Exception as failure:
            if not taken:
                raise
            self._failure = failure
        return b"".join(taken)

    def _take(self, piece: Piece) -> bytes:
        self.sequence_id, self.failed = piece.sequence_id, piece.is_error
        self._last = piece
        return piece.packet[piece.start : piece.stop]

    def _stop_at(self, step: Pause | Ending) -> None:
        if isinstance(step, Pause):
            self.pause, self.stalls = step.seconds, step.stall
        else:
            self.ending = step


def _framed(steps: Iterable[Step], sequence_id: int, offset: int, wrong: DisturbanceSet) -> Iterator[_ByteStep]:
    """Packets of payloads, numbered from ``sequence_id + offset`` on."""
    for step in steps:
        if isinstance(step, (Pause, Ending)):
            yield step
            continue
        if wrong.oversized is not None:
            yield from _oversized(wrong.oversized, sequence_id + offset)
            if wrong.breaks is not None:
                yield wrong.breaks.ending
            return
        payload = step.payload if isinstance(step, CutPayload) else step
        framed = packet(payload, sequence_id + offset)
        sequence_id += len(payload) // MAX_PAYLOAD + 1
        stop = len(framed)
        if isinstance(step, CutPayload):
            framed, stop = _announced(framed, step)
        yield Piece(framed, 0, stop, sequence_id, is_error(payload))


def _announced(framed: bytes, cut: CutPayload) -> tuple[bytes, int]:
    """A packet that is longer than what is sent of it, and how much that is."""
    size = len(cut.payload)
    if size <= cut.keep and size < MAX_PAYLOAD:
        framed = packet(cut.payload + b"\0", framed[3])
    return framed, min(4 + max(0, cut.keep), 4 + size)


def _oversized(oversized: Oversized, sequence_id: int) -> Iterator[Piece]:
    """Packets of the longest size, of zeros; each only as far as it is asked for."""
    left = max(0, oversized.size)
    while True:
        length = min(left, MAX_PAYLOAD)
        left -= length
        header = packet(b"", sequence_id)[3:]
        sequence_id += 1
        yield Piece(length.to_bytes(3, "little") + header, 0, 4, sequence_id, endless=True)
        for start in range(0, length, PIECE):
            yield Piece(_ZEROS, 0, min(PIECE, length - start), sequence_id, endless=True)
        if length < MAX_PAYLOAD:
            return


def _cut(pieces: Iterable[_ByteStep], after_bytes: int, breaks: Break) -> Iterator[_ByteStep]:
    """Break off behind so many bytes, at the latest behind the last."""
    left = max(0, after_bytes)
    for piece in pieces:
        if isinstance(piece, Ending):
            yield piece
            return
        if isinstance(piece, Piece):
            stop = min(piece.stop, piece.start + left)
            left -= stop - piece.start
            piece = piece._replace(stop=stop)
        yield piece
        if not left:
            break
    yield breaks.ending


def _dribbled(pieces: Iterator[_ByteStep], dribble: Dribble, most: int | None) -> Iterator[_ByteStep]:
    """Pieces of equal size with equal pauses between them, whatever packets they are of.

    Where there are more than ``most`` bytes, they come as if there were only so many, and then on at this speed.
    """
    held: list[_ByteStep] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += piece.stop - piece.start if isinstance(piece, Piece) else 0
        if most is not None and size >= most:
            break
    chunks = max(1, min(dribble.chunks, size))
    pause = Pause(max(0.0, dribble.seconds) / max(1, chunks - 1))
    sent, number = 0, 1
    for piece in itertools.chain(held, pieces):
        while isinstance(piece, Piece) and sent + piece.stop - piece.start > size * number // chunks:
            stop = piece.start + size * number // chunks - sent
            if stop > piece.start:
                yield piece._replace(stop=stop)
            sent = size * number // chunks
            number += 1
            piece = piece._replace(start=stop)
            if pause.seconds:
                yield pause
        if isinstance(piece, Piece):
            sent += piece.stop - piece.start
        yield piece
