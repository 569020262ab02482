"""JSON_VALUE with RETURNING and what stands for no value, which MariaDB does not have (MySQL 8.4 manual, 14.17.3)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from embedded import Client, Embedded

from sockservice.answers import Rows

DOCUMENT = '{"n": "12", "d": 1.257, "s": "abc", "l": [1], "t": "2024-01-02", "null": null, "yes": true}'


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    database = Embedded()
    yield database.client()
    database.close()


@pytest.mark.parametrize(
    ("path", "clauses", "value", "kind"),
    [
        ("$.n", "RETURNING SIGNED", 12, "BIGINT"),
        ("$.n", "RETURNING UNSIGNED", 12, "BIGINT"),
        ("$.d", "RETURNING DECIMAL(4, 2)", Decimal("1.26"), "DECIMAL"),
        ("$.d", "RETURNING DOUBLE", 1.257, "DOUBLE"),
        ("$.s", "RETURNING CHAR(3)", "abc", "VARCHAR"),
        ("$.s", "RETURNING CHAR(2)", None, "VARCHAR"),
        ("$.s", "RETURNING SIGNED", None, "BIGINT"),
        ("$.l", "RETURNING JSON", "[1]", "JSON"),
        ("$.l", "RETURNING CHAR", None, "LONGTEXT"),
        ("$.t", "RETURNING DATE", "2024-01-02", "DATE"),
        ("$.null", "RETURNING SIGNED DEFAULT 7 ON EMPTY", None, "BIGINT"),
        ("$.yes", "RETURNING SIGNED", 1, "BIGINT"),
        ("$.none", "", None, "VARCHAR"),
        ("$.none", "DEFAULT 'x' ON EMPTY", "x", "VARCHAR"),
        ("$.s", "RETURNING SIGNED NULL ON EMPTY DEFAULT 7 ON ERROR", 7, "BIGINT"),
    ],
)
def test_a_value_has_the_type_that_it_is_to_have(
    client: Client, path: str, clauses: str, value: Any, kind: str
) -> None:
    answer = client.run(f"SELECT JSON_VALUE('{DOCUMENT}', '{path}' {clauses})")
    assert isinstance(answer, Rows), answer
    ((found,),) = answer.rows
    assert (str(found) if isinstance(found, datetime.date) else found) == value
    assert answer.columns[0].type.name == kind


@pytest.mark.parametrize(
    ("path", "clauses", "code"),
    [
        ("$.none", "ERROR ON EMPTY", 3966),
        ("$.s", "RETURNING DECIMAL ERROR ON ERROR", 3156),
        ("s", "RETURNING SIGNED", 3143),
        ("$.s", "RETURNING nothing", 1064),
    ],
)
def test_no_value_may_be_an_error(client: Client, path: str, clauses: str, code: int) -> None:
    assert client.code(f"SELECT JSON_VALUE('{DOCUMENT}', '{path}' {clauses})") == code


def test_an_index_may_be_of_a_value_in_a_document(client: Client) -> None:
    value = "JSON_VALUE(j, '$.m' RETURNING UNSIGNED)"
    client.ok(f"CREATE TABLE t (j JSON, n INT AS (JSON_VALUE(j, '$.n' RETURNING SIGNED)) STORED, INDEX (({value})))")
    client.ok("""INSERT INTO t (j) VALUES ('{"n": 5, "m": 7}'), ('{}')""")
    assert client.rows(f"SELECT n FROM t WHERE {value} = 7") == [(5,)]
