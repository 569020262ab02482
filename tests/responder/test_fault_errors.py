"""Faults that are errors of statements: code, SQLSTATE and text, and what they do to the session.

The sources: MySQL's numbers and names are those of ``mysql.connector.errorcode``, Oracle's own table, and of
``pymysql.constants.ER``; MySQL's states and texts those of the MySQL 8.4 error message reference; MariaDB's were all
seen on a MariaDB 10.11, and its numbers and texts are asked of ``perror`` where that is installed.
"""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from faulted import Scene, fault, on_mariadb
from twisted.internet.defer import Deferred

from sockservice.answers import Error

INSERT = "INSERT INTO users VALUES (1)"
DELETE = "DELETE FROM users"
READ_ONLY = "The {} server is running with the --read-only option so it cannot execute this statement"
PARENT = "Cannot delete or update a parent row: a foreign key constraint fails "
CHILD = "Cannot add or update a child row: a foreign key constraint fails "

ERRORS = [
    # fault, statement, MySQL's name, code, SQLSTATE, text
    ("deadlock", DELETE, "ER_LOCK_DEADLOCK", 1213, "40001",
     "Deadlock found when trying to get lock; try restarting transaction"),
    ({"lock_wait_timeout": 0}, DELETE, "ER_LOCK_WAIT_TIMEOUT", 1205, "HY000",
     "Lock wait timeout exceeded; try restarting transaction"),
    ("lock_nowait", DELETE, "ER_LOCK_NOWAIT", 3572, "HY000",
     "Statement aborted because lock(s) could not be acquired immediately and NOWAIT is set."),
    ("query_timeout", DELETE, "ER_QUERY_TIMEOUT", 3024, "HY000",
     "Query execution was interrupted, maximum statement execution time exceeded"),
    ("read_only", DELETE, "ER_OPTION_PREVENTS_STATEMENT", 1290, "HY000", READ_ONLY.format("MySQL")),
    ({"read_only": "super"}, DELETE, "ER_OPTION_PREVENTS_STATEMENT", 1290, "HY000",
     READ_ONLY.format("MySQL").replace("--read-only", "--super-read-only")),
    ({"read_only": "transaction"}, DELETE, "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION", 1792, "25006",
     "Cannot execute statement in a READ ONLY transaction"),
    ({"read_only": "mode"}, DELETE, "ER_READ_ONLY_MODE", 1836, "HY000", "Running in read-only mode"),
    ("read_only_mode", DELETE, "ER_READ_ONLY_MODE", 1836, "HY000", "Running in read-only mode"),
    ("unknown_stmt", DELETE, "ER_UNKNOWN_STMT_HANDLER", 1243, "HY000",
     "Unknown prepared statement handler (?) given to mysqld_stmt_execute"),
    ("need_reprepare", DELETE, "ER_NEED_REPREPARE", 1615, "HY000", "Prepared statement needs to be re-prepared"),
    ("table_missing", "SELECT * FROM users", "ER_NO_SUCH_TABLE", 1146, "42S02", "Table 'shop.users' doesn't exist"),
    ({"table_missing": "nix"}, "SELECT * FROM other.users", "ER_NO_SUCH_TABLE", 1146, "42S02",
     "Table 'other.nix' doesn't exist"),
    ("duplicate", INSERT, "ER_DUP_ENTRY", 1062, "23000", "Duplicate entry '1' for key 'users.PRIMARY'"),
    ({"duplicate": {"entry": "a@b", "key": "users.email"}}, INSERT, "ER_DUP_ENTRY", 1062, "23000",
     "Duplicate entry 'a@b' for key 'users.email'"),
    ("fk", DELETE, "ER_ROW_IS_REFERENCED_2", 1451, "23000",
     PARENT + "(`shop`.`users_items`, CONSTRAINT `users_items_ibfk_1` FOREIGN KEY (`users_id`) REFERENCES "
     "`users` (`id`))"),
    ("fk", INSERT, "ER_NO_REFERENCED_ROW_2", 1452, "23000",
     CHILD + "(`shop`.`users`, CONSTRAINT `users_ibfk_1` FOREIGN KEY (`parent_id`) REFERENCES `parent` (`id`))"),
    ({"fk": {"variant": "parent", "constraint": "x"}}, INSERT, "ER_ROW_IS_REFERENCED_2", 1451, "23000",
     "Cannot delete or update a parent row: a foreign key constraint fails (x)"),
    ("full", INSERT, "ER_RECORD_FILE_FULL", 1114, "HY000", "The table 'users' is full"),
    ({"full": "disk"}, INSERT, "ER_DISK_FULL", 1021, "HY000",
     "Disk full (/tmp/users); waiting for someone to free some space... (errno: 28 - No space left on device)"),
    ({"error": "ER_SP_DOES_NOT_EXIST"}, "CALL p()", "ER_SP_DOES_NOT_EXIST", 1305, "42000", None),
    ({"error": {"code": 1644, "message": "no"}}, "CALL p()", "ER_SIGNAL_EXCEPTION", 1644, "HY000", "no"),
    ("killed", DELETE, "ER_QUERY_INTERRUPTED", 1317, "70100", "Query execution was interrupted"),
    ("too_many_connections", "", "ER_CON_COUNT_ERROR", 1040, "08004", "Too many connections"),
    ("user_limit", "", "ER_USER_LIMIT_REACHED", 1226, "42000",
     "User 'tester' has exceeded the 'max_user_connections' resource (current value: 1)"),
    ({"user_limit": {"variant": "connections"}}, "", "ER_TOO_MANY_USER_CONNECTIONS", 1203, "42000",
     "User tester already has more than 'max_user_connections' active connections"),
    ("access_denied", "", "ER_ACCESS_DENIED_ERROR", 1045, "28000",
     "Access denied for user 'tester'@'127.0.0.1' (using password: YES)"),
    ({"access_denied": {"with_password": False}}, "", "ER_ACCESS_DENIED_ERROR", 1045, "28000",
     "Access denied for user 'tester'@'127.0.0.1' (using password: NO)"),
    ("host_blocked", "", "ER_HOST_IS_BLOCKED", 1129, "HY000",
     "Host '127.0.0.1' is blocked because of many connection errors; unblock with 'mysqladmin flush-hosts'"),
    ("password_expired", "SELECT 1", "ER_MUST_CHANGE_PASSWORD", 1820, "HY000",
     "You must reset your password using ALTER USER statement before executing this statement."),
    ({"password_expired": {"sandbox": False}}, "", "ER_MUST_CHANGE_PASSWORD_LOGIN", 1862, "HY000",
     "Your password has expired. To log in you must change it using a client that supports expired passwords."),
    ("secure_transport_required", "", "ER_SECURE_TRANSPORT_REQUIRED", 3159, "HY000",
     "Connections using insecure transport are prohibited while --require_secure_transport=ON."),
    ("unknown_database", "USE `nix`;", "ER_BAD_DB_ERROR", 1049, "42000", "Unknown database 'nix'"),
]  # fmt: skip

