"""Stub files as the services that have stubs follow them."""

from __future__ import annotations

from twisted.internet.defer import Deferred

from sockservice.interfaces import IHost
from sockservice.responder import Stubs


def followed_stubs(host: IHost, *, messages: bool = False) -> Stubs:
    """The stubs of the files that the option ``--stubs`` names; read again at SIGHUP, and when the files change.

    Args:
        host: the surroundings of the plugin.
        messages: whether they are stubs for messages.

    Raises:
        ConfigurationError: a file cannot be used.
    """
    stubs = Stubs([host.path(path) for path in host.options["stubs"]], messages=messages)

    def reload() -> Deferred[None]:
        # In a thread, since a large set takes seconds, and so may a slow disk.
        return host.in_thread(stubs.read).addCallback(stubs.use)

    host.on_reload(reload)
    if stubs.paths and not host.options["no-watch"]:
        host.watch(stubs, reload)
    return stubs
