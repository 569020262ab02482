"""Stamps of files: what changes them."""

from __future__ import annotations

import os

import pytest

from sockservice.file_stamps import stamp_of


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("before")
    return path


def later(path):
    """Move the time of modification, so that no test hangs on the file system's clock."""
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))


def test_a_file_that_nobody_touches_keeps_its_stamp(path):
    before = stamp_of(path)
    path.read_text()
    assert stamp_of(path) == before


def test_a_longer_text_changes_it(path):
    before = stamp_of(path)
    path.write_text("before and after")
    assert stamp_of(path) != before


def test_another_text_of_the_same_length_changes_it(path):
    before = stamp_of(path)
    path.write_text("beford")
    later(path)
    assert stamp_of(path) != before


def test_another_file_in_its_place_changes_it_even_if_it_looks_the_same(path, tmp_path):
    before = stamp_of(path)
    other = tmp_path / "b.yaml"
    other.write_text("beford")
    status = path.stat()
    os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    other.replace(path)
    assert stamp_of(path) != before


def test_a_link_that_leads_elsewhere_changes_it(path, tmp_path):
    link, other = tmp_path / "link", tmp_path / "b.yaml"
    other.write_text("before")
    link.symlink_to(path)
    assert stamp_of(link) == stamp_of(path)
    link.unlink()
    link.symlink_to(other)
    assert stamp_of(link) == stamp_of(other) != stamp_of(path)


@pytest.mark.parametrize("name", ["none.yaml", "a.yaml/below", "x" * 300, "nul\0"])
def test_what_cannot_be_there_has_none(path, tmp_path, name):
    assert stamp_of(f"{tmp_path}/{name}") is None


def test_a_link_in_a_circle_has_none(tmp_path):
    (tmp_path / "circle").symlink_to("circle")
    assert stamp_of(tmp_path / "circle") is None
