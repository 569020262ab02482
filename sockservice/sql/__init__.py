"""The embedded database: the MySQL dialect on SQLite. Knows no sockets and no reactor."""
