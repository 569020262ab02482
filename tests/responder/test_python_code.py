"""The author's own Python: where it is looked for, and what is said where it cannot be used."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from sockservice.responder.python_code import load


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_module_of_the_folder_goes_before_an_installed_one(tmp_path):
    write(tmp_path / "json.py", "def loads(text): return 'mine'")
    assert load("json:loads", tmp_path)("1") == "mine"
    assert load("json:loads", tmp_path / "elsewhere")("1") == 1
    assert sys.modules["json"].loads("1") == 1


def test_dotted_names_lead_into_folders_packages_and_classes(tmp_path):
    write(tmp_path / "stubs" / "prices.py", "class Shop:\n    @staticmethod\n    def answer(request): return 1")
    write(tmp_path / "shop" / "__init__.py", "def answer(request): return 2")
    assert load("stubs.prices:Shop.answer", tmp_path)(None) == 1
    assert load("shop:answer", tmp_path)(None) == 2


def test_two_folders_may_have_a_module_of_the_same_name(tmp_path):
    for name in "ab":
        write(tmp_path / name / "prices.py", f"def answer(request): return {name!r}")
    assert [load("prices:answer", tmp_path / name)(None) for name in "ab"] == ["a", "b"]


def test_a_module_is_run_once_until_its_file_changes(tmp_path):
    file = write(tmp_path / "prices.py", "count = []\ndef answer(request): count.append(1); return len(count)")
    assert [load("prices:answer", tmp_path)(None) for _ in range(2)] == [1, 2]
    file.write_text("def answer(request): return 'new'")
    os.utime(file, ns=(1, 1))
    assert load("prices:answer", tmp_path)(None) == "new"


def test_a_module_may_import_its_neighbour_and_the_search_path_is_as_before(tmp_path):
    write(tmp_path / "neighbour_of_prices.py", "PRICE = 5")
    write(tmp_path / "prices.py", "from neighbour_of_prices import PRICE\ndef answer(request): return PRICE")
    before = list(sys.path)
    assert load("prices:answer", tmp_path)(None) == 5
    assert sys.path == before


@pytest.mark.parametrize(
    ("reference", "source", "message"),
    [
        ("prices", "", "'prices' does not name a function: write module:function, as in stubs.prices:answer"),
        ("../prices:answer", "", "'../prices:answer' does not name a function"),
        ("prises:answer", "", "there is no module 'prises' in FOLDER, nor is one installed"),
        ("prices.deep:answer", "", "there is no module 'prices.deep' in FOLDER, nor is one installed"),
        ("prices:anser", "def answer(): pass", "prices has no 'anser'; did you mean 'answer'?"),
        ("prices:answer", "answer = 5", "prices:answer is not a function"),
        ("prices:answer", "\ndef answer(:", "FOLDER/prices.py:2: invalid syntax"),
        ("prices:answer", "1 / 0", "FOLDER/prices.py cannot be imported: ZeroDivisionError: division by zero"),
        ("prices:answer", "raise SystemExit(3)", "FOLDER/prices.py cannot be imported: SystemExit: 3"),
        ("prices:answer", "import not_there", "FOLDER/prices.py cannot be imported: No module named 'not_there'"),
        ("prices:answer", "\0", "FOLDER/prices.py"),
    ],
)
def test_what_cannot_be_used_is_told_in_one_line(tmp_path, reference, source, message):
    write(tmp_path / "prices.py", source)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is compared below
        load(reference, tmp_path)
    told = str(caught.value).replace(str(tmp_path), "FOLDER")
    assert told.startswith(message)
    assert "\n" not in told
