"""The tokens of long statements: the same as those of short ones."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockservice.sql import long_tokens as module
from sockservice.sql.errors import Refused
from sockservice.sql.long_tokens import long_tokens
from sockservice.sql.tokens import tokens

PARTS = [
    *"'\"`\\*/!-#?(,;@.aNx09 \n",
    "''",
    "\\'",
    "/*",
    "*/",
    "/*!",
    "/*!99999",
    "0xAB",
    "x'ab'",
    "X'",
    "0x",
    "n'",
    "é",
    "'a'",
    "1.5e3",
]


def without_blanks(found: Callable[[], Iterable[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Tokens, with one blank for any white space and comments; the error, where something has no end."""
    try:
        plain = [("skip", " ") if kind == "skip" else (kind, piece) for kind, piece in found()]
    except Refused as refused:
        return [("refused", refused.answer.message)]
    return [each for each, _ in itertools.groupby(plain)]


@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join), st.booleans(), st.integers(2, 5))
def test_a_long_statement_has_the_tokens_of_a_short_one(text: str, plain: bool, piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PIECE", piece)
        found = without_blanks(lambda: long_tokens(text, plain=plain))
    if "/*" not in text:
        short = without_blanks(lambda: tokens(text, plain=plain))
        # A name without an end is left to who reads the statement.
        assert found == short or (short[0][0] == "refused" and "`" in text)
    assert all(piece for _, piece in found)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 'it''s', \"a\\\"b\", 'c\\'d' /* a 'comment */ , 0xABCDEF",
        "/*!40101 SET NAMES 'a' */",
        "SELECT /*!99999 1, */ 2 /*M! , 3 */",
        "SELECT 'never closed",
        "SELECT 1 /* never closed",
        "SELECT 0xABg, x'ABg', x'AB', X'', n'a', 0x",
        "SELECT '" + "x" * 3000 + "', 0x" + "ab" * 3000 + ", x'" + "ab" * 3000 + "'",
    ],
)
def test_texts_comments_and_digits_of_any_length(text: str) -> None:
    long = without_blanks(lambda: long_tokens(text, plain=False))
    assert long == without_blanks(lambda: tokens(text, plain=False))
