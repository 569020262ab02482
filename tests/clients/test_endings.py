"""What an application sees of a disturbed answer: the error numbers of PyMySQL and of MySQL's own connector."""

from __future__ import annotations

import contextlib

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from installed import driver
from twisted.internet import reactor
from twisted.internet.threads import deferToThread

from sockservice.answers import OWN_COMMANDS, Disturbed, Error, Login, Ok, table
from sockservice.certificates import SelfSignedCertificate
from sockservice.disturbances import Break, Dribble, Ending, Pace, Stall, Truncated, WrongSequence
from sockservice.interfaces import STREAM
from sockservice.mysql import Server
from sockservice.plugins._mysql_protocol import MySQLFactory
from sockservice.responder.chatter import Chatter
from sockservice.sockets import ConnectionFactory, SocketAPI

pymysql = driver("pymysql")
connector = driver("mysql.connector")

PATIENCE = 60
THREE = table({"n": "INT", "t": "VARCHAR(9)"}, [(1, "one"), (2, "two"), (3, "three")])
LOST, GONE = 2013, 2006
"""CR_SERVER_LOST and CR_SERVER_GONE_ERROR: numbers of the clients' own, which no server sends."""
PLAIN = {"ssl_disabled": True, "password": ""}


class Told:
    """Answers by the command or the text as it was told to; the rest is chatter."""

    def __init__(self, answers):
        self.answers = answers
        self.chatter = Chatter()

    def respond(self, request):
        answer = self.answers.get(request.text or request.command)
        if answer is None:
            return self.chatter.respond(request)
        return answer(request) if callable(answer) else answer


@contextlib.asynccontextmanager
async def serving(answers, certificate=None):
    """The service on a port, which this gives."""
    server = Server(asks=OWN_COMMANDS, tls=certificate is not None)
    sockets = SocketAPI(reactor)
    connections = ConnectionFactory(MySQLFactory(server, Told(answers), reactor, certificate), api=sockets)
    socket = sockets.socket(STREAM)
    socket.bind(("127.0.0.1", 0))
    socket.listen(factory=connections)
    try:
        yield socket.local_address[1]
    finally:
        await socket.close()
        for connection in list(connections.connections):
            connection.abort()
            await connection.when_closed()


class PyMySQL:
    """The one driver."""

    error = pymysql.err.MySQLError
    settings = {"read_timeout": 2, "connect_timeout": PATIENCE}

    @staticmethod
    def connect(**settings):
        return pymysql.connect(**settings)


class Connector:
    """The other driver."""

    error = connector.Error
    settings = {"use_pure": True, "read_timeout": 2, "connection_timeout": PATIENCE}

    @staticmethod
    def connect(**settings):
        return connector.connect(**settings)


DRIVERS = pytest.mark.parametrize("driver", [PyMySQL, Connector])


def verifying(path):
    """Settings of a client that trusts the certificate in a file, and no other."""
    return {"ssl_ca": str(path), "ssl_verify_cert": True, "ssl_verify_identity": True}


def code(problem):
    """The number of an exception."""
    return getattr(problem, "errno", None) or problem.args[0]


async def seen(driver, answers, talk=None, certificate=None, **settings):
    """What a client of a service sees: the exception that its connecting or its talk raises, or what the talk gives."""

    def run(port):
        try:
            connection = driver.connect(
                host="127.0.0.1", port=port, user="app", **{**PLAIN, **driver.settings, **settings}
            )
        except driver.error as problem:
            return problem
        try:
            return talk(connection) if talk is not None else connection
        except driver.error as problem:
            return problem
        finally:
            with contextlib.suppress(driver.error):
                connection.close()

    async with serving(answers, certificate) as port:
        return await deferToThread(run, port)


def query(text="ask"):
    """A talk of one query; gives its rows."""

    def talk(connection):
        cursor = connection.cursor()
        cursor.execute(text)
        return list(cursor.fetchall())

    return talk


RST = Ending.RST
BEFORE_LOGIN = {
    "1040 in place of the greeting": ({"connect": Error(1040, "08004", "Too many connections")}, (1040, 1040)),
    "closed before the greeting": ({"connect": Disturbed(None, (Break(),))}, (LOST, LOST)),
    "reset before the greeting": ({"connect": Disturbed(None, (Break(ending=RST),))}, ((2003, LOST), (2003, 2055))),
    "refused behind the proof": ({"auth": Error(1226, "42000", "User 'app' has exceeded")}, (1226, 1226)),
    "closed behind the proof": ({"auth": Disturbed(None, (Break(),))}, (LOST, LOST)),
    "a plugin that it has not": ({"connect": Login(plugin="nobody_has_it")}, (2059, -1)),
}
"""What the client is told, and the numbers that PyMySQL and the connector give; two where it depends on which
of its calls sees the end."""

IN_A_QUERY = {
    "closed without an answer": ((Break(after_rows=0),), (LOST, LOST)),
    "closed in the rows": ((Break(after_rows=2),), (LOST, LOST)),
    "reset in the rows": ((Break(after_rows=2, ending=RST),), (LOST, 2055)),
    "cut in a packet": ((Truncated(2, Ending.FIN),), (LOST, LOST)),
    "an error in place of the rest": ((Break(after_rows=2, error=Error(1213, "40001", "Deadlock")),), (1213, 1213)),
    "silence": ((Stall(),), (LOST, 3024)),
}


