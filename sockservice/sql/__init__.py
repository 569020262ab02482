"""The embedded database: the MySQL dialect on SQLite. Knows no sockets and no reactor.

What is imported here is light; the reader of SQL comes with the first statement that needs it.
"""

from sockservice.sql.data import Data
from sockservice.sql.data_folder import DataFolder
from sockservice.sql.databases import Databases

__all__ = ["Data", "DataFolder", "Databases"]
