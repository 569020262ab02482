"""A project of Django's on our server and on a real MariaDB: its migrations both ways, and the tests of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from installed import driver, program
from outcomes import Address

driver("django")

PROJECT = Path(__file__).with_name("django_project")
ZONE = "Europe/Berlin"
PATIENCE = 300.0
"""How long a command may take, in seconds."""


@pytest.fixture(scope="module")
def reference_with_zone(reference: Address) -> Address:
    """A MariaDB that knows the project's time zone; it comes without any."""
    source = Path("/usr/share/zoneinfo") / ZONE
    if not source.exists():
        pytest.skip(f"not installed: {source}")
    command = [program("mariadb-tzinfo-to-sql"), str(source), ZONE]
    statements = subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE).stdout
    client = [program("mariadb"), "--no-defaults", f"--host={reference.host}", f"--port={reference.port}"]
    client += [f"--user={reference.user}", "mysql"]
    subprocess.run(client, input=statements, check=True, capture_output=True, timeout=PATIENCE)
    return reference


@pytest.fixture(params=["ours pymysql", "ours MySQLdb", "reference_with_zone pymysql"])
def where(request: pytest.FixtureRequest) -> tuple[Address, str]:
    """A server with an empty database, and the driver below Django."""
    server, dbapi = request.param.split()
    driver(dbapi)
    address: Address = request.getfixturevalue(server)
    with address.connect() as connection, connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS django")
        cursor.execute("CREATE DATABASE django CHARACTER SET utf8mb4")
    return address, dbapi


def manage(address: Address, dbapi: str, *arguments: str) -> str:
    """Run a command of Django's; what it tells."""
    place = {"HOST": address.host, "PORT": str(address.port), "USER": address.user, "PASSWORD": address.password}
    django = {"DRIVER": dbapi, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        env={**os.environ, **place, **django, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def tables(address: Address) -> set[str]:
    """The names of all tables of the project."""
    with address.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW TABLES FROM django")
        return {name for (name,) in cursor.fetchall()}


def test_migrations_go_forwards_and_backwards(where):
    told = manage(*where, "migrate", "--verbosity=2")
    assert "Applying shop.0003_first_tag... OK" in told
    assert {"auth_user", "django_session", "shop_labels", "shop_product_tags"} <= tables(where[0])
    assert "No changes detected" in manage(*where, "makemigrations", "--check")
    assert "No planned migration operations" in manage(*where, "migrate", "--plan")
    models = manage(*where, "inspectdb", "shop_product", "shop_line")
    assert "price = models.DecimalField(max_digits=10, decimal_places=2)" in models
    assert "product = models.ForeignKey(ShopProduct, models.DO_NOTHING)" in models
    # What depends on them goes with them.
    for app in ("contenttypes", "sites", "sessions"):
        manage(*where, "migrate", app, "zero")
    assert tables(where[0]) == {"django_migrations"}


def test_the_tests_of_the_project_pass(where):
    assert "\nOK\n" in manage(*where, "test", "--noinput")