ON_MARIADB = [
    # fault, statement, code, SQLSTATE, text: as MariaDB 10.11 sends them
    ("deadlock", DELETE, 1213, "40001", "Deadlock found when trying to get lock; try restarting transaction"),
    ("lock_nowait", DELETE, 1205, "HY000", "Lock wait timeout exceeded; try restarting transaction"),
    ("query_timeout", DELETE, 1969, "70100", "Query execution was interrupted (max_statement_time exceeded)"),
    ("read_only", DELETE, 1290, "HY000", READ_ONLY.format("MariaDB")),
    ("duplicate", INSERT, 1062, "23000", "Duplicate entry '1' for key 'PRIMARY'"),
    ({"full": "disk"}, INSERT, 1021, "HY000",
     'Disk full (/tmp/users); waiting for someone to free some space... (errno: 28 "No space left on device")'),
    ("host_blocked", "", 1129, "HY000",
     "Host '127.0.0.1' is blocked because of many connection errors; unblock with 'mariadb-admin flush-hosts'"),
    ("password_expired", "SELECT 1", 1820, "HY000", "You must SET PASSWORD before executing this statement"),
    ({"password_expired": {"sandbox": False}}, "", 1862, "HY000",
     "Your password has expired. To log in you must change it using a client that supports expired passwords"),
    ("secure_transport_required", "", 1045, "28000",
     "Access denied for user 'tester'@'127.0.0.1' (using password: YES)"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text", "name", "code", "sqlstate", "message"), ERRORS, ids=str)
def test_the_error_is_mysqls(value, text, name, code, sqlstate, message):
    del name
    answer = Scene().apply(value, text)
    assert isinstance(answer, Error)
    assert (answer.code, answer.sqlstate) == (code, sqlstate)
    assert message is None or answer.message == message


@pytest.mark.parametrize(("name", "code"), sorted({entry[2:4] for entry in ERRORS}))
def test_drivers_know_the_number_by_the_same_name(name, code):
    errorcode = pytest.importorskip("mysql.connector.errorcode")
    numbers = pytest.importorskip("pymysql.constants.ER")
    known = {getattr(errorcode, name, None), getattr(numbers, name.removeprefix("ER_"), None)} - {None}
    assert known == {code}


@pytest.mark.parametrize(("value", "text", "code", "sqlstate", "message"), ON_MARIADB, ids=str)
def test_the_error_is_mariadbs_where_the_server_is_one(value, text, code, sqlstate, message):
    assert on_mariadb().apply(value, text) == Error(code, sqlstate, message)


@pytest.mark.skipif(shutil.which("perror") is None, reason="perror is not installed")
@pytest.mark.parametrize(
    ("value", "text", "code"), [(value, text, code) for value, text, code, *_ in ON_MARIADB], ids=str
)
def test_mariadbs_own_table_has_the_text(value, text, code):
    shown = subprocess.run(["perror", str(code)], capture_output=True, text=True, check=True).stdout
    line = next((line for line in shown.splitlines() if "MariaDB error code" in line), None)
    if line is None:
        pytest.skip("perror is not MariaDB's")
    template = line.split(": ", 1)[1]
    pattern = re.sub(
        r"%(?:-?\.?\d*[a-zA-Z])", ".+", re.escape(template).replace(r"\%", "%").replace(r"\-", "-").replace(r"\.", ".")
    )
    assert re.fullmatch(pattern, on_mariadb().apply(value, text).message)


@pytest.mark.parametrize(
    ("value", "struck", "passed"),
    [
        (
            "deadlock",
            ["SELECT * FROM t", "UPDATE t SET a = 1", "CALL p()"],
            ["COMMIT", "SET a = 1", "SELECT @@version"],
        ),
        ("lock_wait_timeout", ["SELECT 1 FROM t FOR UPDATE"], ["BEGIN", "SHOW TABLES"]),
        ("query_timeout", ["SELECT SLEEP(9)"], ["SET NAMES utf8mb4"]),
        ("read_only", ["INSERT INTO t VALUES (1)", "CREATE TABLE t (a INT)"], ["SELECT * FROM t", "COMMIT"]),
        ("read_only_mode", ["UPDATE t SET a = 1"], ["SELECT * FROM t"]),
        ("table_missing", ["SELECT * FROM t", "DELETE FROM t"], ["SELECT 1", "SELECT DATABASE()"]),
        ("duplicate", ["INSERT INTO t VALUES (1)", "UPDATE t SET a = 1"], ["DELETE FROM t", "SELECT * FROM t"]),
        ("fk", ["INSERT INTO t VALUES (1)", "DELETE FROM t"], ["CREATE TABLE t (a INT)", "SELECT * FROM t"]),
        ("full", ["INSERT INTO t VALUES (1)", "ALTER TABLE t ADD a INT"], ["DELETE FROM t", "SELECT * FROM t"]),
        ({"error": 1105}, ["SELECT 1", "COMMIT"], ["SET NAMES utf8mb4"]),
        ("killed", ["SELECT 1", "COMMIT"], ["SET NAMES utf8mb4"]),
    ],
    ids=str,
)
def test_each_strikes_the_statements_that_could_meet_it(value, struck, passed):
    scene = Scene()
    scene.arm(value)
    assert all(scene.struck(text) for text in struck)
    assert all(scene.struck(text, command="execute") for text in struck)
    assert not any(scene.struck(text) for text in passed)
    assert not any(scene.struck(text, command=command) for text in struck for command in ("prepare", "ping", "auth"))


@pytest.mark.parametrize("name", ["unknown_stmt", "need_reprepare"])
def test_what_is_wrong_with_a_prepared_statement_shows_when_it_is_executed(name):
    scene = Scene()
    scene.arm(name)
    assert scene.struck("DELETE FROM t", command="execute")
    assert not scene.struck("DELETE FROM t", command="query")
    assert not scene.struck("DELETE FROM t", command="prepare")


def test_a_deadlock_ends_the_transaction_and_a_lock_wait_does_not():
    scene = Scene()
    scene.session.in_transaction = True
    scene.apply({"lock_wait_timeout": 0})
    assert scene.session.in_transaction
    scene.apply("deadlock")
    assert not scene.session.in_transaction


def test_a_delayed_deadlock_ends_the_transaction_when_it_is_told():
    scene = Scene()
    scene.session.in_transaction = True
    scene.arm({"deadlock": {"after_delay": "200ms"}})
    came = scene.wait("DELETE FROM t")
    scene.clock.advance(0.19)
    assert not came
    assert scene.session.in_transaction
    scene.clock.advance(0.02)
    assert came[0].code == 1213
    assert not scene.session.in_transaction


@pytest.mark.parametrize(
    ("value", "session_value", "seconds"),
    [("2s", None, 2.0), (None, None, 0.5), (None, 10, 0.1), (None, "x", 0.5)],
)
def test_a_lock_is_waited_for(value, session_value, seconds):
    scene = Scene()
    if session_value is not None:
        scene.session.variables["innodb_lock_wait_timeout"] = session_value
    answer = scene.apply({"lock_wait_timeout": value} if value else "lock_wait_timeout")
    assert isinstance(answer, Deferred)
    scene.clock.advance(seconds - 0.01)
    assert not answer.called
    scene.clock.advance(0.02)
    assert answer.result.code == 1205


def test_a_statement_runs_into_its_time_limit():
    scene = Scene()
    answer = scene.apply({"query_timeout": "3s"})
    scene.clock.advance(2.9)
    assert not answer.called
    scene.clock.advance(0.2)
    assert answer.result.code == 3024


def test_a_wait_that_is_cancelled_leaves_no_call_behind():
    scene = Scene()
    answer = scene.apply({"lock_wait_timeout": "9s"})
    answer.addErrback(lambda failure: failure.type)
    answer.cancel()
    assert not scene.clock.getDelayedCalls()


@pytest.mark.parametrize("value", [entry[0] for entry in ERRORS], ids=str)
def test_errors_replace_the_answer(value):
    assert fault(value).replaces
