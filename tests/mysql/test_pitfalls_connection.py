"""Ways in which servers get the connection phase wrong: one test each, by their numbers in the project's list."""

from __future__ import annotations

import pytest
from proving_client import PASSWORD, PLAIN, TLS, ProvingClient, account, servers_of_all_plugins
from wire_client import (
    CONNECT_WITH_DB,
    LENENC,
    NATIVE,
    PLUGIN_AUTH,
    SECURE,
    SHA2,
    SSL,
    USUAL,
    Err,
    Ok,
    WireClient,
    framed,
    handshake_response,
    read_reply,
    scramble,
    unframed,
)

from sockservice.answers import Error
from sockservice.error_codes import error
from sockservice.mysql import Account, Server

OK = Ok(0, 0, 2, 0, b"")


@pytest.fixture
def server():
    return servers_of_all_plugins()


def test_pitfall_1a_after_an_error_in_the_login_nothing_is_looked_at(server):
    client = ProvingClient(server, password=b"wrong")
    client.log_in_by(SHA2)
    client.send(framed(b"\x03SELECT 1"))
    assert client.session.closing
    assert client.session.next_request() is None
    assert client.received() == []


def test_pitfall_4_an_error_before_the_handshake_has_no_sqlstate():
    ((sequence, payload),) = unframed(Server.too_many_connections())
    assert (sequence, read_reply(payload).sqlstate) == (0, None)
    client = WireClient(Server())
    client.send(framed(b"\x85\xa4\0\0\0app\0", 1))  # of a protocol before 4.1
    assert read_reply(client.received()[0][1]).sqlstate is None


def test_pitfall_5_salts_are_20_bytes_fresh_and_end_with_a_nul(server):
    salts = set()
    for _ in range(50):
        client = ProvingClient(server)
        salts.add(client.greeting.salt)
        client.send(framed(handshake_response(user=NATIVE.encode(), plugin=SHA2), 1))
        ((_, switch),) = client.received()
        name, challenge = switch[1:].split(b"\0", 1)
        assert (name, len(challenge), challenge[-1:]) == (NATIVE.encode(), 21, b"\0")
    assert len(salts) == 50
    assert not any(set(salt) & {0, ord("$")} for salt in salts)


@pytest.mark.parametrize(
    ("form", "capabilities"), [("lenenc", USUAL), ("byte", USUAL & ~LENENC), ("NUL", USUAL & ~LENENC & ~SECURE)]
)
@pytest.mark.parametrize("auth", [b"", b"\0"])
def test_pitfall_6_every_form_of_an_empty_response_is_read(form, capabilities, auth):
    client = WireClient(Server(accounts=[Account("app")]))
    client.send(framed(handshake_response(capabilities=capabilities, auth=b"" if form == "NUL" else auth), 1))
    assert read_reply(client.received()[-1][1]) == OK


@pytest.mark.parametrize("plugin", [None, ""])
@pytest.mark.parametrize("database", [None, b""])
def test_pitfall_6_plugin_and_database_may_be_missing(server, plugin, database):
    client = ProvingClient(server)
    fields = {"plugin": plugin, "database": database, "capabilities": USUAL | CONNECT_WITH_DB}
    if plugin is None and database is None:
        fields["capabilities"] = USUAL | PLUGIN_AUTH
    auth = scramble(SHA2, PASSWORD, client.greeting.salt)
    assert read_reply(client.talk(handshake_response(user=SHA2.encode(), auth=auth, **fields))) == OK


def test_pitfall_6_the_plugins_name_need_not_end_with_a_nul(server):
    client = ProvingClient(server)
    auth = scramble(SHA2, PASSWORD, client.greeting.salt)
    response = handshake_response(user=SHA2.encode(), auth=auth)
    assert read_reply(client.talk(response.removesuffix(b"\0"))) == OK


@pytest.mark.parametrize("peer", [PLAIN, TLS], ids=["plain", "TLS"])
def test_pitfall_7_caching_sha2_says_3_and_ok_or_4_and_asks(peer):
    server = Server(accounts=[account(SHA2), account(SHA2, "full", full_authentication=True), Account("empty")])
    warm, cold, empty = (ProvingClient(server, peer) for _ in range(3))
    warm.log_in_by("app")
    assert [payload[:2] for payload in warm.heard] == [b"\1\3", b"\0\0"]
    cold.log_in_by("full")
    key = [b"\1-"] if peer is PLAIN else []
    assert [payload[:2] for payload in cold.heard] == [b"\1\4", *key, b"\0\0"]
    empty.password = b""
    empty.log_in_by("empty")
    assert [payload[:2] for payload in empty.heard] == [b"\0\0"]


def test_pitfall_7_an_error_behind_the_3_is_an_error():
    client = ProvingClient(Server(accounts=[account(SHA2)]))
    auth = scramble(SHA2, PASSWORD, client.greeting.salt)
    client.send(framed(handshake_response(auth=auth, database=b"nowhere"), 1))
    request = client.session.next_request()
    assert (request.command, request.text, request.session.user) == ("init_db", "nowhere", "app")
    client.session.answer(error("ER_BAD_DB_ERROR", "nowhere"))
    (_, first), (sequence, last) = client.received()
    assert (first, sequence, read_reply(last)) == (b"\1\3", 3, Err(1049, "42000", "Unknown database 'nowhere'"))
    assert client.session.closing


