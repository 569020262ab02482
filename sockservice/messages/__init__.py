"""Protocols of which only is known where a message ends: bytes in, requests out, answers to bytes. Knows no sockets."""

from sockservice.messages.framing import CHUNKS, Delimited, Fixed, Framing, LengthPrefixed, read_framing
from sockservice.messages.session import MessageServer, MessageSession

__all__ = [
    "CHUNKS",
    "Delimited",
    "Fixed",
    "Framing",
    "LengthPrefixed",
    "MessageServer",
    "MessageSession",
    "read_framing",
]
