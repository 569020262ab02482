"""A TLS certificate from PEM files that is read again at SIGHUP, for the connections that come after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import Certificate, load_pem_x509_certificates
from OpenSSL.SSL import Connection as TLSConnection
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from twisted.internet.ssl import CertificateOptions
from twisted.protocols.tls import TLSMemoryBIOProtocol
from zope.interface import implementer

from sockservice.errors import ConfigurationError, Place
from sockservice.regular_file import open_regular


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
