"""What a shop does: show what it has, sell it, and tell what it has sold."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.database import Database
from shop.models import Order, Product, Stock


class SoldOut(Exception):
    """There is less of it than was asked for."""


class Offer(NamedTuple):
    """What a customer sees of a product."""

    sku: str
    name: str
    price: Decimal
    quantity: int


class Sale(NamedTuple):
    """What an export tells of an order."""

    number: int
    sku: str
    quantity: int
    customer: str


def products(database: Database) -> list[Offer]:
    """All that can be bought."""
    statement = (
        select(Product.sku, Product.name, Product.price, Stock.quantity)
        .join(Stock, Stock.sku == Product.sku)
        .where(Stock.quantity > 0)
        .order_by(Product.sku)
    )
    return database.transaction(lambda session: [Offer(*row) for row in session.execute(statement)])


def sell(database: Database, sku: str, quantity: int, customer: str) -> int:
    """Sell something, or nothing at all.

    Returns:
        The number of the order.

    Raises:
        SoldOut: there is less of it.
    """
    enough = update(Stock).where(Stock.sku == sku, Stock.quantity >= quantity)
    taken = enough.values(quantity=Stock.quantity - quantity)

    def work(session: Session) -> int:
        if session.connection().execute(taken).rowcount == 0:
            raise SoldOut(sku)
        order = Order(sku=sku, quantity=quantity, customer=customer)
        session.add(order)
        session.flush()
        return order.id

    return database.transaction(work)


def export(database: Database, page: int = 1000) -> Iterator[Sale]:
    """All orders, page by page: where a connection is lost, one page is asked for again, and no order comes twice."""
    last = 0
    while rows := database.transaction(partial(_orders_behind, last, page)):
        yield from rows
        last = rows[-1].number


def _orders_behind(number: int, count: int, session: Session) -> list[Sale]:
    statement = select(Order.id, Order.sku, Order.quantity, Order.customer).where(Order.id > number)
    return [Sale(*row) for row in session.execute(statement.order_by(Order.id).limit(count))]
