"""The files in ``examples/stubs`` answer as they say, to clients that prepare and to clients that do not.

A further example is one more entry of ``example_answers.EXAMPLES``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import servers
from conversation import PREPARING, converse
from example_answers import EXAMPLES
from log_watch import LogWatch
from servers import RunningServer

FOLDER, DOCS = (Path(__file__).parents[2] / folder for folder in ("examples/stubs", "docs"))


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    """A server with one example, and the name of that."""
    name = request.param
    with servers.started(tmp_path_factory.mktemp("example"), f"--stubs={FOLDER / name}") as server:
        watch = LogWatch(server)
        yield server, name
        watch.check()


@pytest.mark.parametrize("prepared", PREPARING)
def test_an_example_answers_as_it_says(example: tuple[RunningServer, str], prepared: bool) -> None:
    server, name = example
    converse(server, EXAMPLES[name], prepared=prepared)


def test_every_example_is_tried() -> None:
    assert sorted(EXAMPLES) == sorted(path.name for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_in_the_documentation(name: str) -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md"))
    assert f"examples/stubs/{name}\n:language: yaml" in pages
