"""What a client can set of its session, and what the bytes of answers depend on, worked out when it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from sockservice.answers import Answer, Ok, Results, Rows
from sockservice.collations import find_collation
from sockservice.mysql.charsets import DEFAULT_COLLATION_ID, UTF8MB4, charset
from sockservice.mysql.constants import Capability, Status
from sockservice.mysql.mariadb import COLLATION_ID as MARIADB_COLLATION_ID
from sockservice.mysql.results import BINARY_KEY, Form
from sockservice.mysql.session_state import SessionState
from sockservice.mysql.session_variables import SessionVariables

if TYPE_CHECKING:
    from sockservice.mysql.server import Server

_IN_FORM: Final = frozenset(
    "character_set_client character_set_results collation_connection sql_mode resultset_metadata".split()
)
"""The variables that bytes depend on."""


class SessionSettings:
    """The settings of one session.

    Args:
        server: whose it is.

    Attributes:
        capabilities: what both sides can, once the client has said so.
        client_charset: ``character_set_client``, in which statements come.
        form: what the bytes of answers depend on.
        escapes: whether a backslash escapes within quotes.
        text_key: the key of the bytes that an answer as text may be sent as, where they were kept; None while there is
            something to tell that kept bytes do not.
        binary_key: the same for rows of prepared statements.
        multi_statements: whether a query may be several statements.
        prepared: the statements that PREPARE has made, by name in lower case.
        warnings: what SHOW WARNINGS tells.
        asker: what a journal keeps here; it begins anew when the user or the database changes.
        over: whether the connection has ended.
        on_end: called once each when the session is over: its connection is lost, or its user is another one.
        workspace: what a responder keeps here; it begins anew as the asker does.
    """

    # A session has more attributes than the 30 up to which Python looks them up fast without slots.
    __slots__ = (
        "_autocommit",
        "_database",
        "_in_transaction",
        "_state",
        "asker",
        "binary_key",
        "capabilities",
        "client_charset",
        "escapes",
        "form",
        "multi_statements",
        "on_end",
        "over",
        "prepared",
        "server",
        "text_key",
        "user_variables",
        "variables",
        "warnings",
        "workspace",
    )

    def __init__(self, server: Server) -> None:
        self.server = server
        self.capabilities = 0
        self.client_charset = UTF8MB4
        self.escapes = True
        self.form = Form(False, Status.AUTOCOMMIT, UTF8MB4, DEFAULT_COLLATION_ID)
        self.text_key: int | None = self.form.key
        self.binary_key: int | None = self.form.key | BINARY_KEY
        self.multi_statements = False
        self.user_variables: dict[str, Any] = {}
        self.variables = SessionVariables(self._variable_changed)
        self.prepared: dict[str, str] = {}
        self.warnings: Sequence[tuple[str, int, str]] = ()
        self.asker: Any = None
        self.over = False
        self.on_end: list[Callable[[], None]] = []
        self.workspace: Any = None
        self._autocommit = True
        self._in_transaction = False
        self._database = ""
        self._state = SessionState(self._value)

    @property
    def autocommit(self) -> bool:
        """Status bit AUTOCOMMIT."""
        return self._autocommit

    @autocommit.setter
    def autocommit(self, on: bool) -> None:
        self._autocommit = on
        if self._tracks:
            self._state.variable_changed("autocommit", "ON" if on else "OFF")
        self.refresh()

    @property
    def in_transaction(self) -> bool:
        """Status bit IN_TRANS."""
        return self._in_transaction

    @in_transaction.setter
    def in_transaction(self, on: bool) -> None:
        if self._tracks and on != self._in_transaction:
            self._state.transaction_changed(on)
        self._in_transaction = on
        self.refresh()

    @property
    def database(self) -> str:
        """The current database, or ``""``."""
        return self._database

    @database.setter
    def database(self, name: str) -> None:
        self._database = name
        self.asker = self.workspace = None
        if self._tracks:
            self._state.schema_changed(name)
            self.refresh()

    @property
    def found_rows(self) -> bool:
        """Whether the client wants to be told the rows that an UPDATE found, not those that it changed."""
        return bool(self.capabilities & Capability.FOUND_ROWS)

    @property
    def _tracks(self) -> int:
        return self.capabilities & Capability.SESSION_TRACK

    def _variable_changed(self, name: str) -> None:
        if self._tracks:
            self._state.variable_changed(name, self._value(name))
        if name in _IN_FORM or self._state.pending:
            self.refresh()

    def _value(self, name: str) -> Any:
        """What a system variable was set to, here or for all; None where it was not."""
        return self.variables[name] if name in self.variables else self.server.global_variables.get(name)

    def _named_charset(self, variable: str) -> Any:
        return self.variables[variable] if variable in self.variables else self._value(variable) or "utf8mb4"

    def refresh(self) -> None:
        """Work out what the bytes of answers depend on, so that nothing need be looked up per query."""
        self.escapes = "NO_BACKSLASH_ESCAPES" not in str(self._value("sql_mode")).upper()
        status = (
            (Status.AUTOCOMMIT if self._autocommit else 0)
            | (Status.IN_TRANS if self._in_transaction else 0)
            | (0 if self.escapes else Status.NO_BACKSLASH_ESCAPES)
        )
        self.client_charset = charset(self._named_charset("character_set_client")) or UTF8MB4
        # NULL is no name of a set: texts are sent as the server has them.
        results = charset(self._named_charset("character_set_results")) or UTF8MB4
        # Where nothing is converted, a text has the collation that it is stored with.
        converted = self._named_charset("character_set_results") is not None
        chosen = find_collation(str(self._value("collation_connection"))) if converted else None
        default = MARIADB_COLLATION_ID if self.server.mariadb and results is UTF8MB4 else results.default_collation_id
        metadata = None
        if self.capabilities & Capability.OPTIONAL_RESULTSET_METADATA:
            metadata = str(self._value("resultset_metadata") or "FULL").upper() != "NONE"
        self.form = Form(
            bool(self.capabilities & Capability.DEPRECATE_EOF),
            int(status),
            results,
            chosen.collation_id if chosen is not None and chosen.charset is results else default,
            metadata=metadata,
            mariadb=self.server.mariadb,
            extended_metadata=bool(self.capabilities & Capability.EXTENDED_METADATA),
            cache_metadata=bool(self.capabilities & Capability.CACHE_METADATA),
        )
        self.text_key = self.binary_key = None
        if not self._state.pending:
            self.text_key, self.binary_key = self.form.key, self.form.key | BINARY_KEY

    def form_of(self, answer: Answer, *, binary: bool = False) -> Form:
        """The form of an answer that is sent now, with what it tells of the session's state."""
        form = attrs.evolve(self.form, binary=True) if binary else self.form
        if self._state.pending and self._tells(answer):
            form = attrs.evolve(form, state=self._state.take(self.form.charset))
            self.refresh()
        return form

    def _tells(self, answer: Answer) -> bool:
        """Whether an answer ends with an OK packet."""
        if isinstance(answer, Results):
            return bool(answer.results) and self._tells(answer.results[-1])
        return isinstance(answer, Ok) or (isinstance(answer, Rows) and self.form.deprecate_eof)

    def begin_settings(self) -> None:
        """The capabilities are known, and nothing that was set so far is news to the client."""
        self.multi_statements = bool(self.capabilities & Capability.MULTI_STATEMENTS)
        self._state.clear()
        self.refresh()

    def forget_settings(self) -> None:
        """All that the client has set is as it was at first."""
        self.variables.clear()
        self.user_variables.clear()
        self.prepared.clear()
        self.warnings, self.asker, self.workspace = (), None, None
        self._autocommit, self._in_transaction = True, False
        self.begin_settings()
