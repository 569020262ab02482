"""What is shipped: the wheel holds the project and one file for Twisted's plugin package, and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from twisted.application.service import IServiceMaker
from twisted.plugin import getPlugins

ROOT = Path(__file__).parents[1]
PLUGIN = "twisted/plugins/sockservice_plugin.py"
LITTER = [
    "twisted/plugins/dropin.cache",
    "sockservice/plugins/dropin.cache",
    "sockservice/__pycache__/x.cpython-311.pyc",
]


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel that is built from a copy of the tree with the litter of daily work in it."""
    tree, out = tmp_path_factory.mktemp("tree"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copy(ROOT / name, tree)
    for name in ("sockservice", "twisted"):
        shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__", "dropin.cache"))
    for name in LITTER:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(b"litter")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    built = subprocess.run(command, cwd=tree, capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    (wheel,) = out.glob("sockservice-*-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_project_and_nothing_else(wheel_names: set[str]) -> None:
    files = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("sockservice/**/*") if path.is_file()}
    project = {name for name in files if "__pycache__" not in name and not name.endswith("dropin.cache")}
    metadata = {name for name in wheel_names if re.match(r"sockservice-[\d.]+\.dist-info/", name)}
    assert wheel_names - metadata == project | {PLUGIN}
    assert "sockservice/py.typed" in wheel_names
    kept = {name.split("/", 1)[1] for name in metadata} - {"entry_points.txt"}
    assert kept == {"METADATA", "RECORD", "WHEEL", "licenses/LICENSE"}


def test_the_wheel_leaves_twisteds_own_packages_alone(wheel_names: set[str]) -> None:
    assert not wheel_names & {"twisted/__init__.py", "twisted/plugins/__init__.py"}
    assert not (ROOT / "twisted/__init__.py").exists()
    assert not (ROOT / "twisted/plugins/__init__.py").exists()


def test_plugins_of_other_projects_can_join_ours(wheel_names: set[str]) -> None:
    # Twisted extends a plugin package's path only with folders that are not packages themselves, so ours is the one.
    assert "sockservice/plugins/__init__.py" in wheel_names


def test_twistd_knows_the_command() -> None:
    (maker,) = [maker for maker in getPlugins(IServiceMaker) if maker.tapname == "sockservice"]
    assert maker.module == "sockservice.host.command"
