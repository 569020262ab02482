"""Clients that follow Python's DB-API 2.0, blocking and asynchronous, as :class:`operations.Connection`."""

from __future__ import annotations

import asyncio
import atexit
import functools
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, ClassVar

from features import OPTIONS, PLUGINS, VERBS
from operations import Connection, Lost, Refused, Result
from whole_protocol import WholeProtocol

BREAKS = {0, 2003, 2006, 2013, 2014, 2055, 4031}
"""The numbers by which drivers tell that the connection is gone."""


def result_of(cursor: Any, rows: Any) -> Result:
    labels = tuple(column[0] for column in cursor.description or ())
    plain = [tuple(bytes(cell) if isinstance(cell, bytearray) else cell for cell in row) for row in rows]
    return Result(labels, plain, cursor.rowcount, cursor.lastrowid or 0)


@contextmanager
def refusals(error: type[Exception]) -> Iterator[None]:
    """Turn the driver's error into ours; SQLSTATE is an attribute of some."""
    try:
        yield
    except error as caught:
        code = getattr(caught, "errno", None) or (caught.args[0] if caught.args else 0)
        if not isinstance(code, int) or code < 1000 or code in BREAKS:
            raise Lost(str(caught)) from caught
        message = getattr(caught, "msg", None) or getattr(caught, "errmsg", None) or caught.args[1]
        raise Refused(code, getattr(caught, "sqlstate", None), message) from caught
    except (OSError, EOFError, asyncio.IncompleteReadError) as caught:
        raise Lost(str(caught)) from caught


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

    def _refusals(self) -> AbstractContextManager[None]:
        return refusals(self.error)

    def _ask(self, sql: str, params: Any = None, **kind: Any) -> list[Result]:
        """The results of a statement on a cursor of some kind."""
        with refusals(self.error):
            cursor = self.raw.cursor(**kind)
            cursor.execute(sql, params) if params is not None else cursor.execute(sql)
            results = [result_of(cursor, cursor.fetchall() if cursor.description else ())]
            while cursor.nextset():
                results.append(result_of(cursor, cursor.fetchall() if cursor.description else ()))
            cursor.close()
            return results

    def results(self, sql: str) -> list[Result]:
        return self._ask(sql)

    def query(self, sql: str) -> Result:
        (result,) = self.results(sql)
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
        with refusals(self.error):
            self.raw.close()


@functools.cache
def event_loop() -> asyncio.Runner:
    """The event loop of all asyncio connections; it lives on, since TLS connections take a while to close."""
    runner = asyncio.Runner()
    atexit.register(runner.close)
    return runner


class AsyncioConnection:
    """A connection of aiomysql or asyncmy, each call run to its end.

    Args:
        error: the driver's class of errors.
        connect: the driver's connect function.
        settings: its arguments.
    """

    def __init__(self, error: type[Exception], connect: Any, **settings: Any) -> None:
        self.error = error
        self.raw = self.run(self._open(connect, settings))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        with refusals(self.error):
            return event_loop().run(work)

    async def _open(self, connect: Any, settings: dict[str, Any]) -> Any:
        return await connect(**settings)

    async def _results(self, sql: str) -> list[Result]:
        async with self.raw.cursor() as cursor:
            await cursor.execute(sql)
            results = [result_of(cursor, await cursor.fetchall() if cursor.description else ())]
            while await cursor.nextset():
                results.append(result_of(cursor, await cursor.fetchall() if cursor.description else ()))
            return results

    def results(self, sql: str) -> list[Result]:
        results: list[Result] = self.run(self._results(sql))
        return results

    def query(self, sql: str) -> Result:
        (result,) = self.results(sql)
        return result

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
        try:
            self.run(self.raw.ensure_closed())
        finally:
            self.raw.close()


async def pool_of(driver: Any, arguments: dict[str, Any], size: int, times: int) -> list[int]:
    """The connection ids that the pool of an asyncio driver gives, several asked for at the same time."""
    pool = await driver.create_pool(minsize=1, maxsize=size, **arguments)

    async def borrow() -> int:
        async with pool.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute("SELECT CONNECTION_ID()")
            number: int = (await cursor.fetchone())[0]
            return number

    numbers = await asyncio.gather(*(borrow() for _ in range(times)))
    pool.close()
    await pool.wait_closed()
    return numbers


class PythonProtocol(WholeProtocol):
    """Inherited by the test class of each driver of Python.

    Attributes:
        connection_class: its connections; a verb of :data:`features.VERBS` is a method of that name.
        error: the driver's class of errors.
        options: what the driver's connect function is given for a setting, by the setting's word.
        plain: what its connect function is given where TLS is not asked for, so that there is none.
        plugins: the authentication plugins that the driver has.
    """

    connection_class: ClassVar[Callable[..., Connection]]
    error: ClassVar[type[Exception]]
    options: ClassVar[dict[str, Callable[[Any], dict[str, Any]]]] = {}
    plain: ClassVar[dict[str, Any]] = {}
    plugins: ClassVar[set[str]] = set(PLUGINS)

    def driver_connect(self, **arguments: Any) -> Any:
        """The driver's connect function."""
        raise NotImplementedError

    def offers(self) -> set[str]:
        verbs = {verb for verb in VERBS if hasattr(self.connection_class, verb)}
        if type(self).pool is not WholeProtocol.pool:
            verbs.add("pool")
        return verbs | (self.options.keys() & OPTIONS.keys()) | self.plugins

    def arguments(self, settings: dict[str, Any]) -> dict[str, Any]:
        """The driver's arguments for our settings."""
        arguments = {} if "tls" in settings else dict(self.plain)
        for word, value in settings.items():
            if word in self.options:
                arguments |= self.options[word](value)
            elif word not in PLUGINS:
                arguments[word] = value
        return arguments

    def connect(self, **settings: Any) -> Connection:
        return self.connection_class(self.error, self.driver_connect, **self.arguments(settings))
