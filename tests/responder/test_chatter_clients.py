"""What real clients were recorded to send by themselves: every statement is answered, with the right labels.

``client_statements.tsv`` holds one statement a line behind what is expected: OK, ERR and a code, or labels.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sessions import FakeSession, Talk

from sockservice.answers import Error, Ok, Rows

STATEMENTS = [
    line.partition("\t")[::2]
    for line in (Path(__file__).parent / "client_statements.tsv").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize(("expected", "text"), STATEMENTS, ids=[text[:60] for _expected, text in STATEMENTS])
def test_a_recorded_statement_is_answered(expected: str, text: str) -> None:
    answer = Talk(session=FakeSession(database="rec")).ask(text)
    if expected == "OK":
        assert isinstance(answer, Ok)
    elif expected.startswith("ERR "):
        assert isinstance(answer, Error)
        assert f"ERR {answer.code}" == expected
    else:
        assert isinstance(answer, Rows)
        assert "|".join(column.name for column in answer.columns) == expected
        assert all(len(row) == len(answer.columns) for row in answer.rows)


def test_there_are_enough_recorded_statements() -> None:
    assert len(STATEMENTS) > 300


def test_a_query_with_a_comment_to_the_end_of_a_line() -> None:
    text = (
        "SELECT DATA_TYPE, CASE WHEN LCASE(DATA_TYPE)='year' THEN SUBSTRING(COLUMN_TYPE, 6, 1) -- 'year('=5\n"
        "WHEN LCASE(DATA_TYPE)='date' THEN 10 ELSE CHARACTER_MAXIMUM_LENGTH END AS COLUMN_SIZE, '' AS BUFFER_LENGTH,"
        "IF (EXTRA LIKE '%auto_increment%','YES','NO') AS IS_AUTOINCREMENT "
        "FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA LIKE ? ORDER BY TABLE_SCHEMA"
    )
    assert Talk().labels(text) == ["DATA_TYPE", "COLUMN_SIZE", "BUFFER_LENGTH", "IS_AUTOINCREMENT"]


def test_the_variables_that_connector_j_reads_have_values_that_it_can_use() -> None:
    (text,) = [text for _expected, text in STATEMENTS if text.startswith("/* mysql-connector-j")]
    talk = Talk()
    answer = talk.ask(text)
    values = dict(zip([column.name for column in answer.columns], answer.rows[0], strict=True))
    assert values["auto_increment_increment"] == 1
    assert values["character_set_client"] == "utf8mb4"
    assert values["collation_server"] == "utf8mb4_0900_ai_ci"
    assert values["init_connect"] == ""
    assert values["max_allowed_packet"] == 67108864
    assert values["performance_schema"] == 1
    assert values["time_zone"] == "SYSTEM"
    assert values["transaction_isolation"] == "REPEATABLE-READ"
    assert "STRICT_TRANS_TABLES" in values["sql_mode"]


def test_a_dump_file_leaves_the_session_as_it_found_it() -> None:
    talk = Talk()
    names = (
        "character_set_client character_set_results collation_connection time_zone sql_mode foreign_key_checks".split()
    )
    query = "SELECT " + ", ".join("@@" + name for name in names)
    before = talk.row(query)
    for text in [
        "/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */",
        "/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */",
        "/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */",
        "/*!40101 SET NAMES latin1 */",
        "/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */",
        "/*!40103 SET TIME_ZONE='+00:00' */",
        "/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */",
        "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */",
    ]:
        assert isinstance(talk.ask(text), Ok), text
    assert talk.row(query) == ("latin1", "latin1", "latin1_swedish_ci", "+00:00", "NO_AUTO_VALUE_ON_ZERO", 0)
    for text in [
        "/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */",
        "/*!40101 SET SQL_MODE=@OLD_SQL_MODE */",
        "/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */",
        "/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */",
        "/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */",
        "/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */",
    ]:
        assert isinstance(talk.ask(text), Ok), text
    assert talk.row(query) == before
