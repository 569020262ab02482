"""The commands that the server answers itself, where responders are asked about them first."""

from __future__ import annotations

from math import inf

import pytest
from compressed_client import COMPRESS, compressed, opened
from proving_client import CLEAR, PASSWORD, PLAIN, TLS, UNIX, account
from script import script, told
from wire_client import (
    NATIVE,
    SHA2,
    SSL,
    USUAL,
    Err,
    Ok,
    WireClient,
    framed,
    handshake_response,
    read_greeting,
    read_reply,
    scramble,
    unframed,
)

from sockservice.answers import OWN_COMMANDS, Disturbed, Error, Login, table
from sockservice.answers import Ok as OkAnswer
from sockservice.disturbances import Break, Dribble, Ending, Malformed, Stall, Truncated, WrongSequence
from sockservice.mysql import Account, Server

FULL = Error(1040, "08004", "Too many connections")
LOCKED = Error(3118, "HY000", "Access denied for user 'app'@'%'. Account is locked.")
OK = Ok(0, 0, 2, 0, b"")
SECRET = Account("app", PASSWORD.decode())


def server(*asks, **settings):
    return Server(asks=asks, **settings)


def met(chunk=None, answer=None, **settings):
    """A client whose server has asked about it, answered; and the script of what it was told."""
    client = Client(server("connect", **settings), chunk)
    client.session.answer(answer)
    return client, script(client.session)


class Client(WireClient):
    """A client that is not greeted until a responder has said so."""

    def __init__(self, server, chunk=None):
        self.session = server.session("10.0.0.7", 51234)
        self.chunk = chunk
        request = self.session.next_request()
        assert (request.command, request.text, request.session) == ("connect", "", self.session)
        assert self.session.next_request() is None
        assert self.session.data_to_send() == b""

    def greet(self, data):
        ((sequence, payload),) = unframed(data)
        assert sequence == 0
        self.greeting = read_greeting(payload)

    def respond(self, sequence=1, **fields):
        fields.setdefault("auth", scramble(fields.get("plugin", SHA2), PASSWORD, self.greeting.salt))
        self.send(framed(handshake_response(**fields), sequence))


def test_nobody_is_asked_unless_the_server_is_told_to():
    client = WireClient(Server())
    client.log_in()
    assert client.reply(b"\x0e") == OK
    assert client.request(b"\x01") is None
    assert client.session.closing


def test_a_word_that_is_no_command_of_the_servers_is_refused():
    with pytest.raises(ValueError, match="'query' is no command of a server's own; there are auth, "):
        Server(asks=["ping", "query"])
    assert len(OWN_COMMANDS) == 7


# --- the greeting


@pytest.mark.parametrize("answer", [None, OkAnswer(), Login(), table({"n": "INT"}), Disturbed(None, ())])
@pytest.mark.parametrize("chunk", [None, 1])
def test_a_client_is_greeted_unless_it_is_refused(answer, chunk):
    client, (data,) = met(chunk, answer)
    client.greet(data)
    assert read_reply(client.log_in()[-1][1]) == OK


@pytest.mark.parametrize("chunk", [None, 1])
def test_a_refusal_stands_in_place_of_the_greeting_without_sqlstate(chunk):
    client, steps = met(chunk, FULL)
    assert steps == [Server.too_many_connections(), "fin"]
    ((sequence, payload),) = unframed(steps[0])
    assert (sequence, read_reply(payload)) == (0, Err(1040, None, "Too many connections"))
    client.send(framed(handshake_response(), 1))
    assert client.session.next_request() is None


def test_a_refusal_that_cannot_be_encoded_says_why():
    _, (data, end) = met(answer=Error(0, "HY000", "no code"))
    assert (read_reply(unframed(data)[0][1]).code, end) == (1105, "fin")


@pytest.mark.parametrize("answer", [None, Login(), OkAnswer()])
def test_silence_instead_of_a_greeting_and_then_the_greeting(answer):
    client, (pause, data) = met(answer=Disturbed(answer, (Stall(3),)))
    assert pause == 3
    client.greet(data)
    assert read_reply(client.log_in()[-1][1]) == OK


def test_silence_for_ever_instead_of_a_greeting():
    client, steps = met(answer=Disturbed(None, (Stall(),)))
    assert steps == [inf]
    client.session.finish()
    assert client.session.closing


