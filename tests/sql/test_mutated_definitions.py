"""Definitions that are almost SQL: each is answered, and one that is refused has changed nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from corpus import read_corpus
from embedded import Embedded
from test_mutated_statements import answered, contents, mutated

from sockservice.answers import Error
from sockservice.responder.chatter import Chatter

THEMES = ["ddl", "definitions", "views", "keys", "names"]
NUMBER = 300
INTERNAL = 1105
"""What nothing that a client says may lead to."""


@pytest.fixture
def database() -> Iterator[Embedded]:
    found = Embedded(beside=Chatter())
    yield found
    found.close()


def definitions(database: Embedded) -> tuple[object, ...]:
    """All that the catalogue has."""
    catalog = database.store.catalog
    views = [view for name in catalog.databases for view in catalog.views(name)]
    return sorted(map(repr, catalog.every_table())), views, sorted(catalog.databases)


@pytest.mark.parametrize("seed", range(3))
def test_any_definition_is_answered_and_what_is_refused_changes_nothing(database: Embedded, seed: int) -> None:
    choice = random.Random(seed)
    texts = [statement.text for session in read_corpus(THEMES) for statement in session.statements]
    clients = [database.client(), database.client()]
    for _ in range(NUMBER):
        database.store.create_database("shop")
        client, text = choice.choice(clients), mutated(choice.choice(texts), choice)
        client.session.database = client.session.database or "shop"
        before = definitions(database), contents(database)
        answer = answered(client, text)
        if isinstance(answer, Error):
            assert answer.code != INTERNAL, (text, answer.message)
            assert (definitions(database), contents(database)) == before, text
