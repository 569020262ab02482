"""What OK packets tell a client of its session's state (MySQL internals, "Session State Information").

A client that has CLIENT_SESSION_TRACK is told of what it has asked for by the ``session_track_…`` variables; the
default is the current database and the five variables that connectors keep track of.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, Final

from sockservice.mysql.charsets import Charset
from sockservice.mysql.wire import length_encoded_string

TRACKED: Final = "time_zone,autocommit,character_set_client,character_set_results,character_set_connection"
"""The default of ``session_track_system_variables``."""


class StateType(enum.IntEnum):
    """What an entry of the state is about."""

    SYSTEM_VARIABLES = 0
    SCHEMA = 1
    STATE_CHANGE = 2
    TRANSACTION_STATE = 5


class SessionState:
    """What has changed since the client was told last.

    Args:
        variable: gives the value of a system variable, by its name.
    """

    def __init__(self, variable: Callable[[str], Any]) -> None:
        self._variable = variable
        self._variables: dict[str, str] = {}
        self._schema: str | None = None
        self._transaction: bool | None = None
        self._any = False

    @property
    def pending(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self._variables or self._any) or self._schema is not None or self._transaction is not None

    def schema_changed(self, name: str) -> None:
        """There is another current database, or the same again."""
        if _is_on(self._variable("session_track_schema"), default=True):
            self._schema = name
        self._changed()

    def variable_changed(self, name: str, value: Any) -> None:
        """A system variable was set."""
        names = self._variable("session_track_system_variables")
        tracked = TRACKED if names is None else str(names)
        if tracked == "*" or name in (part.strip().lower() for part in tracked.split(",")):
            self._variables[name] = "" if value is None else str(value)
        self._changed()

    def transaction_changed(self, begun: bool) -> None:
        """A transaction has begun or ended."""
        if str(self._variable("session_track_transaction_info") or "OFF").upper() not in ("OFF", "0"):
            self._transaction = begun

    def _changed(self) -> None:
        if _is_on(self._variable("session_track_state_change"), default=False):
            self._any = True

    def take(self, charset: Charset) -> bytes:
        """The entries that are due, without the length before them; they are forgotten here.

        Args:
            charset: that names and values are sent in.
        """
        entries = [
            _entry(StateType.SYSTEM_VARIABLES, _text(name, charset) + _text(value, charset))
            for name, value in self._variables.items()
        ]
        if self._schema is not None:
            entries.append(_entry(StateType.SCHEMA, _text(self._schema, charset)))
        if self._any:
            entries.append(_entry(StateType.STATE_CHANGE, _text("1", charset)))
        if self._transaction is not None:
            entries.append(
                _entry(StateType.TRANSACTION_STATE, _text("T_______" if self._transaction else "_" * 8, charset))
            )
        self.clear()
        return b"".join(entries)

    def clear(self) -> None:
        """Nothing is due any more."""
        self._variables, self._schema, self._transaction, self._any = {}, None, None, False


def _entry(kind: StateType, data: bytes) -> bytes:
    return bytes((kind,)) + length_encoded_string(data)


def _text(text: str, charset: Charset) -> bytes:
    return length_encoded_string(charset.encode(text))


def _is_on(value: Any, *, default: bool) -> bool:
    return default if value is None else str(value).upper() in ("1", "ON", "TRUE")
