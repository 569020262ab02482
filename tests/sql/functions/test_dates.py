"""Functions of dates and times."""

from __future__ import annotations

import pytest
from evaluation import Evaluation


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("YEAR('2024-02-29')", "2024"),
        ("MICROSECOND('12:34:56.789')", "789000"),
        ("HOUR('100:00:00')", "100"),
        ("DAYNAME('2024-02-29')", "Thursday"),
        ("LAST_DAY('2023-02-10')", "2023-02-28"),
        ("DAYOFYEAR('2024-12-31')", "366"),
        ("WEEK('2024-01-01', 1)", "1"),
        ("WEEK('2023-01-01', 2)", "1"),
        ("YEARWEEK('2024-12-30', 3)", "202501"),
        ("WEEKOFYEAR('2024-12-30')", "1"),
        ("EXTRACT(DAY_MINUTE FROM '2024-02-29 12:34:56')", "291234"),
        ("EXTRACT(HOUR_SECOND FROM '12:34:56')", "123456"),
        ("TO_DAYS('2024-01-01')", "739251"),
        ("FROM_DAYS(739251)", "2024-01-01"),
        ("DATEDIFF('2024-01-01 23:59:59', '2024-01-02')", "-1"),
        ("TIMESTAMPDIFF(MONTH, '2024-01-31', '2024-02-29')", "0"),
        ("TIMESTAMPDIFF(YEAR, '2000-06-15', '2024-06-14')", "23"),
        ("ADDTIME('10:00:00', '01:30:00')", "11:30:00"),
        ("TIMEDIFF('2024-01-02 00:00:00', '2024-01-01 12:00:00')", "12:00:00"),
        ("TIMEDIFF('2024-01-02 00:00:00', '12:00:00')", None),
        ("MAKEDATE(2024, 60)", "2024-02-29"),
        ("MAKETIME(12, 30, 15)", "12:30:15"),
        ("SEC_TO_TIME(3661)", "01:01:01"),
        ("PERIOD_ADD(202411, 2)", "202501"),
        ("DATE_FORMAT('2024-02-09 13:04:05', '%y %c %e %k %l %p %r %T %%')", "24 2 9 13 1 PM 01:04:05 PM 13:04:05 %"),
        ("DATE_FORMAT('2024-02-09', '%W %a %M %b %D %j %U %u %V %v %X %x')", None),
        ("DATE_FORMAT('2024-01-11', '%D')", "11th"),
        ("TIME_FORMAT('100:00:00', '%H %k')", "100 100"),
        ("STR_TO_DATE('09.02.2024', '%d.%m.%Y')", "2024-02-09"),
        ("STR_TO_DATE('1:04 PM', '%h:%i %p')", "13:04:00"),
        ("STR_TO_DATE('Feb 9, 2024', '%b %e, %Y')", "2024-02-09"),
        ("STR_TO_DATE('nonsense', '%Y')", None),
        ("UNIX_TIMESTAMP('2024-01-01 00:00:00.5')", "1704067200.5"),
        ("FROM_UNIXTIME(1704067200)", "2024-01-01 00:00:00"),
        ("FROM_UNIXTIME(-1)", None),
        ("CONVERT_TZ('2024-01-01 12:00:00', '+00:00', '+05:30')", "2024-01-01 17:30:00"),
        ("CONVERT_TZ('2024-07-01 12:00:00', 'UTC', 'Europe/Berlin')", "2024-07-01 14:00:00"),
        ("CONVERT_TZ('2024-01-01 12:00:00', 'nowhere', '+00:00')", None),
        ("GET_FORMAT(DATE, 'EUR')", "%d.%m.%Y"),
    ],
)
def test_values(evaluate: Evaluation, expression: str, text: str | None) -> None:
    if "%W %a" in expression:
        text = "Friday Fri February Feb 9th 040 05 06 05 06 2024 2024"
    assert evaluate.text(expression) == text


def test_the_time_stands_still_within_a_statement(evaluate: Evaluation) -> None:
    assert evaluate("NOW(), CURRENT_TIMESTAMP(3), CURDATE(), UTC_TIME, UNIX_TIMESTAMP()") == (
        "2023-11-14 22:13:20",
        "2023-11-14 22:13:20.250",
        "2023-11-14",
        "22:13:20",
        1_700_000_000,
    )


def test_the_time_follows_the_zone_and_what_is_set(evaluate: Evaluation) -> None:
    evaluate.client.session.variables |= {"time_zone": "+02:00", "timestamp": 1_704_067_200}
    assert evaluate("NOW(), UTC_TIMESTAMP(), FROM_UNIXTIME(0)") == (
        "2024-01-01 02:00:00",
        "2024-01-01 00:00:00",
        "1970-01-01 02:00:00",
    )


def test_a_timestamp_is_shown_in_the_zone_of_the_session(evaluate: Evaluation) -> None:
    client = evaluate.client
    client.ok("CREATE TABLE t (ts TIMESTAMP, dt DATETIME, made TIMESTAMP DEFAULT CURRENT_TIMESTAMP)")
    client.session.variables["time_zone"] = "+02:00"
    client.ok("INSERT INTO t (ts, dt) VALUES ('2024-01-01 12:00:00', '2024-01-01 12:00:00')")
    client.session.variables["time_zone"] = "-05:00"
    assert client.rows("SELECT ts, dt, made FROM t") == [
        ("2024-01-01 05:00:00", "2024-01-01 12:00:00", "2023-11-14 17:13:20")
    ]
    assert client.ok("UPDATE t SET ts = ts + INTERVAL 1 HOUR WHERE ts = '2024-01-01 05:00:00'").affected_rows == 1
    client.session.variables["time_zone"] = "UTC"
    assert client.rows("SELECT ts FROM t") == [("2024-01-01 11:00:00",)]


def test_names_follow_the_language(evaluate: Evaluation) -> None:
    evaluate.client.session.variables["lc_time_names"] = "de_DE"
    assert evaluate("DAYNAME('2024-02-29'), MONTHNAME('2024-03-01')") == ("Donnerstag", "März")


def test_what_is_no_date_warns(evaluate: Evaluation) -> None:
    assert evaluate("YEAR('nonsense'), DATE('2024-13-01')") == (None, None)
    assert evaluate.warnings == [1292, 1292]
