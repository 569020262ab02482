"""Literals apart from the rest."""

from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockservice.sql.errors import Refused
from sockservice.sql.literals import Lexical, Literal, fold, lexical, text_of, written


@pytest.mark.parametrize(
    ("text", "key", "values"),
    [
        ("SELECT 1, 'a', 1.50, 1e3, 0x41", "SELECT :p0, :p1, :p2, :p3, :p4", [1, "a", Decimal("1.50"), 1000.0, b"A"]),
        ("SELECT  a+1 FROM t -- end", "SELECT  a+:p0 FROM t", [1]),
        ("SELECT /* x */ 1 # end\n;", "SELECT   :p0", [1]),
        ("insert into t values(1,'a')", "insert into t values ( :p0 , :p1 )", [1, "a"]),
        ("SELECT 'a' 'b'", "SELECT :p0", ["ab"]),
        ("SELECT a AS 'x', b 'y', 1 'z'", "SELECT a AS `x`, b `y`, :p0 `z`", [1]),
        ("SELECT DATE '2024-01-01', _utf8mb4'x'", "SELECT DATE '2024-01-01', _utf8mb4'x'", []),
        (
            "SELECT CAST(a AS CHAR(10)) LIKE 'x' ESCAPE '|'",
            "SELECT CAST(a AS CHAR(10)) LIKE :p0 ESCAPE :p1",
            ["x", "|"],
        ),
        ("SELECT 'a'FROM t WHERE b='c'ORDER BY 0x41", "SELECT :p0 FROM t WHERE b=:p1 ORDER BY :p2", ["a", "c", b"A"]),
        (
            "SELECT ?FROM t WHERE b=?ORDER BY _binary'a'DESC",
            "SELECT :p0 FROM t WHERE b=:p1 ORDER BY :p2 DESC",
            [None, None, b"a"],
        ),
        ("CREATE TABLE t (a INT DEFAULT 5)", "CREATE TABLE t (a INT DEFAULT 5)", []),
        ("SELECT a1, t2.b3 FROM t2", "SELECT a1, t2.b3 FROM t2", []),
    ],
)
def test_literals_leave_a_key_behind(text: str, key: str, values: list[object]) -> None:
    folded = fold(text)
    assert folded.key == key
    assert [literal.value for literal in folded.literals] == values


def test_texts_side_by_side_are_named_for_the_first() -> None:
    assert fold("SELECT 'a' 'b'").literals == (Literal("string", "ab", "'a'"),)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("INSERT INTO t VALUES (_binary '\udc80\\0\\'')", b"\x80\0'"),
        ("INSERT INTO t VALUES (_BINARY'é')", "é".encode()),
        ("INSERT INTO t VALUES ('é\udcff')", "é".encode() + b"\xff"),
        ("INSERT INTO t VALUES (_binary 'a' 'b\udcff')", b"ab\xff"),
        ("INSERT INTO t VALUES ('a' 'b\udcff')", b"ab\xff"),
    ],
)
def test_bytes_are_told_apart_from_texts(text: str, data: bytes) -> None:
    folded = fold(text)
    assert folded.key == "INSERT INTO t VALUES ( :p0 )"
    assert [(literal.kind, literal.value) for literal in folded.literals] == [("bytes", data)]


def test_parameters_take_their_values_in_order() -> None:
    assert [literal.value for literal in fold("SELECT ?, 'x', ?", (1, b"y")).literals] == [1, "x", b"y"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("SELECT 1 /*! + 1 */", "SELECT :p0   + :p1"),
        ("SELECT 1 /*!80000 + 1 */", "SELECT :p0   + :p1"),
        ("SELECT 1 /*!99999 + 1 */", "SELECT :p0"),
        ("SELECT 1 /*M! + 1 */", "SELECT :p0"),
        ("SELECT '/*! x */'", "SELECT :p0"),
    ],
)
def test_comments_with_code_are_code_up_to_the_version(text: str, key: str) -> None:
    assert fold(text).key == key


@pytest.mark.parametrize(
    ("piece", "meaning"),
    [
        ("'it''s'", "it's"),
        (r"'a\nb'", "a\nb"),
        (r"'\%\_'", r"\%\_"),
        ('"say ""x"""', 'say "x"'),
        ("N'x'", "x"),
        (r"'\q'", "q"),
    ],
)
def test_texts_mean_what_their_escapes_say(piece: str, meaning: str) -> None:
    assert text_of(piece) == meaning


def test_the_mode_says_how_texts_are_read() -> None:
    assert lexical("ANSI_QUOTES,NO_BACKSLASH_ESCAPES") == Lexical(names=True, plain=True)
    assert lexical("ANSI").joins
    folded = fold(r"""SELECT "a", 'x\'""", (), lexical("ANSI_QUOTES,NO_BACKSLASH_ESCAPES"))
    assert folded.key == "SELECT `a`, :p0"
    assert folded.literals[0].value == "x\\"


@given(st.text(alphabet="ab1.'\"`\\ \n-#/*!?:;()=,@_é", max_size=60))
def test_any_text_can_be_folded_and_written_again(text: str) -> None:
    with contextlib.suppress(Refused) if set(text) & set(":'\"`*") else contextlib.nullcontext():
        folded = fold(text, (None,) * text.count("?"))
        assert ":p" not in written(folded.key, folded.literals) or ":p" in text


@pytest.mark.parametrize(
    ("text", "near"),
    [("SELECT :p0", "':p0' at line 1"), ("SELECT ':a',\n:b;", "':b' at line 2"), ("SELECT 1 :p0 2", "':p0 2'")],
)
def test_a_colon_is_not_taken_for_what_stands_for_a_literal(text: str, near: str) -> None:
    with pytest.raises(Refused) as refused:
        fold(text)
    assert near in refused.value.answer.message


def test_a_word_right_behind_a_text_stays_a_word() -> None:
    assert fold("SELECT'x'FROM t").key == "SELECT:p0 FROM t"


def test_a_long_list_is_one_literal() -> None:
    numbers = ", ".join(map(str, range(16)))
    folded = fold(f"SELECT a IN ({numbers}), 1")
    assert folded.key == "SELECT a IN (:p0), :p1"
    assert folded.literals[0] == Literal("ints", tuple(range(16)), numbers)


@pytest.mark.parametrize("last", ["'x'", "1.5", "-1", "a", "18446744073709551615", "(1)", "?"])
def test_a_list_of_several_kinds_stays_a_list(last: str) -> None:
    numbers = ", ".join(map(str, range(16)))
    assert fold(f"SELECT a IN ({numbers}, {last})", (5,)).literals[1].kind == "int"
