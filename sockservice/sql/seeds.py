"""Files of SQL that run before the first client comes: what they make is there for everybody."""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from twisted.logger import Logger

from sockservice.answers import Error, Request
from sockservice.errors import ConfigurationError, Place
from sockservice.interfaces import IResponder, IServer
from sockservice.plain_session import PlainSession
from sockservice.sql.data_folder import FILE
from sockservice.sql.responder import Sql
from sockservice.sql.script import Splitter
from sockservice.sql.store import Store

PROGRESS: Final = 3.0
"""Seconds between two reports of how far a file is."""

_NOT_SUPPORTED: Final = 1235
_PROGRAM: Final = re.compile(
    r"(?:\s|/\*!\d*)*create\b.{0,200}?\b(?:trigger|procedure|function|event)\b", re.IGNORECASE | re.DOTALL
)
"""How what runs within the server is made: dumps have it, and their tables are of use without it."""
_SETS_SQL_MODE: Final = re.compile(r"\s*(?:/\*!\d*\s*)?set\s+(?:session\s+|@@)?sql_mode\s*=", re.IGNORECASE)
_REMOVED_MODES: Final = re.compile(r"\bNO_AUTO_CREATE_USER\b,?|,NO_AUTO_CREATE_USER\b", re.IGNORECASE)
"""What dumps of MariaDB and of MySQL 5.7 have, and MySQL 8 refuses."""


class Seeds:
    """The files, and the rows that they make.

    Args:
        paths: of the files, in the order in which they run.
        databases: those that are there; the first one is current at the beginning of each file.
        beside: answers what is no matter of tables, as for :class:`Sql`.
        server: what sessions belong to.
    """

    _log = Logger()

    def __init__(self, paths: Sequence[Path], databases: Sequence[str], beside: IResponder, server: IServer) -> None:
        self._paths = paths
        self._databases = databases
        self._beside = beside
        self._server = server
        self._folder = tempfile.TemporaryDirectory(prefix="sockservice-seeds-")

    @property
    def file(self) -> Path:
        """What the files have made: a store begins with a copy of it."""
        return Path(self._folder.name) / FILE

    def run(self) -> None:
        """Run the files.

        Raises:
            ConfigurationError: a file cannot be read, or a statement fails; the message has the line.
        """
        store = Store(Path(self._folder.name))
        for name in self._databases:
            store.create_database(name)
        sql = Sql(lambda: store, self._beside)
        try:
            for path in self._paths:
                self._run_file(path, sql)
        except BaseException:
            self.close()
            raise
        finally:
            store.close()

    def close(self) -> None:
        """Remove what the files have made."""
        self._folder.cleanup()

    def _run_file(self, path: Path, sql: Sql) -> None:
        session = PlainSession(
            self._server, user="root", database=self._databases[0], current_user="root@localhost", command="Query"
        )
        began = told = time.monotonic()
        count = read = 0
        try:
            size = path.stat().st_size
            with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
                lines = _Counted(file)
                for count, statement in enumerate(Splitter().statements(lines), 1):
                    self._run_statement(sql, session, path, statement.text, statement.line)
                    if time.monotonic() - told >= PROGRESS:
                        told, read = time.monotonic(), lines.characters
                        percent = min(99, 100 * read // max(size, 1))
                        self._log.info(
                            "{path}: {percent} %, {count} statements", path=path, percent=percent, count=count
                        )
        except (OSError, ValueError) as problem:
            reason = problem.strerror if isinstance(problem, OSError) else problem
            raise ConfigurationError(f"cannot be used as a seed: {reason}", Place(path)) from problem
        sql.end_at_start(session)
        seconds = time.monotonic() - began
        self._log.info("{path}: {count} statements in {seconds:.1f} s", path=path, count=count, seconds=seconds)

    def _run_statement(self, sql: Sql, session: PlainSession, path: Path, text: str, line: int) -> None:
        if _SETS_SQL_MODE.match(text):
            text = _REMOVED_MODES.sub("", text)
        answer = sql.at_start(Request("query", text, session))
        if isinstance(answer, Error):
            message = f"error {answer.code} ({answer.sqlstate}): {answer.message}"
            if answer.code == _NOT_SUPPORTED and _PROGRAM.match(text):
                self._log.warn("{path}:{line}: left out: {message}", path=path, line=line, message=message)
                return
            raise ConfigurationError(message, Place(path, line))
        if answer is None:
            raise ConfigurationError("nobody here has an answer to this statement", Place(path, line))


class _Counted:
    """Lines, and how many characters of them were taken."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.characters = 0

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.characters += len(line)
        return line
