"""Certificates for the server's side of TLS: from PEM files, which are read again at SIGHUP, or made on the spot."""

from __future__ import annotations

import datetime
import functools
import ipaddress
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import (
    AuthorityKeyIdentifier,
    BasicConstraints,
    Certificate,
    CertificateBuilder,
    DNSName,
    ExtensionNotFound,
    IPAddress,
    KeyUsage,
    Name,
    NameAttribute,
    SubjectAlternativeName,
    SubjectKeyIdentifier,
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

WRONG_HOST: Final = "wrong-host.invalid"
"""Whom the certificate for a wrong host is for: a name that no host has (RFC 2606)."""

Flaw: TypeAlias = Literal["expired", "wrong_host"]
"""What can be wrong with a certificate that clients are to refuse."""


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
        self._issuer: _Pair | None = None
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
        self._issuer = (key, certificate) if _may_issue(certificate) else None
        return _context(key, certificate, chain)

    @property
    def issuer(self) -> _Pair | None:
        """Key and certificate, where the certificate may issue others; else None."""
        return self._issuer


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
        now = datetime.datetime.now(datetime.UTC)
        certificate = (
            _builder(_name("sockservice"), key, SubjectAlternativeName(_AT_HOME))
            .issuer_name(_name("sockservice"))
            .not_valid_before(now - _DAY)  # for clients whose clock is late
            .not_valid_after(now + LIFE)
            .add_extension(BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(issues=True), critical=True)
            .sign(key, SHA256())
        )
        self.fingerprint = certificate.fingerprint(SHA256()).hex(":").upper()
        self.issuer: _Pair = (key, certificate)
        self._context = _context(key, certificate, [])

    def serverConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol) -> TLSConnection:  # noqa: ARG002
        """See ``IOpenSSLServerConnectionCreator``."""
        return TLSConnection(self._context, None)


@implementer(IOpenSSLServerConnectionCreator)
class FlawedCertificate:
    """Makes the server's side of TLS connections with a certificate that a client which verifies refuses.

    Args:
        flaw: why: ``expired``: it was good until yesterday; ``wrong_host``: it is for another host.
        issuer: key and certificate of who issues it: a client that trusts that one sees this flaw and no other.
    """

    def __init__(self, flaw: Flaw, issuer: _Pair) -> None:
        issuing_key, issuing = issuer
        key = generate_private_key(SECP256R1())
        end = datetime.datetime.now(datetime.UTC) + (-_DAY if flaw == "expired" else LIFE)
        names = SubjectAlternativeName([DNSName(WRONG_HOST)] if flaw == "wrong_host" else _AT_HOME)
        authority = AuthorityKeyIdentifier.from_issuer_public_key(issuing_key.public_key())
        certificate = (
            _builder(_name(WRONG_HOST if flaw == "wrong_host" else "localhost"), key, names)
            .issuer_name(issuing.subject)
            .not_valid_before(end - LIFE - _DAY)
            .not_valid_after(end)
            .add_extension(BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(issues=False), critical=True)
            .add_extension(authority, critical=False)
            .sign(issuing_key, None if isinstance(issuing_key, _DIGEST_FREE) else SHA256())
        )
        self._context = _context(key, certificate, [issuing])

    def serverConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol) -> TLSConnection:  # noqa: ARG002
        """See ``IOpenSSLServerConnectionCreator``."""
        return TLSConnection(self._context, None)


def flawed_certificate(flaw: Flaw, service: object) -> FlawedCertificate:
    """A certificate with a flaw, made when it is first asked for.

    Args:
        flaw: which.
        service: what makes the service's TLS connections otherwise. Its certificate issues the flawed one where it may
            issue any; else one does that is made for it, and that nobody trusts.
    """
    issuer: _Pair | None = getattr(service, "issuer", None)
    return _flawed(flaw, issuer or _unknown_issuer())


@functools.lru_cache(maxsize=16)
def _flawed(flaw: Flaw, issuer: _Pair) -> FlawedCertificate:
    return FlawedCertificate(flaw, issuer)


@functools.cache
def _unknown_issuer() -> _Pair:
    return SelfSignedCertificate().issuer


_DIGEST_FREE: Final = (Ed25519PrivateKey, Ed448PrivateKey)
"""Keys that sign without a digest of our choice."""

_Pair: TypeAlias = tuple[Any, Certificate]
"""A private key and its certificate."""

_AT_HOME: Final = (
    DNSName("localhost"),
    *(IPAddress(ipaddress.ip_address(address)) for address in ("127.0.0.1", "::1")),
)
"""Where a server on this machine is found."""


def _name(common_name: str) -> Name:
    return Name([NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(subject: Name, key: Any, names: SubjectAlternativeName) -> CertificateBuilder:
    """What all certificates that are made here have."""
    return (
        CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(random_serial_number())
        .add_extension(names, critical=False)
        .add_extension(SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(*, issues: bool) -> KeyUsage:
    return KeyUsage(
        digital_signature=True,
        key_cert_sign=issues,
        crl_sign=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _may_issue(certificate: Certificate) -> bool:
    """Whether clients take other certificates from the owner of this one."""
    try:
        return certificate.extensions.get_extension_for_class(BasicConstraints).value.ca
    except (ExtensionNotFound, ValueError):
        return False


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
