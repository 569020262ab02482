"""``twistd sockservice``: the options, and the service that twistd runs.

Everything that can be wrong with options, files and plugins is found while the options are parsed, before there is
a daemon or a port, and ends the command with one line for each mistake and the status 1.
"""

from __future__ import annotations

import gc
import re
import reprlib
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from twisted.logger import Logger
from twisted.python.usage import Options as UsageOptions

from sockservice.errors import ConfigurationError, SockserviceError
from sockservice.host.arguments import has_option, parse_arguments, print_versions
from sockservice.host.configuration import (
    Limits,
    ServiceSettings,
    new_options,
    parse_service_options,
    path_in,
    where_to_listen,
)
from sockservice.host.discovery import discover
from sockservice.host.endpoints import check_port
from sockservice.host.prepared_service import PreparedService, prepare_all
from sockservice.host.ready_file import check_ready_file
from sockservice.host.running_host import PATIENCE, RunningHost
from sockservice.host.toxic_option import option_mistake, parse_toxics
from sockservice.sockets.toxic import Toxic

_log = Logger()

# What is imported by now lives as long as the program: a collection that looks at all of it while the service is
# imported takes a tenth of the time to start.
gc.freeze()


def _count(text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text) or int(text) == 0:
        raise ValueError(f"{reprlib.repr(text)} is not a whole number from 1 to 999,999,999")
    return int(text)


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) or float(text) == 0:
        raise ValueError(f"{reprlib.repr(text)} is not a number of seconds above 0, such as 30 or 0.5")
    return float(text)


