"""Which clients are installed here: a missing one is passed over, or fails where SOCKSERVICE_CLIENTS=all."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest


def driver(module: str) -> Any:
    """Import a driver of Python."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        return missing(f"{module} ({error})")


def program(name: str) -> str:
    """The path of a program."""
    return shutil.which(name) or missing(name)


def script(*command: str | Path) -> Any:
    """A command that runs one of the clients that are programs of ours, after a trial with ``--check``."""
    line = [str(part) for part in command]
    trial = subprocess.run([*line, "--check"], capture_output=True, text=True)
    if trial.returncode == 0:
        return line
    reason = next((told for told in trial.stderr.splitlines() if "Error" in told), "it does not start")
    return missing(f"what {line[-1]} needs ({reason.strip()})")


def missing(what: str) -> Any:
    """Pass over the tests of a client that is not there, or fail where all have to be."""
    reason = f"not installed: {what}; docs/contributing.md says how"
    if os.environ.get("SOCKSERVICE_CLIENTS") == "all":
        pytest.fail(reason)
    pytest.skip(reason, allow_module_level=True)
