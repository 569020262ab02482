"""What is not there: it is listed, and refused as MySQL refuses what it does not know."""

from __future__ import annotations

import pytest
from evaluation import Evaluation

from sockservice.sql.expressions import SPECIAL
from sockservice.sql.functions.missing import MISSING
from sockservice.sql.registry import FUNCTIONS

_NAMES = [name for names in MISSING.values() for name in names.split()]


@pytest.mark.parametrize("name", _NAMES)
def test_what_is_listed_is_missing(name: str) -> None:
    assert name not in FUNCTIONS
    assert name not in SPECIAL


def test_a_function_that_is_missing_is_unknown(evaluate: Evaluation) -> None:
    answer = evaluate.client.error("SELECT EXTRACTVALUE('<a/>', '/a')")
    assert answer.message == "FUNCTION shop.EXTRACTVALUE does not exist"
