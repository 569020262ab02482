"""What clients have after each statement that the files in ``examples/stubs`` answer."""

from __future__ import annotations

import datetime
from decimal import Decimal
from unittest.mock import ANY

from driver_outcomes import Ago, Done, InText, Json, Late, LoginAs, Long, Lost, Refused, Several, Step

USER = "SELECT id, name FROM users WHERE id = %s"
ACCOUNT = "SELECT id, email, password_hash, locked FROM accounts WHERE email = %s"
RESULTS = "it reads only the first of several results"
TAKE = "UPDATE stock SET qty = qty - %s WHERE sku = %s"
LEAP_DAY = datetime.date(2024, 2, 29)
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
    "retry.yaml": [
        (TAKE, (1, "tea"), Refused(1213, "40001")),
        (TAKE, (1, "tea"), Refused(1213, "40001")),
        (TAKE, (1, "tea"), Done(1)),
        (TAKE, (1, "tea"), Done(1)),
        *[("SELECT seconds_behind FROM replica", (), [(seconds,)]) for seconds in (30, 4, 0, 0)],
        *[
            ("INSERT INTO payments (order_no) VALUES (%s)", (no,), Refused(1644, "45000") if no % 3 == 0 else Done(1))
            for no in range(1, 8)
        ],
        ("SELECT theme FROM settings", (), [("dark",)]),
        ("SELECT theme FROM settings", (), [("light",)]),
    ],
    "templates.yaml": [
        ("INSERT INTO orders (customer, total) VALUES (%s, %s)", ("Ada", 5), Done(1, 1000)),
        ("INSERT INTO orders (customer, total) VALUES (%s, %s)", ("Ada", 6), Done(1, 1001)),
        ("SELECT no, customer, placed FROM orders WHERE no = 17", (), [(17, "customer of 17", Ago(3600))]),
        ("SELECT whoami", (), [("app", "shop")]),
        ("SELECT gross FROM prices WHERE net = %s", (Decimal("10.00"),), [(Decimal("11.90"),)]),
        ("INSERT INTO users (name) VALUES (%s)", ("ada",), Refused(1062, "23000")),
        ("SELECT place, celsius FROM thermometers", (), [(ANY, ANY)] * 20),
    ],
    "catalogue.yaml": [
        ("SELECT * FROM products WHERE sku = %s", ("b1",), [("B1", "Cup, large", "china", Decimal("12.00"), LEAP_DAY)]),
        ("SELECT * FROM products WHERE sku = %s", ("Z9",), []),
        (
            "SELECT * FROM products WHERE shelf = %s AND price = %s",
            ("tea", Decimal("9.8")),
            [("A3", "White tea", "tea", Decimal("9.80"), None)],
        ),
        ("SELECT * FROM products", (), [(sku, ANY, ANY, ANY, ANY) for sku in ("A1", "A2", "A3", "B1")]),
        ("SELECT * FROM shops WHERE city = %s", ("Вена",), [(1, "Вена", Json({"mon": "9-18", "sat": None}))]),
    ],
    "functions.yaml": [
        (
            "SELECT carrier, price FROM shipping WHERE grams = %s",
            (1500,),
            [("post", Decimal("3.00")), ("courier", Decimal("13.50"))],
        ),
        ("SELECT carrier, price FROM shipping WHERE grams = %s", (40_000,), Refused(1644, "HY000")),
        ("SELECT days FROM delivery WHERE country = %s", ("AT",), [(2,)]),
        ("SELECT days FROM delivery WHERE country = %s", ("NZ",), [(7,)]),
        (
            "SELECT step, place FROM tracking WHERE parcel = %s",
            (9,),
            [(1, "shop of 9"), (2, "depot of 9"), (3, "van of 9"), (4, "door of 9")],
        ),
    ],
    "procedures.yaml": [
        ("CALL daily_report('2024-02-29')", (), InText(Several(([(3, 512.5)], [("A1", 7), ("A2", 1)])), RESULTS)),
        ("CALL archive_orders(%s)", (2023,), Done(12)),
        ("CALL check_stock()", (), InText(Several(([("A1", 2)],), Refused(1644, "45000")), RESULTS)),
    ],
    "faults.yaml": [
        ("SELECT id, who FROM audit", (), Lost(2)),
        ("SELECT id FROM sorted", (), InText(Refused(1317, "70100"), "it waits for ever for the end of the rows")),
        ("DELETE FROM carts", (), Lost()),
        ("SELECT id FROM articles WHERE body LIKE %s", ("%tea%",), Late(0.1, Refused(3024, "HY000"))),
        ("INSERT INTO notes (text) VALUES (%s)", ("x",), Done(1)),
        ("SHOW WARNINGS", (), [("Warning", ANY, "Data truncated for column 'text' at row 1")]),
        ("UPDATE stock SET qty = %s", (5,), Refused(1213, "40001")),
        ("UPDATE stock SET qty = %s", (5,), Done(1)),
        LoginAs("report", "shop"),
        ("UPDATE stock SET qty = %s", (5,), Refused(1290, "HY000")),
    ],
    "slow.yaml": [
        ("SELECT total FROM report", (), Late(0.15, [(512,)])),
        ("SELECT id FROM search WHERE text = %s", ("tea",), [(1,)]),
        ("SELECT balance FROM account", (), Late(0.01, [(10,)])),
        ("SELECT id FROM orders ORDER BY total", (), Late(0.2, [(1,), (2,), (3,)])),
        ("SELECT page FROM pages", (), Late(0.15, [("a text that comes in pieces",)])),
    ],
    "cart.yaml": [
        ("SELECT sku, qty FROM cart", (), []),
        ("INSERT INTO orders (customer) VALUES (%s)", ("Ada",), Refused(1644, "45000")),
        ("INSERT INTO cart (sku, qty) VALUES (%s, %s)", ("A1", 2), Done(1)),
        ("SELECT * FROM cart", (), [("A1", 2)]),
        ("INSERT INTO orders (customer) VALUES (%s)", ("Ada",), Done(1, 1000)),
        ("SELECT sku, qty FROM cart", (), []),
    ],
    "structure.yaml": [
        ("SELECT p.price FROM products AS p WHERE p.sku IN (%s, %s)", ("A2", "A1"), [("A1", 4.5), ("A2", 12.0)]),
        ("SELECT * FROM products WHERE in_stock AND sku = %s", ("A1",), [("A1", 4.5), ("A2", 12.0)]),
        ("SELECT * FROM products WHERE sku = %s", ("Z9",), []),
        ("SELECT o.no, c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer", (), [(1000, "Ada")]),
        ("UPDATE products SET name = %s, price = %s WHERE sku = %s", ("Tea", 5, "A1"), Refused(1142, "42000")),
        ("UPDATE products SET name = %s WHERE sku = %s", ("Tea", "A1"), Done(1)),
        ("SELECT line FROM log", (), Refused(1104, "42000")),
        ("SELECT line FROM log ORDER BY id DESC LIMIT 10", (), [("started",)]),
    ],
    "values.yaml": [
        ("SELECT name FROM users WHERE id = %s", (42,), [("Ada",)]),
        ("SELECT name FROM users WHERE id = %s", (142,), [("somebody who works here",)]),
        ("SELECT name FROM users WHERE id = %s", (None,), Refused(1048, "23000")),
        ("SELECT name FROM users WHERE id = %s", (43,), []),
        ("INSERT INTO users (name, email) VALUES (%s, %s)", ("Ada", "ada@example.com"), Done(1, 7)),
        ("INSERT INTO users (name, email) VALUES (%s, %s)", ("Ada", "ada@example.org"), Refused(3819, "HY000")),
        ("SELECT id, state FROM orders WHERE id IN (%s, %s, %s)", (1, 2, 3), [(1, "paid")]),
        ("SELECT id, title FROM books WHERE MATCH (title) AGAINST (%s)", ("Emma",), [(1, "Emma")]),
    ],
    "tenants.yaml": [
        LoginAs("app", "acme"),
        ("SELECT name FROM tenant", (), [("ACME",)]),
        ("UPDATE accounts SET balance = balance - %s", (5,), Refused(1644, "45000")),
        ("BEGIN", (), Done()),
        ("UPDATE accounts SET balance = balance - %s", (5,), Done(1)),
        *[("INSERT INTO invoices (total) VALUES (%s)", (5,), Done(1, number)) for number in (1, 2)],
        LoginAs("app@w1", "globex"),
        ("SELECT name FROM tenant", (), [("Globex",)]),
        ("INSERT INTO invoices (total) VALUES (%s)", (5,), Done(1, 1)),
        LoginAs("report", "acme@w2"),
        ("SELECT name FROM tenant", (), [("ACME",)]),
        ("INSERT INTO invoices (total) VALUES (%s)", (5,), Refused(1290, "HY000")),
    ],
    "connections.yaml": [
        LoginAs("intern", "shop", Refused(3118, "HY000")),
        LoginAs("app", "nowhere", Refused(1049, "42000")),
        LoginAs("app", "shop"),
        ("SELECT theme FROM settings", (), Late(0.1, [("dark",)])),
        ("SELECT theme FROM settings", (), [("dark",)]),
        LoginAs("app", "shop"),
        ("SELECT theme FROM settings", (), Late(0.1, [("dark",)])),
        *[("SELECT weather", (), Lost() if call % 3 == 0 else [("rain",)]) for call in range(1, 6)],
    ],
    "volume.yaml": [
        ("SELECT * FROM log", (), [(1, "started"), (2, "stopped")] * 50_000),
        ("SELECT n FROM numbers", (), [(n,) for n in range(1, 10_001)]),
        ("SELECT id, scan FROM documents", (), InText([(1, Long(20))], "it takes each packet of 16 MiB for a row")),
    ],
}
