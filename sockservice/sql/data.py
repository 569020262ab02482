"""The data of one workspace: a store of its own, made when the first statement needs it."""

from __future__ import annotations

import gc
import importlib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from twisted.internet.defer import Deferred
from zope.interface import implementer

from sockservice.answers import OWN_COMMANDS, Answer, Ok, Request, Rows
from sockservice.interfaces import IData
from sockservice.sql.data_folder import remove_store

if TYPE_CHECKING:
    from sockservice.sql.databases import Databases
    from sockservice.sql.responder import Sql

_LONGEST: Final = 4096
"""Characters of the longest statement of a driver's own that is told by its look."""
_COMMENTS: Final = r"(?:\s|/\*(?![!+]).*?\*/)*+"
_SELECT: Final = re.compile(
    _COMMENTS + r"select\s(?!.*\b(?:from|into)\b)"
    r"(?:(?:database|schema|version|user|current_user|connection_id)\s*\(\s*\)|@@[\w.]+|[\w\s.,'`])++;?\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
"""Numbers, strings, system variables and who one is: what drivers ask to see that the server is alive."""
_SETTING: Final = re.compile(
    _COMMENTS + r"(?:set\s+(?:names|character\s+set|(?:session\s+|@@session\.|@@)?(?!transaction\b)\w+\s*:?=)[^@(]*"
    r"|commit|rollback|show\s+(?:(?:session|global)\s+)?(?:variables|status|warnings)\b[^(]*)\Z",
    re.IGNORECASE | re.DOTALL,
)
"""What a driver says before it has asked for anything."""
_OK: Final = Ok()


def _import_engine() -> None:
    """Import the reader of SQL, and all that compiles and runs what it reads."""
    importlib.import_module("sockservice.sql.responder")
    # It lives as long as the program: a collection that looks at all of it keeps everybody waiting.
    gc.freeze()


@implementer(IData)
class Data:
    """Answers statements from tables.

    Args:
        databases: where they come from.
        workspace: whose they are; ``""`` for the default one.
    """

    def __init__(self, databases: Databases, workspace: str) -> None:
        self._databases = databases
        self._workspace = workspace
        self._sql: Sql | None = None
        self._names: Sequence[str] | None = None

    def respond(self, request: Request) -> Answer | Deferred[Answer] | None:
        """The answer to a statement, or None where nobody here has one."""
        sql = self._sql
        if sql is None:
            answer = self._light(request)
            if answer is not None or request.command in OWN_COMMANDS:
                return answer
            if not self._databases.imported:
                # That takes longer than to start all the rest, and nobody else has to wait for it.
                return Deferred.fromCoroutine(self._asked_later(request))
        return self._asked(request)

    async def _asked_later(self, request: Request) -> Any:
        """As :meth:`_asked`, when the reader of SQL is here."""
        await self._databases.run_in_thread(_import_engine)
        self._databases.imported = True
        answer = self._asked(request)
        return await answer if isinstance(answer, Deferred) else answer

    def _asked(self, request: Request) -> Answer | Deferred[Answer] | None:
        """What the tables have to say."""
        sql = self._sql or self._made()
        names = self._databases.names()
        if names != self._names:
            # The stub files, read again, name others; those from before may have tables.
            self._names = names
            for name in names:
                sql.store.create_database(name)
        return sql.respond(request)

    def _light(self, request: Request) -> Answer | None:
        """The answer to what needs no store, since nobody has made one: the reader of SQL is not even imported."""
        text = request.text
        if request.command == "init_db":
            return _OK if (text.rpartition("@")[0] or text) in self._databases.names() else None
        if request.command == "reset_connection":
            answer = self._databases.beside.respond(request)
            return None if isinstance(answer, Deferred) else answer
        if request.command != "query" or len(text) > _LONGEST:
            return None
        if not (_SELECT.match(text) or _SETTING.match(text)):
            return None
        answer = self._databases.beside.respond(request)
        if isinstance(answer, (Rows, Ok)):
            return answer
        return None

    def _made(self) -> Sql:
        from sockservice.sql.responder import Sql

        databases = self._databases
        self._names = None
        self._sql = Sql(lambda: databases.store(self._workspace, databases.clock), databases.beside)
        return self._sql

    def reset(self) -> None:
        """All is as it was at the start: what the seeds have made, and nothing else.

        Statements under way end on the data as they were; the transactions of all sessions are over.
        """
        sql, self._sql = self._sql, None
        if sql is not None:
            sql.retire()
        if self._databases.folder is not None:
            remove_store(self._databases.folder.place(self._workspace))

    def close(self) -> None:
        """Nobody is in the workspace any more."""
        sql, self._sql = self._sql, None
        if sql is not None:
            sql.retire()

    def end(self) -> None:
        """The reactor has stopped: close the store at once."""
        sql, self._sql = self._sql, None
        if sql is not None:
            sql.close()
