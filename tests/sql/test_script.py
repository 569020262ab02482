"""Files of SQL taken apart into statements."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockservice.sql import script
from sockservice.sql.script import Splitter, Statement


def split(text: str) -> list[tuple[str, int]]:
    return [tuple(statement) for statement in Splitter().statements(text.splitlines(keepends=True))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("SELECT 1", [("SELECT 1", 1)]),
        ("SELECT 1;\n\nSELECT\n2;", [("SELECT 1", 1), ("SELECT\n2", 3)]),
        ("a; b ;", [("a", 1), ("b", 1)]),
        (";;a;", [("a", 1)]),
        ("-- one;\n# two;\na -- three;\n;", [("a", 3)]),
        ("/* one;\n two; */ a;", [("/* one;\n two; */ a", 2)]),
        ("/* nothing; */;", []),
        ("/*!40101 SET NAMES utf8 */;", [("/*!40101 SET NAMES utf8 */", 1)]),
        ("'a;''b;\\';' ; \"c;\" ; `d;`;", [("'a;''b;\\';'", 1), ('"c;"', 1), ("`d;`", 1)]),
        ("'one\n;two\n' x; y", [("'one\n;two\n' x", 1), ("y", 3)]),
        ("1--1;", [("1--1", 1)]),
        ("DELIMITER ;;\na;b;;\ndelimiter ;\nc;", [("a;b", 2), ("c", 4)]),
        ("DELIMITER //\nBEGIN\n a; b;\nEND //\nDELIMITER ;\nc", [("BEGIN\n a; b;\nEND", 2), ("c", 6)]),
    ],
)
def test_statements_with_their_lines(text: str, found: list[tuple[str, int]]) -> None:
    assert split(text) == found


PIECES = st.sampled_from(["a", "1 ", "'x;'", "'it''s'", "'\\';'", '"y;"', "`z;`", "/* ; */", "\n", "(", "- ", "/ "])


@given(st.lists(st.lists(PIECES, min_size=1).map("".join).filter(lambda text: "a" in text), min_size=1))
def test_statements_come_back_as_they_were_written(texts: list[str]) -> None:
    assert [text for text, _ in split(";\n".join(texts))] == [text.strip() for text in texts]


@given(st.text(alphabet="-ab'\"`;#/*!\n\\ ", max_size=50))
def test_any_text_is_taken_apart(text: str) -> None:
    found = split(text)
    assert all(1 <= line <= text.count("\n") + 1 for _, line in found)


def test_a_statement_may_not_grow_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(script, "LONGEST", 10)
    with pytest.raises(ValueError, match="the statement of line 2 has more than 10 characters"):
        list(Splitter().statements(["a;\n", "b\n", "'12345\n", "67890\n"]))


def test_a_statement_has_a_text_and_a_line() -> None:
    assert list(Splitter().statements(["a"])) == [Statement("a", 1)]
