from __future__ import annotations

from pathlib import Path

from installed import program, script
from process_client import ProgramProtocol


class TestPhpMysqli(ProgramProtocol):
    command = script(
        program("php"), "-d", "mysqli.allow_local_infile=On", Path(__file__).with_name("programs") / "mysqli.php"
    )
    absent = {
        "reset": "it has no call for it",
        "zstd": "mysqlnd does not have it",
        "client_ed25519": "mysqlnd does not have the plugin",
    }
    alters = alters_prepared = {"t_bit": "it makes an integer of it"}
