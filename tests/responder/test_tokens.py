from __future__ import annotations

import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.responder.tokens import Kind, Token, TooManyTokens, tokens

SQL_ALPHABET = st.sampled_from(
    [*"aZ09_$é@`'\"\\/*!-#?.,;()=<>:|& \n\t\0", "/*!40100", "*/", "--", "@@", "N'", "x'", "1e5", "0x1F"]
)


def kinds(text: str) -> list[tuple[Kind, str]]:
    return [(token.kind, token.value) for token in tokens(text)]


def values(text: str) -> list[str]:
    return [token.value for token in tokens(text)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("SELECT", Kind.WORD, "select"),
        ("größe_1$", Kind.WORD, "größe_1$"),
        ("1st", Kind.WORD, "1st"),
        ("1e5x", Kind.WORD, "1e5x"),
        ("`Big ``One`", Kind.QUOTED, "big `one"),
        ("'it''s'", Kind.STRING, "it's"),
        (r"'a\'b\n\\\0\Z\q\%\_'", Kind.STRING, "a'b\n\\\0\x1aq\\%\\_"),
        ("'say \"\"'", Kind.STRING, 'say ""'),
        ('"say ""hi"" it\'s"', Kind.STRING, 'say "hi" it\'s'),
        ("N'x'", Kind.STRING, "x"),
        ("''", Kind.STRING, ""),
        ("12", Kind.NUMBER, "12"),
        ("1.5E-3", Kind.NUMBER, "1.5E-3"),
        (".5", Kind.NUMBER, ".5"),
        ("1.", Kind.NUMBER, "1."),
        ("1e+5", Kind.NUMBER, "1e+5"),
        ("0xFF", Kind.NUMBER, "0xFF"),
        ("x'4D'", Kind.NUMBER, "x'4D'"),
        ("b'01'", Kind.NUMBER, "b'01'"),
        ("?", Kind.PARAMETER, "?"),
        ("@X", Kind.USER_VARIABLE, "@x"),
        ("@`My Name`", Kind.USER_VARIABLE, "@my name"),
        ("@'X'", Kind.USER_VARIABLE, "@x"),
        ("@@Version", Kind.SYSTEM_VARIABLE, "@@version"),
        ("@@GLOBAL.`X`", Kind.SYSTEM_VARIABLE, "@@global.x"),
        ("<=>", Kind.SYMBOL, "<=>"),
        (":=", Kind.SYMBOL, ":="),
        ("->>", Kind.SYMBOL, "->>"),
    ],
)
def test_one_token_has_its_kind_and_its_meaning(text: str, kind: Kind, value: str) -> None:
    assert tokens(text) == [Token(kind, text, value, 0)]


def test_a_statement_keeps_offsets_and_text_as_written() -> None:
    text = "SELECT  `A`,'b' FROM T"
    assert [(token.text, token.start, token.end) for token in tokens(text)] == [
        ("SELECT", 0, 6),
        ("`A`", 8, 11),
        (",", 11, 12),
        ("'b'", 12, 15),
        ("FROM", 16, 20),
        ("T", 21, 22),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "a -- rest\nb",
        "a --\nb",
        "a # rest\nb",
        "a /* x */ b",
        "a/**/b",
        "a /*+ MAX_EXECUTION_TIME(1) */ b",
        "a /*M!100100 x */ b",
        "a /*!99999 x */ b",
        "a /*!100100 x */ b",
        "a /*!080401 x */ b",
        "a /*/ x */ b",
        "a b -- rest",
        "a b --",
        "a /* ' ` \" */ b",
    ],
)
def test_comments_are_dropped(text: str) -> None:
    assert values(text) == ["a", "b"]


@pytest.mark.parametrize(
    "text", ["/*!40100 a */ b", "/*! a*/b", "/*!80400 a */ b", "/*!080400 a */ b", "/*!40100 a /* x */*/ b"]
)
def test_executable_comments_count_as_code(text: str) -> None:
    assert values(text) == ["a", "b"]


