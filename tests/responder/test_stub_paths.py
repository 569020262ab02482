"""Which files a path of ``--stubs`` means, and what is told of folders that give none."""

from __future__ import annotations

import os

import pytest

from sockservice.responder.stub_paths import stub_paths


@pytest.fixture
def found(tmp_path):
    """The files that a path means, and the mistakes, both without the folder that all is in."""

    def found(name):
        mistakes = []
        files = [path.removeprefix(f"{tmp_path}/") for path in stub_paths(str(tmp_path / name), mistakes)]
        return files, [str(mistake).removeprefix(f"{tmp_path}/") for mistake in mistakes]

    return found


@pytest.fixture
def folder(tmp_path):
    for name in "a/z.yaml a/b/y.yml a/b/.x.yaml a/.c/w.yaml a/notes.txt a/d/v.YAML".split():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path / "a"


@pytest.mark.parametrize("name", ["none.yaml", "a/notes.txt", "a/.c/w.yaml"])
def test_a_file_means_itself_whatever_it_is(folder, found, name):
    assert found(name) == ([name], [])


def test_a_folder_means_its_stub_files_and_those_below_in_order(folder, found):
    assert found("a") == (["a/z.yaml", "a/b/y.yml", "a/d/v.YAML"], [])


def test_a_folder_that_holds_none_is_told(folder, found):
    (folder / "e").mkdir()
    assert found("a/e") == ([], ["a/e: this folder holds no stub files (*.yaml, *.yml)"])


def test_a_folder_that_cannot_be_read_is_told_and_hides_no_other(folder, found, monkeypatch):
    scandir = os.scandir

    def refusing(path):
        if str(path).endswith("/b"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert found("a") == (["a/z.yaml", "a/d/v.YAML"], ["a/b: this folder cannot be read: Permission denied"])
    assert found("a/b") == ([], ["a/b: this folder cannot be read: Permission denied"])
