"""Every interface of the project: read this file and you know the system.

Three groups, from the wire upwards:

- the Socket API (:class:`ISocketAPI`, :class:`IStreamSocket`, :class:`IDatagramSocket`) and who watches it
  (:class:`ISocketObserver`);
- what a plugin provides (:class:`IStreamService`, :class:`IDatagramService`) and what it is given (:class:`IHost`);
- what turns a request into an answer (:class:`IResponder`) and the session it belongs to (:class:`ISession`).

Addresses are the standard library's: ``(host, port)`` for IPv4, ``(host, port, flow, scope)`` for IPv6 (the last
two may be left out), a path for Unix sockets. Host names are resolved by CONNECT alone; BIND takes numbers.
Times are seconds as a float. Every Deferred may be awaited, chained and cancelled.
"""

from __future__ import annotations

import enum
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProtocol, IProtocolFactory
from zope.interface import Attribute, Interface

if TYPE_CHECKING:
    from sockservice.answers import Answer, Request

Address: TypeAlias = tuple[str, int] | tuple[str, int, int, int] | str
"""An address of the standard library's ``socket`` module: a tuple, or the path of a Unix socket."""


# --- the Socket API ---------------------------------------------------------------------------


class Kind(enum.Enum):
    """What a socket carries."""

    STREAM = "stream"
    """Bytes, delivered in order, between two connected sockets (TCP, Unix)."""
    DATAGRAM = "datagram"
    """Single messages, with no guarantee of arrival or order (UDP)."""


STREAM = Kind.STREAM
DATAGRAM = Kind.DATAGRAM


class State(enum.Enum):
    """Where a socket is in its life."""

    UNBOUND = "unbound"
    """Made; has no address yet."""
    BOUND = "bound"
    """Has a local address. A datagram socket sends and receives from here."""
    LISTENING = "listening"
    """A stream socket that takes connections."""
    CONNECTING = "connecting"
    """A stream socket that waits for the other side."""
    CONNECTED = "connected"
    """Both directions work. A datagram socket has a peer."""
    HALF_CLOSED = "half-closed"
    """One direction has ended: the peer sent its end of stream, or we called ``shutdown``."""
    CLOSED = "closed"
    """Over; every call but ``close`` is refused."""


@attrs.frozen
class SocketCall:
    """One Socket API call, as an observer sees it once it is done.

    Attributes:
        number: which socket, counted from 1 in each :class:`ISocketAPI`.
        call: ``SOCKET``, ``BIND``, ``LISTEN``, ``ACCEPT``, ``CONNECT``, ``SEND``, ``RECEIVE`` or ``CLOSE``.
        arguments: what it was given, as text to read (data is cut, credentials are the caller's business).
        operation: what it became, for example ``reactor.adoptStreamPort`` or ``transport.writeSomeData``.
        outcome: ``ok``, a short result (``64 bytes``, ``#7 from 127.0.0.1:51234``) or the error's name and text.
        started: when it was called, in seconds of the reactor's clock.
        duration: how long it took, in seconds.
    """

    number: int
    call: str
    arguments: str
    operation: str
    outcome: str
    started: float
    duration: float


class ISocketObserver(Interface):
    """Sees every Socket API call. Given to :class:`ISocketAPI`; where there is none, nothing is paid."""

    def socket_call(call: SocketCall) -> None:
        """Called after each call has ended, in the reactor's thread. Must not raise, must not wait."""


class ISocketAPI(Interface):
    """The eight calls of the Socket API over a Twisted reactor: where sockets come from."""

    reactor = Attribute("The reactor that does the work.")

    def socket(
        kind: Kind,
        *,
        family: socket.AddressFamily = socket.AF_INET,
        reuse_address: bool = True,
        reuse_port: bool = False,
        no_delay: bool = True,
        broadcast: bool = False,
    ) -> Any:
        """SOCKET: an unbound, non-blocking socket. No reactor operation yet.

        Args:
            kind: STREAM or DATAGRAM.
            family: AF_INET, AF_INET6 or, for streams, AF_UNIX.
            reuse_address: SO_REUSEADDR on stream sockets, so that a restart need not wait out TIME_WAIT.
            reuse_port: SO_REUSEPORT, so that several processes may share the port.
            no_delay: TCP_NODELAY on the connections of a TCP socket: answers go out at once.
            broadcast: SO_BROADCAST on a datagram socket.

        Returns:
            An :class:`IStreamSocket` or an :class:`IDatagramSocket`.

        Raises:
            CallerError: the combination of kind and family does not exist here.
        """

    def adopt(descriptor: int) -> Any:
        """A socket that another program opened (systemd, a parent process): bound, or already listening.

        The descriptor is duplicated; the caller's stays its own.

        Raises:
            ListenError: it is not a socket, or not one that can be used.
        """


