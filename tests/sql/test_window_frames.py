"""Frames of windows, as MySQL has them and MariaDB has not (MySQL 8.4 manual, 14.20.3)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from embedded import Client, Embedded


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A session on a table that these tests only read."""
    database = Embedded()
    client = database.client()
    client.ok("CREATE TABLE s (id INT, d DATE, at DATETIME(1), t TIME, n INT, e DECIMAL(8,2), x VARCHAR(5))")
    client.ok("INSERT INTO s VALUES (1, '2024-01-01', '2024-01-01 10:00:00', '10:00', 1, 1.10, 'a')")
    client.ok("INSERT INTO s VALUES (2, '2024-01-02', '2024-01-01 10:30:00.5', '10:30', 2, 1.20, 'b')")
    client.ok("INSERT INTO s VALUES (3, '2024-01-05', '2024-01-01 11:00:00', '11:00', 4, 2.50, 'c')")
    client.ok("INSERT INTO s VALUES (4, '2024-02-05', '2024-01-02 10:00:00', '12:00', 7, 3.00, 'd')")
    client.ok("INSERT INTO s (id) VALUES (5)")
    yield client
    database.close()


@pytest.mark.parametrize(
    ("window", "counts"),
    [
        ("d RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW", [1, 2, 1, 1, 1]),
        ("d DESC RANGE INTERVAL 1 DAY PRECEDING", [2, 1, 1, 1, 1]),
        ("d RANGE INTERVAL 1 MONTH PRECEDING", [1, 2, 3, 2, 1]),
        ("d RANGE BETWEEN INTERVAL 1 WEEK PRECEDING AND INTERVAL '1' DAY FOLLOWING", [2, 2, 3, 1, 1]),
        ("at RANGE INTERVAL '30.5' SECOND PRECEDING", [1, 1, 1, 1, 1]),
        ("at RANGE BETWEEN CURRENT ROW AND INTERVAL '0:30' HOUR_MINUTE FOLLOWING", [1, 2, 1, 1, 1]),
        ("at RANGE INTERVAL '1 0' DAY_HOUR PRECEDING", [1, 2, 3, 4, 1]),
        ("t RANGE BETWEEN INTERVAL 30 MINUTE PRECEDING AND UNBOUNDED FOLLOWING", [4, 4, 3, 1, 5]),
        ("e RANGE BETWEEN 1.3 PRECEDING AND 0.05 FOLLOWING", [1, 2, 2, 2, 1]),
        ("n RANGE BETWEEN 2 PRECEDING AND CURRENT ROW", [1, 2, 2, 1, 1]),
    ],
)
def test_a_range_reaches_as_far_as_its_interval(client: Client, window: str, counts: list[int]) -> None:
    rows = client.rows(f"SELECT COUNT(*) OVER (ORDER BY {window}) AS k FROM s ORDER BY id")
    assert [count for (count,) in rows] == counts


def test_an_interval_may_be_a_parameter(client: Client) -> None:
    text = "SELECT COUNT(*) OVER w AS k FROM s WINDOW w AS (ORDER BY d RANGE INTERVAL ? DAY PRECEDING) ORDER BY id"
    assert [client.rows(text, days) for days in (0, 3)] == [
        [(1,), (1,), (1,), (1,), (1,)],
        [(1,), (2,), (2,), (1,), (1,)],
    ]


@pytest.mark.parametrize(
    ("window", "code", "named"),
    [
        ("d GROUPS 1 PRECEDING", 1235, "'GROUPS'"),
        ("d ROWS BETWEEN 1 PRECEDING AND CURRENT ROW EXCLUDE TIES", 1235, "'EXCLUDE'"),
        ("d ROWS UNBOUNDED FOLLOWING", 3584, "'<unnamed window>'"),
        ("d ROWS BETWEEN CURRENT ROW AND UNBOUNDED PRECEDING", 3585, ""),
        ("d ROWS 1 FOLLOWING", 3586, ""),
        ("d ROWS BETWEEN CURRENT ROW AND 1 PRECEDING", 3586, ""),
        ("d ROWS -1 PRECEDING", 3586, ""),
        ("d ROWS 1.5 PRECEDING", 3586, ""),
        ("d ROWS NULL PRECEDING", 3586, ""),
        ("d RANGE INTERVAL -1 DAY PRECEDING", 3586, ""),
        ("x RANGE 1 PRECEDING", 3587, "exactly one ORDER BY"),
        ("n, id RANGE 1 PRECEDING", 3587, ""),
        ("d RANGE 1 PRECEDING", 3588, "Only INTERVAL bound value allowed"),
        ("n RANGE INTERVAL 1 DAY PRECEDING", 3589, ""),
        ("d ROWS n PRECEDING", 3590, "non-constant"),
        ("1", 3592, ""),
        ("d ROWS INTERVAL 1 DAY PRECEDING", 3596, ""),
    ],
)
def test_a_frame_that_is_none_is_refused(client: Client, window: str, code: int, named: str) -> None:
    error = client.error(f"SELECT COUNT(*) OVER (ORDER BY {window}) FROM s")
    assert error.code == code, error
    assert named in error.message


@pytest.mark.parametrize(
    ("windows", "code"),
    [("w AS (ORDER BY id), w AS (ORDER BY n)", 3591), ("v AS (ROWS 1 PRECEDING), w AS (v ORDER BY id)", 3582)],
)
def test_windows_that_do_not_go_together_are_refused(client: Client, windows: str, code: int) -> None:
    assert client.code(f"SELECT COUNT(*) OVER w FROM s WINDOW {windows}") == code


def test_a_month_is_no_distance_around_days_that_some_months_lack(client: Client) -> None:
    text = "SELECT COUNT(*) OVER (ORDER BY d + INTERVAL 28 DAY RANGE INTERVAL 1 MONTH PRECEDING) FROM s"
    assert client.code(text) == 1235


@pytest.mark.parametrize("call", ["NTH_VALUE(n, 0)", "NTILE(0)", "LAG(n, -1)"])
def test_a_number_of_rows_that_is_none_is_refused(client: Client, call: str) -> None:
    assert client.code(f"SELECT {call} OVER (ORDER BY id) FROM s") == 1210
