"""Every fault as two drivers show it to their application: which exception, and what becomes of the connection.

The faults of one server are told apart by the user that each strikes; those that strike before the login have a
server of their own.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import compiled
import pytest
from certificate import write_certificate
from faulty_drivers import BRIEFLY, DRIVERS, ERRORS, Seen
from installed import driver as driver_of
from installed import program, script
from log_watch import TROUBLE
from operations import Lost, Refused
from process_client import ClientProgram, ProcessConnection
from servers import PATIENCE, running

from sockservice.responder.faults.named_faults import FAULTS

NUMBERS, ROWS = "SELECT id FROM numbers", [(0,), (1,), (2,), (3,), (4,)]
INSERT = "INSERT INTO items VALUES (1)"
STUBS: list[Any] = [
    {"when": {"sql": NUMBERS}, "then": {"rows": [{"id": row[0]} for row in ROWS]}},
    {"when": {"sql": INSERT}, "then": {"ok": {"affected_rows": 1}}},
]


@attrs.frozen
class Server:
    """A server with faults.

    Attributes:
        host: its address.
        port: its port.
    """

    host: str
    port: int


@contextmanager
def serving(folder: Path, faults: list[Any], *options: str) -> Iterator[Server]:
    """Run a server with faults, which must not make it log any trouble."""
    log, ready, stubs = folder / "twistd.log", folder / "ready.jsonl", folder / "stubs.yaml"
    stubs.write_text(json.dumps({"version": 1, "stubs": STUBS, "faults": faults}))
    command = [str(Path(sys.executable).with_name("twistd")), "--nodaemon", "--pidfile=", "sockservice", "--port=0"]
    command += [f"--ready-file={ready}", "mysql", f"--stubs={stubs}", "--fallback=error", *options]
    with running(command, folder, log, ready.exists) as process:
        where = json.loads(ready.read_text().splitlines()[0])
        yield Server(where["host"], where["port"])
        process.terminate()
        assert process.wait(PATIENCE) == -signal.SIGTERM
    assert not TROUBLE.search(log.read_text()), log.read_text()


def named(value: Any, **parameters: Any) -> dict[str, Any]:
    """A fault with further parameters, as a stub file has it."""
    if isinstance(value, str):
        return {value: parameters}
    ((name, inside),) = value.items()
    return {name: {**(inside if isinstance(inside, dict) else {FAULTS[name].main: inside}), **parameters}}


# --- errors that leave the connection as it is ------------------------------------------------

ANY, MISSING, BROKEN = "OperationalError", "ProgrammingError", "IntegrityError"

REFUSALS: dict[str, tuple[Any, str, int, str, str, str]] = {
    # what it is called here: fault, statement, code, SQLSTATE, the exception of PyMySQL, that of the connector
    "deadlock": ("deadlock", INSERT, 1213, "40001", ANY, "InternalError"),
    "lock-wait": ({"lock_wait_timeout": "50ms"}, INSERT, 1205, "HY000", ANY, "DatabaseError"),
    "nowait": ("lock_nowait", INSERT, 3572, "HY000", ANY, "DatabaseError"),
    "timeout": ({"query_timeout": "50ms"}, NUMBERS, 3024, "HY000", ANY, "DatabaseError"),
    "read-only": ("read_only", INSERT, 1290, "HY000", ANY, "DatabaseError"),
    "super-read-only": ({"read_only": "super"}, INSERT, 1290, "HY000", ANY, "DatabaseError"),
    "read-only-transaction": ({"read_only": "transaction"}, INSERT, 1792, "25006", ANY, MISSING),
    "read-only-mode": ("read_only_mode", INSERT, 1836, "HY000", ANY, "DatabaseError"),
    "missing": ("table_missing", NUMBERS, 1146, "42S02", MISSING, MISSING),
    "duplicate": ("duplicate", INSERT, 1062, "23000", BROKEN, BROKEN),
    "child": ("fk", INSERT, 1452, "23000", BROKEN, BROKEN),
    "parent": ({"fk": "parent"}, INSERT, 1451, "23000", BROKEN, BROKEN),
    "table-full": ("full", INSERT, 1114, "HY000", ANY, "DatabaseError"),
    "disk-full": ({"full": "disk"}, INSERT, 1021, "HY000", ANY, "DatabaseError"),
    "any-error": ({"error": "ER_SP_DOES_NOT_EXIST"}, NUMBERS, 1305, "42000", ANY, MISSING),
    "killed": ("killed", NUMBERS, 1317, "70100", ANY, "DatabaseError"),
    "mid-result": ({"error_after_rows": 2}, NUMBERS, 1317, "70100", ANY, "DatabaseError"),
    "queries": ({"user_limit": {"resource": "max_queries_per_hour"}}, NUMBERS, 1226, "42000", ANY, MISSING),
    "expired": ("password_expired", NUMBERS, 1820, "HY000", ANY, "DatabaseError"),
}

# --- logins that are refused ------------------------------------------------------------------

LOGINS: dict[str, tuple[Any, int, str, str, str]] = {
    # fault, code, SQLSTATE, the exception of PyMySQL, that of the connector
    "denied": ("access_denied", 1045, "28000", ANY, MISSING),
    "limit": ("user_limit", 1226, "42000", ANY, MISSING),
    "connections": ({"user_limit": {"variant": "connections"}}, 1203, "42000", ANY, MISSING),
    "full-house": ({"too_many_connections": {"place": "auth"}}, 1040, "08004", ANY, ANY),
    "expired-login": ({"password_expired": {"sandbox": False}}, 1862, "HY000", ANY, "DatabaseError"),
    "plain": ("secure_transport_required", 3159, "HY000", ANY, "DatabaseError"),
    "no-database": ("unknown_database", 1049, "42000", ANY, MISSING),
}

# --- connections that end ---------------------------------------------------------------------

LOST = (Seen(ANY, 2013), Seen("InterfaceError", 2013))
TIMED_OUT = (Seen(ANY, 2013), Seen("ReadTimeoutError", 3024))

ENDINGS: dict[str, tuple[Any, tuple[Seen, Seen]]] = {
    # fault, what PyMySQL and the connector raise
    "lost": ("lost_connection", LOST),
    "reset": ({"lost_connection": "rst"}, (Seen(ANY, 2013), Seen(ANY, 2055))),
    "late-lost": ({"lost_connection": {"after_delay": "50ms"}}, LOST),
    "killed-connection": ({"killed": "connection"}, (Seen(ANY, 3169, "HY000"), Seen("DatabaseError", 3169, "HY000"))),
    "shutdown": ("server_shutdown", (Seen(ANY, 1053, "08S01"), Seen(ANY, 1053, "08S01"))),
    "too-large": ("oversized_packet", (Seen(ANY, 1153, "08S01"), Seen(ANY, 1153, "08S01"))),
    "after-rows": ({"disconnect_after_rows": 2}, LOST),
    "after-rows-reset": ({"disconnect_after_rows": {"n": 2, "how": "rst"}}, (Seen(ANY, 2013), Seen(ANY, 2055))),
    "after-bytes": ({"disconnect_after_bytes": 50}, LOST),
    "truncated": ({"truncated_packet": 3}, LOST),
    "truncated-hang": ({"truncated_packet": {"then": "hang"}}, TIMED_OUT),
    "hang": ("hang", TIMED_OUT),
}

# --- all else ---------------------------------------------------------------------------------

OTHERS: dict[str, Any] = {
    "rolled-back": {"deadlock": {"times": 1}},
    "kept-open": {"lock_wait_timeout": {"wait": 0, "times": 1}},
    "gone": {"gone_away": {"times": 1}},
    "gone-idle": {"gone_away": {"idle": "1s"}},
    "gone-politely": {"gone_away": {"polite": True}},
    "late": {"latency": "60ms"},
    "slow": {"slow_rows": "20ms"},
    "waits": {"hang": "150ms"},
    "warned": {"warnings": ["careful", {"message": "Data truncated", "code": 1265}]},
    "huge": {"oversized_packet": 1 << 40},
    "numbered": "wrong_sequence",
    "garbage": {"malformed_packet": {"seed": 1}},
    "length": {"malformed_packet": "length"},
    "count": {"malformed_packet": "column_count"},
    "endless": "missing_eof",
    "other-end": {"missing_eof": True},
    "forgotten": {"unknown_stmt": {"times": 1}},
    "stale": {"need_reprepare": {"times": 1}},
    "new-password": "password_expired",
    "auth-hang": {"hang": {"place": "auth"}},
    "fetch-hang": {"hang": {"place": "fetch", "wait": "200ms"}},
    "close-hang": {"hang": {"place": "close"}},
    "every-other": {"deadlock": {"every": 2}},
    "soon-over": {"deadlock": {"for": "1us"}},
    "chosen": {"deadlock": {"when": {"sql": "INSERT INTO items VALUES (2)"}}},
}


SILENT = {"hang", "truncated-hang", "auth-hang", "close-hang", "huge", "garbage", "length", "count", "endless"}
"""Of all these, what a driver may wait for in vain."""

IN_OTHER_LANGUAGES = ("mysql2", "libmariadb", "mariadb")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has a fault for each user of the tables above, and for each driver one of its own."""
    faults = {name: case[0] for name, case in {**REFUSALS, **LOGINS, **ENDINGS}.items()}
    armed = [
        named(fault, user=f"{name}-{driver}")
        for name, fault in {**faults, **OTHERS}.items()
        for driver in (*(driver.name for driver in DRIVERS), *IN_OTHER_LANGUAGES)
    ]
    with serving(tmp_path_factory.mktemp("faulty"), armed) as server:
        yield server


