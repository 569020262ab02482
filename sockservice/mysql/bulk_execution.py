"""COM_STMT_BULK_EXECUTE: one prepared statement for many rows of parameters (MariaDB's manual, of that name).

Responders see one ``execute`` a row; the client gets one answer.
"""

from __future__ import annotations

import enum
from decimal import InvalidOperation

from sockservice.answers import Answer, Error, Ok, Value
from sockservice.error_codes import error
from sockservice.errors import ProtocolError
from sockservice.mysql.charsets import Charset
from sockservice.mysql.constants import FieldType
from sockservice.mysql.parameters import ParameterType, WrongParameters, read_types, read_value
from sockservice.mysql.wire import PayloadReader

SEND_TYPES = 128
"""The flag of a packet that tells the types of its parameters."""


class Indicator(enum.IntEnum):
    """What stands before each parameter."""

    VALUE = 0
    NULL = 1
    DEFAULT = 2
    IGNORE = 3


def read_rows(
    reader: PayloadReader, count: int, charset: Charset, types: tuple[ParameterType, ...]
) -> tuple[tuple[ParameterType, ...], list[tuple[Value, ...]]]:
    """Read the types, where they are told, and the rows.

    What is to be the column's default, or to stay as it is, counts as NULL: a responder has no word for it.

    Args:
        reader: stands at the flags.
        count: how many parameters the statement has.
        charset: that texts are in.
        types: those of the last time.

    Raises:
        WrongParameters: the packet says them not in full, or there are none.
    """
    try:
        if reader.number(2) & SEND_TYPES:
            types = read_types(reader, count, charset)
        rows = []
        while not reader.at_end and count and len(types) == count:
            rows.append(tuple(_read(reader, kind, charset) for kind in types))
    except (ProtocolError, ValueError, OverflowError, InvalidOperation) as problem:
        raise WrongParameters(str(problem)) from problem
    if not rows:
        raise WrongParameters("there are no rows of parameters")
    return types, rows


def _read(reader: PayloadReader, kind: ParameterType, charset: Charset) -> Value:
    indicator = Indicator(reader.number(1))
    return read_value(reader, kind, charset) if indicator is Indicator.VALUE and kind.type != FieldType.NULL else None


class BulkAnswer:
    """The one answer out of many.

    Args:
        rows: how many answers there will be.
    """

    def __init__(self, rows: int) -> None:
        self._left = rows
        self._total = Ok()

    def add(self, answer: Answer) -> Ok | Error | None:
        """Take the answer to the next row; gives the one for the client once it is known: nothing follows an error."""
        if isinstance(answer, Error):
            return answer
        if not isinstance(answer, Ok):
            return error("ER_UNSUPPORTED_PS")
        self._left -= 1
        self._total = Ok(
            self._total.affected_rows + answer.affected_rows,
            self._total.last_insert_id or answer.last_insert_id,
            self._total.warnings + answer.warnings,
            answer.info,
        )
        return None if self._left else self._total
