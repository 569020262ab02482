from __future__ import annotations

import asyncio
import ssl
from typing import Any

from dbapi import AsyncioConnection, PythonProtocol, pool_of
from installed import driver

aiomysql = driver("aiomysql")
client_flags = driver("pymysql.constants.CLIENT")


class TestAiomysql(PythonProtocol):
    connection_class, error = AsyncioConnection, aiomysql.MySQLError
    options = {
        "database": lambda name: {"db": name},
        "tls": lambda path: {"ssl": ssl.create_default_context(cafile=path)},
        "socket": lambda path: {"unix_socket": path},
        "multi": lambda on: {"client_flag": client_flags.MULTI_STATEMENTS},
        "infile": lambda on: {"local_infile": on},
    }
    plugins = {"mysql_native_password", "caching_sha2_password", "sha256_password", "mysql_clear_password"}
    absent = {
        "execute": "it writes parameters into the statement's text",
        "cursor": "it prepares no statements",
        "reset": "it has no call for it",
        "change_user": "it has no call for it",
        "zlib": "it does not compress",
        "zstd": "it does not compress",
        "client_ed25519": "it does not have the plugin",
    }

    async def driver_connect(self, **arguments: Any) -> Any:
        return await aiomysql.connect(**arguments, charset="utf8mb4")

    def pool(self, settings: dict[str, Any], size: int, times: int) -> list[int]:
        return asyncio.run(pool_of(aiomysql, self.arguments(settings), size, times))
