r"""Where to listen, as values: what ``--port``, ``--interface`` and ``--listen`` come down to.

A description has Twisted's own syntax (``TYPE:ARGUMENT:…:KEYWORD=VALUE``, with ``\:`` for a colon that is meant)::

    tcp:PORT[:interface=ADDR][:backlog=N]          unix:PATH[:mode=666]
    tcp6:PORT[:interface=ADDR][:backlog=N]         udp:PORT[:interface=ADDR]
    ssl:PORT:privateKey=FILE[:certKey=FILE][:extraCertChain=FILE][:interface=ADDR][:backlog=N]
    systemd:domain=INET:name=NAME (or :index=N)    haproxy:<any of the stream ones>
    tls:FOLDER:PORT[:interface=ADDR]               and any other that a Twisted plugin adds

One thing differs from Twisted on purpose: where no interface is given it is the loopback one, not all.
"""

from __future__ import annotations

import functools
import ipaddress
import re
import reprlib
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeAlias

import attrs

from sockservice.errors import ConfigurationError, did_you_mean
from sockservice.interfaces import DATAGRAM, STREAM

BACKLOG: Final = 511
"""How many connections may wait to be accepted; the kernel caps it."""


@attrs.frozen
class Tcp:
    """A TCP port on one interface."""

    interface: str
    port: int
    backlog: int = BACKLOG

    kind = STREAM


@attrs.frozen
class Udp:
    """A UDP port on one interface."""

    interface: str
    port: int

    kind = DATAGRAM


@attrs.frozen
class Unix:
    """A Unix stream socket; ``mode`` are the permissions of its path."""

    path: Path
    mode: int = 0o666

    kind = STREAM


@attrs.frozen
class Tls:
    """TLS over a TCP port, with a certificate and its key from PEM files."""

    below: Tcp
    certificate: Path
    private_key: Path
    chain: Path | None = None

    kind = STREAM


@attrs.frozen
class Proxied:
    """A stream endpoint behind a proxy that speaks HAProxy's PROXY protocol (version 1 or 2)."""

    below: StreamEndpoint

    kind = STREAM


@attrs.frozen
class Inherited:
    """A socket that systemd opened; ``description`` says which, in Twisted's words."""

    description: str

    kind = STREAM


@attrs.frozen
class Foreign:
    """A stream endpoint that Twisted or one of its plugins opens itself."""

    description: str

    kind = STREAM


StreamEndpoint: TypeAlias = Tcp | Unix | Tls | Proxied | Inherited | Foreign
Endpoint: TypeAlias = StreamEndpoint | Udp


def family_of(interface: str) -> socket.AddressFamily:
    """AF_INET or AF_INET6, whichever the address ``interface`` belongs to."""
    return socket.AF_INET6 if ":" in interface else socket.AF_INET


def check_interface(interface: str) -> str:
    """The address to bind, as it was given.

    Raises:
        ConfigurationError: it is a name or nothing, where a number is needed.
    """
    try:
        ipaddress.ip_address(interface)
    except ValueError as error:
        raise ConfigurationError(
            f"{interface!r} is not an address to bind: give a number such as 127.0.0.1 or ::1 "
            "(0.0.0.0 for all of IPv4, :: for all of IPv6)"
        ) from error
    return interface


def check_port(text: str) -> int:
    """A port number.

    Raises:
        ConfigurationError: it is none.
    """
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > 65535:
        raise ConfigurationError(
            f"{reprlib.repr(text)} is not a port: give a number from 0 to 65535 (0 for any free one)"
        )
    return int(text)


def parse_endpoint(description: str, path: Callable[[str], Path]) -> Endpoint:
    """A description as a value.

    Args:
        description: for example ``tcp:3306:interface=0.0.0.0``.
        path: makes a file's name in it absolute.

    Raises:
        ConfigurationError: the description does not say where to listen; the message names it.
    """
    try:
        return _parse(description, path)
    except ConfigurationError as error:
        raise ConfigurationError(f"cannot listen on {description!r}: {error}") from error


def _parse(description: str, path: Callable[[str], Path]) -> Endpoint:
    words, keywords = _split(description)
    kind = words.pop(0).lower()
    reader = _READERS.get(kind)
    if reader is None:
        if not _twisted_has(kind):
            raise ConfigurationError(f"there is no endpoint type {kind!r}{did_you_mean(kind, _READERS)}")
        return Foreign(description)
    arguments = _Arguments(description, words, keywords, path)
    endpoint = reader(arguments)
    arguments.refuse_rest()
    return endpoint


def _split(description: str) -> tuple[list[str], dict[str, str]]:
    """The positional and the keyword arguments; a backslash takes the meaning from the next character."""
    parts = [""]
    characters = iter(description)
    for character in characters:
        if character == ":":
            parts.append("")
        else:
            parts[-1] += character + (next(characters, "") if character == "\\" else "")
    words: list[str] = []
    keywords: dict[str, str] = {}
    for part in parts:
        keyword = re.match(r"([A-Za-z_][A-Za-z0-9_]*)=", part)
        if keyword and words:
            keywords[keyword[1]] = _unescape(part[keyword.end() :])
        else:
            words.append(_unescape(part))
    return words, keywords


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(":", "\\:")


