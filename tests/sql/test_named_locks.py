"""GET_LOCK and its like."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from embedded import Client, Embedded


@pytest.fixture
def database() -> Iterator[Embedded]:
    found = Embedded()
    yield found
    found.close()


def value(client: Client, text: str) -> object:
    return client.rows(f"SELECT {text}")[0][0]


def test_a_name_is_one_sessions_until_it_is_released_as_often_as_it_was_locked(database: Embedded) -> None:
    a, b = database.client(), database.client()
    assert [value(a, "GET_LOCK('x', 0)"), value(a, "GET_LOCK('X', 0)")] == [1, 1]
    assert value(b, "GET_LOCK('x', 0)") == 0
    assert [value(b, "IS_FREE_LOCK('x')"), value(b, "IS_USED_LOCK('x')")] == [0, a.session.connection_id]
    assert [value(b, "RELEASE_LOCK('x')"), value(b, "RELEASE_LOCK('y')")] == [0, None]
    assert value(a, "RELEASE_ALL_LOCKS()") == 2
    assert value(b, "IS_FREE_LOCK('x')") == 1


def test_a_wait_ends_when_the_name_is_free_or_the_time_is_over(database: Embedded) -> None:
    a, b, c = database.client(), database.client(), database.client()
    value(a, "GET_LOCK('x', 0)")
    short, long = b.waits("SELECT GET_LOCK('x', 2)"), c.waits("SELECT GET_LOCK('x', -1)")
    database.clock.advance(2.1)
    assert list(short.result.rows) == [(0,)]
    assert not long.called
    a.leave()
    assert list(long.result.rows) == [(1,)]


def test_a_name_that_is_none_is_refused(database: Embedded) -> None:
    assert database.client().code("SELECT GET_LOCK('', 0)") == 3057
