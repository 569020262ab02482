"""What a transaction sees of another one, at each isolation level, and what reads with locks do."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_steps import Answered, GoesOn, Scenario, Waits, a, b, begin


def dirty_reads() -> Iterator[Scenario]:
    """What is seen of changes that are not committed."""
    for level in ("REPEATABLE READ", "READ COMMITTED"):
        yield Scenario(
            f"no dirty read at {level}",
            (
                *begin(level),
                a("UPDATE t SET v = 11 WHERE id = 1", affected=1),
                a("SELECT v FROM t WHERE id = 1", rows=[(11,)]),
                b("SELECT v FROM t WHERE id = 1", rows=[(10,)]),
                a("ROLLBACK"),
                b("SELECT v FROM t WHERE id = 1", rows=[(10,)]),
            ),
        )
    yield Scenario(
        "dirty read at READ UNCOMMITTED",
        (
            *begin("READ UNCOMMITTED"),
            a("UPDATE t SET v = 11 WHERE id = 1"),
            b("SELECT v FROM t WHERE id = 1", rows=[(11,)]),
            a("ROLLBACK"),
            b("SELECT v FROM t WHERE id = 1", rows=[(10,)]),
        ),
    )


def repeated_reads() -> Iterator[Scenario]:
    """What is seen of changes that were committed meanwhile."""
    for level, seen, count in (("REPEATABLE READ", 10, 2), ("READ COMMITTED", 11, 3)):
        yield Scenario(
            f"the same row again at {level}",
            (
                *begin(level),
                b("SELECT v FROM t WHERE id = 1", rows=[(10,)]),
                a("UPDATE t SET v = 11 WHERE id = 1"),
                a("COMMIT"),
                b("SELECT v FROM t WHERE id = 1", rows=[(seen,)]),
                b("COMMIT"),
                b("SELECT v FROM t WHERE id = 1", rows=[(11,)]),
            ),
        )
        yield Scenario(
            f"phantom row at {level}",
            (
                *begin(level),
                b("SELECT COUNT(*) FROM t WHERE v >= 10", rows=[(2,)]),
                a("INSERT INTO t VALUES (3, 30)"),
                a("COMMIT"),
                b("SELECT COUNT(*) FROM t WHERE v >= 10", rows=[(count,)]),
            ),
        )
    yield Scenario(
        "a change meets rows that the snapshot does not show",
        (
            *begin(),
            b("SELECT COUNT(*) FROM t", rows=[(2,)]),
            a("INSERT INTO t VALUES (3, 30)"),
            a("COMMIT"),
            b("SELECT COUNT(*) FROM t", rows=[(2,)]),
            b("UPDATE t SET v = v + 1", affected=3),
            b("SELECT COUNT(*) FROM t", rows=[(3,)]),
            b("SELECT v FROM t WHERE id = 3 FOR UPDATE", rows=[(31,)]),
        ),
    )
    yield Scenario(
        "a locking read sees the newest, a plain one the snapshot",
        (
            *begin(),
            b("SELECT v FROM t WHERE id = 1", rows=[(10,)]),
            a("UPDATE t SET v = 11 WHERE id = 1"),
            a("COMMIT"),
            b("SELECT v FROM t WHERE id = 1", rows=[(10,)]),
            b("SELECT v FROM t WHERE id = 1 FOR UPDATE", rows=[(11,)]),
            b("SELECT v FROM t WHERE id = 1", rows=[(10,)]),
        ),
    )


def readers() -> Iterator[Scenario]:
    """Reads with and without locks."""
    yield Scenario(
        "shared locks go together and keep writers out",
        (
            *begin(),
            a("SELECT v FROM t WHERE id = 1 LOCK IN SHARE MODE", rows=[(10,)]),
            b("SELECT v FROM t WHERE id = 1 LOCK IN SHARE MODE", rows=[(10,)]),
            b("COMMIT"),
            Waits("b", "UPDATE t SET v = 11 WHERE id = 1"),
            a("COMMIT"),
            GoesOn("b", Answered(affected=1)),
        ),
    )
    yield Scenario(
        "a plain read never waits",
        (
            *begin(),
            a("SELECT v FROM t FOR UPDATE", rows=[(10,), (20,)]),
            a("UPDATE t SET v = 0"),
            b("SELECT id, v FROM t ORDER BY id", rows=[(1, 10), (2, 20)]),
            Waits("b", "SELECT v FROM t WHERE id = 2 LOCK IN SHARE MODE"),
            a("ROLLBACK"),
            GoesOn("b", Answered(rows=[(20,)])),
        ),
    )
    yield Scenario(
        "a read waits for a writer at SERIALIZABLE",
        (
            *begin("SERIALIZABLE"),
            a("UPDATE t SET v = 11 WHERE id = 1"),
            Waits("b", "SELECT v FROM t WHERE id = 1"),
            a("COMMIT"),
            GoesOn("b", Answered(rows=[(11,)])),
        ),
    )
