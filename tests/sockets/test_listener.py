from __future__ import annotations

import json
import resource
import select
import socket
import subprocess
import sys

from sockservice.sockets.listener import descriptor_ceiling

OUT_OF_DESCRIPTORS = """
import json, resource, socket, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
from twisted.internet import reactor
from twisted.internet.protocol import Factory, Protocol
from twisted.logger import formatEvent, globalLogPublisher
from sockservice.sockets import STREAM, SocketAPI

warnings = []
def note(event):
    if event.get("log_level") and event["log_level"].name in ("warn", "error", "critical"):
        warnings.append(formatEvent(event))
        print("paused", flush=True)

globalLogPublisher.addObserver(note)

class Echo(Protocol):
    def dataReceived(self, data):
        global most
        most = max(most, len(listener.connections.connections))
        self.transport.write(data)

factory = Factory.forProtocol(Echo); factory.noisy = False
listener = SocketAPI(reactor).socket(STREAM)
listener.bind(("127.0.0.1", 0))
listener.listen(factory=factory)
most = 0
from twisted.internet import stdio
class Quit(Protocol):
    def dataReceived(self, data):
        import os
        spare = os.open("/dev/null", os.O_RDONLY)  # the reserve is still there
        print(json.dumps({"most": most, "spare": spare, "warnings": warnings}), flush=True)
        reactor.stop()
stdio.StandardIO(Quit())
print(listener.local_address[1], flush=True)
reactor.run()
"""


def test_out_of_descriptors_clients_wait_and_are_served_later():
    command = [sys.executable, "-c", OUT_OF_DESCRIPTORS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = int(server.stdout.readline())
            clients = []
            for number in range(100):  # more than the 64 descriptors it has
                client = socket.create_connection(("127.0.0.1", port))
                client.settimeout(60)
                client.sendall(b"%3d" % number)
                clients.append(client)
            assert server.stdout.readline() == "paused\n"
            for number in range(40):  # so many are served at once
                assert clients[number].recv(3) == b"%3d" % number
            assert not select.select(clients[60:], [], [], 0)[0]  # the others wait, and are not refused
            for number, client in enumerate(clients):  # each one that leaves makes room for one that waits
                if number >= 40:
                    assert client.recv(3) == b"%3d" % number
                client.close()
            server.stdin.write("quit\n")
            server.stdin.flush()
            lines = [line for line in server.stdout if line != "paused\n"]
            seen = json.loads(lines[-1])
        finally:
            server.kill()
    assert 40 <= seen["most"] < 64
    assert seen["spare"] < 64
    (warning,) = seen["warnings"]
    assert warning.startswith(f"127.0.0.1:{port} is out of file descriptors")


def test_a_reserve_stays_below_the_limit(monkeypatch):
    for limit, ceiling in [(64, 56), (1024, 960), (65536, 65472), (16, 12)]:
        monkeypatch.setattr(resource, "getrlimit", lambda _which, limit=limit: (limit, limit))
        assert descriptor_ceiling() == ceiling
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert descriptor_ceiling() > 2**30
