"""Toxics as real programs have them: on every kind of endpoint, on MySQL, on datagrams, and changed by SIGHUP."""

from __future__ import annotations

import signal
import socket
import ssl
import time

import pymysql
import pytest
from programs import PATIENCE
from tls_files import make_certificate

SLOW = 0.15


def ask(connection, question=b"hello", size=None):
    """The answer of ``echo``, and the seconds that it took."""
    started = time.monotonic()
    connection.settimeout(PATIENCE)
    connection.sendall(question)
    answer = b""
    while len(answer) < (size or len(question)) and (piece := connection.recv(65536)):
        answer += piece
    return answer, time.monotonic() - started


def login(program, **settings):
    host, port = program.address()
    return pymysql.connect(host=host, port=port, user="app", read_timeout=PATIENCE, ssl_disabled=True, **settings)


def context():
    made = ssl.create_default_context()
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    return made


def test_latency_is_seen_and_every_call_still_traced(start):
    program = start("--port", 0, "--trace", "--toxic", "latency:latency=150", "echo")
    with program.connect() as connection:
        answer, seconds = ask(connection)
    assert answer == b"hello"
    assert seconds >= SLOW
    program.wait_for("CLOSE   by us")
    for line in ("ACCEPT ", "RECEIVE ", "5 bytes 'hello'", "SEND    'hello'"):
        assert line in program.text()


def test_every_kind_of_endpoint_is_disturbed_on_the_wire(start, tmp_path):
    make_certificate(tmp_path)
    (tmp_path / "pem").mkdir()
    make_certificate(tmp_path / "pem", file="localhost.pem")
    forms = ["tcp:0", "unix:echo.sock", "ssl:0:privateKey=server.pem", "tls:pem:0", "haproxy:tcp:0"]
    # 1500 bytes go through: more than a hello or a header, less than a TLS handshake and the bytes behind it.
    program = start(
        *[word for form in forms for word in ("--listen", form)], "--toxic", "limit_data:bytes=1500", "echo"
    )
    plain, unix, tls1, tls2, proxied = program.entries()
    with socket.create_connection((plain["host"], plain["port"]), PATIENCE) as connection:
        assert ask(connection, b"x" * 2000)[0] == b"x" * 1500
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(unix["path"])
        assert ask(connection, b"x" * 2000)[0] == b"x" * 1500
    with socket.create_connection((proxied["host"], proxied["port"]), PATIENCE) as connection:
        header = b"PROXY TCP4 192.0.2.1 192.0.2.2 4711 7\r\n"
        assert ask(connection, header + b"x" * 2000)[0] == b"x" * 1500
    for entry in (tls1, tls2):
        connection = socket.create_connection((entry["host"], entry["port"]), PATIENCE)
        with context().wrap_socket(connection, server_hostname="localhost") as encrypted:
            # Fewer than 1500, since those of the handshake count.
            assert len(ask(encrypted, b"x" * 2000)[0]) < 1400


def test_a_mysql_client_sees_the_latency_of_each_answer(start):
    program = start("--port", 0, "--toxic", "latency:latency=50", "mysql")
    started = time.monotonic()
    with login(program) as connection, connection.cursor() as cursor:
        assert time.monotonic() - started >= 0.1  # the greeting and what follows the login
        started = time.monotonic()
        cursor.execute("SELECT 1")
        assert time.monotonic() - started >= 0.05
        assert cursor.fetchall() == ((1,),)


@pytest.mark.parametrize("toxic", ["reset_peer", "reset_peer:stream=upstream", "down", "limit_data:bytes=20"])
def test_a_mysql_client_loses_its_connection(start, toxic):
    program = start("--port", 0, "--toxic", toxic, "mysql")
    with pytest.raises(pymysql.err.OperationalError) as raised:
        login(program)
    assert raised.value.args[0] in (2003, 2013)


STUBS = f"""
version: 1
stubs:
  - when: {{sql: SELECT * FROM long}}
    then:
      columns: {{text: VARCHAR(200)}}
      rows: {[[f"{number:0100}"] for number in range(100)]}
"""


def test_a_mysql_result_breaks_in_the_middle(start, tmp_path):
    (tmp_path / "long.yaml").write_text(STUBS)
    program = start("--port", 0, "--toxic", "limit_data:bytes=5000", "mysql", "--stubs", "long.yaml")
    with login(program) as connection, connection.cursor() as cursor:
        with pytest.raises(pymysql.err.OperationalError) as raised:
            cursor.execute("SELECT * FROM long")
        assert raised.value.args[0] == 2013


