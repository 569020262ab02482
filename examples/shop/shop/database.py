"""The shop's servers: connections to them, limits, and transactions that survive what can be survived."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from shop.retry import Busy, OutcomeUnknown, Remedy, Retry, TooSlow, Unavailable, remedy

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """What keeps a bad day of the database from becoming one of the whole application. Times are in seconds."""

    connections: int = 10
    wait_for_connection: float = 3
    connect: float = 3
    statement: float = 5
    """The server stops a SELECT that takes longer; the driver gives up on any statement a second later."""


class Database:
    """Servers that have the same data, of which the first one is used until it cannot be written to."""

    def __init__(self, urls: Sequence[str], limits: Limits | None = None, retry: Retry | None = None) -> None:
        self.retry = retry or Retry()
        self._engines = [engine_of(url, limits or Limits()) for url in urls]
        self._current = 0

    @property
    def engine(self) -> Engine:
        """The server that is used now."""
        return self._engines[self._current]

    def close(self) -> None:
        """Close all connections."""
        for engine in self._engines:
            engine.dispose()

    def transaction(self, work: Callable[[Session], T]) -> T:
        """Do something in a transaction of its own; all of it again where that helps.

        Args:
            work: may be called several times, so it changes nothing but the database.
        """
        for attempt in range(1, self.retry.attempts + 1):
            server, committing = self._current, False
            try:
                with Session(self._engines[server], expire_on_commit=False) as session:
                    result = work(session)
                    session.flush()
                    committing = True
                    session.commit()
                    return result
            except PoolTimeout as error:
                raise Busy("no connection is free") from error
            except DBAPIError as error:
                last, found = error, remedy(error)
            if found is Remedy.NONE:
                raise last
            if committing and found in (Remedy.RECONNECT, Remedy.GIVE_UP):
                raise OutcomeUnknown(f"the commit got no answer: {last.orig}") from last
            if found is Remedy.GIVE_UP:
                raise TooSlow(str(last.orig)) from last
            if found is Remedy.FAIL_OVER and len(self._engines) > 1:
                self._fail_over(server)
            elif attempt < self.retry.attempts:
                self.retry.pause(attempt)
        raise Unavailable(f"tried {self.retry.attempts} times, at last: {last.orig}") from last

    def _fail_over(self, server: int) -> None:
        """Use the server behind this one, unless another thread has done so already."""
        if self._current == server:
            self._current = (server + 1) % len(self._engines)


def engine_of(url: str, limits: Limits) -> Engine:
    """The connections to one server."""
    return create_engine(
        url,
        pool_size=limits.connections,
        max_overflow=0,
        pool_timeout=limits.wait_for_connection,
        pool_pre_ping=True,  # a connection that died in the pool is replaced before anybody gets it
        pool_recycle=1800,
        connect_args={
            "connect_timeout": limits.connect,
            "read_timeout": limits.statement + 1,
            "write_timeout": limits.statement + 1,
            "init_command": f"SET SESSION max_execution_time = {limits.statement * 1000:.0f}",
        },
    )
