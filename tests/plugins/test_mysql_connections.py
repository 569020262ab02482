"""The MySQL service and its connections: TLS in the middle of one, Unix sockets, clients behind a proxy."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from tls_files import make_certificate
from twisted.internet import reactor
from twisted.internet.threads import deferToThread
from twisted.protocols.haproxy import proxyEndpoint
from twisted.python.usage import UsageError
from zope.interface import implementer

from sockservice.answers import Ok, table
from sockservice.certificates import ReloadingCertificate, SelfSignedCertificate
from sockservice.errors import ConfigurationError
from sockservice.host.socket_endpoint import SocketEndpoint
from sockservice.host.surroundings import Surroundings
from sockservice.interfaces import STREAM, IResponder
from sockservice.mysql import Account, Server
from sockservice.plugins._mysql_protocol import MySQLFactory
from sockservice.plugins.mysql import MySQL, MySQLOptions
from sockservice.sockets import ConnectionFactory, SocketAPI

sys.path.append(str(Path(__file__).parents[1] / "mysql"))
from wire_client import SSL, USUAL, Err, framed, handshake_response, read_greeting, read_reply, scramble, unframed

PATIENCE = 60.0
SHA2 = "caching_sha2_password"
TLS_REQUEST = framed(struct.pack("<IIB23x", USUAL | SSL, 0, 255), 1)


@implementer(IResponder)
class WhoAsks:
    """Answers everything with who asks; keeps the sessions that asked."""

    def __init__(self):
        self.sessions = []

    def respond(self, request):
        self.sessions.append(request.session)
        if request.command == "init_db":
            return Ok()
        session = request.session
        return table({"who": "TEXT"}, [(f"{session.user} {session.host} {session.port} {bool(session.tls)}",)])


class Client:
    """A blocking client, for a thread; over TLS once :meth:`start_tls` was called."""

    def __init__(self, address):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(address)
        self.tls = None
        self.data = b""

    def send(self, data):
        if self.tls is None:
            self.socket.sendall(data)
        else:
            self.tls.write(data)
            self.socket.sendall(self.outgoing.read())

    def start_tls(self, before=b"", certificates=None):
        """A handshake whose first bytes are in one segment with ``before``; returns the server's certificate."""
        context = ssl.create_default_context(cadata=certificates)
        if certificates is None:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname="localhost")
        while True:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                self.socket.sendall(before + self.outgoing.read())
                before = b""
                received = self.socket.recv(65536)
                assert received, "the server hung up"
                self.incoming.write(received)
            else:
                break
        self.socket.sendall(self.outgoing.read())
        self.tls = tls
        return tls.getpeercert(binary_form=True)

    def receive(self):
        """Some bytes; ``b""`` at the end."""
        if self.tls is None:
            try:
                return self.socket.recv(65536)
            except ConnectionResetError:
                return b""
        while True:
            try:
                return self.tls.read(65536)
            except ssl.SSLWantReadError:
                received = self.socket.recv(65536)
                if not received:
                    return b""
                self.incoming.write(received)
            except ssl.SSLError:
                return b""

    def packet(self):
        while len(self.data) < 4 or len(self.data) < 4 + int.from_bytes(self.data[:3], "little"):
            received = self.receive()
            assert received, "the server hung up"
            self.data += received
        end = 4 + int.from_bytes(self.data[:3], "little")
        packet, self.data = self.data[:end], self.data[end:]
        return unframed(packet)[0][1]

    def log_in(self, greeting, sequence=1, password=b"secret", **fields):
        """Returns the last packet, read."""
        auth = scramble(SHA2, password, greeting.salt)
        self.send(framed(handshake_response(auth=auth, **fields), sequence))
        payload = self.packet()
        return read_reply(self.packet() if payload == b"\1\3" else payload)

    def who(self):
        """What the responder says of us."""
        self.send(framed(b"\x03SELECT who"))
        payloads = [self.packet() for _ in range(5)]
        return payloads[3][1:].decode()

    def ended(self):
        return self.receive() == b""

    def close(self):
        self.socket.close()


@asynccontextmanager
async def listening(*, proxied=False, family=socket.AF_INET, address=("127.0.0.1", 0), certificate=None, **settings):
    """The service on a port; gives the port's address, the responder and the server."""
    responder, server = WhoAsks(), Server(tls=certificate is not None, **settings)
    sockets = SocketAPI(reactor)
    connections = ConnectionFactory(MySQLFactory(server, responder, reactor, certificate), api=sockets)
    bound = sockets.socket(STREAM, family=family)
    bound.bind(address)
    endpoint = SocketEndpoint(reactor, bound, 50)
    port = await (proxyEndpoint(endpoint) if proxied else endpoint).listen(connections)
    try:
        yield bound.local_address, responder, server
        while server.sessions:  # until the server has seen the end of each
            await deferToThread(lambda: None)
    finally:
        await port.stopListening()
        for connection in list(connections.connections):
            connection.abort()
            await connection.when_closed()


