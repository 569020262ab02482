"""What keeps two datagram services from answering each other for ever.

A datagram with a forged sender makes an echo server answer a chargen server, which answers the echo server, and so
on without end. Streams cannot loop like that: nobody here connects.
"""

from __future__ import annotations

from typing import Final

ANSWERING_PORTS: Final = frozenset({7, 13, 17, 19, 37})
"""The well-known ports of services that answer any datagram: echo, daytime, qotd, chargen, time."""


def would_loop(source_port: object, own_port: object) -> bool:
    """Whether to leave a datagram unanswered because its sender is probably a server such as we are.

    Args:
        source_port: the port that the datagram says it came from.
        own_port: the port it came to. A sender with the same one is our twin on another machine, or ourselves;
            clients have ports of their own.

    Returns:
        True where an answer might be answered in turn. A client that binds itself to such a port gets none.
    """
    return source_port == own_port or source_port in ANSWERING_PORTS
