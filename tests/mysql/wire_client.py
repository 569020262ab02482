"""A small MySQL client over a session in memory: builders of packets with defaults, and a reader of its own.

It shares no code with the server on purpose, so that both cannot be wrong in the same way.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field

from sockservice import answers

LONG_PASSWORD, CONNECT_WITH_DB, PROTOCOL_41, SSL, SECURE = 1, 8, 0x200, 0x800, 0x8000
PLUGIN_AUTH, CONNECT_ATTRS, LENENC, DEPRECATE_EOF = 1 << 19, 1 << 20, 1 << 21, 1 << 24
USUAL = LONG_PASSWORD | PROTOCOL_41 | SECURE | PLUGIN_AUTH | CONNECT_ATTRS | LENENC
SHA2, NATIVE = "caching_sha2_password", "mysql_native_password"
LIMIT = 0xFFFFFF


def framed(payload, sequence=0):
    """Packets of a payload."""
    packets = b""
    while True:
        piece, payload = payload[:LIMIT], payload[LIMIT:]
        packets += struct.pack("<I", len(piece))[:3] + bytes([sequence % 256]) + piece
        sequence += 1
        if len(piece) < LIMIT:
            return packets


def unframed(data):
    """``(sequence id, payload)`` of each packet; long payloads joined, the last sequence id told."""
    found, joined = [], b""
    while data:
        size = struct.unpack("<I", data[:3] + b"\0")[0]
        assert len(data) >= 4 + size, "the last packet is cut short"
        sequence, joined, data = data[3], joined + data[4 : 4 + size], data[4 + size :]
        if size < LIMIT:
            found.append((sequence, joined))
            joined = b""
    return found


def lenenc(data):
    """A length-encoded string."""
    if len(data) < 251:
        return bytes([len(data)]) + data
    return b"\xfc" + struct.pack("<H", len(data)) + data


class Reader:
    """Reads a payload field by field."""

    def __init__(self, data):
        self.data = data

    def take(self, size):
        taken, self.data = self.data[:size], self.data[size:]
        assert len(taken) == size
        return taken

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def length(self):
        first = self.number(1)
        return first if first < 251 else self.number({0xFC: 2, 0xFD: 3, 0xFE: 8}[first])

    def string(self):
        if self.data[:1] == b"\xfb":
            self.take(1)
            return None
        return self.take(self.length())

    def nul(self):
        taken, _, self.data = self.data.partition(b"\0")
        return taken


@dataclass
class Greeting:
    version: bytes
    connection_id: int
    salt: bytes
    capabilities: int
    charset: int
    status: int
    plugin: bytes


def read_greeting(payload):
    reader = Reader(payload)
    assert reader.number(1) == 10
    version, connection_id, salt = reader.nul(), reader.number(4), reader.take(8)
    assert reader.take(1) == b"\0"
    low, charset, status, high = reader.number(2), reader.number(1), reader.number(2), reader.number(2)
    assert reader.number(1) == 21
    assert reader.take(6) == b"\0" * 6
    further = reader.number(4)
    assert not further or (b"MariaDB" in version and not low & LONG_PASSWORD)
    salt += reader.take(12)
    assert reader.take(1) == b"\0"
    return Greeting(version, connection_id, salt, low | high << 16 | further << 32, charset, status, reader.nul())


@dataclass
class Ok:
    affected_rows: int
    last_insert_id: int
    status: int
    warnings: int
    info: bytes


@dataclass
class Eof:
    warnings: int
    status: int


@dataclass
class Err:
    code: int
    sqlstate: str | None
    message: str


def read_reply(payload):
    """OK, EOF or ERR."""
    if payload[0] == 0xFF:
        code, text = struct.unpack("<H", payload[1:3])[0], payload[3:]
        state = text[1:6].decode() if text[:1] == b"#" else None
        return Err(code, state, text[6 if state else 0 :].decode())
    if payload[0] == 0xFE and len(payload) == 5:
        return Eof(*struct.unpack("<HH", payload[1:]))
    assert payload[0] in (0, 0xFE), payload
    reader = Reader(payload[1:])
    reply = Ok(reader.length(), reader.length(), reader.number(2), reader.number(2), b"")
    reply.info = reader.string() if reader.data else b""
    assert reader.data == b""
    return reply


@dataclass
class Definition:
    database: bytes
    table: bytes
    original_table: bytes
    name: bytes
    original_name: bytes
    collation: int
    length: int
    type: int
    flags: int
    decimals: int


def read_definition(payload):
    """A column definition, and what follows it."""
    reader = Reader(payload)
    assert reader.string() == b"def"
    names = [reader.string() for _ in range(5)]
    assert reader.number(1) == 12
    figures = [reader.number(size) for size in (2, 4, 1, 2, 1)]
    assert reader.take(2) == b"\0\0"
    return Definition(*names, *figures), reader.data


@dataclass
class Result:
    columns: list
    rows: list
    end: object
    sequences: list = field(default_factory=list)


def read_result(data, deprecate_eof=False):
    """A whole result set; or what came in its place: Ok or Err."""
    packets = unframed(data)
    sequences, payloads = [sequence for sequence, _ in packets], [payload for _, payload in packets]
    if payloads[0][0] in (0, 0xFF):
        assert len(payloads) == 1
        return read_reply(payloads[0])
    count = Reader(payloads.pop(0)).length()
    columns = []
    for _ in range(count):
        column, rest = read_definition(payloads.pop(0))
        assert rest == b""
        columns.append(column)
    if not deprecate_eof:
        assert isinstance(read_reply(payloads.pop(0)), Eof)
    end = read_reply(payloads.pop())
    assert isinstance(end, (Err, Ok if deprecate_eof else Eof))
    rows = []
    for payload in payloads:
        reader = Reader(payload)
        rows.append(tuple(reader.string() for _ in range(count)))
        assert reader.data == b""
    return Result(columns, rows, end, sequences)


def scramble(plugin, password, salt):
    """What proves a password."""
    if not password:
        return b""
    digest = (
        (lambda data: hashlib.sha256(data).digest()) if plugin == SHA2 else lambda data: hashlib.sha1(data).digest()
    )
    once = digest(password)
    mask = digest(digest(once) + salt) if plugin == SHA2 else digest(salt + digest(once))
    return bytes(a ^ b for a, b in zip(once, mask, strict=True))


def handshake_response(
    *, capabilities=USUAL, charset=255, user=b"app", auth=b"", database=None, plugin=SHA2, attributes=None, end=b""
):
    """The payload of a client's first packet; ``None`` leaves a field out."""
    if database is not None:
        capabilities |= CONNECT_WITH_DB
    payload = struct.pack("<IIH18xI", capabilities & 0xFFFFFFFF, 0, charset, capabilities >> 32) + user + b"\0"
    if capabilities & LENENC:
        payload += lenenc(auth)
    elif capabilities & SECURE:
        payload += bytes([len(auth)]) + auth
    else:
        payload += auth + b"\0"
    if database is not None:
        payload += database + b"\0"
    if capabilities & PLUGIN_AUTH and plugin is not None:
        payload += plugin.encode() + b"\0"
    if attributes is not None:
        payload += lenenc(b"".join(lenenc(k) + lenenc(v) for k, v in attributes.items()))
    return payload + end


