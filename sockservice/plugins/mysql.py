"""The MySQL service: a thin adapter between the socket, the protocol and what answers.

The way of a query, downwards: bytes arrive in :meth:`MySQLProtocol.dataReceived`; the session
(:mod:`sockservice.mysql.session`) turns them into requests; the responder chain
(:mod:`sockservice.responder`) answers each; the session turns the answer into bytes; they are sent.
"""

from __future__ import annotations

from collections.abc import Callable
from socket import AF_UNIX
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import (
    IAddress,
    IDelayedCall,
    IHalfCloseableProtocol,
    IOpenSSLServerConnectionCreator,
    IPushProducer,
    IReactorTime,
    ISSLTransport,
)
from twisted.internet.protocol import Protocol, ServerFactory, connectionDone
from twisted.logger import Logger
from twisted.plugin import IPlugin
from twisted.python.failure import Failure
from twisted.python.usage import Options, UsageError
from zope.interface import implementer

from sockservice.answers import Answer, Error, Request
from sockservice.error_codes import error
from sockservice.interfaces import IFinishingProtocol, IHost, IRefusingService, IResponder, IStreamService
from sockservice.mysql import DEFAULT_VERSION, Encryption, Peer, Server, Session, read_accounts
from sockservice.responder import Chain, Chatter, Stubs, Unmatched

_log = Logger()


class MySQLOptions(Options):
    """What may stand after ``mysql`` on the command line."""

    optParameters = [
        ["database", None, "test", "a database that exists from the start"],
        ["fallback", None, "error", "what answers when no stub does: error"],
        ["server-version", None, DEFAULT_VERSION, "the version that the greeting names, for example 8.0.36"],
        ["tls", None, None, "offer TLS: self-signed, or CERT.pem:KEY.pem (one file may hold both: BOTH.pem)"],
    ]
    optFlags = [["require-tls", None, "refuse clients over plain TCP with error 3159"]]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self["stubs"] = []
        self["accounts"] = []
        self._accounts: list[str] = []

    def opt_stubs(self, path: str) -> None:
        """A stub file, or a folder of stub files. Repeatable."""
        self["stubs"].append(path)

    def opt_account(self, account: str) -> None:
        """USER:PASSWORD that may log in. Repeatable; none given = every login is accepted.

        Settings stand behind the user: USER,plugin=NAME,host=10.%,database=NAME,tls,full:PASSWORD.
        """
        self._accounts.append(account)
        try:
            self["accounts"] = read_accounts(self._accounts)
        except ValueError as mistake:
            raise UsageError(f"--account {mistake}") from mistake

    def postOptions(self) -> None:
        """Refuse a fallback that does not exist, and what nobody could log in to."""
        if self["fallback"] != "error":
            raise UsageError(f"--fallback {self['fallback']} is not known; known: error")
        if self["require-tls"] and self["tls"] is None:
            raise UsageError("--require-tls needs --tls, for example --tls self-signed")


