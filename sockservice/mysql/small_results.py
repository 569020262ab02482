"""Result sets of a few rows, all at hand, as most are: what stands before them is made once for their columns.

The bytes are those that :func:`sockservice.mysql.results.answer_payloads` gives in packets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from sockservice.answers import Answer, Column, Rows
from sockservice.mysql.packets import packets
from sockservice.mysql.results import Form, columns_payloads, encoders_of, eof_payload, row_encoder

_FEW: Final = 64
"""Rows of the longest result set that is sent so."""
_LONG: Final = 1 << 16
"""Bytes of a row that are not held in one go with the others."""
_LONGEST_KEPT: Final = 16_384
"""Bytes of the longest beginning that is kept."""
_MOST: Final = 512
"""Columns, each in one form, whose beginnings are kept."""


class _Begin(NamedTuple):
    """What a result set begins and ends with.

    Attributes:
        columns: whose it is; kept, so that their id is theirs alone.
        packets: before the rows, from sequence id 1.
        sequence_id: of the first row.
        encoders: of the columns.
        end: the payload behind the rows.
    """

    columns: Sequence[Column]
    packets: bytes
    sequence_id: int
    encoders: Sequence[Callable[[Any], bytes]]
    end: bytes


_begins: dict[tuple[int, int, int], _Begin] = {}


def small_result(answer: Answer, form: Form) -> bytes | None:
    """The packets of a result set, from sequence id 1.

    Args:
        answer: what to send.
        form: for whom; its ``state`` is not told.

    Returns:
        None where it is no usual result set: none at all, too long, its rows not at hand, without columns, or unsound.
    """
    if type(answer) is not Rows:
        return None
    rows = answer.rows
    if not isinstance(rows, (list, tuple)) or len(rows) > _FEW or type(answer.columns) is not tuple:
        return None
    key = (id(answer.columns), form.key, answer.warnings)
    try:
        begin = _begins.get(key) or _made(key, answer, form)
        encoders = begin.encoders
        sequence_id, encode = begin.sequence_id, row_encoder(form)
        parts = [begin.packets]
        for row in rows:
            if len(row) != len(encoders):
                return None
            payload = encode(row, encoders)
            if len(payload) >= _LONG:
                return None
            parts += ((len(payload) | (sequence_id & 255) << 24).to_bytes(4, "little"), payload)
            sequence_id += 1
    except ValueError:
        return None
    end = begin.end
    parts += ((len(end) | (sequence_id & 255) << 24).to_bytes(4, "little"), end)
    return b"".join(parts)


def _made(key: tuple[int, int, int], answer: Rows, form: Form) -> _Begin:
    """The beginning for columns that come for the first time.

    Raises:
        ValueError: a column that cannot be described, or none.
    """
    if not answer.columns:
        raise ValueError("no columns")
    before = list(columns_payloads(answer, form))
    begin = _Begin(
        answer.columns,
        packets(before, 1),
        1 + len(before),
        encoders_of(answer.columns, form),
        eof_payload(form, answer.warnings),
    )
    if len(begin.packets) <= _LONGEST_KEPT:
        if len(_begins) >= _MOST:
            _begins.clear()
        _begins[key] = begin
    return begin
