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

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import attrs
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


@attrs.frozen
class Configuration:
    """What a configuration file says.

    Attributes:
        settings: the services. Where there are mistakes they are good for one thing only: to be made as far as they
            are sound, so that what is wrong with the files that they name is found together with the rest.
        mistakes: all that is wrong in the file itself, in its order.
    """

    settings: tuple[ServiceSettings, ...]
    mistakes: tuple[ConfigurationError, ...]


def survey_configuration(file: Path) -> Configuration:
    """What a configuration file says is to run.

    Args:
        file: the YAML file, absolute.

    Raises:
        ConfigurationError: it cannot be read, or is not YAML.
    """
    document = survey_document(file, ConfigurationFile)
    entries = _entries(document)
    mistakes = list(document.mistakes)
    if not entries and not mistakes:
        mistakes.append(document.mistake("there is no service in it", "services"))
    discovery = discover()
    settings: list[ServiceSettings] = []
    for index, entry in entries.items():
        found = _settings(document, discovery, index, entry, mistakes)
        if found is not None:
            settings.append(found)
    return Configuration(tuple(settings), tuple(sorted(mistakes, key=position)))


def toxics_again(file: Path, services: Sequence[str]) -> list[tuple[Toxic, ...]]:
    """The toxics of each service, out of a configuration file that may have changed.

    Args:
        file: the YAML file, absolute.
        services: the names of those that run, in their order.

    Raises:
        ConfigurationError: something in it is wrong, or it has other services.
    """
    configuration = survey_configuration(file)
    if configuration.mistakes:
        raise ConfigurationError.together(configuration.mistakes)
    settings = configuration.settings
    if [each.found.name for each in settings] != list(services):
        raise ConfigurationError(f"{file}: has other services than those that run; start anew to have them")
    return [each.toxics for each in settings]


def _entries(document: Document[Any]) -> dict[int, ServiceEntry]:
    """The services by their number in the file; of one without its shape, what is sound of it."""
    if not document.mistakes:
        return dict(enumerate(document.value.services))
    services = document.value.get("services") if isinstance(document.value, dict) else None
    entries = {}
    for index in range(len(services)) if isinstance(services, list) else ():
        keys = ("services", index)
        entry = document.part(ServiceEntry, *keys)
        name = document.part(str, *keys, "service")
        if entry is None and name is not None:
            options = document.part(dict[str, Any], *keys, "options")
            entry = ServiceEntry(service=name, port=0, options=options or {})
        if entry is not None:
            entries[index] = entry
    return entries


def _settings(
    document: Document[Any],
    discovery: Discovery,
    index: int,
    entry: ServiceEntry,
    mistakes: list[ConfigurationError],
) -> ServiceSettings | None:
    """What an entry says, as far as it is sound; None where that is too little. What is wrong goes to ``mistakes``."""
    keys = ("services", index)
    try:
        found = discovery.service(entry.service)
    except (ConfigurationError, PluginError) as error:
        mistakes.append(document.mistake(str(error), *keys, "service"))
        return None
    path = path_in(document.path.parent)
    options = _options(document, found, index, entry.options, mistakes)
    toxics: list[Toxic] = []
    for number, words in enumerate(entry.toxics):
        try:
            toxics.append(read_toxic(words))
        except WrongToxic as error:
            place = *keys, "toxics", number
            mistakes += [document.mistake(each.message, *place, *each.keys, key=each.at_key) for each in error.wrong]
    listen = [entry.listen] if isinstance(entry.listen, str) else entry.listen
    try:
        endpoints, same_port = where_to_listen(found, entry.port, entry.interface, listen, path)
    except ConfigurationError as error:
        mistakes.append(document.mistake(str(error), *keys, "listen" if listen else "interface"))
        endpoints, same_port = where_to_listen(found, 0, None, (), path)
    if options is None:
        return None
    limits = Limits(entry.max_connections, entry.idle_timeout, entry.sequential)
    settings = ServiceSettings(found, options, endpoints, same_port, limits, path, tuple(toxics))
    for number, message in settings.toxic_conflicts():
        mistakes.append(document.mistake(message, *keys, "toxics", number))
    return settings


def _options(
    document: Document[Any],
    found: FoundService,
    index: int,
    given: dict[str, Any],
    mistakes: list[ConfigurationError],
) -> Mapping[str, Any] | None:
    """The service's options: each word checked alone for its place, then all that are right parsed together."""
    keys = ("services", index)
    try:
        empty = new_options(found)
    except PluginError as error:
        mistakes.append(document.mistake(str(error), *keys, "service"))
        return None
    arguments: dict[str, list[str]] = {}
    for name, value in given.items():
        try:
            arguments[name] = _arguments(found, empty, name, value)
            if empty is not None:
                check_arguments(empty, arguments[name], found.name)
        except ConfigurationError as error:
            arguments.pop(name, None)
            mistakes.append(document.mistake(str(error), *keys, "options", name, key=True))
    try:
        fitting, refused = _fitting(found, arguments)
    except ConfigurationError as error:
        fitting, refused = None, {"": error}
    except PluginError as error:
        mistakes.append(document.mistake(str(error), *keys, "service"))
        return None
    if len(arguments) == len(given):  # else it may be the lack of what is told already that they are refused for
        mistakes.extend(document.mistake(str(error), *keys, "options", name) for name, error in refused.items())
    return fitting


def _fitting(
    found: FoundService, arguments: Mapping[str, list[str]]
) -> tuple[Mapping[str, Any], dict[str, ConfigurationError]]:
    """The service's options, without those that do not go with the others; these apart, each with the reason.

    Raises:
        ConfigurationError: what is missing makes even none of them wrong.
        PluginError: its Options class raises what it should not.
    """
    try:
        return parse_service_options(found, [word for words in arguments.values() for word in words]), {}
    except ConfigurationError as error:
        whole = error
    try:
        fitting = parse_service_options(found, [])
    except ConfigurationError:
        raise whole from None
    taken: list[str] = []
    waiting, refused, before = dict(arguments), dict[str, ConfigurationError](), -1
    while len(waiting) != before:  # one may need another that stands behind it
        before, refused = len(waiting), {}
        for name, words in list(waiting.items()):
            try:
                fitting = parse_service_options(found, [*taken, *words])
            except ConfigurationError as error:
                refused[name] = error
            else:
                taken += waiting.pop(name)
    return fitting, refused


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
