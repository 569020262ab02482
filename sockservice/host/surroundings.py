"""What a plugin is given: the host, as far as it concerns one service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
from twisted.internet.defer import Deferred
from zope.interface import implementer

from sockservice.interfaces import IHost, ISocketAPI, IWatchedFiles


@implementer(IHost)
@attrs.define
class Surroundings:
    """The surroundings of one service.

    Attributes:
        reactor: the reactor.
        sockets: where sockets come from.
        options: the service's options.
        resolve: makes a file's name absolute.
        reloads: what the service wants called at SIGHUP, in the order in which it asked.
        watches: the files that it wants watched, each with what is to be called when they change.
    """

    reactor: Any
    sockets: ISocketAPI
    options: Mapping[str, Any]
    resolve: Callable[[str], Path]
    reloads: list[Callable[[], Deferred[None] | None]] = attrs.field(factory=list)
    watches: list[tuple[IWatchedFiles, Callable[[], Deferred[None] | None]]] = attrs.field(factory=list)

    def path(self, name: str) -> Path:
        """See :meth:`sockservice.interfaces.IHost.path`."""
        return self.resolve(name)

    def on_reload(self, reload: Callable[[], Deferred[None] | None]) -> None:
        """See :meth:`sockservice.interfaces.IHost.on_reload`."""
        self.reloads.append(reload)

    def watch(self, files: IWatchedFiles, reload: Callable[[], Deferred[None] | None]) -> None:
        """See :meth:`sockservice.interfaces.IHost.watch`."""
        self.watches.append((files, reload))

    def in_thread(self, work: Callable[[], Any]) -> Deferred[Any]:
        """See :meth:`sockservice.interfaces.IHost.in_thread`."""
        # Only now: it imports the reactor, and twistd's options may choose which.
        from twisted.internet.threads import deferToThreadPool

        return deferToThreadPool(self.reactor, self.reactor.getThreadPool(), work)
