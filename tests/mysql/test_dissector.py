"""A packet analyser (Wireshark's tshark) reads each login as MySQL and finds nothing malformed in it."""

from __future__ import annotations

import json
import subprocess

from capture import Capture, write
from installed import program
from proving_client import CLEAR, PASSWORD, PLAIN, PLUGINS, UNIX, ProvingClient, servers_of_all_plugins
from wire_client import NATIVE, SHA2, framed, read_reply

from sockservice.answers import table

TSHARK = program("tshark")
ROWS = table({"id": "INT", "name": "VARCHAR(20)", "at": "DATETIME"}, [(1, "Ann", None), (2, None, None)])


class Recorded(ProvingClient):
    """A client whose connection is captured."""

    def __init__(self, server, *args, port=51234):
        self.capture = Capture(port)
        super().__init__(server, *args)

    def send(self, data):
        self.capture.client(data)
        super().send(data)

    def taken(self):
        data = super().taken()
        self.capture.server(data)
        return data

    def answer_to(self, payload):
        # It takes an encrypted password for a command: be it one that does not exist, which changes nothing else.
        answer = super().answer_to(payload)
        while answer is not None and len(answer) == 256 and answer[0] < 0x80:
            answer = super().answer_to(payload)
        return answer


FIELDS = (
    "tcp.dstport tcp.srcport _ws.malformed _ws.expert.message mysql.version mysql.user mysql.schema"
    " mysql.connattrs.name mysql.query mysql.error_code mysql.error.message"
).split()


def analysed(folder, *clients):
    """For each client the frames that hold data, as dictionaries of :data:`FIELDS`."""
    path = folder / "sessions.pcap"
    write(path, (client.capture for client in clients))
    command = [TSHARK, "-n", "-r", path, "-d", "tcp.port==3306,mysql", "-Y", "tcp.len > 0", "-T", "json"]
    for field in ("frame.protocols", *FIELDS):
        command += ["-e", field]
    told = subprocess.run(command, capture_output=True, check=True, text=True)
    frames = {}
    for frame in json.loads(told.stdout):
        fields = {name: values[0] for name, values in frame["_source"]["layers"].items()}
        ports = {fields.pop("tcp.srcport"), fields.pop("tcp.dstport")} - {"3306"}
        frames.setdefault(int(ports.pop()), []).append(fields)
    return list(frames.values())


def troubles(frames):
    """The frames that are malformed, or not read as MySQL."""
    return [frame for frame in frames if not frame["frame.protocols"].endswith(":mysql") or "_ws.malformed" in frame]


def remarks(frames):
    """What it has to say of frames."""
    return [frame["_ws.expert.message"] for frame in frames if "_ws.expert.message" in frame]


def is_read_whole(client):
    """Whether this analyser has a reader for all packets: it has none for keys and what goes on behind a switch."""
    switched = False
    for payload in client.heard:
        if payload[0] == 1 and (switched or len(payload) > 2):
            return False
        switched = switched or payload[0] == 0xFE
    return True


def values(frames, name):
    return [frame[name] for frame in frames if name in frame]


def queried(client):
    client.send(framed(b"\x03SELECT id, name, at FROM people"))
    assert client.session.next_request() is not None
    client.session.answer(ROWS)
    assert len(client.received()) == 1 + 3 + 1 + 2 + 1


def test_a_login_by_each_plugin_is_understood(tmp_path):
    server, clients, users = servers_of_all_plugins(), [], []
    for peer in (PLAIN, UNIX):
        for first in (SHA2, NATIVE):
            for user in (*PLUGINS, "full"):
                if peer.secure or user != CLEAR:
                    server.proven.clear()
                    client = Recorded(server, peer, port=40000 + len(clients))
                    reply = client.log_in_by(user, first, database=b"shop", attributes={b"_os": b"Linux"})
                    assert read_reply(reply).status == 2
                    queried(client)
                    clients.append(client)
                    users.append(user)
    found = analysed(tmp_path, *clients)
    assert len(found) == len(clients) == 22
    for client, user, frames in zip(clients, users, found, strict=True):
        assert troubles(frames) == []
        assert (remarks(frames) == []) == is_read_whole(client)
        assert values(frames, "mysql.version") == ["8.4.3-sockservice"]
        assert values(frames, "mysql.user") == [user]
        assert values(frames, "mysql.schema")[0] == "shop"  # a request for the key looks like USE
        assert values(frames, "mysql.connattrs.name") == ["_os"]
        assert values(frames, "mysql.query") == ["SELECT id, name, at FROM people"]


def test_refusals_and_changes_of_user_are_understood(tmp_path):
    server, refused, changed = servers_of_all_plugins(), [], []
    for number, user in enumerate(PLUGINS):
        client = Recorded(server, UNIX, b"wrong" + PASSWORD[5:], port=41000 + number)
        client.log_in_by(user, NATIVE)
        refused.append(client)
        client = Recorded(server, UNIX, port=42000 + number)
        client.log_in_by(SHA2)
        assert read_reply(client.change_user(user, b"shop")).status == 2
        queried(client)
        changed.append(client)
    found = analysed(tmp_path, *refused, *changed)
    assert len(found) == 10
    assert [troubles(frames) for frames in found] == [[]] * 10
    assert [remarks(frames) == [] for frames in found] == [is_read_whole(client) for client in (*refused, *changed)]
    for user, frames in zip(PLUGINS, found, strict=False):
        assert values(frames, "mysql.error_code") == ["1045"]
        text = f"Access denied for user '{user}'@'localhost' (using password: YES)"
        assert values(frames, "mysql.error.message") == [text]
    for user, frames in zip(PLUGINS, found[5:], strict=True):
        assert values(frames, "mysql.user") == [SHA2, user]


def test_the_analyser_finds_what_is_wrong(tmp_path):
    client = Recorded(servers_of_all_plugins(), UNIX)
    client.log_in_by(SHA2)
    client.send(framed(b"\x03SELECT 1"))
    client.capture.server(framed(b"\1", 1) + framed(b"\x03def\x7fcut", 2))
    (frames,) = analysed(tmp_path, client)
    assert "_ws.malformed" in troubles(frames)[0]
    assert remarks(frames)
