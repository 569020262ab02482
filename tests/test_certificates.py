from __future__ import annotations

import os
import re

import pytest
from tls_files import make_certificate

from sockservice.certificates import ReloadingCertificate, SelfSignedCertificate
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
