"""Text of clients, made harmless for logs and terminals."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.responder.printable import on_one_line, printable


def test_ordinary_text_stays() -> None:
    text = "SELECT 'größer', '漢字', '😀' -- \\"
    assert printable(text) is text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\tc", r"a\nb\tc"),
        ("a\u2028b\x85c\u202ed\xa0e", r"a\u2028b\x85c\u202ed\xa0e"),
        ("\udcff\0", r"\udcff\x00"),
    ],
)
def test_the_rest_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_layout_is_a_space() -> None:
    assert on_one_line("SELECT 1,\r\n\t  2  ,  3\x1b") == r"SELECT 1, 2  ,  3\x1b"


@given(st.text(st.characters(), max_size=40))
@settings(max_examples=1000, deadline=None)
def test_nothing_unprintable_is_left(text: str) -> None:
    for shown in (printable(text), on_one_line(text)):
        assert shown.isprintable()
        shown.encode("utf-8")