@pytest.mark.parametrize("ending", [(Ending.FIN, "fin"), (Ending.RST, "rst"), (Ending.STALL, inf)])
def test_a_connection_that_ends_before_or_behind_the_greeting(ending):
    assert met(answer=Disturbed(None, (Break(ending=ending[0]),)))[1] == [ending[1]]
    client, (data, end) = met(answer=Disturbed(Login(), (Break(ending=ending[0]),)))
    client.greet(data)
    assert end == ending[1]


def test_a_greeting_that_is_broken():
    whole = met()[1][0]
    _, (data, end) = met(answer=Disturbed(OkAnswer(), (Truncated(5, Ending.FIN),)))
    assert (len(data), data[:3], end) == (9, whole[:3], "fin")
    _, (data,) = met(answer=Disturbed(OkAnswer(), (Malformed("garbage"),)))
    assert unframed(data)[0][1][0] != 10
    client, steps = met(answer=Disturbed(OkAnswer(), (Dribble(10, 9.0),)))
    client.greet(told(steps)[0])
    assert told(steps)[1] == [1.0] * 9
    assert read_reply(client.log_in()[-1][1]) == OK
    assert met(answer=Disturbed(OkAnswer(), (WrongSequence(3),)))[1][0][3] == 3


def test_what_a_client_says_before_its_greeting_is_heard_behind_it():
    client = Client(Server(asks=["connect"]))
    client.send(framed(handshake_response(), 1) + framed(b"\x03SELECT 1"))
    assert client.session.next_request() is None
    client.session.answer(Disturbed(None, (Stall(1),)))
    assert client.session.data_to_send() == b""
    assert client.session.next_request() is None
    pause, data = script(client.session)
    greeting, reply = unframed(data)
    assert (pause, greeting[0], reply[0], read_reply(reply[1])) == (1, 0, 2, OK)
    assert client.session.next_request().text == "SELECT 1"


def test_the_time_to_log_in_begins_with_the_greeting_and_runs_while_it_is_waited_for():
    now = [1000.0]
    client = Client(Server(asks=["connect"], clock=lambda: now[0]))
    now[0] += 9
    client.session.answer(Disturbed(None, (Stall(60),)))
    client.session.data_to_send()
    now[0] += 60
    client.session.timeouts.expire()
    assert not client.session.closing
    client.session.pause = 0.0
    client.greet(client.session.data_to_send())
    now[0] += 9
    client.session.timeouts.expire()
    assert not client.session.closing
    now[0] += 1
    client.session.timeouts.expire()
    assert client.session.closing
    slow = Client(Server(asks=["connect"], clock=lambda: now[0]))
    now[0] += 10
    slow.session.timeouts.expire()
    assert slow.session.closing
    slow.session.answer(None)
    assert slow.session.data_to_send() == b""


# --- how the login goes


@pytest.mark.parametrize("plugin", [SHA2, NATIVE])
def test_a_client_is_made_to_switch_even_to_the_plugin_that_it_began_with(plugin):
    client, (data,) = met(answer=Login(plugin=plugin), accounts=[SECRET])
    client.greet(data)
    client.respond(plugin=plugin)
    ((sequence, payload),) = client.received()
    assert (sequence, payload) == (2, b"\xfe" + plugin.encode() + b"\0" + client.greeting.salt + b"\0")
    client.send(framed(scramble(plugin, PASSWORD, client.greeting.salt), 3))
    assert read_reply(client.received()[-1][1]) == OK


def test_a_wrong_proof_behind_a_switch_is_refused():
    client, (data,) = met(answer=Login(plugin=NATIVE), accounts=[SECRET])
    client.greet(data)
    client.respond()
    client.received()
    client.send(framed(scramble(NATIVE, b"wrong", client.greeting.salt), 3))
    ((sequence, payload),) = client.received()
    assert (sequence, read_reply(payload).code) == (4, 1045)


@pytest.mark.parametrize("accounts", [[], [SECRET]])
def test_a_plugin_that_nobody_has_is_asked_for_and_proves_nothing(accounts):
    client, (data,) = met(answer=Login(plugin="dialog_of_old"), accounts=accounts)
    client.greet(data)
    client.respond()
    assert client.received()[0][1].startswith(b"\xfedialog_of_old\0")
    client.send(framed(b"whatever", 3))
    assert read_reply(client.received()[0][1]).code == 1045
    assert client.session.closing


def test_a_client_that_cannot_switch_is_told_to_be_too_old():
    client, (data,) = met(answer=Login(plugin=SHA2))
    client.greet(data)
    client.send(framed(handshake_response(capabilities=0x8201, plugin=None), 1))
    assert read_reply(client.received()[0][1]).code == 1251


