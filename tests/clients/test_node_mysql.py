from __future__ import annotations

from pathlib import Path

from installed import program, script
from process_client import ProgramProtocol


class TestNodeMysql(ProgramProtocol):
    command = script(program("node"), Path(__file__).with_name("programs") / "mysql.js")
    absent = {
        "execute": "it writes parameters into the statement's text",
        "cursor": "it prepares no statements",
        "reset": "it has no call for it",
        "zlib": "it does not compress",
        "zstd": "it does not compress",
        "caching_sha2_password": "it knows nothing newer than mysql_native_password",
        "sha256_password": "it knows nothing newer than mysql_native_password",
        "client_ed25519": "it knows nothing newer than mysql_native_password",
        "mysql_clear_password": "it knows nothing newer than mysql_native_password",
    }
