"""FROM: tables, views, derived tables and how they are joined (MySQL 8.4 manual, 15.2.13.2 "JOIN Clause")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlglot import exp

from sockservice.error_codes import syntax_error
from sockservice.sql import comparison as to
from sockservice.sql.bounds import MOST_TABLES
from sockservice.sql.dependence import Equality, equalities
from sockservice.sql.errors import Refused, near
from sockservice.sql.json_table import compile_json_table
from sockservice.sql.lateral import compile_lateral
from sockservice.sql.literals import written
from sockservice.sql.schema import SYSTEM
from sockservice.sql.scope import Cell, Scope, Source
from sockservice.sql.sources import has_timestamps, source_of_query, source_of_table
from sockservice.sql.surroundings import is_utc
from sockservice.sql.typed import Origin, Typed, quoted
from sockservice.sql.views import rows_of_view

if TYPE_CHECKING:
    from sockservice.sql.select import Queries


_DERIVED: Final = (exp.Subquery, exp.Lateral, exp.Values)
"""What a query in FROM is."""


class Joined(NamedTuple):
    """Tables that are joined.

    Attributes:
        text: SQLite's.
        row: the columns that they give.
        begin: the number of their first source.
        right: whether a RIGHT JOIN is among them, so that nothing may be joined to a part of them.
    """

    text: str
    row: list[Cell]
    begin: int
    right: bool = False


class FromClause:
    """Compiles the FROM of one query.

    Args:
        queries: what compiles the queries in it.
        scope: where the sources are entered.

    Attributes:
        equal: what ON and USING say is equal.
    """

    def __init__(self, queries: Queries, scope: Scope) -> None:
        self._queries = queries
        self._scope = scope
        self.equal: list[Equality] = []

    def compile(self, node: exp.Select) -> str:
        """The text of a SELECT's FROM; ``""`` where it has none."""
        first = node.args.get("from_")
        if first is None or _is_dual(first.this):
            return ""
        self._scope.clause = "on clause"
        # A comma binds less than JOIN: what is joined behind it does not see what is in front.
        parts = [self._table(first.this)]
        for join in node.args.get("joins") or ():
            if join.meta.get("comma"):
                parts.append(self._table(join.this))
            else:
                parts[-1] = self._join(parts[-1], join)
        self._scope.row = [cell for part in parts for cell in part.row]
        texts = [f"({part.text})" if place and part.right else part.text for place, part in enumerate(parts)]
        return ", ".join(texts)

    def source(self, node: exp.Expr) -> str:
        """The text of one table of FROM, with what is joined inside of it."""
        joined = self._table(node)
        if len(joined.row) < sum(len(source.columns) for source in self._scope.sources):
            self._scope.row = joined.row
        return joined.text

    def _table(self, node: exp.Expr) -> Joined:
        """A table, or several in brackets or by ``a JOIN b JOIN c ON … ON …``."""
        begin = len(self._scope.sources)
        nested = isinstance(node, exp.Paren) or (isinstance(node, exp.Subquery) and not _is_query(node.this))
        if nested:
            joined = self._table(node.this)
        else:
            text = self._derived(node) if isinstance(node, _DERIVED) else self._named(node)
            joined = Joined(text, self._row(begin), begin)
        joins = node.args.get("joins") or ()
        for join in joins:
            joined = self._join(joined, join)
        return joined._replace(text=f"({joined.text})", right=False) if joins else joined

    def _row(self, begin: int) -> list[Cell]:
        """The columns of the sources from a number on."""
        return [
            Cell(label, typed, each) for each in self._scope.sources[begin:] for label, typed in each.columns.items()
        ]

    # --- joins --------------------------------------------------------------------------------

    def _join(self, left: Joined, join: exp.Join) -> Joined:
        """What a join makes of the tables in front of it."""
        side, method = (str(join.args.get(word) or "").upper() for word in ("side", "method"))
        right = self._table(join.this)
        sources = self._scope.sources
        if side == "RIGHT" and isinstance(join.this, exp.Lateral):
            before = sources[left.begin : right.begin]
            if any(f"{quoted(source.name or source.alias)}." in right.text for source in before):
                raise Refused("ER_TF_FORBIDDEN_JOIN_TYPE", join.this.alias)
        if side == "LEFT":
            right = right._replace(row=_nullable(right.row, sources[right.begin :]))
        elif side == "RIGHT":
            left = left._replace(row=_nullable(left.row, sources[left.begin : right.begin]))
        using = [column.name for column in join.args.get("using") or ()]
        if method == "NATURAL":
            there = {cell.label.lower() for cell in right.row}
            using = [cell.label for cell in left.row if cell.label.lower() in there]
        on = join.args.get("on")
        row = [*left.row, *right.row]
        condition = "1" if side else ""
        if using:
            condition, row = _using(using, left.row, right.row, side)
            self.equal += [
                Equality(_only(name, left.row), _only(name, right.row), self._weak(left, right, side)) for name in using
            ]
        elif on is not None:
            condition = self._on(on, left.begin, row)
            self.equal += equalities(on, self._weak(left, right, side))
        elif side and method != "NATURAL":
            raise Refused(syntax_error(""))
        word = f"{side} JOIN" if side in ("LEFT", "RIGHT") else "JOIN"
        text = f"{left.text} {word} {right.text}" + (f" ON {condition}" if condition else "")
        return Joined(text, row, left.begin, left.right or side == "RIGHT")

    def _weak(self, left: Joined, right: Joined, side: str) -> tuple[Source, ...] | None:
        """The sources that a join may leave without values; None for an inner one."""
        sources = self._scope.sources
        if not side:
            return None
        return tuple(sources[right.begin :] if side == "LEFT" else sources[left.begin : right.begin])

    def _on(self, node: exp.Expr, begin: int, row: list[Cell]) -> str:
        """ON, which sees what is joined here and nothing else."""
        seen = Scope(self._scope.sources[begin:], self._scope.outer, "on clause", row)
        return self._queries.where(node, self._queries.expressions(seen))

    # --- tables -------------------------------------------------------------------------------

    def _derived(self, node: exp.Expr) -> str:
        """A query in FROM."""
        if not node.alias:
            raise Refused("ER_DERIVED_MUST_HAVE_ALIAS")
        labels = [column.name for column in node.args["alias"].args.get("columns") or ()]
        if isinstance(node, exp.Lateral):
            return self._lateral(node, labels)
        query = node if isinstance(node, exp.Values) else node.this
        selected = self._queries.selected(query, self._scope.outer)
        name = self._queries.new_name(node.alias)
        self._enter(source_of_query(selected, node.alias, name, labels))
        return f"({selected.text}) AS {quoted(name)}"

    def _lateral(self, node: exp.Lateral, labels: list[str]) -> str:
        """A query in FROM that sees the tables in front of it."""
        if not isinstance(node.this, exp.Subquery):
            raise near(node.this.sql(dialect="mysql"))
        seen = Scope(list(self._scope.sources), self._scope.outer)
        selected = self._queries.selected(node.this, seen)
        name = self._queries.new_name(node.alias)
        text, source = compile_lateral(selected, node.alias, name, labels)
        self._enter(source)
        return text

    def _named(self, node: exp.Expr) -> str:
        """A table, a view or a common table expression."""
        if isinstance(node, exp.Table) and isinstance(node.this, exp.JSONTable):
            return self._json_table(node.this, node.alias)
        if not isinstance(node, exp.Table) or not isinstance(node.this, exp.Identifier):
            raise near(written(node.sql(dialect="mysql"), self._queries.builder.literals))
        name, alias = node.name, node.alias or node.name
        database = node.args["db"].name if node.args.get("db") else ""
        queries = self._queries
        if not database:
            common = queries.common.find(name)
            if common is not None:
                inner = queries.new_name(alias)
                columns = {
                    label: typed._replace(sql=f"{quoted(inner)}.c{place}", origin=_renamed(typed, alias))
                    for place, (label, typed) in enumerate(common.columns.items(), 1)
                }
                self._enter(Source(alias, columns, name=inner, unique=common.unique))
                return f"{quoted(common.name)} AS {quoted(inner)}"
        session = queries.session
        view = session.view(name, database)
        if view is not None:
            selected = rows_of_view(queries, view)
            inner = queries.new_name(alias)
            self._enter(source_of_query(selected, alias, inner))
            return f"({selected.text}) AS {quoted(inner)}"
        table = session.table(name, database)
        if node.args.get("partition") is not None:
            raise Refused("ER_PARTITION_CLAUSE_ON_NONPARTITIONED")
        if table.database not in SYSTEM:
            queries.builder.tables.add(table.key)
        inner = queries.new_name(alias)
        self._check_hints(node, table.indexes, table.name)
        utc = queries.builder.assume(session.session, is_utc) if has_timestamps(table) else True
        self._enter(source_of_table(table, alias, inner, utc=utc))
        return f"{session.rows_of(table)} AS {quoted(inner)}"

    def _json_table(self, node: exp.JSONTable, alias: str) -> str:
        """JSON_TABLE, which sees the tables in front of it."""
        if not alias:
            raise Refused("ER_TF_MUST_HAVE_ALIAS")
        seen = Scope(self._scope.sources, self._scope.outer, "a table function argument")
        name = self._queries.new_name(alias)
        text, source = compile_json_table(self._queries.expressions(seen), node, alias, name)
        self._enter(source)
        return text

    def _check_hints(self, node: exp.Expr, indexes: tuple[object, ...], table: str) -> None:
        """USE INDEX and its like must name indexes that there are."""
        known = {str(getattr(index, "name", "")).lower() for index in indexes}
        for hint in node.args.get("hints") or ():
            for index in hint.expressions:
                if index.name.lower() not in known:
                    raise Refused("ER_KEY_DOES_NOT_EXITS", index.name, table)

    def _enter(self, source: Source) -> None:
        if any(
            known.alias == source.alias and (known.database == source.database or not source.key or not known.key)
            for known in self._scope.sources
        ):
            raise Refused("ER_NONUNIQ_TABLE", source.alias)
        if len(self._scope.sources) >= MOST_TABLES:
            raise Refused("ER_TOO_MANY_TABLES", MOST_TABLES)
        self._scope.sources.append(source)


