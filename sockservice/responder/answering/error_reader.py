"""The ``error`` of a stub, made once when the file is loaded."""

from __future__ import annotations

import re
from typing import Any, Final

from msgspec import UNSET, UnsetType

from sockservice import error_codes
from sockservice.answers import Error
from sockservice.documents import Document, Keys
from sockservice.errors import ConfigurationError
from sockservice.responder.answering.stub_values import shown
from sockservice.responder.answering.then_words import ErrorThen

_SQLSTATE: Final = re.compile(r"[0-9A-Z]{5}")


def read_error(
    error: int | str | ErrorThen, document: Document[Any], keys: Keys, found: list[ConfigurationError]
) -> Error:
    """The error that a stub describes; a template in its message is left as it is.

    Args:
        error: as it was read.
        document: the file, for the places of mistakes.
        keys: the way to it.
        found: gets what is wrong.
    """
    if not isinstance(error, ErrorThen):
        return _known(error, UNSET, document, keys, found)
    sqlstate, message = error.sqlstate, error.message
    known = _known(error.code, message, document, (*keys, "code"), found)
    if sqlstate is not UNSET and not _SQLSTATE.fullmatch(sqlstate):
        problem = f"{shown(sqlstate)} is no SQLSTATE: five digits and capital letters"
        found.append(document.mistake(problem, *keys, "sqlstate"))
    return Error(
        known.code,
        known.sqlstate if sqlstate is UNSET else sqlstate,
        known.message if message is UNSET else message,
    )


def _known(
    code: int | str, message: str | UnsetType, document: Document[Any], keys: Keys, found: list[ConfigurationError]
) -> Error:
    """The server's own error, or one whose number and message are the author's."""
    try:
        return error_codes.error(code)
    except ValueError as reason:
        problem = str(reason)
    if isinstance(code, int) and message is not UNSET:
        if 1 <= code <= 65_535:
            return Error(code, "HY000", message)
        problem = "an error number is from 1 to 65535"
    found.append(document.mistake(problem, *keys))
    return Error(1105, "HY000", "")
