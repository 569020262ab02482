"""The Socket API over the reactor: SOCKET, BIND, LISTEN, ACCEPT, CONNECT, SEND, RECEIVE and CLOSE.

Read it from the outside in: ``api`` makes a ``stream_socket`` or a ``datagram`` socket; ``states`` says which call is
right when. A listening socket is a ``listener`` with a ``connection_factory``, which puts a ``connection`` around each
protocol; the protocol of a socket is a ``stream`` over a ``receive_buffer``. ``trace`` shows every call.

Below all that, ``toxics`` disturb what is on the wire: a ``toxic`` is a value, a ``toxic_connection`` the layer that
has a ``toxic_link`` of stages for each direction, and ``toxic_datagrams`` are the same for single messages.
"""

from sockservice.interfaces import DATAGRAM, STREAM
from sockservice.sockets.api import SocketAPI
from sockservice.sockets.connection import Connection
from sockservice.sockets.connection_factory import ConnectionFactory
from sockservice.sockets.coroutine_factory import CoroutineFactory
from sockservice.sockets.trace import Trace

__all__ = ["DATAGRAM", "STREAM", "Connection", "ConnectionFactory", "CoroutineFactory", "SocketAPI", "Trace"]
