"""Sockets over real loopback connections, closed again after each test."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from loopback import LOOPBACK
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.ssl import CertificateOptions

from sockservice.sockets import STREAM, SocketAPI


@pytest_twisted.async_yield_fixture
async def opened():
    """``opened(socket)`` has the socket closed at the end of the test, and returns it."""
    sockets: list[Any] = []

    def keep(socket: Any) -> Any:
        sockets.append(socket)
        return socket

    yield keep
    left: list[Any] = []
    for socket in reversed(sockets):
        listening = getattr(socket, "connections", None)
        await socket.close(timeout=1.0)
        left.extend(listening.connections if listening is not None else ())
    for connection in left:
        connection.abort()
        await connection.when_closed()


@pytest.fixture
def api() -> SocketAPI:
    return SocketAPI(reactor)


@pytest.fixture
def listening(api: SocketAPI, opened: Any) -> Callable[..., Any]:
    """``listening(factory=None)`` is a socket that listens on a free port of 127.0.0.1."""

    def listen(factory: Any = None, address: Any = LOOPBACK, **options: Any) -> Any:
        socket = opened(api.socket(STREAM, **options))
        socket.bind(address)
        socket.listen(factory=factory)
        return socket

    return listen


@pytest.fixture
def connected(api: SocketAPI, opened: Any) -> Callable[..., Awaitable[Any]]:
    """``await connected(address)`` is a socket that is connected to it."""

    async def connect(address: Any, **options: Any) -> Any:
        socket = opened(api.socket(STREAM, **options))
        await socket.connect(address)
        return socket

    return connect


@pytest.fixture
def pair(listening: Any, connected: Any, opened: Any) -> Callable[[], Awaitable[tuple[Any, Any]]]:
    """``await pair()`` is a client and a server, connected to each other."""

    async def make() -> tuple[Any, Any]:
        listener = listening()
        accepted: Deferred[Any] = listener.accept()
        client = await connected(listener.local_address)
        return client, opened(await accepted)

    return make


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate and its key, in one PEM file."""
    import datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.fixture
def server_tls(certificate: Path) -> Any:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    pem = certificate.read_bytes()
    # The objects of cryptography themselves: those of pyOpenSSL are deprecated.
    return CertificateOptions(load_pem_private_key(pem, None), x509.load_pem_x509_certificate(pem))


@pytest.fixture
def client_tls() -> Any:
    return CertificateOptions(verify=False)
