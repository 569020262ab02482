"""Parameters and ends of statements, found in their texts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.mysql.statement_text import parameter_count, split_statements


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("SELECT 1", 0),
        ("SELECT ?, ?", 2),
        ("SELECT '?', \"?\", `?`, ?", 1),
        ("SELECT 'it''s ?', 'a\\'?', ?", 1),
        ('SELECT "a""?", ? -- ?\n, ? # ?', 2),
        ("SELECT /* ? */ ? /*! , ? */", 2),
        ("SELECT 1--?", 1),
        ("SELECT '?", 0),
        ("SELECT `?", 0),
        ("SELECT /* ?", 0),
        ("?", 1),
        ("--", 0),
        ("SELECT ?--", 1),
    ],
)
def test_parameters_are_counted_outside_of_quotes_and_comments(text, count):
    assert parameter_count(text) == count


def test_a_backslash_may_be_plain():
    assert parameter_count("SELECT '\\', ?") == 0
    assert parameter_count("SELECT '\\', ?", escapes=False) == 1
    assert split_statements("SELECT '\\'; SELECT 2", escapes=False) == ["SELECT '\\'", " SELECT 2"]


PROGRAM = """CREATE PROCEDURE p() BEGIN
  IF a THEN SELECT 1; ELSEIF b THEN SELECT IF(1, 2, 3); END IF;
  CASE x WHEN 1 THEN SELECT CASE WHEN 1 THEN 2 END; ELSE BEGIN END; END CASE;
  l: LOOP LEAVE l; END LOOP; WHILE a DO SET a = 0; END WHILE; REPEAT SET a = REPEAT('x', 2); UNTIL a END REPEAT;
END"""
TRIGGER = "create trigger t before insert on x for each row if new.a then set new.b = ';'; end if"


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("", [""]),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;", ["SELECT 1"]),
        ("SELECT 1 ; -- the end\n", ["SELECT 1 "]),
        ("SELECT 1;;", ["SELECT 1"]),
        (";SELECT 1", ["", "SELECT 1"]),
        (";", [""]),
        ("SELECT ';', `;`, \";\" /* ; */ # ;", ["SELECT ';', `;`, \";\" /* ; */ # ;"]),
        ("a; b;c", ["a", " b", "c"]),
        (PROGRAM, [PROGRAM]),
        (PROGRAM + "; SELECT 1;", [PROGRAM, " SELECT 1"]),
        (TRIGGER + ";SELECT 1", [TRIGGER, "SELECT 1"]),
        ("BEGIN; SELECT 1; END", ["BEGIN", " SELECT 1", " END"]),
        ("CREATE TABLE t (a INT); SELECT 1", ["CREATE TABLE t (a INT)", " SELECT 1"]),
        ("BEGIN NOT ATOMIC SELECT 1; x; END; SELECT 3", ["BEGIN NOT ATOMIC SELECT 1; x; END", " SELECT 3"]),
        ("/*!50003 CREATE*/ /*!50003 TRIGGER t AFTER INSERT ON x FOR EACH ROW BEGIN SET @a = 1; END */; SELECT 1",
         ["/*!50003 CREATE*/ /*!50003 TRIGGER t AFTER INSERT ON x FOR EACH ROW BEGIN SET @a = 1; END */", " SELECT 1"]),
        ("CREATE PROCEDURE p() BEGIN SELECT 1;", ["CREATE PROCEDURE p() BEGIN SELECT 1;"]),
    ],
)  # fmt: skip
def test_a_text_is_split_into_its_statements(text, statements):
    assert split_statements(text) == statements


@settings(max_examples=1000, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "'",
                '"',
                "`",
                "\\",
                "?",
                ";",
                "--",
                " ",
                "\n",
                "#",
                "/*",
                "*/",
                "/*!",
                "a",
                "begin",
                "end",
                "create",
                "procedure",
            ]
        )
    )
)
def test_the_statements_are_the_text_without_what_is_between_them(parts):
    text = " ".join(parts)
    statements = split_statements(text)
    assert text.startswith(";".join(statements))
    assert parameter_count(text) <= text.count("?")


@settings(max_examples=1000, deadline=None)
@given(st.text(), st.booleans())
def test_no_text_raises(text, escapes):
    assert split_statements(text, escapes=escapes)
    assert parameter_count(text, escapes=escapes) >= 0


@pytest.mark.parametrize("piece", ["'", "`", "/*", "/*!", "'a' ", "-- ", "?", "a\\", '""', "#", "a;"])
def test_the_time_is_linear(piece):
    text = piece * (500_000 // len(piece))
    began = time.process_time()
    parameter_count(text)
    split_statements(text)
    assert time.process_time() - began < 2
