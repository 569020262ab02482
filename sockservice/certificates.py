"""Certificates for the server's side of TLS: from PEM files, which are read again at SIGHUP, or made on the spot."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    CertificateBuilder,
    DNSName,
    IPAddress,
    Name,
    NameAttribute,
    SubjectAlternativeName,
    load_pem_x509_certificates,
    random_serial_number,
)
from cryptography.x509.oid import NameOID
from OpenSSL.SSL import Connection as TLSConnection
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from twisted.internet.ssl import CertificateOptions
from twisted.protocols.tls import TLSMemoryBIOProtocol
from zope.interface import implementer

from sockservice.errors import ConfigurationError, Place
from sockservice.regular_file import open_regular

LIFE: Final = datetime.timedelta(days=10 * 365)
"""For how long a self-signed certificate is good: longer than any process that makes one."""
_DAY: Final = datetime.timedelta(days=1)


@implementer(IOpenSSLServerConnectionCreator)
class ReloadingCertificate:
    """Makes the server's side of TLS connections.

    Args:
        certificate: a PEM file with the certificate, and perhaps those between it and a root.
        private_key: a PEM file with its key; may be the same file.
        chain: a PEM file with the certificates between it and a root.

    Raises:
        ConfigurationError: a file cannot be read or holds no such thing, or key and certificate do not match.
    """

    def __init__(self, certificate: Path, private_key: Path, chain: Path | None = None) -> None:
        self._files = (certificate, private_key, chain)
        self._context = self._read()

    def reload(self) -> None:
        """Read the files again. What was read before stays where they are wrong.

        Raises:
            ConfigurationError: as at first.
        """
        self._context = self._read()

    def serverConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol) -> TLSConnection:  # noqa: ARG002
        """See ``IOpenSSLServerConnectionCreator``."""
        return TLSConnection(self._context, None)

    def _read(self) -> Any:
        certificate_file, key_file, chain_file = self._files
        certificate, *chain = _certificates(certificate_file)
        if chain_file is not None:
            chain += _certificates(chain_file)
        try:
            key = load_pem_private_key(_content(key_file), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            message = "there is no usable private key in it (PEM, without a password)"
            raise ConfigurationError(message, Place(key_file)) from error
        if key.public_key() != certificate.public_key():
            raise ConfigurationError(f"it does not belong to the certificate {certificate_file}", Place(key_file))
        return _context(key, certificate, chain)


@implementer(IOpenSSLServerConnectionCreator)
class SelfSignedCertificate:
    """Makes the server's side of TLS connections with a certificate of its own, made now and signed by itself.

    It is for ``localhost`` and the loopback addresses. Clients that verify certificates have to be told to trust
    this one, by its fingerprint for example.

    Attributes:
        fingerprint: SHA-256 of the certificate, in hexadecimal with a colon between the bytes.
    """

    def __init__(self) -> None:
        key = generate_private_key(SECP256R1())
        name = Name([NameAttribute(NameOID.COMMON_NAME, "sockservice")])
        now = datetime.datetime.now(datetime.UTC)
        places = [
            DNSName("localhost"),
            *(IPAddress(ipaddress.ip_address(address)) for address in ("127.0.0.1", "::1")),
        ]
        certificate = (
            CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(random_serial_number())
            .not_valid_before(now - _DAY)  # for clients whose clock is late
            .not_valid_after(now + LIFE)
            .add_extension(SubjectAlternativeName(places), critical=False)
            .add_extension(BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, SHA256())
        )
        self.fingerprint = certificate.fingerprint(SHA256()).hex(":").upper()
        self._context = _context(key, certificate, [])

    def serverConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol) -> TLSConnection:  # noqa: ARG002
        """See ``IOpenSSLServerConnectionCreator``."""
        return TLSConnection(self._context, None)


def _context(key: Any, certificate: Certificate, chain: list[Certificate]) -> Any:
    # Twisted's types name pyOpenSSL's classes, which pyOpenSSL itself asks not to be given any more.
    pieces: dict[str, Any] = {"privateKey": key, "certificate": certificate, "extraCertChain": chain}
    return CertificateOptions(**pieces).getContext()


def _certificates(path: Path) -> list[Certificate]:
    content = _content(path)
    if b"-----BEGIN CERTIFICATE-----" not in content:
        raise ConfigurationError("there is no certificate in it (PEM)", Place(path))
    try:
        return load_pem_x509_certificates(content)
    except ValueError as error:
        raise ConfigurationError("a certificate in it is damaged", Place(path)) from error


def _content(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            return file.read()
    except FileNotFoundError as error:
        raise ConfigurationError(f"{path}: there is no such file") from error
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
