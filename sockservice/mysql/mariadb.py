"""What a MariaDB says that a MySQL does not: asked for by a version with ``MariaDB`` in it."""

from __future__ import annotations


def is_mariadb(version: str) -> bool:
    """Whether clients take a server of this version for a MariaDB."""
    return "mariadb" in version.lower()
