"""The service that twistd runs: opens the ports, reloads at SIGHUP, and ends without cutting answers short."""

from __future__ import annotations

import atexit
import functools
import os
import signal
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred, DeferredList
from twisted.logger import Logger

from sockservice.errors import ConfigurationError, SockserviceError
from sockservice.host.clients import Clients
from sockservice.host.ports import Port, StreamPort, bind_all
from sockservice.host.prepared_service import PreparedService
from sockservice.host.ready_file import remove_old_ready_file, remove_own_ready_file, write_ready_file
from sockservice.host.reloads import Reloads
from sockservice.host.watching import Watch
from sockservice.interfaces import IRefusingService
from sockservice.sockets.toxic import Toxic

PATIENCE: Final = 5.0
"""Seconds that answers in flight get at the end: below the 10 that container hosts give before they kill."""


class RunningHost(Service):
    """Runs prepared services, under ``twistd`` (which calls ``privilegedStartService`` first) or ``twist``."""

    _log = Logger()

    def __init__(
        self,
        reactor: Any,
        services: Sequence[PreparedService],
        *,
        ready_file: Path | None = None,
        patience: float = PATIENCE,
        foreground: bool = True,
        toxics_again: Callable[[], Sequence[Iterable[Toxic]]] | None = None,
    ) -> None:
        """Run services.

        Args:
            reactor: the reactor.
            services: what to run.
            ready_file: where to say that they listen, or None.
            patience: seconds that answers in flight get at the end.
            foreground: whether there is a terminal to print the reason of a failed start to.
            toxics_again: reads the toxics of each service again, at a reload; None where no file has them.
        """
        self.ports: list[Port] = []
        self._reactor = reactor
        self._services = services
        self._clients: list[Clients] = []
        self._reloads = Reloads(services, toxics_again)
        self._watches: list[Watch] = []
        self._ready_file = ready_file
        self._patience = patience
        self._foreground = foreground
        self._old_handlers: dict[signal.Signals, Any] = {}

    # --- start

    def privilegedStartService(self) -> None:
        """Open the ports while twistd still is who started it.

        Raises:
            ListenError: a port cannot be opened; then none is.
        """
        self._open()

    def startService(self) -> None:
        """Open the ports where that has not happened, and say that we are ready once the reactor runs.

        Raises:
            ListenError: as in :meth:`privilegedStartService`.
        """
        if not self.ports:
            self._open()
        super().startService()  # type: ignore[no-untyped-call]
        self._watch()
        self._reactor.callWhenRunning(self._say_ready)

    def _open(self) -> None:
        self._on_signal(signal.SIGHUP, self._reloads.reload_all)
        try:
            self.ports = bind_all(self._services)
            self._listen()
        except SockserviceError:
            # What twistd and twist do with an exception here is to die of it, which is right but for the traceback.
            sys.excepthook = _one_line_on(self._foreground)
            raise
        # Only now: where the address is taken, the file is that of who has it.
        if self._ready_file is not None:
            remove_old_ready_file(self._ready_file)

    def _listen(self) -> None:
        clients: dict[int, Clients] = {}
        for service in self._services:
            plugin = service.settings.found.plugin
            refusal = plugin.refusal() if IRefusingService.providedBy(plugin) else b""
            clients[id(service)] = Clients(service.name, service.settings.limits, self._reactor, refusal)
        self._clients = list(clients.values())
        try:
            # Those that may still find their address taken come first, while the others are only bound.
            for port in sorted(self.ports, key=lambda port: not port.binds_late):
                if isinstance(port, StreamPort):
                    of_service = clients[id(port.service)]
                    of_service.ports.append(port)
                    port.listen(of_service)
                else:
                    port.listen()
                self._log.info("{name} listening on {port}", name=port.service.name, port=port)
        except BaseException:
            for port in self.ports:
                port.stop()
            raise

    def _watch(self) -> None:
        for service in self._services:
            for files, reload in service.host.watches:
                act = functools.partial(self._reloads.reload_one, service, reload)
                self._watches.append(Watch(files, act, self._reactor, service.host.in_thread))
        for watch in self._watches:
            watch.start()

    def _say_ready(self) -> None:
        if self._ready_file is None or not self.running:
            return
        try:
            write_ready_file(self._ready_file, self.ports)
        except (OSError, ConfigurationError) as error:
            self._log.critical("cannot write the ready file {path}: {error}", path=self._ready_file, error=error)
            # The reactor's own way out would exit with 0, and whoever waits for the file would wait on.
            atexit.register(os._exit, 1)
            self._reactor.stop()

    # --- stop

    def stopService(self) -> Deferred[None]:
        """Accept nobody, let answers in flight finish, reset who is still there when patience ends."""
        super().stopService()  # type: ignore[no-untyped-call]
        while self._watches:
            self._watches.pop().stop()
        return Deferred.fromCoroutine(self._stop())

    async def _stop(self) -> None:
        if self._ready_file is not None:
            remove_own_ready_file(self._ready_file)
        stopping = [port.stop() for port in self.ports]
        gone = DeferredList([clients.when_gone() for clients in self._clients])
        for clients in self._clients:
            clients.finish()
        timer = self._reactor.callLater(self._patience, self._abort)
        for number in (signal.SIGTERM, signal.SIGINT):
            self._on_signal(number, self._abort)  # who asks a second time has no patience
        await gone
        if timer.active():
            timer.cancel()
        for (success, failure), port in zip(await DeferredList(stopping, consumeErrors=True), self.ports, strict=True):
            if not success:
                self._log.failure("{name} did not close its port", failure, name=port.service.name)
            elif port.address is not None:
                self._log.info("{name} closed {port}", name=port.service.name, port=port)
        self.ports = []
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)

    def _on_signal(self, number: signal.Signals, act: Callable[[], None]) -> None:
        """Have ``act`` called in the reactor's turn at a signal, until the end."""

        def received(_number: int, _frame: FrameType | None) -> None:
            self._reactor.callFromThread(act)

        self._old_handlers[number] = signal.signal(number, received)

    def _abort(self) -> None:
        for clients in self._clients:
            if clients.connections:
                self._log.warn("{count} connections did not finish and are reset", count=len(clients.connections))
            clients.abort()


def _one_line_on(foreground: bool) -> Any:
    """An excepthook that prints errors of ours without a traceback: on the terminal, else into the log."""

    def hook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if not isinstance(error, SockserviceError):
            sys.__excepthook__(kind, error, traceback)
            return
        for line in str(error).splitlines():
            print(f"sockservice: {line}", file=sys.__stderr__ if foreground else sys.stderr)

    return hook
