"""Statements by what they say: what does not matter is folded, what does is kept apart."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.responder.shapes import BOUND, NO_SHAPE, bound_literal, shape_of, spelled
from sockservice.responder.tokens import TooManyTokens


@pytest.mark.parametrize(
    "text",
    [
        "select  id,name\nfrom users\twhere id=42",
        "SELECT `ID`, `name` FROM `Users` WHERE `id` = 42",
        "/* who */ SELECT id, name -- all\nFROM users # here\nWHERE id = 42;",
        "SELECT id, name FROM users WHERE id = 42 ; ;",
        "SELECT id , name FROM users WHERE id = 042",
        "SELECT id, name FROM users WHERE id = 42.0",
        "SELECT id, name FROM users WHERE id = +42e0",
        "SELECT id, name /*!40100 FROM users */ WHERE id = 42",
    ],
)
def test_layout_comments_case_and_back_ticks_do_not_matter(text):
    assert shape_of(text) == shape_of("SELECT id, name FROM users WHERE id = 42")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT 'a'", "SELECT 'A'"),
        ("SELECT 'a b'", "SELECT 'a  b'"),
        ("SELECT 42", "SELECT '42'"),
        ("SELECT 4", "SELECT -4"),
        ("SELECT 1; SELECT 2", "SELECT 1"),
        ("SELECT a", "SELECT 'a'"),
        ("SELECT NULL", "SELECT 'NULL'"),
        ("SELECT a b", "SELECT `a b`"),
        ("SELECT @a", "SELECT a"),
        ("SELECT 1.5", "SELECT 15"),
        ("SELECT 1e3", "SELECT 1e-3"),
        ("SELECT a FROM t", "SELECT a, FROM t"),
    ],
)
def test_what_matters_is_kept_apart(one, other):
    assert shape_of(one) != shape_of(other)


@pytest.mark.parametrize(
    "literal",
    "42 -42 +42 -4.5 .5 1e10 0x1F x'1F' b'01' 'a' \"a\" N'a' _utf8mb4'a' _binary'\\0x' NULL null TRUE false ?".split(),
)
def test_every_literal_fills_one_hole(literal):
    text = "SELECT a FROM t WHERE b = {} AND c IN ({}, {})"
    shape = shape_of(text.format(literal, literal, literal))
    assert shape.parts == shape_of(text.format("?", "?", "?")).parts
    assert len(shape.literals) == 3


def test_a_sign_behind_an_operand_is_an_operator():
    wanted = shape_of("UPDATE t SET qty = qty - ? WHERE a = ?")
    assert shape_of("UPDATE t SET qty = qty -5 WHERE a = -5").parts == wanted.parts
    assert shape_of("UPDATE t SET qty = qty - 5 WHERE a = -5").literals == (("number", "5"), ("number", "-5"))
    assert shape_of("UPDATE t SET qty = qty - -5 WHERE a = -5").parts == wanted.parts
    assert shape_of("SELECT (a) - 5, @x - 5, `a` - 5, 3 - 5").parts.count("-") == 4


@pytest.mark.parametrize(
    ("value", "inlined"),
    [
        (None, "NULL"),
        (42, "42"),
        (-42, "-42"),
        (0, "-0"),
        (True, "1"),
        (1.5, "1.50"),
        (1e300, "1e300"),
        (5.0, "5.0e0"),
        (Decimal("-12.50"), "-12.5"),
        ("it's", "'it''s'"),
        (b"ab", "_binary'ab'"),
        (date(2024, 2, 29), "'2024-02-29'"),
        (datetime(2024, 2, 29, 12, 30), "'2024-02-29 12:30:00'"),
        (timedelta(hours=-26, minutes=-5), "'-26:05:00'"),
        (timedelta(seconds=1, microseconds=5), "'00:00:01.000005'"),
    ],
)
def test_a_bound_value_is_the_literal_that_other_drivers_write(value, inlined):
    assert shape_of("SELECT a WHERE b = ?", [value]) == shape_of(f"SELECT a WHERE b = {inlined}")


def test_question_marks_without_a_value_stay_open():
    assert shape_of("SELECT ?, ?", [1]).literals == (("number", "1"), BOUND)


def test_literals_are_shown_as_sql_writes_them():
    assert [spelled(bound_literal(value)) for value in (None, "it's", -1)] == ["NULL", "'it''s'", "-1"]
    assert spelled(BOUND) == "?"


def test_nothing_said_has_no_shape():
    assert shape_of(" /* a */ -- b\n ; ") == NO_SHAPE


def test_a_statement_of_too_many_tokens_is_not_taken_apart():
    with pytest.raises(TooManyTokens):
        shape_of("a " * 51, limit=100)
    assert shape_of("a " * 50, limit=100).parts == ("a",) * 50


def test_a_literal_that_is_too_long_stands_as_written():
    assert shape_of("SELECT 'it''s'", longest=6).literals == (("text", "'it''s'"),)
    assert shape_of("SELECT 'it''s'", longest=7).literals == (("text", "it's"),)


@settings(max_examples=1000, deadline=None)
@given(st.text(alphabet="ab1'\"`?-+.;/*!_xe@,()\\ \n0é", max_size=40), st.lists(st.integers() | st.text(), max_size=3))
def test_any_text_has_a_shape_with_a_literal_for_each_hole(text, params):
    shape = shape_of(text, params)
    assert shape.parts.count("\0") == len(shape.literals)
    assert shape_of(text, params) == shape


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from("select a `B` 'x''y' = <= , ( ) 5 -1.50 null @v ? from".split()), min_size=1, max_size=12),
    st.lists(st.sampled_from([" ", "\n", "\t ", " /* c */ ", " -- c\n", " # c\n"]), min_size=12, max_size=12),
)
def test_any_layout_of_the_same_tokens_has_the_same_shape(words, gaps):
    plain = " ".join(words)
    laid_out = "".join(
        word.swapcase() if word.isalpha() else word for pair in zip(gaps, words, strict=False) for word in pair
    )
    assert shape_of(laid_out) == shape_of(plain)