@pytest.fixture(params=DRIVERS, ids=lambda driver: driver.name)
def driver(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def connect(driver: Any, faulty: Server) -> Iterator[Callable[..., Any]]:
    """Log in as one of the users, so that its fault strikes; closed at the end."""
    opened = []

    def connected(name: str, **more: Any) -> Any:
        if name in SILENT:
            more["patience"] = BRIEFLY
        opened.append(driver.connect(faulty.host, faulty.port, f"{name}-{driver.name}", **more))
        return opened[-1]

    yield connected
    for connection in opened:
        close_quietly(connection)


def close_quietly(connection: Any) -> None:
    """Close a connection that may be broken already."""
    with contextlib.suppress(*ERRORS):
        connection.close()


def raised(driver: Any, act: Callable[[], Any]) -> Seen:
    """What a driver raises."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - a driver's own, which is what is tested
        act()
    return driver.seen(caught.value)


def asked(driver: Any, connection: Any, sql: str) -> Seen:
    """What a driver raises for a statement."""
    return raised(driver, lambda: driver.query(connection, sql))


@pytest.mark.parametrize("name", REFUSALS)
def test_an_error_is_the_drivers_own_exception_and_the_connection_lives_on(driver, connect, name):
    _, sql, code, sqlstate, *kinds = REFUSALS[name]
    connection = connect(name)
    assert asked(driver, connection, sql) == Seen(kinds[DRIVERS.index(driver)], code, sqlstate)
    driver.query(connection, "SET @x = 1")


@pytest.mark.parametrize("name", LOGINS)
def test_a_login_is_refused_with_the_drivers_own_exception(driver, connect, name):
    _, code, sqlstate, *kinds = LOGINS[name]
    seen = raised(driver, lambda: connect(name, database="shop", password="secret"))
    assert seen == Seen(kinds[DRIVERS.index(driver)], code, sqlstate)


@pytest.mark.parametrize("name", ENDINGS)
def test_a_connection_that_ends_cannot_be_used_again(driver, connect, name):
    _, expected = ENDINGS[name]
    connection = connect(name)
    assert asked(driver, connection, NUMBERS) == expected[DRIVERS.index(driver)]
    again = asked(driver, connection, NUMBERS)
    assert again in (driver.closed, Seen("OperationalError", 2013))


def test_a_deadlock_ends_the_transaction_and_succeeds_the_second_time(driver, connect):
    connection = connect("rolled-back")
    driver.query(connection, "BEGIN")
    assert driver.in_transaction(connection)
    assert asked(driver, connection, INSERT).code == 1213
    driver.query(connection, "SET @x = 1")
    assert not driver.in_transaction(connection)
    driver.query(connection, INSERT)


def test_a_lock_wait_timeout_leaves_the_transaction_open(driver, connect):
    connection = connect("kept-open")
    driver.query(connection, "BEGIN")
    assert asked(driver, connection, INSERT).code == 1205
    driver.query(connection, "SET @x = 1")
    assert driver.in_transaction(connection)
    driver.query(connection, INSERT)


@pytest.mark.parametrize("name", ["gone", "gone-idle"])
def test_a_connection_is_gone_when_it_was_idle(driver, connect, name):
    connection = connect(name)
    assert driver.query(connection, NUMBERS) == ROWS
    time.sleep(1.1)
    assert asked(driver, connection, NUMBERS) in (driver.closed, Seen("OperationalError", 2013))


def test_a_connection_that_is_not_idle_stays(driver, connect):
    connection = connect("gone-idle")
    for _ in range(5):
        assert driver.query(connection, NUMBERS) == ROWS
        time.sleep(0.25)


def test_a_connection_is_gone_with_a_word(driver, connect):
    connection = connect("gone-politely")
    assert driver.query(connection, NUMBERS) == ROWS
    time.sleep(0.1)
    # PyMySQL takes the unasked packet, whose number is not the expected one, for a lost connection.
    assert asked(driver, connection, NUMBERS) in (driver.closed, Seen("OperationalError", 2013))


def test_every_answer_is_late(driver, connect):
    started = time.monotonic()
    connection = connect("late")
    assert driver.query(connection, NUMBERS) == ROWS
    assert time.monotonic() - started > 0.12  # SET at the login, and the statement


@pytest.mark.parametrize(("name", "least"), [("slow", 0.1), ("waits", 0.15)])
def test_an_answer_that_is_slow_comes_whole(driver, connect, name, least):
    connection = connect(name)
    started = time.monotonic()
    assert driver.query(connection, NUMBERS) == ROWS
    assert time.monotonic() - started > least


def test_warnings_are_counted_and_listed_until_the_next_statement(driver, connect):
    connection = connect("warned")
    assert driver.query(connection, NUMBERS) == ROWS
    assert driver.query(connection, "SHOW WARNINGS") == [
        ("Warning", 1105, "careful"),
        ("Warning", 1265, "Data truncated"),
    ]
    driver.query(connection, "SET @x = 1")
    assert driver.query(connection, "SHOW WARNINGS") == []


def test_a_packet_without_end_is_not_read_to_its_end(driver, connect):
    seen = asked(driver, connect("huge"), NUMBERS)
    assert seen.kind in ("OperationalError", "ReadTimeoutError", "InternalError", "InterfaceError"), seen


def test_packets_out_of_order_are_refused_by_who_looks(driver, connect):
    connection = connect("numbered")
    if driver.name == "pymysql":
        assert "Packet sequence number wrong" in asked(driver, connection, NUMBERS).code
    else:
        assert driver.query(connection, NUMBERS) == ROWS  # the connector does not look


@pytest.mark.parametrize("name", ["garbage", "length", "count", "endless"])
def test_an_answer_that_is_none_is_an_exception_of_some_kind(driver, connect, name):
    asked(driver, connect(name), NUMBERS)


def test_the_form_of_the_end_that_was_not_agreed(driver, connect):
    connection = connect("other-end")
    if driver.name == "pymysql":
        assert driver.query(connection, NUMBERS) == ROWS  # it looks at the first byte only
    else:
        assert asked(driver, connection, NUMBERS).kind == "InterfaceError"


def test_an_expired_password_can_be_renewed(driver, connect):
    connection = connect("new-password")
    assert asked(driver, connection, NUMBERS).code == 1820
    driver.query(connection, "ALTER USER USER() IDENTIFIED BY 'new'")
    assert driver.query(connection, NUMBERS) == ROWS


def test_a_login_that_never_ends_is_timed_out(driver, connect):
    assert raised(driver, lambda: connect("auth-hang")).code in (2013, 3024)


def test_a_connection_that_is_never_closed_is_let_go(driver, connect):
    connection = connect("close-hang")
    assert driver.query(connection, NUMBERS) == ROWS
    started = time.monotonic()
    close_quietly(connection)
    assert time.monotonic() - started < 15 * BRIEFLY


def test_every_other_statement_is_struck(driver, connect):
    connection = connect("every-other")
    for _ in range(2):
        driver.query(connection, INSERT)
        assert asked(driver, connection, INSERT).code == 1213


def test_a_window_that_is_over_lets_all_pass(driver, connect):
    driver.query(connect("soon-over"), INSERT)


def test_when_chooses_the_statements(driver, connect):
    connection = connect("chosen")
    driver.query(connection, INSERT)
    assert asked(driver, connection, "INSERT INTO items VALUES (2)").code == 1213


@pytest.mark.parametrize(("name", "code"), [("forgotten", 1243), ("stale", 1615)])
def test_a_prepared_statement_fails_when_it_is_executed(faulty, name, code):
    connector = DRIVERS[1]
    connection = connector.connect(faulty.host, faulty.port, f"{name}-connector")
    cursor = connection.cursor(prepared=True)
    with pytest.raises(Exception) as caught:  # noqa: PT011 - the driver's own, compared below
        cursor.execute(NUMBERS)
    assert connector.seen(caught.value).code == code
    cursor.execute(NUMBERS)
    assert cursor.fetchall() == ROWS
    connection.close()


# --- faults before the login: a server each ---------------------------------------------------


@pytest.fixture
def serve(tmp_path: Path) -> Callable[..., Any]:
    """Run a server with faults; ``options`` are those of ``mysql``."""
    return lambda *faults, options=(): serving(tmp_path, list(faults), *options)


TLS: tuple[dict[str, Any], dict[str, Any]] = (
    {"ssl_disabled": False, "ssl": {"check_hostname": False}},
    {"ssl_disabled": False, "ssl_verify_cert": False},
)
"""What has the two drivers use TLS, whatever the certificate."""


def refused(driver: Any, server: Server, **more: Any) -> Seen:
    """What a driver raises when it connects."""
    return raised(driver, lambda: driver.connect(server.host, server.port, "app", **more))


def test_too_many_connections_in_place_of_the_greeting(serve):
    with serve("too_many_connections") as server:
        for driver in DRIVERS:
            seen = refused(driver, server)
            # Which class of error it is, the connector knows by the SQLSTATE alone.
            assert seen == Seen("OperationalError" if driver.name == "pymysql" else "DatabaseError", 1040)
            assert seen.message == "Too many connections"  # no SQLSTATE has got into it


def test_too_many_connections_are_really_counted(serve):
    with serve({"too_many_connections": {"limit": 2}}) as server:
        first = DRIVERS[0].connect(server.host, server.port, "app")
        second = DRIVERS[1].connect(server.host, server.port, "app")
        assert [refused(driver, server).code for driver in DRIVERS] == [1040, 1040]
        first.close()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                third = DRIVERS[0].connect(server.host, server.port, "app")
            except Exception:
                time.sleep(0.02)
                continue
            break
        for connection in (second, third):
            connection.close()


def test_every_third_connection_is_refused(serve):
    with serve({"too_many_connections": {"every": 3}}) as server:
        outcomes = []
        for _ in range(6):
            try:
                DRIVERS[0].connect(server.host, server.port, "app").close()
                outcomes.append(0)
            except Exception as error:
                outcomes.append(DRIVERS[0].seen(error).code)
        assert outcomes == [0, 0, 1040] * 2


def test_a_host_is_blocked(serve):
    with serve("host_blocked") as server:
        for driver in DRIVERS:
            seen = refused(driver, server)
            assert seen.code == 1129
            assert seen.message.startswith("Host '127.0.0.1' is blocked")


@pytest.mark.parametrize("place", ["connect", "greeting"])
def test_a_greeting_that_never_comes_is_timed_out(serve, place):
    with serve({"hang": {"place": place}}) as server:
        for driver in DRIVERS:
            assert refused(driver, server, patience=BRIEFLY).code in (2003, 2013, 2055, 3024)


def test_a_greeting_that_is_late(serve):
    with serve({"hang": {"place": "greeting", "wait": "200ms"}}) as server:
        for driver in DRIVERS:
            started = time.monotonic()
            driver.connect(server.host, server.port, "app").close()
            assert time.monotonic() - started > 0.2


@pytest.mark.parametrize("driver", DRIVERS, ids=lambda driver: driver.name)
def test_a_shutdown_refuses_connections_for_a_while(serve, driver):
    with serve({"server_shutdown": {"refuse_for": "2s", "times": 1}}) as server:
        connection = driver.connect(server.host, server.port, "app")
        assert asked(driver, connection, NUMBERS).code == 1053
        assert refused(driver, server).code in (2003, 2013, 2055)
        time.sleep(2)
        again = driver.connect(server.host, server.port, "app")
        assert driver.query(again, NUMBERS) == ROWS
        again.close()


@pytest.mark.parametrize(
    "fault",
    [
        "auth_switch",
        {"auth_switch": {"plugin": "caching_sha2_password", "full_auth": True}},
        {"auth_switch": {"plugin": "", "full_auth": True}},
    ],
    ids=str,
)
def test_a_client_goes_along_with_another_plugin(serve, fault):
    with serve(fault, options=("--account=app:secret", "--tls=self-signed")) as server:
        for driver, tls in zip(DRIVERS, TLS, strict=True):
            connection = driver.connect(server.host, server.port, "app", password="secret", **tls)
            assert driver.query(connection, NUMBERS) == ROWS
            connection.close()
            assert refused(driver, server, password="wrong", **tls).code == 1045


def test_a_client_does_not_know_a_plugin(serve):
    with serve("auth_plugin", options=("--account=app:secret",)) as server:
        kinds = [refused(driver, server, password="secret") for driver in DRIVERS]
        assert "authentication_unheard_of" in kinds[0].message
        assert kinds[1].kind in ("NotSupportedError", "ProgrammingError")


def test_tls_is_refused(serve):
    with serve("tls_refused", options=("--tls=self-signed",)) as server:
        pymysql, connector = DRIVERS
        assert refused(pymysql, server, **TLS[0]).code in (2003, 2026)
        connection = connector.connect(server.host, server.port, "app", **TLS[1])
        assert connector.query(connection, "SHOW STATUS LIKE 'Ssl_cipher'") == [("Ssl_cipher", "")]  # it does without
        connection.close()


@pytest.mark.parametrize("flaw", ["expired", "wrong_host"])
def test_a_bad_certificate_is_refused_by_who_looks_at_it(serve, flaw, tmp_path):
    with serve({"bad_cert": flaw}, options=("--tls=self-signed",)) as server:
        pymysql, connector = DRIVERS
        assert refused(pymysql, server, ssl_disabled=False, ssl={"ca": "", "check_hostname": True}).code == 2003
        trusted = str(write_certificate(tmp_path))
        looks = {"ssl_disabled": False, "ssl_ca": trusted, "ssl_verify_cert": True, "ssl_verify_identity": True}
        seen = refused(connector, server, **looks)
        assert seen.code in (2026, 2055)  # the second by the connector that is all in Python
        assert "certificate verify failed" in seen.message


def test_a_connection_of_a_pool_meets_a_fault_that_is_armed_later(serve):
    with serve() as server:
        for driver in DRIVERS:
            pooled, control = (driver.connect(server.host, server.port, "app") for _ in range(2))
            assert driver.query(pooled, NUMBERS) == ROWS
            driver.query(control, "CALL sockservice.fault('deadlock', '{times: 1}')")
            assert asked(driver, pooled, NUMBERS).code == 1213
            assert driver.query(pooled, NUMBERS) == ROWS
            (listed,) = driver.query(control, "SELECT name, struck, remaining FROM sockservice.faults")
            assert listed == ("deadlock", 1, 0)
            driver.query(control, "CALL sockservice.unfault()")
            for connection in (pooled, control):
                connection.close()


# --- drivers in other languages ---------------------------------------------------------------


@contextmanager
def client(command: list[str]) -> Iterator[ClientProgram]:
    """A client that is a program."""
    running_client = ClientProgram(command)
    yield running_client
    running_client.end()


@pytest.fixture(scope="module")
def mysql2() -> Iterator[ClientProgram]:
    with client(script(program("node"), Path(__file__).with_name("programs") / "mysql2.js")) as running_client:
        yield running_client


def log_in(driver: ClientProgram, server: Server, user: str) -> ProcessConnection:
    """A connection of a program, whatever it is written in."""
    return ProcessConnection(driver, host=server.host, port=server.port, user=user, password="x", database=None)


def test_mysql2_reads_the_error_in_place_of_the_greeting(serve, mysql2):
    with serve("too_many_connections") as server, pytest.raises(Refused) as caught:
        log_in(mysql2, server, "app")
    assert (caught.value.code, caught.value.message) == (1040, "Too many connections")


@pytest.mark.parametrize("name", ["deadlock", "duplicate", "mid-result"])
def test_mysql2_sees_an_error(faulty, mysql2, name):
    _, sql, code, sqlstate, *_ = REFUSALS[name]
    connection = log_in(mysql2, faulty, f"{name}-mysql2")
    with pytest.raises(Refused) as caught:
        connection.query(sql)
    assert (caught.value.code, caught.value.sqlstate) == (code, sqlstate)
    connection.query("SELECT CONNECTION_ID()")
    connection.close()


@pytest.mark.parametrize("name", ["lost", "after-rows", "truncated"])
def test_mysql2_loses_its_connection(faulty, mysql2, name):
    connection = log_in(mysql2, faulty, f"{name}-mysql2")
    with pytest.raises(Lost):
        connection.query(NUMBERS)


@pytest.mark.parametrize(("name", "code"), [("forgotten", 1243), ("stale", 1615)])
def test_mysql2_executes_a_statement_that_the_server_has_forgotten(faulty, mysql2, name, code):
    connection = log_in(mysql2, faulty, f"{name}-mysql2")
    with pytest.raises(Refused) as caught:
        connection.execute(NUMBERS)
    assert caught.value.code == code
    assert len(connection.execute(NUMBERS).rows) == 5
    connection.close()


def test_rows_that_a_cursor_fetches_are_late_in_libmariadb(faulty, tmp_path):
    with client(compiled.c("libmariadb.c", tmp_path)) as driver:
        connection = log_in(driver, faulty, "fetch-hang-libmariadb")
        assert min(seconds_of(lambda: connection.query(NUMBERS)) for _ in range(5)) < 0.2
        assert seconds_of(lambda: connection.cursor(NUMBERS, (), 2)) > 0.2
        connection.close()


def test_rows_that_a_cursor_fetches_are_late_in_connector_python(faulty):
    mariadb, cursors = driver_of("mariadb"), driver_of("mariadb.constants.CURSOR")
    with mariadb.connect(host=faulty.host, port=faulty.port, user="fetch-hang-mariadb") as connection:
        cursor = connection.cursor(cursor_type=cursors.READ_ONLY, prefetch_size=2)
        assert seconds_of(lambda: (cursor.execute(NUMBERS, ()), list(cursor))) > 0.2
        cursor.close()


def seconds_of(act: Callable[[], Any]) -> float:
    """How long something takes."""
    started = time.monotonic()
    act()
    return time.monotonic() - started
