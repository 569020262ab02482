"""A disturbed answer as steps: its payloads, and what happens between them and in their place.

What is wrong with packets and bytes is for :mod:`sockservice.mysql.disturbed_stream`, which takes the steps.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from random import Random
from typing import Final, TypeAlias

import attrs

from sockservice.disturbances import Break, Ending, Malformed, MissingEnd, Pace, Truncated
from sockservice.mysql.answer_parts import Kind, Part, column_count, row_parts
from sockservice.mysql.constants import Header
from sockservice.mysql.disturbance_set import DisturbanceSet
from sockservice.mysql.packets import MAX_PAYLOAD
from sockservice.mysql.results import Form, is_error, sound_error_payload
from sockservice.mysql.wire import length_encoded


@attrs.frozen
class Pause:
    """Nothing is sent for a while.

    Attributes:
        seconds: how long; infinite for ever.
        stall: whether it stands before the answer, so that there is no use in waiting for it at the server's end.
    """

    seconds: float
    stall: bool = False


@attrs.frozen
class CutPayload:
    """A payload of which only a part is sent.

    Attributes:
        payload: all of it.
        keep: how many bytes are sent.
    """

    payload: bytes
    keep: int


Step: TypeAlias = bytes | CutPayload | Pause | Ending
"""A payload to be sent whole or in part, or what happens in place of one. Nothing follows an Ending."""

RowStep: TypeAlias = bytes | Pause | Ending
"""A row's payload, or what happens in place of one."""

_PartStep: TypeAlias = Part | Pause | Ending

_BEFORE_ROWS: Final = frozenset((Kind.COUNT, Kind.DEFINITION, Kind.COLUMNS_END))
"""The parts that come before rows."""
_LEAST_GARBAGE: Final = 32
"""Bytes: shorter garbage may be sound by chance."""


def disturbed(parts: Iterable[Part], wrong: DisturbanceSet, form: Form) -> Iterator[Step]:
    """The steps of an answer.

    Args:
        parts: of the answer as it should be; taken one by one.
        wrong: what is wrong with it.
        form: the one that it was made in.
    """
    if wrong.stall:
        yield Pause(wrong.stall, stall=True)
    steps: Iterable[Step | Part] = _disturbed_parts(parts, wrong, form)
    if wrong.truncated is not None:
        steps = _truncated(steps, wrong.truncated)
    for step in steps:
        yield step.payload if isinstance(step, Part) else step


def disturbed_rows(rows: Iterable[bytes], wrong: DisturbanceSet, form: Form, columns: int) -> Iterator[RowStep]:
    """The rows of a cursor, and what happens between them.

    Args:
        rows: their payloads; taken one by one.
        wrong: what is wrong with them; of that, the part that is about rows.
        form: the one that they were made in.
        columns: how many there are.

    Returns:
        Payloads, pauses and at most one ending. An error may be the last payload: nothing ends the rows then.
    """
    if wrong.stall:
        yield Pause(wrong.stall, stall=True)
    for step in _disturbed_parts(row_parts(rows), wrong, form, columns):
        if not isinstance(step, Part):
            yield step
        elif step.kind is not Kind.END or step.payload:
            yield step.payload


def _disturbed_parts(parts: Iterable[Part], wrong: DisturbanceSet, form: Form, columns: int = 0) -> Iterable[_PartStep]:
    if wrong.malformed is not None:
        parts = _malformed(parts, wrong.malformed, form, columns)
    steps: Iterable[_PartStep] = parts
    if wrong.breaks is not None:
        steps = _broken_off(parts, wrong.breaks, form)
    if wrong.missing_end is not None:
        steps = _without_ends(steps, wrong.missing_end)
    if wrong.pace is not None:
        steps = _paced(steps, wrong.pace)
    return steps


# --- the rows ---------------------------------------------------------------------------------


def _paced(steps: Iterable[_PartStep], pace: Pace) -> Iterator[_PartStep]:
    wait = pace.first_row
    for step in steps:
        if isinstance(step, Part) and step.kind is Kind.COUNT:
            wait = pace.first_row
        if isinstance(step, Part) and step.kind is Kind.ROW:
            seconds = wait()
            wait = pace.row
            if seconds > 0:
                yield Pause(seconds)
        yield step


