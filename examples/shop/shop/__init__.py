"""A small shop: products, stock and orders in MySQL, by SQLAlchemy, and what it does when MySQL has a bad day."""

from shop.database import Database, Limits
from shop.retry import Busy, OutcomeUnknown, Retry, TooSlow, Unavailable
from shop.sales import SoldOut, export, products, sell

__all__ = [
    "Busy",
    "Database",
    "Limits",
    "OutcomeUnknown",
    "Retry",
    "SoldOut",
    "TooSlow",
    "Unavailable",
    "export",
    "products",
    "sell",
]
