"""One MySQL session as the embedded database sees it."""

from __future__ import annotations

from typing import Any, Final

from sqlglot import exp

from sockservice.interfaces import ISession
from sockservice.sql.errors import Refused
from sockservice.sql.schema import Table
from sockservice.sql.store import Store
from sockservice.sql.typed import quoted


DEFAULT_SQL_MODE: Final = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION"
)
"""MySQL 8.4's."""


class SqlSession:
    """The session.

    Args:
        store: where the rows are.
        session: whose database, variables and settings.
    """

    def __init__(self, store: Store, session: ISession) -> None:
        self.store = store
        self.session = session
        self.text = ""

    @property
    def database(self) -> str:
        """The current database, or ``""``."""
        return str(self.session.database).partition("@")[0]

    def table(self, name: str, database: str = "") -> Table:
        """The table that a name means.

        Raises:
            Refused: 1146, 1046 or 1049.
        """
        where = database or self.database
        if not where:
            raise Refused("ER_NO_DB_ERROR")
        found = self.store.catalog.table(where, name)
        if found is None:
            self.store.catalog.database(where)
            raise Refused("ER_NO_SUCH_TABLE", where, name)
        return found

    def view(self, name: str, database: str = "") -> exp.Expression | None:
        """The query of the view that a name means, or None where it is none."""
        from sockservice.sql.parse import parse

        found = self.store.catalog.view(database or self.database, name)
        return None if found is None else parse(found.select)

    def rows_of(self, table: Table) -> str:
        """The text that stands for the rows of a table as this session sees them."""
        return quoted(table.key)

    def variable(self, name: str, default: Any = None) -> Any:
        """The value of a system variable, where it was set, in the session or for all."""
        if name in self.session.variables:
            return self.session.variables[name]
        return self.session.server.global_variables.get(name, default)

    @property
    def sql_mode(self) -> str:
        """The words of ``sql_mode``."""
        return str(self.variable("sql_mode", DEFAULT_SQL_MODE)).upper()