def test_the_password_in_clear_is_asked_for_and_taken_over_tls_only():
    for peer, code in ((PLAIN, 1045), (TLS, None), (UNIX, None)):
        client, (data,) = met(answer=Login(plugin=CLEAR), accounts=[SECRET])
        client.greet(data)
        client.session.peer = lambda peer=peer: peer
        client.respond()
        assert client.received()[0][1].startswith(b"\xfemysql_clear_password\0")
        client.send(framed(PASSWORD + b"\0", 3))
        reply = read_reply(client.received()[0][1])
        assert reply == OK if code is None else reply.code == code


@pytest.mark.parametrize("accounts", [[], [SECRET]])
def test_the_password_itself_is_asked_for_though_its_digest_is_known(accounts):
    for password, code in ((PASSWORD, None), (b"wrong", 1045)):
        client, (data,) = met(answer=Login(full_authentication=True), accounts=accounts)
        client.greet(data)
        client.session.peer = lambda: UNIX
        client.respond(auth=scramble(SHA2, password, client.greeting.salt))
        assert client.received() == [(2, b"\1\4")]
        client.send(framed(password + b"\0", 3))
        ((sequence, payload),) = client.received()
        assert sequence == 4
        assert read_reply(payload) == OK if code is None or not accounts else read_reply(payload).code == code


@pytest.mark.parametrize(("offers", "answer", "bit"), [(True, Login(tls=False), 0), (True, Login(), SSL)])
def test_tls_is_offered_or_not(offers, answer, bit):
    client, (data,) = met(answer=answer, tls=offers)
    client.greet(data)
    assert client.greeting.capabilities & SSL == bit
    assert client.session.certificate == ""


@pytest.mark.parametrize("offers", [True, False])
def test_a_flawed_certificate_is_offered_whatever_the_server_has(offers):
    client, (data,) = met(answer=Login(certificate="expired"), tls=offers)
    client.greet(data)
    assert client.greeting.capabilities & SSL
    assert client.session.certificate == "expired"
    client.send(framed(handshake_response(capabilities=USUAL | SSL)[:32], 1))
    assert client.session.wants_tls


def test_a_request_for_tls_that_was_not_offered_is_a_bad_handshake():
    client, (data,) = met(answer=Login(tls=False), tls=True)
    client.greet(data)
    client.send(framed(handshake_response(capabilities=USUAL | SSL)[:32], 1))
    assert read_reply(client.received()[0][1]).code == 1043


# --- the proof


def proven(answer, *asks, chunk=None, plugin=SHA2, **fields):
    """A client whose password was right, before ``auth`` is answered; and the script behind."""
    client = WireClient(server("auth", *asks, accounts=[account(plugin)]), chunk)
    auth = scramble(plugin, PASSWORD, client.greeting.salt)
    client.send(framed(handshake_response(auth=auth, plugin=plugin, **fields), 1))
    request = client.session.next_request()
    assert (request.command, request.text, request.session.user) == ("auth", "", "app")
    assert client.session.next_request() is None
    client.session.answer(answer)
    return client


@pytest.mark.parametrize("chunk", [None, 1])
@pytest.mark.parametrize("answer", [None, OkAnswer(), Login(), Disturbed(None, ())])
def test_a_user_is_in_unless_refused(chunk, answer):
    client = proven(answer, chunk=chunk)
    assert [(sequence, payload[:2]) for sequence, payload in client.received()] == [(2, b"\1\3"), (3, b"\0\0")]
    assert client.ask(b"\x03SELECT 1", OkAnswer())


@pytest.mark.parametrize(("plugin", "packets"), [(SHA2, 2), (NATIVE, 1)])
def test_a_refusal_has_an_sqlstate_and_stands_behind_what_the_plugin_says(plugin, packets):
    client = proven(LOCKED, plugin=plugin)
    data, (end,) = told(script(client.session))
    replies = unframed(data)
    assert [sequence for sequence, _ in replies] == [2, 3][:packets]
    assert replies[0][1] == b"\1\3" or packets == 1
    assert read_reply(replies[-1][1]) == Err(3118, "HY000", LOCKED.message)
    assert end == "fin"
    assert client.session.server.sessions == {}
    client.send(framed(b"\x03SELECT 1"))
    assert client.session.next_request() is None


def test_the_database_is_asked_for_behind_the_proof():
    client = proven(None, database=b"shop")
    request = client.session.next_request()
    assert (request.command, request.text) == ("init_db", "shop")
    client.session.answer(OkAnswer())
    assert read_reply(client.received()[-1][1]) == OK
    assert client.session.database == "shop"