@implementer(IHalfCloseableProtocol, IFinishingProtocol, IPushProducer)
class MySQLProtocol(Protocol):
    """One client: feeds what arrives to the session, and sends what the session says.

    It takes the next request only when the one before is answered and the client takes its answers, so that
    neither a client that sends without reading nor a slow answer can fill the memory.

    Args:
        session: the MySQL session of this connection.
        respond: what answers its requests.
        tls: what makes TLS connections, where it is offered.
        clock: lets other connections have their turn between the pieces of a long answer; by default the reactor.
    """

    transport: Any

    def __init__(
        self,
        session: Session,
        respond: Callable[[Request], Answer | Deferred[Answer] | None],
        tls: IOpenSSLServerConnectionCreator | None = None,
        clock: IReactorTime | None = None,
    ) -> None:
        self.session = session
        self.respond = respond
        self._tls = tls
        self._clock = clock
        self._turn: IDelayedCall | None = None
        self._alarm: IDelayedCall | None = None
        self._waiting: Deferred[Answer] | None = None
        self._full = False

    def connectionMade(self) -> None:
        """Send the greeting."""
        self.session.peer = self._peer
        self.session.on_kill = self._killed
        self.session.timeouts.on_earlier = self._set_alarm
        self.transport.registerProducer(self, True)
        self._set_alarm()
        self._work()

    def dataReceived(self, data: bytes) -> None:
        """Bytes of the client: the hot path."""
        self.session.receive(data)
        if self._waiting is None and not self._full:
            self._work()

    def _work(self) -> None:
        """Answer the requests that are due, as long as the client takes the answers."""
        session = self.session
        while True:
            request = session.next_request()
            if request is None:
                if session.file is None or not self._take_file():
                    break
                continue
            answer = self.respond(request)
            if isinstance(answer, Deferred):
                self._wait(answer)
                break
            session.answer(answer or _NOBODY)
            self._send()
            if self._full:
                return
        self._send()
        if session.sending:
            self._send_on()
        elif session.closing:
            self._close()
        elif session.wants_tls:
            self._start_tls()

    def _take_file(self) -> bool:
        """Hand on what came of the client's file; returns whether requests may follow, since it is over."""
        session = self.session
        while session.file is not None:
            step = session.file_step()
            if step is None:
                return False
            try:
                outcome = step()
            except Exception:  # As for rows: what a responder fails at is its client's answer.
                outcome = _report(Failure())  # type: ignore[no-untyped-call]
            if isinstance(outcome, Deferred):
                self._wait(outcome)
                return False
            if outcome is not None or session.file is None:
                session.answer(outcome or _NOBODY)
        return True

    def _set_alarm(self) -> None:
        """Look at the session's deadline when it is due, and again then; most that happens meanwhile moves it away."""
        now, deadline = self.session.server.clock(), self.session.timeouts.deadline
        clock = self._clock or _reactor()
        due = clock.seconds() + max(0.0, deadline - now)
        if self._alarm is not None:
            if self._alarm.getTime() <= due:
                return
            self._alarm.cancel()
        self._alarm = clock.callLater(due - clock.seconds(), self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self.session.timeouts.expire()
        if self.session.timeouts.aborted:
            self.transport.abortConnection()
        elif self.session.closing:
            self._work()
        else:
            self._set_alarm()

    def _send(self) -> None:
        """Send what is due; of rows that come one by one, a piece."""
        try:
            data = self.session.data_to_send()
        except Exception:  # The rows are a responder's, and their failure is its client's answer.
            self.session.answer(_report(Failure()))  # type: ignore[no-untyped-call]
            data = self.session.data_to_send()
        if data:
            self.transport.write(data)

    def _send_on(self) -> None:
        """There is more to send: at the next turn, or when the client has taken what was sent."""
        if not self._full and self._turn is None:
            self._turn = (self._clock or _reactor()).callLater(0, self._take_turn)

    def _take_turn(self) -> None:
        self._turn = None
        if not self._full:
            self._work()

    def _start_tls(self) -> None:
        self.session.wants_tls = False
        self.transport.startTLS(self._tls)
        # What came with the request is TLS already, and for nobody else to read.
        self.transport.receive_again(self.session.start_tls())

    def _peer(self) -> Peer:
        """Where the client is by now; a proxy's header and TLS come after the greeting."""
        address, handle = self.transport.getPeer(), self.transport.getHandle()
        host, port = getattr(address, "host", "localhost"), getattr(address, "port", 0)
        if ISSLTransport.providedBy(self.transport):
            return Peer(host, port, Encryption(handle.get_protocol_version_name(), handle.get_cipher_name() or ""))
        return Peer(host, port, local=handle.family is AF_UNIX)

    def _wait(self, answer: Deferred[Any]) -> None:
        self._waiting = answer
        self.transport.pauseProducing()

        def answered(answer: Answer | None) -> None:
            self._waiting = None
            if answer is not None or self.session.file is None:
                self.session.answer(answer or _NOBODY)
            self.transport.resumeProducing()
            if not self._full:
                self._work()

        answer.addErrback(_report).addCallback(answered)

    def _killed(self) -> None:
        """Another session has ended the request in flight, or the session."""
        if self._waiting is not None:
            self._waiting.cancel()
        elif not self._full:
            self._work()
        if self.session.closing and self._full:
            self.transport.abortConnection()

    def _close(self) -> None:
        self.transport.unregisterProducer()
        self.transport.loseConnection()
        # What is due is sent first, if the client ever takes it.
        self.session.timeouts.stall()

    def pauseProducing(self) -> None:
        """The client is slow to take its answers: take no further request."""
        self._full = True
        self.session.timeouts.stall()
        self.transport.pauseProducing()

    def resumeProducing(self) -> None:
        """The client has taken what was waiting: go on."""
        self._full = False
        self.session.timeouts.flow()
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
        self.finish()

    def writeConnectionLost(self) -> None:
        """Our direction has ended; nothing is left to do."""

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002
        """Forget the session and give up the answer it waits for."""
        self.session.connection_lost()
        if self._waiting is not None:
            self._waiting.cancel()
        for call in (self._turn, self._alarm):
            if call is not None:
                call.cancel()
        self._turn = self._alarm = None


_NOBODY = Error(1105, "HY000", "sockservice: nothing answers this request")


def _reactor() -> Any:
    """The reactor, which must not be imported before one is chosen."""
    from twisted.internet import reactor

    return reactor


def _report(failure: Failure) -> Answer:
    """An answer for a responder that failed: the client gets an error, the log the traceback.

    One that was cancelled has not failed: it was killed, or nobody is there for its answer.
    """
    if failure.check(CancelledError):  # type: ignore[no-untyped-call]
        return error("ER_QUERY_INTERRUPTED")
    _log.failure("a responder failed", failure)
    return Error(1105, "HY000", f"sockservice: a responder failed: {failure.getErrorMessage()}")


class MySQLFactory(ServerFactory):
    """Makes a session and a protocol for each client.

    Args:
        server: what the sessions share.
        responder: what answers them.
        tls: what makes TLS connections; the server offers TLS where there is one.
        reactor: for what takes its time, and what takes turns.
    """

    noisy = False

    def __init__(
        self,
        server: Server,
        responder: IResponder,
        tls: IOpenSSLServerConnectionCreator | None = None,
        reactor: Any = None,
    ) -> None:
        self.server = server
        self.responder = responder
        self._tls = tls
        self._reactor = reactor

    def startFactory(self) -> None:
        """The first port opens: tell what clients need to know, and make what they may need."""
        fingerprint = getattr(self._tls, "fingerprint", None)
        if fingerprint is not None:
            _log.info("TLS by a self-signed certificate, SHA-256 {fingerprint}", fingerprint=fingerprint)
        if self.server.needs_rsa_key and self._reactor is not None:
            self._reactor.callInThread(self.server.rsa_key.generate)

    def buildProtocol(self, address: IAddress | None) -> MySQLProtocol:
        """A protocol with a session of its own."""
        host = getattr(address, "host", "localhost")  # a Unix socket's address has none
        session = self.server.session(host, getattr(address, "port", 0))
        return MySQLProtocol(session, self.responder.respond, self._tls, self._reactor)


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
        tls = self._tls(host)
        server = Server(
            accounts=options["accounts"],
            version=options["server-version"],
            tls=tls is not None,
            require_tls=bool(options["require-tls"]),
        )
        stubs = Stubs([host.path(path) for path in options["stubs"]])
        host.on_reload(stubs.reload)
        chain = Chain([stubs, Chatter(databases=(options["database"],)), Unmatched(stubs)])
        return MySQLFactory(server, chain, tls, host.reactor)

    def _tls(self, host: IHost) -> IOpenSSLServerConnectionCreator | None:
        """What makes TLS connections, where it is asked for."""
        text: str | None = host.options["tls"]
        if text is None:
            return None
        # OpenSSL takes longer to import than all the rest.
        from sockservice.certificates import ReloadingCertificate, SelfSignedCertificate

        if text == "self-signed":
            return SelfSignedCertificate()
        certificate, _, key = text.partition(":")
        files = ReloadingCertificate(host.path(certificate), host.path(key or certificate))
        host.on_reload(files.reload)
        return files

    def refusal(self) -> bytes:
        """Error 1040, as MySQL sends it in place of its greeting."""
        return Server.too_many_connections()


mysql = MySQL()
