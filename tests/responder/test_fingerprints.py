"""Fingerprints: what is folded, and what is not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.responder.matching.fingerprints import folded
from sockservice.responder.shapes import HOLE, shape_of


def fingerprint(text: str) -> str:
    return " ".join(folded(shape_of(text).parts)).replace(HOLE, "?")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SELECT -5, 'x', NULL", "select ? , ? , ?"),
        ("a IN (1, 2, 3) AND b", "a in ( ? ) and b"),
        ("a IN (1)", "a in ( ? )"),
        ("a IN (1, f(2, 3), 4, 5)", "a in ( ? , f ( ? , ? ) , ? )"),
        ("(a, b) IN ((1, 2), (3, 4))", "( a , b ) in ( ( ? ) )"),
        ("a IN (SELECT f(1, 2) FROM t)", "a in ( select f ( ? , ? ) from t )"),
        ("VALUES (1, 2), (3, 4), (5, 6)", "values ( ? )"),
        ("VALUES (1, now()), (2, now())", "values ( ? , now ( ) )"),
        ("VALUES (1, now()), (2, 3)", "values ( ? , now ( ) ) , ( ? )"),
        (
            "VALUES (1) ON DUPLICATE KEY UPDATE a = VALUES(a), b = VALUES(b)",
            "values ( ? ) on duplicate key update a = values ( a ) , b = values ( b )",
        ),
        ("f(1, 2)", "f ( ? , ? )"),
        ("a IN (1, 2", "a in ( ?"),
        ("VALUES (1), (", "values ( ? ) , ("),
        ("in", "in"),
    ],
)
def test_lists_that_grow_with_the_data_are_folded(text, expected):
    assert fingerprint(text) == expected


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(["in", "values", "(", ")", ",", HOLE, "a", "f"]), max_size=40).map(tuple))
def test_folding_twice_is_folding_once(parts):
    once = folded(parts)
    assert folded(once) == once


def test_brackets_without_end_take_no_time():
    started = time.process_time()
    for piece in (["("], ["in", "("], ["values", "(", HOLE, ")", ","], ["(", HOLE, ","]):
        folded(("values", *piece * 2000))
    assert time.process_time() - started < 0.5
