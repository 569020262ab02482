"""Statements read word by word."""

from __future__ import annotations

import pytest

from sockservice.sql.errors import Refused
from sockservice.sql.words import Name, Words


def test_words_are_taken_whatever_their_case() -> None:
    words = Words("Create  TABLE /* not this */ IF not Exists t;")
    assert words.accept("create", "table")
    assert not words.accept("if", "exists")
    assert words.accept("if", "not", "exists")
    assert words.table() == Name("", "t")
    assert words.ended


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("t", Name("", "t")),
        ("d.t", Name("d", "t")),
        ("`d` . `order`", Name("d", "order")),
        ("d.select", Name("d", "select")),
        ("`a``b`", Name("", "a`b")),
        ("1a", Name("", "1a")),
    ],
)
def test_names_of_tables(text: str, found: Name) -> None:
    assert Words(text).table() == found


@pytest.mark.parametrize(
    ("text", "code"),
    [("select", 1064), ("'t'", 1064), ("@t", 1064), ("", 1064), ("``", 1103), ("`t `", 1103), (f"`{'x' * 65}`", 1059)],
)
def test_what_is_no_name(text: str, code: int) -> None:
    with pytest.raises(Refused) as caught:
        Words(text).table()
    assert caught.value.answer.code == code


def test_a_mistake_is_told_with_what_follows_and_its_line() -> None:
    words = Words("DROP\nTABLE\n= 5")
    words.expect("drop", "table")
    with pytest.raises(Refused, match="near '= 5' at line 3"):
        words.table()


def test_texts_side_by_side_are_one() -> None:
    assert Words(r"'a''b' 'c\n' d").string() == "a'bc\n"


def test_a_bracket_is_taken_with_those_in_it() -> None:
    words = Words("( (a + ')') * f(1) ) rest")
    assert words.bracketed() == "(a + ')') * f(1)"
    assert words.rest == "rest"


def test_a_bracket_that_is_never_closed() -> None:
    with pytest.raises(Refused, match="near ''"):
        Words("(a").bracketed()
