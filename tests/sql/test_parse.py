"""What is no statement, and where it stops to be one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from sockservice.sql.errors import Refused
from sockservice.sql.literals import fold
from sockservice.sql.parse import parse


def near(text: str) -> tuple[str, int]:
    """Near what a text is wrong, and in which line."""
    folded = fold(text)
    with pytest.raises(Refused) as refused:
        parse(folded.key, folded.literals, text)
    assert refused.value.answer.code == 1064, refused.value
    found, _, line = refused.value.answer.message.rpartition("' at line ")
    return found.partition(" near '")[2], int(line)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("SELEC 1", "SELEC 1"),
        ("nonsense", "nonsense"),
        ("SELECT 1 FROM", ""),
        ("SELECT FROM t", "FROM t"),
        ("SELECT 1,", ""),
        ("SELECT 'a' 1", "1"),
        ("SELECT * FORM t", "FORM t"),
        ("SELECT * FROM t GROUP", ""),
        ("SELECT * FROM t ORDER id", "id"),
        ("SELECT * FROM order", "order"),
        ("SELECT SELECT FROM t", "SELECT FROM t"),
        ("SELECT id FROM t LIMIT -1", "-1"),
        ("SELECT id FROM t LIMIT 1.5", "1.5"),
        ("SELECT 1 LIMIT 1 UNION SELECT 2", "UNION SELECT 2"),
        ("UPDATE SET a = 1", "SET a = 1"),
        ("DELETE t", ""),
        ("insert into t (a   b) values (1)", "b) values (1)"),
        ("SELECT 1 /* why */ FROM /* not */ WHERE 2", "WHERE 2"),
    ],
)
def test_an_error_says_near_what_it_is(text: str, where: str) -> None:
    assert near(text) == (where, 1)


def test_an_error_says_in_which_line_it_is() -> None:
    assert near("SELECT 1\nFROM t\nWHERE x ===\n1") == ("==\n1", 3)


def test_reserved_words_are_names_behind_a_point_and_in_back_ticks() -> None:
    node = parse("SELECT t.select, `from` FROM t")
    assert [column.name for column in node.find_all(exp.Column)] == ["select", "from"]


def test_nothing_is_an_empty_query() -> None:
    with pytest.raises(Refused) as refused:
        parse("")
    assert refused.value.answer.code == 1065


WORDS = st.sampled_from(
    "SELECT FROM WHERE GROUP BY ORDER HAVING LIMIT UNION ALL JOIN ON AS ( ) , * = t a 1 'x' ? INTO @v WITH OVER".split()
)


@given(st.lists(WORDS, max_size=20))
def test_any_words_are_a_statement_or_refused(words: list[str]) -> None:
    text = "SELECT " + " ".join(words)
    folded = fold(text, (None,) * len(words))
    code = 0
    try:
        parse(folded.key, folded.literals, text)
    except Refused as refused:
        code = refused.answer.code
    assert code in (0, 1064, 1065, 1290, 1327)
