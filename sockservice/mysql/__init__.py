"""The MySQL protocol, sans-IO: bytes in, requests out, answers to bytes.

A :class:`Server` makes a :class:`Session` for each connection. Nothing here knows sockets, reactors or what the answers
are; how a session is driven is told in :mod:`sockservice.mysql.session`.
"""

from sockservice.mysql.account_option import read_accounts
from sockservice.mysql.accounts import Account
from sockservice.mysql.peer import Encryption, Peer
from sockservice.mysql.server import DEFAULT_VERSION, Server
from sockservice.mysql.session import Session

__all__ = ["DEFAULT_VERSION", "Account", "Encryption", "Peer", "Server", "Session", "read_accounts"]