class Options(UsageOptions):
    """The options of ``sockservice``; once parsed, ``prepared`` is what to run.

    Attributes:
        prepared: the services.
        toxics_again: reads their toxics again out of the configuration file; None without one.
    """

    synopsis = "[options] [SERVICE [service options]]"
    longdesc = (
        "Runs network services that are plugins. No SERVICE means mysql. "
        "Every service has options of its own: sockservice SERVICE --help."
    )
    optParameters = [
        ["port", "p", None, "port to listen on (default: the service's own; 0 = any free one)", check_port],
        ["interface", "i", None, "address to bind (default: 127.0.0.1)"],
        ["config", "c", None, "several services at once, from one YAML file"],
        ["max-connections", None, None, "clients at once; the next is refused", _count],
        ["idle-timeout", None, None, "seconds without a byte after which a connection is closed", _seconds],
        ["patience", None, PATIENCE, "seconds that answers in flight get when the program stops", _seconds],
        ["ready-file", None, None, "write where the services listen, as JSON lines, once they do"],
    ]
    optFlags = [
        ["sequential", None, "serve clients one after the other; the rest wait"],
        ["trace", None, "print each Socket API call and the reactor operation it became"],
        ["list", None, "show the services, where each comes from, and which are broken and why"],
        ["check", None, "validate options, files and certificates, listen on nothing, exit 0 or 1"],
    ]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self["listen"] = []
        self["toxic"] = []
        self.prepared: tuple[PreparedService, ...] = ()
        self.toxics_again: Callable[[], Sequence[Iterable[Toxic]]] | None = None
        self._words: tuple[str, ...] = ()
        # twistd leaves this folder before a service starts.
        self.path: Callable[[str], Path] = path_in(Path.cwd())

    def opt_listen(self, description: str) -> None:
        """A Twisted endpoint description to listen on instead, or udp:PORT; may be repeated."""
        self["listen"].append(description)

    opt_l = opt_listen

    def opt_toxic(self, toxic: str) -> None:
        """Disturb what is sent, such as latency:latency=100,jitter=20; may be repeated."""
        self["toxic"].append(toxic)

    def opt_version(self) -> NoReturn:
        """Print the versions and exit."""
        print_versions()
        raise SystemExit(0)

    def getUsage(self, width: int | None = None) -> str:
        """The options, and the services there are."""
        services = "".join(f"    {found.name:<15} {found.plugin.summary}\n" for found in discover().services)
        return f"{super().getUsage(width)}\nServices:\n{services}"

    def getSynopsis(self) -> str:
        """The line about what to type; in a service's help the service's own part follows."""
        synopsis: str = super().getSynopsis()
        return synopsis.removesuffix(" [SERVICE [service options]]") if self.subCommand else synopsis

    def parseArgs(self, *words: str) -> None:
        """Keep the service's name and its options for :meth:`postOptions`."""
        self._words = words

    def parseOptions(self, options: Sequence[str] | None = None) -> None:
        """Parse; a mistake ends the program with a line for each, and without a page of usage."""
        arguments = sys.argv[1:] if options is None else options

        def elsewhere(option: str) -> str | None:
            service = _service_with(option, arguments)
            return service and f"{option} is an option of {service}: put it after {service!r}"

        try:
            parse_arguments(self, arguments, "sockservice", super().parseOptions, elsewhere)
        except SockserviceError as error:
            exit_with(error)

    def postOptions(self) -> None:
        """Find out what is to run and make it, all but its ports."""
        if self["list"]:
            from sockservice.host.listing import listing

            print(listing(discover()), end="")  # noqa: T201
            raise SystemExit(0)
        settings, mistakes = self._from_file() if self["config"] else ((self._from_command_line(),), [])
        if self["ready-file"]:
            self["ready-file"] = self.path(self["ready-file"])
            try:
                check_ready_file(self["ready-file"])
            except ConfigurationError as error:
                mistakes.append(error)
        try:
            self.prepared = self._prepare(settings)
        except ConfigurationError as error:
            mistakes.extend(error.mistakes)
        if mistakes:
            raise ConfigurationError.together(mistakes)
        if self["check"]:
            count = len(self.prepared)
            print(f"sockservice: all is well with {count} service{'s' * (count != 1)}")  # noqa: T201
            raise SystemExit(0)

    def _from_file(self) -> tuple[tuple[ServiceSettings, ...], list[ConfigurationError]]:
        """The services of the configuration file as far as they are sound, and the mistakes in it."""
        from sockservice.host.configuration_file import survey_configuration, toxics_again

        given = [name for name in ("port", "interface", "max-connections", "idle-timeout") if self[name] is not None]
        given += [name for name in ("listen", "sequential", "toxic") if self[name]]
        if given:
            raise ConfigurationError(
                f"--{given[0]} has no meaning beside --config; say it in the file, for each service"
            )
        if self._words:
            raise ConfigurationError(
                f"the service {self._words[0]!r} has no meaning beside --config; name it in the file"
            )
        file = self.path(self["config"])
        configuration = survey_configuration(file)
        names = [each.found.name for each in configuration.settings]
        self.toxics_again = partial(toxics_again, file, names)
        return configuration.settings, list(configuration.mistakes)

    def _from_command_line(self) -> ServiceSettings:
        name, *words = self._words or ("mysql",)
        for option in ("port", "interface"):
            if self["listen"] and self[option] is not None:
                raise ConfigurationError(
                    f"--listen says port and interface itself: give either --listen or --{option}, not both"
                )
        discovery = discover(name)
        for broken in discovery.broken:
            _log.warn("{broken}", broken=broken)
        found = discovery.service(name)
        self.subCommand = name
        options = parse_service_options(found, words, self)
        endpoints, same_port = where_to_listen(found, self["port"], self["interface"], self["listen"], self.path)
        limits = Limits(self["max-connections"], self["idle-timeout"], bool(self["sequential"]))
        toxics = parse_toxics(self["toxic"])
        settings = ServiceSettings(found, options, endpoints, same_port, limits, self.path, toxics)
        wrong = [option_mistake(self["toxic"][number], message) for number, message in settings.toxic_conflicts()]
        if wrong:
            raise ConfigurationError.together(wrong)
        return settings

    def _prepare(self, settings: Sequence[ServiceSettings]) -> tuple[PreparedService, ...]:
        # Only now: importing the reactor installs one, and twistd's own options may choose which.
        from twisted.internet import reactor

        from sockservice.sockets import SocketAPI, Trace

        observer = Trace(self._print_trace) if self["trace"] else None
        return prepare_all(settings, reactor, SocketAPI(reactor, observer))

    @property
    def foreground(self) -> bool:
        """Whether this process keeps its terminal: ``twist`` always does, ``twistd`` with ``-n``."""
        parent: Any = self.parent
        return parent is None or bool(parent.get("nodaemon", True))

    def _print_trace(self, line: str) -> None:
        if self.foreground and sys.__stdout__ is not None:
            sys.__stdout__.write(f"{line}\n")
            sys.__stdout__.flush()
        else:
            _log.info("{line}", line=line)


def makeService(options: Options) -> RunningHost:
    """The service that twistd and twist run.

    Args:
        options: parsed, so that everything is prepared.
    """
    from twisted.internet import reactor

    return RunningHost(
        reactor,
        options.prepared,
        ready_file=options["ready-file"],
        patience=options["patience"],
        foreground=options.foreground,
        toxics_again=options.toxics_again,
    )


def _service_with(option: str, arguments: Sequence[str]) -> str | None:
    """The service that has an option: one named among the arguments, else mysql, else any."""
    services = sorted(discover().services, key=lambda found: (found.name not in arguments, found.name != "mysql"))
    for found in services:
        try:
            options = new_options(found)
        except SockserviceError:
            continue
        if options is not None and has_option(options, option):
            return found.name
    return None


def exit_with(error: SockserviceError) -> NoReturn:
    """End the program with the status 1 and a line on stderr for each mistake."""
    for line in str(error).splitlines():
        who = "" if line.startswith(("sockservice ", "sockservice: ")) else "sockservice: "
        print(f"{who}{line}", file=sys.stderr)  # noqa: T201
    raise SystemExit(1) from error