async def in_thread(address, talk):
    """Have a client talk in a thread; it is closed afterwards, and the server has seen that."""

    def run():
        client = Client(address)
        try:
            return talk(client)
        finally:
            client.close()

    return await deferToThread(run)


def greeted(client):
    return read_greeting(client.packet())


async def test_the_hello_of_tls_may_come_with_the_request_for_it():
    certificate = SelfSignedCertificate()

    def talk(client):
        greeting = greeted(client)
        theirs = client.start_tls(before=TLS_REQUEST)
        assert client.log_in(greeting, sequence=2).status == 2
        return theirs, client.who()

    async with listening(certificate=certificate, accounts=[Account("app", "secret", tls=True)]) as (
        address,
        who,
        _,
    ):
        theirs, told = await in_thread(address, talk)
    assert told.split()[:2] + told.split()[3:] == ["app", "127.0.0.1", "True"]
    assert sha256(theirs).hexdigest().upper() == certificate.fingerprint.replace(":", "")
    assert who.sessions[0].tls.version.startswith("TLSv1.")
    assert who.sessions[0].tls.cipher


async def test_large_answers_and_statements_pass_through_tls():
    def talk(client):
        greeting = greeted(client)
        client.start_tls(before=TLS_REQUEST)
        client.log_in(greeting, sequence=2)
        client.send(framed(b"\x03" + b"x" * 3_000_000))
        return [client.packet() for _ in range(5)][3]

    async with listening(certificate=SelfSignedCertificate()) as (address, _, _):
        assert (await in_thread(address, talk))[1:].startswith(b"app 127.0.0.1")


async def test_plain_bytes_behind_the_request_for_tls_end_the_connection():
    def talk(client):
        greeting = greeted(client)
        auth = scramble(SHA2, b"secret", greeting.salt)
        client.send(TLS_REQUEST + framed(handshake_response(auth=auth), 2) + framed(b"\x03DROP TABLE people"))
        while received := client.receive():
            assert received[:1] == b"\x15"  # an alert of TLS, no packet of ours

    async with listening(certificate=SelfSignedCertificate(), accounts=[Account("app", "secret")]) as (
        address,
        who,
        server,
    ):
        await in_thread(address, talk)
        assert who.sessions == []
        assert server.sessions == {}


async def test_the_certificate_of_a_file_is_read_again(tmp_path):
    path = make_certificate(tmp_path)
    certificate = ReloadingCertificate(path, path)

    def talk(client):
        greeting = greeted(client)
        client.start_tls(before=TLS_REQUEST, certificates=path.read_text())
        return client.log_in(greeting, sequence=2).status

    async with listening(certificate=certificate) as (address, _, _):
        assert await in_thread(address, talk) == 2
        make_certificate(tmp_path)
        with pytest.raises(ssl.SSLCertVerificationError):
            await in_thread(address, talk)
        certificate.reload()
        assert await in_thread(address, talk) == 2


async def test_a_server_that_requires_tls_refuses_plain_tcp():
    def talk(client):
        reply = client.log_in(greeted(client))
        assert client.ended()
        return reply

    async with listening(certificate=SelfSignedCertificate(), require_tls=True) as (address, _, _):
        reply = await in_thread(address, talk)
    text = "Connections using insecure transport are prohibited while --require_secure_transport=ON."
    assert reply == Err(3159, "HY000", text)


async def test_a_client_of_a_unix_socket_is_localhost_and_need_not_encrypt(tmp_path):
    def talk(client):
        assert client.log_in(greeted(client)).status == 2
        return client.who()

    accounts = [Account("app", "secret", tls=True, host="localhost")]
    path = str(tmp_path / "mysql.sock")
    async with listening(family=socket.AF_UNIX, address=path, accounts=accounts) as (address, _, _):
        assert await in_thread(address, talk) == "app localhost 0 False"


V2 = b"\r\n\r\n\0\r\nQUIT\n"
PROXIED = socket.inet_aton("10.1.2.3") + socket.inet_aton("10.1.2.4") + struct.pack(">HH", 1234, 3306)
HEADERS = {
    "v1": (b"PROXY TCP4 10.1.2.3 10.1.2.4 1234 3306\r\n", "10.1.2.3 1234"),
    "v1 IPv6": (b"PROXY TCP6 fe80::7 fe80::1 1234 3306\r\n", "fe80::7 1234"),
    "v2": (V2 + b"\x21\x11" + struct.pack(">H", 12) + PROXIED, "10.1.2.3 1234"),
    "v2 IPv6": (
        V2 + b"\x21\x21" + struct.pack(">H", 36) + socket.inet_pton(socket.AF_INET6, "fe80::7") * 2 + PROXIED[-4:],
        "fe80::7 1234",
    ),
    "v2 with more": (V2 + b"\x21\x11" + struct.pack(">H", 19) + PROXIED + b"\x04\0\x04spam", "10.1.2.3 1234"),
    "v2 LOCAL": (V2 + b"\x20\x00" + struct.pack(">H", 0), None),
    "v1 UNKNOWN": (b"PROXY UNKNOWN 10.1.2.3 10.1.2.4 1234 3306\r\n", None),
}


