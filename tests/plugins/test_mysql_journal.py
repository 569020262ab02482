"""The MySQL service's journal, workspaces and control, as its options ask for them."""

from __future__ import annotations

import json

import pytest
from twisted.internet.testing import MemoryReactorClock

from sockservice.answers import Error, Request
from sockservice.errors import ConfigurationError
from sockservice.host.arguments import parse_arguments
from sockservice.host.surroundings import Surroundings
from sockservice.plugins.mysql import MySQLOptions, mysql
from sockservice.sockets import SocketAPI


class Service:
    """The service of some options, without a port, on a clock."""

    def __init__(self, folder, *arguments):
        options = MySQLOptions()
        parse_arguments(options, arguments, "mysql")
        self.clock = MemoryReactorClock()
        self.host = Surroundings(self.clock, SocketAPI(self.clock), options, lambda name: folder / name)
        self.factory = mysql.stream_factory(self.host)

    def session(self, database=""):
        session = self.factory.server.session("127.0.0.1", 1)
        session.database = database
        return session

    def ask(self, text, session=None):
        return self.factory.responder.respond(Request("query", text, session or self.session()))

    def rows(self, text):
        return [tuple(row) for row in self.ask(text).rows]


def test_a_journal_keeps_as_many_requests_as_it_is_told_to(tmp_path):
    service = Service(tmp_path, "--journal", "2")
    for number in range(3):
        service.ask(f"SELECT {number}")
    assert service.rows("SELECT text FROM sockservice.journal") == [("SELECT 1",), ("SELECT 2",)]
    assert service.rows("SELECT evicted FROM sockservice.workspace") == [(2,)]


def test_a_journal_may_be_off(tmp_path):
    service = Service(tmp_path, "--journal", "0")
    service.ask("SELECT 1")
    assert service.rows("SELECT COUNT(*) FROM sockservice.journal") == [(0,)]


def test_control_may_be_off(tmp_path):
    service = Service(tmp_path, "--no-control", "--fallback", "error")
    assert service.ask("CALL sockservice.reset()").message.startswith("sockservice: no stub for")
    assert service.rows("SHOW TABLES FROM sockservice") == []
    assert service.rows("SHOW COLUMNS FROM sockservice.journal") == []
    assert service.ask("DESCRIBE sockservice.journal").code == 1146
    for table in ("tables", "columns"):
        assert service.rows(f"SELECT * FROM information_schema.{table} WHERE table_schema = 'sockservice'") == []


def test_workspaces_are_bounded_by_an_option(tmp_path):
    service = Service(tmp_path, "--workspaces", "0")
    assert isinstance(service.ask("SELECT 1", service.session("shop@w1")), Error)
    assert service.rows("SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--journal", "-1"], "mysql --journal: '-1' is not a whole number from 0 to 1,000,000"),
        (["--journal", "9999999"], "mysql --journal: '9999999' is not a whole number from 0 to 1,000,000"),
        (["--workspaces", "many"], "mysql --workspaces: 'many' is not a whole number from 0 to 100,000"),
    ],
)
def test_wrong_numbers_are_refused(tmp_path, arguments, told):
    with pytest.raises(ConfigurationError) as refused:
        Service(tmp_path, *arguments)
    assert str(refused.value) == told


def test_the_file_of_the_journal_has_all_workspaces(tmp_path):
    service = Service(tmp_path, "--journal-file", "journal.jsonl")
    service.factory.doStart()
    service.ask("SELECT 1")
    service.ask("SELECT 2", service.session("shop@w1"))
    service.factory.doStop()
    service.ask("SELECT 3")
    lines = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    told = [(line["workspace"], line["text"]) for line in lines]
    assert told == [("", "SELECT 1"), ("w1", "SELECT 2"), ("", "SELECT 3")]
    assert not service.clock.getDelayedCalls()


def test_a_reload_opens_the_file_of_the_journal_anew(tmp_path):
    path = tmp_path / "journal.jsonl"
    service = Service(tmp_path, "--journal-file", path.name)
    service.factory.doStart()
    service.factory.doStop()
    service.ask("SELECT 1")
    path.rename(tmp_path / "old")
    service.host.reloads[-1]()
    service.ask("SELECT 2")
    assert json.loads(path.read_text())["text"] == "SELECT 2"


def test_a_file_that_cannot_be_is_refused(tmp_path):
    with pytest.raises(ConfigurationError, match=r"--journal-file .*: is a folder"):
        Service(tmp_path, "--journal-file", ".")
