"""Prepared statements give the values that queries give, and say the same of their columns."""

from __future__ import annotations

import re

import pymysql
import pytest
from binary_protocol import ask_twice
from corpus import read_corpus
from outcomes import SET_UP, drop

THEMES = {"results", "types", "dates", "numbers", "strings", "json", "aggregates", "expressions"}
SESSIONS = [session for session in read_corpus() if session.theme in THEMES]
_ROWS = re.compile(r"\s*(select|values|table|with)\b(?!.*\binto\b)", re.I | re.S)


@pytest.mark.parametrize("server", ["reference", "ours"])
@pytest.mark.parametrize("theme", sorted(THEMES))
def test_both_protocols_give_the_same(theme, server, request):
    address = request.getfixturevalue(server)
    asked = 0
    for session in (session for session in SESSIONS if session.theme == theme):
        database = f"binary_{session.database}"[:64]
        with address.connect() as connection, connection.cursor() as cursor:
            for text in (f"CREATE DATABASE {database}", *SET_UP, f"USE {database}"):
                cursor.execute(text)
            try:
                for statement in session.statements:
                    asked += _asked(connection, statement.text)
            finally:
                drop(address, database)
    assert asked > 10


def _asked(connection, text):
    """Ask a statement, in both protocols where it gives rows; whether it did."""
    try:
        if _ROWS.match(text):
            answers = ask_twice(connection, text)
            again = answers.text if answers.text == answers.binary else ask_twice(connection, text).text
            if again == answers.text:  # What is another one each time, as NOW(), is not compared.
                assert list(map(repr, answers.binary)) == list(map(repr, answers.text)), text
            assert answers.binary_columns == answers.text_columns, text
            return True
        connection.query(text)
        while connection._result.has_next:
            connection.next_result()
    except pymysql.MySQLError:
        pass
    return False
