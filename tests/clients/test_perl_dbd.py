from __future__ import annotations

from pathlib import Path

from installed import program, script
from process_client import ProgramProtocol

PROGRAM = Path(__file__).with_name("programs") / "dbd.pl"


class TestPerlDbdMysql(ProgramProtocol):
    """DBD::mysql."""

    command = script(program("perl"), PROGRAM, "mysql")
    absent = {
        "cursor": "it asks for no cursor of the server",
        "reset": "it has no call for it",
        "change_user": "it has no call for it",
        "zstd": "libmariadb 3.3 does not have it",
    }
    alters = alters_prepared = {"t_double": "Perl writes a number with 15 digits"}


class TestPerlDbdMariadb(TestPerlDbdMysql):
    """DBD::MariaDB."""

    command = script(program("perl"), PROGRAM, "MariaDB")
