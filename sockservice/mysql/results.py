"""Answers to packets: OK, ERR, EOF and result sets in text form (MySQL internals, "Text Protocol")."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import attrs

from sockservice.answers import Answer, Column, Error, Ok, Rows
from sockservice.mysql.charsets import Charset
from sockservice.mysql.columns import column_definition
from sockservice.mysql.constants import Header
from sockservice.mysql.packets import packets
from sockservice.mysql.values import TextEncoder, text_encoder
from sockservice.mysql.wire import NULL, length_encoded, length_encoded_string

_MOST_WARNINGS = 65535
_UNKNOWN_ERROR = 1105


@attrs.frozen
class Form:
    """All that the bytes of an answer depend on, besides the answer.

    Attributes:
        deprecate_eof: the capability: result sets end with an OK packet, and nothing ends the columns.
        status: the status bits.
        charset: ``character_set_results``.
        collation_id: the number that text columns carry.
        key: a small number that stands for all of these, for ``Rows.encodings``.
    """

    deprecate_eof: bool
    status: int
    charset: Charset
    collation_id: int
    key: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "key", self.status | self.deprecate_eof << 16 | self.collation_id << 17)


def ok_payload(answer: Ok, form: Form, header: int = Header.OK) -> bytes:
    """An OK packet; ``header`` is 0xFE where it ends rows.

    The text is length-encoded, as MySQL's server sends it whatever the manual says.

    Raises:
        ValueError: a number that does not fit.
    """
    return (
        bytes((header,))
        + length_encoded(answer.affected_rows)
        + length_encoded(answer.last_insert_id)
        + struct.pack("<HH", form.status, _warnings(answer.warnings))
        + (length_encoded_string(form.charset.encode(answer.info)) if answer.info else b"")
    )


def error_payload(answer: Error, charset: Charset, *, with_sqlstate: bool = True) -> bytes:
    """An ERR packet.

    Args:
        answer: the error.
        charset: what the message is sent in.
        with_sqlstate: False for a client of which nothing is known yet, or that does not speak 4.1.

    Raises:
        ValueError: a code of more than 16 bits, or an SQLSTATE that is not five ASCII characters.
    """
    if not 0 < answer.code < 1 << 16:
        raise ValueError(f"{answer.code} is no error code: they go from 1 to 65535")
    state = b""
    if with_sqlstate:
        if len(answer.sqlstate) != 5 or not answer.sqlstate.isascii():
            raise ValueError(f"{answer.sqlstate!r} is no SQLSTATE: it is five letters or digits")
        state = b"#" + answer.sqlstate.encode()
    return struct.pack("<BH", Header.ERR, answer.code) + state + charset.encode(answer.message)


def eof_payload(form: Form, warnings: int = 0) -> bytes:
    """What ends columns, rows and lists: an EOF packet, or an OK packet with the header 0xFE."""
    if form.deprecate_eof:
        return ok_payload(Ok(warnings=warnings), form, Header.EOF)
    return struct.pack("<BHH", Header.EOF, _warnings(warnings), form.status)


def answer_packets(answer: Answer, form: Form, sequence_id: int) -> bytes:
    """The packets of an answer to a query.

    An answer that cannot be encoded becomes ERR 1105, which says what is wrong with it.

    Args:
        answer: what to send.
        form: for whom.
        sequence_id: of the first packet.
    """
    try:
        return packets(list(_payloads(answer, form)), sequence_id)
    except ValueError as problem:
        return packets([error_payload(Error(_UNKNOWN_ERROR, "HY000", str(problem)), form.charset)], sequence_id)


def field_list_packets(answer: Answer, form: Form, sequence_id: int) -> bytes:
    """The packets of an answer to COM_FIELD_LIST: the columns, each with its default, which is NULL.

    Raises nothing; an answer that cannot be encoded becomes ERR 1105.
    """
    if isinstance(answer, Error):
        return answer_packets(answer, form, sequence_id)
    columns = answer.columns if isinstance(answer, Rows) else ()
    definitions = [column_definition(column, form.charset, form.collation_id) + NULL for column in columns]
    return packets([*definitions, eof_payload(form)], sequence_id)


def _payloads(answer: Answer, form: Form) -> Iterator[bytes]:
    if isinstance(answer, Error):
        yield error_payload(answer, form.charset)
    elif isinstance(answer, Ok) or not answer.columns:
        # A column count of 0 is how an OK packet begins: a result set without columns cannot be said.
        yield ok_payload(answer if isinstance(answer, Ok) else Ok(warnings=answer.warnings), form)
    else:
        yield length_encoded(len(answer.columns))
        for column in answer.columns:
            yield column_definition(column, form.charset, form.collation_id)
        if not form.deprecate_eof:
            yield eof_payload(form, answer.warnings)
        yield from _rows(answer, form)
        yield eof_payload(form, answer.warnings)


def _rows(answer: Rows, form: Form) -> Iterator[bytes]:
    encoders = [text_encoder(column.type, form.charset) for column in answer.columns]
    for number, row in enumerate(answer.rows, 1):
        if len(row) != len(encoders):
            raise ValueError(f"row {number} has {len(row)} value(s) for {len(encoders)} column(s)")
        fields = []
        for column, encode, value in zip(answer.columns, encoders, row, strict=True):
            if value is None:
                fields.append(NULL)
            else:
                fields.append(length_encoded_string(_encoded(column, encode, value, number)))
        yield b"".join(fields)


def _encoded(column: Column, encode: TextEncoder, value: object, number: int) -> bytes:
    try:
        return encode(value)
    except ValueError as problem:
        raise ValueError(f"row {number}, column {column.name!r} ({column.type.name}): {problem}") from None


def _warnings(count: int) -> int:
    return max(0, min(count, _MOST_WARNINGS))
