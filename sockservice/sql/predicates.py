"""Rows that are not there: what a transaction has searched for and locked, so that nobody inserts it meanwhile.

InnoDB locks the gaps between the keys that a locking statement has looked at (MySQL 8.4 manual, 17.7.1 "Next-Key
Locks"). Here the condition itself is kept: a new row that meets it waits for the transaction's end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlglot import exp

from sockservice.sql.connection import Connection
from sockservice.sql.plan import PlanBuilder
from sockservice.sql.row_expressions import numbered
from sockservice.sql.transaction import READ_COMMITTED, READ_UNCOMMITTED, Transaction

if TYPE_CHECKING:
    from sockservice.sql.literals import Literal
    from sockservice.sql.session import SqlSession

MOST: Final = 200
"""How many conditions of one table are kept; of more, the oldest is not looked after any longer."""


@attrs.frozen
class Predicate:
    """What was searched for in one table.

    Attributes:
        key: of the table.
        text: a query that has a row where the row ``:row`` of the table meets the condition.
        builder: how literals are bound.
        exact: whether it is one value of the primary key: where that row is there, there is no other to come.
    """

    key: str
    text: str
    builder: PlanBuilder
    exact: bool = False

    def parameters(self, literals: tuple[Literal, ...]) -> dict[str, Any]:
        """What is bound for a statement's literals."""
        return numbered([convert(literals[number].value) for number, convert in self.builder.binds])


@attrs.frozen(eq=False)
class Kept:
    """A condition of a transaction."""

    transaction: Transaction
    text: str
    parameters: Mapping[str, Any]


class Predicates:
    """The conditions of a store.

    Args:
        connection: the one that writes.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._kept: dict[str, list[Kept]] = {}

    def keep(
        self, transaction: Transaction, predicate: Predicate, literals: tuple[Literal, ...], *, found: int
    ) -> None:
        """Keep a condition until its transaction ends, where that does not read what has been committed since.

        Args:
            transaction: who has searched.
            predicate: for what.
            literals: of the statement.
            found: how many rows there were.
        """
        if predicate.exact and found:
            return
        if not transaction.explicit or transaction.isolation in (READ_COMMITTED, READ_UNCOMMITTED):
            return
        kept = self._kept.setdefault(predicate.key, [])
        kept.append(Kept(transaction, predicate.text, predicate.parameters(literals)))
        del kept[:-MOST]

    def holder(self, transaction: Transaction, key: str, row: int) -> Transaction | None:
        """Another transaction that has searched for a row which is new."""
        if not self._kept:
            return None
        for each in self._kept.get(key, ()):
            if each.transaction is transaction:
                continue
            if self._connection.execute(each.text, {**each.parameters, "row": row}).fetchone() is not None:
                return each.transaction
        return None

    def release(self, transaction: Transaction) -> None:
        """A transaction is over."""
        if not self._kept:
            return
        for key, kept in list(self._kept.items()):
            left = [each for each in kept if each.transaction is not transaction]
            if left:
                self._kept[key] = left
            else:
                del self._kept[key]


def predicate_of_query(session: SqlSession, node: exp.Expression, literals: tuple[Literal, ...]) -> Predicate | None:
    """What a locking query searches for; None where it reads more than one table.

    Args:
        session: whose.
        node: the query.
        literals: of the statement.
    """
    from sockservice.sql.targets import Targets

    from_ = node.args.get("from_") or node.args.get("from")
    if not isinstance(node, exp.Select) or from_ is None or node.args.get("joins"):
        return None
    table = from_.this
    if not isinstance(table, exp.Table) or table.args.get("joins"):
        return None
    builder = PlanBuilder(literals, named=True)
    targets = Targets(session, builder, table, node.args.get("with_"))
    if not targets.scope.sources or not targets.scope.sources[0].key:
        return None
    return targets.predicate(node, targets.queries.expressions(targets.scope))
