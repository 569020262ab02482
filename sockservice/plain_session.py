"""A session without a MySQL client: of a protocol that has no logins, of a file that is run, of a past request."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
from zope.interface import implementer

from sockservice.interfaces import IServer, ISession


@implementer(ISession)
@attrs.define(eq=False)
class PlainSession:
    """Values for all that :class:`~sockservice.interfaces.ISession` asks for; nobody is refused anything."""

    server: IServer
    connection_id: int = 0
    user: str = ""
    host: str = "localhost"
    database: str = ""
    current_user: str = ""
    client: Mapping[str, str] = attrs.field(factory=dict)
    tls: Any = None
    compression: str | None = None
    autocommit: bool = True
    in_transaction: bool = False
    found_rows: bool = False
    variables: dict[str, Any] = attrs.field(factory=dict)
    user_variables: dict[str, Any] = attrs.field(factory=dict)
    prepared: dict[str, str] = attrs.field(factory=dict)
    command: str = "Sleep"
    since: float = 0.0
    info: str | None = None
    warnings: Sequence[tuple[str, int, str]] = ()
    workspace: Any = None
    asker: Any = None
    over: bool = False
    on_end: list[Callable[[], None]] = attrs.field(factory=list)

    def may_use(self, database: str) -> bool:  # noqa: ARG002
        """Yes."""
        return True
