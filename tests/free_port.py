"""Ports for servers that cannot look for a free one themselves."""

from __future__ import annotations

import random
import socket

LOWEST, HIGHEST = 10_000, 32_000
"""Below those that a system gives to whoever asks for any: one of these could be gone before the server is there."""


def free_port() -> int:
    """A port of 127.0.0.1 that is free, one of so many that others who look at the same time find another one."""
    while True:
        port = random.SystemRandom().randint(LOWEST, HIGHEST)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