def test_a_string_in_an_executable_comment_may_hold_its_end() -> None:
    assert values("/*!40100 'x */ y' */ b") == ["x */ y", "b"]


def test_two_minus_signs_without_a_blank_are_arithmetic() -> None:
    assert values("1--1") == ["1", "-", "-", "1"]


def test_the_end_of_a_comment_that_did_not_begin_is_two_symbols() -> None:
    assert values("2*/3") == ["2", "*", "/", "3"]


def test_a_column_may_begin_with_a_digit_behind_a_dot() -> None:
    assert kinds("t.1a") == [(Kind.WORD, "t"), (Kind.SYMBOL, "."), (Kind.WORD, "1a")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("'abc", Kind.STRING),
        ('"abc\\', Kind.STRING),
        ("`abc", Kind.QUOTED),
        ("@`abc", Kind.USER_VARIABLE),
        ("/* abc 'x'", Kind.SYMBOL),
        ("/*!99999 abc", Kind.SYMBOL),
    ],
)
def test_what_does_not_end_is_one_token(text: str, kind: Kind) -> None:
    found = tokens(f"a {text}")
    assert [token.kind for token in found] == [Kind.WORD, kind]
    assert found[1].text == text


def test_a_limit_counts_tokens_comments_and_white_space() -> None:
    text = "a -- x\n b"
    assert len(tokens(text, limit=5)) == 2
    with pytest.raises(TooManyTokens):
        tokens(text, limit=4)


@pytest.mark.parametrize("piece", ["a ", "#\n", "/**/", "/*!", "*/", "'' ", "--\n"])
def test_behind_the_limit_nothing_is_looked_at(piece: str) -> None:
    text = piece * 1_000_000
    started = time.process_time()
    with pytest.raises(TooManyTokens):
        tokens(text, limit=100)
    assert time.process_time() - started < 0.05


def test_a_token_that_is_too_long_is_not_decoded() -> None:
    assert [token.value for token in tokens(r"'a\'b' 'a\'bc'", longest=6)] == ["a'b", r"'a\'bc'"]


@given(st.lists(SQL_ALPHABET, max_size=40).map("".join) | st.text(max_size=60))
@settings(max_examples=1000, deadline=None)
def test_tokens_and_gaps_reproduce_any_text(text: str) -> None:
    end = 0
    rebuilt = ""
    for token in tokens(text):
        assert token.start >= end
        gap = text[end : token.start]
        assert (
            not gap.strip("\0 \t\r\n\f\v" + "".join(map(chr, range(32))))
            or "/*" in gap
            or "*/" in gap
            or "--" in gap
            or "#" in gap
        )
        rebuilt += gap + token.text
        end = token.end
    assert rebuilt + text[end:] == text


@given(st.text(max_size=30))
@settings(max_examples=1000, deadline=None)
def test_a_literal_gives_back_what_was_escaped(content: str) -> None:
    escaped = content.replace("\\", "\\\\").replace("'", "''")
    assert tokens(f"'{escaped}'") == [Token(Kind.STRING, f"'{escaped}'", content, 0)]


@pytest.mark.parametrize(
    "piece",
    [
        "'",
        "''",
        "\\",
        "'\\",
        "/*",
        "/*!",
        "*/",
        "@`",
        "`",
        "--",
        "0x",
        "1e",
        "x'",
        "N'",
        "/*!99999",
        "@@a.",
        "1.",
        "\"'",
        " ",
        "\0\n",
    ],
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = piece * (250_000 // len(piece))
    started = time.process_time()
    tokens(text)
    assert time.process_time() - started < 2.0  # quadratic would be minutes


def test_names_are_of_letters_digits_dollar_underline_and_all_beyond_ascii():
    beyond = "\x80ß√\ud7ff\uffff\U00010000\U0010ffff"
    inside = [char for char in (*map(chr, range(128)), *beyond) if tokens(f"a{char}b;")[0].end == 3]
    assert "".join(inside) == f"$0123456789{string.ascii_uppercase}_{string.ascii_lowercase}{beyond}"
