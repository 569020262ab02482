"""Files are read again: at SIGHUP all of every service, or those of one that have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from twisted.internet.defer import Deferred, DeferredLock, maybeDeferred
from twisted.logger import Logger

from sockservice.errors import SockserviceError
from sockservice.host.configuration import plugin_raised
from sockservice.host.prepared_service import PreparedService
from sockservice.sockets.toxic import Toxic

LINES: Final = 100
"""How many mistakes of one reload are logged: a file that has lost its indentation may have one on each line."""


class Reloads:
    """Has services read their files again, one at a time; what fails keeps what it has and costs a line a mistake.

    Args:
        services: the services of the host.
        toxics_again: reads their toxics again out of the configuration file; None without one.
    """

    _log = Logger()

    def __init__(
        self,
        services: Sequence[PreparedService],
        toxics_again: Callable[[], Sequence[Iterable[Toxic]]] | None = None,
    ) -> None:
        self._services = services
        self._toxics_again = toxics_again
        self._turn = DeferredLock()
        self._all_due = False

    def reload_all(self) -> None:
        """Reload every service, now or when what is under way has ended; asked for meanwhile, it is done once."""
        if not self._all_due:
            self._all_due = True
            Deferred.fromCoroutine(self._reload_all())

    async def reload_one(self, service: PreparedService, reload: Callable[[], Deferred[None] | None]) -> None:
        """Reload one thing of a service, when it has its turn.

        Args:
            service: whose it is, for the log.
            reload: what the service gave to the host for it.
        """
        await self._turn.acquire()
        try:
            await self._succeeds(service, reload)
        finally:
            self._turn.release()

    async def _reload_all(self) -> None:
        await self._turn.acquire()
        self._all_due = False
        try:
            done = [self._reload_toxics()]
            for service in self._services:
                done += [await self._succeeds(service, reload) for reload in service.host.reloads]
        finally:
            self._turn.release()
        if all(done):
            self._log.info("reloaded")

    def _reload_toxics(self) -> bool:
        """Have the toxics that the configuration file has now; where it has a mistake, nothing changes."""
        if self._toxics_again is None:
            return True
        try:
            for service, toxics in zip(self._services, self._toxics_again(), strict=True):
                service.toxics.replace(toxics)
        except SockserviceError as error:
            for line in str(error).splitlines()[:LINES]:
                self._log.error("the toxics stay as they are: {line}", line=line)
            return False
        return True

    async def _succeeds(self, service: PreparedService, reload: Callable[[], Deferred[None] | None]) -> bool:
        try:
            await maybeDeferred(reload)
        except Exception as error:
            told = (
                error
                if isinstance(error, SockserviceError)
                else plugin_raised(service.settings.found, "reloading", error)
            )
            lines = str(told).splitlines()
            for line in lines[:LINES]:
                self._log.error("{name} keeps what it has: {line}", name=service.name, line=line)
            if len(lines) > LINES:
                self._log.error(
                    "{name} keeps what it has: and {count} mistakes more, which --check lists",
                    name=service.name,
                    count=len(lines) - LINES,
                )
            return False
        return True