class ISocket(Interface):
    """What stream and datagram sockets have in common."""

    number = Attribute("Which socket this is, counted from 1 in each ISocketAPI.")
    state = Attribute("A State.")
    local_address = Attribute("The Address it is bound to, or None; kept after CLOSE.")
    peer_address = Attribute("The Address it is connected to, or None; kept after CLOSE.")

    def bind(address: Address) -> None:
        """BIND: the address is ours from now on. Port 0 asks for any free one; see ``local_address``.

        Raises:
            WrongState: not UNBOUND.
            AddressInUse: another socket has it; the message names the program where the system tells.
            PermissionMissing: for example a port below 1024 as an ordinary user.
            ListenError: the address is not of this machine, or not of this family.
        """

    def close(*, timeout: float | None = 30.0) -> Deferred[None]:
        """CLOSE: what was sent is flushed first; the Deferred fires when the socket is gone.

        Closing twice is no error. If the peer has not taken the rest after ``timeout`` seconds, the connection
        is reset, since a peer that does not read must not keep us; None waits for ever.
        """


class IStreamSocket(ISocket):
    """A stream socket: bytes in order. Its calls are listed by state in ``docs/reference/socket-api.md``."""

    def listen(*, factory: IProtocolFactory | None = None, backlog: int = 511) -> None:
        """LISTEN: the kernel takes connections from now on.

        Args:
            factory: a Twisted factory whose ``buildProtocol`` accepts each connection, or None where
                :meth:`accept` does.
            backlog: how many connections may wait; the kernel caps it (``net.core.somaxconn``).

        Raises:
            WrongState: not BOUND.
            AddressInUse: another socket listens here.
        """

    def accept(*, timeout: float | None = None) -> Deferred[Any]:
        """ACCEPT: a Deferred of the next connected :class:`IStreamSocket`, oldest first.

        Raises:
            WrongState: not LISTENING, or a factory was given to LISTEN.
            AlreadyWaiting: an accept is already under way.
            TimedOut: none came in time.
        """

    def connect(address: Address, *, timeout: float | None = 30.0) -> Deferred[None]:
        """CONNECT: become connected to ``address``, from the bound address if there is one.

        Raises:
            WrongState: not UNBOUND or BOUND.
            ConnectionRefused, ConnectFailed, TimedOut: as they say; the socket is CLOSED then.
        """

    def send(data: bytes, *, timeout: float | None = None) -> Deferred[None]:
        """SEND: all of ``data`` is on its way, or buffered in bounded memory, when the Deferred fires.

        It fires at once while the peer keeps up and waits while the peer is slow. Data is never lost by
        cancelling: cancelling ends the waiting, not the sending.

        Raises:
            WrongState: not CONNECTED (or HALF_CLOSED by the peer).
            ConnectionClosed: the connection broke.
            TimedOut: the peer took nothing for ``timeout`` seconds.
        """

    def receive(limit: int = 65536, *, timeout: float | None = None) -> Deferred[bytes]:
        """RECEIVE: 1 to ``limit`` bytes as soon as there are any; ``b""`` once the peer has ended its stream.

        Raises:
            WrongState: not CONNECTED or HALF_CLOSED.
            AlreadyWaiting: a receive is already under way.
            ConnectionClosed: the connection broke; what arrived before is given out first.
            TimedOut: nothing came in time; nothing is lost.
        """

    def receive_exactly(size: int, *, timeout: float | None = None) -> Deferred[bytes]:
        """RECEIVE exactly ``size`` bytes; ``b""`` where the stream ended before the first of them.

        Raises:
            IncompleteRead: the stream ended in the middle; the bytes are in ``partial``.
            WrongState, AlreadyWaiting, ConnectionClosed, TimedOut: as for :meth:`receive`.
        """

    def receive_until(delimiter: bytes, limit: int = 65536, *, timeout: float | None = None) -> Deferred[bytes]:
        """RECEIVE up to and with ``delimiter``; ``b""`` where the stream ended before the first byte.

        Raises:
            LimitExceeded: ``limit`` bytes came without it; they stay in the buffer.
            IncompleteRead: the stream ended in the middle; the bytes are in ``partial``.
            WrongState, AlreadyWaiting, ConnectionClosed, TimedOut: as for :meth:`receive`.
        """

    def shutdown() -> None:
        """End our direction: what was sent is flushed, then the peer sees the end of the stream.

        Raises:
            WrongState: not CONNECTED (or HALF_CLOSED by the peer).
        """

    def start_tls(context: Any, *, server_side: bool = True) -> None:
        """From now on the stream is encrypted; bytes that arrived before and were not received are dropped.

        Args:
            context: what Twisted takes: an IOpenSSLContextFactory, IOpenSSLServerConnectionCreator or
                IOpenSSLClientConnectionCreator, for example ``twisted.internet.ssl.CertificateOptions``.
            server_side: whether we are the TLS server.

        Raises:
            WrongState: not CONNECTED, or TLS is already on.
        """

    def abort() -> None:
        """Reset the connection: nothing is flushed, the peer gets an error. No error in any state."""


