"""How collations compare: case, accents, blanks at the end, and the order of signs."""

from __future__ import annotations

import pytest

from sockservice.sql.collating import collation_functions, key_of


@pytest.mark.parametrize(
    ("collation", "one", "other", "same"),
    [
        ("utf8mb4_0900_ai_ci", "abc", "ÁBC", True),
        ("utf8mb4_0900_ai_ci", "abc", "abc ", False),
        ("utf8mb4_0900_ai_ci", "ß", "ss", True),
        ("utf8mb4_0900_as_ci", "abc", "ABC", True),
        ("utf8mb4_0900_as_ci", "abc", "ábc", False),
        ("utf8mb4_0900_as_cs", "abc", "ABC", False),
        ("utf8mb4_general_ci", "abc", "ÁBC  ", True),
        ("utf8mb4_general_ci", "ß", "s", True),
        ("utf8mb4_general_ci", "ß", "ss", False),
        ("utf8mb4_general_ci", "😀", "😁", True),
        ("utf8mb4_bin", "abc", "ABC", False),
        ("utf8mb4_bin", "abc", "abc  ", True),
        ("latin1_swedish_ci", "abc", "ABC", True),
        ("binary", "abc", "abc ", False),
    ],
)
def test_what_is_the_same(collation: str, one: str, other: str, same: bool) -> None:
    assert (collation_functions()[collation](one, other) == 0) is same


def test_signs_come_before_digits_and_digits_before_letters() -> None:
    letters = ["b", "A", "1", "_", "~", "a1", " "]
    assert sorted(letters, key=key_of("utf8mb4_0900_ai_ci")) == [" ", "_", "~", "1", "A", "a1", "b"]
