"""Files of rows beside a stub file: CSV, JSON, YAML."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import asking, cells, mistakes_of, types

from sockservice.errors import ConfigurationError
from sockservice.responder.answering.tables import data_files
from sockservice.responder.answering.tables.data_files import read_csv, read_json
from sockservice.responder.mistakes import Mistakes

PRODUCTS = """\
sku,name,price,stock,since
A1,Green tea,4.50,120,2023-03-01
A2,"Cup, ""large""
and blue",12.00,7,2024-02-29
Ä3,NULL,1.00,,2024-01-01
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "products.csv").write_text(PRODUCTS, encoding="utf-8-sig")
    return tmp_path


# --- CSV --------------------------------------------------------------------------------------


def test_a_csv_file_gives_its_rows_with_types_told_from_the_text(shop):
    one = asking(shop, "csv: data/products.csv")
    answer = one.ask()
    assert types(answer) == {
        "sku": "VARCHAR(2)",
        "name": "VARCHAR(21)",
        "price": "DECIMAL(4,2)",
        "stock": "BIGINT",
        "since": "VARCHAR(10)",
    }
    assert cells(answer)[1:] == [
        ("A2", 'Cup, "large"\nand blue', Decimal("12.00"), 7, "2024-02-29"),
        ("Ä3", None, Decimal("1.00"), None, "2024-01-01"),
    ]
    assert one.ask() is answer


def test_declared_columns_have_their_types(shop):
    answer = asking(shop, "{csv: data/products.csv, columns: {since: DATE, stock: SMALLINT UNSIGNED}}").ask()
    assert types(answer)["stock"] == "SMALLINT"
    assert cells(answer)[0][4] == date(2023, 3, 1)


def test_delimiter_and_null_can_be_chosen(tmp_path):
    (tmp_path / "x.csv").write_text("a;b\n1,5;-\nNULL;\n")
    answer = asking(tmp_path, "csv: {file: x.csv, delimiter: ';', null: ['-', '']}").ask()
    assert cells(answer) == [("1,5", None), ("NULL", None)]


@pytest.mark.parametrize(
    ("where", "params", "skus"),
    [
        ("{sku: A1}", (), ["A1"]),
        ("{sku: [A1, Ä3, none]}", (), ["A1", "Ä3"]),
        ("{sku: '{{ params[0] }}'}", ("a2",), ["A2"]),
        ("{sku: '{{ params[0] }}'}", ("a3",), ["Ä3"]),
        ("{sku: '{{ params[0] }}'}", ("A2 ",), []),
        ("{sku: '{{ params[0] }}'}", (None,), []),
        ("{sku: '{{ params }}'}", ("A1", "a2"), ["A1", "A2"]),
        ("{sku: ['{{ params[0] }}', '{{ params[1] }}']}", ("A2", "A1"), ["A1", "A2"]),
        ("{sku: '{{ params[0] }}'}", (0,), ["A1", "A2", "Ä3"]),
        ("{price: '{{ params[0] }}'}", (4.5,), ["A1"]),
        ("{price: '{{ params[0] }}'}", ("4.500",), ["A1"]),
        ("{price: '{{ params[0] }}'}", (Decimal("12"),), ["A2"]),
        ("{stock: '{{ params[0] }}'}", ("7 pieces",), ["A2"]),
        ("{stock: null}", (), ["Ä3"]),
        ("{name: null}", (), ["Ä3"]),
        ("{since: '{{ params[0] }}'}", (date(2023, 3, 1),), ["A1"]),
        ("{since: '{{ params[0] }}'}", ("2023-03-01",), ["A1"]),
        ("{since: '{{ params[0] }}'}", (datetime(2023, 3, 1),), ["A1"]),
        ("{since: '{{ params[0] }}'}", (datetime(2023, 3, 1, 1),), []),
        ("{since: '{{ params[0] }}'}", ("no date",), []),
        ("{sku: '{{ params[0] }}', stock: '{{ params[1] }}'}", ("A1", 120), ["A1"]),
        ("{sku: '{{ params[0] }}', stock: '{{ params[1] }}'}", ("A1", 121), []),
    ],
)
def test_rows_are_chosen_by_their_columns_as_mysql_compares(shop, where, params, skus):
    then = f"{{csv: {{file: data/products.csv, where: {where}}}, columns: {{since: DATE}}}}"
    assert [row[0] for row in cells(asking(shop, then).ask("SELECT ?", *params))] == skus