class IDatagramSocket(ISocket):
    """A datagram socket: single messages."""

    dropped = Attribute("How many datagrams were dropped, oldest first, because nobody received them in time.")

    def connect(address: Address) -> Deferred[None]:
        """CONNECT: sets the peer that SEND sends to and RECEIVE hears. Sends nothing."""

    def send(data: bytes) -> Deferred[None]:
        """SEND one datagram to the peer.

        Raises:
            WrongState: not CONNECTED.
            LimitExceeded: larger than a datagram can be (65,507 bytes over IPv4).
        """

    def send_to(data: bytes, address: Address) -> Deferred[None]:
        """SEND one datagram to ``address`` (numbers, not a name).

        An unbound socket is bound to any free port first, as the Socket API does.
        """

    def receive(*, timeout: float | None = None) -> Deferred[bytes]:
        """RECEIVE one datagram, without its sender."""

    def receive_from(*, timeout: float | None = None) -> Deferred[tuple[bytes, Address]]:
        """RECEIVE one datagram and who sent it.

        Raises:
            WrongState: not BOUND or CONNECTED.
            AlreadyWaiting: a receive is already under way.
            ConnectionRefused: connected, and the peer's machine says that nobody listens there.
            TimedOut: none came in time.
        """

    def join_group(group: str, interface: str = "") -> Deferred[None]:
        """Hear what is sent to a multicast group, on the interface with this address (any by default)."""

    def leave_group(group: str, interface: str = "") -> Deferred[None]:
        """The opposite of :meth:`join_group`."""


# --- services ---------------------------------------------------------------------------------

StreamService: TypeAlias = IProtocolFactory | Callable[[Any], Coroutine[Any, Any, Any]]
"""A Twisted factory, or a coroutine function that is given each connected :class:`IStreamSocket`."""

DatagramService: TypeAlias = Any
"""A Twisted ``DatagramProtocol``, or a coroutine function given the bound :class:`IDatagramSocket`."""


class IHost(Interface):
    """What a plugin is given: its surroundings."""

    reactor = Attribute("The reactor.")
    sockets = Attribute("An ISocketAPI, for services that open sockets of their own.")
    options = Attribute("The service's options as parsed: its Options instance, or an empty mapping.")

    def path(name: str) -> Path:
        """The absolute path of a file that an option names.

        Relative names are relative to the configuration file they stand in, else to the folder that
        the command was started from (``twistd`` may have left it since).
        """

    def on_reload(reload: Callable[[], Deferred[None] | None]) -> None:
        """Have ``reload`` called at SIGHUP. What it raises is logged, and the service keeps what it has.

        A Deferred is waited for: nothing of the host is reloaded twice at the same time.
        """

    def watch(files: IWatchedFiles, reload: Callable[[], Deferred[None] | None]) -> None:
        """Have ``reload`` called, as at SIGHUP, when files have changed and then were quiet for a moment.

        Looking begins when the service starts, in a thread, and ends when it stops. Reloading is not tried again
        before something changes once more, whether it succeeds or not.
        """

    def in_thread(work: Callable[[], Any]) -> Deferred[Any]:
        """Run ``work``, which may wait for a disk, in a thread of the reactor's pool: a Deferred of its result."""


Stamp: TypeAlias = tuple[int, int, int, int] | None
"""What tells whether a file has changed: see :func:`sockservice.file_stamps.stamp_of`; None for one that is missing."""


class IWatchedFiles(Interface):
    """The files that a service has read, for :meth:`IHost.watch`."""

    seen = Attribute("A mapping from path (str) to the Stamp that the file had just before it was last read.")

    def look() -> dict[str, Stamp]:
        """The same for the files as they are now: those in ``seen``, and those that would be read besides.

        Called in a thread. Must only look, not read, and must not raise for anything that a file system may hold.
        """


class IService(Interface):
    """What stream and datagram services have in common. A plugin provides one or both of the next two."""

    name = Attribute("The word on the command line, for example 'mysql'.")
    summary = Attribute("One line for --help and --list.")
    default_port = Attribute("The port where no other is asked for.")
    options = Attribute("None, or a subclass of twisted.python.usage.Options: what may stand after the name.")


