"""The server under test, started once, and a watch on its log."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import attrs
import pytest

pytest.register_assert_rewrite(
    "conversation", "dbapi", "log_watch", "operations", "servers", "process_client", "whole_protocol"
)

import servers  # noqa: E402
from features import NOT_IN_MARIADB  # noqa: E402
from log_watch import LogWatch  # noqa: E402

UNDER_TEST = os.environ.get("SOCKSERVICE_TEST_SERVER", "sockservice")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "needs(*words): only for clients that have these words of features.FEATURES")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the client or the server declares that it has not; have fail what the client cannot do right."""
    nowhere = NOT_IN_MARIADB if UNDER_TEST == "mariadb" else set()
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        needed = {word for mark in item.iter_markers("needs") for word in mark.args}
        client = getattr(item, "cls", None)
        if not hasattr(client, "absent"):
            (left if needed & nowhere else kept).append(item)
            continue
        for name, reason in {**client.bugs, **client.bugs_on.get(UNDER_TEST, {}), **client.hangs}.items():
            if item.name == name or ("[" in name and item.name.startswith(name)):
                runs = name not in client.hangs
                item.add_marker(pytest.mark.xfail(strict=True, run=runs, reason=f"the client's own: {reason}"))
        (left if needed & (client.absent.keys() | nowhere) else kept).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


@pytest.fixture(scope="session")
def log_watches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], LogWatch]]:
    """The servers under test by name, each started when it is first asked for."""
    watches: dict[str, LogWatch] = {}
    with ExitStack() as stack:

        def watch(name: str) -> LogWatch:
            if name not in watches:
                start = getattr(servers, name)
                watches[name] = LogWatch(stack.enter_context(start(tmp_path_factory.mktemp(name))))
            return watches[name]

        yield watch
    for ended in watches.values():
        ended.check()


def _watched(watch: LogWatch) -> Iterator[servers.RunningServer]:
    watch.server.reset()
    yield watch.server
    watch.check()


@pytest.fixture
def server(log_watches: Callable[[str], LogWatch]) -> Iterator[servers.RunningServer]:
    """The server under test with the stubs of ``stubs.yaml``; a test that makes it log trouble fails."""
    yield from _watched(log_watches("mariadb" if UNDER_TEST == "mariadb" else "sockservice"))


@pytest.fixture
def open_service(log_watches: Callable[[str], LogWatch]) -> Iterator[servers.RunningServer]:
    """Our own server, open to everybody; there is none of MariaDB's that would do."""
    yield from _watched(log_watches("open_service"))


@pytest.fixture
def echo(log_watches: Callable[[str], LogWatch]) -> Iterator[servers.RunningServer]:
    """The server under test that understands ``vocabulary.md``."""
    watch = log_watches("mariadb" if UNDER_TEST == "mariadb" else "echo_service")
    yield from (attrs.evolve(server, database="echo") for server in _watched(watch))
