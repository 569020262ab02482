"""Aggregate functions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from embedded import Client, Embedded


@pytest.fixture
def client() -> Iterator[Client]:
    database = Embedded()
    found = database.client()
    found.ok("CREATE TABLE t (id INT PRIMARY KEY, g INT, v INT, d DECIMAL(6,2), s VARCHAR(10))")
    found.ok("INSERT INTO t VALUES (1, 1, 2, 1.50, 'b'), (2, 1, 4, 2.25, 'a')")
    found.ok("INSERT INTO t VALUES (3, 1, 4, NULL, 'B'), (4, 2, NULL, 0.25, NULL)")
    yield found
    database.close()


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("COUNT(*)", 4),
        ("COUNT(DISTINCT v)", 2),
        ("COUNT(DISTINCT s)", 2),
        ("COUNT(DISTINCT g, v)", 2),
        ("SUM(v)", Decimal(10)),
        ("SUM(DISTINCT v)", Decimal(6)),
        ("AVG(d)", Decimal("1.333333")),
        ("AVG(DISTINCT v)", Decimal("3.0000")),
        ("SUM(18446744073709551615)", Decimal("73786976294838206460")),
        ("MIN(s)", "a"),
        ("MAX(d)", Decimal("2.25")),
        ("VAR_SAMP(v)", 4 / 3),
        ("STDDEV_SAMP(IF(id = 1, v, NULL))", None),
        ("BIT_OR(v)", 6),
        ("BIT_AND(IF(id > 9, v, NULL))", (1 << 64) - 1),
        ("GROUP_CONCAT(s ORDER BY s, id)", "a,b,B"),
        ("GROUP_CONCAT(DISTINCT s ORDER BY s DESC SEPARATOR '; ')", "b; a"),
        ("GROUP_CONCAT(s, '=', v ORDER BY id)", "b=2,a=4,B=4"),
        ("JSON_ARRAYAGG(v)", "[2, 4, 4, null]"),
    ],
)
def test_values(client: Client, expression: str, value: object) -> None:
    assert client.rows(f"SELECT {expression} FROM t") == [(value,)]


def test_nothing_has_no_sum(client: Client) -> None:
    expressions = "COUNT(v), SUM(v), AVG(v), STD(v), GROUP_CONCAT(v), JSON_ARRAYAGG(v), BIT_XOR(v)"
    assert client.rows(f"SELECT {expressions} FROM t WHERE id > 9") == [(0, None, None, None, None, None, 0)]


def test_a_long_text_is_cut_with_a_warning(client: Client) -> None:
    client.session.variables["group_concat_max_len"] = 4
    assert client.rows("SELECT GROUP_CONCAT(s ORDER BY id) FROM t") == [("b,a,",)]
    assert client.warnings == [1260]


def test_a_sum_may_slide_over_rows(client: Client) -> None:
    assert client.rows("SELECT SUM(v) OVER (ORDER BY id ROWS 1 PRECEDING) FROM t") == [
        (Decimal(2),),
        (Decimal(6),),
        (Decimal(8),),
        (Decimal(4),),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SELECT SUM(COUNT(*)) FROM t", 1111),
        ("SELECT id FROM t WHERE SUM(v) > 1", 1111),
        ("SELECT COUNT(*, 1) FROM t", 1064),
        ("SELECT JSON_OBJECTAGG(s, v) FROM t", 3158),
    ],
)
def test_what_is_refused(client: Client, text: str, code: int) -> None:
    assert client.code(text) == code
