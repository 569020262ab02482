"""Much of a little: rows that are repeated and padded, in flat memory."""

from __future__ import annotations

import itertools
import tracemalloc

import pytest
from plans import asking, cells, mistakes_of, types

from sockservice.answers import Padded


def test_rows_are_repeated_as_a_whole(tmp_path):
    one = asking(tmp_path, "{rows: [{a: 1}, {a: 2}], repeat_rows: 3}")
    answer = one.ask()
    assert cells(answer) == [(1,), (2,)] * 3
    assert cells(answer) == [(1,), (2,)] * 3
    assert one.ask() is answer
    assert one.plan.only is not None


def test_rows_with_templates_are_made_anew_each_time(tmp_path):
    one = asking(tmp_path, "{rows: [{n: \"{{ counter('n') }}\", who: ada}], repeat_rows: 4}")
    assert cells(one.ask()) == [(number, "ada") for number in (1, 2, 3, 4)]
    assert cells(one.ask()) == [(number, "ada") for number in (5, 6, 7, 8)]


def test_a_row_that_cannot_be_made_ends_the_rows_with_an_error(tmp_path):
    rows = iter(asking(tmp_path, "{rows: [{n: \"{{ 1 // (3 - counter('n')) }}\"}], repeat_rows: 5}").ask().rows)
    assert list(itertools.islice(rows, 2)) == [(0,), (1,)]
    with pytest.raises(ValueError, match=r"sockservice: stub 'it': column 'n': .*division"):
        next(rows)


def test_rows_that_are_made_anew_may_become_longer(tmp_path):
    answer = asking(tmp_path, "{rows: [{a: \"no {{ counter('a', start=9) }}\"}], repeat_rows: 2}").ask()
    assert cells(answer) == [("no 9",), ("no 10",)]


def test_a_million_rows_take_no_memory(tmp_path):
    answers = [
        asking(tmp_path, "{rows: [{a: 1, b: text}], repeat_rows: 1000000}").ask(),
        asking(tmp_path, "{rows: [{a: \"{{ counter('a') }}\"}], repeat_rows: 20000}").ask(),
    ]
    for answer in answers:
        rows = iter(answer.rows)
        next(rows)
        tracemalloc.start()
        count = sum(1 for _ in rows)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count in (999_999, 19_999)
        assert peak < 100_000


@pytest.mark.parametrize(
    ("then", "kinds"),
    [
        (
            "{rows: [{id: 7, name: Ada, note: null}], row_size: 1KB}",
            {"id": "BIGINT", "name": "VARCHAR(3)", "note": "LONGTEXT"},
        ),
        ("{rows: [{name: Ada, id: 7}], row_size: 1024}", {"name": "LONGTEXT", "id": "BIGINT"}),
        ("{rows: [{a: !!binary iVBORw0K}], row_size: 1K}", {"a": "LONGBLOB"}),
        ("{rows: [{a: '{{ text }}'}], row_size: 1KB}", {"a": "LONGTEXT"}),
        ("{rows: [['ää', 1]], columns: {a: TEXT, b: INT}, row_size: 1KB}", {"a": "TEXT", "b": "INT"}),
        ("{table: 'a  b', row_size: 1KB}", {"a": "NULL", "b": "LONGTEXT"}),
    ],
)
def test_the_last_text_column_is_padded_to_the_size_of_the_row(tmp_path, then, kinds):
    answer = asking(tmp_path, then).ask()
    assert types(answer) == kinds
    for row in cells(answer):
        size = sum(len(cell if isinstance(cell, bytes) else str(cell or "").encode()) for cell in row)
        assert size == 1024


def test_a_row_may_be_longer_than_a_packet(tmp_path):
    answer = asking(tmp_path, "{rows: [{id: 1, data: x}], row_size: 20MB}").ask()
    ((_, data),) = cells(answer)
    assert data == Padded("x", 20 * 1024 * 1024 - 2)


def test_a_row_that_is_long_enough_stays_as_it_is(tmp_path):
    assert cells(asking(tmp_path, "{rows: [{a: abcdef}], row_size: 3}").ask()) == [("abcdef",)]


@pytest.mark.parametrize(
    ("then", "message"),
    [
        ("{rows: [{a: 1}], row_size: 1KB}", "7:32: row_size needs a text or binary column to pad"),
        (
            "{rows: [[x]], columns: {a: VARCHAR(20)}, row_size: 1KB}",
            "7:56: row_size pads column 'a', which holds 20 at most",
        ),
        ("{rows: [{a: x}], row_size: 1XB}", "7:32: 'XB' is not a unit of size"),
        ("{rows: [{a: x}], row_size: big}", "7:32: 'big' is not a size such as 20MB or 512KB"),
        ("{rows: [{a: x}], row_size: 0}", "7:32: 0 is not from 1 byte to 256MB"),
        ("{rows: [{a: x}], row_size: 1GB}", "7:32: '1GB' is not from 1 byte to 256MB"),
        ("{rows: [{a: x}], repeat_rows: 0}", "'repeat_rows' must be a whole number from 1 to 1000000000"),
    ],
)
def test_a_volume_that_cannot_be_is_told(tmp_path, then, message):
    assert message in "\n".join(mistakes_of(tmp_path, then))
