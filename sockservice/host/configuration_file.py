"""The configuration file: several services at once, in YAML.

::

    services:
      - service: mysql
        port: 3306
        options:
          stubs: [shop.yaml]
      - service: echo
        listen: ["tcp:7007", "udp:7007"]
        max_connections: 100
        idle_timeout: 60
        toxics:
          - {type: latency, attributes: {latency: 100, jitter: 20}}

Names of files in it are relative to the folder it is in.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from twisted.python.usage import Options

from sockservice.documents import Document, position, survey_document
from sockservice.errors import ConfigurationError, PluginError, did_you_mean
from sockservice.host.arguments import check_arguments, option_names
from sockservice.host.configuration import (
    Limits,
    ServiceSettings,
    new_options,
    parse_service_options,
    path_in,
    where_to_listen,
)
from sockservice.host.discovery import Discovery, FoundService, discover
from sockservice.sockets.toxic import Toxic, WrongToxic, read_toxic


class ServiceEntry(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One service in the file; each word means what the option of that name means.

    Attributes:
        service: the service's name.
        port: the port to listen on; the service's own where it is not given.
        interface: the address to bind.
        listen: endpoint descriptions, in place of the two.
        max_connections: how many clients may be connected at once.
        idle_timeout: seconds without a byte after which a connection ends.
        sequential: serve one client after the other.
        options: the service's own options by their long names; a list where one may be repeated, true for a flag.
        toxics: what disturbs it; see :func:`sockservice.sockets.toxic.read_toxic`.
    """

    service: str
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] | None = None
    interface: str | None = None
    listen: list[str] | str = []
    max_connections: Annotated[int, msgspec.Meta(ge=1)] | None = None
    idle_timeout: Annotated[float, msgspec.Meta(gt=0, lt=10**9)] | None = None
    sequential: bool = False
    options: dict[str, Any] = {}
    toxics: list[dict[str, Any]] = []


class ConfigurationFile(msgspec.Struct, forbid_unknown_fields=True):
    """The whole file."""

    services: list[ServiceEntry]


def read_configuration(file: Path) -> tuple[ServiceSettings, ...]:
    """What a configuration file says is to run.

    Args:
        file: the YAML file, absolute.

    Raises:
        ConfigurationError: something in it is wrong; all mistakes together, each with its place.
    """
    document = survey_document(file, ConfigurationFile)
    entries = _entries(document)
    if not entries and not document.mistakes:
        raise document.mistake("there is no service in it", "services")
    discovery = discover()
    mistakes = list(document.mistakes)
    settings: list[ServiceSettings] = []
    for index, entry in entries.items():
        try:
            settings.append(_settings(document, discovery, index, entry))
        except ConfigurationError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise ConfigurationError.together(sorted(mistakes, key=position))
    return tuple(settings)


def toxics_again(file: Path, services: Sequence[str]) -> list[tuple[Toxic, ...]]:
    """The toxics of each service, out of a configuration file that may have changed.

    Args:
        file: the YAML file, absolute.
        services: the names of those that run, in their order.

    Raises:
        ConfigurationError: something in it is wrong, or it has other services.
    """
    settings = read_configuration(file)
    if [each.found.name for each in settings] != list(services):
        raise ConfigurationError(f"{file}: has other services than those that run; start anew to have them")
    return [each.toxics for each in settings]


def _entries(document: Document[Any]) -> dict[int, ServiceEntry]:
    """The services by their number in the file, without those whose shape is among the document's mistakes."""
    if not document.mistakes:
        return dict(enumerate(document.value.services))
    services = document.value.get("services") if isinstance(document.value, dict) else None
    numbers = range(len(services)) if isinstance(services, list) else ()
    found = {index: document.part(ServiceEntry, "services", index) for index in numbers}
    return {index: entry for index, entry in found.items() if entry is not None}


def _settings(document: Document[Any], discovery: Discovery, index: int, entry: ServiceEntry) -> ServiceSettings:
    mistakes: list[ConfigurationError] = []
    try:
        found = discovery.service(entry.service)
    except (ConfigurationError, PluginError) as error:
        raise document.mistake(str(error), "services", index, "service") from error
    path = path_in(document.path.parent)
    options: Any = {}
    try:
        options = _options(document, found, index, entry.options)
    except ConfigurationError as error:
        mistakes.extend(error.mistakes)
    except PluginError as error:
        mistakes.append(document.mistake(str(error), "services", index, "service"))
    toxics: list[Toxic] = []
    for number, words in enumerate(entry.toxics):
        try:
            toxics.append(read_toxic(words))
        except WrongToxic as error:
            place = "services", index, "toxics", number
            mistakes += [document.mistake(each.message, *place, *each.keys, key=each.at_key) for each in error.wrong]
    listen = [entry.listen] if isinstance(entry.listen, str) else entry.listen
    try:
        endpoints, same_port = where_to_listen(found, entry.port, entry.interface, listen, path)
    except ConfigurationError as error:
        key = "listen" if listen else "interface"
        mistakes.append(document.mistake(str(error), "services", index, key))
    if mistakes:
        raise ConfigurationError.together(mistakes)
    limits = Limits(entry.max_connections, entry.idle_timeout, entry.sequential)
    settings = ServiceSettings(found, options, endpoints, same_port, limits, path, tuple(toxics))
    for number, message in settings.toxic_conflicts():
        mistakes.append(document.mistake(message, "services", index, "toxics", number))
    if mistakes:
        raise ConfigurationError.together(mistakes)
    return settings


def _options(document: Document[Any], found: FoundService, index: int, given: dict[str, Any]) -> Any:
    """The service's options: each word checked alone for its place, then all parsed together."""
    empty = new_options(found)
    arguments: list[str] = []
    mistakes: list[ConfigurationError] = []
    for name, value in given.items():
        try:
            words = _arguments(found, empty, name, value)
            if empty is not None:
                check_arguments(empty, words, found.name)
            arguments.extend(words)
        except ConfigurationError as error:
            mistakes.append(document.mistake(str(error), "services", index, "options", name, key=True))
    if mistakes:
        raise ConfigurationError.together(mistakes)
    try:
        return parse_service_options(found, arguments)
    except ConfigurationError as error:
        raise document.mistake(str(error), "services", index, "options") from error


def _arguments(found: FoundService, options: Options | None, name: str, value: Any) -> list[str]:
    """One entry under ``options:`` as the words that would say it on the command line."""
    known = option_names(options) if options is not None else {}
    if name not in known:
        if name.replace("_", "-") not in known:
            raise ConfigurationError(f"{found.name} has no option {name!r}{did_you_mean(name, known)}")
        name = name.replace("_", "-")
    if not known[name]:
        if not isinstance(value, bool):
            raise ConfigurationError(f"{name!r} is a flag: give true or false")
        return [f"--{name}"] if value else []
    values = value if isinstance(value, list) else [value]
    if any(isinstance(item, bool) or not isinstance(item, (str, int, float)) for item in values):
        raise ConfigurationError(f"{name!r} needs text or a number, or a list of them where it may be repeated")
    return [f"--{name}={item}" for item in values]
