"""The files that a stub file names: which ones, and when they are noted."""

from __future__ import annotations

from pathlib import Path

import pytest

from sockservice.documents import survey_document
from sockservice.errors import ConfigurationError
from sockservice.responder.stub_file import StubFile
from sockservice.responder.stub_reader import StubReader


def test_each_file_is_noted_before_it_is_looked_for(tmp_path):
    (tmp_path / "code.py").write_text("def answer(request): pass")
    (tmp_path / "x.csv").write_text("a\n1\n")
    (tmp_path / "stubs.yaml").write_text(
        """
version: 1
stubs:
- {when: {sql: a}, then: {csv: x.csv}}
- {when: {sql: b}, then: {csv: {file: x.csv, where: {a: 1}}}}
- {when: {sql: c}, then: {json: deep/missing.json}}
- {when: {sql: d}, then: {python: 'code:answer'}}
- {when: {sql: e}, then: {python: 'none.such:answer'}}
- {when: {sql: f}, then: {python: no reference}}
"""
    )
    noted: list[Path] = []
    with pytest.raises(ConfigurationError) as caught:
        StubReader.of(tmp_path / "stubs.yaml", noted.append).stubs(0)
    assert len(caught.value.mistakes) == 3
    assert [str(path.relative_to(tmp_path)) for path in noted] == [
        "x.csv",
        "deep/missing.json",
        "code.py",
        "code/__init__.py",
        "none/such.py",
        "none/such/__init__.py",
    ]


def test_a_file_is_read_again_with_its_stub_file(tmp_path):
    path = tmp_path / "stubs.yaml"
    path.write_text("version: 1\nstubs: [{when: {sql: a}, then: {csv: x.csv}}]\n")
    found = []
    for number in (1, 2):
        (tmp_path / "x.csv").write_text(f"a\n{number}\n")
        (stub,) = StubReader.of(path).stubs(0)
        found.append(stub.then.steps[0].constant.rows)
    assert found == [((1,),), ((2,),)]


def test_stubs_that_are_in_no_file_may_name_none(tmp_path):
    path = tmp_path / "stubs.yaml"
    (tmp_path / "x.csv").write_text("a\n1\n")
    path.write_text(
        "version: 1\nstubs:\n- {when: {sql: a}, then: {csv: x.csv}}\n- {when: {sql: b}, then: {python: 'os:getcwd'}}\n"
    )
    with pytest.raises(ConfigurationError) as caught:
        StubReader(survey_document(path, StubFile)).stubs(0)
    told = [str(mistake).removeprefix(f"{path}:") for mistake in caught.value.mistakes]
    assert told == [
        "3:32: only stubs in files may name files and code of the server",
        "4:35: only stubs in files may name files and code of the server",
    ]
