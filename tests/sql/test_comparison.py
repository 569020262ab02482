"""Two outcomes are the same, differ, or differ for a known reason; what MySQL does stands before what MariaDB does."""

from __future__ import annotations

import datetime
from decimal import Decimal

import attrs
import pytest
from comparison import judge
from corpus import Session, read_sessions
from details import details
from outcomes import ColumnSeen, Failure, Outcome, Recorded, _info

DONE = Outcome(affected=1, insert_id=7, info="Records: 1  Warnings: 0", warnings=(("Note", 1051),))


def column(name="a", code=3, table="", length=11, flags=()):
    return ColumnSeen(name, code, length, 0, frozenset(flags), False, table, ("", table, name))


def rows(*values, columns=None):
    return Outcome(columns=columns or tuple(column(f"c{number}") for number in range(len(values[0]))), rows=values)


def failed(code, sqlstate="HY000", message=""):
    return Outcome(Failure(code, sqlstate, message))


def compared(theirs, ours, text="INSERT INTO t VALUES (1)", comments="", mysql=True):
    (session,) = read_sessions("f", f"-- session: s\n{comments}\n{text};\n")
    (statement,) = session.statements
    return judge(session, [Recorded(statement, theirs)], [Recorded(statement, ours)], mysql)


def aspects(*outcomes, **settings):
    return [aspect for difference in compared(*outcomes, **settings).differences for aspect in difference.aspects]


def test_the_same_outcome():
    verdict = compared(DONE, DONE)
    assert (verdict.differences, verdict.known, verdict.statements, verdict.agreeing) == ((), (), 1, 1)


@pytest.mark.parametrize("change", [{"affected": 2}, {"insert_id": 0}, {"info": ""}, {"warnings": ()}])
def test_an_ok_packet_differs(change):
    verdict = compared(DONE, attrs.evolve(DONE, **change))
    assert [difference.aspects for difference in verdict.differences] == [tuple(change)]
    assert verdict.agreeing == 0


def test_the_info_of_other_statements_is_not_compared():
    assert aspects(DONE, attrs.evolve(DONE, info=""), text="CREATE TABLE t (id INT)") == []


@pytest.mark.parametrize(
    "other",
    [rows((1.0,)), rows((Decimal(1),)), rows(("1",)), rows((1,), (1,)), rows((None,)), Outcome(), rows((b"1",))],
)
def test_rows_differ_by_value_type_and_number(other):
    assert aspects(rows((1,)), other, text="SELECT 1") == ["rows"]


def test_the_scale_of_a_decimal_counts():
    assert aspects(rows((Decimal("1.50"),)), rows((Decimal("1.5"),)), text="SELECT 1") == ["rows"]


def test_the_order_of_rows_counts():
    assert aspects(rows((1,), (2,)), rows((2,), (1,)), text="SELECT 1") == ["rows"]


def test_names_and_types_of_columns_differ():
    theirs = rows((1,), columns=(column("a", 3, "t"),))
    assert aspects(theirs, rows((1,), columns=(column("A", 3, "t"),))) == ["columns", "definitions"]
    assert aspects(theirs, rows((1,), columns=(column("a", 8, "t"),))) == ["types"]


def test_definitions_differ_in_lengths_flags_and_names():
    theirs = rows((1,), columns=(column("a", 3, "t"),))
    assert aspects(theirs, theirs) == []
    for changed in ({"length": 12}, {"flags": ["PRI_KEY"]}, {"table": "u"}):
        assert aspects(theirs, rows((1,), columns=(column("a", 3, **{"table": "t", **changed}),))) == ["definitions"]


def test_a_definition_that_mysql_has_by_itself_is_no_difference():
    theirs = rows((1,), columns=(column("YEAR(d)", 3, length=4),))
    assert aspects(theirs, rows((1,), columns=(column("YEAR(d)", 3, length=5),)), mysql=True) == []
    assert aspects(theirs, rows((1,), columns=(column("YEAR(d)", 3, length=9),)), mysql=True) == ["definitions"]


def test_what_the_corpus_says_of_definitions_is_lengths_and_decimals():
    note = "-- mysql: definitions [(5, 0)] (14.7)\n"
    theirs = rows((1,), columns=(column("YEAR(d)", 3, length=4),))
    for length, wanted in ((5, []), (6, ["definitions"])):
        ours = rows((1,), columns=(column("YEAR(d)", 3, length=length),))
        assert aspects(theirs, ours, comments=note) == wanted


def test_an_error_differs_by_code_and_sqlstate():
    assert aspects(failed(1062, "23000"), failed(1062, "23000")) == []
    assert aspects(failed(1062, "23000"), failed(1062, "HY000")) == ["error"]
    assert aspects(failed(1062), failed(1063)) == ["error"]
    assert aspects(failed(1062), DONE) == ["error"]
    assert aspects(DONE, failed(1062)) == ["error"]


def test_an_error_differs_by_what_its_message_names():
    theirs = failed(1146, "42S02", "Table 'd.t' doesn't exist")
    assert aspects(theirs, failed(1146, "42S02", "There is no table 'd.t'")) == []
    assert aspects(theirs, failed(1146, "42S02", "Table 'd.u' doesn't exist")) == ["details"]
    assert aspects(theirs, failed(1146, "HY000", "Table 'd.u' doesn't exist")) == ["error", "details"]


