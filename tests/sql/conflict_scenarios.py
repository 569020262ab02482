"""The conflicts of two connections that every application with transactions meets, as InnoDB solves them."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_steps import Answered, GoesOn, Leaves, OneFails, Says, Scenario, Waits, a, b, begin
from isolation_scenarios import dirty_reads, readers, repeated_reads

DEADLOCK, LOCK_TIMEOUT, DUPLICATE, NOWAIT, NO_PARENT = 1213, 1205, 1062, 3572, 1452


def writes() -> Iterator[Scenario]:
    """Two that change the same row."""
    yield Scenario(
        "lost update",
        (
            *begin(),
            a("SELECT v FROM t WHERE id = 1", rows=[(10,)]),
            b("SELECT v FROM t WHERE id = 1", rows=[(10,)]),
            a("UPDATE t SET v = 11 WHERE id = 1", affected=1),
            Waits("b", "UPDATE t SET v = 12 WHERE id = 1"),
            a("COMMIT"),
            GoesOn("b", Answered(affected=1)),
            b("COMMIT"),
            a("SELECT v FROM t WHERE id = 1", rows=[(12,)]),
        ),
    )
    yield Scenario(
        "no update is lost by one that adds",
        (
            *begin(),
            a("UPDATE t SET v = v + 1 WHERE id = 1", affected=1),
            Waits("b", "UPDATE t SET v = v + 1 WHERE id = 1"),
            a("COMMIT"),
            GoesOn("b", Answered(affected=1)),
            b("SELECT v FROM t WHERE id = 1", rows=[(12,)]),
            b("COMMIT"),
        ),
    )
    yield Scenario(
        "no update is lost after SELECT FOR UPDATE",
        (
            *begin(),
            a("SELECT v FROM t WHERE id = 1 FOR UPDATE", rows=[(10,)]),
            Waits("b", "SELECT v FROM t WHERE id = 1 FOR UPDATE"),
            a("UPDATE t SET v = 11 WHERE id = 1"),
            a("COMMIT"),
            GoesOn("b", Answered(rows=[(11,)])),
        ),
    )
    yield Scenario(
        "a write waits and the other rolls back",
        (
            *begin(),
            a("UPDATE t SET v = 99 WHERE id = 1"),
            Waits("b", "UPDATE t SET v = v + 1 WHERE id = 1"),
            a("ROLLBACK"),
            GoesOn("b", Answered(affected=1)),
            b("COMMIT"),
            a("SELECT v FROM t WHERE id = 1", rows=[(11,)]),
        ),
    )
    yield Scenario(
        "a statement of its own waits too",
        (
            a("BEGIN"),
            a("UPDATE t SET v = 11 WHERE id = 1"),
            Waits("b", "UPDATE t SET v = 12 WHERE id = 1"),
            a("COMMIT"),
            GoesOn("b", Answered(affected=1)),
            a("SELECT v FROM t WHERE id = 1", rows=[(12,)]),
        ),
    )
    yield Scenario(
        "other rows are free",
        (
            *begin(),
            a("UPDATE t SET v = 11 WHERE id = 1", affected=1),
            b("UPDATE t SET v = 21 WHERE id = 2", affected=1),
            b("INSERT INTO t VALUES (3, 30)", affected=1),
            a("INSERT INTO t VALUES (4, 40)", affected=1),
            a("COMMIT"),
            b("COMMIT"),
            a("SELECT id, v FROM t ORDER BY id", rows=[(1, 11), (2, 21), (3, 30), (4, 40)]),
        ),
    )
    yield Scenario(
        "a delete waits for an update and deletes the new row",
        (
            *begin(),
            a("UPDATE t SET v = 11 WHERE id = 1"),
            Waits("b", "DELETE FROM t WHERE id = 1"),
            a("COMMIT"),
            GoesOn("b", Answered(affected=1)),
            b("COMMIT"),
            a("SELECT COUNT(*) FROM t", rows=[(1,)]),
        ),
    )
    yield Scenario(
        "an update waits for a delete and finds nothing",
        (
            *begin(),
            a("DELETE FROM t WHERE id = 1"),
            Waits("b", "UPDATE t SET v = 11 WHERE id = 1"),
            a("COMMIT"),
            GoesOn("b", Answered(affected=0)),
        ),
    )


def deadlocks_and_timeouts() -> Iterator[Scenario]:
    """Waits that no commit ends."""
    yield Scenario(
        "deadlock",
        (
            *begin(),
            a("UPDATE t SET v = 11 WHERE id = 1"),
            b("UPDATE t SET v = 21 WHERE id = 2"),
            Waits("a", "UPDATE t SET v = 12 WHERE id = 2"),
            OneFails("b", "UPDATE t SET v = 22 WHERE id = 1", waiting="a", error=DEADLOCK),
            a("COMMIT"),
            b("COMMIT"),
            # One of the two changed both rows; of the other nothing is left.
            a("SELECT GROUP_CONCAT(v ORDER BY id) IN ('11,12', '22,21') FROM t", rows=[(1,)]),
        ),
    )
    yield Scenario(
        "lock timeout, and the transaction stays open",
        (
            *begin(),
            b("SET innodb_lock_wait_timeout = 1"),
            b("UPDATE t SET v = 21 WHERE id = 2"),
            a("UPDATE t SET v = 11 WHERE id = 1"),
            Waits("b", "UPDATE t SET v = 12 WHERE id = 1"),
            GoesOn("b", Answered(error=LOCK_TIMEOUT)),
            b("SELECT v FROM t WHERE id = 2", rows=[(21,)]),
            b("COMMIT"),
            a("COMMIT"),
            a("SELECT id, v FROM t ORDER BY id", rows=[(1, 11), (2, 21)]),
        ),
    )
    yield Scenario(
        "nowait and skip locked",
        (
            *begin(),
            a("SELECT v FROM t WHERE id = 1 FOR UPDATE", rows=[(10,)]),
            Says(
                "b",
                "SELECT v FROM t WHERE id = 1 FOR UPDATE NOWAIT",
                Answered(error=NOWAIT, mariadb_error=LOCK_TIMEOUT),
            ),
            b("SELECT id FROM t ORDER BY id FOR UPDATE SKIP LOCKED", rows=[(2,)]),
            b("SELECT v FROM t WHERE id = 1", rows=[(10,)]),
        ),
    )


def keys() -> Iterator[Scenario]:
    """Rows that may not both be there."""
    for end, answered, left in (
        ("COMMIT", Answered(error=DUPLICATE), [(30,)]),
        ("ROLLBACK", Answered(affected=1), [(31,)]),
    ):
        yield Scenario(
            f"the same primary key twice, then {end}",
            (
                *begin(),
                a("INSERT INTO t VALUES (3, 30)", affected=1),
                Waits("b", "INSERT INTO t VALUES (3, 31)"),
                a(end),
                GoesOn("b", answered),
                b("COMMIT"),
                b("SELECT v FROM t WHERE id = 3", rows=list(left)),
            ),
        )
    yield Scenario(
        "the same unique value twice",
        (
            *begin(),
            a("INSERT INTO u VALUES (1, 'x')"),
            b("INSERT INTO u VALUES (2, 'y')", affected=1),
            Waits("b", "INSERT INTO u VALUES (3, 'X')"),
            a("COMMIT"),
            GoesOn("b", Answered(error=DUPLICATE)),
            b("COMMIT"),
            b("SELECT id, k FROM u ORDER BY id", rows=[(1, "x"), (2, "y")]),
        ),
        ("CREATE TABLE u (id INT PRIMARY KEY, k VARCHAR(5) UNIQUE)",),
    )
    yield Scenario(
        "a child waits for its parent, which goes",
        (
            *begin(),
            a("DELETE FROM parent WHERE id = 1", affected=1),
            Waits("b", "INSERT INTO child VALUES (1, 1)"),
            a("COMMIT"),
            GoesOn("b", Answered(error=NO_PARENT)),
        ),
        (
            "CREATE TABLE parent (id INT PRIMARY KEY)",
            "CREATE TABLE child (id INT PRIMARY KEY, p INT, CONSTRAINT fk FOREIGN KEY (p) REFERENCES parent (id))",
            "INSERT INTO parent VALUES (1)",
        ),
    )
    yield Scenario(
        "a range that was read for update has no new rows",
        (
            *begin(),
            a("SELECT id FROM t WHERE id BETWEEN 1 AND 5 FOR UPDATE", rows=[(1,), (2,)]),
            Waits("b", "INSERT INTO t VALUES (3, 30)"),
            a("SELECT id FROM t WHERE id BETWEEN 1 AND 5 FOR UPDATE", rows=[(1,), (2,)]),
            a("COMMIT"),
            GoesOn("b", Answered(affected=1)),
        ),
    )


def endings() -> Iterator[Scenario]:
    """What ends a transaction besides COMMIT and ROLLBACK."""
    yield Scenario(
        "a disconnect rolls back",
        (
            a("BEGIN"),
            a("UPDATE t SET v = 11 WHERE id = 1"),
            a("INSERT INTO t VALUES (3, 30)"),
            Waits("b", "UPDATE t SET v = v + 1 WHERE id = 1"),
            Leaves("a"),
            GoesOn("b", Answered(affected=1)),
            b("SELECT id, v FROM t ORDER BY id", rows=[(1, 11), (2, 20)]),
        ),
    )
    yield Scenario(
        "a table in use is not changed until the end of the transaction",
        (
            a("BEGIN"),
            a("SELECT COUNT(*) FROM t", rows=[(2,)]),
            Waits("b", "ALTER TABLE t ADD COLUMN w INT"),
            a("SELECT COUNT(*) FROM t", rows=[(2,)]),
            a("COMMIT"),
            GoesOn("b"),
            a("SELECT * FROM t WHERE id = 1", rows=[(1, 10, None)]),
        ),
    )
    yield Scenario(
        "a named lock waits for its holder",
        (
            a("SELECT GET_LOCK('conflict', 0)", rows=[(1,)]),
            b("SELECT GET_LOCK('conflict', 0)", rows=[(0,)]),
            Waits("b", "SELECT GET_LOCK('conflict', 5)"),
            a("SELECT RELEASE_LOCK('conflict')", rows=[(1,)]),
            GoesOn("b", Answered(rows=[(1,)])),
            Leaves("b"),
            a("SELECT GET_LOCK('conflict', 5)", rows=[(1,)]),
        ),
    )


SCENARIOS: tuple[Scenario, ...] = (
    *dirty_reads(),
    *repeated_reads(),
    *writes(),
    *deadlocks_and_timeouts(),
    *keys(),
    *readers(),
    *endings(),
)
