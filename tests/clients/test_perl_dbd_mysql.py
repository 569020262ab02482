from __future__ import annotations

from pathlib import Path

from installed import program, script
from process_client import ProgramProtocol


class TestPerlDbdMysql(ProgramProtocol):
    """DBD::mysql."""

    command = script(program("perl"), Path(__file__).with_name("programs") / "dbd.pl", "mysql")
    absent = {
        "cursor": "it asks for no cursor of the server",
        "reset": "it has no call for it",
        "change_user": "it has no call for it",
        "zstd": "libmariadb 3.3 does not have it",
    }
    alters = alters_prepared = {"t_double": "Perl writes a number with 15 digits"}
