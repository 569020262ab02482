"""Foreign keys, looked after row by row (MySQL 8.4 manual, 15.1.20.5 "FOREIGN KEY Constraints")."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from sockservice.sql.errors import Refused, Waiting
from sockservice.sql.schema import ForeignKey, Table

if TYPE_CHECKING:
    from sockservice.sql.execution import Execution
    from sockservice.sql.rows import Rows, Values
    from sockservice.sql.store import Store

DEEPEST: Final = 15
"""How many foreign keys may lead from one row to the next."""
_KEEPING: Final = ("RESTRICT", "NO ACTION", "SET DEFAULT")
"""The actions that refuse a change."""

Children = Sequence[tuple[Table, ForeignKey]]
"""The foreign keys that refer to a table, each with the table that has it."""


def reached(store: Store, table: Table) -> list[Table]:
    """A table and all that a change of its rows may change: what refers to it, and to that."""
    found = {table.key: table}
    todo = [table]
    while todo:
        for child, key in store.referring(todo.pop()):
            acts = key.on_delete not in _KEEPING or key.on_update not in _KEEPING
            if acts and child.key not in found:
                found[child.key] = child
                todo.append(child)
    return list(found.values())


def check_parents(
    execution: Execution, table: Table, rows: Rows, values: Values, changed: Collection[str] | None = None
) -> None:
    """See that the rows which a row refers to are there, and keep them there until the transaction ends.

    Args:
        execution: the statement.
        table: the row's.
        rows: the rows of that.
        values: of the row.
        changed: the columns that were changed, in lower case; None for a new row.

    Raises:
        Refused: 1452.
        Waiting: the row is there, or not, only as long as another transaction is not undone.
    """
    for key in table.foreign_keys:
        if changed is not None and not any(name.lower() in changed for name in key.columns):
            continue
        wanted = [values[rows.place(name)] for name in key.columns]
        if None in wanted:
            continue
        parent = execution.store.catalog.table(key.database or table.database, key.table)
        found = [] if parent is None else rows.of(parent).find(key.references, wanted)
        if parent is None or not found:
            raise Refused("ER_NO_REFERENCED_ROW_2", described(table, key))
        holder = execution.holder(parent.key, found[0], exclusive=False)
        if holder is not None:
            raise Waiting(holder)
        if execution.transaction.explicit:
            execution.store.locks.take(execution.transaction, parent.key, found[0], exclusive=False)


def refuse_update(children: Children, rows: Rows, old: Values, changed: Collection[str]) -> None:
    """Refuse to change what others refer to, where they say so.

    Raises:
        Refused: 1451.
    """
    for child, key in children:
        if key.on_update in _KEEPING and any(name.lower() in changed for name in key.references):
            for _ in _of_children(child, key, rows, old):
                raise Refused("ER_ROW_IS_REFERENCED_2", described(child, key))


def refuse_delete(children: Children, rows: Rows, row: int, old: Values) -> None:
    """Refuse to delete what others refer to, where they say so.

    Raises:
        Refused: 1451.
    """
    for child, key in children:
        if key.on_delete in _KEEPING:
            for _, number in _of_children(child, key, rows, old):
                if child.key != rows.table.key or number != row:
                    raise Refused("ER_ROW_IS_REFERENCED_2", described(child, key))


def cascade_update(
    children: Children,
    rows: Rows,
    old: Values,
    new: Values,
    changed: Collection[str],
    depth: int,
) -> None:
    """Change what refers to a row that was changed: ON UPDATE CASCADE and SET NULL."""
    for child, key in children:
        if key.on_update in _KEEPING or not any(name.lower() in changed for name in key.references):
            continue
        wanted = [new[rows.place(name)] for name in key.references] if key.on_update == "CASCADE" else None
        for others, number in _of_children(child, key, rows, old):
            _change(others, number, key, wanted, depth)


def cascade_delete(children: Children, rows: Rows, old: Values, depth: int) -> None:
    """Delete or change what refers to a row that was deleted: ON DELETE CASCADE and SET NULL."""
    for child, key in children:
        if key.on_delete in _KEEPING:
            continue
        for others, number in _of_children(child, key, rows, old):
            if key.on_delete == "CASCADE":
                if depth >= DEEPEST:
                    raise Refused("ER_ROW_IS_REFERENCED_2", described(child, key))
                others.delete(number, others.get(number), depth + 1)
            else:
                _change(others, number, key, None, depth)


def _change(others: Rows, number: int, key: ForeignKey, wanted: Sequence[Any] | None, depth: int) -> None:
    """Give the columns of a foreign key other values, or NULL."""
    if depth >= DEEPEST:
        raise Refused("ER_ROW_IS_REFERENCED_2", described(others.table, key))
    before = others.get(number)
    after = list(before)
    for name, value in zip(key.columns, wanted or [None] * len(key.columns), strict=True):
        after[others.place(name)] = value
    if tuple(after) != tuple(before):
        others.update(number, before, after, depth + 1)


def _of_children(child: Table, key: ForeignKey, rows: Rows, old: Values) -> Iterator[tuple[Rows, int]]:
    """The rows that refer to a row, with its old values."""
    wanted = [old[rows.place(name)] for name in key.references]
    if None in wanted:
        return
    others = rows.of(child)
    for number in others.find(key.columns, wanted):
        yield others, number


def described(table: Table, key: ForeignKey) -> str:
    """A foreign key as errors 1451 and 1452 name it."""
    columns = ", ".join(f"`{name}`" for name in key.columns)
    references = ", ".join(f"`{name}`" for name in key.references)
    parent = f"`{key.table}`" if key.database in ("", table.database) else f"`{key.database}`.`{key.table}`"
    text = f"`{table.database}`.`{table.name}`, CONSTRAINT `{key.name}` FOREIGN KEY ({columns}) REFERENCES {parent}"
    text += f" ({references})"
    if key.on_delete != "NO ACTION":
        text += f" ON DELETE {key.on_delete}"
    if key.on_update != "NO ACTION":
        text += f" ON UPDATE {key.on_update}"
    return text
