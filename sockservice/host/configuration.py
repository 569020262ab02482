"""What is to run, as values, whether the command line or a configuration file says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import attrs
from twisted.python.usage import Options

from sockservice.errors import ConfigurationError, PluginError, SockserviceError
from sockservice.host.arguments import has_option, parse_arguments
from sockservice.host.discovery import FoundService
from sockservice.host.endpoints import Endpoint, Tcp, Udp, check_interface, parse_endpoint
from sockservice.interfaces import DATAGRAM, STREAM
from sockservice.sockets.toxic import Toxic, conflicts

LOOPBACK: Final = "127.0.0.1"
"""The interface where none is asked for: nothing is exposed by accident."""


@attrs.frozen
class Limits:
    """What keeps the clients of a stream service in bounds.

    Attributes:
        max_connections: how many may be connected at once; None for any number.
        idle_timeout: seconds without a byte in either direction after which a connection ends; None for never.
        sequential: serve one client after the other; the rest wait in the backlog.
    """

    max_connections: int | None = None
    idle_timeout: float | None = None
    sequential: bool = False


@attrs.frozen
class ServiceSettings:
    """One service to run.

    Attributes:
        found: the plugin.
        options: its options as parsed, or an empty mapping where it has none.
        endpoints: where it listens.
        same_port: the two endpoints are the stream and the datagram side of one port: where that is 0, they
            get the same free one.
        limits: of its streams.
        path: makes the name of a file in its options absolute.
        toxics: what disturbs it from the beginning.
    """

    found: FoundService
    options: Mapping[str, Any]
    endpoints: tuple[Endpoint, ...]
    same_port: bool
    limits: Limits
    path: Callable[[str], Path]
    toxics: tuple[Toxic, ...] = ()

    def toxic_conflicts(self) -> Iterator[tuple[int, str]]:
        """What keeps its toxics from being those of this service: the number of each, from 0, and a message."""
        return conflicts(self.toxics, {endpoint.kind for endpoint in self.endpoints}, self.found.name)


def path_in(folder: Path) -> Callable[[str], Path]:
    """What makes a file's name absolute: relative ones are relative to ``folder``, and ``~`` is the home."""
    return lambda name: folder / Path(name).expanduser()


def where_to_listen(
    found: FoundService,
    port: int | None,
    interface: str | None,
    listen: Sequence[str],
    path: Callable[[str], Path],
) -> tuple[tuple[Endpoint, ...], bool]:
    """The endpoints of a service.

    Args:
        found: the service.
        port: the port asked for, or None for the service's own.
        interface: the address asked for, or None for the loopback one.
        listen: endpoint descriptions, in place of the two.
        path: makes a file's name in them absolute.

    Returns:
        The endpoints, and whether the first two are one port for streams and datagrams.

    Raises:
        ConfigurationError: a description is wrong, contradicts ``port`` or ``interface``, or does not fit
            what the service is.
    """
    if not listen:
        address = check_interface(interface or LOOPBACK)
        number = found.plugin.default_port if port is None else port
        endpoints: list[Endpoint] = []
        if "stream" in found.kinds:
            endpoints.append(Tcp(address, number))
        if "datagram" in found.kinds:
            endpoints.append(Udp(address, number))
        return tuple(endpoints), len(endpoints) == 2
    if port is not None or interface is not None:
        raise ConfigurationError("an endpoint says port and interface itself: give either 'listen' or those, not both")
    endpoints = [parse_endpoint(description, path) for description in listen]
    for endpoint, description in zip(endpoints, listen, strict=True):
        if endpoint.kind is STREAM and "stream" not in found.kinds:
            raise ConfigurationError(f"{found.name} is a datagram service; {description!r} is for streams: use udp:")
        if endpoint.kind is DATAGRAM and "datagram" not in found.kinds:
            raise ConfigurationError(f"{found.name} is a stream service; {description!r} is for datagrams: use tcp:")
    return tuple(endpoints), False


def parse_service_options(
    found: FoundService, arguments: Sequence[str], parent: Options | None = None
) -> Mapping[str, Any]:
    """A service's options from the words after its name.

    Raises:
        ConfigurationError: it takes none, or not these.
        PluginError: its Options class raises what it should not.
        SystemExit: ``--help`` or ``--version`` was asked for.
    """

    def elsewhere(option: str) -> str | None:
        if parent is None or not has_option(parent, option):
            return None
        return f"{option} is an option of sockservice: put it before {found.name!r}"

    options = new_options(found, parent)
    if options is None:
        if arguments in (["--help"], ["-h"]):
            print(f"{found.name}: {found.plugin.summary}\nIt has no options.")  # noqa: T201
            raise SystemExit(0)
        none = Options()  # type: ignore[no-untyped-call]
        parse_arguments(none, arguments, found.name, elsewhere=elsewhere)
        return {}
    try:
        parse_arguments(options, arguments, found.name, elsewhere=elsewhere)
    except (SockserviceError, KeyboardInterrupt, SystemExit):
        raise
    except Exception as error:
        raise plugin_raised(found, "its Options", error) from error
    return options


def new_options(found: FoundService, parent: Options | None = None) -> Options | None:
    """A fresh, empty Options of the service, or None where it has none."""
    if found.plugin.options is None:
        return None
    try:
        options: Options = found.plugin.options()
    except Exception as error:
        raise plugin_raised(found, "its Options", error) from error
    options.parent = parent
    if not hasattr(options, "synopsis"):
        options.synopsis = "[service options]"  # type: ignore[attr-defined]
    return options


def plugin_raised(found: FoundService, what: str, error: Exception) -> PluginError:
    """The one line about a plugin whose code raised something unexpected; the error is its ``__cause__``."""
    text = " ".join(str(error).split())
    where = ""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is not None:
        where = f" at {traceback.tb_frame.f_code.co_filename}:{traceback.tb_lineno}"
    return PluginError(
        f"the plugin {found.name!r} ({found.place}): {what} raised {type(error).__name__}: {text}{where}"
    )
