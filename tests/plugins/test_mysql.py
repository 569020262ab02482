"""The MySQL service's protocol: what it does with slow clients, slow answers, broken responders and ends."""

from __future__ import annotations

import re
import socket
import struct

import pytest
from twisted.internet.defer import CancelledError, Deferred, maybeDeferred, succeed
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.python.usage import UsageError
from zope.interface.verify import verifyObject

from sockservice.answers import Ok, Request, Rows, table
from sockservice.errors import ConfigurationError
from sockservice.interfaces import IWatchedFiles
from sockservice.mysql import Server
from sockservice.plugins._mysql_protocol import MySQLFactory
from sockservice.plugins.mysql import MySQLOptions, mysql
from sockservice.responder.stub_schema import schema_text

ONE = table({"1": "INT"}, [[1]])


def framed(payload: bytes, sequence_id: int = 0) -> bytes:
    return struct.pack("<I", len(payload) | sequence_id << 24) + payload


def query(text: str) -> bytes:
    return framed(b"\x03" + text.encode())


class Responder:
    """Answers what it was told to, and keeps what it was asked."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    def respond(self, request):
        self.asked.append(request.text)
        return self.answers(request) if callable(self.answers) else self.answers


class Transport(StringTransport):
    """A transport in memory that says of itself what a TCP connection says."""

    def getHandle(self):
        return socket.SocketType.__new__(socket.SocketType)


class Client:
    """A logged-in connection in memory."""

    def __init__(self, answers):
        self.responder = Responder(answers)
        self.server = Server()
        self.clock = Clock()
        self.protocol = MySQLFactory(self.server, self.responder, self.clock).buildProtocol(None)
        self.transport = Transport()
        self.protocol.makeConnection(self.transport)
        capabilities = 1 | 1 << 9 | 1 << 15 | 1 << 19
        login = struct.pack("<IIB23x", capabilities, 1 << 24, 45) + b"root\0\0mysql_native_password\0"
        self.protocol.dataReceived(framed(login, 1))
        assert self.received()[4] == 0x0A
        assert self.server.sessions

    def received(self) -> bytes:
        sent = self.transport.value()
        self.transport.clear()
        return sent

    def send(self, *texts: str) -> None:
        self.protocol.dataReceived(b"".join(map(query, texts)))


def test_an_answer_is_sent_with_the_data_that_asked_for_it():
    client = Client(ONE)
    client.send("SELECT 1")
    assert client.received().startswith(b"\x01\x00\x00\x01\x01")


def test_pipelined_queries_are_answered_in_order():
    client = Client(lambda request: Ok(affected_rows=int(request.text)))
    client.send("1", "2", "3")
    sent = client.received()
    assert [sent[at + 5] for at in range(0, len(sent), 11)] == [1, 2, 3]


def test_a_client_that_does_not_read_is_asked_for_nothing_more():
    client = Client(ONE)
    client.protocol.pauseProducing()
    assert client.transport.producerState == "paused"
    client.send("a", "b")
    assert client.responder.asked == []
    client.protocol.resumeProducing()
    assert client.responder.asked == ["a", "b"]
    assert client.transport.producerState == "producing"


def test_a_client_that_becomes_slow_in_a_pipeline_is_answered_later():
    client = Client(ONE)
    write = client.transport.write

    def slow(data):
        write(data)
        client.protocol.pauseProducing()

    client.transport.write = slow
    client.send("a", "b", "c")
    assert client.responder.asked == ["a"]
    client.protocol.resumeProducing()
    assert client.responder.asked == ["a", "b"]


def test_a_later_answer_keeps_the_order():
    later = [Deferred(), Deferred()]
    client = Client(lambda request: later[int(request.text)])
    client.send("0", "1")
    assert (client.responder.asked, client.received()) == (["0"], b"")
    later[0].callback(Ok(affected_rows=7))
    assert client.received()[5] == 7
    assert client.responder.asked == ["0", "1"]
    later[1].callback(Ok(affected_rows=8))
    assert client.received()[5] == 8


def test_a_later_answer_to_a_client_that_has_become_slow_does_not_read_on():
    later = Deferred()
    client = Client(later)
    client.send("a")
    client.protocol.pauseProducing()
    later.callback(ONE)
    assert client.transport.producerState == "paused"


def test_thousands_of_pipelined_answers_that_are_there_at_once_need_no_stack():
    client = Client(lambda request: succeed(Ok()))
    client.send(*["x"] * 5000)
    client.clock.pump([0] * 5000)
    assert len(client.received()) == 11 * 5000


@pytest.mark.parametrize("how", ["at once", "later"])
def test_a_responder_that_fails_is_an_error_to_the_client_and_in_the_log(how, logged_errors):
    later = Deferred()

    def broken(_request):
        if how == "later":
            return later
        raise ZeroDivisionError("oops")

    client = Client(broken)
    client.send("a")
    if how == "later":
        later.errback(ZeroDivisionError("oops"))
    sent = client.received()
    assert sent[4:7] == b"\xff" + struct.pack("<H", 1105)
    assert b"oops" in sent
    (event,) = logged_errors.flush()
    assert event["log_failure"].check(ZeroDivisionError)
    client.protocol.respond = lambda request: Ok()
    client.send("b")
    assert client.received()[4] == 0


def test_nobody_answering_is_an_error_and_the_connection_goes_on():
    client = Client(lambda request: None)
    client.send("a")
    assert b"nothing answers" in client.received()
    assert not client.transport.disconnecting


def test_a_client_that_goes_away_gives_up_the_answer_it_waits_for():
    given_up = []
    client = Client(Deferred(given_up.append))
    client.send("a")
    client.protocol.connectionLost(Failure(CancelledError()))
    assert len(given_up) == 1
    assert not client.server.sessions


def test_finish_waits_for_the_answer_in_flight():
    later = Deferred()
    client = Client(later)
    client.send("a", "b")
    client.protocol.finish()
    assert not client.transport.disconnecting
    later.callback(ONE)
    assert client.received()
    assert client.transport.disconnecting
    assert client.responder.asked == ["a"]


def test_finish_closes_an_idle_connection():
    client = Client(ONE)
    client.protocol.finish()
    assert client.transport.disconnecting


def test_a_client_that_ends_its_stream_gets_the_answers_first_that_are_there():
    client = Client(ONE)
    client.protocol.pauseProducing()
    client.send("0", "1")
    client.protocol.readConnectionLost()
    assert not client.transport.disconnecting
    client.protocol.resumeProducing()
    assert len(client.responder.asked) == 2
    assert client.transport.disconnecting


def test_quit_closes():
    client = Client(ONE)
    client.protocol.dataReceived(framed(b"\x01"))
    assert client.transport.disconnecting


def test_long_answers_are_sent_as_far_as_the_client_takes_them():
    client = Client(lambda request: table({"big": "LONGTEXT"}, [["x" * 1_000_000]]))
    write, taken = client.transport.write, []

    def slow(data):
        taken.append(len(data))
        write(data)
        if len(taken) % 2 == 0:
            client.protocol.pauseProducing()

    client.transport.write = slow
    client.send("a")
    client.protocol.dataReceived(framed(b"\x01"))
    assert taken == [65536] * 2
    while len(client.transport.value()) < 1_000_000:
        assert not client.transport.disconnecting
        before = len(taken)
        client.protocol.resumeProducing()
        assert len(taken) > before
    client.protocol.resumeProducing()
    sent = client.received()
    assert max(taken) == 65536
    assert sent.count(b"x") == 1_000_000
    assert sent.endswith(b"\xfe\0\0\2\0")
    assert client.transport.disconnecting


def test_finish_does_not_cut_a_long_answer_short():
    later = Deferred()
    client = Client(later)
    write = client.transport.write
    client.transport.write = lambda data: (write(data), client.protocol.pauseProducing())
    client.send("a")
    client.protocol.finish()
    later.callback(table({"big": "LONGTEXT"}, [["x" * 200_000]]))
    taken = 0
    while not client.transport.disconnecting:
        taken += len(client.received())
        client.protocol.resumeProducing()
    assert taken > 200_000


def test_a_pipeline_lets_others_have_their_turn(monkeypatch):
    seconds = iter(range(1000))
    monkeypatch.setattr("sockservice.plugins._mysql_protocol.monotonic", lambda: next(seconds))
    client = Client(ONE)
    client.send(*"abcdefgh")
    assert client.responder.asked == list("abc")
    assert client.transport.producerState == "paused"
    client.clock.advance(0)
    assert client.responder.asked == list("abcdefgh")
    assert client.transport.producerState == "producing"


def test_thousands_of_pings_let_others_have_their_turn():
    client = Client(ONE)
    client.protocol.dataReceived(framed(b"\x0e") * 1000)
    assert len(client.received()) == 64 * 11
    assert client.transport.producerState == "paused"
    client.clock.pump([0] * 20)
    assert len(client.received()) == (1000 - 64) * 11
    assert client.transport.producerState == "producing"


def test_a_result_set_is_encoded_once():
    rows = Rows(ONE.columns, ((1,),))
    client = Client(rows)
    client.send("a", "b")
    assert len(rows.encodings) == 1


def test_options():
    options = MySQLOptions()
    options.parseOptions(["--stubs", "a.yaml", "--stubs", "b", "--account", "app:se:cret", "--database", "shop"])
    assert options["stubs"] == ["a.yaml", "b"]
    assert len(options["accounts"]) == 1
    assert "se:cret" not in repr(options["accounts"])


@pytest.mark.parametrize("arguments", [["--account", "app"], ["--fallback", "sqll"]])
def test_wrong_options_are_refused(arguments):
    with pytest.raises(UsageError):
        MySQLOptions().parseOptions(arguments)


@pytest.mark.parametrize(
    ("fallback", "message"),
    [
        ("sqll", "--fallback sqll is not known; did you mean 'sql'?"),
        ("emty", "--fallback emty is not known; did you mean 'empty'?"),
        ("upstream", "--fallback upstream is not supported yet; known: sql, error, empty"),
    ],
)
def test_a_fallback_that_is_not_there_is_refused_with_those_that_are(fallback, message):
    with pytest.raises(UsageError, match=f"^{re.escape(message)}$"):
        MySQLOptions().parseOptions(["--fallback", fallback])


class Host:
    """What the plugin sees of its host."""

    reactor = None

    def __init__(self, folder, *arguments):
        self.folder = folder
        self.reloads, self.watched = [], []
        self.options = MySQLOptions()
        self.options.parseOptions(arguments)

    def path(self, name):
        return self.folder / name

    def on_reload(self, call):
        self.reloads.append(call)

    def watch(self, files, call):
        self.watched.append((files, call))

    def in_thread(self, work):
        return maybeDeferred(work)


def test_a_reload_shows_the_databases_that_the_stub_files_name_now(tmp_path):
    stubs = tmp_path / "a.yaml"
    stubs.write_text("{version: 1, defaults: {database: before}, stubs: []}")
    host = Host(tmp_path, "--stubs", "a.yaml", "--database", "own", "--fallback", "error")
    factory = mysql.stream_factory(host)
    session = factory.server.session("127.0.0.1", 1)

    def shown():
        answer = factory.responder.respond(Request("query", "SHOW DATABASES", session))
        return {"own", "before", "after"} & {name for (name,) in answer.rows}

    assert shown() == {"own", "before"}
    stubs.write_text("{version: 1, defaults: {database: after}, stubs: []}")
    for reload in host.reloads:
        reload()
    assert shown() == {"own", "after"}


@pytest.mark.parametrize(
    ("arguments", "count"),
    [([], 0), (["--stubs", "a.yaml"], 1), (["--stubs", "a.yaml", "--no-watch"], 0)],
)
def test_stub_files_are_watched_where_there_are_some_and_unless_told_otherwise(tmp_path, arguments, count):
    (tmp_path / "a.yaml").write_text("{version: 1, stubs: []}")
    host = Host(tmp_path, *arguments)
    mysql.stream_factory(host)
    assert len(host.watched) == count
    for files, _ in host.watched:
        assert verifyObject(IWatchedFiles, files)


def test_mistakes_of_the_certificate_and_of_all_stub_files_are_told_together(tmp_path):
    (tmp_path / "empty.pem").touch()
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("{version: 2, stubs: [], extra: 1}")
    host = Host(tmp_path, "--tls", "empty.pem", "--stubs", "a.yaml", "--stubs", "b.yaml", "--stubs", "none.yaml")
    with pytest.raises(ConfigurationError) as caught:
        mysql.stream_factory(host)
    assert [str(mistake).removeprefix(f"{tmp_path}/").partition(";")[0] for mistake in caught.value.mistakes] == [
        "empty.pem:1:1: there is no certificate in it (PEM)",
        "a.yaml:1:11: 'version' must be 1, not the number 2",
        "a.yaml:1:25: 'extra' is not known here",
        "b.yaml:1:11: 'version' must be 1, not the number 2",
        "b.yaml:1:25: 'extra' is not known here",
        "none.yaml: there is no such file",
    ]


def test_the_schema_is_printed_and_that_is_all(capsys):
    with pytest.raises(SystemExit) as ended:
        MySQLOptions().parseOptions(["--print-schema"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == schema_text()


def test_the_refusal_is_error_1040_without_sqlstate():
    assert mysql.refusal()[3:] == b"\x00\xff" + struct.pack("<H", 1040) + b"Too many connections"


def test_a_seed_that_fails_keeps_the_service_from_starting(tmp_path):
    (tmp_path / "shop.sql").write_text("CREATE TABLE t (id INT);\nINSERT INTO t VALUES (1, 2);\n")
    host = Host(tmp_path, "--fallback", "sql", "--seed", "shop.sql")
    with pytest.raises(ConfigurationError, match=r"shop\.sql:2:1: error 1136 \(21S01\): Column count"):
        mysql.stream_factory(host)