def test_a_choice_that_never_changes_is_made_once(shop):
    one = asking(shop, "csv: {file: data/products.csv, where: {sku: A1}}")
    assert one.ask() is one.ask()


def test_a_client_that_prepares_is_told_the_columns_of_a_choice(shop):
    plan = asking(shop, "csv: {file: data/products.csv, where: {sku: '{{ params[0] }}'}}").plan
    assert types(plan.describe())["price"] == "DECIMAL(4,2)"
    assert cells(plan.describe()) == []


def test_a_template_without_a_value_is_an_error_of_the_client(shop):
    answer = asking(shop, "csv: {file: data/products.csv, where: {sku: '{{ params[4] }}'}}").ask()
    assert (answer.code, answer.message) == (
        1105,
        "sockservice: stub 'it': 'where': 'params[4]': tuple object has no element 4",
    )


def test_a_request_cannot_ask_for_too_many_values(shop):
    answer = asking(shop, "csv: {file: data/products.csv, where: {sku: '{{ range(50000) | join(\",\") }}'}}").ask()
    assert cells(answer) == []
    many = "{{ (text * 20000).split('1') }}"
    answer = asking(shop, f'csv: {{file: data/products.csv, where: {{sku: "{many}"}}}}').ask()
    assert "10,000 are the most" in answer.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "data/x.csv:1:1: the file has no header"),
        ("a,a\n1,2\n", "data/x.csv:1:1: the label 'a' stands twice"),
        ("a,\n1,2\n", "data/x.csv:1:1: column 2 has no label"),
        ("a,b\n1,2\n\n3\n", "data/x.csv:4:1: this row has 1 cell for 2 columns"),
        ('a,b\n"1\n2",2\n3,4,5\n', "data/x.csv:4:1: this row has 3 cells for 2 columns"),
        ('a,b\n1,"x"y\n', "data/x.csv:2:1: not CSV: ',' expected after '\"'"),
        ('a,b\n1,"x\n', "data/x.csv:2:1: not CSV: unexpected end of data"),
        ("a,b\n1,x\n\n", "data/x.csv:2:1: column 'b' (DATE): 'x' is not a date such as 2024-02-29"),
        ("a,b\n1,\xff\n".encode("latin1"), "data/x.csv:2:3: not UTF-8 (byte 0xff); save the file as UTF-8"),
    ],
)
def test_a_mistake_in_a_csv_file_names_the_file_and_the_line(shop, text, message):
    (shop / "data" / "x.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    assert mistakes_of(shop, "{csv: data/x.csv, columns: {b: DATE}}") == [message]


@pytest.mark.parametrize(
    ("then", "message"),
    [
        ("csv: data/product.csv", "7:10: data/product.csv: there is no such file; did you mean 'products.csv'?"),
        ("csv: data", "7:10: data: is a folder; a file is wanted here"),
        ("csv: {file: data/products.csv, where: {skuu: 1}}", "did you mean 'sku'?"),
        ("csv: {file: data/products.csv, where: {sku: {a: 1}}}", "a value or a list of values"),
        ("csv: {file: data/products.csv, where: {sku: '{{ usr }}'}}", "'usr' is not known in templates"),
        ("csv: {file: data/products.csv, delimiter: ';;'}", "7:47: 'delimiter' is one character"),
        ("csv: {fil: x}", "'fil' is not known here; did you mean 'file'?"),
        ("json: {file: x.json, delimiter: ;}", "'delimiter' is not known here"),
        ("rows_from: data/products.txt", "rows_from takes a file .csv, .json, .yaml or .yml"),
        ("rows_from: {file: data/x.json, null: '-'}", "'delimiter' and 'null' are for CSV files"),
        (
            "{csv: data/products.csv, columns: {skuu: INT}}",
            "7:40: 'skuu' is not among the columns; did you mean 'sku'?",
        ),
    ],
)
def test_a_mistake_in_the_stub_is_told_there(shop, then, message):
    assert message in "\n".join(mistakes_of(shop, then))


def test_a_file_of_a_thousand_mistakes_is_told_briefly(tmp_path):
    (tmp_path / "x.csv").write_text("a\n" + "x\n" * 1000)
    found = mistakes_of(tmp_path, "{csv: x.csv, columns: {a: INT}}")
    assert len(found) == 51
    assert found[-1] == "x.csv:52:1: 950 mistakes more of this kind"


def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(data_files, "LIMIT", 10)
    (tmp_path / "x.csv").write_text("a,b\n1,2\n3,4\n")
    assert "larger than 10 bytes" in mistakes_of(tmp_path, "csv: x.csv")[0]


def test_a_file_is_read_once_for_several_stubs(tmp_path, monkeypatch):
    (tmp_path / "x.csv").write_text("a\n1\n")
    calls = []
    monkeypatch.setattr(
        "sockservice.responder.answering.rows_reader.read_csv", lambda *args: calls.append(args) or read_csv(*args)
    )
    asking(tmp_path, "- csv: x.csv\n- {csv: x.csv, columns: {a: INT}}\n- csv: {file: x.csv, where: {a: 1}}")
    assert len(calls) == 1


@settings(max_examples=200)
@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), min_size=2, max_size=2)))
def test_what_is_written_as_csv_is_read(tmp_path_factory, rows):
    path = tmp_path_factory.getbasetemp() / "written.csv"
    text = io.StringIO()
    csv.writer(text).writerows([["a", "b"], *rows])
    path.write_bytes(text.getvalue().encode())
    assert [list(line.cells) for line in read_csv(path, ",", ()).lines] == rows