@attrs.define
class _Arguments:
    """The arguments of one description; each is taken once, and what is left over is a mistake."""

    description: str
    words: list[str]
    keywords: dict[str, str]
    path: Callable[[str], Path]
    known: set[str] = attrs.field(factory=set)

    def take(self, keyword: str, default: str | None = None, *, positional: bool = False) -> str:
        self.known.add(keyword)
        if positional and self.words:
            return self.words.pop(0)
        value = self.keywords.pop(keyword, default)
        if value is None:
            raise ConfigurationError(f"it lacks {keyword}{'' if positional else '=…'}")
        return value

    def tcp(self, interface: str = "127.0.0.1") -> Tcp:
        port = check_port(self.take("port", positional=True))
        address = self.interface(interface)
        backlog = self.take("backlog", str(BACKLOG))
        if not re.fullmatch("[0-9]{1,9}", backlog) or int(backlog) == 0:
            raise ConfigurationError(f"the backlog {reprlib.repr(backlog)} is not a number of connections")
        return Tcp(address, port, int(backlog))

    def interface(self, default: str) -> str:
        address = self.take("interface", default)
        if not address and self.words:
            raise ConfigurationError(r"an IPv6 address in it needs a backslash before each colon: interface=\:\:1")
        return check_interface(address)

    def refuse_rest(self) -> None:
        if self.words:
            raise ConfigurationError(f"{self.words[0]!r} is one argument too many")
        if self.keywords:
            word = next(iter(self.keywords))
            raise ConfigurationError(f"it takes no argument {word!r}{did_you_mean(word, self.known)}")


def _tcp(arguments: _Arguments) -> Tcp:
    return arguments.tcp()


def _tcp6(arguments: _Arguments) -> Tcp:
    endpoint = arguments.tcp("::1")
    if ":" not in endpoint.interface:
        raise ConfigurationError(f"{endpoint.interface} is an IPv4 address; write tcp:")
    return endpoint


def _udp(arguments: _Arguments) -> Udp:
    port = check_port(arguments.take("port", positional=True))
    return Udp(arguments.interface("127.0.0.1"), port)


def _unix(arguments: _Arguments) -> Unix:
    path = arguments.take("address", positional=True)
    mode = arguments.take("mode", "666")
    if not path:
        raise ConfigurationError("it lacks the path")
    if not re.fullmatch("[0-7]{1,4}", mode):
        raise ConfigurationError(f"the mode {mode!r} is not octal, such as 660")
    arguments.take("lockfile", "1")  # Twisted's guard against a second server; ours is to ask the path itself
    return Unix(arguments.path(path), int(mode, 8))


def _ssl(arguments: _Arguments) -> Tls:
    tcp = arguments.tcp()
    key = arguments.take("privateKey", "server.pem")
    certificate = arguments.take("certKey", key)
    chain = arguments.take("extraCertChain", "")
    path = arguments.path
    return Tls(tcp, path(certificate), path(key), path(chain) if chain else None)


def _systemd(arguments: _Arguments) -> Inherited:
    given = [keyword for keyword in ("name", "index") if keyword in arguments.keywords]
    if len(given) != 1:
        raise ConfigurationError("it needs either name=… or index=…")
    domain, which = arguments.take("domain"), arguments.take(given[0])
    if domain not in ("INET", "INET6", "UNIX"):
        raise ConfigurationError(f"the domain {domain!r} is none of INET, INET6, UNIX")
    if given == ["index"] and not re.fullmatch("[0-9]{1,9}", which):
        raise ConfigurationError(f"the index {reprlib.repr(which)} is not a number")
    return Inherited(arguments.description)


def _haproxy(arguments: _Arguments) -> Proxied:
    below = _parse(arguments.description.partition(":")[2], arguments.path)
    if isinstance(below, Udp):
        raise ConfigurationError("the PROXY protocol is for streams")
    arguments.words.clear()
    arguments.keywords.clear()
    return Proxied(below)


def _tls(arguments: _Arguments) -> Foreign:
    if not arguments.words:
        raise ConfigurationError("it lacks the folder of PEM files")
    words = ["tls", str(arguments.path(arguments.words.pop(0))), *arguments.words]
    arguments.words.clear()
    keywords = {"interface": "127.0.0.1", **arguments.keywords}
    arguments.keywords.clear()
    return Foreign(":".join([*map(_escape, words), *(f"{word}={_escape(text)}" for word, text in keywords.items())]))


_READERS: Final[dict[str, Callable[[_Arguments], Endpoint]]] = {
    "tcp": _tcp,
    "tcp6": _tcp6,
    "udp": _udp,
    "unix": _unix,
    "ssl": _ssl,
    "systemd": _systemd,
    "haproxy": _haproxy,
    "tls": _tls,
}


def _twisted_has(kind: str) -> bool:
    return bool(kind) and kind in _twisted_types()


@functools.cache
def _twisted_types() -> frozenset[str]:
    """The endpoint types that Twisted and its plugins parse; a search through all of them, made at most once."""
    from twisted.internet.interfaces import IStreamServerEndpointStringParser
    from twisted.plugin import getPlugins

    return frozenset(parser.prefix.lower() for parser in getPlugins(IStreamServerEndpointStringParser))