@pytest.mark.parametrize("encrypted", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("version", HEADERS)
async def test_behind_a_proxy_a_client_is_where_the_header_says(version, encrypted):
    header, expected = HEADERS[version]

    def talk(client):
        client.send(header)
        own = "{} {}".format(*client.socket.getsockname())
        greeting = greeted(client)
        if encrypted:
            client.start_tls(before=TLS_REQUEST)
        assert client.log_in(greeting, sequence=2 if encrypted else 1).status == 2
        return own, client.who()

    accounts = [Account("app", "secret", host=host) for host in ("10.1.2.3", "fe80::7", "127.0.0.1")]
    settings = {"certificate": SelfSignedCertificate(), "accounts": accounts}
    async with listening(proxied=True, **settings) as (address, _, _):
        own, told = await in_thread(address, talk)
    assert told == f"app {expected or own} {encrypted}"


async def test_a_refused_login_names_the_proxied_address():
    def talk(client):
        client.send(HEADERS["v2"][0])
        return client.log_in(greeted(client), password=b"wrong")

    async with listening(proxied=True, accounts=[Account("app", "secret")]) as (address, _, _):
        reply = await in_thread(address, talk)
    assert reply.message == "Access denied for user 'app'@'10.1.2.3' (using password: YES)"


@pytest.mark.parametrize(
    "garbage",
    [b"PROXY TCP9 nonsense\r\n", b"GET / HTTP/1.1\r\n\r\n", V2 + b"\x2f\xff\0\0", V2 + b"\x11\x11\0\x0c" + PROXIED],
)
async def test_without_a_right_header_a_proxied_client_is_hung_up_on(garbage):
    def talk(client):
        greeting = greeted(client)
        auth = scramble(SHA2, b"secret", greeting.salt)
        client.send(garbage + framed(handshake_response(auth=auth), 1) + framed(b"\x03DROP TABLE people"))
        return client.ended()

    async with listening(proxied=True) as (address, who, server):
        assert await in_thread(address, talk)
        assert who.sessions == []
        assert server.sessions == {}


# --- the options


def service(*words, folder=Path()):
    options = MySQLOptions()
    options.parseOptions(words)
    host = Surroundings(reactor, SocketAPI(reactor), options, lambda name: folder / name)
    return MySQL().stream_factory(host), host


def test_tls_is_offered_where_the_options_ask_for_it(tmp_path):
    make_certificate(tmp_path)
    for words, offered in (((), False), (("--tls", "self-signed"), True), (("--tls", "server.pem"), True)):
        factory, host = service(*words, folder=tmp_path)
        assert bool(factory.server.capabilities & SSL) == offered
        assert len(host.reloads) == (2 if "server.pem" in words else 1)
    factory, _ = service("--tls", "server.pem:server.pem", "--require-tls", folder=tmp_path)
    assert factory.server.require_tls


def test_a_file_that_is_no_certificate_is_named(tmp_path):
    (tmp_path / "empty.pem").write_bytes(b"")
    with pytest.raises(ConfigurationError, match=r"empty\.pem:1:1: there is no certificate in it"):
        service("--tls", "empty.pem:key.pem", folder=tmp_path)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--require-tls"], "--require-tls needs --tls, for example --tls self-signed"),
        (["--account", "app"], "--account takes USER:PASSWORD, and 'app' has no colon"),
        (["--account", "app,tsl:x"], "--account has no setting 'tsl'; did you mean 'tls'?"),
    ],
)
def test_a_wrong_option_is_named(words, message):
    with pytest.raises(UsageError) as caught:
        MySQLOptions().parseOptions(words)
    assert str(caught.value) == message


async def test_the_key_is_made_before_it_is_asked_for(monkeypatch):
    made = []
    for words, expected in (([], 0), (["--account", "app:x"], 0), (["--account", "app,full:x"], 1)):
        factory, _ = service(*words)
        monkeypatch.setattr(factory.server.rsa_key, "generate", lambda: made.append(1))
        factory.doStart()
        await deferToThread(lambda: None)
        factory.doStop()
        while len(made) < expected:
            await deferToThread(lambda: None)
        assert len(made) == expected


def test_the_fingerprint_of_a_certificate_of_our_own_is_told(monkeypatch):
    from sockservice.plugins import _mysql_protocol

    told = []
    monkeypatch.setattr(_mysql_protocol._log, "info", lambda text, **fields: told.append(text.format(**fields)))
    factory, _ = service("--tls", "self-signed")
    factory.doStart()
    factory.doStop()
    assert told == [f"TLS by a self-signed certificate, SHA-256 {factory._tls.fingerprint}"]
