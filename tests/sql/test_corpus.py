"""The files of the corpus are read as people read them, and what is wrong with one is said with its line."""

from __future__ import annotations

from contextlib import suppress

import pytest
from corpus import CORPUS, CorpusMistake, read_corpus, read_sessions
from hypothesis import given
from hypothesis import strategies as st

TEXT = """-- A theme.

-- session: first
-- An explanation: with a colon.
CREATE TABLE t (id INT);
SELECT 'a;b', "c;d", `e;f` -- not the end;
FROM t # nor this;
/* nor ; that */;
-- connection: b
-- ignore: warnings, types
-- mysql: error 3819 HY000 (15.1 A Section)
SELECT
1;
SELECT 2;

-- session: second
SELECT 3; SELECT 4;
"""


def test_sessions_and_statements_with_their_lines():
    first, second = read_sessions("theme", TEXT)
    assert (first.theme, first.name, first.line, str(first)) == ("theme", "first", 3, "theme: first")
    assert [(one.line, one.connection) for one in first.statements] == [(5, "a"), (6, "a"), (12, "b"), (14, "b")]
    assert first.statements[1].text.endswith("# nor this;\n/* nor ; that */")
    assert [(one.text, one.line, one.connection) for one in second.statements] == [
        ("SELECT 3", 17, "a"),
        ("SELECT 4", 17, "a"),
    ]


def test_what_a_comment_says_is_about_the_next_statement_only():
    statements = read_sessions("theme", TEXT)[0].statements
    assert [one.ignored for one in statements] == [set(), set(), {"warnings", "types"}, set()]
    assert [[expected.value for expected in one.expected] for one in statements] == [[], [], [(3819, "HY000")], []]


def test_a_session_has_a_database_of_its_own():
    (session,) = read_sessions("a_theme", "-- session: it's Ünique, and " + "x" * 80 + "\nSELECT 1;")
    assert session.database == ("a_theme_it_s_nique_and_" + "x" * 80)[:64]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("SELECT 1;", "f.sql:1: a statement before the first -- session:"),
        ("-- session: a\nSELECT 1", "f.sql:2: a statement that no ; ends"),
        ("-- session: a\nSELECT 'a;", "f.sql:2: ' opens what is not closed"),
        ("-- session: a\nSELECT 1 /* ;", "f.sql:2: /* opens what is not closed"),
        ("-- session: a\nSELECT 1;;", "f.sql:2: a ; that ends nothing"),
        ("-- session: a\n\n-- session: b\nSELECT 1;", "f.sql:1: the session 'a' has no statement"),
        ("-- session: a\nSELECT 1;\n-- session: a\nSELECT 1;", "f.sql:3: a session needs a name that no other"),
        ("-- session:\nSELECT 1;", "f.sql:1: a session needs a name"),
        ("-- session: a\n-- conection: b\nSELECT 1;", "f.sql:2: conection: is not known; known: session, connection"),
        ("-- session: a\n-- connection: two\nSELECT 1;", "f.sql:2: a connection is a letter, not 'two'"),
        ("-- session: a\n-- ignore: warning\nSELECT 1;", "f.sql:2: warning is not compared anyway; compared are rows"),
        ("-- session: a\nSELECT 1;\n-- ignore: rows\n", "f.sql:4: -- ignore: or -- mysql: with no statement after it"),
        ("-- session: a\n-- mysql: error (1.2)\nSELECT 1;", "f.sql:2: '' is no value for error"),
    ],
)
def test_a_mistake_is_told_with_its_line(text, mistake):
    with pytest.raises(CorpusMistake) as caught:
        read_sessions("f", text)
    assert str(caught.value).startswith(mistake)


def test_a_theme_that_there_is_not():
    with pytest.raises(CorpusMistake, match="there is no theme nothing; there are: aggregates, collation"):
        read_corpus(["nothing"])


def test_themes_are_chosen():
    assert {session.theme for session in read_corpus(["joins", "types"])} == {"joins", "types"}
    assert {session.theme for session in read_corpus()} == {path.stem for path in CORPUS.glob("*.sql")}


@given(
    st.lists(
        st.lists(
            st.sampled_from(["a", "1", "'x;'", '"y--"', "`z`", "''", "/* ; */", "(", "- ", "'\\';'", "'a''b;'"]),
            min_size=1,
        ),
        min_size=1,
    )
)
def test_statements_come_back_as_they_were_written(statements):
    texts = ["S " + " ".join(parts) + " E" for parts in statements]
    (session,) = read_sessions("f", "-- session: a\n" + ";\n".join(texts) + ";\n")
    assert [one.text for one in session.statements] == texts
    assert [one.line for one in session.statements] == list(range(2, len(texts) + 2))


@given(st.text(alphabet="-sSELECT1 '\"`;#/*\n:abx", max_size=60))
def test_any_text_is_read_or_refused(text):
    with suppress(CorpusMistake):
        (session,) = read_sessions("f", "-- session: a\n" + text)
        assert session.statements
