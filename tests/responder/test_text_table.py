"""Tables drawn with characters."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import asking, cells, mistakes_of, types

from sockservice.errors import Place
from sockservice.responder.answering.tables.sheet import Quoted
from sockservice.responder.answering.tables.text_table import text_table
from sockservice.responder.mistakes import Mistakes


def read(text: str) -> tuple[tuple[str, ...], list[list[object]]]:
    sheet = text_table(text, lambda line, column: Place(Path("t"), line, column))
    return sheet.labels, [list(line.cells) for line in sheet.lines]


USERS = (("id", "full name"), [["1", "Ada Lovelace"], ["2", None]])


@pytest.mark.parametrize(
    "text",
    [
        "id | full name\n1 | Ada Lovelace\n2 | NULL",
        "id | full name\n---+----------\n 1 | Ada Lovelace\n 2 | NULL\n",
        "+----+--------------+\n| id | full name    |\n+----+--------------+\n|  1 | Ada Lovelace |\n|  2 | NULL |\n",
        "id  full name\n==  =========\n1   Ada Lovelace\n\n2   NULL\n",
        "  id\tfull name\n  1\tAda Lovelace\n  2\tNULL",
        "id | full name\r\n1 | Ada Lovelace\r\n2 | NULL\r\n",
    ],
)
def test_tables_are_divided_by_bars_or_by_blanks(text):
    assert read(text) == USERS


def test_cells_in_quotes_are_text_as_it_stands_there():
    labels, rows = read("a | b | c\n'NULL' | \" x | y \" | '42'\nit's | '' | \"\n")
    assert labels == ("a", "b", "c")
    assert rows == [["NULL", " x | y ", "42"], ["it's", "", '"']]
    assert [isinstance(cell, Quoted) for row in rows for cell in row] == [True, True, True, False, True, False]


def test_templates_keep_together():
    assert read("a  b\n{{ x | d('p  q') }}  {{ 1 }}")[1] == [["{{ x | d('p  q') }}", "{{ 1 }}"]]
    assert read("a | b\n{{ x | upper }} | 2")[1] == [["{{ x | upper }}", "2"]]


def test_empty_cells_between_bars_are_empty():
    assert read("a | b\n | \n1 |\n| 1")[1] == [["", ""], ["1", ""], ["", "1"]]
    assert read("| a | b |\n|   |   |\n")[1] == [["", ""]]


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("---", (0, 0), "the table has no header"),
        ("a | b\n1 | 2 | 3", (1, 0), "row 1 has 3 cells for 2 columns"),
        ("a  b\n1  2\n  3", (2, 2), "row 2 has 1 cell for 2 columns"),
        ("a | a\n1 | 2", (0, 0), "the label 'a' stands twice"),
        ("a |  | b\n1 | 2 | 3", (0, 0), "column 2 has no label"),
    ],
)
def test_what_is_no_table_is_told_with_its_place(text, place, message):
    with pytest.raises(Mistakes) as caught:
        read(text)
    assert [str(mistake) for mistake in caught.value.found] == [f"t:{place[0]}:{place[1]}: {message}"]


CELL = st.text(alphabet="ab1 .'\"é-", max_size=6)


@given(st.lists(st.lists(CELL, min_size=2, max_size=2), max_size=5), st.sampled_from(["plain", "framed"]))
def test_what_is_drawn_is_read(rows, frame):
    def drawn(cells: list[str]) -> str:
        inside = " | ".join(cell if cell.isalnum() else f"'{cell.replace(chr(39), '')}'" for cell in cells)
        return f"| {inside} |" if frame == "framed" else inside

    text = "\n".join([drawn(["a", "b"]), "----", *map(drawn, rows)])
    expected = [[cell if cell.isalnum() else cell.replace("'", "") for cell in row] for row in rows]
    assert read(text) == (("a", "b"), expected)


@given(st.text(alphabet="ab|+-= \n\t'\"{}1", max_size=60))
def test_any_text_is_a_table_or_refused(text):
    try:
        labels, rows = read(text)
    except Mistakes as mistakes:
        assert mistakes.found  # noqa: PT017 - whether it is refused is up to the example
        return
    assert labels
    assert all(len(row) == len(labels) for row in rows)


# --- in a stub --------------------------------------------------------------------------------


def test_the_types_of_a_table_are_told_from_its_text(tmp_path):
    answer = asking(
        tmp_path,
        """
table: |
  id | price  | big                  | float | zip   | mixed | none | when
  ---+--------+----------------------+-------+-------+-------+------+-----------
  1  | 4.50   | 18446744073709551615 | 1e3   | 01234 | 5     |      | 2024-02-29
  -2 | -12.00 | 1                    | 2.5   | 56789 | x     | NULL |
""".strip(),
    ).ask()
    assert types(answer) == {
        "id": "BIGINT",
        "price": "DECIMAL(4,2)",
        "big": "BIGINT",
        "float": "DOUBLE",
        "zip": "VARCHAR(5)",
        "mixed": "VARCHAR(1)",
        "none": "VARCHAR(1)",
        "when": "VARCHAR(10)",
    }
    assert [[str(cell) for cell in row] for row in cells(answer)] == [
        ["1", "4.50", "18446744073709551615", "1000.0", "01234", "5", "", "2024-02-29"],
        ["-2", "-12.00", "1", "2.5", "56789", "x", "None", ""],
    ]


def test_declared_columns_have_their_types_and_the_others_are_told(tmp_path):
    then = """
columns: {born: DATE, rich: BOOLEAN, bits: BIT(4), age: INT}
table: |
  id | born       | rich | bits | age
  1  | 1815-12-10 | true | 5    | 36
  2  |            |      |      | NULL
""".strip()
    answer = asking(tmp_path, then).ask()
    assert types(answer) == {
        "id": "BIGINT",
        "born": "DATE",
        "rich": "TINYINT(1)",
        "bits": "BIT(4)",
        "age": "INT",
    }
    assert [[str(cell) for cell in row] for row in cells(answer)] == [
        ["1", "1815-12-10", "1", "5", "36"],
        ["2", "None", "None", "None", "None"],
    ]


def test_a_table_is_the_same_object_each_time(tmp_path):
    one = asking(tmp_path, "table: |\n  a\n  1\n")
    assert one.ask() is one.ask()
    assert one.plan.only is not None


def test_mistakes_in_a_table_are_told_with_line_and_column(tmp_path):
    then = """
columns: {born: DATE, bron: INT}
table: |
  id | born
  1  | 1815-12-41
  2  | {{ usr }}
  3
""".strip()
    assert mistakes_of(tmp_path, then) == ["12:7: row 3 has 1 cell for 2 columns"]
    assert mistakes_of(tmp_path, then.removesuffix("3")) == [
        "7:27: 'bron' is not among the columns; did you mean 'born'?",
        "10:12: column 'born' (DATE): '1815-12-41' does not exist: day is out of range for month",
        "11:12: 'usr' is not known in templates",
    ]


def test_a_table_in_quotes_tells_where_it_begins(tmp_path):
    assert mistakes_of(tmp_path, 'table: "a | b\\n1"') == ["7:12: row 1 has 1 cell for 2 columns"]