@DRIVERS
@pytest.mark.parametrize("how", BEFORE_LOGIN)
async def test_how_a_login_fails(driver, how):
    answers, codes = BEFORE_LOGIN[how]
    problem = await seen(driver, answers)
    expected = codes[driver is Connector]
    assert code(problem) in (expected if isinstance(expected, tuple) else (expected,))


@DRIVERS
@pytest.mark.parametrize("how", IN_A_QUERY)
async def test_how_a_query_fails(driver, how):
    disturbances, codes = IN_A_QUERY[how]
    problem = await seen(driver, {"ask": Disturbed(THREE, disturbances)}, query())
    assert code(problem) == codes[driver is Connector]


@DRIVERS
async def test_an_answer_that_is_only_slow_is_whole(driver):
    slow = Disturbed(THREE, (Stall(0.05), Pace(lambda: 0.05, lambda: 0.05), Dribble(9, 0.1)))
    assert await seen(driver, {"ask": slow}, query()) == [(1, "one"), (2, "two"), (3, "three")]


@DRIVERS
async def test_a_connection_that_is_closed_behind_an_answer_is_missed_by_the_next_query(driver):
    def talk(connection):
        assert len(query()(connection)) == 3
        return query()(connection)

    problem = await seen(driver, {"ask": Disturbed(THREE, (Break(),))}, talk)
    assert code(problem) in (LOST, GONE, -1)


@pytest.mark.parametrize("encrypted", [False, True])
async def test_what_was_sent_before_a_reset_arrives(encrypted, tmp_path):
    certificate, path = SelfSignedCertificate(), tmp_path / "ca.pem"
    path.write_bytes(certificate.issuer[1].public_bytes(Encoding.PEM))
    settings = {"ssl_disabled": False, **verifying(path)} if encrypted else {}

    def reading(connection):
        cursor, found = connection.cursor(pymysql.cursors.SSCursor), []
        cursor.execute("ask")
        try:
            while True:
                found.append(cursor.fetchone())
        except pymysql.err.OperationalError as problem:
            connection._result.unbuffered_active = False  # else it reads the rest when it is freed
            return found, code(problem)

    disturbed = Disturbed(THREE, (Break(after_rows=2, ending=RST),))
    assert await seen(PyMySQL, {"ask": disturbed}, reading, certificate, **settings) == (list(THREE.rows[:2]), LOST)


@DRIVERS
async def test_an_error_in_the_rows_leaves_the_connection_usable(driver):
    def talk(connection):
        with pytest.raises(driver.error):
            query()(connection)
        return query("SELECT 1")(connection)

    disturbance = Break(after_rows=1, error=Error(1317, "70100", "Query execution was interrupted"))
    assert await seen(driver, {"ask": Disturbed(THREE, (disturbance,))}, talk) == [(1,)]


async def test_wrong_sequence_ids_are_seen_by_who_looks():
    problem = await seen(PyMySQL, {"ask": Disturbed(THREE, (WrongSequence(),))}, query())
    assert "Packet sequence number wrong - got 2 expected 1" in str(problem)


@DRIVERS
async def test_a_ping_that_is_hung_up_on(driver):
    problem = await seen(
        driver, {"ping": Disturbed(None, (Break(),))}, lambda connection: connection.ping(reconnect=False)
    )
    assert isinstance(problem, driver.error)


@DRIVERS
@pytest.mark.parametrize(
    ("login", "reason"),
    [
        (Login(), None),
        (Login(certificate="expired"), "certificate has expired"),
        (Login(certificate="wrong_host"), "IP address mismatch"),
        (Login(tls=False), "SSL is required but the server doesn't support it"),
    ],
)
async def test_a_client_that_verifies_refuses_a_flawed_certificate(driver, login, reason, tmp_path):
    certificate, path = SelfSignedCertificate(), tmp_path / "ca.pem"
    path.write_bytes(certificate.issuer[1].public_bytes(Encoding.PEM))
    answers = {"connect": login}
    found = await seen(driver, answers, query("SELECT 1"), certificate, ssl_disabled=False, **verifying(path))
    assert found == [(1,)] if reason is None else reason in str(found)


@DRIVERS
async def test_the_password_is_asked_for_in_full_over_tls(driver, tmp_path):
    certificate, path = SelfSignedCertificate(), tmp_path / "ca.pem"
    path.write_bytes(certificate.issuer[1].public_bytes(Encoding.PEM))
    answers = {"connect": Login(full_authentication=True)}
    settings = {"ssl_disabled": False, "password": "secret", **verifying(path)}
    assert await seen(driver, answers, query("SELECT 1"), certificate, **settings) == [(1,)]


@DRIVERS
async def test_warnings_that_an_answer_tells_of(driver):
    def warn(request):
        request.session.warnings = (("Warning", 1265, "Data truncated for column 'a' at row 1"),)
        return Ok(1, warnings=1)

    def talk(connection):
        query_nothing(connection, "ask")
        return query("SHOW WARNINGS")(connection) + query("SHOW WARNINGS")(connection)

    found = await seen(driver, {"ask": warn}, talk)
    assert found == [("Warning", 1265, "Data truncated for column 'a' at row 1")] * 2


def query_nothing(connection, text):
    connection.cursor().execute(text)
