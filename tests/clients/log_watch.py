"""A watch on the log of a server under test."""

from __future__ import annotations

import re

from servers import RunningServer

TROUBLE = re.compile(r"Traceback|Unhandled|CRITICAL|\[ERROR\]|(?:Deprecation|Resource)Warning")


class LogWatch:
    """Reads a growing log, each line once."""

    def __init__(self, server: RunningServer) -> None:
        self.server, self.position = server, 0

    def check(self) -> None:
        """Fail if what is new in the log tells of trouble."""
        with self.server.log.open("rb") as log:
            log.seek(self.position)
            new = log.read()
        self.position += len(new)
        text = new.decode(errors="replace")
        assert not TROUBLE.search(text), f"the server's log has trouble:\n{text}"
