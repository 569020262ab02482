from __future__ import annotations

import contextlib
import datetime
import os
import re
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from OpenSSL import SSL
from tls_files import make_certificate

from sockservice.certificates import ReloadingCertificate, SelfSignedCertificate, flawed_certificate
from sockservice.errors import ConfigurationError


def test_a_certificate_and_its_key_are_read(tmp_path):
    path = make_certificate(tmp_path)
    assert ReloadingCertificate(path, path).serverConnectionForTLS(None) is not None


def test_further_certificates_are_the_chain(tmp_path):
    path, other = make_certificate(tmp_path), make_certificate(tmp_path, file="other.pem")
    assert ReloadingCertificate(path, path, other).serverConnectionForTLS(None) is not None


@pytest.mark.parametrize(
    ("certificate", "key", "message"),
    [
        ("missing.pem", "server.pem", "missing.pem: there is no such file"),
        ("fifo.pem", "server.pem", "fifo.pem: cannot be read: it is a FIFO"),
        ("server.pem", "missing.pem", "missing.pem: there is no such file"),
        ("empty.pem", "server.pem", "empty.pem:1:1: there is no certificate in it"),
        ("damaged.pem", "server.pem", "damaged.pem:1:1: a certificate in it is damaged"),
        ("server.pem", "empty.pem", "empty.pem:1:1: there is no usable private key in it"),
        ("server.pem", "other.pem", "other.pem:1:1: it does not belong to the certificate"),
    ],
)
def test_a_wrong_file_is_named(tmp_path, certificate, key, message):
    text = make_certificate(tmp_path).read_bytes()
    make_certificate(tmp_path, file="other.pem")
    os.mkfifo(tmp_path / "fifo.pem")
    (tmp_path / "empty.pem").write_bytes(b"")
    (tmp_path / "damaged.pem").write_bytes(re.sub(rb"\n.{10}", b"\n0123456789", text, count=2))
    with pytest.raises(ConfigurationError, match=message):
        ReloadingCertificate(tmp_path / certificate, tmp_path / key)


def test_a_failed_reload_keeps_what_was_read(tmp_path):
    path = make_certificate(tmp_path)
    certificate = ReloadingCertificate(path, path)
    path.write_text("gone wrong")
    with pytest.raises(ConfigurationError):
        certificate.reload()
    assert certificate.serverConnectionForTLS(None) is not None


def test_a_self_signed_certificate_is_for_this_machine_and_told_by_its_fingerprint():
    first, second = SelfSignedCertificate(), SelfSignedCertificate()
    assert re.fullmatch("([0-9A-F]{2}:){31}[0-9A-F]{2}", first.fingerprint)
    assert first.fingerprint != second.fingerprint
    assert first.serverConnectionForTLS(None) is not first.serverConnectionForTLS(None)


STRICT = getattr(ssl, "VERIFY_X509_STRICT", 0)
FLAWS = [("expired", "certificate has expired"), ("wrong_host", "Hostname mismatch, certificate is not valid for")]


def refusal(maker, trusted, host="localhost"):
    """What a client that verifies says to a certificate: the reason why it refuses it, or ``""``.

    Args:
        maker: makes the server's side.
        trusted: the certificate whose owner the client trusts, or None for nobody's.
        host: who the client wants to talk to.
    """
    pem = None if trusted is None else trusted.public_bytes(Encoding.PEM).decode()
    context = ssl.create_default_context(cadata=pem)
    context.verify_flags |= STRICT
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname=host)
    server = maker.serverConnectionForTLS(None)
    server.set_accept_state()
    for _ in range(10):
        try:
            client.do_handshake()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLCertVerificationError as problem:
            return problem.verify_message
        else:
            return ""
        server.bio_write(outgoing.read())
        with contextlib.suppress(SSL.WantReadError):
            server.do_handshake()
        incoming.write(server.bio_read(65536))
    raise AssertionError("no handshake")


def test_a_self_signed_certificate_is_good_for_who_trusts_it():
    maker = SelfSignedCertificate()
    for host in ("localhost", "127.0.0.1", "::1"):
        assert refusal(maker, maker.issuer[1], host) == ""
    assert "self" in refusal(maker, SelfSignedCertificate().issuer[1])


@pytest.mark.parametrize(("flaw", "reason"), FLAWS)
def test_a_client_that_trusts_the_service_sees_the_flaw_and_no_other(flaw, reason):
    service = SelfSignedCertificate()
    flawed = flawed_certificate(flaw, service)
    assert refusal(flawed, service.issuer[1]).startswith(reason)
    assert flawed_certificate(flaw, service) is flawed
    if flaw == "wrong_host":
        assert refusal(flawed, service.issuer[1], "wrong-host.invalid") == ""


@pytest.mark.parametrize(("flaw", "reason"), FLAWS)
@pytest.mark.parametrize("kind", ["ec", "rsa", "ed25519"])
def test_a_certificate_of_a_file_issues_the_flawed_one_where_it_may(tmp_path, flaw, reason, kind):
    keys = {
        "ec": lambda: ec.generate_private_key(ec.SECP256R1()),
        "rsa": lambda: rsa.generate_private_key(65537, 2048),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
    }
    key = keys[kind]()
    certificate = self_signed(key)
    path = tmp_path / "authority.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
    service = ReloadingCertificate(path, path)
    assert refusal(service, certificate) == ""
    assert refusal(flawed_certificate(flaw, service), certificate).startswith(reason)


def self_signed(key):
    """A certificate that may issue others, as test suites make them."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")])
    now = datetime.datetime.now(datetime.UTC)
    usage = dict.fromkeys(
        "content_commitment key_encipherment data_encipherment key_agreement encipher_only decipher_only".split(), False
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage), critical=True)
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )


@pytest.mark.parametrize("flaw", ["expired", "wrong_host"])
def test_where_nobody_may_issue_it_a_flawed_certificate_is_refused_all_the_same(tmp_path, flaw):
    path = make_certificate(tmp_path)
    for service in (ReloadingCertificate(path, path), None):
        assert refusal(flawed_certificate(flaw, service), None)
