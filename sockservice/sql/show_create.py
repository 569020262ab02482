"""SHOW CREATE TABLE, VIEW and DATABASE: text that MySQL and MariaDB take back (MySQL 8.4 manual, 15.7.7)."""

from __future__ import annotations

from sockservice.collations import collations
from sockservice.sql.column_reader import text_literal
from sockservice.sql.column_texts import collate, definition
from sockservice.sql.rendering import backticked, rendered
from sockservice.sql.schema import Check, Database, ForeignKey, Index, IndexPart, Table, View


def create_table(table: Table, next_number: int, *, mariadb: bool = False) -> str:
    """The statement that makes a table.

    Args:
        table: the table.
        next_number: of AUTO_INCREMENT; 1 and less is not told.
        mariadb: whether MariaDB is to take it too.
    """
    lines = [definition(table, column, mariadb=mariadb) for column in table.columns]
    lines += [_index(table, index) for index in table.indexes]
    lines += [_foreign_key(table, key) for key in sorted(table.foreign_keys, key=lambda key: key.name)]
    lines += [_check(table, check) for check in sorted(table.checks, key=lambda check: check.name)]
    body = ",\n".join(f"  {line}" for line in lines)
    words = "CREATE TEMPORARY TABLE" if table.temporary else "CREATE TABLE"
    text = f"{words} {backticked(table.name)} (\n{body}\n) ENGINE={table.engine}"
    if table.auto_increment is not None and next_number > 1:
        text += f" AUTO_INCREMENT={next_number}"
    text += f" DEFAULT CHARSET={table.charset}"
    if not collations()[table.collation].is_default or table.charset == "utf8mb4":
        text += collate(f"COLLATE={table.collation}", mariadb=mariadb)
    if table.row_format:
        text += f" ROW_FORMAT={table.row_format}"
    return text + (f" COMMENT={text_literal(table.comment)}" if table.comment else "")


def _part(table: Table, part: IndexPart) -> str:
    text = backticked(part.column)
    if part.expression:
        text = f"({rendered(part.expression, [column.name for column in table.columns])})"
    return text + (f"({part.length})" if part.length else "") + (" DESC" if part.descending else "")


def _index(table: Table, index: Index) -> str:
    if index.name == "PRIMARY":
        words = "PRIMARY KEY"
    else:
        kind = "UNIQUE " if index.unique else "" if index.kind == "BTREE" else f"{index.kind} "
        words = f"{kind}KEY {backticked(index.name)}"
    text = f"{words} ({','.join(_part(table, part) for part in index.parts)})"
    if index.using:
        text += f" USING {index.using}"
    if index.comment:
        text += f" COMMENT {text_literal(index.comment)}"
    return text + ("" if index.visible else " /*!80000 INVISIBLE */")


def _foreign_key(table: Table, key: ForeignKey) -> str:
    ours = ", ".join(map(backticked, key.columns))
    theirs = ", ".join(map(backticked, key.references))
    parent = backticked(key.table)
    if key.database != table.database:
        parent = f"{backticked(key.database)}.{parent}"
    text = f"CONSTRAINT {backticked(key.name)} FOREIGN KEY ({ours}) REFERENCES {parent} ({theirs})"
    if key.on_delete != "NO ACTION":
        text += f" ON DELETE {key.on_delete}"
    return text + (f" ON UPDATE {key.on_update}" if key.on_update != "NO ACTION" else "")


def _check(table: Table, check: Check) -> str:
    expression = check_clause(table, check)
    enforced = "" if check.enforced else " /*!80016 NOT ENFORCED */"
    return f"CONSTRAINT {backticked(check.name)} CHECK ({expression}){enforced}"


def check_clause(table: Table, check: Check) -> str:
    """The expression of a CHECK."""
    return rendered(check.expression, [column.name for column in table.columns])


def create_view(view: View) -> str:
    """The statement that makes a view."""
    user, _, host = view.definer.rpartition("@")
    columns = ",".join(backticked(column.name) for column in view.columns) if view.named else ""
    text = (
        f"CREATE ALGORITHM={view.algorithm} DEFINER={backticked(user)}@{backticked(host)}"
        f" SQL SECURITY {view.security} VIEW {backticked(view.name)}"
    )
    text += f" ({columns})" if columns else ""
    text += f" AS {view.select}"
    return text + (f" WITH {view.check_option} CHECK OPTION" if view.check_option else "")


def create_database(database: Database, *, careful: bool, mariadb: bool = False) -> str:
    """The statement that makes a database.

    Args:
        database: the database.
        careful: whether it has IF NOT EXISTS.
        mariadb: whether MariaDB is to take it too.
    """
    condition = "/*!32312 IF NOT EXISTS*/ " if careful else ""
    collation = database.collation
    named = "" if collations()[collation].is_default and database.charset != "utf8mb4" else f" COLLATE {collation}"
    if mariadb and "_0900_" in collation:
        named = ""
    return (
        f"CREATE DATABASE {condition}{backticked(database.name)}"
        f" /*!40100 DEFAULT CHARACTER SET {database.charset}{named} */ /*!80016 DEFAULT ENCRYPTION='N' */"
    )