@pytest.mark.parametrize(
    ("code", "mariadb", "mysql", "named"),
    [
        (
            1062,
            "Duplicate entry '1-a' for key 'PRIMARY'",
            "Duplicate entry '1-a' for key 't.PRIMARY'",
            ["1-a", "PRIMARY"],
        ),
        (1054, "Unknown column 'x' in 'SELECT'", "Unknown column 'x' in 'field list'", ["x", "field list"]),
        (
            1366,
            "Incorrect value: 'é' for column `d`.`t`.`n` at row 2",
            "Incorrect value: 'é' for column 'n' at row 2",
            ["é", "n", "2"],
        ),
        (
            1064,
            "your MariaDB server to use near ')' at line 3",
            "your MySQL server to use near ')' at line 3",
            [")", "3"],
        ),
        (1064, "use near 'it's' at line 1", "to use near 'it's' at line 1", ["it's", "1"]),
        (1690, "BIGINT value is out of range in '1 + 2'", "BIGINT value is out of range in '(1 + 2)'", ["BIGINT"]),
        (1091, "Can't DROP COLUMN `x`; check that it exists", "Can't DROP 'x'; check that column/key exists", ["x"]),
        (
            1452,
            "fails (`d`.`c`, CONSTRAINT `fk` FOREIGN KEY)",
            "fails (`d`.`c`, CONSTRAINT `fk` FOREIGN KEY)",
            ["d.c", "fk"],
        ),
        (1048, "Column 'a' cannot be null", "Column 'a' cannot be null", ["a"]),
    ],
)
def test_what_a_message_names(code, mariadb, mysql, named):
    assert details(code, mariadb) == details(code, mysql) == named


def test_what_is_ignored_is_not_compared():
    theirs, ours = DONE, attrs.evolve(DONE, affected=9, warnings=())
    assert aspects(theirs, ours, comments="-- ignore: affected, warnings") == []
    assert aspects(failed(1), failed(2), comments="-- ignore: error") == []
    assert aspects(failed(1), DONE, comments="-- ignore: error") == []


def test_an_expected_error_stands_before_what_mariadb_does():
    comments = "-- mysql: error 3819 HY000 (15.1)"
    assert aspects(failed(4025, "23000"), failed(3819), comments=comments) == []
    assert aspects(DONE, failed(3819), comments=comments) == []
    assert aspects(failed(4025, "23000"), failed(4025, "23000"), comments=comments) == ["error"]
    assert aspects(DONE, DONE, comments=comments) == ["error"]
    assert aspects(DONE, failed(3819, "42000"), comments=comments) == ["error"]


def test_to_fail_is_to_fail_with_an_error_of_the_server():
    comments = "-- mysql: fails (15.1)"
    assert aspects(DONE, failed(1467), comments=comments) == []
    assert aspects(DONE, failed(2013), comments=comments) == ["error"]
    assert aspects(failed(167), DONE, comments=comments) == ["error"]


def test_expected_rows_stand_before_those_of_mariadb():
    comments = "-- mysql: rows [(1, '2.50', None, '2024-01-01')] (14)"
    right = rows((1, Decimal("2.50"), None, datetime.date(2024, 1, 1)))
    assert aspects(failed(1064), right, text="SELECT 1", comments=comments) == []
    assert aspects(rows((1, 2, 3, 4)), right, text="SELECT 1", comments=comments) == []
    for wrong in (rows((1, Decimal("2.5"), None, datetime.date(2024, 1, 1))), rows((1, "2.50", "None", "2024-01-01"))):
        assert aspects(rows((1, 2, 3, 4)), wrong, text="SELECT 1", comments=comments) == ["rows"]
    assert aspects(failed(1064), failed(1064), text="SELECT 1", comments=comments) == ["error"]
    assert aspects(failed(1064), Outcome(), text="SELECT 1", comments=comments) == ["rows"]


def test_what_is_expected_of_one_aspect_leaves_the_others_to_mariadb():
    comments = "-- mysql: warnings [] (15)"
    assert aspects(DONE, attrs.evolve(DONE, warnings=()), comments=comments) == []
    assert aspects(DONE, attrs.evolve(DONE, warnings=(), affected=5), comments=comments) == ["affected"]
    assert aspects(DONE, DONE, comments=comments) == ["warnings"]


def test_to_succeed_where_mariadb_fails():
    comments = "-- mysql: ok (15)\n-- mysql: affected 2 (15)"
    assert aspects(failed(1064), attrs.evolve(DONE, affected=2), comments=comments) == []
    assert aspects(failed(1064), DONE, comments=comments) == ["affected"]
    assert aspects(failed(1064), failed(1064), comments=comments) == ["error"]


def test_another_mariadb_is_not_compared_with_what_mysql_does():
    comments = "-- mysql: error 3819 (15.1)"
    assert aspects(failed(4025), failed(4025), comments=comments, mysql=False) == []
    theirs, ours = rows((1,)), rows((1,), columns=(column("c0", 8),))
    assert aspects(theirs, ours, mysql=False) == ["types"]


