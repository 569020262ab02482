"""What a MariaDB says that a MySQL does not: asked for by a version with ``MariaDB`` in it.

MariaDB's manual, "Connecting", "COM_STMT_BULK_EXECUTE" and "Result Set Packets". Its capabilities of 33 bits and more
stand where MySQL's packets have zeros; a client that knows them shows it by leaving LONG_PASSWORD out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sockservice.mysql.constants import Capability
from sockservice.mysql.wire import length_encoded_string
from sockservice.sqltypes import SqlType

COLLATION_ID: Final = 45
"""``utf8mb4_general_ci``, the default of MariaDB 10."""

GLOBAL_VARIABLES: Final[Mapping[str, str]] = dict.fromkeys(
    ("collation_connection", "collation_database", "collation_server", "default_collation_for_utf8mb4"),
    "utf8mb4_general_ci",
)
"""System variables whose defaults are others than MySQL's."""

_PREFIX: Final = "5.5.5-"
_UNKNOWN: Final = (
    Capability.LONG_PASSWORD
    | Capability.OPTIONAL_RESULTSET_METADATA
    | Capability.ZSTD_COMPRESSION
    | Capability.QUERY_ATTRIBUTES
)
_OWN: Final = Capability.STMT_BULK_OPERATIONS | Capability.EXTENDED_METADATA | Capability.CACHE_METADATA
_FORMAT: Final = b"\1"


def is_mariadb(version: str) -> bool:
    """Whether clients take a server of this version for a MariaDB."""
    return "mariadb" in version.lower()


def own_version(version: str) -> str:
    """The version as SELECT VERSION() gives it: without what MariaDB puts before it in the greeting."""
    return version.removeprefix(_PREFIX)


def greeting_version(version: str) -> str:
    """The version as the greeting gives it: 10.x has a prefix there, by which old replicas take it for a MySQL 5.5."""
    return _PREFIX + version if re.match(r"10\.", version) else version


def capabilities(offered: int) -> int:
    """What a MariaDB offers where a MySQL offers this."""
    return int(offered & ~_UNKNOWN | _OWN)


def type_information(sql: SqlType) -> bytes:
    """What stands in a column definition for EXTENDED_METADATA: the format of a text that is JSON."""
    return length_encoded_string(_FORMAT + length_encoded_string(b"json") if sql.name == "JSON" else b"")
