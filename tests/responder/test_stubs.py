"""The stub files that all workspaces share: reloading that never loses the last good set."""

from __future__ import annotations

import contextlib
import shutil
import time

import pytest
from sessions import FakeSession, workspace_of
from twisted.logger import formatEvent, globalLogPublisher

from sockservice.answers import Request
from sockservice.errors import ConfigurationError
from sockservice.responder.stub_reader import StubReader
from sockservice.responder.stubs import PROBLEMS, Stubs

FILE = """
version: 1
stubs:
- {when: {sql: "SELECT 1"}, then: {rows: [{"1": 1}]}}
- {when: {sql: "SELECT name FROM users WHERE id = 42"}, then: {rows: [{name: Ada}]}}
- {when: {sql: "DELETE FROM users"}, then: {ok: {affected_rows: 3}}}
"""


def query(text: str, *params: object) -> Request:
    return Request("query", text, FakeSession(), params)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "stubs.yaml"
    path.write_text(FILE)
    return path


@pytest.fixture
def workspace(path):
    return workspace_of(path, behind=False)


def test_reload_takes_the_new_stubs(path, workspace):
    stubs = workspace.files
    assert workspace.respond(query("SELECT 1")).rows == ((1,),)
    assert workspace.respond(query("SELECT 3")) is None
    path.write_text('{version: 1, stubs: [{when: {sql: "SELECT 3"}, then: {rows: [{"3": 3}]}}]}')
    stubs.reload()
    assert workspace.respond(query("SELECT 1")) is None
    assert workspace.respond(query("SELECT 3")).rows == ((3,),)


@pytest.mark.parametrize(("count", "said"), [(1, "1 stub read again"), (3, "3 stubs read again")])
def test_a_reload_is_logged_with_the_number_of_stubs(path, count, said):
    stubs = Stubs([path])
    path.write_text("version: 1\nstubs:\n" + "- {when: {sql: a}, then: {ok: {}}}\n" * count)
    events = []
    globalLogPublisher.addObserver(events.append)
    try:
        stubs.reload()
    finally:
        globalLogPublisher.removeObserver(events.append)
    assert [formatEvent(event) for event in events] == [said]


def test_a_reload_that_fails_keeps_the_last_good_stubs(path, workspace):
    stubs = workspace.files
    answer = workspace.respond(query("SELECT 1"))
    before = stubs.current
    path.write_text(FILE + "- {when: {sql")
    with pytest.raises(ConfigurationError):
        stubs.reload()
    assert stubs.current is before
    assert workspace.respond(query("SELECT 1")) is answer
    path.unlink()
    with pytest.raises(ConfigurationError, match="no such file"):
        stubs.reload()
    assert workspace.respond(query("SELECT 1")) is answer


def test_problems_are_shown_until_the_files_are_sound_again(path):
    stubs = Stubs([path])
    assert stubs.problems == ()
    path.write_text("version: 1\nstubs:\n- {when: {sqll: a}, then: {ok: {}}}\n- {when: {sql: a}, than: {}}\n")
    with pytest.raises(ConfigurationError):
        stubs.reload()
    assert [problem.removeprefix(str(path)).partition(";")[0] for problem in stubs.problems] == [
        ":3:11: 'sqll' is not known here",
        ":4:3: item 2 of 'stubs' lacks 'then'",
        ":4:20: 'than' is not known here",
    ]
    path.write_text(FILE)
    stubs.reload()
    assert stubs.problems == ()


def test_of_thousands_of_problems_the_first_are_kept(path):
    stubs = Stubs([path])
    path.write_text("version: 1\nstubs:\n" + "- {when: {sqll: a}, then: {ok: {}}}\n" * (PROBLEMS + 5))
    with pytest.raises(ConfigurationError):
        stubs.reload()
    assert len(stubs.problems) == PROBLEMS


def test_reading_changes_nothing_before_it_is_used(path):
    stubs = Stubs([path])
    before = stubs.current, stubs.seen
    path.write_text("{version: 1, stubs: []}")
    reading = stubs.read()
    assert (stubs.current, stubs.seen) == before
    stubs.use(reading)
    assert stubs.current.stubs == ()


# --- what is watched


def sound(number: int) -> str:
    return f"{{version: 1, stubs: [{{name: '{number}', when: {{sql: SELECT {number}}}, then: {{ok: {{}}}}}}]}}"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "stubs"
    (folder / "below").mkdir(parents=True)
    for number, name in enumerate(["a.yaml", "below/b.yml", ".hidden.yaml", "notes.txt"]):
        (folder / name).write_text(sound(number))
    return folder


def same(stubs: Stubs) -> bool:
    """Whether a look shows what was read."""
    return stubs.look() == stubs.seen


