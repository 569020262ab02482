"""What the differential test compares: columns of every type with their values, and how both sides are asked.

A command goes to a real MariaDB over TCP and to a session of ours in memory; both replies are read by the same reader.
"""

from __future__ import annotations

import datetime
import socket
import struct
from collections.abc import Callable, Iterator
from decimal import Decimal

from wire_client import (
    LONG_PASSWORD,
    NATIVE,
    USUAL,
    Eof,
    Err,
    Ok,
    WireClient,
    framed,
    handshake_response,
    read_definition,
    read_greeting,
    read_reply,
    scramble,
)

from sockservice.answers import Answer, Column, Request, Rows
from sockservice.error_codes import error
from sockservice.mysql import Server
from sockservice.responder import Chain, Chatter
from sockservice.sqltypes import SqlType

CAPABILITIES = USUAL & ~LONG_PASSWORD
DATABASE = "echo"
"""One that the user of the clients' tests has all rights to."""

TEXTS = ["", "text", "é", "naïve ¿?", "Привет", "日本語", "😀 emoji", "tab\tline\nnul\0", "ß" * 60]
DAY, MOMENT = datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 12, 34, 56)
FRACTION = datetime.datetime(2024, 2, 29, 1, 2, 3, 45678)
SPANS = [
    datetime.timedelta(),
    datetime.timedelta(hours=-838, minutes=-59, seconds=-59),
    datetime.timedelta(seconds=3661),
]

TABLES: dict[str, list[object]] = {
    "TINYINT": [0, 1, -128, 127],
    "TINYINT UNSIGNED": [0, 255],
    "TINYINT(1)": [0, 1],
    "SMALLINT": [-32768, 32767],
    "SMALLINT UNSIGNED": [65535],
    "MEDIUMINT": [-8388608, 8388607],
    "MEDIUMINT UNSIGNED": [16777215],
    "INT": [-(2**31), 2**31 - 1],
    "INT UNSIGNED": [2**32 - 1],
    "INT(5)": [12],
    "BIGINT": [-(2**63), 2**63 - 1],
    "BIGINT UNSIGNED": [2**64 - 1],
    "FLOAT": [0.0, 1.5, -3.25, 1e10, 1.1e-20, 16777216.0],
    "DOUBLE": [0.0, 0.1, -1.5e300, 1e15, 1e14, 123456.789, 1e-16],
    "DOUBLE(8,3)": [1.5],
    "DECIMAL(10,2)": [Decimal("12.50"), Decimal("-99999999.99"), Decimal(0)],
    "DECIMAL(65,30)": [Decimal("0.1"), Decimal("9" * 35 + "." + "9" * 30)],
    "DECIMAL(5)": [Decimal(99999)],
    "DECIMAL(8,3) UNSIGNED": [Decimal("1.125")],
    "BIT(1)": [0, 1],
    "BIT(10)": [0, 5, 1023],
    "BIT(64)": [2**64 - 1],
    "YEAR": [1901, 2024, 2155],
    "DATE": [DAY, datetime.date(1000, 1, 1), datetime.date(9999, 12, 31)],
    "TIME": [*SPANS],
    "TIME(3)": [datetime.timedelta(milliseconds=-1500), datetime.timedelta(hours=30, milliseconds=7)],
    "TIME(6)": [datetime.timedelta(microseconds=1), datetime.timedelta(0)],
    "DATETIME": [MOMENT, datetime.datetime(1000, 1, 1)],
    "DATETIME(1)": [MOMENT.replace(microsecond=500000)],
    "DATETIME(3)": [MOMENT.replace(microsecond=789000)],
    "DATETIME(6)": [FRACTION, MOMENT],
    "TIMESTAMP": [MOMENT],
    "TIMESTAMP(6)": [FRACTION],
    "CHAR(10)": ["", "char", "é"],
    "CHAR(0)": [""],
    "VARCHAR(100)": TEXTS,
    "VARCHAR(16000)": ["x" * 300],
    "BINARY(4)": [b"\0\xff'A", b"\xff\xff\xff\xff"],
    "VARBINARY(20)": [b"", b"\0\\'\"\n\x1a"],
    "TINYTEXT": ["", "tiny ü"],
    "TEXT": TEXTS,
    "MEDIUMTEXT": ["m" * 70000],
    "LONGTEXT": ["long 😀"],
    "TINYBLOB": [b"", b"\0"],
    "BLOB": [b"\xde\xad", bytes(300)],
    "MEDIUMBLOB": [b"\xfb" * 70000],
    "LONGBLOB": [b"\xff"],
    "ENUM('new','paid','übrig')": ["new", "übrig"],
    "SET('a','b','c')": ["", "a,c"],
    "JSON": ['{"a": [1, 2.5, null, "é"]}', "[]"],
    "GEOMETRY": [bytes.fromhex("000000000101000000000000000000f03f0000000000000040")],
}
"""A column's type, and its values; NULL is among them always."""