@settings(max_examples=200)
@given(st.text(alphabet='ab,"\n\r;\t', max_size=40))
def test_any_csv_file_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(text.encode())
    try:
        sheet = read_csv(path)
    except Mistakes as mistakes:
        assert mistakes.found  # noqa: PT017 - whether it is refused is up to the example
        return
    assert all(len(line.cells) == len(sheet.labels) for line in sheet.lines)


# --- JSON and YAML ----------------------------------------------------------------------------

ROWS = [{"id": 1, "tags": ["a"], "name": None}, {"id": 2, "price": 1.5}]


@pytest.mark.parametrize("word", ["json", "rows_from"])
def test_a_json_file_has_a_list_of_objects(tmp_path, word):
    (tmp_path / "x.json").write_text(json.dumps(ROWS))
    answer = asking(tmp_path, f"{word}: x.json").ask()
    assert types(answer) == {"id": "BIGINT", "tags": "JSON", "name": "NULL", "price": "DOUBLE"}
    assert cells(answer) == [(1, ["a"], None, None), (2, None, None, 1.5)]


@pytest.mark.parametrize("columns", [["id", "at"], {"id": "INT", "at": "DATE"}])
def test_a_json_file_may_have_columns_and_rows(tmp_path, columns):
    (tmp_path / "x.json").write_text(json.dumps({"columns": columns, "rows": [[1, "2024-02-29"], {"id": 2}]}))
    answer = asking(tmp_path, "json: x.json").ask()
    assert [row[0] for row in cells(answer)] == [1, 2]
    assert types(answer) == ({"id": "INT", "at": "DATE"} if isinstance(columns, dict) else types(answer))


