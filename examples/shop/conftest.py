"""The servers of the tests: sockservice twice, as the shop's own server and as the one that it fails over to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from mysql_double import MySQLDouble, running
from shop import Database, Limits, Retry


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[MySQLDouble, MySQLDouble]]:
    """Both servers, for all tests: each takes half a second to start."""
    with running(tmp_path_factory.mktemp("first")) as first, running(tmp_path_factory.mktemp("second")) as second:
        yield first, second


@pytest.fixture
def server(servers: tuple[MySQLDouble, MySQLDouble]) -> MySQLDouble:
    """The server that the shop uses, as at the beginning."""
    servers[0].reset()
    return servers[0]


@pytest.fixture
def other(servers: tuple[MySQLDouble, MySQLDouble]) -> MySQLDouble:
    """The server that it fails over to."""
    servers[1].reset()
    return servers[1]


@pytest.fixture
def database(server: MySQLDouble, other: MySQLDouble) -> Iterator[Database]:
    """The shop's own connections, with limits that do not make a test wait."""
    limits = Limits(connections=2, wait_for_connection=0.2, connect=5, statement=2)
    database = Database([server.url, other.url], limits, Retry(first_pause=0.001))
    yield database
    database.close()
