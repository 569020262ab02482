"""Which payload of an answer is what: told by the payloads alone, as a client tells it."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from sockservice.mysql.constants import Header
from sockservice.mysql.packets import MAX_PAYLOAD
from sockservice.mysql.results import Form, is_error
from sockservice.mysql.wire import PayloadReader

_SHORTEST_OK: Final = 7
"""Bytes; a number of columns has at most five, of which the first may be 0 too."""


class Kind(enum.Enum):
    """What a payload is."""

    REPLY = "reply"
    """All of an answer (OK, ERR), or how one begins that has no rows."""
    COUNT = "count"
    """The number of columns: how a result set begins."""
    DEFINITION = "definition"
    """A column, or a parameter."""
    COLUMNS_END = "columns end"
    """What ends the definitions, where rows follow."""
    ROW = "row"
    """A row."""
    END = "end"
    """What ends the rows, or a list of definitions; an error may stand in its place."""


class Part(NamedTuple):
    """A payload, and what it is."""

    kind: Kind
    payload: bytes


def result_parts(payloads: Iterable[bytes], form: Form) -> Iterator[Part]:
    """The parts of an answer to a statement, of several results one after the other.

    Args:
        payloads: as :func:`sockservice.mysql.results.answer_payloads` gives them.
        form: the one that they were made in.
    """
    left = iter(payloads)
    for first in left:
        if is_error(first) or (first[0] == Header.OK and len(first) >= _SHORTEST_OK):
            yield Part(Kind.REPLY, first)
            continue
        yield Part(Kind.COUNT, first)
        definitions = 0 if form.metadata is False else column_count(first, form)
        columns_end_due = not form.deprecate_eof
        for payload in left:
            if definitions and not is_error(payload):
                definitions -= 1
                yield Part(Kind.DEFINITION, payload)
            elif columns_end_due and not is_error(payload):
                columns_end_due = False
                yield Part(Kind.COLUMNS_END, payload)
            elif not is_end(payload):
                yield Part(Kind.ROW, payload)
            else:
                yield Part(Kind.END, payload)
                break


def reply_parts(payloads: Iterable[bytes]) -> Iterator[Part]:
    """The parts of an answer without rows: of PREPARE, of FIELD_LIST, of the commands that have none."""
    kind = Kind.REPLY
    for payload in payloads:
        if payload.startswith(b"\x03def"):
            kind = Kind.DEFINITION
        yield Part(Kind.END if kind is Kind.DEFINITION and is_end(payload) else kind, payload)


def row_parts(rows: Iterable[bytes]) -> Iterator[Part]:
    """Rows, and an empty part where what ends them is due."""
    for row in rows:
        yield Part(Kind.ROW, row)
    yield Part(Kind.END, b"")


def is_end(payload: bytes) -> bool:
    """Whether a payload ends rows or definitions: EOF, the OK in its place, or ERR.

    A row that begins with the same byte as EOF has a first value of 16 MiB and more, and is as long.
    """
    return is_error(payload) or (payload[:1] == bytes((Header.EOF,)) and len(payload) < MAX_PAYLOAD)


def column_count(payload: bytes, form: Form) -> int:
    """The number of columns that a payload tells."""
    return PayloadReader(payload[form.metadata is not None :]).length_encoded()