class IStreamService(IService):
    """A service over streams."""

    def stream_factory(host: IHost) -> StreamService:
        """Make the service; called once for each time that it is configured, before any port opens.

        The process may become a daemon after it: start no thread here and keep no file open; a factory's
        ``doStart`` is called when its port opens. ``--check`` calls it too.

        Returns:
            A Twisted factory, or a coroutine function ``async def serve(connection)``. The connection is closed
            when the coroutine ends.

        Raises:
            ConfigurationError: an option or a file is wrong; the host prints it and does not start.
        """


class IDatagramService(IService):
    """A service over datagrams."""

    def datagram_protocol(host: IHost) -> DatagramService:
        """Make the service; called once for each port.

        Returns:
            A Twisted DatagramProtocol, or a coroutine function ``async def serve(socket)`` that runs until
            the socket closes; what it raises is logged, and it is called again after a second.

        Raises:
            ConfigurationError: as for streams.
        """


class IRefusingService(Interface):
    """Optional, for a stream service: how the protocol says that the server is full."""

    def refusal() -> bytes:
        """What a client over ``--max-connections`` is sent before its connection is closed."""


class IFinishingProtocol(IProtocol):
    """Optional, for the protocols of a stream service: how to end without cutting an answer short."""

    def finish() -> None:
        """Take no further request; close the connection as soon as the answers in flight are sent.

        Protocols without it are simply closed, which flushes what was written. The host resets whatever
        is left when its patience ends.
        """


# --- requests and answers ---------------------------------------------------------------------


class IResponder(Interface):
    """Anything that turns a request into an answer, or passes it on."""

    def respond(request: Request) -> Answer | Deferred[Answer] | None:
        """The answer, a Deferred of it, or None: not mine, ask the next.

        Must not raise for anything that a client may send: an :class:`sockservice.answers.Error` is an answer too.
        """


class IData(IResponder):
    """The data of a workspace, and what answers from them."""

    def reset() -> None:
        """All is as it was at the start."""

    def close() -> None:
        """Nobody is in the workspace any more: free what they take."""


class IServer(Interface):
    """What a responder may know of the server that a session belongs to."""

    version = Attribute("The version of the greeting, for example '8.4.3-sockservice'.")
    started = Attribute("When it started: seconds since the epoch.")
    questions = Attribute("How many commands it has taken.")
    aborted_clients = Attribute("How many clients that were logged in left without saying so (COM_QUIT).")
    aborted_connects = Attribute("How many connections ended before anybody was logged in.")
    sessions = Attribute("A mapping from connection id to ISession: those logged in, itself included.")
    global_variables = Attribute("A dict from system variable (lower case) to its global value.")

    def kill(connection_id: int, by: ISession, *, query: bool) -> Answer:
        """End a session, or only the request that it has in flight; the answer to who asks."""


class ISession(Interface):
    """One logged-in MySQL session: what responders read and set. The status bits on the wire follow it."""

    server = Attribute("The IServer.")
    connection_id = Attribute("The number in the greeting, CONNECTION_ID().")
    user = Attribute("The user's name as the client gave it.")
    host = Attribute("The client's address without its port; 'localhost' over a Unix socket.")
    database = Attribute("The current database, or ''. May be set.")
    autocommit = Attribute("Status bit AUTOCOMMIT. May be set.")
    in_transaction = Attribute("Status bit IN_TRANS. May be set.")
    variables = Attribute("A dict from system variable (lower case) to this session's value, where it was set.")
    user_variables = Attribute("A dict from @variable (lower case, no @) to its value.")
    found_rows = Attribute("Whether an UPDATE tells the client the rows that it found instead of those it changed.")
    prepared = Attribute("A dict from the names of statements that PREPARE made (lower case) to their texts.")
    client = Attribute("The connection attributes that the client sent: a mapping from str to str.")
    current_user = Attribute("The account that the user was let in by, as CURRENT_USER() has it: 'app@%'.")
    tls = Attribute("None, or how the connection is encrypted: an object with ``version`` and ``cipher``, both str.")
    compression = Attribute("None, or the name of what the connection is compressed with: 'zlib' or 'zstd'.")
    command = Attribute("The command under way, as in SHOW PROCESSLIST: 'Query', 'Sleep', …")
    since = Attribute("When that began: seconds since the epoch.")
    info = Attribute("The statement under way, or None.")
    warnings = Attribute("What SHOW WARNINGS tells: a sequence of (level, code, message). May be set.")
    asker = Attribute("What a journal keeps of who asks, or None. None again when the user or the database changes.")
    over = Attribute("Whether the connection has ended: nobody is there for an answer.")
    on_end = Attribute("A list of functions without arguments that are called when the session is over, each once.")
    workspace = Attribute(
        "What a responder keeps with the session, or None. None again when the user or the database changes."
    )

    def may_use(database: str) -> bool:
        """Whether the account is allowed a database; where it is not, error 1044 is the answer."""
