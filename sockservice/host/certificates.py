"""A TLS certificate from PEM files that is read again at SIGHUP, for the connections that come after."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from OpenSSL.SSL import Connection as TLSConnection
from OpenSSL.SSL import Error as TLSError
from twisted.internet.interfaces import IOpenSSLServerConnectionCreator
from twisted.internet.ssl import Certificate, CertificateOptions, PrivateCertificate
from twisted.protocols.tls import TLSMemoryBIOProtocol
from zope.interface import implementer

from sockservice.errors import ConfigurationError, Place


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
        certificate, private_key, chain = self._files
        blocks = _certificates(certificate)
        if chain is not None:
            blocks += _certificates(chain)
        try:
            pair = PrivateCertificate.loadPEM(  # type: ignore[no-untyped-call]
                b"\n".join([blocks[0], _text(private_key)])
            )
        except (TLSError, ValueError) as error:
            raise ConfigurationError(
                "there is no usable private key in it (PEM, without a password)", Place(private_key)
            ) from error
        options = CertificateOptions(
            privateKey=pair.privateKey.original,
            certificate=pair.original,
            extraCertChain=[Certificate.loadPEM(block).original for block in blocks[1:]],
        )
        try:
            context = options.getContext()
            context.check_privatekey()
        except TLSError as error:
            raise ConfigurationError(
                f"it does not belong to the certificate {certificate}", Place(private_key)
            ) from error
        return context


def _certificates(path: Path) -> list[bytes]:
    blocks = re.findall(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", _text(path), re.DOTALL)
    if not blocks:
        raise ConfigurationError("there is no certificate in it (PEM)", Place(path))
    try:
        for block in blocks:
            Certificate.loadPEM(block)
    except (TLSError, ValueError) as error:
        raise ConfigurationError("the certificate in it is damaged", Place(path)) from error
    return blocks


def _text(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"cannot be read: {error.strerror}", Place(path)) from error
