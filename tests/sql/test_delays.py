"""A statement that takes its time keeps no other connection waiting: measured over sockets.

A delay counts by the processor time of the server, where that is less than the time by the clock: what else the machine
has to do does not count.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from outcomes import Address

MOST = 0.25
"""Seconds of a delay, where 0.05 are meant: machines differ. Whoever does all at once takes twice as long and more."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the clock of another process is Linux's")


def processor_clock(process: int) -> int:
    """The number of the clock that a process has for its processor time (Linux, posix-timers.h)."""
    return (~process << 3) | 2


@pytest.fixture
def longest(our_process: tuple[Address, int]) -> Iterator[Callable[[], float]]:
    """How long ``SELECT 1`` of another connection has taken at most, in seconds, until this is asked."""
    address, process = our_process
    clock = processor_clock(process)
    stopped, asked, delays = threading.Event(), threading.Event(), [0.0]

    def ask() -> None:
        with address.connect() as connection, connection.cursor() as cursor:
            while not stopped.wait(0.001):
                began, worked = time.monotonic(), time.clock_gettime(clock)
                cursor.execute("SELECT 1")
                cursor.fetchall()
                delays.append(min(time.monotonic() - began, time.clock_gettime(clock) - worked))
                if not asked.is_set():
                    # The first answer of all waits for the reader of SQL.
                    delays.clear()
                    asked.set()

    asking = threading.Thread(target=ask)
    asking.start()
    assert asked.wait(address.patience)

    def ended() -> float:
        stopped.set()
        asking.join()
        return max(delays)

    yield ended
    ended()


def escaped() -> str:
    return "SELECT LENGTH('" + r"x\n" * 1_500_000 + "')"


def commented() -> str:
    return "SELECT 1 /* " + "a comment " * 2_000_000 + "*/"


def computed() -> str:
    return "INSERT INTO delays (a) VALUES " + ", ".join(f"(LENGTH('{n}') + {n})" for n in range(1500))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(escaped, id="a long text"),
        pytest.param(commented, id="a long comment"),
        pytest.param(computed, id="many expressions"),
        pytest.param(lambda: "SELECT LENGTH(UPPER(REPEAT('ab', 1500000)))", id="a large value"),
    ],
)
def test_no_other_connection_waits_for_a_slow_statement(
    our_process: tuple[Address, int], longest: Callable[[], float], text: Callable[[], str]
) -> None:
    with our_process[0].connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE IF NOT EXISTS waits")
        cursor.execute("USE waits")
        cursor.execute("CREATE TABLE IF NOT EXISTS delays (id INT AUTO_INCREMENT PRIMARY KEY, a INT)")
        cursor.execute(text())
        cursor.fetchall()
    assert longest() < MOST