@pytest.mark.parametrize(
    ("theirs", "ours", "text"),
    [
        (rows((1,)), rows((1,), columns=(column("c0", 8),)), "SELECT 1"),
        (rows(("a",), columns=(column("c0", 253),)), rows(("a",), columns=(column("c0", 252),)), "SELECT 'a'"),
        (
            rows(("a",), columns=(column("j", 252, "t"),)),
            rows(("a",), columns=(column("j", 245, "t"),)),
            "SELECT j FROM t",
        ),
        (
            rows(("a",), columns=(column("F", 252, "C"),)),
            rows(("a",), columns=(column("F", 253, "C"),)),
            "SHOW COLUMNS FROM t",
        ),
        (rows((0.1 + 0.2,)), rows((0.3,)), "SELECT SIN(1)"),
        (
            rows(("`a` int(11), `b` bigint(20) unsigned, tinyint(1)",)),
            rows(("`a` int, `b` bigint unsigned, tinyint(1)",)),
            "SHOW",
        ),
        (
            rows(("Warning", 1062, "Duplicate entry '1' for key 'PRIMARY'")),
            rows(("Warning", 1062, "Duplicate entry '1' for key 't.PRIMARY'")),
            "SHOW WARNINGS",
        ),
        (failed(1366, "22007"), failed(1366, "HY000"), "INSERT"),
        (Outcome(), Outcome(warnings=(("Warning", 1287),)), "SELECT 1"),
        (Outcome(affected=3), Outcome(affected=0), "ALTER TABLE t ADD COLUMN a INT"),
    ],
)
def test_a_known_difference_is_counted_and_is_none(theirs, ours, text):
    verdict = compared(theirs, ours, text)
    assert verdict.differences == ()
    assert len(verdict.known) == 1
    assert len(compared(theirs, ours, text, mysql=False).differences) == 1


def test_the_info_counts_the_warnings_of_what_is_deprecated():
    verdict = compared(
        Outcome(info="Records: 2  Warnings: 0"),
        Outcome(info="Records: 2  Warnings: 1", warnings=(("Warning", 1287),)),
    )
    assert verdict.differences == ()
    assert len(verdict.known) == 2


@pytest.mark.parametrize(
    ("theirs", "ours", "text"),
    [
        (rows((1,), columns=(column("a", 3, "t"),)), rows((1,), columns=(column("a", 8, "t"),)), "SELECT a FROM t"),
        (rows((1,)), rows((1,), columns=(column("c0", 246),)), "SELECT 1"),
        (rows(("tinyint(1)",)), rows(("tinyint",)), "SHOW"),
        (rows((0.3,)), rows((0.31,)), "SELECT 1"),
        (rows(("Warning", 1062, "'1' 'k'")), rows(("Warning", 1062, "'2' 'k'")), "SHOW WARNINGS"),
        (failed(1366, "22007"), failed(1366, "42000"), "INSERT"),
        (Outcome(), Outcome(warnings=(("Warning", 1292),)), "SELECT 1"),
        (Outcome(affected=3), Outcome(affected=0), "UPDATE t SET a = 1"),
    ],
)
def test_what_is_near_a_known_difference_is_one(theirs, ours, text):
    assert len(compared(theirs, ours, text).differences) == 1


def test_a_difference_is_printed_with_both_outcomes_and_what_is_expected():
    (difference,) = compared(
        rows((1, "a")), failed(1105, message="no stub"), "SELECT 1,\n'a'", "-- mysql: rows [(2, 'b')] (14.1 A)"
    ).differences
    assert str(difference).splitlines() == [
        "f.sql:3: [s] differs in error",
        "    SELECT 1,",
        "    'a'",
        "  MariaDB: rows [c0:3, c1:3] (1, 'a')",
        "  MySQL:   rows ((2, 'b'),) (14.1 A)",
        "  here:    error 1105 HY000 no stub",
    ]


def test_a_long_result_is_printed_in_part():
    assert str(rows(*((number,) for number in range(50)))).endswith("(11,) … 50 rows")
    assert str(DONE) == "ok: 1 affected, insert id 7, Records: 1  Warnings: 0, Note 1051"


def test_the_length_before_the_text_of_an_ok_packet_is_left_out():
    assert _info(b"\x05hello") == "hello"
    assert _info(b"hello") == "hello"
    assert _info(b"") == ""


def test_what_makes_a_session_ready_is_compared_but_not_counted():
    (session,) = read_sessions("f", "-- session: s\nSELECT 1;")
    assert isinstance(session, Session)
    ready = attrs.evolve(session.statements[0], line=0)
    recorded = [[Recorded(ready, one), Recorded(session.statements[0], DONE)] for one in (DONE, failed(1105))]
    verdict = judge(session, *recorded, mysql=True)
    assert (verdict.statements, verdict.agreeing, len(verdict.differences)) == (1, 1, 1)
    assert str(verdict.differences[0]).startswith("f.sql:1: [s] differs in error")
