"""Many clients, and much data in little memory."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from typing import Any

from loopback import Recorder, RecorderFactory, until
from twisted.internet.defer import gatherResults

from sockservice.interfaces import STREAM

SLOW_READER = """
import json, resource, socket, sys, threading
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from sockservice.sockets import STREAM, CoroutineFactory, SocketAPI

TOTAL = 100 * 2**20
CHUNK = b"x" * 2**16
awake = threading.Event()
longest = []

def rss():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()

async def serve(connection):
    before = most = rss()
    await connection.receive()
    # A client that sleeps takes nothing: the sending comes to a stop, and only then it wakes up.
    stopped = [False]
    sent = 0
    while sent < TOTAL:
        sending = connection.send(CHUNK)
        if not sending.called and not stopped[0]:
            stopped[0] = True
            held = sent
            reactor.callLater(0.2, awake.set)
        await sending
        sent += len(CHUNK)
        most = max(most, rss())
    print(json.dumps({"grown": most - before, "held": held}), flush=True)

def read(port):
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"go")
        awake.wait(10)
        buffer, size = bytearray(2**20), 0
        while size < TOTAL:
            size += client.recv_into(buffer)
    reactor.callFromThread(reactor.stop)

api = SocketAPI(reactor)
listener = api.socket(STREAM)
listener.bind(("127.0.0.1", 0))
listener.listen(factory=CoroutineFactory(serve, api))
reactor.callInThread(read, listener.local_address[1])
reactor.run()
"""


def test_100_mb_to_a_reader_that_sleeps_take_no_memory():
    done = subprocess.run([sys.executable, "-c", SLOW_READER], capture_output=True, text=True, timeout=60, check=True)
    seen = json.loads(done.stdout)
    assert seen["grown"] < 10 * 2**20
    assert seen["held"] < 20 * 2**20  # what the kernel's own buffers took while the reader slept


class Echo(Recorder):
    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data)


async def one_after_the_other(api: Any, address: Any, count: int) -> None:
    for _ in range(count):
        client = api.socket(STREAM)
        await client.connect(address)
        await client.send(b"hello")
        assert await client.receive_exactly(5) == b"hello"
        await client.close()


async def test_1000_clients_one_after_the_other_are_served(api, listening):
    factory = RecorderFactory(Echo)
    listener = listening(factory)
    await one_after_the_other(api, listener.local_address, 1000)
    await until(lambda: not listener.connections.connections)
    assert len(factory.built) == 1000


async def test_1000_clients_at_once_are_served(api, listening):
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(1000, (soft - 200) // 2)
    factory = RecorderFactory(Echo)
    listener = listening(factory)
    clients = [api.socket(STREAM) for _ in range(count)]
    await gatherResults([client.connect(listener.local_address) for client in clients])
    await until(lambda: len(listener.connections.connections) == count)
    for client in clients:
        await client.send(b"hello")
    assert await gatherResults([client.receive_exactly(5) for client in clients]) == [b"hello"] * count
    await gatherResults([client.close() for client in clients])
    await until(lambda: not listener.connections.connections)