def _renamed(typed: Typed, alias: str) -> Origin | None:
    return typed.origin and typed.origin._replace(alias=alias)


def _is_dual(node: exp.Expr) -> bool:
    return isinstance(node, exp.Table) and node.name.lower() == "dual" and not node.args.get("db")


def _is_query(node: exp.Expr) -> bool:
    """Whether what stands in brackets is a query in more brackets, and not a table."""
    while isinstance(node, exp.Subquery) and not node.alias:
        node = node.this
    return isinstance(node, exp.Query) and not isinstance(node, (exp.Subquery, exp.Table))


def _using(names: list[str], left: list[Cell], right: list[Cell], side: str) -> tuple[str, list[Cell]]:
    """USING: the text of its condition, and the row: of two columns one is left, and stands in front."""
    conditions, merged = [], []
    order = {cell.label.lower(): place for place, cell in enumerate(left)}
    for name in sorted(names, key=lambda name: order.get(name.lower(), 0)):
        one, other = _only(name, left), _only(name, right)
        a, b = to.compared(one.typed, other.typed)
        conditions.append(f"{a} = {b}")
        merged.append(other if side == "RIGHT" else one)
        left = [cell for cell in left if cell is not one]
        right = [cell for cell in right if cell is not other]
    rest = [*right, *left] if side == "RIGHT" else [*left, *right]
    return " AND ".join(conditions), [*merged, *rest]


def _only(name: str, row: list[Cell]) -> Cell:
    found = [cell for cell in row if cell.label.lower() == name.lower()]
    if not found:
        raise Refused("ER_BAD_FIELD_ERROR", name, "from clause")
    if len(found) > 1:
        raise Refused("ER_NON_UNIQ_ERROR", name, "from clause")
    return found[0]


def _nullable(row: list[Cell], sources: list[Source]) -> list[Cell]:
    """Columns that an outer join may leave without values."""
    for source in sources:
        source.columns = {label: typed._replace(nullable=True) for label, typed in source.columns.items()}
    return [cell._replace(typed=cell.typed._replace(nullable=True)) for cell in row]