def test_after_reading_there_is_no_change(folder):
    stubs = Stubs([folder, folder / "a.yaml"])
    assert same(stubs)
    assert sorted(stubs.seen) == [f"{folder}/a.yaml", f"{folder}/below/b.yml"]
    assert stubs.current.files == (folder / "a.yaml", folder / "below" / "b.yml")


CHANGES = {
    "edited": lambda folder: (folder / "below/b.yml").write_text(sound(7) + "\n"),
    "new": lambda folder: (folder / "c.yaml").write_text(sound(7)),
    "new below": lambda folder: (folder / "below/c.yaml").write_text(sound(7)),
    "removed": lambda folder: (folder / "a.yaml").unlink(),
    "renamed": lambda folder: (folder / "a.yaml").rename(folder / "c.yaml"),
    "folder renamed": lambda folder: (folder / "below").rename(folder / "beneath"),
    "folder hidden": lambda folder: (folder / "below").rename(folder / ".below"),
    "replaced": lambda folder: (folder / "notes.txt").replace(folder / "a.yaml"),
    "broken": lambda folder: (folder / "a.yaml").write_text("{"),
    "gone": lambda folder: shutil.rmtree(folder),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_shows_until_it_was_read_whether_that_succeeds_or_not(folder, change):
    stubs = Stubs([folder])
    change(folder)
    assert not same(stubs)
    with contextlib.suppress(ConfigurationError):
        stubs.reload()
    assert same(stubs)


@pytest.mark.parametrize("name", [".swap.yaml", "a.yaml~", "4913", "below/.b.yml.swp", "twistd.log"])
def test_what_would_not_be_read_is_no_change(folder, name):
    stubs = Stubs([folder])
    (folder / name).write_text("{")
    assert same(stubs)


def test_a_folder_that_vanishes_and_comes_back_is_read_again(folder):
    stubs = Stubs([folder])
    away = folder.rename(folder.with_name("away"))
    with pytest.raises(ConfigurationError, match="stubs: there is no such file"):
        stubs.reload()
    assert same(stubs)
    assert len(stubs.current.stubs) == 2
    away.rename(folder)
    assert not same(stubs)
    stubs.reload()
    assert same(stubs)
    assert stubs.problems == ()


def test_a_folder_that_is_empty_for_a_while_keeps_the_last_good_stubs(folder):
    stubs = Stubs([folder])
    shutil.rmtree(folder / "below")
    (folder / "a.yaml").unlink()
    with pytest.raises(ConfigurationError, match="holds no stub files"):
        stubs.reload()
    assert len(stubs.current.stubs) == 2
    assert same(stubs)
    (folder / "new.yaml").write_text(sound(9))
    assert not same(stubs)


def test_a_swapped_link_is_a_change_as_a_config_map_makes_them(tmp_path):
    mounted = tmp_path / "mounted"
    for number in (1, 2):
        (mounted / f"..version{number}").mkdir(parents=True)
        (mounted / f"..version{number}" / "a.yaml").write_text(sound(number))
    (mounted / "..data").symlink_to("..version1")
    (mounted / "a.yaml").symlink_to("..data/a.yaml")
    stubs = Stubs([mounted])
    assert [stub.name for stub in stubs.current.stubs] == ["1"]
    (mounted / "..new").symlink_to("..version2")
    (mounted / "..new").replace(mounted / "..data")
    assert not same(stubs)
    stubs.reload()
    assert [stub.name for stub in stubs.current.stubs] == ["2"]
    assert same(stubs)


def test_an_edit_between_the_look_and_the_reading_is_not_lost(path, monkeypatch):
    """The stamp is from before the file is read, so what is written meanwhile shows as a change."""
    stubs = Stubs([path])
    of = StubReader.of

    def slow(file, *arguments):
        reader = of(file, *arguments)
        file.write_text(sound(5))
        return reader

    monkeypatch.setattr(StubReader, "of", slow)
    stubs.reload()
    assert not same(stubs)


def test_a_look_at_a_thousand_files_is_cheap(tmp_path):
    for number in range(1000):
        folder = tmp_path / str(number % 10)
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.yaml").write_text("version: 1\nstubs: []\n")
    stubs = Stubs([tmp_path])
    began = time.thread_time()
    assert len(stubs.look()) == 1000
    assert time.thread_time() - began < 0.25  # ten times what it needs


def test_files_that_cannot_be_used_are_refused_at_the_start(path, workspace):
    path.write_text("version: 3")
    with pytest.raises(ConfigurationError, match="'version' must be 1"):
        Stubs([path])


def test_without_files_everything_is_passed_on():
    assert workspace_of(behind=False).respond(query("SELECT 1")) is None
