"""What is large, over a real connection: rows in flat memory, and others who are answered meanwhile."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pymysql
import pymysql.cursors
import pytest
from outcomes import Address
from processor_time import processor_time

ROWS = 200_000
"""How many rows are selected: what is kept of a million takes five times as long."""
MORE = 30
"""Megabytes by which the server may grow meanwhile; as Python objects the rows would take a hundred."""
MOST = 0.3
"""Seconds that the server may work until the others are answered, where 0.05 are meant."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what a process takes is read in /proc")


def connected(address: Address, **settings: Any) -> pymysql.connections.Connection[Any]:
    return pymysql.connect(
        host="127.0.0.1", port=address.port, user="root", database="test", autocommit=True, **settings
    )


def megabytes(process: int) -> float:
    """What a process has in memory."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@pytest.fixture(scope="module")
def filled(our_process: tuple[Address, int]) -> tuple[Address, int]:
    """The server with a table of some thousand rows."""
    with connected(our_process[0]) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE numbers (id INT AUTO_INCREMENT PRIMARY KEY, n INT, name VARCHAR(40), KEY (n))")
        cursor.execute("INSERT INTO numbers (n, name) VALUES (1, 'one'), (2, 'two')")
        for _ in range(11):
            cursor.execute("INSERT INTO numbers (n, name) SELECT id % 100, CONCAT('name ', id) FROM numbers")
    return our_process


@pytest.fixture
def worst(filled: tuple[Address, int]) -> Iterator[Callable[[], float]]:
    """For how long the server has worked at most, in seconds, until it answered another session."""
    (address, process), stopped, delays = filled, threading.Event(), [0.0]

    def ask() -> None:
        with connected(address) as connection, connection.cursor() as cursor:
            while not stopped.wait(0.002):
                began = processor_time(process)
                cursor.execute("SELECT 1")
                cursor.fetchall()
                delays.append(processor_time(process) - began)

    asking = threading.Thread(target=ask)
    asking.start()

    def ended() -> float:
        stopped.set()
        asking.join()
        return max(delays)

    yield ended
    ended()


def test_a_large_result_leaves_the_memory_flat(filled: tuple[Address, int], worst: Callable[[], float]) -> None:
    address, process = filled
    text = f"SELECT a.id, a.name, b.n * 1.5 AS more FROM numbers a JOIN numbers b LIMIT {ROWS}"
    with connected(address, cursorclass=pymysql.cursors.SSCursor) as connection, connection.cursor() as cursor:
        before = megabytes(process)
        cursor.execute(text)
        most, count = before, 0
        for count, _ in enumerate(cursor, 1):
            if count % 10_000 == 0:
                most = max(most, megabytes(process))
    assert count == ROWS
    assert most - before < MORE
    assert worst() < MOST


@pytest.mark.parametrize(
    "text",
    [
        "SELECT COUNT(*) FROM numbers a JOIN numbers b ON a.n + b.n = 7 WHERE a.id < 400",
        "INSERT INTO numbers (n, name) SELECT n, name FROM numbers",
        "UPDATE numbers SET n = n + 1",
        "DELETE FROM numbers WHERE id % 2 = 0",
    ],
)
def test_what_takes_its_time_keeps_nobody_waiting(
    filled: tuple[Address, int], worst: Callable[[], float], text: str
) -> None:
    with connected(filled[0]) as connection, connection.cursor() as cursor:
        cursor.execute(text)
    assert worst() < MOST
