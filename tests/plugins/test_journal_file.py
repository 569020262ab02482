"""The file of the journal: appended to, reopened, and no reason to stop when it cannot be written."""

from __future__ import annotations

import os

import pytest
from twisted.internet import reactor
from twisted.internet.threads import deferToThread
from twisted.logger import formatEvent, globalLogPublisher

from sockservice.errors import ConfigurationError
from sockservice.plugins._journal_file import JournalFile


@pytest.fixture
def logged():
    lines = []

    def observe(event):
        if event.get("log_namespace", "").endswith("JournalFile"):
            lines.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield lines
    globalLogPublisher.removeObserver(observe)


async def test_lines_are_appended(tmp_path):
    path = tmp_path / "journal.jsonl"
    path.write_text("before\n")
    file = JournalFile(path, deferToThread)
    await file.write(b"a\n")
    file.write_now(b"b\n")
    assert path.read_text() == "before\na\nb\n"


async def test_a_file_that_was_moved_away_is_opened_anew(tmp_path):
    path = tmp_path / "journal.jsonl"
    file = JournalFile(path, deferToThread)
    await file.write(b"a\n")
    path.rename(tmp_path / "old")
    await file.write(b"b\n")
    file.reopen()
    await file.write(b"c\n")
    assert ((tmp_path / "old").read_text(), path.read_text()) == ("a\nb\n", "c\n")


async def test_a_file_that_cannot_be_written_is_told_once_and_tried_again(tmp_path, logged, logged_errors):
    folder = tmp_path / "logs"
    folder.mkdir()
    path = folder / "journal.jsonl"
    file = JournalFile(path, deferToThread)
    folder.rmdir()
    await file.write(b"a\n")
    file.write_now(b"b\n")
    assert logged == [f"the journal is not written to {path}: No such file or directory"]
    folder.mkdir()
    await file.write(b"c\n")
    assert path.read_text() == "c\n"
    assert logged[1:] == [f"the journal is written to {path} again"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full disk to try")
async def test_a_full_disk_costs_one_line_of_the_log(tmp_path, logged):
    path = tmp_path / "full"
    path.symlink_to("/dev/full")
    file = JournalFile(path, deferToThread)
    await file.write(b"a\n")
    await file.write(b"b\n")
    assert logged == [f"the journal is not written to {path}: No space left on device"]


async def test_a_pipe_that_nobody_reads_holds_nobody_up(tmp_path, logged):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    file = JournalFile(path, deferToThread)
    await file.write(b"a\n").addTimeout(10, reactor)
    assert len(logged) == 1


@pytest.mark.parametrize(
    ("name", "problem"),
    [(".", "is a folder"), ("missing/journal.jsonl", "is in a folder that does not exist")],
)
def test_a_name_that_cannot_work_is_refused_at_the_start(tmp_path, name, problem):
    with pytest.raises(ConfigurationError, match=problem):
        JournalFile(tmp_path / name, deferToThread)
