"""GROUP BY and HAVING, and what may be selected beside them (MySQL 8.4 manual, 14.19.3 and 14.19.4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from sqlglot import exp

from sockservice.sql.dependence import Equality, determined
from sockservice.sql.errors import Refused
from sockservice.sql.ordering import bare_number, collated
from sockservice.sql.scope import Cell, Item, Scope
from sockservice.sql.select_list import refuse_nested_aggregates
from sockservice.sql.shapes import aggregates, call_name, is_aggregate, shape
from sockservice.sql.typed import Typed
from sockservice.sql.windows import refuse_windows

if TYPE_CHECKING:
    from sockservice.sql.select import Queries


class Key(NamedTuple):
    """What is grouped by.

    Attributes:
        node: the expression; for a label or a place, that of the item.
        typed: what it is.
    """

    node: exp.Expr | None
    typed: Typed


class Grouping:
    """The grouping of one query.

    Args:
        queries: what compiles the queries in it.
        scope: of the query.
        node: the query.
        items: what it gives.
        equalities: what holds for all of its rows.
        kept: of WITH ROLLUP, by how many of the keys its rows are grouped; None for all.

    Attributes:
        grouped: whether rows are grouped, by GROUP BY or by an aggregate function.
        keys: the texts of what is grouped by.
        text: SQLite's GROUP BY, with a blank in front.
    """

    def __init__(
        self,
        queries: Queries,
        scope: Scope,
        node: exp.Select,
        items: Sequence[Item],
        equalities: Sequence[Equality] = (),
        kept: int | None = None,
    ) -> None:
        self._queries = queries
        self._scope = scope
        self._node = node
        self._items = items
        self._equalities = equalities
        self._compiler = queries.expressions(scope)
        self._ordered: list[tuple[int, exp.Expr]] = []
        group = node.args.get("group")
        self._explicit = group is not None
        scope.clause = "group statement"
        found = [self._key(each) for each in group.expressions] if group is not None else []
        self._keys = found if kept is None else found[:kept]
        self.keys = frozenset(key.typed.sql for key in self._keys)
        self.grouped = self._explicit or any(call for each in self._parts() for call in aggregates(each))
        scope.groups = self.keys if self._explicit else None
        self.text = f" GROUP BY {', '.join(map(_text, self._keys)) or 'NULL'}" if self._explicit else ""

    def having(self) -> str:
        """The text of HAVING; ``""`` where there is none."""
        having = self._node.args.get("having")
        if having is None:
            return ""
        self._scope.clause = "having clause"
        refuse_nested_aggregates(having.this)
        refuse_windows(having.this)
        return self._compiler.condition(having.this)

    def also(self, node: exp.Expr, number: int) -> None:
        """Note an expression of ORDER BY, for :meth:`check`."""
        self._ordered.append((number, node))

    def check(self) -> None:
        """Refuse columns that differ within a group, where the session's mode is so.

        Raises:
            Refused: 1055 or 1140.
        """
        if not self.grouped or not self._full:
            return
        known = determined(self._scope, [key.node for key in self._keys if key.node is not None], self._equalities)
        shapes = {
            shape(key.node, self._queries.builder, self._scope)
            for key in self._keys
            if key.node is not None and not isinstance(key.node, exp.Column)
        }
        for number, item in enumerate(self._items, 1):
            if item.node is None:
                cell = next((cell for cell in self._scope.cells() if cell.typed.sql == item.typed.sql), None)
                found = None if cell is None or known(cell) else cell
            else:
                found = next((cell for cell in self._loose(item.node, shapes) if not known(cell)), None)
            if found is not None:
                raise self._refused("SELECT list", number, found)
        for number, node in self._ordered:
            found = next((cell for cell in self._loose(node, shapes) if not known(cell)), None)
            if found is not None:
                raise self._refused("ORDER BY", number, found)

    def refuse_not_selected(self, node: exp.Expr, number: int) -> None:
        """Refuse an ORDER BY that DISTINCT leaves no value for.

        Raises:
            Refused: 3065.
        """
        if not self._full:
            return
        given = {item.typed.sql for item in self._items}
        for cell in self._loose(node, set()):
            if cell.typed.sql not in given:
                raise Refused("ER_FIELD_IN_ORDER_NOT_SELECT", number, _name(cell), "DISTINCT")

    @property
    def _full(self) -> bool:
        return "ONLY_FULL_GROUP_BY" in self._queries.session.sql_mode

    def _parts(self) -> Iterator[exp.Expr]:
        """The expressions that may group rows."""
        yield from (item.node for item in self._items if item.node is not None)
        for word in ("having", "order"):
            if self._node.args.get(word) is not None:
                yield self._node.args[word]

    def _key(self, node: exp.Expr) -> Key:
        """What an item of GROUP BY means.

        Raises:
            Refused: 1054, 1056 or 1111.
        """
        items, builder = self._items, self._queries.builder
        position = bare_number(node, builder)
        if position is not None:
            if not 1 <= position <= len(items):
                raise Refused("ER_BAD_FIELD_ERROR", position, "group statement")
            return self._of_item(items[position - 1])
        if isinstance(node, exp.Column):
            database = node.args["db"].name if node.args.get("db") else ""
            cell = self._scope.cell(node.name, node.table, database)
            if cell is None and not node.table:
                for item in items:
                    if item.label.lower() == node.name.lower():
                        return self._of_item(item)
            return Key(node, self._compiler.compile(node))
        if any(aggregates(node)):
            raise Refused("ER_INVALID_GROUP_FUNC_USE")
        refuse_windows(node)
        if not isinstance(node, exp.Placeholder):
            wanted = shape(node, builder, self._scope)
            for item in items:
                if (
                    type(item.node) is type(node)
                    and item.node is not None
                    and shape(item.node, builder, self._scope) == wanted
                ):
                    return Key(item.node, item.typed)
        return Key(node, self._compiler.compile(node))

    def _of_item(self, item: Item) -> Key:
        if item.node is not None and any(aggregates(item.node)):
            raise Refused("ER_WRONG_GROUP_FIELD", item.label)
        return Key(item.node, item.typed)

    def _loose(self, node: exp.Expr, shapes: set[str]) -> Iterator[Cell]:
        """The columns of FROM in an expression that are not within an aggregate function or one of the keys."""
        if isinstance(node, exp.Query) or is_aggregate(node) or call_name(node) in ("any_value", "grouping"):
            return
        if isinstance(node, exp.Column):
            cell = self._scope.cell(node.name, node.table, node.args["db"].name if node.args.get("db") else "")
            if cell is not None:
                yield cell
            return
        if shapes and shape(node, self._queries.builder, self._scope) in shapes:
            return
        for child in node.iter_expressions():
            yield from self._loose(child, shapes)

    def _refused(self, where: str, number: int, cell: Cell) -> Refused:
        name = "ER_WRONG_FIELD_WITH_GROUP" if self._explicit else "ER_MIX_OF_GROUP_FUNC_AND_FIELDS"
        return Refused(name, number, where, _name(cell))


def _name(cell: Cell) -> str:
    """A column as messages about grouping name it."""
    return ".".join(filter(None, (cell.source.database, cell.source.alias, cell.label)))


def _text(key: Key) -> str:
    """The text of a key; a bare number would be a place to SQLite."""
    text = key.typed.sql
    return "NULL" if text.lstrip("-").isdecimal() else text + collated(key.typed)
