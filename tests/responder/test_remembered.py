"""What is remembered by text, in bounded memory."""

from __future__ import annotations

from sockservice.responder.matching.remembered import OVERHEAD, Remembered


def test_what_is_asked_for_stays_and_the_rest_goes():
    kept: Remembered[int] = Remembered(20 * OVERHEAD)
    for number in range(200):
        kept.put(f"{number:03}", number)
        assert kept.get("000") == 0
    assert kept.get("001") is None
    assert kept.get("199") == 199
    assert len(kept) <= 40


def test_what_a_value_costs_counts_whenever_it_is_kept():
    kept: Remembered[int] = Remembered(1000 * OVERHEAD, lambda value: value)
    for number in range(400):
        kept.put(str(number), 50 * OVERHEAD)
        kept.get(str(number - 5))
    assert len(kept) <= 40


def test_what_is_too_long_to_be_one_of_many_is_not_kept():
    kept: Remembered[int] = Remembered(16 * 1000)
    kept.put("x" * 1000, 1)
    assert kept.get("x" * 1000) is None
    kept.put("x", 1)
    kept.clear()
    assert kept.get("x") is None
