"""The MySQL service: a thin adapter between the socket, the protocol and what answers.

The way of a query, downwards: bytes arrive in :meth:`MySQLProtocol.dataReceived`; the session
(:mod:`sockservice.mysql.session`) turns them into requests; the responder chain
(:mod:`sockservice.responder`) answers each; the session turns the answer into bytes; they are sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IAddress, IHalfCloseableProtocol, IPushProducer
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.logger import Logger
from twisted.plugin import IPlugin
from twisted.python.failure import Failure
from twisted.python.usage import Options, UsageError
from zope.interface import implementer

from sockservice.answers import Answer, Error, Request
from sockservice.interfaces import IFinishingProtocol, IHost, IRefusingService, IResponder, IStreamService
from sockservice.mysql import DEFAULT_VERSION, Account, Server, Session
from sockservice.responder import Chain, Chatter, Stubs, Unmatched

_log = Logger()


class MySQLOptions(Options):
    """What may stand after ``mysql`` on the command line."""

    optParameters = [
        ["database", None, "test", "a database that exists from the start"],
        ["fallback", None, "error", "what answers when no stub does: error"],
        ["server-version", None, DEFAULT_VERSION, "the version that the greeting names, for example 8.0.36"],
    ]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self["stubs"] = []
        self["accounts"] = []

    def opt_stubs(self, path: str) -> None:
        """A stub file, or a folder of stub files. Repeatable."""
        self["stubs"].append(path)

    def opt_account(self, account: str) -> None:
        """USER:PASSWORD that may log in. Repeatable; none given = every login is accepted."""
        user, colon, password = account.partition(":")
        if not colon:
            raise UsageError(f"--account takes USER:PASSWORD, and {account!r} has no colon")
        self["accounts"].append(Account(user, password))

    def postOptions(self) -> None:
        """Refuse a fallback that does not exist."""
        if self["fallback"] != "error":
            raise UsageError(f"--fallback {self['fallback']} is not known; known: error")


@implementer(IHalfCloseableProtocol, IFinishingProtocol, IPushProducer)
class MySQLProtocol(Protocol):
    """One client: feeds what arrives to the session, and sends what the session says.

    It takes the next request only when the one before is answered and the client takes its answers, so that
    neither a client that sends without reading nor a slow answer can fill the memory.

    Args:
        session: the MySQL session of this connection.
        respond: what answers its requests.
    """

    transport: Any

    def __init__(self, session: Session, respond: Callable[[Request], Answer | Deferred[Answer] | None]) -> None:
        self.session = session
        self.respond = respond
        self._waiting: Deferred[Answer] | None = None
        self._working = False
        self._full = False
        self._ended = False

    def connectionMade(self) -> None:
        """Send the greeting."""
        self.transport.registerProducer(self, True)
        self._work()

    def dataReceived(self, data: bytes) -> None:
        """Bytes of the client: the hot path."""
        self.session.receive(data)
        if self._waiting is None and not self._full:
            self._work()

    def _work(self) -> None:
        """Answer the requests that are due, as long as the client takes the answers."""
        session = self.session
        self._working = True
        while (request := session.next_request()) is not None:
            try:
                answer = self.respond(request)
            except Exception:
                answer = _report(Failure())  # type: ignore[no-untyped-call]
            if isinstance(answer, Deferred):
                self._wait(answer)
                if self._waiting is not None:
                    break
            else:
                session.answer(answer or _NOBODY)
            self.transport.write(session.data_to_send())
            if self._full:
                break
        self._working = False
        data = session.data_to_send()
        if data:
            self.transport.write(data)
        if session.closing or (self._ended and request is None):
            self._close()

    def _wait(self, answer: Deferred[Answer]) -> None:
        """Take nothing more from the client until the answer is there, which may be at once."""
        self._waiting = answer
        self.transport.pauseProducing()
        answer.addErrback(_report).addCallback(self._answered)

    def _answered(self, answer: Answer) -> None:
        if self._waiting is None:  # the client is gone
            return
        self._waiting = None
        self.session.answer(answer)
        if not self._full:
            self.transport.resumeProducing()
        if not self._working:
            self._work()

    def _close(self) -> None:
        self.transport.unregisterProducer()
        self.transport.loseConnection()

    def pauseProducing(self) -> None:
        """The client is slow to take its answers: take no further request."""
        self._full = True
        self.transport.pauseProducing()

    def resumeProducing(self) -> None:
        """The client has taken what was waiting: go on."""
        self._full = False
        if self._waiting is None:
            self.transport.resumeProducing()
            self._work()

    def stopProducing(self) -> None:
        """The connection is gone; :meth:`connectionLost` follows."""

    def finish(self) -> None:
        """Close as soon as the answer in flight is sent."""
        self.session.finish()
        if self._waiting is None and not self._full:
            self._work()

    def readConnectionLost(self) -> None:
        """The client will send no more: answer what it asked, then close."""
        self._ended = True
        if self._waiting is None and not self._full:
            self._work()

    def writeConnectionLost(self) -> None:
        """Our direction has ended; nothing is left to do."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002
        """Forget the session and give up the answer it waits for."""
        self.session.connection_lost()
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.cancel()


_NOBODY = Error(1105, "HY000", "sockservice: nothing answers this request")


def _report(failure: Failure) -> Answer:
    """An answer for a responder that failed: the client gets an error, the log the traceback."""
    if isinstance(failure.value, CancelledError):
        return _NOBODY
    _log.failure("a responder failed", failure)
    return Error(1105, "HY000", f"sockservice: a responder failed: {failure.getErrorMessage()}")


class MySQLFactory(ServerFactory):
    """Makes a session and a protocol for each client.

    Args:
        server: what the sessions share.
        responder: what answers them.
    """

    noisy = False

    def __init__(self, server: Server, responder: IResponder) -> None:
        self.server = server
        self.responder = responder

    def buildProtocol(self, address: IAddress | None) -> MySQLProtocol:
        """A protocol with a session of its own."""
        host = getattr(address, "host", "localhost")  # a Unix socket's address has none
        return MySQLProtocol(self.server.session(host, getattr(address, "port", 0)), self.responder.respond)


@implementer(IPlugin, IStreamService, IRefusingService)
class MySQL:
    """The plugin."""

    name = "mysql"
    summary = "a MySQL that answers by stubs, so that tests need no database"
    default_port = 3306
    options = MySQLOptions

    def stream_factory(self, host: IHost) -> MySQLFactory:
        """The service as its options describe it; reads the stub files, again at each reload."""
        options: Any = host.options
        server = Server(accounts=options["accounts"], version=options["server-version"])
        stubs = Stubs([host.path(path) for path in options["stubs"]])
        host.on_reload(stubs.reload)
        chatter = Chatter(databases=lambda: (options["database"], *stubs.current.databases))
        return MySQLFactory(server, Chain([stubs, chatter, Unmatched(stubs)]))

    def refusal(self) -> bytes:
        """Error 1040, as MySQL sends it in place of its greeting."""
        return Server.too_many_connections()


mysql = MySQL()