FLAGS = ["NOT NULL", "NOT NULL PRIMARY KEY", "NOT NULL UNIQUE", "NOT NULL AUTO_INCREMENT PRIMARY KEY"]

CHARSETS = (
    "utf8mb4 utf8mb3 latin1 latin2 ascii binary cp1250 cp1251 koi8r gbk sjis cp932 ujis euckr big5 greek hebrew latin5"
    " cp866 eucjpms tis620 cp1257"
).split()
"""What SET NAMES sets for the same texts."""


def table_name(number: int) -> str:
    return f"t{number}"


def sql_literal(value: object) -> str:
    """A value that MariaDB stores as it is."""
    match value:
        case None:
            return "NULL"
        case bytes():
            return f"x'{value.hex()}'"
        case datetime.timedelta():
            micro = abs(value) // datetime.timedelta(microseconds=1)
            seconds, part = divmod(micro, 1_000_000)
            sign = "-" if value < datetime.timedelta() else ""
            return f"'{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{part:06}'"
        case datetime.date():
            return f"'{value}'"
        case str():
            return f"CONVERT(x'{value.encode().hex()}' USING utf8mb4)"
    return repr(value) if not isinstance(value, Decimal) else str(value)


def columns() -> Iterator[tuple[str, Column, list[object]]]:
    """The declaration of each table's column ``c``, the same for us, and its values."""
    for kind, values in TABLES.items():
        column = Column("c", SqlType.parse(kind), original_name="c")
        yield f"{kind} NULL", column, [*values, None]
    for flags in FLAGS:
        yield (
            f"INT {flags}",
            Column(
                "c",
                SqlType.parse("INT"),
                original_name="c",
                nullable=False,
                primary_key="PRIMARY" in flags,
                unique_key="UNIQUE" in flags,
                auto_increment="AUTO" in flags,
            ),
            [1, 2],
        )


def seed() -> Iterator[str]:
    """The statements that make the tables of a MariaDB."""
    yield f"USE {DATABASE}"
    for number, (declaration, _, values) in enumerate(columns()):
        # The order is that of a column that is not asked for.
        yield f"CREATE TABLE {table_name(number)} (c {declaration}, n INT)"
        rows = ", ".join(f"({sql_literal(value)}, {place})" for place, value in enumerate(values))
        yield f"INSERT INTO {table_name(number)} VALUES {rows}"


class Tables:
    """A responder that knows the tables."""

    def __init__(self) -> None:
        self._answers = {}
        for number, (_, column, values) in enumerate(columns()):
            name = table_name(number)
            kept = Column(
                column.name,
                column.type,
                table=name,
                original_table=name,
                original_name="c",
                database=DATABASE,
                nullable=column.nullable,
                primary_key=column.primary_key,
                unique_key=column.unique_key,
                auto_increment=column.auto_increment,
            )
            self._answers[select(number)] = Rows((kept,), [(value,) for value in values])

    def respond(self, request: Request) -> Answer | None:
        return self._answers.get(request.text)


def select(number: int) -> str:
    return f"SELECT c FROM {table_name(number)} ORDER BY n"


