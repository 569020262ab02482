"""Dates and times read from what people write."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockservice.sql.moments import Moment, of_datetime, read_moment, read_time, time_text, utc_moment
from sockservice.time_zones import zone_of


@pytest.mark.parametrize(
    ("written", "moment", "whole"),
    [
        ("2024-02-29", Moment(2024, 2, 29), True),
        ("24-2-9", Moment(2024, 2, 9), True),
        ("70/1/1", Moment(1970, 1, 1), True),
        ("20240229", Moment(2024, 2, 29), True),
        ("240229123456", Moment(2024, 2, 29, 12, 34, 56), True),
        (20240229, Moment(2024, 2, 29), True),
        ("2024-02-29T12:34", Moment(2024, 2, 29, 12, 34), True),
        ("2024-02-29 12:34:56.5", Moment(2024, 2, 29, 12, 34, 56, 500_000), True),
        ("2024-02-29 23:59:59.9999999", Moment(2024, 3, 1), True),
        ("2024-02-29 extra", Moment(2024, 2, 29), False),
        ("2024-00-00", Moment(2024, 0, 0), True),
        ("2024-02-30", None, False),
        ("nonsense", None, False),
        ("", None, False),
        (0, Moment(0, 0, 0), True),
        (12, None, False),
    ],
)
def test_moments_as_written(written: object, moment: Moment | None, whole: bool) -> None:
    assert read_moment(written) == (moment, whole)


@pytest.mark.parametrize(
    ("written", "seconds", "whole"),
    [
        ("12:34:56", 45_296, True),
        ("-01:00", -3600, True),
        ("1 02:00:00", 93_600, True),
        ("1234", 754, True),
        (1234, 754, True),
        ("2024-01-01 10:00:00", 36_000, True),
        ("900:00:00", 838 * 3600 + 59 * 60 + 59, False),
        ("12:60:00", None, False),
        ("nonsense", None, False),
    ],
)
def test_times_as_written(written: object, seconds: int | None, whole: bool) -> None:
    found, good = read_time(written)
    assert (None if found is None else found // 1_000_000, good) == (seconds, whole)


@given(st.datetimes(min_value=datetime.datetime(1000, 1, 1), max_value=datetime.datetime(9999, 12, 31)))
def test_the_text_of_a_moment_is_read_again(value: datetime.datetime) -> None:
    moment = of_datetime(value)
    assert read_moment(moment.text(6)) == (moment, True)


@given(st.integers(-838 * 3_600_000_000, 838 * 3_600_000_000))
def test_the_text_of_a_time_is_read_again(microseconds: int) -> None:
    assert read_time(time_text(microseconds, 6)) == (microseconds, True)


@given(st.text(max_size=30))
def test_any_text_is_read_without_an_error(text: str) -> None:
    read_moment(text)
    read_time(text)


@pytest.mark.parametrize(
    ("name", "hours"), [("+05:30", 5.5), ("-08:00", -8), ("SYSTEM", 0), ("UTC", 0), ("nowhere", None), ("+15:00", None)]
)
def test_zones_by_name(name: str, hours: float | None) -> None:
    zone = zone_of(name)
    offset = zone.utcoffset(datetime.datetime(2024, 1, 1)) if zone is not None else None
    assert (None if offset is None else offset.total_seconds() / 3600) == hours


def test_a_zone_of_a_city_has_its_summer() -> None:
    zone = zone_of("Europe/Berlin")
    assert zone is not None
    assert utc_moment("2024-07-01 12:00:00", zone, 0) == "2024-07-01 10:00:00"
    assert utc_moment("2024-01-01 12:00:00", zone, 0) == "2024-01-01 11:00:00"
