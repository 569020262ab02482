"""The shop, and everything that a database can do to it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from mysql_double import MySQLDouble
from shop import Busy, Database, OutcomeUnknown, Retry, SoldOut, TooSlow, Unavailable, export, products, sell

# What a statement is about, whatever SQLAlchemy makes of it.
PRODUCTS = {"statement": "select", "tables": "products"}
TAKE = {"statement": "update", "tables": "stock"}
ORDER = {"statement": "insert", "tables": "orders"}
PAGE = {"statement": "select", "tables": "orders"}
COMMIT = {"statement": "commit"}


def test_something_is_sold(database: Database, server: MySQLDouble) -> None:
    assert [(offer.sku, offer.quantity) for offer in products(database)] == [("A1", 120), ("A2", 7)]
    assert sell(database, "A1", 2, "Ada") == 1001
    server.verify(TAKE, "exactly", 1)
    server.verify(ORDER, "exactly", 1)


def test_what_is_sold_out_is_not_ordered(database: Database, server: MySQLDouble) -> None:
    with pytest.raises(SoldOut):
        sell(database, "A2", 8, "Ada")
    server.verify(ORDER, "never")
    server.verify(COMMIT, "never")


# A deadlock undoes the whole transaction: all of it is done again.


def test_two_deadlocks_go_unnoticed(database: Database, server: MySQLDouble) -> None:
    server.fault("deadlock", times=2)
    assert sell(database, "A1", 2, "Ada") == 1001
    server.verify(TAKE, "exactly", 3)
    server.verify(ORDER, "exactly", 1)


def test_a_deadlock_behind_the_first_statement_begins_the_transaction_again(
    database: Database, server: MySQLDouble
) -> None:
    server.fault("deadlock", times=1, when=ORDER)
    sell(database, "A1", 2, "Ada")
    server.verify(TAKE, "exactly", 2)


def test_endless_deadlocks_are_given_up(database: Database, server: MySQLDouble) -> None:
    server.fault("deadlock")
    with pytest.raises(Unavailable, match=r"tried 5 times.*Deadlock found"):
        sell(database, "A1", 2, "Ada")
    server.verify(TAKE, "exactly", 5)
    server.verify(ORDER, "never")


# A server that became read-only, as one does that is a replica from now on.


def test_a_read_only_server_is_left_for_the_other_one(
    database: Database, server: MySQLDouble, other: MySQLDouble
) -> None:
    server.fault("read_only")
    sell(database, "A1", 2, "Ada")
    sell(database, "A1", 3, "Grace")
    server.verify(TAKE, "exactly", 1)  # it is not asked a second time
    other.verify(TAKE, "exactly", 2)


def test_two_read_only_servers_are_not_asked_for_ever(
    database: Database, server: MySQLDouble, other: MySQLDouble
) -> None:
    server.fault("read_only_mode")
    other.fault("read_only_mode")
    with pytest.raises(Unavailable):
        sell(database, "A1", 2, "Ada")
    server.verify(TAKE, "exactly", 3)
    other.verify(TAKE, "exactly", 2)


def test_a_server_that_is_not_there_is_left_too(other: MySQLDouble) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        gone = f"mysql+pymysql://shop@127.0.0.1:{nobody.getsockname()[1]}/shop"
        database = Database([gone, other.url])
        sell(database, "A1", 2, "Ada")
        database.close()
    other.verify(TAKE, "exactly", 1)


# A connection that is lost.


def test_a_connection_lost_before_the_commit_costs_nothing(database: Database, server: MySQLDouble) -> None:
    server.fault("lost_connection", times=1, when=ORDER)
    sell(database, "A1", 2, "Ada")
    server.verify(TAKE, "exactly", 2)
    server.verify(COMMIT, "exactly", 1)


def test_a_sale_whose_commit_got_no_answer_is_not_repeated(database: Database, server: MySQLDouble) -> None:
    server.fault("lost_connection", when=COMMIT)
    with pytest.raises(OutcomeUnknown):
        sell(database, "A1", 2, "Ada")
    server.verify(TAKE, "exactly", 1)


def test_a_commit_that_takes_too_long_is_not_repeated_either(database: Database, server: MySQLDouble) -> None:
    server.fault("hang", times=1, when=COMMIT)
    with pytest.raises(OutcomeUnknown):
        sell(database, "A1", 2, "Ada")
    server.verify(TAKE, "exactly", 1)


def test_an_export_survives_connections_lost_in_the_middle_of_its_rows(database: Database, server: MySQLDouble) -> None:
    server.fault("disconnect_after_rows", n=2, times=2)
    assert [number for number, *_ in export(database, page=3)] == [1, 2, 3, 4]
    server.verify({**PAGE, "params": {0: 0}}, "exactly", 3)  # lost twice
    server.verify({**PAGE, "params": {0: 3}}, "exactly", 1)


def test_connections_that_died_in_the_pool_are_replaced(server: MySQLDouble) -> None:
    database = Database([server.url], retry=Retry(attempts=1))
    products(database)
    server.fault("gone_away", times=1, when={"statement": "rollback"})  # with which one goes back to the pool
    for _ in range(2):
        assert products(database)
    database.close()


# A server that is slow.


def test_a_select_that_the_server_stops_is_not_repeated(database: Database, server: MySQLDouble) -> None:
    server.fault("query_timeout", after="100ms")
    with pytest.raises(TooSlow, match="maximum statement execution time exceeded"):
        products(database)
    server.verify(PRODUCTS, "exactly", 1)


def test_a_server_that_never_answers_does_not_stop_the_shop(database: Database, server: MySQLDouble) -> None:
    server.fault("hang", times=1, when=TAKE)
    began = time.monotonic()
    with pytest.raises(TooSlow):
        sell(database, "A1", 2, "Ada")
    assert time.monotonic() - began < 30
    server.verify(TAKE, "exactly", 1)


# More customers than connections.


def test_who_finds_no_connection_free_is_told_so_at_once(database: Database, server: MySQLDouble) -> None:
    server.fault("lock_wait_timeout", wait="2s", times=2)
    with ThreadPoolExecutor(2) as customers:
        waiting = [customers.submit(sell, database, "A1", 1, name) for name in ("Ada", "Grace")]
        until(lambda: database.engine.pool.checkedout() == 2)
        with pytest.raises(Busy):
            sell(database, "A1", 1, "Charles")
        assert {sale.result(60) for sale in waiting} == {1001, 1002}  # the lock was free at the second attempt
    assert sell(database, "A1", 1, "Charles") == 1003


# More clients than the server takes.


def test_a_full_server_is_tried_again(database: Database, server: MySQLDouble) -> None:
    server.fault("too_many_connections", times=3)
    sell(database, "A1", 2, "Ada")
    server.verify(COMMIT, "exactly", 1)


def test_a_storm_of_clients_is_survived(server: MySQLDouble) -> None:
    server.fault("too_many_connections", probability=0.5, seed=7)
    pauses: list[float] = []
    for customer in range(10):  # each is a process of its own, say: none finds a connection open
        database = Database([server.url], retry=Retry(attempts=12, sleep=pauses.append))
        sell(database, "A1", 1, f"customer {customer}")
        database.close()
    server.verify(ORDER, "exactly", 10)
    assert pauses
    assert max(pauses) <= 2


def test_a_server_that_stays_full_is_given_up(database: Database, server: MySQLDouble) -> None:
    server.fault("too_many_connections")
    with pytest.raises(Unavailable, match="Too many connections"):
        sell(database, "A1", 2, "Ada")
    server.verify(TAKE, "never")


def until(true: Callable[[], bool], patience: float = 60) -> None:
    """Wait for what another thread does."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end
        threading.Event().wait(0.01)
