"""Runs the MySQL protocol with the echo responder, for real clients: ``vocabulary.md`` says what it understands.

It knows the user ``app`` and, for each authentication plugin, one that has to use it (``features.PLUGINS``).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

sys.path += [str(Path(__file__).parents[1] / "mysql"), str(Path(__file__).parent)]

from echo_responder import EchoResponder
from features import PLUGINS
from twisted.internet import reactor as default_reactor
from twisted.logger import globalLogBeginner, textFileLogObserver
from vocabulary import DATABASE
from zope.interface import implementer

from sockservice.answers import Answer, Request
from sockservice.certificates import ReloadingCertificate, SelfSignedCertificate
from sockservice.error_codes import error
from sockservice.interfaces import STREAM, IResponder
from sockservice.mysql import Account, Server
from sockservice.plugins._mysql_protocol import MySQLFactory
from sockservice.responder import Chain, Chatter, SqlPrepare
from sockservice.sockets import SocketAPI

reactor: Any = default_reactor


@implementer(IResponder)
class Unknown:
    """Answers what nobody else does."""

    def respond(self, request: Request) -> Answer:
        """As MySQL does about a table or a database that it has not."""
        if request.command == "init_db":
            return error("ER_BAD_DB_ERROR", request.text)
        return error("ER_NO_SUCH_TABLE", DATABASE, request.text[:64])


def main() -> None:
    """Listen until a signal comes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--socket", help="the path of a Unix socket, beside the port")
    parser.add_argument("--ready-file", help="gets one JSON line once the service listens")
    parser.add_argument("--tls", help="CERT.pem:KEY.pem; self-signed by default")
    arguments = parser.parse_args()
    globalLogBeginner.beginLoggingTo([textFileLogObserver(sys.stderr)])

    accounts = [Account("app", "secret"), *(Account(user, "secret", plugin=name) for name, user in PLUGINS.items())]
    tls = ReloadingCertificate(*map(Path, arguments.tls.split(":"))) if arguments.tls else SelfSignedCertificate()
    server = Server(accounts=accounts, tls=True)
    behind = (EchoResponder(reactor), Chatter(databases=(DATABASE, "shop")), Unknown())
    chain = Chain([SqlPrepare(Chain(behind)), *behind])
    factory = MySQLFactory(server, chain, reactor, tls)

    sockets = SocketAPI(reactor)
    port = sockets.socket(STREAM)
    port.bind(("127.0.0.1", arguments.port))
    port.listen(factory=factory)
    if arguments.socket:
        unix = sockets.socket(STREAM, family=socket.AF_UNIX)
        unix.bind(arguments.socket)
        unix.listen(factory=factory)
    if arguments.ready_file:
        host, number = port.local_address
        line = {"service": "echo", "host": host, "port": number, "pid": os.getpid()}
        made = Path(arguments.ready_file).with_suffix(".made")
        made.write_text(json.dumps(line) + "\n")
        made.rename(arguments.ready_file)
    signal.signal(signal.SIGTERM, lambda *_: reactor.callFromThread(reactor.stop))
    reactor.run()


if __name__ == "__main__":
    main()
