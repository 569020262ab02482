"""Statements that are almost SQL: each is answered, and one that is refused has changed nothing."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

import pytest
from corpus import read_corpus
from embedded import Client, Embedded
from twisted.internet.defer import Deferred
from twisted.logger import LogEvent, LogLevel, globalLogPublisher

from sockservice.answers import Error, LocalInfile, Ok, Rows
from sockservice.mysql import Server
from sockservice.mysql.results import Form, answer_packets

TOKEN = re.compile(r"\w+|\s+|'[^']*'|.", re.DOTALL)
WORDS = (
    "( ) , NULL DEFAULT SELECT FROM t 1 'x' * t. WHERE = VALUES SET `id` - 9999999999999999999999 LIMIT JOIN u IGNORE"
    " @x ? . 1e400 '' GROUP BY IN AS ORDER"
).split()
NUMBER = 1250
"""Statements of each of the eight seeds: ten thousand in all."""
MUTATED = 0.6
"""How many of them are not as they were, so that there are tables which the others are about."""


def sessions() -> list[list[str]]:
    """The statements of the corpus."""
    return [[statement.text for statement in session.statements] for session in read_corpus()]


def mutated(text: str, choice: random.Random) -> str:
    """A statement of which some words were dropped, doubled or put in."""
    parts = TOKEN.findall(text)
    for _ in range(choice.randint(0, 3)):
        place = choice.randrange(len(parts) + 1)
        what = choice.choice(["drop", "put", "copy"])
        if what == "put":
            parts.insert(place, f" {choice.choice(WORDS)} ")
        elif parts and what == "drop":
            del parts[min(place, len(parts) - 1)]
        elif parts:
            parts[min(place, len(parts) - 1)] = choice.choice(parts)
    return "".join(parts)


@pytest.fixture
def database() -> Iterator[Embedded]:
    found = Embedded()
    client = found.client()
    client.ok("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, k VARCHAR(5) UNIQUE, n INT, v INT, a INT, b INT)")
    client.ok("CREATE TABLE u (id INT PRIMARY KEY, w INT NOT NULL)")
    client.ok("INSERT INTO t VALUES (1, 'a', 1, 10, 1, 1), (2, 'b', 2, 20, 2, 2)")
    client.ok("INSERT INTO u VALUES (1, 1), (2, 2)")
    yield found
    found.close()


def contents(database: Embedded) -> list[list[tuple[object, ...]]]:
    tables = sorted(database.store.catalog.every_table(), key=lambda table: table.name)
    return [database.store.main.rows(f'SELECT rowid, * FROM "{table.key}"') for table in tables]


def answered(client: Client, text: str) -> object:
    answer = client.ask(text)
    for _ in range(1000):
        if not isinstance(answer, Deferred):
            return answer
        if answer.called:
            return answer.result
        client.database.clock.advance(1)
    raise AssertionError(f"{text!r} is never answered")


@pytest.fixture
def complaints() -> Iterator[list[object]]:
    """What is logged as a warning or worse: nothing that a client says is one."""
    found: list[object] = []

    def observe(event: LogEvent) -> None:
        if event["log_level"] >= LogLevel.warn:
            found.append(event)

    globalLogPublisher.addObserver(observe)
    yield found
    globalLogPublisher.removeObserver(observe)


def encoded(answer: object, form: Form) -> bytes:
    """The bytes that the client gets; a file of its own is asked for elsewhere."""
    if isinstance(answer, LocalInfile):
        return b"asked"
    assert isinstance(answer, Rows | Ok | Error), answer
    return answer_packets(answer, form, 1)


@pytest.mark.parametrize("seed", range(8))
def test_any_statement_is_answered_and_what_is_refused_changes_nothing(
    database: Embedded, complaints: list[object], seed: int
) -> None:
    choice = random.Random(seed)
    clients, known = [database.client(), database.client()], sessions()
    form = Server().session("127.0.0.1", 1).form
    texts: list[str] = []
    for _ in range(NUMBER):
        texts = texts or list(choice.choice(known))
        client, text = clients[choice.random() < 0.2], texts.pop(0)
        if choice.random() < MUTATED:
            text = mutated(text, choice)
        before = contents(database)
        answer = answered(client, text)
        assert complaints == [], text
        assert encoded(answer, form)[4:] != b"", text
        assert not database.store.main.raw.in_transaction, text
        # Whoever closes a cycle of waits loses more than the statement.
        if isinstance(answer, Error) and answer.code != 1213 and len(before) == len(contents(database)):
            assert contents(database) == before, text
    for client in clients:
        client.leave()
    assert not database.store.versions.writers