class WireClient:
    """A client that is connected to a session.

    Args:
        server: the server to connect to.
        chunk: how many bytes are fed at a time; None for all at once.
    """

    def __init__(self, server, chunk=None):
        self.session = server.session("10.0.0.7", 51234)
        self.chunk = chunk
        self.greeting = read_greeting(self.received()[0][1])

    def send(self, data):
        """Feed bytes."""
        for start in range(0, len(data), self.chunk or max(len(data), 1)):
            self.session.receive(data[start : start + (self.chunk or len(data))])

    def received(self):
        """The packets that the server sent since the last call."""
        return unframed(self.taken())

    def taken(self):
        """The bytes of them."""
        return self.session.data_to_send()

    def log_in(self, password=b"", **fields):
        """Send a handshake response; returns the packets of the answer. Any database is there."""
        plugin = fields.get("plugin", SHA2) or SHA2
        fields.setdefault("auth", scramble(plugin, password, self.greeting.salt))
        self.send(framed(handshake_response(**fields), 1))
        request = self.session.next_request()
        if request is not None:
            assert (request.command, request.text) == ("init_db", fields["database"].decode())
            self.session.answer(answers.Ok())
        return self.received()

    def request(self, payload):
        """Send a command; returns the request that came of it, or None."""
        self.send(framed(payload))
        return self.session.next_request()

    def ask(self, payload, answer):
        """Send a command and answer its request; returns the bytes."""
        assert self.request(payload) is not None
        self.session.answer(answer)
        return self.session.data_to_send()

    def query(self, answer, text="SELECT 1"):
        """A query, answered; returns the result as read back."""
        data = self.ask(b"\x03" + text.encode(), answer)
        return read_result(data, bool(self.session.capabilities & DEPRECATE_EOF))

    def reply(self, payload):
        """A command that the session answers itself; returns the one packet's content, read."""
        assert self.request(payload) is None
        ((sequence, reply),) = self.received()
        assert sequence == 1
        return read_reply(reply)


def logged_in(server, chunk=None, **fields):
    """A client that is in."""
    client = WireClient(server, chunk)
    packets = client.log_in(**fields)
    assert packets[-1][1][0] == 0, packets
    return client