def test_what_disturbs_the_proof_disturbs_the_end_of_the_login():
    client = proven(Disturbed(OkAnswer(), (Stall(2), WrongSequence(1))), database=b"shop")
    assert client.session.next_request().command == "init_db"
    client.session.answer(OkAnswer())
    fast, pause, end = script(client.session)
    assert (unframed(fast), pause) == ([(2, b"\1\3")], 2)
    assert unframed(end)[0][0] == 4
    assert client.ask(b"\x03SELECT 1", OkAnswer())[3] == 1
    client = proven(Disturbed(OkAnswer(), (Stall(2),)), database=b"shop")
    client.session.next_request()
    client.session.answer(Error(1049, "42000", "Unknown database 'shop'"))
    fast, pause, refusal, end = script(client.session)
    assert (pause, read_reply(unframed(refusal)[0][1]).code, end) == (2, 1049, "fin")


@pytest.mark.parametrize(
    ("disturbances", "steps"),
    [
        ((Stall(),), [inf]),
        ((Break(),), ["fin"]),
        ((Break(ending=Ending.RST), Stall(1)), [1, "rst"]),
        ((Truncated(1, Ending.FIN),), [b"\7\0\0\3\0", "fin"]),
    ],
)
def test_a_login_that_never_comes_to_its_end(disturbances, steps):
    answer = OkAnswer() if isinstance(disturbances[0], Truncated) else None
    client = proven(Disturbed(answer, disturbances))
    fast = framed(b"\1\3", 2)
    expected = [fast + steps[0], *steps[1:]] if isinstance(steps[0], bytes) else [fast, *steps]
    assert script(client.session) == expected


def test_a_disturbed_login_of_a_compressed_connection():
    client = proven(Disturbed(OkAnswer(), (Dribble(3, 2.0),)), capabilities=USUAL | COMPRESS, attributes={})
    data, pauses = told(script(client.session))
    assert (len(unframed(data)), pauses) == (2, [1.0, 1.0])
    client.send(compressed(framed(b"\x03SELECT 1")))
    assert client.session.next_request().text == "SELECT 1"
    client.session.answer(OkAnswer())
    assert opened(client.taken())[0][2] == framed(bytes(3) + b"\2\0\0\0", 1)


# --- commands of a session


@pytest.fixture(params=[None, 1])
def client(request):
    client = WireClient(server("ping", "statistics", "kill", "quit", "change_user"), request.param)
    client.log_in()
    return client


def asked(client, payload, answer, command):
    request = client.request(payload)
    assert (request.command, request.session) == (command, client.session)
    client.session.answer(answer)
    return script(client.session)


@pytest.mark.parametrize("answer", [None, OkAnswer(7), Disturbed(None, ()), Disturbed(OkAnswer(), (Stall(0.0),))])
def test_a_ping_gets_the_servers_own_answer(client, answer):
    (data,) = asked(client, b"\x0e", answer, "ping")
    assert data == framed(bytes(3) + b"\2\0\0\0", 1)
    assert client.session.command == "Sleep"


@pytest.mark.parametrize(("payload", "command"), [(b"\x0e", "ping"), (b"\x09", "statistics")])
def test_an_error_refuses_and_the_connection_goes_on(client, payload, command):
    (data,) = asked(client, payload, FULL, command)
    assert [(sequence, read_reply(payload)) for sequence, payload in unframed(data)] == [
        (1, Err(1040, "08004", FULL.message))
    ]
    assert asked(client, payload, None, command)[0][4] != 0xFF


def test_statistics_late(client):
    pause, data = asked(client, b"\x09", Disturbed(None, (Stall(2),)), "statistics")
    assert pause == 2
    assert unframed(data)[0][1].startswith(b"Uptime: ")


def test_a_ping_that_is_never_answered_or_hung_up_on(client):
    assert asked(client, b"\x0e", Disturbed(None, (Stall(),)), "ping") == [inf]
    client.session.kill(query=True)
    assert read_reply(unframed(client.taken())[0][1]).code == 1317
    assert asked(client, b"\x0e", Disturbed(None, (Break(ending=Ending.RST),)), "ping") == ["rst"]


def test_a_kill_is_asked_about_by_its_number(client):
    other = WireClient(client.session.server)
    other.log_in()
    number = other.session.connection_id
    payload = b"\x0c" + number.to_bytes(4, "little")
    refused = client.request(payload)
    assert (refused.command, refused.text) == ("kill", str(number))
    client.session.answer(FULL)
    assert read_reply(client.received()[0][1]).code == 1040
    assert not other.session.closing
    assert read_reply(unframed(asked(client, payload, None, "kill")[0])[0][1]) == OK
    assert other.session.closing


