"""One session that talks to stubs, which answer their own names."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sessions import FakeSession, workspace_of

from sockservice.answers import Request, Rows


class StubTalk:
    """A workspace over a file with these stubs; what a stub answers is its name."""

    def __init__(self, folder: Path, stubs: Iterable[dict[str, Any]], **more: Any) -> None:
        path = folder / "stubs.yaml"
        every = [
            {"name": f"stub {n}", "then": {"rows": [{"name": f"stub {n}"}]}, **stub} for n, stub in enumerate(stubs)
        ]
        # JSON is YAML.
        path.write_text(json.dumps({"version": 1, "stubs": every, **more}), encoding="utf-8")
        self.workspace = workspace_of(path, behind=False)
        self.session = FakeSession(workspace=self.workspace)

    def request(self, text: str, *params: Any, command: str = "") -> Request:
        return Request(command or ("execute" if params else "query"), text, self.session, params)

    def ask(self, text: str, *params: Any, command: str = "") -> str | None:
        """The name of the stub that answers."""
        answer = self.workspace.respond(self.request(text, *params, command=command))
        if answer is None:
            return None
        assert isinstance(answer, Rows)
        return answer.columns[0].name if command == "prepare" else next(iter(answer.rows))[0]

    def near(self, text: str, *params: Any, command: str = "") -> str:
        """Why the nearest stub does not answer."""
        near = self.workspace.stubs.near(self.request(text, *params, command=command))
        return "" if near is None else near.reason

    def miss(self, text: str, *params: Any, command: str = "") -> str:
        """The same, of a request that no stub answers."""
        assert self.ask(text, *params, command=command) is None
        return self.near(text, *params, command=command)


def one(folder: Path, **when: Any) -> StubTalk:
    """A talk to one stub."""
    return StubTalk(folder, [{"when": {name.rstrip("_"): value for name, value in when.items()}}])
