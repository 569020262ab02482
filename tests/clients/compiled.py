"""Clients that have to be compiled: once for all the tests of a run."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from installed import missing, program

PROGRAMS = Path(__file__).with_name("programs")
JARS = ":".join(f"/usr/share/java/{name}.jar" for name in ("mariadb-java-client", "gson", "jna", "jna-platform"))


def _compile(source: str, *command: str | Path, **environment: str) -> None:
    """Run a compiler; a failure means that what the source includes is not installed."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode:
        missing(f"what {source} needs ({done.stderr.strip()[:300]})")


def c(source: str, folder: Path) -> list[str]:
    """Compile a program in C against libmariadb and jansson."""
    asked = [program("mariadb_config"), "--cflags", "--libs"]
    flags = shlex.split(subprocess.run(asked, capture_output=True, text=True, check=True).stdout)
    made = folder / "client"
    _compile(source, program("cc"), "-O1", PROGRAMS / source, *flags, "-ljansson", "-o", made)
    return [str(made)]


def go(source: str, folder: Path) -> list[str]:
    """Compile a program in Go against Debian's sources of the driver."""
    made = folder / "client"
    where = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": ""}
    _compile(source, program("go"), "build", "-o", made, PROGRAMS / source, **where)
    return [str(made)]


def java(source: str, folder: Path) -> list[str]:
    """Compile a program in Java against Debian's jars of the driver, of what it needs, and of Gson."""
    _compile(source, program("javac"), "-cp", JARS, "-d", folder, PROGRAMS / source)
    return [program("java"), "-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", f"{JARS}:{folder}", Path(source).stem]