def test_a_mysql_client_times_out_and_is_then_closed(start):
    program = start("--port", 0, "--toxic", "timeout:timeout=300", "mysql")
    started = time.monotonic()
    with pytest.raises(pymysql.err.OperationalError):
        login(program)
    assert 0.3 <= time.monotonic() - started < PATIENCE


@pytest.mark.parametrize(
    ("form", "header"), [("tcp:0", b""), ("haproxy:tcp:0", b"PROXY TCP4 192.0.2.1 192.0.2.2 4711 7\r\n")]
)
def test_what_starts_tls_in_the_protocol_is_disturbed_below_it(start, form, header):
    slicers = [
        "--toxic",
        "slicer:average_size=20,size_variation=10",
        "--toxic",
        "slicer:average_size=9,stream=upstream",
    ]
    program = start("--listen", form, *slicers, "mysql", "--tls", "self-signed")
    raw = program.connect()
    raw.sendall(header)
    connection = pymysql.connect(host="localhost", user="app", ssl={"check_hostname": False}, defer_connect=True)
    connection.connect(raw)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT 'over TLS'")
        assert cursor.fetchall() == (("over TLS",),)


def test_datagrams_of_a_protocol_and_of_a_coroutine(start):
    program = start("--port", 0, "--toxic", "duplicate:rate=1", "--toxic", "loss:rate=1,toxicity=0", "echo")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE)
        client.sendto(b"x", program.address(kind="datagram"))
        assert [client.recv(10), client.recv(10)] == [b"x", b"x"]
    program = start("--port", 0, "--toxic", "delay:delay=150,stream=upstream", "daytime")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(PATIENCE)
        started = time.monotonic()
        client.sendto(b"?", program.address(kind="datagram"))
        assert client.recv(100)
        assert time.monotonic() - started >= SLOW


FILE = """
services:
  - service: echo
    port: 0
    toxics: {toxics}
"""


def test_sighup_changes_the_toxics_of_open_connections_and_a_mistake_changes_nothing(start, tmp_path):
    file = tmp_path / "host.yaml"
    file.write_text(FILE.format(toxics=[]))
    program = start("--config", "host.yaml")

    def reload(toxics, line, count=1):
        file.write_text(FILE.format(toxics=toxics))
        program.signal(signal.SIGHUP)
        program.wait_for(line, count)

    with program.connect() as connection:
        assert ask(connection)[0] == b"hello"
        reload("[{type: latency, attributes: {latency: 500}}]", "reloaded")
        answer, seconds = ask(connection)
        assert answer == b"hello"
        assert seconds >= 0.5
        reload("[{type: latncy}]", f"the toxics stay as they are: {file}:5:21: there is no toxic 'latncy'")
        assert ask(connection)[1] >= 0.5
        reload("[]", "reloaded", 2)
        assert ask(connection)[1] < 0.5


def test_a_graceful_stop_waits_for_what_is_on_its_way(start):
    program = start("--port", 0, "--trace", "--toxic", "latency:latency=300", "echo")
    with program.connect() as connection:
        connection.sendall(b"last one")
        program.wait_for("SEND    'last one'")
        program.signal(signal.SIGTERM)
        assert ask(connection, b"", 8)[0] == b"last one"
        connection.settimeout(PATIENCE)
        assert connection.recv(10) == b""
    assert program.process.wait(PATIENCE) == -signal.SIGTERM


def test_a_graceful_stop_has_no_more_patience_with_toxics_than_without(start):
    program = start("--port", 0, "--patience", 0.3, "--toxic", "slow_close:delay=60000", "echo")
    with program.connect() as connection:
        assert ask(connection)[0] == b"hello"
        assert program.end() == -signal.SIGTERM
        with pytest.raises(ConnectionResetError):
            connection.recv(10)


def test_idle_clients_are_closed_and_those_that_bytes_trickle_to_are_not(start):
    program = start("--port", 0, "--idle-timeout", 0.4, "--toxic", "bandwidth:rate=1", "echo")
    with program.connect() as idle, program.connect() as busy:
        answer, seconds = ask(busy, b"x" * 1500)
        assert answer == b"x" * 1500
        assert seconds >= 1.4
        idle.settimeout(PATIENCE)
        assert idle.recv(10) == b""
