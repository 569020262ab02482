"""The embedded database: the MySQL dialect on SQLite. Knows no sockets and no reactor."""

from sockservice.sql.responder import Sql
from sockservice.sql.store import Store

__all__ = ["Sql", "Store"]
