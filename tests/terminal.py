"""Runs a program on a terminal of its own, as a person would see it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import termios
from collections.abc import Iterable, Mapping
from pathlib import Path

PATIENCE = 120.0
"""How long a program may say nothing, in seconds."""


def in_a_terminal(
    command: list[str],
    dialogue: Iterable[tuple[str, str]] = (),
    *,
    folder: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> tuple[int, str]:
    """Run a program until it ends.

    Args:
        command: what to run; the terminal is its controlling one.
        dialogue: pairs of a prompt to wait for and a line to type then.
        folder: where to run it.
        environment: its environment; the terminal is a plain one.

    Returns:
        Its exit status, and all that the terminal showed.

    Raises:
        AssertionError: it said nothing more, or ended too soon.
    """
    keyboard, terminal = pty.openpty()
    process = subprocess.Popen(
        command,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        cwd=folder,
        env={**environment, "TERM": "dumb"},
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )
    os.close(terminal)
    shown, position = b"", 0
    try:
        for prompt, line in dialogue:
            while (found := shown.find(prompt.encode(), position)) < 0:
                part = _read(keyboard, shown)
                assert part, f"the program ended before {prompt!r}:\n{shown.decode()}"
                shown += part
            position = found + len(prompt)
            os.write(keyboard, f"{line}\n".encode())
        while part := _read(keyboard, shown):
            shown += part
        return process.wait(PATIENCE), shown.decode().replace("\r\n", "\n")
    finally:
        process.kill()
        process.wait()
        os.close(keyboard)


def _read(keyboard: int, before: bytes) -> bytes:
    readable, _, _ = select.select([keyboard], [], [], PATIENCE)
    assert readable, f"the program says no more after:\n{before.decode()}"
    try:
        return os.read(keyboard, 65536)
    except OSError:  # how Linux says that nobody holds the other end any more
        return b""