@pytest.mark.parametrize("asks", [(), ("kill",)])
def test_a_session_that_kills_itself_is_told_and_closed(asks):
    client = WireClient(server(*asks))
    client.log_in()
    number = client.session.connection_id.to_bytes(4, "little")
    client.send(framed(b"\x0c" + number) + framed(b"\x03next"))
    request = client.session.next_request()
    if asks:
        assert request.command == "kill"
        client.session.answer(None)
    (data, end) = script(client.session)
    assert (read_reply(unframed(data)[0][1]).code, end) == (1317, "fin")
    assert client.session.next_request() is None


@pytest.mark.parametrize(
    ("answer", "steps"),
    [
        (None, ["fin"]),
        (OkAnswer(), ["fin"]),
        (FULL, ["fin"]),
        (Disturbed(None, (Stall(2),)), [2, "fin"]),
        (Disturbed(None, (Stall(),)), [inf]),
        (Disturbed(OkAnswer(), (Break(ending=Ending.RST),)), ["rst"]),
        (Disturbed(None, (Stall(1), Break(ending=Ending.RST))), [1, "rst"]),
    ],
)
def test_how_a_connection_ends_behind_quit(client, answer, steps):
    assert asked(client, b"\x01", answer, "quit") == steps


CHANGE = b"\x11other\0\0\0\x2d\0" + SHA2.encode() + b"\0"


def test_a_change_of_user_may_be_refused_before_the_proof(client):
    data, end = asked(client, CHANGE, LOCKED, "change_user")
    assert ([sequence for sequence, _ in unframed(data)], end) == ([1], "fin")
    assert read_reply(unframed(data)[0][1]).code == 3118


@pytest.mark.parametrize("answer", [None, OkAnswer(), Disturbed(None, (Stall(1),))])
def test_a_change_of_user_goes_its_way(client, answer):
    steps = asked(client, CHANGE, answer, "change_user")
    assert [step for step in steps if step == 1] == ([1] if isinstance(answer, Disturbed) else [])
    assert unframed(steps[-1])[0][0] == 1
    assert unframed(steps[-1])[0][1].startswith(b"\xfe" + SHA2.encode())
    client.send(framed(b"", 2))
    assert client.session.next_request().command == "reset_connection"
    client.session.answer(OkAnswer())
    ((sequence, payload),) = client.received()
    assert (sequence, read_reply(payload)) == (3, OK)
    assert client.session.user == "other"


def test_the_proof_of_another_user_is_asked_about_too():
    client = WireClient(server("auth", accounts=[account(NATIVE), account(NATIVE, "other")]))
    client.send(framed(handshake_response(auth=scramble(NATIVE, PASSWORD, client.greeting.salt), plugin=NATIVE), 1))
    assert client.session.next_request().command == "auth"
    client.session.answer(None)
    client.received()
    assert client.request(CHANGE) is None
    client.received()
    client.send(framed(scramble(NATIVE, PASSWORD, client.greeting.salt), 2))
    assert client.session.next_request().command == "reset_connection"
    client.session.answer(None)
    request = client.session.next_request()
    assert (request.command, request.session.user) == ("auth", "other")
    client.session.answer(LOCKED)
    data, (end,) = told(script(client.session))
    assert ([sequence for sequence, _ in unframed(data)], end) == ([3], "fin")


def test_a_command_that_is_asked_about_keeps_its_place_in_a_pipeline(client):
    client.send(framed(b"\x0e") + framed(b"\x03one") + framed(b"\x0e"))
    assert client.session.next_request().command == "ping"
    assert client.session.next_request() is None
    client.session.answer(None)
    assert client.session.next_request().text == "one"
    client.session.answer(OkAnswer(5))
    assert client.session.next_request().command == "ping"
    client.session.answer(FULL)
    assert [payload[0] for _, payload in client.received()] == [0, 0, 0xFF]


def test_a_silent_change_of_user_that_is_killed_is_none(client):
    assert asked(client, CHANGE, Disturbed(None, (Stall(5), Stall())), "change_user") == [inf]
    client.session.kill(query=True)
    assert read_reply(client.received()[0][1]).code == 1317
    assert asked(client, b"\x0e", None, "ping")[0][4] == 0
    assert client.session.user == "app"
