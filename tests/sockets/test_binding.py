from __future__ import annotations

import errno
import os
import socket

import pytest

from sockservice.errors import AddressInUse, ListenError, PermissionMissing
from sockservice.interfaces import DATAGRAM, STREAM, State
from sockservice.sockets import SocketAPI
from sockservice.sockets.binding import translated


@pytest.mark.parametrize(
    ("family", "address", "host"),
    [
        (socket.AF_INET, ("127.0.0.1", 0), "127.0.0.1"),
        (socket.AF_INET, ("", 0), "0.0.0.0"),
        (socket.AF_INET6, ("::1", 0), "::1"),
        (socket.AF_INET6, ("::1", 0, 0, 0), "::1"),
    ],
)
async def test_bind_tells_the_port_that_was_found(api, opened, family, address, host):
    for kind in (STREAM, DATAGRAM):
        sock = opened(api.socket(kind, family=family))
        sock.bind(address)
        assert sock.state is State.BOUND
        assert sock.local_address[0] == host
        assert sock.local_address[1] > 0


async def test_an_address_in_use_names_the_program(api, listening, opened):
    held = listening()
    second = opened(api.socket(STREAM))
    with pytest.raises(AddressInUse) as caught:
        second.bind(held.local_address)
    assert f"127.0.0.1:{held.local_address[1]}" in str(caught.value)
    assert f"pid {os.getpid()}" in str(caught.value)
    assert second.state is State.UNBOUND


async def test_a_datagram_address_in_use_names_the_program(api, opened):
    held = opened(api.socket(DATAGRAM))
    held.bind(("127.0.0.1", 0))
    with pytest.raises(AddressInUse, match=f"pid {os.getpid()}"):
        opened(api.socket(DATAGRAM)).bind(held.local_address)


async def test_the_second_of_two_bound_sockets_is_refused_at_the_latest_by_listen(api, opened):
    first, second = (opened(api.socket(STREAM)) for _ in range(2))
    first.bind(("127.0.0.1", 0))

    def take_it_too() -> None:
        second.bind(first.local_address)
        first.listen()
        second.listen()

    with pytest.raises(AddressInUse):
        take_it_too()


async def test_reuse_port_shares_an_address(api, opened):
    first, second = (opened(api.socket(STREAM, reuse_port=True)) for _ in range(2))
    first.bind(("127.0.0.1", 0))
    second.bind(first.local_address)
    first.listen()
    second.listen()
    assert first.local_address == second.local_address


@pytest.mark.parametrize(
    ("family", "address", "words"),
    [
        (socket.AF_INET, ("localhost", 0), "numbers, not names"),
        (socket.AF_INET, ("::1", 0), "other family"),
        (socket.AF_INET6, ("127.0.0.1", 0), "other family"),
        (socket.AF_INET, "/tmp/path", "host, port"),
        (socket.AF_INET, ("127.0.0.1", 70000), "0 to 65535"),
        (socket.AF_INET, ("127.0.0.1", "http"), "0 to 65535"),
        (socket.AF_INET, ("192.0.2.1", 0), "not an address of this machine"),
        (socket.AF_UNIX, ("127.0.0.1", 0), "path"),
        (socket.AF_UNIX, "", "path"),
        (socket.AF_UNIX, "/nonexistent/folder/x.sock", "does not exist"),
        (socket.AF_UNIX, "/tmp/" + "x" * 200, "cannot be bound"),
    ],
)
async def test_an_address_of_the_wrong_form_says_what_would_be_right(api, opened, family, address, words):
    with pytest.raises(ListenError, match=words):
        opened(api.socket(STREAM, family=family)).bind(address)


def test_a_missing_permission_says_what_to_do():
    refused = OSError(errno.EACCES, "no")
    assert isinstance(translated(refused, STREAM, ("127.0.0.1", 80)), PermissionMissing)
    assert "1024" in str(translated(refused, STREAM, ("127.0.0.1", 80)))
    assert "folder" in str(translated(refused, STREAM, "/run/x.sock"))