def _broken_off(parts: Iterable[Part], breaks: Break, form: Form) -> Iterator[_PartStep]:
    """Break off behind so many rows, or end behind the last part; with an error, always before the last part."""
    rows = size = 0
    instead: _PartStep = breaks.ending
    if breaks.error is not None:
        instead = Part(Kind.END, sound_error_payload(breaks.error, form.charset))
    for part, last in _with_last(parts):
        if breaks.error is not None:
            size += _framed_size(part.payload)
        enough = breaks.after_rows is not None and rows >= breaks.after_rows and part.kind not in _BEFORE_ROWS
        full = breaks.after_bytes is not None and size > breaks.after_bytes
        if enough or full or (last and (breaks.after_rows is not None or breaks.error is not None)):
            yield instead
            return
        rows += part.kind is Kind.ROW
        yield part
    if breaks.after_bytes is None or breaks.error is not None:
        yield instead


def _framed_size(payload: bytes) -> int:
    return len(payload) + 4 * (len(payload) // MAX_PAYLOAD + 1)


def _with_last(parts: Iterable[Part]) -> Iterator[tuple[Part, bool]]:
    """Each part, and whether it is the last; one is looked at ahead, and what making it raises comes in its place."""
    left = iter(parts)
    held = next(left, None)
    while held is not None:
        try:
            following = next(left, None)
        except Exception:
            yield held, False
            raise
        yield held, following is None
        held = following


# --- the form ---------------------------------------------------------------------------------


def _without_ends(steps: Iterable[_PartStep], missing: MissingEnd) -> Iterator[_PartStep]:
    for step in steps:
        if isinstance(step, Part) and step.kind in (Kind.COLUMNS_END, Kind.END) and not is_error(step.payload):
            if missing.other_form and step.payload:
                yield Part(step.kind, other_form(step.payload))
        else:
            yield step


def other_form(end: bytes) -> bytes:
    """What ends rows, in the other of its two forms: EOF for OK, OK for EOF."""
    if len(end) == _EOF_SIZE:
        warnings, status = struct.unpack_from("<HH", end, 1)
        return bytes((Header.EOF, 0, 0)) + struct.pack("<HH", status, warnings)
    status, warnings = struct.unpack_from("<HH", end, 3)  # behind two numbers that are 0
    return bytes((Header.EOF,)) + struct.pack("<HH", warnings, status)


_EOF_SIZE: Final = 5


def _malformed(parts: Iterable[Part], malformed: Malformed, form: Form, columns: int) -> Iterator[Part]:
    """Damage the first payload that the kind of damage is for."""
    left = iter(parts)
    for kind, payload in left:
        if kind is Kind.COUNT:
            columns = column_count(payload, form)
        damaged = _damaged(kind, payload, malformed, form, columns)
        yield Part(kind, payload if damaged is None else damaged)
        if damaged is not None:
            break
    yield from left


def _damaged(kind: Kind, payload: bytes, malformed: Malformed, form: Form, columns: int) -> bytes | None:
    """A payload in its damaged form, or None where the damage is not for it."""
    if malformed.kind == "garbage":
        size = max(_LEAST_GARBAGE, len(payload))
        return Random(malformed.seed).randbytes(size)  # noqa: S311 - it is to be the same each time
    if malformed.kind == "column_count":
        return _one_column_more(payload, form) if kind is Kind.COUNT else None
    if kind is Kind.REPLY and payload[:1] == b"\0":
        return _TOO_LONG_OK
    if kind is not Kind.ROW:
        return None
    if not form.binary:
        return length_encoded(len(payload) + 1) + payload
    # No value is NULL, and the first may be of any type: too short for a number, and said to be long as a text.
    return b"\0" * (1 + (columns + 9) // 8) + b"\xfc\xff\xff"


_TOO_LONG_OK: Final = b"\0\xfe"
"""An OK whose number of affected rows is said to have eight bytes, of which there are none."""


def _one_column_more(payload: bytes, form: Form) -> bytes:
    start = form.metadata is not None
    count = column_count(payload, form)
    return payload[:start] + length_encoded(count + 1) + payload[start + len(length_encoded(count)) :]


def _truncated(steps: Iterable[Step | Part], truncated: Truncated) -> Iterator[Step | Part]:
    """Cut the last part; pauses behind it are dropped with what would have followed."""
    held: Part | None = None
    pauses: list[Step | Part] = []
    for step in steps:
        if isinstance(step, Ending):
            break
        if not isinstance(step, Part):
            pauses.append(step)
            continue
        if held is not None:
            yield held
        yield from pauses
        held, pauses = step, []
    if held is not None:
        yield CutPayload(held.payload, truncated.keep)
    yield truncated.ending
