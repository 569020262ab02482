"""What the corpus says of MySQL is read, and refused with a reason where it cannot be."""

from __future__ import annotations

import re

import pytest
from annotations import TYPE_NAMES, Expected, read_expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("error 1064 (11.3 Keywords)", Expected("error", (1064, ""), "11.3 Keywords")),
        ("error 3819 HY000  (15.1 Checks)", Expected("error", (3819, "HY000"), "15.1 Checks")),
        ("fails (5.6 Using)", Expected("fails", None, "5.6 Using")),
        ("ok (15.2 INSERT)", Expected("ok", None, "15.2 INSERT")),
        (
            "rows [(1, 'a)'), (None, '2.5')] (14.1 ANY_VALUE())",
            Expected("rows", ((1, "a)"), (None, "2.5")), "14.1 ANY_VALUE()"),
        ),
        ("rows [] (1)", Expected("rows", (), "1")),
        ("columns ['a', \"j->'$.s'\"] (14)", Expected("columns", ("a", "j->'$.s'"), "14")),
        ("types LONGLONG VAR_STRING TINY (13)", Expected("types", (8, 253, 1), "13")),
        ("warnings [('Note', 1051)] (15)", Expected("warnings", (("Note", 1051),), "15")),
        ("affected 2 (15)", Expected("affected", 2, "15")),
        ("insert_id 7 (15)", Expected("insert_id", 7, "15")),
    ],
)
def test_an_annotation(text, expected):
    assert read_expected(text) == expected


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("error 1064", "needs an outcome and a section of the manual in parentheses"),
        ("error 1064 ( )", "needs an outcome and a section"),
        ("row [1] (1)", "'row' is not known in -- mysql: row"),
        ("rows [(1, (1)", "is no value for rows"),
        ("rows __import__('os') (1)", "is no value for rows"),
        ("types NONSENSE (1)", "'NONSENSE' is no name of a type"),
        ("affected many (1)", "'many' is no value for affected"),
        ("ok then (1)", "'then' is no value for ok: it takes none"),
    ],
)
def test_a_wrong_annotation(text, mistake):
    with pytest.raises(ValueError, match=re.escape(mistake)):
        read_expected(text)


def test_each_type_has_one_name():
    assert TYPE_NAMES[1] == "TINY"
    assert TYPE_NAMES[247] == "ENUM"
    assert len(set(TYPE_NAMES.values())) == len(TYPE_NAMES)
