"""The connection phase under a client that does anything at any time, right or wrong, whole or in pieces."""

from __future__ import annotations

import struct

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from proving_client import PASSWORD, PLAIN, PLUGINS, TLS, UNIX, ProvingClient, servers_of_all_plugins
from wire_client import NATIVE, PROTOCOL_41, SECURE, SHA2, SSL, USUAL, framed, handshake_response, read_reply

from sockservice import answers
from sockservice.mysql.connection_phase import LOGIN_PACKET_LIMIT

SERVER = servers_of_all_plugins(tls=True, max_allowed_packet=4096)
USERS = st.sampled_from([*PLUGINS, "full", "nobody", ""])
PROOFS = st.sampled_from([*PLUGINS, "dialog", ""])
RIGHT = st.sampled_from([PASSWORD, PASSWORD[::-1], b""])


class Login(RuleBasedStateMachine):
    """What holds at every moment is said by the invariants; the model knows who may be in."""

    @initialize(
        peer=st.sampled_from([PLAIN, TLS, UNIX]),
        chunk=st.sampled_from([None, 1, 7]),
        opening=st.none() | st.tuples(USERS, PROOFS, RIGHT, st.booleans()),
    )
    def connect(self, peer, chunk, opening):
        SERVER.proven.clear()
        self.client = ProvingClient(SERVER, peer, chunk=chunk)
        self.session = self.client.session
        self.may_be_in = False
        self.questions = SERVER.questions
        self.sent = []
        if opening is not None:
            self.respond(*opening, database=None)
            self.answer(opening[2])
            self.answer(opening[2])

    def teardown(self):
        if hasattr(self, "session"):
            self.session.connection_lost()
            assert self.session.connection_id not in SERVER.sessions

    # --- what a client may do

    @rule(user=USERS, plugin=PROOFS, password=RIGHT, plugins=st.booleans(), database=st.sampled_from([None, b"shop"]))
    def respond(self, user, plugin, password, plugins, database):
        """A response, right in itself, with a right or a wrong password."""
        self.client.password = password
        scheme = plugin if plugin in PLUGINS else SHA2
        auth = self.client.first_proof(scheme, self.client.greeting.salt)
        fields = {"plugin": plugin} if plugins else {"plugin": None, "capabilities": PROTOCOL_41 | SECURE}
        self.packet(handshake_response(user=user.encode(), auth=auth, database=database, **fields), password)

    @rule(password=RIGHT)
    def answer(self, password):
        """What was asked for last, with a right or a wrong password."""
        if self.sent:
            self.client.password = password
            payload = self.client.answer_to(self.sent[-1])
            if payload is not None:
                self.packet(payload, password)

    @rule(user=USERS, password=RIGHT)
    def change_user(self, user, password):
        self.client.password = password
        self.may_be_in = False
        self.client.sequence = 0
        self.packet(b"\x11" + user.encode() + b"\0\0\0\x2d\0" + NATIVE.encode() + b"\0", None)

    @rule(capabilities=st.sampled_from([USUAL, PROTOCOL_41]))
    def ask_for_tls(self, capabilities):
        self.packet(struct.pack("<IIB23x", capabilities | SSL, 0, 255), None)

    @precondition(lambda self: self.session.wants_tls)
    @rule()
    def start_tls(self):
        self.session.start_tls()
        self.session.peer = lambda: TLS
        self.client.secure = True

    @rule(payload=st.binary(max_size=64), sequence=st.integers(0, 255))
    def send_any_packet(self, payload, sequence):
        self.feed(framed(payload, sequence))

    @rule(payload=st.binary(max_size=300))
    def send_the_next_packet_with_anything_in_it(self, payload):
        self.packet(payload, None)

    @rule(data=st.binary(max_size=300))
    def send_garbage(self, data):
        self.feed(data)

    @rule(command=st.sampled_from([b"\x03DROP TABLE people", b"\x0e", b"\x02shop", b"\x1f", b"\x01"]))
    def send_a_command(self, command):
        self.feed(framed(command))

    @rule()
    def finish(self):
        self.session.finish()

    # --- how it is done

    def packet(self, payload, password):
        """A packet with the sequence id that is right; a right password in it may let the client in."""
        self.may_be_in = self.may_be_in or password == PASSWORD
        self.feed(framed(payload, self.client.sequence))

    def feed(self, data):
        self.client.send(data)
        for _ in range(len(data) + 2):
            request = self.session.next_request()
            if request is None:
                break
            self.session.answer(answers.Ok())
        else:
            raise AssertionError("more requests than bytes")
        for sequence, payload in self.client.received():
            self.sent.append(payload)
            self.client.sequence = (sequence + 1) % 256

    # --- what holds

    @invariant()
    def only_who_proved_a_password_is_in(self):
        if hasattr(self, "session") and not self.session.closing and self.session.connection_id in SERVER.sessions:
            assert self.may_be_in
            assert self.session.user in (*PLUGINS, "full")

    @invariant()
    def a_session_that_is_over_says_why(self):
        if hasattr(self, "session") and self.session.closing:
            assert not self.session.wants_tls
            last = self.sent[-1] if self.sent else b"\0"
            assert last[0] in (0x00, 0xFE, 0x01) or read_reply(last).code

    @invariant()
    def nothing_piles_up(self):
        if hasattr(self, "session"):
            assert self.session.packets.feed(b"") <= LOGIN_PACKET_LIMIT + 2 * 4096 + LOGIN_PACKET_LIMIT


TestLogin = Login.TestCase
TestLogin.settings = settings(max_examples=300, stateful_step_count=12, deadline=None)
