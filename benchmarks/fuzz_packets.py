"""Fuzzing of the MySQL protocol with atheris: any bytes, at any point of a session, plain and compressed.

    python benchmarks/fuzz_packets.py [seconds] [folder that keeps the corpus]

A finding is an exception, a hang (libFuzzer's own timeout), a session that is neither closing nor takes a ping
afterwards, or a process over 512 MB. 300 seconds by default. Needs ``pip install atheris``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["sockservice"]):
    from sockservice.answers import Error, LocalInfile, Ok, Results, table
    from sockservice.mysql import Server
    from sockservice.mysql.session import State

COMPRESS, ZSTD, LOCAL_FILES, MULTI_STATEMENTS, ATTRIBUTES = 1 << 5, 1 << 26, 1 << 7, 1 << 16, 1 << 27
USUAL = 0x200 | 0x8000 | 1 << 19 | LOCAL_FILES | MULTI_STATEMENTS
KINDS = (USUAL | 1, USUAL | 1 | ATTRIBUTES | 1 << 24, USUAL | 1 | COMPRESS, USUAL | 1 | ZSTD, USUAL)
"""Capabilities of the clients; one without the first bit knows a MariaDB."""
MARIADB = 7 << 34
LOGIN, COMMANDS = 0x80, 0x40
"""Bits of an input's first byte: it is a login; it is made of commands (or is one packet of a login)."""
PING = b"\1\0\0\0\x0e"
MOST_STEPS = 10_000

ROWS = table({"id": "INT", "name": "VARCHAR(9)", "at": "DATETIME(6)"}, [(1, "é", "2024-01-01"), (None, None, None)])
ANSWERS = (
    Ok(1, 2, 3, "info"),
    ROWS,
    Error(1064, "42000", "no"),
    Results((ROWS, Ok())),
    LocalInfile("file", lambda _: None, Ok),
)


def framed(payload: bytes, sequence: int) -> bytes:
    """One packet."""
    return len(payload).to_bytes(3, "little") + bytes((sequence,)) + payload


def logged_in(kind: int) -> object:
    """A session that is in."""
    capabilities = KINDS[kind % len(KINDS)]
    session = Server("8.4.3" if capabilities & 1 else "11.4.2-MariaDB", max_allowed_packet=1 << 20).session()
    further = 0 if capabilities & 1 else MARIADB >> 32
    response = capabilities.to_bytes(4, "little") + bytes(4) + b"\xff" + bytes(19) + further.to_bytes(4, "little")
    response += b"app\0\0" + (b"caching" if capabilities & 1 else b"mysql_native") + b"_password\0"
    session.receive(framed(response, 1))
    session.data_to_send()
    if session.state is State.LOGIN:
        session.receive(framed(b"", 3))
    session.data_to_send()
    return session


def drive(session: object, choose: int) -> None:
    """Answer what is asked, as the pump does, and take what is sent."""
    for step in range(MOST_STEPS):
        request = session.next_request()
        if request is not None:
            session.answer(ANSWERS[(choose + step) % len(ANSWERS)])
        elif session.file is not None and (work := session.file_step()) is not None:
            outcome = work()
            if outcome is not None:
                session.answer(outcome)
        elif not session.data_to_send():
            return
    raise AssertionError("the session goes on for ever")


def commands(body: bytes, capabilities: int) -> bytes:
    """Bytes as commands in packets of their own: each begins with its length."""
    packets, at = b"", 0
    while at < len(body):
        size = body[at]
        packets += framed(body[at + 1 : at + 1 + size], 0)
        at += 1 + size
    if capabilities & (COMPRESS | ZSTD):
        return len(packets).to_bytes(3, "little") + bytes(4) + packets
    return packets


def one_input(data: bytes) -> None:
    """The first two bytes choose the client and the answers, and whether the others are bytes or commands."""
    if len(data) < 3:
        return
    kind, choose, body = data[0], data[1], data[2:]
    if kind & LOGIN:
        session = Server(tls=bool(kind & 1), max_allowed_packet=1 << 20).session("10.0.0.7", 1)
    else:
        session = logged_in(kind)
        assert session.state is State.READY, session.state
    if kind & COMMANDS:
        body = framed(body, 1) if kind & LOGIN else commands(body, session.capabilities)
    cut = 1 + choose % max(len(body), 1)
    for piece in (body[:cut], body[cut:]):
        session.receive(piece)
        drive(session, choose)
    if session.state is State.READY and not session.packets.waiting and not session.capabilities & (COMPRESS | ZSTD):
        session.receive(PING)
        drive(session, choose)
        assert session.state in (State.READY, State.CLOSING), session.state
    session.connection_lost()


SEEDS = (
    (b"\x03SELECT 1", b"\x0e"),
    (b"\x16SELECT ?", b"\x17\1\0\0\0\0\1\0\0\0\0\1\3\0\5\0\0\0"),
    (b"\x16SELECT ?", b"\x17\xff\xff\xff\xff\1\1\0\0\0\0\1\xfd\0\3abc", b"\x1c\1\0\0\0\2\0\0\0"),
    (b"\x16SELECT ?", b"\x18\1\0\0\0\0\0abc", b"\x1a\1\0\0\0", b"\x19\1\0\0\0"),
    (b"\x16I (?)", b"\xfa\1\0\0\0\x80\0\3\0\0\5\0\0\0\1"),
    (b"\x11app\0\0\0\xff\0mysql_native_password\0",),
    (b"\x02db", b"\x04t\0", b"\x1f", b"\x1b\1\0", b"\x09", b"\x0a", b"\x0d", b"\x0c\1\0\0\0"),
    (b"\x03\x01\x01\0\1\xfd\0\1a\1bSELECT 1",),
    (b"\x03SELECT 1; SELECT 2;LOAD",),
)
"""Commands to begin with."""


def plant(folder: Path) -> None:
    """Put the seeds into a corpus, for each kind of client and each first answer."""
    for number, commands_of_seed in enumerate(SEEDS):
        body = b"".join(bytes((len(payload),)) + payload for payload in commands_of_seed)
        for kind in range(len(KINDS)):
            for choose in range(len(ANSWERS)):
                (folder / f"seed-{number}-{kind}-{choose}").write_bytes(bytes((COMMANDS | kind, choose)) + body)
    response = (USUAL | 1 | 1 << 20 | 1 << 21 | 8).to_bytes(4, "little") + bytes(4) + b"\xff" + bytes(23)
    response += b"app\0\0db\0caching_sha2_password\0\4\1a\1b"
    (folder / "seed-login").write_bytes(bytes((LOGIN | COMMANDS, 0)) + response)


def main() -> None:
    """Fuzz."""
    seconds = sys.argv[1] if len(sys.argv) > 1 else "300"
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    folder.mkdir(exist_ok=True)
    plant(folder)
    options = [f"-max_total_time={seconds}", "-rss_limit_mb=512", "-timeout=5", "-max_len=512", str(folder)]
    atheris.Setup([sys.argv[0], *options], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
