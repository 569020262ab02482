"""The commands in the documentation work as printed; ``docs/contributing.md`` tells writers the convention."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import attrs
import pytest
from free_port import free_port
from installed import program
from terminal import in_a_terminal

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md"))]
FENCE = re.compile(r"^(?P<fence>`{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=fence)[ \t]*$", re.MULTILINE | re.DOTALL)
CAPTION = re.compile(r"\A:caption: (?P<name>\S+)\n+")
INSTALLS = "python3 -m venv"
PATIENCE = 120.0


@attrs.frozen
class File:
    """A file that the page tells its reader to make."""

    name: str
    text: str


@attrs.frozen
class Command:
    """A command that the page tells its reader to type, and what it prints; None where the page does not show that."""

    line: str
    output: str | None


def steps(text: str) -> Iterator[File | Command]:
    """What a page tells its reader to do, in order."""
    for block in FENCE.finditer(text):
        info, body = block["info"].strip(), block["body"]
        caption = CAPTION.match(body)
        if info.startswith("{code-block}") and caption:
            yield File(caption["name"], body[caption.end() :])
        elif info == "console" and INSTALLS not in body:
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                line, output = re.split(r"(?<!\\)\n", part, maxsplit=1)
                yield Command(line, output or None)


def matches(output: str, expected: str) -> bool:
    """Whether ``expected`` describes ``output``: ``...`` stands for anything, white space at line ends for nothing."""
    pattern = ".*".join(map(re.escape, _trimmed(expected).split("...")))
    return re.fullmatch(pattern, _trimmed(output), re.DOTALL) is not None


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


class Reader:
    """Does what a page says, in a folder of its own that has a copy of ``examples/`` and ``.venv``.

    Args:
        folder: an empty folder.
        text: the page; each port that a ``--port`` in it names is replaced by a free one.
    """

    def __init__(self, folder: Path, text: str) -> None:
        self.folder, self.background = folder, dict[Path, subprocess.Popen[bytes]]()
        shutil.copytree(ROOT / "examples", folder / "examples")
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        (folder / ".venv").symlink_to(sys.prefix)
        self.environment = {**os.environ, "PATH": path}
        commands = [step.line for step in steps(text) if isinstance(step, Command)]
        self.ports = {port: free_port() for port in re.findall(r"--port[= ](\d+)", "\n".join(commands))}

    def do(self, step: File | Command) -> None:
        """One step; fails if it does not do what the page says."""
        if isinstance(step, File):
            path = self.folder / step.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.with_ports(step.text))
        elif step.line.endswith("&"):
            self.start(self.with_ports(step.line).rstrip("& "))
        else:
            self.run(self.with_ports(step.line), step.output and self.with_ports(step.output))

    def with_ports(self, text: str) -> str:
        return re.sub(r"\b\d+\b", lambda number: str(self.ports.get(number[0], number[0])), text)

    def run(self, line: str, expected: str | None) -> None:
        status, shown = in_a_terminal(["bash", "-c", line], folder=self.folder, environment=self.environment)
        assert status == 0, f"$ {line}\n{shown}"
        assert expected is None or matches(shown, expected), f"$ {line}\n{shown}\nis not\n{expected}"

    def start(self, line: str) -> None:
        log = self.folder / f"background-{len(self.background)}.log"
        with log.open("wb") as output:
            streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
            process = subprocess.Popen(
                ["bash", "-c", f"exec env {line}"], cwd=self.folder, env=self.environment, **streams
            )
        self.background[log] = process
        waits = [partial(listens, int(port)) for port in re.findall(r"--port[= ](\d+)", line)]
        waits += [(self.folder / name).exists for name in re.findall(r"--ready-file[= ](\S+)", line)]
        deadline, pause = time.monotonic() + PATIENCE, threading.Event()
        while not all(ready() for ready in waits):
            assert process.poll() is None, f"$ {line}\n{log.read_text()}"
            assert time.monotonic() < deadline, f"$ {line}\nis not ready"
            pause.wait(0.02)

    def end(self) -> None:
        """End what runs in the background; it must end well."""
        for process in self.background.values():
            process.terminate()
        for process in self.background.values():
            process.wait(PATIENCE)
        for log, process in self.background.items():
            assert process.returncode in (0, -signal.SIGTERM), log.read_text()
            assert "Traceback" not in log.read_text(), log.read_text()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_pages_are_read_into_steps() -> None:
    page = (
        "```console\n$ python3 -m venv .venv\n```\n"
        "```{code-block} yaml\n:caption: a/b.yaml\n\nversion: 1\n```\n"
        "```yaml\nno: file\n```\n"
        "```console\n$ first \\\n    --long\nsome\noutput\n$ second\n```\n"
    )
    assert list(steps(page)) == [
        File("a/b.yaml", "version: 1\n"),
        Command("first \\\n    --long", "some\noutput\n"),
        Command("second", None),
    ]


@pytest.mark.parametrize(
    ("output", "expected", "same"),
    [
        ("a\nb\n", "a\nb", True),
        ("a  \nb\n", "a\nb", True),
        ("version 1.2 of it", "version ... of it", True),
        ("a\nb\nc\n", "a\n...\nc", True),
        ("a\n", "b\n", False),
        ("a.c", "a.c...d", False),
        ("abc", "a.c", False),
    ],
)
def test_output_is_compared_with_dots_for_anything(output: str, expected: str, same: bool) -> None:
    assert matches(output, expected) is same


@pytest.mark.parametrize("text", ["$ false\n", "$ echo one\ntwo\n", "$ false --port 1 &\n"])
def test_a_command_that_does_otherwise_fails(tmp_path: Path, text: str) -> None:
    page = f"```console\n{text}```\n"
    reader = Reader(tmp_path, page)
    (step,) = steps(page)
    with pytest.raises(AssertionError):
        reader.do(step)
    for process in reader.background.values():
        process.wait(PATIENCE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_commands_of_a_page_work_as_printed(page: Path, tmp_path: Path) -> None:
    text = page.read_text()
    todo = list(steps(text))
    for step in todo:
        if isinstance(step, Command) and step.line.split()[0] in ("mariadb", "mariadb-admin", "node"):
            program(step.line.split()[0])
    reader = Reader(tmp_path, text)
    try:
        for step in todo:
            reader.do(step)
    finally:
        reader.end()
