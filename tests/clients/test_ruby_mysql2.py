from __future__ import annotations

from pathlib import Path

from installed import program, script
from process_client import ProgramProtocol


class TestRubyMysql2(ProgramProtocol):
    command = script(program("ruby"), Path(__file__).with_name("programs") / "mysql2.rb")
    absent = {
        "cursor": "it asks for no cursor of the server",
        "reset": "it has no call for it",
        "change_user": "it has no call for it",
        "pool": "it leaves pools to others",
        "zstd": "libmariadb 3.3 does not have it",
    }
    bugs = {
        "test_a_prepared_statement_gives_values_as_they_are[moments]": "it takes a TIME for a time of the day",
        "test_all_types_of_a_prepared_statement": "it takes a TIME for a time of the day",
        "test_a_parameter_arrives_as_it_is[exact moment]": "it reads no fractions of a second in years after 2037",
    }