def test_a_yaml_file_has_the_same_shapes(tmp_path):
    (tmp_path / "x.yaml").write_text("columns: {id: INT, at: DATE}\nrows:\n- [1, 2024-02-29]\n- {at: null, id: 007}\n")
    answer = asking(tmp_path, "rows_from: x.yaml").ask()
    assert cells(answer) == [(1, date(2024, 2, 29)), (7, None)]


def test_a_stub_declares_the_columns_of_a_json_file(tmp_path):
    (tmp_path / "x.json").write_text("[[1, 2], [3, 4]]")
    answer = asking(tmp_path, "{json: {file: x.json, where: {b: 4}}, columns: {a: INT, b: INT}}").ask()
    assert cells(answer) == [(3, 4)]


def test_a_stub_declares_the_types_of_some_columns_of_a_file_of_maps(tmp_path):
    (tmp_path / "x.json").write_text('[{"id": 1, "at": "2024-02-29"}, {"id": 2, "who": "ada"}]')
    answer = asking(tmp_path, "{json: x.json, columns: {at: DATE}}").ask()
    assert types(answer) == {"id": "BIGINT", "at": "DATE", "who": "VARCHAR(3)"}
    assert mistakes_of(tmp_path, "{json: x.json, columns: {att: DATE}}") == [
        "7:30: 'att' is not among the columns; did you mean 'at'?"
    ]
    (tmp_path / "x.json").write_text("[]")
    assert types(asking(tmp_path, "{json: x.json, columns: {at: DATE}}").ask()) == {"at": "DATE"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("x.json", '[\n{"a": 1},\n{"a": x}]', "x.json:3:7: not JSON: Expecting value"),
        ("x.json", "[NaN]", "x.json:1:1: not JSON: NaN is no number of JSON"),
        ("x.json", "[" * 100_000, "x.json:1:1: not JSON"),
        ("x.json", "5", "x.json:1:1: a file of rows is a list of them, or a map with 'columns' and 'rows'"),
        ("x.json", '{"columns": 5, "rows": []}', "x.json:1:1: 'columns' is a list of labels"),
        ("x.json", "[]", "x.json:1:1: without values, a result set needs 'columns' beside 'rows'"),
        ("x.json", "[5]", "x.json:1:1: without values"),
        ("x.json", '[{"a": 1},\n5]', "x.json:2:1: row 2 must be a list or a map"),
        ("x.json", '[\n{"a": 1},\n\n{"a":\n "x"}]', "x.json:1:1: column 'a' mixes numbers and text"),
        (
            "x.json",
            '{"columns": {"a": "INT"},\n"rows": [\n[1],\n["x"]]}',
            "x.json:4:1: column 'a' (INT): 'x' is not a whole number",
        ),
        ("x.json", '{"columns": {"a": "INTT"},\n"rows": []}', "'INTT' is not a column type; did you mean 'INT'?"),
        ("x.yaml", "- {a: 1}\n- {a: [}\n", "x.yaml:2:8"),
        ("x.yaml", "columns: {a: INT}\nrows:\n- {a: x}\n", "x.yaml:3:7: column 'a' (INT): 'x' is not a whole number"),
        ("x.yaml", "columns: {a: INT}\nrows:\n- {b: x}\n", "x.yaml:3:4: 'b' is not among the columns; known: a"),
    ],
)
def test_a_mistake_in_a_file_of_rows_names_the_file_and_the_place(tmp_path, name, text, message):
    (tmp_path / name).write_text(text)
    assert "\n".join(mistakes_of(tmp_path, f"rows_from: {name}")).startswith(message) or message in "\n".join(
        mistakes_of(tmp_path, f"rows_from: {name}")
    )


def test_files_that_are_gone_are_told_by_their_readers(tmp_path):
    with pytest.raises(ConfigurationError, match="there is no such file"):
        read_json(tmp_path / "x.json")
