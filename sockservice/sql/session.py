"""One MySQL session as the embedded database sees it."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from sockservice.answers import Error, Request, Rows
from sockservice.interfaces import IResponder, ISession
from sockservice.sql.errors import Refused
from sockservice.sql.plan import PlanBuilder
from sockservice.sql.schema import Table
from sockservice.sql.store import Store
from sockservice.sql.typed import quoted
from sockservice.sqltypes import SqlType


class SqlSession:
    """The session.

    Args:
        store: where the rows are.
        session: whose database, variables and settings.
        beside: answers what is no matter of tables.
    """

    def __init__(self, store: Store, session: ISession, beside: IResponder | None = None) -> None:
        self.store = store
        self.session = session
        self.beside = beside
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

    def system_variable(self, session: ISession, written: str) -> tuple[SqlType, Any]:
        """The type and the value of a system variable.

        Args:
            session: whose.
            written: for example ``@@session.sql_mode``.

        Raises:
            Refused: there is none (1193), or none of this scope (1238).
        """
        answer = self.beside.respond(Request("query", f"SELECT {written}", session)) if self.beside else None
        if isinstance(answer, Error):
            raise Refused(answer)
        if not isinstance(answer, Rows):
            raise Refused("ER_UNKNOWN_SYSTEM_VARIABLE", written.rpartition(".")[2].lstrip("@"))
        ((value,),) = answer.rows
        return answer.columns[0].type, value

    def written(self, node: exp.Expression, builder: PlanBuilder) -> str:
        """An item of a select list as it was written, for its label."""
        text = node.sql(dialect="mysql")
        for placeholder in node.find_all(exp.Placeholder):
            number = int(placeholder.name[1:])
            builder.pin(number)
            text = text.replace(f":p{number}", builder.literals[number].text, 1)
        return text
