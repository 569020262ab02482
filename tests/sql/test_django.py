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
PATIENCE = 120.0
"""How long a command may take, in seconds."""


@pytest.fixture(params=["pymysql", "MySQLdb"])
def dbapi(request: pytest.FixtureRequest) -> str:
    """The driver below Django."""
    driver(request.param)
    return request.param


@pytest.fixture(params=["ours", "reference"])
def server(request: pytest.FixtureRequest) -> Address:
    """A server with an empty database."""
    address: Address = request.getfixturevalue(request.param)
    if request.param == "reference":
        know_zone(address)
    with address.connect() as connection, connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS django")
        cursor.execute("CREATE DATABASE django CHARACTER SET utf8mb4")
    return address


def know_zone(address: Address) -> None:
    """Tell a MariaDB of the project's time zone; it comes without any."""
    with address.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT CONVERT_TZ('2024-01-01', 'UTC', %s)", (ZONE,))
        if cursor.fetchone() != (None,):
            return
    source = Path("/usr/share/zoneinfo") / ZONE
    if not source.exists():
        pytest.skip(f"not installed: {source}")
    command = [program("mariadb-tzinfo-to-sql"), str(source), ZONE]
    statements = subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE).stdout
    client = [program("mariadb"), "--no-defaults", f"--host={address.host}", f"--port={address.port}"]
    client += [f"--user={address.user}", "mysql"]
    subprocess.run(client, input=statements, check=True, capture_output=True, timeout=PATIENCE)


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


def test_migrations_go_forwards_and_backwards(server, dbapi):
    told = manage(server, dbapi, "migrate", "--verbosity=2")
    assert "Applying shop.0003_first_tag... OK" in told
    assert {"auth_user", "django_session", "shop_labels", "shop_product_tags"} <= tables(server)
    assert "No changes detected" in manage(server, dbapi, "makemigrations", "--check")
    assert "No planned migration operations" in manage(server, dbapi, "migrate", "--plan")
    models = manage(server, dbapi, "inspectdb", "shop_product", "shop_line")
    assert "price = models.DecimalField(max_digits=10, decimal_places=2)" in models
    assert "product = models.ForeignKey(ShopProduct, models.DO_NOTHING)" in models
    for app in ("shop", "admin", "auth", "flatpages", "redirects", "sessions", "sites", "contenttypes"):
        manage(server, dbapi, "migrate", app, "zero")
    assert tables(server) == {"django_migrations"}


def test_the_tests_of_the_project_pass(server, dbapi):
    assert "\nOK\n" in manage(server, dbapi, "test", "--noinput")
