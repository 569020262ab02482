"""Where a message of a byte stream ends, and how one is sent so that the other side sees where."""

from __future__ import annotations

import re
from typing import Final, Literal, Protocol

import attrs

from sockservice.errors import LimitExceeded, did_you_mean

LIMIT: Final = 1024 * 1024
"""Bytes of the longest message that is taken: a client that sends one without end must not fill the memory."""


class Framing(Protocol):
    """A rule that cuts a stream into messages."""

    def cut(self, buffer: bytearray, limit: int) -> bytes | None:
        """Take the first whole message out of what came.

        Args:
            buffer: the bytes that came and were not taken yet; those of the message are removed.
            limit: bytes of the longest message that is taken.

        Returns:
            The message without its frame, or None while there is no whole one.

        Raises:
            LimitExceeded: the message is longer than ``limit``.
        """

    def frame(self, message: bytes) -> bytes:
        """A message as it is sent.

        Raises:
            ValueError: the frame cannot hold it.
        """


@attrs.frozen
class Delimited:
    """Messages that end with some bytes, as lines do.

    Attributes:
        delimiter: what ends a message.
        alternative: what ends one as well, where the other side is generous: ``LF`` for ``CR LF``.
    """

    delimiter: bytes
    alternative: bytes = b""

    def cut(self, buffer: bytearray, limit: int) -> bytes | None:
        """See :class:`Framing`."""
        end, size = buffer.find(self.delimiter), len(self.delimiter)
        if self.alternative:
            other = buffer.find(self.alternative)
            if other >= 0 and (end < 0 or other < end):
                end, size = other, len(self.alternative)
        if max(end, 0 if end >= 0 else len(buffer) - size) > limit:
            raise LimitExceeded(f"more than {limit} bytes came without the end of a message")
        if end < 0:
            return None
        message = bytes(buffer[:end])
        del buffer[: end + size]
        return message

    def frame(self, message: bytes) -> bytes:
        """See :class:`Framing`."""
        return message + self.delimiter


@attrs.frozen
class LengthPrefixed:
    """Messages that begin with their length.

    Attributes:
        size: bytes of the length, 1 to 8.
        order: ``big`` or ``little``.
        whole: whether the length counts its own bytes too.
    """

    size: int = 4
    order: Literal["big", "little"] = "big"
    whole: bool = False

    def cut(self, buffer: bytearray, limit: int) -> bytes | None:
        """See :class:`Framing`."""
        if len(buffer) < self.size:
            return None
        length = int.from_bytes(buffer[: self.size], self.order)
        if self.whole:
            if length < self.size:
                raise LimitExceeded(f"a message says that it has {length} bytes, fewer than its length alone takes")
            length -= self.size
        if length > limit:
            raise LimitExceeded(f"a message of {length} bytes is longer than {limit}")
        if len(buffer) < self.size + length:
            return None
        message = bytes(buffer[self.size : self.size + length])
        del buffer[: self.size + length]
        return message

    def frame(self, message: bytes) -> bytes:
        """See :class:`Framing`."""
        length = len(message) + (self.size if self.whole else 0)
        if length >= 1 << 8 * self.size:
            raise ValueError(f"a message of {len(message)} bytes does not fit a length of {self.size} bytes")
        return length.to_bytes(self.size, self.order) + message


@attrs.frozen
class Fixed:
    """Messages of one length.

    Attributes:
        size: bytes of each.
    """

    size: int

    def cut(self, buffer: bytearray, limit: int) -> bytes | None:  # noqa: ARG002 - the size is bounded by itself
        """See :class:`Framing`."""
        if len(buffer) < self.size:
            return None
        message = bytes(buffer[: self.size])
        del buffer[: self.size]
        return message

    def frame(self, message: bytes) -> bytes:
        """See :class:`Framing`; a short message is filled up with zeros."""
        if len(message) > self.size:
            raise ValueError(f"a message of {len(message)} bytes does not fit into {self.size}")
        return message.ljust(self.size, b"\0")


@attrs.frozen
class Chunks:
    """No frames: what has come when we look is a message. Where it was cut is the network's business."""

    def cut(self, buffer: bytearray, limit: int) -> bytes | None:
        """See :class:`Framing`."""
        if not buffer:
            return None
        message = bytes(buffer[:limit])
        del buffer[:limit]
        return message

    def frame(self, message: bytes) -> bytes:
        """See :class:`Framing`."""
        return message


CHUNKS: Final = Chunks()
LINES: Final = Delimited(b"\r\n", b"\n")

_NAMED: Final[dict[str, Framing]] = {"line": LINES, "lf": Delimited(b"\n"), "nul": Delimited(b"\0"), "none": CHUNKS}
_PARAMETERS: Final = ("delimiter", "length", "fixed")
_LENGTH: Final = re.compile(r"(?P<size>[1-8])(?P<options>(?:,(?:big|little|whole))*)")


def read_framing(text: str) -> Framing:
    r"""Read how a framing is written in an option or a stub file.

    Args:
        text: ``line`` (CR LF is sent, LF alone is taken too), ``lf``, ``nul``, ``none``, ``delimiter:TEXT`` (with the
            escapes ``\r \n \t \0 \xHH``), ``length:BYTES[,little][,whole]`` or ``fixed:BYTES``.

    Raises:
        ValueError: it is none of these.
    """
    name, colon, value = text.partition(":")
    if not colon and name in _NAMED:
        return _NAMED[name]
    if name == "delimiter" and value:
        return Delimited(_unescaped(value))
    if name == "fixed" and value.isascii() and value.isdecimal() and 0 < int(value[:9]) <= LIMIT and len(value) < 9:
        return Fixed(int(value))
    length = _LENGTH.fullmatch(value) if name == "length" else None
    if length is not None:
        options = length["options"].split(",")
        order: Literal["big", "little"] = "little" if "little" in options else "big"
        return LengthPrefixed(int(length["size"]), order, "whole" in options)
    if name in _PARAMETERS:
        examples = r"delimiter:\r\n, length:4 or length:2,little,whole, fixed:16"
        raise ValueError(f"{text!r} is not understood; written as in {examples}")
    raise ValueError(f"{text!r} is no framing{did_you_mean(name, (*_NAMED, *_PARAMETERS))}")


_ESCAPE: Final = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.)|$)", re.DOTALL)
_ESCAPED: Final = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}


def _unescaped(text: str) -> bytes:
    def byte(match: re.Match[bytes]) -> bytes:
        if match[1]:
            return bytes.fromhex(match[1].decode())
        if match[2] not in _ESCAPED:
            raise ValueError(rf"{match[0].decode()!r} is no escape; known: \r \n \t \0 \\ \xHH")
        return _ESCAPED[match[2]]

    return _ESCAPE.sub(byte, text.encode())
