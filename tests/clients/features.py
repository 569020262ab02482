"""What a client may have beyond the text protocol, by word; each client has a word or says why it has it not."""

from __future__ import annotations

VERBS = {
    "execute": "statements prepared on the server",
    "cursor": "rows of a prepared statement fetched a few at a time",
    "reset": "COM_RESET_CONNECTION",
    "change_user": "COM_CHANGE_USER",
    "pool": "a pool of connections",
}
OPTIONS = {
    "tls": "TLS, and the server's certificate checked",
    "zlib": "compression by zlib",
    "zstd": "compression by zstd",
    "socket": "a Unix socket",
    "multi": "several statements in one request",
    "infile": "LOAD DATA LOCAL INFILE",
}
PLUGINS = {
    "mysql_native_password": "native",
    "caching_sha2_password": "sha2",
    "sha256_password": "sha256",
    "client_ed25519": "ed25519",
    "mysql_clear_password": "clear",
}
"""The authentication plugins, and for each the user whose account asks for it."""

FEATURES = {*VERBS, *OPTIONS, *PLUGINS}
NOT_IN_MARIADB = {"caching_sha2_password", "sha256_password", "mysql_clear_password", "zstd"}
"""What the real server cannot do, so that no client can be tried with it there."""
