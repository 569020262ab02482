"""What the layers of ``sockservice.sockets`` cost or bring: 64-byte echo, ping-pong, 64 connections.

Servers, each in a process of its own, one after the other in the same run:

- ``twisted``: a plain Twisted protocol that writes back, the base of the ratios;
- ``factory``: the same protocol as a factory service, through ``Connection``;
- ``coroutine``: ``async def`` over the Socket API, ``receive`` and ``send``.

Usage: ``python benchmarks/echo.py [CONNECTIONS [SECONDS [ROUNDS]]]``. The client is this process (epoll, no Twisted).
Where there are two processors, the server has one of its own. Only ratios of one run mean anything; on a busy machine
the ratio of processor time is the steadier one.
"""

from __future__ import annotations

import os
import select
import socket
import statistics
import subprocess
import sys
import time

MESSAGE = b"x" * 64
SERVERS = ("twisted", "factory", "coroutine")


def serve(kind: str) -> None:
    """The server process: prints its port and runs until it is ended."""
    from twisted.internet import reactor
    from twisted.internet.protocol import Factory, Protocol

    from sockservice.sockets import STREAM, CoroutineFactory, SocketAPI

    class Echo(Protocol):
        def dataReceived(self, data: bytes) -> None:
            self.transport.write(data)

    async def echo(connection: object) -> None:
        while data := await connection.receive():
            await connection.send(data)

    factory = Factory.forProtocol(Echo)
    factory.noisy = False
    if kind == "twisted":
        port = reactor.listenTCP(0, factory, interface="127.0.0.1", backlog=511).getHost().port
    else:
        api = SocketAPI(reactor)
        listening = api.socket(STREAM)
        listening.bind(("127.0.0.1", 0))
        listening.listen(factory=factory if kind == "factory" else CoroutineFactory(echo, api))
        port = listening.local_address[1]
    print(port, flush=True)
    reactor.run()


def drive(port: int, connections: int, seconds: float) -> float:
    """Round trips a second over ``connections`` sockets, each with one message under way."""
    sockets = {}
    poll = select.epoll()
    for _ in range(connections):
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setblocking(False)
        sockets[sock.fileno()] = sock
        poll.register(sock.fileno(), select.EPOLLIN)
        sock.send(MESSAGE)
    done = 0
    started = time.perf_counter()
    end = started + seconds
    while time.perf_counter() < end:
        for descriptor, _event in poll.poll(1.0):
            sock = sockets[descriptor]
            if len(sock.recv(256)) != len(MESSAGE):
                raise SystemExit("the echo came in pieces, or not at all")
            sock.send(MESSAGE)
            done += 1
    rate = done / (time.perf_counter() - started)
    for sock in sockets.values():
        sock.close()
    return rate


def processor_seconds(pid: int) -> float:
    """The time that a process has had on a processor so far, its own and the kernel's for it."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(kind: str, connections: int, seconds: float) -> tuple[float, float]:
    """One round of one server: round trips a second, and microseconds of processor time for each."""
    command = [sys.executable, os.path.abspath(__file__), "--serve", kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            processors = sorted(os.sched_getaffinity(0))
            if len(processors) > 1:
                os.sched_setaffinity(server.pid, {processors[1]})
                os.sched_setaffinity(0, {processors[0]})
            port = int(server.stdout.readline())
            drive(port, connections, min(0.3, seconds))
            before = processor_seconds(server.pid)
            rate = drive(port, connections, seconds)
            spent = processor_seconds(server.pid) - before
            os.sched_setaffinity(0, processors)
            return rate, spent / (rate * seconds) * 1e6
        finally:
            server.terminate()


def main(connections: int = 64, seconds: float = 1.0, rounds: int = 3) -> None:
    """Measure all servers in turns and print the table."""
    rounds_of: dict[str, list[tuple[float, float]]] = {kind: [] for kind in SERVERS}
    for _ in range(rounds):
        for kind in SERVERS:
            rounds_of[kind].append(measure(kind, connections, seconds))
    print(f"{connections} connections, median of {rounds} rounds of {seconds:g} s; processor time is the server's")
    base: tuple[float, float] | None = None
    for kind in SERVERS:
        rate, cost = (statistics.median(values) for values in zip(*rounds_of[kind], strict=True))
        base = base or (rate, cost)
        print(f"{kind:<10} {rate:>10,.0f}/s   {rate / base[0]:.2f} x   {cost:>6.1f} us each   {base[1] / cost:.2f} x")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
    else:
        kinds = (int, float, int)
        main(*(convert(text) for convert, text in zip(kinds, sys.argv[1:], strict=False)))
