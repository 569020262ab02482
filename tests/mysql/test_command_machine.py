"""The command phase as a machine: any commands, in any pieces, with any answers; what it says stays in step."""

from __future__ import annotations

import struct

from compressed_client import CompressedClient, compressed, opened
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from wire_client import DEPRECATE_EOF, USUAL, framed, logged_in, unframed

from sockservice.answers import Error, LocalInfile, Ok, Results, Rows, table
from sockservice.mysql import Server
from sockservice.mysql.constants import Command
from sockservice.mysql.state import State

LOCAL_FILES, MULTI_STATEMENTS = 1 << 7, 1 << 16
ROWS = table({"id": "INT", "name": "VARCHAR(9)"}, [(1, "é"), (None, None)])
LAZY = Rows(ROWS.columns, (row for row in ()))
UNENCODABLE = table({"id": "INT"}, [("x", "y")])
ANSWERS = [Ok(1, 2), ROWS, LAZY, UNENCODABLE, Error(1213, "40001", "deadlock"), Results((ROWS, Ok()))]
LIMIT = 100_000
SILENT = {Command.STMT_CLOSE, Command.STMT_SEND_LONG_DATA, Command.QUIT}


class Commands(RuleBasedStateMachine):
    """A client that is in, and a responder."""

    @initialize(
        packed=st.booleans(), bits=st.sampled_from([0, DEPRECATE_EOF, MULTI_STATEMENTS, LOCAL_FILES, LOCAL_FILES * 3])
    )
    def log_in(self, packed, bits):
        server = Server(max_allowed_packet=LIMIT)
        self.packed = packed
        make = CompressedClient if packed else logged_in
        self.client = make(server, capabilities=USUAL | bits, attributes={})
        self.session = self.client.session

    def send(self, data):
        self.session.receive(compressed(data) if self.packed else data)

    def drained(self):
        data = b""
        for _ in range(100):
            piece = self.session.data_to_send()
            data += piece
            if not piece:
                return data
        raise AssertionError("it sends for ever")

    def settle(self, answers):
        """Answer all there is, and return the packets that came of it."""
        data = b""
        for _ in range(100):
            data += self.drained()
            request = self.session.next_request()
            if request is not None:
                self.session.answer(answers.pop() if answers else Ok())
            elif self.session.file is not None:
                self.send_file()
            elif not self.session.sending:
                break
        data += self.drained()
        assert self.session.state in (State.READY, State.CLOSING)
        return unframed(b"".join(part for _, _, part in opened(data)) if self.packed else data)

    def send_file(self):
        sequence = self.session.packets.sequence_id
        self.send(framed(b"piece", sequence))
        self.send(framed(b"", sequence + 1))
        while self.session.file is not None and (step := self.session.file_step()):
            outcome = step()
            if outcome is not None:
                self.session.answer(outcome)

    answers = st.lists(
        st.sampled_from([*ANSWERS, LocalInfile("f", lambda _: None, Ok)]),
        max_size=4,
    )

    @precondition(lambda self: not self.session.closing)
    @rule(command=st.sampled_from(list(Command)), arguments=st.binary(max_size=40), answers=answers)
    def any_command(self, command, arguments, answers):
        if command in (Command.CHANGE_USER, Command.QUIT):
            command = Command.PING
        self.send(framed(bytes([command]) + arguments))
        packets = self.settle(answers)
        assert packets or command in SILENT

    @precondition(lambda self: not self.session.closing)
    @rule(text=st.text(max_size=20), answers=answers)
    def a_query(self, text, answers):
        self.send(framed(b"\x03" + text.encode("utf-8", "replace")))
        assert self.settle(answers)

    @precondition(lambda self: not self.session.closing)
    @rule(parameters=st.lists(st.integers(-(2**31), 2**31 - 1), max_size=5), answers=answers)
    def a_prepared_statement(self, parameters, answers):
        text = "SELECT " + ", ".join("?" for _ in parameters) if parameters else "SELECT 1"
        self.send(framed(b"\x16" + text.encode()))
        reply = self.settle([ROWS])[0][1]
        if reply[0] != 0:
            return
        statement, columns, count = struct.unpack("<IHH", reply[1:9])
        assert (columns, count) == (2, len(parameters))
        payload = b"\x17" + struct.pack("<IBI", statement, 0, 1)
        if parameters:
            payload += bytes((len(parameters) + 7) // 8) + b"\1" + b"\x03\0" * len(parameters)
            payload += b"".join(struct.pack("<i", value) for value in parameters)
        self.send(framed(payload))
        request = self.session.next_request()
        assert request.params == tuple(parameters)
        self.session.answer(answers.pop() if answers else Ok())
        assert self.settle(answers)
        self.send(framed(b"\x19" + struct.pack("<I", statement)))
        assert self.settle([]) == []

    @precondition(lambda self: not self.session.closing)
    @rule(count=st.integers(2, 6), answers=answers)
    def commands_in_one_go(self, count, answers):
        plain = [answer for answer in answers if not isinstance(answer, LocalInfile)]
        self.send(b"".join(framed(b"\x03q%d" % number) + framed(b"\x0e") for number in range(count)))
        assert len(self.settle(plain)) >= 2 * count

    @precondition(lambda self: not self.session.closing)
    @rule()
    def a_ping(self):
        self.send(framed(b"\x0e"))
        ((sequence, reply),) = self.settle([])
        assert (sequence, reply[0]) == (1, 0)

    @precondition(lambda self: not self.session.closing)
    @rule(sequence=st.integers(1, 255))
    def a_packet_out_of_order(self, sequence):
        if self.packed:
            self.session.receive(compressed(framed(b"\x0e"), (sequence + 100) % 256 or 1))
        else:
            self.send(framed(b"\x0e", sequence))
        self.settle([])

    @precondition(lambda self: not self.session.closing)
    @rule()
    def a_packet_that_is_too_long(self):
        self.send((LIMIT + 1).to_bytes(3, "little") + b"\0")
        ((_, reply),) = self.settle([])
        assert struct.unpack("<BH", reply[:3]) == (0xFF, 1153)
        assert self.session.closing

    @precondition(lambda self: self.session.closing)
    @rule(data=st.binary(max_size=60))
    def nothing_is_said_behind_the_end(self, data):
        self.session.receive(data)
        assert self.session.next_request() is None
        assert self.session.data_to_send() == b""

    def teardown(self):
        if hasattr(self, "session"):
            assert self.session.packets.waiting <= 2 * LIMIT
            self.session.connection_lost()
            assert self.session.server.sessions == {}


Commands.TestCase.settings = settings(max_examples=200, stateful_step_count=15, deadline=None)
TestCommands = Commands.TestCase
