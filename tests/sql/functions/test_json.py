"""Functions of JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from evaluation import Evaluation
from hypothesis import given
from hypothesis import strategies as st

from sockservice.sql.json_paths import PathMistake, found_at, read_path
from sockservice.sql.json_text import json_text, read_json, stored_json

_DOCUMENT = """'{"a": 1, "b": {"c": [1, 2, {"d": "x"}]}, "s": "text", "n": null, "t": true, "f": 1.5}'"""


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        (f"JSON_EXTRACT({_DOCUMENT}, '$.b.c[2].d')", '"x"'),
        (f"JSON_EXTRACT({_DOCUMENT}, '$.nothing')", None),
        (f"JSON_EXTRACT({_DOCUMENT}, '$.n')", "null"),
        (f"JSON_EXTRACT({_DOCUMENT}, '$**.d')", '["x"]'),
        ("JSON_EXTRACT('[1, 2, 3]', '$[last]', '$[0 to 1]')", "[3, 1, 2]"),
        ("JSON_EXTRACT('1', '$[0]')", "1"),
        (f"JSON_UNQUOTE(JSON_EXTRACT({_DOCUMENT}, '$.s'))", "text"),
        (f"JSON_VALUE({_DOCUMENT}, '$.a')", "1"),
        (f"JSON_KEYS({_DOCUMENT}, '$.b')", '["c"]'),
        (f"JSON_LENGTH({_DOCUMENT})", 6),
        (f"JSON_DEPTH({_DOCUMENT})", 5),
        ("JSON_TYPE('1.5')", "DOUBLE"),
        ("JSON_TYPE('18446744073709551615')", "UNSIGNED INTEGER"),
        ("JSON_VALID('{a: 1}')", 0),
        ("JSON_CONTAINS('[1, 2, [3]]', '[1, 3]')", 1),
        ('JSON_CONTAINS(\'{"a": 1, "b": 2}\', \'{"b": 2}\')', 1),
        ("JSON_CONTAINS_PATH('{\"a\": 1}', 'all', '$.a', '$.b')", 0),
        ("JSON_SEARCH('[\"x\", {\"k\": \"xy\"}]', 'all', 'x%')", '["$[0]", "$[1].k"]'),
        ("JSON_OVERLAPS('[1, 2]', '[2, 3]')", 1),
        ("2 MEMBER OF ('[1, 2]')", 1),
        ("JSON_OBJECT('bb', 1, 'a', TRUE, 'c', NULL)", '{"a": true, "c": null, "bb": 1}'),
        ("JSON_ARRAY(1, 'x', 1.50, 1 = 1, NULL)", '[1, "x", 1.50, true, null]'),
        ("JSON_QUOTE('a\"b')", '"a\\"b"'),
        ("JSON_SET('{\"a\": 1}', '$.a', 2, '$.b', 3)", '{"a": 2, "b": 3}'),
        ("JSON_INSERT('{\"a\": 1}', '$.a', 2, '$.b', 3)", '{"a": 1, "b": 3}'),
        ("JSON_REPLACE('{\"a\": 1}', '$.a', 2, '$.b', 3)", '{"a": 2}'),
        ("JSON_SET('[1]', '$[5]', JSON_ARRAY(2))", "[1, [2]]"),
        ("JSON_REMOVE('[1, 2, 3]', '$[1]')", "[1, 3]"),
        ("JSON_ARRAY_APPEND('{\"a\": 1}', '$.a', 2)", '{"a": [1, 2]}'),
        ("JSON_ARRAY_INSERT('[1, 2]', '$[1]', 0)", "[1, 0, 2]"),
        ('JSON_MERGE_PATCH(\'{"a": 1, "b": 2}\', \'{"b": null, "c": 3}\')', '{"a": 1, "c": 3}'),
        ("JSON_MERGE_PRESERVE('{\"a\": 1}', '{\"a\": 2}')", '{"a": [1, 2]}'),
        ("JSON_EXTRACT('{\"a\": 1}', '$.a') = 1", 1),
        ("JSON_EXTRACT('{\"a\": \"x\"}', '$.a') = 'x'", 1),
        ("JSON_EXTRACT('[2]', '$[0]') + 1", 3.0),
        ("JSON_PRETTY('{\"a\": [1]}')", '{\n  "a": [\n    1\n  ]\n}'),
    ],
)
def test_values(evaluate: Evaluation, expression: str, value: object) -> None:
    assert evaluate(expression) == (value,)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("JSON_EXTRACT('nonsense', '$.a')", 3141),
        ("JSON_EXTRACT('{}', 'a')", 3143),
        ("JSON_SET('{}', '$.*', 1)", 3149),
        ("JSON_OBJECT(NULL, 1)", 3158),
        ("JSON_OBJECT('a')", 1582),
        ("JSON_REMOVE('{}', '$')", 3153),
        ("JSON_CONTAINS_PATH('{}', 'some', '$')", 3154),
        ("JSON_EXTRACT(1, '$')", 3146),
    ],
)
def test_what_is_refused(evaluate: Evaluation, expression: str, code: int) -> None:
    assert evaluate.code(expression) == code


def test_columns_of_json(evaluate: Evaluation) -> None:
    client = evaluate.client
    client.ok("CREATE TABLE t (id INT, j JSON)")
    client.ok("""INSERT INTO t VALUES (1, '{"b": 1, "a": {"c": "x"}}'), (2, '[3, 1]'), (3, NULL)""")
    assert client.rows("SELECT j->'$.a', j->>'$.a.c' FROM t WHERE id = 1") == [('{"c": "x"}', "x")]
    assert client.rows("SELECT id FROM t WHERE j->>'$.b' = '1'") == [(1,)]
    client.ok("UPDATE t SET j = JSON_SET(j, '$[0]', 'new') WHERE id = 2")
    assert client.rows("SELECT j FROM t WHERE id = 2") == [('["new", 1]',)]
    assert client.rows("SELECT JSON_ARRAYAGG(id), JSON_OBJECTAGG(id, j->'$[1]') FROM t WHERE id < 3") == [
        ("[1, 2]", '{"1": null, "2": 1}')
    ]


def test_json_table_makes_rows(evaluate: Evaluation) -> None:
    rows = evaluate.client.rows(
        """SELECT t.a, x.* FROM (SELECT 7 AS a, '[{"a": 1, "b": "xyz", "x": [1, 2]}, {"a": "q"}]' AS j) AS t,
        JSON_TABLE(t.j, '$[*]' COLUMNS (n FOR ORDINALITY, a INT PATH '$.a',
        b VARCHAR(2) PATH '$.b' DEFAULT 'd' ON EMPTY,
        e INT EXISTS PATH '$.b', NESTED PATH '$.x[*]' COLUMNS (y INT PATH '$'))) AS x ORDER BY n, y"""
    )
    assert rows == [(7, 1, 1, None, 1, 1), (7, 1, 1, None, 1, 2), (7, 2, None, "d", 0, None)]


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 64) - 1) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES)
def test_what_is_stored_reads_the_same(value: Any) -> None:
    text = json_text(value)
    assert stored_json(text) == value
    assert json_text(read_json(text)) == text
    assert json.loads(text) == value


@given(st.text(alphabet='$.[]*"ab 01lasto-', max_size=12))
def test_any_path_is_read_or_refused(text: str) -> None:
    try:
        legs = read_path(text)
    except PathMistake:
        return
    list(found_at({"a": [1, {"b": 2}]}, legs))


def test_a_document_nested_too_deep_is_refused(evaluate: Evaluation) -> None:
    assert evaluate.code(f"JSON_EXTRACT('{'[' * 200}{']' * 200}', '$')") == 3141
    assert evaluate.code(f"JSON_EXTRACT('{'[' * 20_000}', '$')") == 3141
