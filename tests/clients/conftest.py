"""The server under test, started once, and a watch on its log."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("operations", "servers", "process_client")

import servers  # noqa: E402

TROUBLE = re.compile(r"Traceback|Unhandled|CRITICAL|\[ERROR\]|(?:Deprecation|Resource)Warning")


class LogWatch:
    """Reads a growing log, each line once."""

    def __init__(self, server: servers.RunningServer) -> None:
        self.server, self.position = server, 0

    def check(self) -> None:
        """Fail if what is new in the log tells of trouble."""
        with self.server.log.open("rb") as log:
            log.seek(self.position)
            new = log.read()
        self.position += len(new)
        text = new.decode(errors="replace")
        assert not TROUBLE.search(text), f"the server's log has trouble:\n{text}"


@pytest.fixture(scope="session")
def log_watch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LogWatch]:
    """The server under test: ours, or the one that SOCKSERVICE_TEST_SERVER names."""
    name = os.environ.get("SOCKSERVICE_TEST_SERVER", "sockservice")
    start = {"sockservice": servers.sockservice, "mariadb": servers.mariadb}[name]
    with start(tmp_path_factory.mktemp(name)) as server:
        watch = LogWatch(server)
        yield watch
    watch.check()


@pytest.fixture
def server(log_watch: LogWatch) -> Iterator[servers.RunningServer]:
    """The server as each test finds it; a test that makes it log trouble fails."""
    log_watch.server.reset()
    yield log_watch.server
    log_watch.check()
