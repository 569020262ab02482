"""The embedded database: the MySQL dialect on SQLite. Knows no sockets and no reactor."""

from sockservice.sql.responder import Sql
from sockservice.sql.seeds import Seeds
from sockservice.sql.store import Store

__all__ = ["Seeds", "Sql", "Store"]
