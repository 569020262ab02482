"""A driver that goes through the steps of a conversation, preparing its statements or not."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import pytest
from driver_outcomes import Done, InText, Late, LoginAs, Lost, Outcome, Refused, Rows, Several, Step
from installed import driver
from servers import RunningServer

connector = driver("mysql.connector")

LOST = (2006, 2013, 2055)
"""How the driver says that the connection is gone."""

PREPARING = [pytest.param(False, id="inlined"), pytest.param(True, id="prepared")]


def converse(server: RunningServer, steps: Sequence[Step], *, prepared: bool) -> None:
    """Go through all steps, in workspaces that are as at the beginning; fails where the driver has something else."""
    for step in steps:
        if isinstance(step, LoginAs) and step.refused is None:
            reset(server, user=step.user, database=step.database)
    reset(server)
    connection = connected(server)
    for step in steps:
        if isinstance(step, LoginAs):
            connection.close()
            connection = login(server, step) or connection
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
        if isinstance(expected, Lost):
            connection.close()
            connection = connected(server)
    connection.close()


def login(server: RunningServer, step: LoginAs) -> Any:
    """A connection, or None where it has to be refused."""
    if step.refused is None:
        return connected(server, user=step.user, database=step.database)
    with pytest.raises(connector.Error) as caught:
        connected(server, user=step.user, database=step.database)
    assert Refused(caught.value.errno, caught.value.sqlstate) == step.refused
    return None


def reset(server: RunningServer, **settings: str) -> None:
    connection = connected(server, **settings)
    with connection.cursor() as cursor:
        cursor.execute("CALL sockservice.reset()")
    connection.close()


def connected(server: RunningServer, **settings: str) -> Any:
    return connector.connect(**{**server.settings, **settings}, use_pure=True, ssl_disabled=True)


def have(cursor: Any, statement: str, params: tuple[Any, ...]) -> Outcome:
    """What the driver has after a statement."""
    results: list[Rows] = []
    try:
        cursor.execute(statement, params)
        if cursor.description is None:
            return Done(cursor.rowcount, cursor.lastrowid or 0)
        results.append([])
        add_rows(cursor, results[-1])
        while cursor.nextset():
            if cursor.description is not None:
                results.append([])
                add_rows(cursor, results[-1])
    except connector.Error as error:
        if error.errno in LOST:
            # The driver reads a row before it gives out the one before that, so it has kept one back.
            return Lost(sum(map(len, results)) + bool(results))
        refused = Refused(error.errno, error.sqlstate)
        return Several(tuple(results), refused) if any(results) else refused
    return results[0] if len(results) == 1 else Several(tuple(results))


def add_rows(cursor: Any, rows: Rows) -> None:
    """One by one, so that those before an error are there."""
    for row in cursor:
        rows.append(tuple(bytes(cell) if isinstance(cell, bytearray) else cell for cell in row))
