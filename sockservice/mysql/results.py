"""Answers to payloads: OK, ERR, EOF and result sets, as text or binary (MySQL internals, "Command Phase")."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

import attrs

from sockservice.answers import (
    Answer,
    Column,
    Disturbed,
    Error,
    LocalInfile,
    Login,
    Message,
    Ok,
    Padded,
    Results,
    Rows,
    Value,
)
from sockservice.mysql.binary_values import BinaryEncoder, binary_encoder
from sockservice.mysql.charsets import Charset
from sockservice.mysql.columns import column_definitions
from sockservice.mysql.constants import Header, Status
from sockservice.mysql.long_payload import LongPayload, Payload
from sockservice.mysql.packets import packets
from sockservice.mysql.values import TextEncoder, text_encoder
from sockservice.mysql.wire import NULL, length_encoded, length_encoded_string

BINARY_KEY: Final = 1 << 17
"""What the key of a binary form has and that of the same form for text has not."""

_MOST_WARNINGS: Final = 65535
_UNKNOWN_ERROR: Final = 1105
_DESCRIBED: Final = b"\1"


@attrs.frozen
class Form:
    """All that the bytes of an answer depend on, besides the answer.

    Attributes:
        deprecate_eof: the capability: result sets end with an OK packet, and nothing ends the columns.
        status: the status bits.
        charset: ``character_set_results``.
        collation_id: the number that text columns carry.
        binary: rows are those of a prepared statement.
        metadata: whether columns are described, where the client has made that optional; None where it has not.
        mariadb: the server is taken for a MariaDB, which describes columns a little differently.
        extended_metadata: MariaDB's capability: column definitions tell more of their types.
        cache_metadata: MariaDB's capability: behind the number of columns stands whether they are described.
        state: what the next OK packet tells of the session (:mod:`sockservice.mysql.session_state`).
        key: a small number that stands for all of these but ``state``, for ``Rows.encodings``.
    """

    deprecate_eof: bool
    status: int
    charset: Charset
    collation_id: int
    binary: bool = False
    metadata: bool | None = None
    mariadb: bool = False
    extended_metadata: bool = False
    cache_metadata: bool = False
    state: bytes = b""
    key: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        optional = 0 if self.metadata is None else 1 + self.metadata
        key = self.status | self.deprecate_eof << 16 | optional << 18 | self.collation_id << 20
        key |= BINARY_KEY if self.binary else 0
        key |= self.mariadb << 36 | self.extended_metadata << 37 | self.cache_metadata << 38
        object.__setattr__(self, "key", key)

    def with_status(self, bits: int) -> Form:
        """The same with more status bits."""
        return attrs.evolve(self, status=self.status | bits)


def ok_payload(answer: Ok, form: Form, header: int = Header.OK) -> bytes:
    """An OK packet; ``header`` is 0xFE where it ends rows.

    The text is length-encoded, as MySQL's server sends it whatever the manual says.

    Raises:
        ValueError: a number that does not fit.
    """
    status = form.status | (Status.SESSION_STATE_CHANGED if form.state else 0)
    return (
        bytes((header,))
        + length_encoded(answer.affected_rows)
        + length_encoded(answer.last_insert_id)
        + struct.pack("<HH", status, _warnings(answer.warnings))
        + (length_encoded_string(form.charset.encode(answer.info)) if answer.info or form.state else b"")
        + (length_encoded_string(form.state) if form.state else b"")
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


def sound_error_payload(answer: Error, charset: Charset, *, with_sqlstate: bool = True) -> bytes:
    """As :func:`error_payload`; one that cannot be encoded becomes ERR 1105, which says what is wrong with it."""
    try:
        return error_payload(answer, charset, with_sqlstate=with_sqlstate)
    except ValueError as problem:
        unsound = Error(_UNKNOWN_ERROR, "HY000", str(problem))
        return error_payload(unsound, charset, with_sqlstate=with_sqlstate)


def eof_payload(form: Form, warnings: int = 0) -> bytes:
    """What ends columns, rows and lists: an EOF packet, or an OK packet with the header 0xFE."""
    if form.deprecate_eof:
        return ok_payload(Ok(warnings=warnings), form, Header.EOF)
    return struct.pack("<BHH", Header.EOF, _warnings(warnings), form.status)


def is_lazy(answer: Answer) -> bool:
    """Whether the rows of an answer come one by one, so that they are not to be held all at once."""
    if isinstance(answer, Results):
        return any(map(is_lazy, answer.results))
    return isinstance(answer, Rows) and not isinstance(answer.rows, (tuple, list))


def answer_packets(answer: Answer, form: Form, sequence_id: int) -> bytes:
    """The packets of an answer to a query, all at once.

    Args:
        answer: what to send.
        form: for whom.
        sequence_id: of the first packet.
    """
    return packets(whole_payloads(answer, form), sequence_id)


def answer_payloads(answer: Answer, form: Form) -> Iterable[Payload]:
    """The payloads of an answer to a query.

    An answer that cannot be encoded becomes ERR 1105, which says what is wrong with it; where rows are sent while
    they come, behind those that were sound.

    Args:
        answer: what to send; of several results all but the last say that more follow, and an error is the last.
        form: for whom.
    """
    if isinstance(answer, Results) and answer.results:
        return _several(answer.results, form)
    return _tried(answer, form) if is_lazy(answer) else list(_tried(answer, form))


def whole_payloads(answer: Answer, form: Form) -> list[bytes]:
    """The same, all at once."""
    return list(map(bytes, answer_payloads(answer, form)))


def _several(results: Sequence[Answer], form: Form) -> Iterator[Payload]:
    more = attrs.evolve(form.with_status(Status.MORE_RESULTS_EXISTS), state=b"")
    for number, result in enumerate(results, 1):
        last = number == len(results)
        payload: Payload = b""
        for payload in answer_payloads(result, form if last else more):
            yield payload
        if not last and is_error(payload):
            return


def is_error(payload: Payload) -> bool:
    """Whether a payload that ends an answer is ERR. No row and no definition begins so."""
    return isinstance(payload, bytes) and payload[:1] == b"\xff"


def _tried(answer: Answer, form: Form) -> Iterator[Payload]:
    lazy = is_lazy(answer)
    try:
        if lazy:
            yield from _payloads(answer, form)
        else:
            # All of it or nothing: an error in the first rows may as well be the whole answer.
            yield from list(_payloads(answer, form))
    except ValueError as problem:
        yield error_payload(Error(_UNKNOWN_ERROR, "HY000", str(problem)), form.charset)


def field_list_payloads(answer: Answer, form: Form) -> list[bytes]:
    """The payloads of an answer to COM_FIELD_LIST: the columns, each with its default, which is NULL.

    Raises nothing; an answer that cannot be encoded becomes ERR 1105.
    """
    if isinstance(answer, Error):
        return [sound_error_payload(answer, form.charset)]
    columns = answer.columns if isinstance(answer, Rows) else ()
    definitions = [definition + NULL for definition in _definition_payloads(columns, form)]
    return [*definitions, eof_payload(form)]


def _payloads(answer: Answer, form: Form) -> Iterator[Payload]:
    if isinstance(answer, Error):
        yield error_payload(answer, form.charset)
    elif isinstance(answer, Rows) and answer.columns:
        yield from columns_payloads(answer, form)
        yield from row_payloads(answer.columns, answer.rows, form)
        yield eof_payload(form, answer.warnings)
    elif isinstance(answer, (Ok, Rows)):
        # A column count of 0 is how an OK packet begins: a result set without columns cannot be said.
        yield ok_payload(answer if isinstance(answer, Ok) else Ok(warnings=answer.warnings), form)
    elif isinstance(answer, LocalInfile):
        raise ValueError("a file of the client's cannot be one of several results, nor the answer to this command")
    elif isinstance(answer, Results):
        raise ValueError("several results are at least one")
    elif isinstance(answer, Disturbed):
        raise ValueError("a disturbed answer cannot be one of several results: disturb all of them together")
    else:
        raise ValueError(no_answer_to_a_statement(answer))


def no_answer_to_a_statement(answer: Message | Login) -> str:
    """What is wrong with an answer that means nothing where a statement is answered."""
    name = type(answer).__name__
    return f"a MySQL client cannot be sent a {name}: a statement is answered by Rows, Ok, Error or Results"


def _definition_payloads(columns: Sequence[Column], form: Form) -> tuple[bytes, ...]:
    return column_definitions(
        tuple(columns), form.charset, form.collation_id, mariadb=form.mariadb, extended=form.extended_metadata
    )


def columns_payloads(answer: Rows, form: Form) -> Iterator[bytes]:
    """How a result set begins: the number of its columns, their definitions, and what ends these.

    Raises:
        ValueError: a column that cannot be described.
    """
    optional = b"" if form.metadata is None else bytes((form.metadata,))
    yield optional + length_encoded(len(answer.columns)) + (_DESCRIBED if form.cache_metadata else b"")
    if form.metadata is not False:
        yield from _definition_payloads(answer.columns, form)
    if not form.deprecate_eof:
        yield eof_payload(form, answer.warnings)


def definition_payloads(columns: Sequence[Column], form: Form) -> Iterator[bytes]:
    """Column definitions in the answer to PREPARE, and what ends them; nothing where there are none to tell."""
    if not columns or form.metadata is False:
        return
    yield from _definition_payloads(columns, form)
    if not form.deprecate_eof:
        yield eof_payload(form)


def encoders_of(columns: Sequence[Column], form: Form) -> list[Callable[[Value], bytes]]:
    """What encodes the values of each column."""
    make: Callable[..., Callable[[Value], bytes]] = binary_encoder if form.binary else text_encoder
    return [make(column.type, form.charset) for column in columns]


def row_encoder(form: Form) -> Callable[[Sequence[Value], Sequence[Callable[[Value], bytes]]], bytes]:
    """What makes the payload of a row out of its values and what encodes these; ValueError for one that cannot be."""
    return _binary_row if form.binary else _text_row


def row_payloads(columns: Sequence[Column], rows: Iterable[Sequence[Value]], form: Form) -> Iterator[Payload]:
    """The rows of a result set.

    Raises:
        ValueError: a value that its column cannot hold, or a row that is not as long as there are columns.
    """
    encoders, row_payload = encoders_of(columns, form), row_encoder(form)
    for number, row in enumerate(rows, 1):
        if len(row) != len(encoders):
            raise ValueError(f"row {number} has {len(row)} value(s) for {len(encoders)} column(s)")
        try:
            yield row_payload(row, encoders)
        except ValueError:
            padded = next((place for place, value in enumerate(row) if type(value) is Padded), None)
            if padded is not None:
                yield _long_row(columns, row, encoders, padded, form)
                continue
            _explain(columns, encoders, row, number)
            raise


def _long_row(
    columns: Sequence[Column],
    row: Sequence[Value],
    encoders: Sequence[Callable[[Value], bytes]],
    padded: int,
    form: Form,
) -> LongPayload:
    """A row one of whose values is padded.

    Args:
        columns: of the result set.
        row: the values.
        encoders: of the columns.
        padded: the number of the column.
        form: for whom.
    """
    value: Padded = row[padded]
    text = text_encoder(columns[padded].type, form.charset)
    begin, unit = text(value.value), text("x")
    before, after = (_fields(row[part], encoders[part], form) for part in (slice(padded), slice(padded + 1, None)))
    length = length_encoded(len(begin) + len(unit) * value.filler)
    return LongPayload((_null_bitmap(row) if form.binary else b"") + before + length + begin, unit, value.filler, after)


def _fields(row: Sequence[Value], encoders: Sequence[Callable[[Value], bytes]], form: Form) -> bytes:
    """Some of the values of a row, as they stand one behind the other."""
    if not form.binary:
        return _text_row(row, encoders)
    return b"".join(encode(value) for encode, value in zip(encoders, row, strict=True) if value is not None)


def _null_bitmap(row: Sequence[Value]) -> bytes:
    """How a binary row begins."""
    nulls = sum(4 << number for number, value in enumerate(row) if value is None)
    return b"\0" + nulls.to_bytes((len(row) + 9) // 8, "little")


def _text_row(row: Sequence[Value], encoders: Sequence[TextEncoder]) -> bytes:
    fields = []
    for encode, value in zip(encoders, row, strict=True):
        if value is None:
            fields.append(NULL)
        else:
            text = encode(value)
            fields += (length_encoded(len(text)), text)
    return b"".join(fields)


def _binary_row(row: Sequence[Value], encoders: Sequence[BinaryEncoder]) -> bytes:
    """Bit 2 of the null bitmap is the first column's (MySQL internals, "Null-Bitmap")."""
    nulls = 0
    fields = []
    for number, value in enumerate(row):
        if value is None:
            nulls |= 4 << number
        else:
            fields.append(encoders[number](value))
    return b"\0" + nulls.to_bytes((len(row) + 9) // 8, "little") + b"".join(fields)


def _explain(
    columns: Sequence[Column], encoders: Sequence[Callable[[Value], bytes]], row: Sequence[Value], number: int
) -> None:
    """Encode a row once more, to say which value of it is wrong."""
    for column, encode, value in zip(columns, encoders, row, strict=True):
        try:
            if value is not None:
                encode(value)
        except ValueError as problem:
            raise ValueError(f"row {number}, column {column.name!r} ({column.type.name}): {problem}") from None


def _warnings(count: int) -> int:
    return max(0, min(count, _MOST_WARNINGS))
