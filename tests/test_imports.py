"""Who may import whom: the doors between the rooms of the house, and what must stay outside some of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CONTRACT = {
    "interfaces",
    "answers",
    "disturbances",
    "errors",
    "error_codes",
    "sqltypes",
    "documents",
    "collations",
    "show_columns",
    "plain_session",
    "time_zones",
}
# A room, and the rooms that may import it; its own files always may.
MAY_IMPORT = {
    "sockets": {"host", "plugins"},
    "plugins": {"host"},
    "mysql": {"plugins"},
    "messages": {"plugins"},
    "responder": {"plugins"},
    "sql": {"plugins"},
    "host": {"twisted"},
    "yaml": {"documents", "shape_mistakes"},
    "shape_mistakes": {"documents"},
    "certificates": {"host", "plugins"},
    "file_stamps": {"responder"},
    "regular_file": {"certificates", "documents", "host", "plugins"},
}
NETWORK = {"asyncio", "select", "selectors", "socket", "socketserver", "ssl"}
# A room, what it may not import from outside, and the exceptions to that.
OUTSIDE = {
    "mysql": (NETWORK | {"twisted"}, set()),
    "messages": (NETWORK | {"twisted"}, set()),
    "responder": (NETWORK | {"twisted.internet"}, {"twisted.internet.defer", "twisted.internet.interfaces"}),
    "sql": (NETWORK | {"twisted.internet"}, {"twisted.internet.defer", "twisted.internet.interfaces"}),
    "twisted": ({"twisted", "zope", "sockservice"}, {"twisted.application.service"}),
}


def room_of(path: Path) -> str:
    """The room that a file is in: a folder of ``sockservice``, a file of the contract, or ``twisted``."""
    return path.parts[0] if path.parts[0] != "sockservice" else path.with_suffix("").parts[1]


def imports_of(path: Path, source: str) -> Iterator[tuple[int, str]]:
    """Each module that a file imports, by its full dotted name, with the line; inside functions too.

    ``from a import b`` counts as ``a.b``, which may be a module; the rules go by prefixes.
    """
    package = path.with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            origin = ".".join(filter(None, (above, node.module)))
            yield from ((node.lineno, f"{origin}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
            yield from ((node.lineno, arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant))


def within(name: str, modules: set[str]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def violations(path: Path, source: str) -> list[str]:
    """What a file imports and may not, one line each.

    Args:
        path: the file, relative to the root of the repository.
        source: its text.
    """
    found, room = [], room_of(path)
    forbidden, exceptions = OUTSIDE.get(room, (set(), set()))
    for line, name in imports_of(path, source):
        other = (*name.split("."), "")[1] if name.startswith("sockservice.") else ""
        open_door = other in CONTRACT | {"", room} or room in MAY_IMPORT.get(other, set())
        outside = within(name, forbidden) and not within(name, exceptions)
        if outside or not open_door:
            found.append(f"{path}:{line}: {room} may not import {name}")
    return found


def source_files() -> list[Path]:
    files = [*ROOT.glob("sockservice/**/*.py"), *ROOT.glob("twisted/**/*.py")]
    return sorted(path.relative_to(ROOT) for path in files)


@pytest.mark.parametrize("path", source_files(), ids=str)
def test_a_file_imports_only_what_its_room_may(path: Path) -> None:
    assert violations(path, (ROOT / path).read_text()) == []


def test_every_room_has_a_rule() -> None:
    rooms = {room_of(path) for path in source_files()} - {"__init__"}
    assert rooms <= CONTRACT | MAY_IMPORT.keys() | {"twisted"}


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("sockservice/mysql/session.py", "from twisted.internet.defer import Deferred"),
        ("sockservice/mysql/session.py", "import socket"),
        ("sockservice/mysql/session.py", "def later():\n    from sockservice import responder"),
        ("sockservice/mysql/session.py", "from ..responder import chatter"),
        ("sockservice/mysql/session.py", "import importlib\nimportlib.import_module('sockservice.sql')"),
        ("sockservice/responder/chain.py", "from twisted.internet import reactor"),
        ("sockservice/responder/chain.py", "from twisted.internet.protocol import Protocol"),
        ("sockservice/responder/chain.py", "import sockservice.mysql.session"),
        ("sockservice/responder/chain.py", "from sockservice.sockets import SocketAPI"),
        ("sockservice/sockets/stream.py", "from sockservice.host import command"),
        ("sockservice/plugins/echo.py", "from sockservice.host.command import Options"),
        ("sockservice/host/command.py", "from sockservice.mysql import Server"),
        ("sockservice/errors.py", "from sockservice.sockets import SocketAPI"),
        ("twisted/plugins/sockservice_plugin.py", "from sockservice.host import command"),
        ("twisted/plugins/sockservice_plugin.py", "from twisted.internet import reactor"),
    ],
)
def test_a_forbidden_import_is_found(path: str, source: str) -> None:
    assert len(violations(Path(path), source)) == 1


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("sockservice/mysql/session.py", "from sockservice.mysql.packets import Reader\nfrom . import wire"),
        ("sockservice/mysql/session.py", "from sockservice.answers import Rows\nimport sockservice.error_codes"),
        (
            "sockservice/responder/chain.py",
            "from twisted.internet.defer import Deferred\nfrom twisted.logger import Logger",
        ),
        (
            "sockservice/plugins/mysql.py",
            "from sockservice import mysql, responder\nfrom twisted.internet import reactor",
        ),
        ("sockservice/host/command.py", "from sockservice.sockets import SocketAPI\nimport sockservice.plugins"),
        ("sockservice/errors.py", "import socket\nfrom sockservice.sqltypes import SqlType"),
        ("twisted/plugins/sockservice_plugin.py", "from twisted.application.service import ServiceMaker"),
    ],
)
def test_an_allowed_import_is_passed(path: str, source: str) -> None:
    assert violations(Path(path), source) == []
