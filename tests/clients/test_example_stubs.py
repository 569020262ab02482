"""The files in ``examples/stubs`` answer as they say, to clients that prepare and to clients that do not.

A further example is one more entry of ``EXAMPLES``.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
import servers
from conftest import LogWatch
from installed import driver
from servers import RunningServer

connector = driver("mysql.connector")

FOLDER, DOCS = (Path(__file__).parents[2] / folder for folder in ("examples/stubs", "docs"))


@attrs.frozen
class Done:
    """Success without rows."""

    affected_rows: int = 0
    last_insert_id: int = 0


@attrs.frozen
class Refused:
    """An error."""

    code: int
    sqlstate: str


Rows = list[tuple[Any, ...]]
Step = tuple[str, tuple[Any, ...], Rows | Done | Refused]
"""A statement with ``%s`` for each parameter, the parameters, and what the client then has."""

USER = "SELECT id, name FROM users WHERE id = %s"
ACCOUNT = "SELECT id, email, password_hash, locked FROM accounts WHERE email = %s"
BOOKS = "SELECT id, title FROM books ORDER BY id LIMIT %s OFFSET %s"

EXAMPLES: dict[str, list[Step]] = {
    "shop.yaml": [
        (USER, (42,), [(42, "Grace Hopper")]),
        (USER, (43,), []),
        ("INSERT INTO orders (user_id, total) VALUES (%s, %s)", (42, Decimal("9.50")), Done(1, 1009)),
        ("UPDATE stock SET qty = qty - %s WHERE sku = %s", (1, "tea"), Refused(1213, "40001")),
        ("DELETE FROM users", (), Refused(1142, "42000")),
    ],
    "login.yaml": [
        (ACCOUNT, ("nobody@example.com",), []),
        (ACCOUNT, ("charles@example.com",), [(2, "charles@example.com", bytes(20), 1)]),
        (
            ACCOUNT,
            ("ada@example.com",),
            [(1, "ada@example.com", bytes.fromhex("5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8"), 0)],
        ),
        (
            "SELECT role, granted FROM account_roles WHERE account_id = %s ORDER BY role",
            (1,),
            [("author", datetime.date(2024, 2, 29)), ("reader", datetime.date(2023, 11, 5))],
        ),
        ("UPDATE accounts SET last_login = CURRENT_TIMESTAMP WHERE id = %s", (1,), Done(1)),
    ],
    "pages.yaml": [
        ("SELECT COUNT(*) AS total FROM books", (), [(7,)]),
        (BOOKS, (3, 0), [(1, "Emma"), (2, "Dracula"), (3, "Ulysses")]),
        (BOOKS, (3, 3), [(4, "Middlemarch"), (5, "Lolita"), (6, "Кысь")]),
        (BOOKS, (3, 6), [(7, "Solaris")]),
        (BOOKS, (3, 9), []),
    ],
    "errors.yaml": [
        ("INSERT INTO users (name) VALUES (%s)", ("ada",), Refused(1062, "23000")),
        ("INSERT INTO orders (customer_id) VALUES (%s)", (5,), Refused(1452, "23000")),
        ("INSERT INTO notes (text) VALUES (%s)", ("x" * 1000,), Refused(1406, "22001")),
        ("UPDATE stock SET quantity = quantity - %s WHERE sku = %s", (1, "tea"), Refused(1213, "40001")),
        ("SELECT balance FROM wallets WHERE id = %s FOR UPDATE", (1,), Refused(1205, "HY000")),
        ("SELECT id FROM invoices", (), Refused(1146, "42S02")),
        ("DELETE FROM users", (), Refused(1290, "HY000")),
        ("UPDATE coupons SET spent = TRUE WHERE code = %s", ("SPRING",), Refused(1644, "45000")),
    ],
    "migrations.yaml": [
        ("SELECT version FROM schema_migrations ORDER BY version DESC LIMIT 1", (), [("41",)]),
        ("CREATE TABLE posts (id INT PRIMARY KEY, body TEXT)", (), Done()),
        ("ALTER TABLE users ADD COLUMN email VARCHAR(255)", (), Refused(1060, "42S21")),
        ("ALTER TABLE users ADD COLUMN phone VARCHAR(20)", (), Done()),
        ("INSERT INTO schema_migrations (version) VALUES (%s)", ("42",), Done(1)),
    ],
}


PREPARING = [pytest.param(False, id="inlined"), pytest.param(True, id="prepared")]


@pytest.fixture(scope="module", params=EXAMPLES)
def example(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, str]]:
    """A server with one example, and the name of that."""
    name = request.param
    with servers.sockservice(tmp_path_factory.mktemp("example"), stubs=FOLDER / name) as server:
        watch = LogWatch(server)
        yield server, name
        watch.check()


@pytest.mark.parametrize("prepared", PREPARING)
def test_an_example_answers_as_it_says(example: tuple[RunningServer, str], prepared: bool) -> None:
    server, name = example
    connection = connector.connect(**server.settings, use_pure=True, ssl_disabled=True)
    for statement, params, expected in EXAMPLES[name]:
        with connection.cursor(prepared=prepared) as cursor:  # the driver's keeps the columns of the one before
            assert (statement, have(cursor, statement, params)) == (statement, expected)
    connection.close()


def test_every_example_is_tried() -> None:
    assert sorted(EXAMPLES) == sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.yaml"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_in_the_documentation(name: str) -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md"))
    assert f"examples/stubs/{name}\n:language: yaml" in pages


def have(cursor: Any, statement: str, params: tuple[Any, ...]) -> Rows | Done | Refused:
    """What the client has after a statement."""
    try:
        cursor.execute(statement, params)
        if cursor.description is None:
            return Done(cursor.rowcount, cursor.lastrowid or 0)
        rows = cursor.fetchall()
    except connector.Error as error:
        return Refused(error.errno, error.sqlstate)
    return [tuple(bytes(cell) if isinstance(cell, bytearray) else cell for cell in row) for row in rows]
