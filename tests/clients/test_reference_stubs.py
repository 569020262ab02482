"""Every stub of ``examples/stubs/reference``, the reference file of the format, as a real client sees its answer."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import servers
from conversation import PREPARING, connected, converse
from driver_outcomes import Ago, Done, Late, LoginAs, Lost, Refused, Step
from log_watch import LogWatch
from ruamel.yaml import YAML
from servers import RunningServer

FILE = Path(__file__).parents[2] / "examples/stubs/reference/stubs.yaml"

INSERT = "INSERT INTO orders (user_id, total) VALUES (%s, %s)"
PRODUCTS = [
    ("A1", "Green tea", Decimal("4.50"), 120, "2023-03-01"),
    ("A2", "Cup, large", Decimal("12.00"), 7, "2024-02-29"),
]

CONVERSATIONS: dict[str, list[Step]] = {
    "user by id": [
        ("SELECT id, name FROM users WHERE id = %s", (42,), [(42, "Ada")]),
        ("select `id`, /* whose? */ name from users where id = %s", ("42",), [(42, "Ada")]),
        ("SELECT id, name FROM users WHERE id = %s", (43,), Refused(1105, "HY000")),
    ],
    "health probe, byte for byte": [
        ("/* ping */ SELECT 1", (), [(1,)]),
    ],
    "any order insert": [
        (INSERT, (1, 5), Done(1, 1000)),
        (INSERT, (2, Decimal("9.50")), Done(1, 1001)),
        (INSERT + ", (%s, %s)", (3, 5, 4, 6), Done(1, 1002)),
    ],
    "order by number": [
        ("SELECT * FROM orders WHERE no = 'A-17'", (), [("A-17", "paid", Ago(3600))]),
    ],
    "catalogue reads": [
        ("SELECT * FROM products WHERE sku IN (%s, %s)", ("A1", "A2"), PRODUCTS),
        ("SELECT p.name FROM products AS p WHERE p.sku = %s AND p.price > 1", ("A2",), PRODUCTS),
        ("SELECT * FROM products WHERE sku = %s", ("Z9",), Refused(1105, "HY000")),
    ],
    "reporting user is read only": [
        LoginAs("report", "shop"),
        (INSERT, (1, 5), Refused(1290, "HY000")),
        ("DELETE FROM anything", (), Refused(1290, "HY000")),
        ("SELECT id, name FROM users WHERE id = 42", (), [(42, "Ada")]),
    ],
    "deadlock twice, then succeed": [
        *[("UPDATE stock SET qty = qty - %s WHERE sku = %s", (1, "A1"), Refused(1213, "40001"))] * 2,
        *[("UPDATE stock SET qty = qty - %s WHERE sku = %s", (1, "A1"), Done(1))] * 2,
    ],
    "cart is empty until something is added": [
        ("SELECT sku FROM cart", (), []),
    ],
    "add to cart": [
        ("INSERT INTO cart (sku) VALUES (%s)", ("A1",), Done(1)),
        ("SELECT sku FROM cart", (), Refused(1105, "HY000")),
    ],
    "slow export that dies half way": [
        ("SELECT * FROM audit", (), Late(2.4, Lost(1200))),
    ],
    "jittery search": [
        ("SELECT id FROM articles WHERE MATCH (title) AGAINST (%s)", ("tea",), [(1,)]),
    ],
    "prices, computed": [
        ("CALL price_for(%s)", ("A2",), [("A2", Decimal("12.00"))]),
        ("CALL price_for(%s)", ("Z9",), Refused(1644, "45000")),
        ("CALL price_for(NULL)", (), Refused(1105, "HY000")),
    ],
    "every 10th connection is refused": [
        *[LoginAs("app", "shop")] * 8,  # and the one that each conversation begins with
        LoginAs("app", "shop", Refused(1040, None)),
        *[LoginAs("app", "shop")] * 9,
        LoginAs("app", "shop", Refused(1040, None)),
    ],
}
"""Of each stub, what is said and what the client then has."""


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with the reference file."""
    folder = tmp_path_factory.mktemp("reference")
    seed = folder / "articles.sql"
    seed.write_text(
        "CREATE TABLE shop.articles (id INT PRIMARY KEY, title VARCHAR(80), FULLTEXT (title));\n"
        "INSERT INTO shop.articles VALUES (1, 'Green tea'), (2, 'Cups');\n"
    )
    with servers.started(folder, f"--stubs={FILE}", f"--seed={seed}") as server:
        watch = LogWatch(server)
        yield server
        watch.check()


@pytest.mark.parametrize("prepared", PREPARING)
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_stub_of_the_reference_answers(reference: RunningServer, name: str, prepared: bool) -> None:
    converse(reference, CONVERSATIONS[name], prepared=prepared)
    connection = connected(reference)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answered FROM sockservice.stubs WHERE name = %s", (name,))
        assert cursor.fetchall()[0][0] > 0
    connection.close()


def test_every_stub_of_the_reference_is_tried() -> None:
    assert list(CONVERSATIONS) == [stub["name"] for stub in YAML(typ="safe").load(FILE)["stubs"]]
