"""Result sets of a few rows: the same bytes as any other way gives them."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockservice.answers import Column, Rows
from sockservice.collations import charsets
from sockservice.mysql.results import Form, answer_packets
from sockservice.mysql.small_results import small_result
from sockservice.sqltypes import SqlType

FORM = Form(deprecate_eof=False, status=2, charset=charsets()["utf8mb4"], collation_id=255)
COLUMNS = (Column("id", SqlType("INT")), Column("text", SqlType("VARCHAR", 80)), Column("half", SqlType("DOUBLE")))
FORMS = st.builds(
    Form,
    deprecate_eof=st.booleans(),
    status=st.sampled_from([2, 3]),
    charset=st.just(charsets()["utf8mb4"]),
    collation_id=st.just(255),
    binary=st.booleans(),
    metadata=st.sampled_from([None, True, False]),
    mariadb=st.booleans(),
)
ROWS = st.lists(
    st.tuples(st.integers(-9, 9), st.none() | st.text(max_size=300), st.none() | st.floats(-5, 5)), max_size=64
)


@given(FORMS, ROWS, st.integers(0, 3))
def test_the_bytes_are_those_of_any_result_set(form: Form, rows: list[tuple[object, ...]], warnings: int) -> None:
    answer = Rows(COLUMNS, rows, warnings)
    for _ in range(2):  # the second time, the beginning is there
        assert small_result(answer, form) == answer_packets(answer, form, 1)


@pytest.mark.parametrize(
    "answer",
    [
        Rows(COLUMNS, [(1, "a", 1.0)] * 65),
        Rows(COLUMNS, iter([(1, "a", 1.0)])),
        Rows(COLUMNS, [(1, "a")]),
        Rows(COLUMNS, [(object(), "a", 1.0)]),
        Rows(COLUMNS, [(1, "a" * 70_000, 1.0)]),
        Rows((), []),
    ],
    ids=["many", "lazy", "short", "unsound", "long", "no columns"],
)
def test_others_go_the_usual_way(answer: Rows) -> None:
    assert small_result(answer, FORM) is None


def test_columns_that_look_alike_are_told_apart() -> None:
    for name in ("a", "b"):
        answer = Rows((Column(name, SqlType("INT")),), [(1,)])
        for form in (FORM, attrs.evolve(FORM, status=34)):
            assert small_result(answer, form) == answer_packets(answer, form, 1)
