"""The numbers of the MySQL protocol, by the names that its manual gives them (MySQL 8.4 internals, "Protocol").

Values are plain ``int`` when they are worked with; these classes are their names.
"""

from __future__ import annotations

import enum


class Capability(enum.IntFlag):
    """What client and server can do; what holds on a connection is what both can."""

    LONG_PASSWORD = 1
    """Not set by a MariaDB that wants to be known as one: then the greeting's filler has more capabilities."""
    FOUND_ROWS = 1 << 1
    LONG_FLAG = 1 << 2
    CONNECT_WITH_DB = 1 << 3
    NO_SCHEMA = 1 << 4
    COMPRESS = 1 << 5
    ODBC = 1 << 6
    LOCAL_FILES = 1 << 7
    IGNORE_SPACE = 1 << 8
    PROTOCOL_41 = 1 << 9
    INTERACTIVE = 1 << 10
    SSL = 1 << 11
    IGNORE_SIGPIPE = 1 << 12
    TRANSACTIONS = 1 << 13
    RESERVED = 1 << 14
    SECURE_CONNECTION = 1 << 15
    MULTI_STATEMENTS = 1 << 16
    MULTI_RESULTS = 1 << 17
    PS_MULTI_RESULTS = 1 << 18
    PLUGIN_AUTH = 1 << 19
    CONNECT_ATTRS = 1 << 20
    PLUGIN_AUTH_LENENC_CLIENT_DATA = 1 << 21
    CAN_HANDLE_EXPIRED_PASSWORDS = 1 << 22
    SESSION_TRACK = 1 << 23
    DEPRECATE_EOF = 1 << 24
    OPTIONAL_RESULTSET_METADATA = 1 << 25
    ZSTD_COMPRESSION = 1 << 26
    QUERY_ATTRIBUTES = 1 << 27
    STMT_BULK_OPERATIONS = 1 << 34
    """This and those below are MariaDB's."""
    EXTENDED_METADATA = 1 << 35
    CACHE_METADATA = 1 << 36


class Status(enum.IntFlag):
    """What each OK and EOF packet says of the session."""

    IN_TRANS = 1
    AUTOCOMMIT = 1 << 1
    MORE_RESULTS_EXISTS = 1 << 3
    CURSOR_EXISTS = 1 << 6
    LAST_ROW_SENT = 1 << 7
    NO_BACKSLASH_ESCAPES = 1 << 9
    SESSION_STATE_CHANGED = 1 << 14


class Command(enum.IntEnum):
    """The first byte of a command packet."""

    SLEEP = 0
    QUIT = 1
    INIT_DB = 2
    QUERY = 3
    FIELD_LIST = 4
    REFRESH = 7
    STATISTICS = 9
    PROCESS_INFO = 10
    PROCESS_KILL = 12
    DEBUG = 13
    PING = 14
    CHANGE_USER = 17
    STMT_PREPARE = 22
    STMT_EXECUTE = 23
    STMT_SEND_LONG_DATA = 24
    STMT_CLOSE = 25
    STMT_RESET = 26
    SET_OPTION = 27
    STMT_FETCH = 28
    RESET_CONNECTION = 31
    STMT_BULK_EXECUTE = 250
    """MariaDB's."""


class FieldType(enum.IntEnum):
    """The type of a value on the wire. A column is never sent as DECIMAL, VARCHAR, ENUM, SET or a BLOB but BLOB."""

    DECIMAL = 0
    TINY = 1
    SHORT = 2
    LONG = 3
    FLOAT = 4
    DOUBLE = 5
    NULL = 6
    TIMESTAMP = 7
    LONGLONG = 8
    INT24 = 9
    DATE = 10
    TIME = 11
    DATETIME = 12
    YEAR = 13
    VARCHAR = 15
    BIT = 16
    JSON = 245
    NEWDECIMAL = 246
    ENUM = 247
    SET = 248
    TINY_BLOB = 249
    MEDIUM_BLOB = 250
    LONG_BLOB = 251
    BLOB = 252
    VAR_STRING = 253
    STRING = 254
    GEOMETRY = 255


class FieldFlag(enum.IntFlag):
    """What a column definition says besides the type.

    There is a NUM flag (0x8000) too: the client's library sets it, no server sends it.
    """

    NOT_NULL = 1
    PRI_KEY = 1 << 1
    UNIQUE_KEY = 1 << 2
    MULTIPLE_KEY = 1 << 3
    BLOB = 1 << 4
    UNSIGNED = 1 << 5
    ZEROFILL = 1 << 6
    BINARY = 1 << 7
    ENUM = 1 << 8
    AUTO_INCREMENT = 1 << 9
    TIMESTAMP = 1 << 10
    SET = 1 << 11
    NO_DEFAULT_VALUE = 1 << 12
    ON_UPDATE_NOW = 1 << 13
    PART_KEY = 1 << 14


class Header(enum.IntEnum):
    """The first byte of a reply."""

    OK = 0x00
    EOF = 0xFE
    ERR = 0xFF


class CursorFlag(enum.IntFlag):
    """The flags of COM_STMT_EXECUTE."""

    READ_ONLY = 1
    FOR_UPDATE = 1 << 1
    SCROLLABLE = 1 << 2
    PARAMETER_COUNT_AVAILABLE = 1 << 3
    """The packet says how many values it has: query attributes follow the parameters."""
