"""Every form of --listen, by real programs."""

from __future__ import annotations

import os
import socket
import ssl

import pytest
from programs import PATIENCE
from tls_files import make_certificate

from sockservice.plugins.chargen import PATTERN


def ask(connection, question, size):
    connection.settimeout(PATIENCE)
    connection.sendall(question)
    data = b""
    while len(data) < size and (piece := connection.recv(size - len(data))):
        data += piece
    return data


def client_context():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def test_one_program_listens_in_every_form(start, tmp_path):
    make_certificate(tmp_path)
    (tmp_path / "pem").mkdir()
    make_certificate(tmp_path / "pem", file="localhost.pem")
    forms = [
        "tcp:0",
        "tcp6:0",
        "unix:echo.sock:mode=600",
        "ssl:0:privateKey=server.pem",
        "tls:pem:0",
        "haproxy:tcp:0",
        "udp:0",
        r"udp:0:interface=\:\:1",
    ]
    program = start(*[word for form in forms for word in ("--listen", form)], "echo")
    entries = program.entries()
    assert [entry["kind"] for entry in entries] == ["stream"] * 6 + ["datagram"] * 2
    assert {entry["service"] for entry in entries} == {"echo"}
    tcp, tcp6, unix, tls1, tls2, proxied, udp, udp6 = entries
    assert {entry["host"] for entry in (tcp, tls1, tls2, proxied, udp)} == {"127.0.0.1"}
    assert {tcp6["host"], udp6["host"]} == {"::1"}
    for entry in (tcp, tcp6):
        with socket.create_connection((entry["host"], entry["port"]), PATIENCE) as connection:
            assert ask(connection, b"hello", 5) == b"hello"

    assert unix["path"] == str(tmp_path / "echo.sock")
    assert os.stat(unix["path"]).st_mode & 0o777 == 0o600
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(unix["path"])
        assert ask(connection, b"hello", 5) == b"hello"

    for entry in (tls1, tls2):
        with (
            socket.create_connection((entry["host"], entry["port"]), PATIENCE) as plain,
            client_context().wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            assert ask(connection, b"x" * 100_000, 100_000) == b"x" * 100_000

    with socket.create_connection((proxied["host"], proxied["port"]), PATIENCE) as connection:
        assert ask(connection, b"PROXY TCP4 10.1.2.3 10.1.2.4 5 6\r\nhello", 5) == b"hello"

    for entry, family in ((udp, socket.AF_INET), (udp6, socket.AF_INET6)):
        with socket.socket(family, socket.SOCK_DGRAM) as client:
            client.settimeout(PATIENCE)
            client.sendto(b"hello", (entry["host"], entry["port"]))
            assert client.recv(100) == b"hello"

    program.end()
    assert not (tmp_path / "echo.sock").exists()


def test_a_socket_from_systemd_is_listened_on(start):
    with socket.create_server(("127.0.0.1", 0)) as theirs, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        program = start(
            "--listen",
            "systemd:domain=INET:name=web",
            "echo",
            env={"LISTEN_FDS": "1", "LISTEN_FDNAMES": "web"},
            inherit=theirs,
        )
        assert program.address() == theirs.getsockname()
        with program.connect() as connection:
            assert ask(connection, b"hello", 5) == b"hello"
        program.end()


def test_all_services_of_a_configuration_file_answer_over_streams_and_datagrams(start, tmp_path):
    names = ["echo", "discard", "chargen", "daytime", "time", "qotd"]
    (tmp_path / "host.yaml").write_text(
        "services:\n" + "".join(f"  - {{service: {name}, port: 0}}\n" for name in names)
    )
    program = start("--config", "host.yaml")
    sizes = {"echo": 5, "discard": 0, "chargen": 1_000_000, "daytime": 20, "time": 4, "qotd": 20}
    for name in names:
        # One number for both kinds.
        assert program.address(name) == program.address(name, "datagram")
        with program.connect(name) as connection:
            if name == "discard":
                connection.sendall(b"hello")
                connection.shutdown(socket.SHUT_WR)
                assert connection.recv(1) == b""
                continue
            answer = ask(connection, b"hello", sizes[name])
            assert len(answer) == sizes[name]
            if name == "chargen":
                assert answer == (PATTERN * (len(answer) // len(PATTERN) + 1))[: len(answer)]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(PATIENCE)
            client.sendto(b"hello", program.address(name, "datagram"))
            assert len(client.recv(1000)) <= 512


def test_half_closed_clients_get_the_whole_echo(start):
    program = start("--port", 0, "echo", tool="twist")
    data = os.urandom(300_000)
    with program.connect() as connection:
        connection.sendall(data[:100_000])
        received = ask(connection, data[100_000:200_000], 100_000)
        connection.sendall(data[200_000:])
        connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(65536):
            received += piece
    assert received == data


@pytest.mark.parametrize("kind", ["stream", "datagram"])
def test_an_ipv6_interface_is_bound_alone(start, kind):
    program = start("--port", 0, "--interface", "::1", "echo")
    host, port = program.address(kind=kind)
    assert host == "::1"
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == "stream" else socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
