"""What of an entry of the journal may be shown, in a table, a file or a message: all but credentials."""

from __future__ import annotations

import json
from typing import Any

from sockservice.answers import Value
from sockservice.responder.credentials import has_credentials, params_without_credentials, without_credentials
from sockservice.responder.journal import Entry


def text_of(entry: Entry) -> str:
    """The statement, without credentials."""
    return without_credentials(entry.text)


def params_of(entry: Entry) -> tuple[Value, ...]:
    """The values that were bound to it, without credentials."""
    return params_without_credentials(entry.text, entry.params)


def near_of(entry: Entry) -> str:
    """The near miss; where the statement has credentials, without its reason, which may repeat them."""
    return entry.near.partition(" (")[0] if entry.near and has_credentials(entry.text) else entry.near


def message_of(entry: Entry) -> str:
    """The text of the error; not at all where it may repeat credentials."""
    return "***" if entry.message and has_credentials(entry.text) else entry.message


def json_text(value: Any) -> str:
    """Values as JSON; what JSON has not is text, and bytes that are none are hexadecimal digits."""
    return json.dumps(value, ensure_ascii=False, default=_as_text)


def _as_text(value: Any) -> str:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return "0x" + value.hex()
    return str(value)
