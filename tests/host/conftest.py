"""Real ``twistd`` and ``twist`` processes: started, waited for by their ready file, ended by their pid."""

from __future__ import annotations

import os
import signal
import subprocess

import pytest
from programs import BIN, PATIENCE, Program, environment


@pytest.fixture
def run(tmp_path):
    """Run a command to its end: ``run("--list")``; gives the CompletedProcess."""

    def run(*words, tool="twistd", env=None, options=("-n", "--pidfile=")):
        options = list(options) if tool == "twistd" else []
        return subprocess.run(
            [BIN / tool, *options, "sockservice", *map(str, words)],
            cwd=tmp_path,
            env=environment(**(env or {})),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    return run


@pytest.fixture
def start(tmp_path):
    """Start a program: ``start("--port", 0, "echo")``. All are ended, and must end as SIGTERM ends them."""
    programs = []

    def start(*words, tool="twistd", env=None, preexec=None, inherit=None):
        number = len(programs)
        ready, log = tmp_path / f"ready-{number}", tmp_path / f"log-{number}"
        command = [BIN / tool, *(["-n", "--pidfile="] if tool == "twistd" else ["--log-format=text"])]
        if inherit is not None:  # as systemd does it: descriptor 3, and a pid that only the child knows
            command = ["/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@"', "sh", *command]

        def prepare():
            if inherit is not None:
                os.dup2(inherit.fileno(), 3)
            if preexec is not None:
                preexec()

        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, "sockservice", "--ready-file", ready, *map(str, words)],
                cwd=tmp_path,
                env=environment(**(env or {})),
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                preexec_fn=prepare,
                pass_fds=() if inherit is None else (3,),
            )
        program = Program(process, ready, log)
        programs.append(program)
        return program.wait_ready()

    yield start
    statuses = {program: program.end() for program in programs}
    for program, status in statuses.items():
        assert status in (-signal.SIGTERM, 0), f"ended with {status}:\n{program.text()}"
        assert "Traceback" not in program.text(), program.text()
        assert not program.ready.exists()
