from __future__ import annotations

import asyncio
from typing import Any

from dbapi import AsyncioConnection, PythonProtocol, pool_of
from installed import driver
from operations import Result

asyncmy = driver("asyncmy")
errors = driver("asyncmy.errors")
client_flags = driver("asyncmy.constants.CLIENT")


class AsyncmyConnection(AsyncioConnection):
    async def _execute(self, sql: str, params: tuple[Any, ...]) -> Result:
        statement = await self.raw.prepare(sql)
        try:
            done = await statement.execute(params)
            labels = tuple(column[0] for column in done.description or ())
            return Result(labels, list(done.rows or ()), done.affected_rows, done.insert_id or 0)
        finally:
            await statement.close()

    def execute(self, sql: str, params: tuple[Any, ...] = ()) -> Result:
        result: Result = self.run(self._execute(sql, params))
        return result


class TestAsyncmy(PythonProtocol):
    connection_class, error = AsyncmyConnection, errors.MySQLError
    options = {
        "tls": lambda path: {"ssl": {"ca": path, "check_hostname": True}},
        "socket": lambda path: {"unix_socket": path},
        "multi": lambda on: {"client_flag": client_flags.MULTI_STATEMENTS},
        "infile": lambda on: {"local_infile": on},
    }
    absent = {
        "cursor": "it asks for no cursor of the server",
        "reset": "it has no call for it",
        "change_user": "it has no call for it",
        "zlib": "it does not compress",
        "zstd": "it does not compress",
    }

    bugs = {
        "test_a_large_value[17000000]": "it takes a row that begins with 0xFE for the end of the rows",
        "test_a_file_of_the_client[": "it hands the file's name on as bytes to a function of its own that takes a text",
    }

    async def driver_connect(self, **arguments: Any) -> Any:
        return await asyncmy.connect(**arguments, charset="utf8mb4")

    def pool(self, settings: dict[str, Any], size: int, times: int) -> list[int]:
        return asyncio.run(pool_of(asyncmy, self.arguments(settings), size, times))
