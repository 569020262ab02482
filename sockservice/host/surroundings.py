"""What a plugin is given: the host, as far as it concerns one service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
from zope.interface import implementer

from sockservice.interfaces import IHost, ISocketAPI


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
    """

    reactor: Any
    sockets: ISocketAPI
    options: Mapping[str, Any]
    resolve: Callable[[str], Path]
    reloads: list[Callable[[], None]] = attrs.field(factory=list)

    def path(self, name: str) -> Path:
        """See :meth:`sockservice.interfaces.IHost.path`."""
        return self.resolve(name)

    def on_reload(self, reload: Callable[[], None]) -> None:
        """See :meth:`sockservice.interfaces.IHost.on_reload`."""
        self.reloads.append(reload)