def test_pitfall_8_whoever_is_told_4_gets_a_key_when_asking(server):
    client = ProvingClient(server, PLAIN)
    assert read_reply(client.log_in_by("full")) == OK
    assert client.heard[1].startswith(b"\1-----BEGIN PUBLIC KEY-----\n")
    assert client.heard[1].endswith(b"-----END PUBLIC KEY-----\n")


@pytest.mark.parametrize("first", [SHA2, NATIVE, "mysql_clear_password", "dialog"])
@pytest.mark.parametrize("user", ["full", *"caching_sha2_password mysql_native_password sha256_password".split()])
def test_pitfall_9_there_is_one_switch_at_most_and_short_data_behind_it(server, first, user):
    server.proven.clear()
    client = ProvingClient(server, TLS)
    auth = client.first_proof(first if first != "dialog" else SHA2, client.greeting.salt)
    assert read_reply(client.talk(handshake_response(user=user.encode(), plugin=first, auth=auth))) == OK
    assert sum(payload[0] == 0xFE for payload in client.heard) == (first != (SHA2 if user == "full" else user))
    assert all(len(payload) == 2 for payload in client.heard if payload[0] == 1)


def test_pitfall_10_bytes_behind_the_request_for_tls_are_for_tls():
    client = WireClient(Server(tls=True))
    request = (USUAL | SSL).to_bytes(4, "little") + bytes(28)
    client.send(framed(request, 1) + b"\x16\x03\x01\x00\x05hello")
    assert client.session.wants_tls
    assert client.session.start_tls() == b"\x16\x03\x01\x00\x05hello"
    client.send(framed(handshake_response(capabilities=USUAL & ~LENENC), 2))
    assert read_reply(client.received()[-1][1]) == OK
    assert client.session.capabilities == USUAL & ~LENENC


@pytest.mark.parametrize(
    ("number", "charset", "collation"),
    [
        (255, "utf8mb4", "utf8mb4_0900_ai_ci"),
        (45, "utf8mb4", "utf8mb4_general_ci"),
        (224, "utf8mb4", "utf8mb4_unicode_ci"),
        (33, "utf8mb3", "utf8mb3_general_ci"),
        (8, "latin1", "latin1_swedish_ci"),
        (0, "utf8mb4", "utf8mb4_0900_ai_ci"),
    ],
)
def test_pitfall_33_the_number_in_the_handshake_names_a_collation(number, charset, collation):
    client = WireClient(Server())
    client.log_in(charset=number)
    variables = client.session.variables
    assert (variables["character_set_client"], variables["collation_connection"]) == (charset, collation)
    assert variables["character_set_results"] == charset


def test_pitfall_37_a_packet_size_of_0_is_no_limit():
    client = WireClient(Server())
    assert read_reply(client.log_in()[-1][1]) == OK  # the builder says 0, as go-sql-driver does
    statement = "SELECT '" + "x" * 100_000 + "'"
    assert client.request(b"\x03" + statement.encode()).text == statement


@pytest.mark.parametrize(
    ("name", "code", "sqlstate"),
    [
        ("ER_ACCESS_DENIED_ERROR", 1045, "28000"),
        ("ER_BAD_DB_ERROR", 1049, "42000"),
        ("ER_CON_COUNT_ERROR", 1040, "08004"),
        ("ER_PARSE_ERROR", 1064, "42000"),
        ("ER_NO_SUCH_TABLE", 1146, "42S02"),
        ("ER_DUP_ENTRY", 1062, "23000"),
        ("ER_LOCK_WAIT_TIMEOUT", 1205, "HY000"),
        ("ER_LOCK_DEADLOCK", 1213, "40001"),
        ("ER_QUERY_INTERRUPTED", 1317, "70100"),
        ("ER_UNKNOWN_COM_ERROR", 1047, "08S01"),
        ("ER_UNKNOWN_STMT_HANDLER", 1243, "HY000"),
        ("ER_NET_PACKET_TOO_LARGE", 1153, "08S01"),
        ("ER_UNKNOWN_SYSTEM_VARIABLE", 1193, "HY000"),
        ("ER_DBACCESS_DENIED_ERROR", 1044, "42000"),
        ("ER_SECURE_TRANSPORT_REQUIRED", 3159, "HY000"),
        ("ER_NOT_SUPPORTED_AUTH_MODE", 1251, "08004"),
    ],
)
def test_pitfall_38_the_errors_that_drivers_look_for_have_their_numbers_and_states(name, code, sqlstate):
    assert (error(name).code, error(name).sqlstate) == (code, sqlstate)
    client = WireClient(Server())
    client.log_in()
    reply = client.query(Error(code, sqlstate, "on purpose"))
    assert reply == Err(code, sqlstate, "on purpose")