async def test_the_path_of_a_dead_program_is_replaced_and_ours_removed_at_close(api, opened, tmp_path):
    path = str(tmp_path / "x.sock")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(path)
    sock = opened(api.socket(STREAM, family=socket.AF_UNIX))
    sock.bind(path)
    sock.listen()
    assert os.path.exists(path)
    await sock.close()
    assert not os.path.exists(path)


async def test_a_path_that_somebody_answers_on_is_in_use(api, opened, tmp_path):
    path = str(tmp_path / "x.sock")
    with socket.socket(socket.AF_UNIX) as alive:
        alive.bind(path)
        for listens in (False, True):
            if listens:
                alive.listen()
            with pytest.raises(AddressInUse, match=f"pid {os.getpid()}"):
                opened(api.socket(STREAM, family=socket.AF_UNIX)).bind(path)
            assert os.path.exists(path)


async def test_a_file_that_is_no_socket_is_left_alone(api, opened, tmp_path):
    path = tmp_path / "precious"
    path.write_text("data")
    with pytest.raises(ListenError, match="not a socket"):
        opened(api.socket(STREAM, family=socket.AF_UNIX)).bind(str(path))
    assert path.read_text() == "data"


@pytest.mark.parametrize("replaced", [False, True], ids=["removed", "replaced"])
async def test_a_path_that_is_no_longer_ours_does_not_hurt_close(api, opened, tmp_path, replaced):
    path = tmp_path / "x.sock"
    sock = opened(api.socket(STREAM, family=socket.AF_UNIX))
    sock.bind(str(path))
    sock.listen()
    path.unlink()
    if replaced:
        path.write_text("another's")
    await sock.close()
    assert path.exists() is replaced


async def test_a_bound_unix_socket_removes_its_path_without_ever_listening(api, tmp_path):
    path = tmp_path / "x.sock"
    sock = api.socket(STREAM, family=socket.AF_UNIX)
    sock.bind(str(path))
    await sock.close()
    assert not path.exists()


async def test_an_adopted_descriptor_listens_and_its_path_is_its_makers(api, connected, tmp_path):
    path = tmp_path / "x.sock"
    with socket.socket(socket.AF_UNIX) as theirs:
        theirs.bind(str(path))
        os.chmod(path, 0o600)
        theirs.listen()
        ours = api.adopt(theirs.fileno())
        assert ours.state is State.BOUND
        assert ours.local_address == str(path)
        ours.listen()
        accepted = ours.accept()
        client = await connected(str(path), family=socket.AF_UNIX)
        server = await accepted
        await client.send(b"x")
        assert await server.receive() == b"x"
        await server.close()
        await ours.close()
        assert path.exists()
        assert path.stat().st_mode & 0o777 == 0o600


async def test_adopting_what_cannot_be_used_says_why(api: SocketAPI):
    with pytest.raises(ListenError, match="not a socket"):
        api.adopt(os.open(os.devnull, os.O_RDONLY))
    with socket.socket() as unbound, pytest.raises(ListenError, match="not bound"):
        api.adopt(unbound.fileno())
    one, other = socket.socketpair()
    with one, other, pytest.raises(ListenError):
        api.adopt(one.fileno())
    with socket.socket() as listening, socket.socket() as client:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        client.connect(listening.getsockname())
        with pytest.raises(ListenError, match="connected"):
            api.adopt(client.fileno())


async def test_an_adopted_datagram_descriptor_receives(api, opened):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as theirs:
        theirs.bind(("127.0.0.1", 0))
        ours = opened(api.adopt(theirs.fileno()))
    sender = opened(api.socket(DATAGRAM))
    await sender.send_to(b"hello", ours.local_address)
    assert (await ours.receive_from())[0] == b"hello"
