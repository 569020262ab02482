"""What the services ``stream`` and ``datagram`` have in common: their options, and how their parts are joined."""

from __future__ import annotations

import functools
from typing import Any, Final

from twisted.python.usage import Options, UsageError
from zope.interface import implementer

from sockservice.answers import Answer, Message, Ok, Request
from sockservice.errors import ConfigurationError, did_you_mean
from sockservice.interfaces import IHost, IResponder
from sockservice.messages import Framing, MessageServer, read_framing
from sockservice.plugins._journal_option import journal_lines
from sockservice.plugins._stub_files import followed_stubs
from sockservice.responder import FALLBACK, Journal, Unmatched, Workspace, Workspaces

FALLBACKS: Final = ("close", "silent", "echo")
"""What answers a message that no stub does: the end of the connection, nothing, or the message itself."""


class MessageOptions(Options):
    """What may stand after ``stream`` and ``datagram`` on the command line."""

    optParameters = [
        ["fallback", None, "", "what a message that no stub answers gets: close, silent or echo"],
        ["journal", None, 10_000, "how many requests the journal keeps", int],
        ["journal-file", None, None, "write each request and what answered it to this file too, as JSON lines"],
    ]
    optFlags = [["no-watch", None, "read stub files again at SIGHUP only, not when they change"]]
    usual_fallback = "silent"

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self["stubs"] = []

    def opt_stubs(self, path: str) -> None:
        """A stub file, or a folder of stub files. Repeatable."""
        self["stubs"].append(path)

    def postOptions(self) -> None:
        """Refuse a fallback that does not exist."""
        self["fallback"] = fallback = self["fallback"] or self.usual_fallback
        if fallback not in FALLBACKS:
            raise UsageError(f"--fallback {fallback} is not known{did_you_mean(fallback, FALLBACKS)}")


class StreamOptions(MessageOptions):
    """What may stand after ``stream`` besides."""

    optParameters = [
        ["framing", None, "", "where a message ends: line, lf, nul, none, delimiter:…, length:4, fixed:16"]
    ]
    usual_fallback = "close"

    def postOptions(self) -> None:
        """Refuse a framing that does not exist, too."""
        super().postOptions()
        if self["framing"]:
            try:
                read_framing(self["framing"])
            except ValueError as mistake:
                raise UsageError(f"--framing {mistake}") from mistake


@implementer(IResponder)
class MessageFallback:
    """Answers what no stub does.

    Args:
        unmatched: tells of it in the log.
        fallback: one of :data:`FALLBACKS`.
    """

    def __init__(self, unmatched: Unmatched, fallback: str) -> None:
        self._unmatched = unmatched
        self._fallback = fallback

    def respond(self, request: Request) -> Answer | None:
        """The error that ends a connection, nothing, or the message itself."""
        if self._fallback == "echo" and request.command == "message":
            return Message(request.data)
        missed = self._unmatched.respond(request)
        return Ok() if missed is not None and self._fallback == "silent" else missed


class MessageService:
    """A service of messages, made of its options.

    Args:
        host: the surroundings of the plugin.

    Attributes:
        server: what the sessions share.
        responder: what answers them.

    Raises:
        ConfigurationError: a file cannot be used.
    """

    def __init__(self, host: IHost) -> None:
        options: Any = host.options
        self.server = MessageServer()
        self._stubs = followed_stubs(host, messages=True)
        self._lines = journal_lines(host)
        fallback = MessageFallback(Unmatched(self._stubs), options["fallback"])

        def workspace(name: str) -> Workspace:
            record = None if self._lines is None else functools.partial(self._lines.add, name)
            journal = Journal(self.server.clock, entries=options["journal"], record=record)
            return Workspace(name, self._stubs, ((FALLBACK, fallback),), host.reactor, journal, control=False)

        self.responder = Workspaces(workspace, self.server.sessions)

    def framing(self, option: str) -> Framing:
        """The framing of the option, else that of the stub files, else lines.

        Raises:
            ConfigurationError: that of the stub files is none; it names the place.
        """
        told = self._stubs.current.framing
        if option or told is None:
            return read_framing(option or "line")
        text, place = told
        try:
            return read_framing(text)
        except ValueError as mistake:
            raise ConfigurationError(str(mistake), place) from mistake

    def close(self) -> None:
        """The service ends: what the journal's file lacks is written."""
        self.responder.close()
        if self._lines is not None:
            self._lines.end()
