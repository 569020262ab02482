"""Character sets and collations by number and name."""

from __future__ import annotations

import codecs
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.collations import charsets
from sockservice.mysql.charsets import charset, client_collation, collation


@pytest.mark.parametrize(
    ("number", "name", "set_name", "codec"),
    [
        # SHOW COLLATION of MySQL 8.4
        (8, "latin1_swedish_ci", "latin1", "cp1252"),
        (33, "utf8mb3_general_ci", "utf8mb3", "utf-8"),
        (45, "utf8mb4_general_ci", "utf8mb4", "utf-8"),
        (46, "utf8mb4_bin", "utf8mb4", "utf-8"),
        (51, "cp1251_general_ci", "cp1251", "cp1251"),
        (63, "binary", "binary", "utf-8"),
        (28, "gbk_chinese_ci", "gbk", "gbk"),
        (224, "utf8mb4_unicode_ci", "utf8mb4", "utf-8"),
        (246, "utf8mb4_unicode_520_ci", "utf8mb4", "utf-8"),
        (255, "utf8mb4_0900_ai_ci", "utf8mb4", "utf-8"),
    ],
)
def test_a_collation_is_found_by_its_number(number, name, set_name, codec):
    found = collation(number)
    assert (found.collation_id, found.name, found.charset.name, found.charset.codec) == (number, name, set_name, codec)


@pytest.mark.parametrize("number", [0, 17, 254, 9999])
def test_a_number_that_stands_for_nothing_is_the_default(number):
    assert collation(number).name == "utf8mb4_0900_ai_ci"


@pytest.mark.parametrize("number", [35, 54, 56, 60])
def test_a_handshake_may_not_name_a_set_of_wide_characters(number):
    assert client_collation(number).name == "utf8mb4_0900_ai_ci"


def test_names_are_found_in_any_case_and_by_the_old_name_of_utf8():
    assert charset("UTF8") is charset("utf8mb3")
    assert charset("Latin1").default_collation_id == 8
    assert charset("klingon") is None
    assert charset(None) is None


def test_every_set_has_a_codec_and_its_default_collation():
    for entry in charsets().values():
        codecs.lookup(entry.codec)
        assert collation(entry.default_collation_id).charset is entry


@pytest.mark.parametrize(
    ("number", "name"), [(255, "utf8mb4_0900_ai_ci"), (309, "utf8mb4_0900_bin"), (0x2D + 0x700, "utf8mb4_general_ci")]
)
def test_a_handshake_names_a_collation_by_two_bytes_or_by_the_first_of_them(number, name):
    assert client_collation(number).name == name


def test_a_character_that_the_set_does_not_have_becomes_a_question_mark():
    assert charset("latin1").encode("é漢") == b"\xe9?"
    assert charset("cp1251").encode("Привет") == "Привет".encode("cp1251")
    assert charset("utf8mb3").encode("é😀漢") == "é?漢".encode()
    assert charset("binary").encode("é😀") == "é😀".encode()
    assert charset("big5").encode("é日") == b"?\xa4\xe9"
    assert charset("ucs2").encode("a😀") == b"\0a\0?"
    assert charset("utf16").encode("😀") == "😀".encode("utf-16-be")


@settings(max_examples=1000, deadline=None)
@given(st.binary(max_size=40))
def test_bytes_that_are_no_utf8_come_back_as_they_were(data):
    assert charset("utf8mb4").encode(charset("utf8mb4").decode(data)) == data


@pytest.mark.parametrize("name", ["utf8mb4", "latin1", "greek", "gbk", "big5", "gb18030", "sjis", "ujis", "euckr"])
@pytest.mark.parametrize("piece", [b"\xff", b"\x81 ", b"\x80\xe9", b"'\xd8\x00"])
def test_a_long_text_of_wrong_bytes_takes_no_longer_and_comes_back(name, piece):
    entry = charset(name)
    data = piece * (2_000_000 // len(piece))
    started = time.process_time()
    assert entry.encode(entry.decode(data)) == data
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("name", ["gbk", "big5", "sjis", "ujis", "gb18030"])
@pytest.mark.parametrize("count", [10, 100_000])
def test_a_text_of_right_bytes_is_read_however_long_it_is(name, count):
    entry = charset(name)
    assert entry.decode("漢字".encode(entry.codec) * count) == "漢字" * count


def test_a_long_text_with_characters_that_the_set_does_not_have_gets_question_marks():
    for text in ("é😀", "é\udcff"):
        assert charset("gbk").encode(text * 100_000) == charset("gbk").encode("é?" * 100_000)


@settings(max_examples=1000, deadline=None)
@given(st.sampled_from(sorted(charsets())), st.binary(max_size=40), st.text(max_size=20))
def test_no_set_ever_fails(name, data, text):
    entry = charset(name)
    assert isinstance(entry.decode(data), str)
    assert isinstance(entry.encode(text), bytes)
