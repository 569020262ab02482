from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.interfaces import DATAGRAM, STREAM
from sockservice.sockets.holders import Holder, find_holder, parse_endpoint

HEADING = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
little_endian = pytest.mark.skipif(sys.byteorder != "little", reason="the samples are of a little-endian machine")


def made_up_proc(folder: Path, tables: dict[str, str], descriptors: dict[int, str], comm: str = "mysqld") -> Path:
    (folder / "net").mkdir(parents=True)
    for name, text in tables.items():
        (folder / "net" / name).write_text(text)
    (folder / "4711" / "fd").mkdir(parents=True)
    (folder / "4711" / "comm").write_text(comm + "\n")
    for number, target in descriptors.items():
        (folder / "4711" / "fd" / str(number)).symlink_to(target)
    (folder / "self").mkdir()
    return folder


def tcp_line(endpoint: str, state: str, inode: int) -> str:
    return f"   0: {endpoint} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  1000        0 {inode} 1 x\n"


@little_endian
def test_the_kernels_hexadecimal_addresses_are_read():
    assert parse_endpoint("0100007F:0CEA") == ("127.0.0.1", 3306)
    assert parse_endpoint("00000000000000000000000001000000:0CEA") == ("::1", 3306)
    assert parse_endpoint("0000000000000000FFFF00000100007F:0CEA") == ("::ffff:127.0.0.1", 3306)


@settings(max_examples=1000, deadline=None)
@given(st.text(max_size=50) | st.text("0123456789ABCDEF:", max_size=40))
def test_any_other_text_is_none_or_an_endpoint(text: str):
    result = parse_endpoint(text)
    assert result is None or (isinstance(result[0], str) and isinstance(result[1], int))


@little_endian
@pytest.mark.parametrize("wanted", ["127.0.0.1", "0.0.0.0", ""])
def test_the_program_that_listens_is_found(tmp_path, wanted):
    proc = made_up_proc(
        tmp_path / "proc",
        {"tcp": HEADING + "garbage\n" + tcp_line("0100007F:0CEA", "01", 5) + tcp_line("0100007F:0CEA", "0A", 77)},
        {3: "/dev/null", 4: "socket:[77]"},
    )
    assert find_holder(STREAM, (wanted, 3306), proc) == Holder(4711, "mysqld")
    assert find_holder(STREAM, ("127.0.0.1", 3307), proc) is None
    assert find_holder(STREAM, ("127.0.0.2", 3306), proc) is None
    assert find_holder(DATAGRAM, ("127.0.0.1", 3306), proc) is None


@little_endian
def test_a_connection_that_is_only_established_holds_nothing(tmp_path):
    proc = made_up_proc(tmp_path / "proc", {"tcp": HEADING + tcp_line("0100007F:0CEA", "01", 77)}, {4: "socket:[77]"})
    assert find_holder(STREAM, ("127.0.0.1", 3306), proc) is None


def test_a_socket_that_listens_on_all_of_ipv6_holds_an_ipv4_port(tmp_path):
    zeros = "0" * 32
    proc = made_up_proc(tmp_path / "proc", {"tcp6": HEADING + tcp_line(f"{zeros}:0CEA", "0A", 9)}, {1: "socket:[9]"})
    assert find_holder(STREAM, ("127.0.0.1", 3306), proc) == Holder(4711, "mysqld")


def test_a_unix_path_with_spaces_is_found(tmp_path):
    line = "0000000000000000: 00000002 00000000 00010000 0001 01 31 /run/my db.sock\n"
    proc = made_up_proc(tmp_path / "proc", {"unix": "Num RefCount\n" + line}, {8: "socket:[31]"})
    assert find_holder(STREAM, "/run/my db.sock", proc) == Holder(4711, "mysqld")
    assert find_holder(STREAM, "/run/my", proc) is None


def test_no_proc_tells_nothing(tmp_path):
    assert find_holder(STREAM, ("127.0.0.1", 3306), tmp_path / "none") is None
    assert find_holder(STREAM, "/some/path", tmp_path / "none") is None


def test_this_very_process_is_found_in_the_real_proc():
    with socket.socket() as listening, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        datagrams.bind(("127.0.0.1", 0))
        for kind, held in ((STREAM, listening), (DATAGRAM, datagrams)):
            holder = find_holder(kind, held.getsockname())
            assert holder is not None
            assert holder.pid == os.getpid()
            assert str(os.getpid()) in str(holder)
