"""Files that are watched: looked at again and again, and reloaded once a change in them has come to rest.

The files are polled, which works for every file system and every way of replacing a file; a look at a thousand files
costs a few milliseconds, and it is a thread that waits where the disk is slow.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from sockservice.interfaces import IWatchedFiles, Stamp

INTERVAL: Final = 0.5
"""Seconds from one look to the next: who has saved a file has not yet turned to the other window."""

QUIET: Final = 0.2
"""Seconds for which files must stay as they are before they are read: editors and copies write in steps."""

SHARE: Final = 20.0
"""After a look that took long, the next waits this many times as long: a twentieth of a core is spent at most."""


class Watch:
    """Looks at files until it is stopped.

    Args:
        files: the files.
        reload: reads them again; must not raise.
        clock: the reactor.
        in_thread: runs a function in a thread, as :meth:`IHost.in_thread` does.
    """

    _log = Logger()

    def __init__(
        self,
        files: IWatchedFiles,
        reload: Callable[[], Awaitable[None]],
        clock: IReactorTime,
        in_thread: Callable[[Callable[[], Any]], Deferred[Any]],
    ) -> None:
        self._files = files
        self._reload = reload
        self._clock = clock
        self._in_thread = in_thread
        self._next: IDelayedCall | None = None
        self._stopped = False
        self._moving: Mapping[str, Stamp] | None = None
        self._tried: Mapping[str, Stamp] | None = None

    def start(self) -> None:
        """Begin to look."""
        self._look_after(INTERVAL)

    def stop(self) -> None:
        """Look no more; a look or a reload under way ends by itself."""
        self._stopped = True
        if self._next is not None and self._next.active():
            self._next.cancel()

    def _look_after(self, seconds: float) -> None:
        if not self._stopped:
            self._next = self._clock.callLater(seconds, lambda: Deferred.fromCoroutine(self._look()))

    async def _look(self) -> None:
        began = self._clock.seconds()
        try:
            found = await self._in_thread(self._files.look)
        except Exception:
            self._log.failure("files cannot be watched any more")
            return
        took = self._clock.seconds() - began
        if self._stopped:
            return
        pause = INTERVAL
        if found in (self._files.seen, self._tried):
            self._moving = None
        elif found != self._moving:
            self._moving, pause = found, QUIET
        else:
            # Kept, so that files which do not become what they were read as are not read again and again.
            self._moving, self._tried = None, found
            await self._reload()
        self._look_after(max(pause, SHARE * took))
