"""The files in ``examples/stubs`` answer as they say, to clients that prepare and to clients that do not.

A further example is one more entry of ``example_answers.EXAMPLES``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import servers
from conftest import LogWatch
from example_answers import EXAMPLES, Done, InText, Late, LoginAs, Lost, Outcome, Refused, Rows, Several
from installed import driver
from servers import RunningServer

connector = driver("mysql.connector")

FOLDER, DOCS = (Path(__file__).parents[2] / folder for folder in ("examples/stubs", "docs"))

LOST = (2006, 2013, 2055)
"""How the client says that the connection is gone."""

PREPARING = [pytest.param(False, id="inlined"), pytest.param(True, id="prepared")]


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    """A server with one example, and the name of that."""
    name = request.param
    with servers.started(tmp_path_factory.mktemp("example"), f"--stubs={FOLDER / name}") as server:
        watch = LogWatch(server)
        yield server, name
        watch.check()


@pytest.mark.parametrize("prepared", PREPARING)
def test_an_example_answers_as_it_says(example: tuple[RunningServer, str], prepared: bool) -> None:
    server, name = example
    connection = newly_connected(server)
    for step in EXAMPLES[name]:
        if isinstance(step, LoginAs):
            connection.close()
            if step.refused is None:
                connection = newly_connected(server, user=step.user, database=step.database)
            else:
                with pytest.raises(connector.Error) as caught:
                    connected(server, user=step.user, database=step.database)
                assert Refused(caught.value.errno, caught.value.sqlstate) == step.refused
            continue
        statement, params, expected = step
        if isinstance(expected, InText):
            if prepared:
                continue
            expected = expected.result
        began = time.monotonic()
        with connection.cursor(prepared=prepared) as cursor:  # the driver's keeps the columns of the one before
            outcome = have(cursor, statement, params)
        if isinstance(expected, Late):
            assert time.monotonic() - began >= expected.seconds
            expected = expected.result
        assert (statement, outcome) == (statement, expected)
        if expected == Lost():
            connection.close()
            connection = connected(server)
    connection.close()


def newly_connected(server: RunningServer, **settings: str) -> Any:
    """A connection to a workspace that is as at the beginning."""
    connection = connected(server, **settings)
    with connection.cursor() as cursor:
        cursor.execute("CALL sockservice.reset()")
    return connection


def connected(server: RunningServer, **settings: str) -> Any:
    return connector.connect(**{**server.settings, **settings}, use_pure=True, ssl_disabled=True)


def test_every_example_is_tried() -> None:
    assert sorted(EXAMPLES) == sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.yaml"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_in_the_documentation(name: str) -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md"))
    assert f"examples/stubs/{name}\n:language: yaml" in pages


def have(cursor: Any, statement: str, params: tuple[Any, ...]) -> Outcome:
    """What the client has after a statement."""
    results: list[Rows] = []
    try:
        cursor.execute(statement, params)
        if cursor.description is None:
            return Done(cursor.rowcount, cursor.lastrowid or 0)
        results.append(rows_of(cursor))
        while cursor.nextset():
            if cursor.description is not None:
                results.append(rows_of(cursor))
    except connector.Error as error:
        if error.errno in LOST:
            return Lost()
        refused = Refused(error.errno, error.sqlstate)
        return Several(tuple(results), refused) if results else refused
    return results[0] if len(results) == 1 else Several(tuple(results))


def rows_of(cursor: Any) -> Rows:
    return [tuple(bytes(cell) if isinstance(cell, bytearray) else cell for cell in row) for row in cursor.fetchall()]