class Unknown:
    """Answers what nobody else does."""

    def respond(self, request: Request) -> Answer:
        if request.command == "init_db":
            return error("ER_BAD_DB_ERROR", request.text)
        return error("ER_NO_SUCH_TABLE", DATABASE, "missing")


class Ours:
    """Our side."""

    def __init__(self, version: str) -> None:
        self._chain = Chain([Tables(), Chatter(databases=(DATABASE,)), Unknown()])
        self._client = WireClient(Server(version))
        self._packets = iter(self._client.log_in(capabilities=CAPABILITIES, plugin=NATIVE, charset=45, attributes={}))
        self.login = [payload for _, payload in self._packets]
        read_results(self.ask(b"\x02" + DATABASE.encode()))

    def ask(self, payload: bytes) -> Callable[[], tuple[int, bytes]]:
        """Send a command; returns what gives the packets of the reply."""
        request = self._client.request(payload)
        while request is not None:
            self._client.session.answer(self._chain.respond(request))
            request = self._client.session.next_request()
        packets = iter(self._client.received())
        return lambda: next(packets)


class MariaDB:
    """The other side."""

    def __init__(self, host: str, port: int, user: str, password: str) -> None:
        self._socket = socket.create_connection((host, port), timeout=60)
        self._stream = self._socket.makefile("rb")
        greeting = read_greeting(self.packet()[1])
        self.version = greeting.version.decode()
        auth = scramble(NATIVE, password.encode(), greeting.salt)
        fields = {"capabilities": CAPABILITIES, "plugin": NATIVE, "charset": 45, "attributes": {}}
        self._socket.sendall(framed(handshake_response(user=user.encode(), auth=auth, **fields), 1))
        self.login = [self.packet()[1]]

    def fill(self) -> None:
        """Make the tables, and use them."""
        for statement in seed():
            end = read_results(self.ask(b"\x03" + statement.encode()))[-1]
            assert isinstance(end, Ok), (statement, end)

    def packet(self) -> tuple[int, bytes]:
        header = self._stream.read(4)
        return header[3], self._stream.read(int.from_bytes(header[:3], "little"))

    def ask(self, payload: bytes) -> Callable[[], tuple[int, bytes]]:
        """Send a command; returns what gives the packets of the reply."""
        self._socket.sendall(framed(payload))
        return self.packet

    def close(self) -> None:
        self._stream.close()
        self._socket.close()


def read_results(take: Callable[[], tuple[int, bytes]]) -> list[object]:
    """All there is in the reply to a statement: sequence ids, definitions, rows as bytes, ends."""
    found: list[object] = []
    more = True
    while more:
        sequence, payload = take()
        found.append(sequence)
        if payload[0] in (0, 0xFF):
            end = read_reply(payload)
            found.append(end)
        else:
            found += [read_definition(take()[1])[0] for _ in range(payload[0])]
            found.append(read_reply(take()[1]))
            while True:
                sequence, payload = take()
                if payload[0] == 0xFF or (payload[0] == 0xFE and len(payload) < 9):
                    break
                found.append((sequence, payload))
            end = read_reply(payload)
            found.append(end)
        more = isinstance(end, (Ok, Eof)) and bool(end.status & 8)
    return found


def read_prepared(take: Callable[[], tuple[int, bytes]]) -> tuple[int, list[object]]:
    """The number of a statement that was prepared, and all there is in the reply besides."""
    sequence, payload = take()
    if payload[0] == 0xFF:
        return 0, [sequence, read_reply(payload)]
    assert len(payload) == 12
    statement, column_count, parameter_count = struct.unpack("<IHH", payload[1:9])
    found: list[object] = [sequence, column_count, parameter_count, payload[9:]]
    for count in (parameter_count, column_count):
        if count:
            found += [read_definition(take()[1])[0] for _ in range(count)]
            found.append(read_reply(take()[1]))
    return statement, found


def plain(reply: object) -> object:
    """A reply without its words: two servers do not say the same of an error, nor of what they did."""
    if isinstance(reply, Err):
        return ("ERR", reply.code, reply.sqlstate)
    return reply
