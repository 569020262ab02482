"""Clients that follow Python's DB-API 2.0, blocking and asynchronous, as :class:`operations.Connection`."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from operations import Refused, Result


def result_of(cursor: Any, rows: Any) -> Result:
    labels = tuple(column[0] for column in cursor.description or ())
    plain = [tuple(bytes(cell) if isinstance(cell, bytearray) else cell for cell in row) for row in rows]
    return Result(labels, plain, cursor.rowcount, cursor.lastrowid or 0)


@contextmanager
def refusals(error: type[Exception]) -> Iterator[None]:
    """Turn the driver's error into :class:`Refused`; SQLSTATE is an attribute of some."""
    try:
        yield
    except error as caught:
        message = getattr(caught, "msg", None) or caught.args[1]
        raise Refused(caught.args[0], getattr(caught, "sqlstate", None), message) from caught


class BlockingConnection:
    """A connection of PyMySQL, mysqlclient or mysql-connector-python.

    Args:
        error: the driver's class of errors.
        connect: the driver's connect function.
        settings: its arguments.
    """

    def __init__(self, error: type[Exception], connect: Any, **settings: Any) -> None:
        self.error = error
        with refusals(error):
            self.raw = connect(**settings)

    def query(self, sql: str) -> Result:
        with refusals(self.error):
            cursor = self.raw.cursor()
            cursor.execute(sql)
            result = result_of(cursor, cursor.fetchall() if cursor.description else ())
            cursor.close()
            return result

    def ping(self) -> None:
        self.raw.ping()

    def autocommit(self, on: bool) -> None:
        self.raw.autocommit(on)

    def begin(self) -> None:
        self.raw.begin()

    def commit(self) -> None:
        self.raw.commit()

    def rollback(self) -> None:
        self.raw.rollback()

    def close(self) -> None:
        self.raw.close()


class AsyncioConnection:
    """A connection of aiomysql or asyncmy, each call run to its end on an event loop of its own.

    Args:
        error: the driver's class of errors.
        connect: the driver's connect function.
        settings: its arguments.
    """

    def __init__(self, error: type[Exception], connect: Any, **settings: Any) -> None:
        self.error, self.runner = error, asyncio.Runner()
        try:
            self.raw = self.run(self._open(connect, settings))
        except Refused:
            self.runner.close()
            raise

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        with refusals(self.error):
            return self.runner.run(work)

    async def _open(self, connect: Any, settings: dict[str, Any]) -> Any:
        return await connect(**settings)

    async def _query(self, sql: str) -> Result:
        async with self.raw.cursor() as cursor:
            await cursor.execute(sql)
            return result_of(cursor, await cursor.fetchall() if cursor.description else ())

    def query(self, sql: str) -> Result:
        return self.run(self._query(sql))

    def ping(self) -> None:
        self.run(self.raw.ping(reconnect=False))

    def autocommit(self, on: bool) -> None:
        self.run(self.raw.autocommit(on))

    def begin(self) -> None:
        self.run(self.raw.begin())

    def commit(self) -> None:
        self.run(self.raw.commit())

    def rollback(self) -> None:
        self.run(self.raw.rollback())

    def close(self) -> None:
        self.run(self.raw.ensure_closed())
        self.runner.close()
