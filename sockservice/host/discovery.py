"""Finding the plugins: one function for everybody who asks which services there are.

Sources, in the order in which they win a name:

1. ``sockservice/plugins/`` itself, then every other folder of that name on ``sys.path`` without ``__init__.py``;
2. the entry-point group ``sockservice.plugins``, which also finds editable installs of every kind.

The folders follow the conventions of ``twisted.plugin`` (objects that provide ``IPlugin``, in the modules of a
package whose ``__path__`` is extended by ``pluginPackagePaths``), but are not read by ``getPlugins``: that writes
a cache beside the plugins, complains where it may not, and logs a traceback or two for a broken plugin at each
start. Here a broken plugin is a value with a name, a place and a reason. In place of the cache stands a rule:
**a service is looked for first in the module or entry point that bears its name**, so that starting one service
imports one plugin.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import attrs
from twisted.plugin import IPlugin
from zope.interface import Interface
from zope.interface.exceptions import BrokenImplementation, BrokenMethodImplementation, Invalid
from zope.interface.verify import verifyObject

from sockservice.errors import ConfigurationError, PluginError, did_you_mean
from sockservice.interfaces import IDatagramService, IRefusingService, IStreamService

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

PACKAGE: Final = "sockservice.plugins"
"""The plugin package's name, and the entry-point group's."""

_KINDS: Final[tuple[tuple[str, type[Interface]], ...]] = (
    ("stream", IStreamService),
    ("datagram", IDatagramService),
)


@attrs.frozen
class Source:
    """A place where plugins may be: a module in a plugin folder, or an entry point.

    Attributes:
        name: the module's last name, or the entry point's.
        place: the file or the distribution, as text to read.
        load: imports it and gives the objects that may be plugins.
    """

    name: str
    place: str
    load: Callable[[], Iterable[object]]


@attrs.frozen
class FoundService:
    """A plugin that keeps its contract.

    Attributes:
        name: the service's name.
        plugin: the object that provides IStreamService, IDatagramService or both.
        place: where it comes from.
    """

    name: str
    plugin: Any
    place: str

    @property
    def kinds(self) -> tuple[str, ...]:
        """``("stream",)``, ``("datagram",)`` or both."""
        return tuple(kind for kind, interface in _KINDS if interface.providedBy(self.plugin))


@attrs.frozen
class BrokenPlugin:
    """A plugin that cannot be used.

    Attributes:
        name: the module's, entry point's or service's name.
        place: where it comes from.
        reason: why not, in one line.
    """

    name: str
    place: str
    reason: str

    def __str__(self) -> str:
        return f"the plugin {self.name!r} ({self.place}) is broken: {self.reason}"


@attrs.frozen
class Discovery:
    """What was found, and what was found broken, each in the order of its name."""

    services: tuple[FoundService, ...]
    broken: tuple[BrokenPlugin, ...]

    def service(self, name: str) -> FoundService:
        """The service with this name.

        Raises:
            PluginError: its plugin is broken.
            ConfigurationError: there is none; the message names the nearest.
        """
        for found in self.services:
            if found.name == name:
                return found
        for broken in self.broken:
            if broken.name == name:
                raise PluginError(str(broken))
        hint = _off_the_path(name) or did_you_mean(name, [service.name for service in self.services])
        raise ConfigurationError(f"there is no service {name!r}{hint}")


def _off_the_path(name: str) -> str:
    """What to say about a plugin that lies in the folder we were started from, where Python does not look."""
    file = os.path.join(".", *PACKAGE.split("."), f"{name}.py")
    if not os.path.isfile(file) or os.getcwd() in map(os.path.realpath, sys.path):
        return ""
    return f"; {file} is not on the Python path: set PYTHONPATH=."


def discover(wanted: str | None = None) -> Discovery:
    """Find the services.

    Args:
        wanted: the one service that is needed, or None for all. Where a source of that name has it, no other
            is imported; else all are, as for None.

    Returns:
        All services, or at least the wanted one where it exists, and the broken plugins met on the way.
    """
    if wanted is not None:
        for sources in (_modules, _entry_points):
            found = _load(source for source in sources() if source.name == wanted)
            if any(service.name == wanted for service in found.services):
                return found
    return _load([*_modules(), *_entry_points()])


def _modules() -> Iterator[Source]:
    package = importlib.import_module(PACKAGE)
    seen: dict[str, str] = {}
    for folder in package.__path__:
        for module in pkgutil.iter_modules([folder]):
            if module.name.startswith("_"):
                continue
            place = _module_place(folder, module.name, module.ispkg)
            if module.name in seen:
                yield Source(module.name, place, _hidden_by(seen[module.name]))
            else:
                seen[module.name] = place
                yield Source(module.name, place, _module_loader(module.name))


def _module_place(folder: str, name: str, is_package: bool) -> str:
    return str(Path(folder, name, "__init__.py") if is_package else Path(folder, f"{name}.py"))


def _hidden_by(place: str) -> Callable[[], Iterable[object]]:
    def refuse() -> Iterable[object]:
        raise PluginError(f"{place} has the same module name; rename one of the two")

    return refuse


def _module_loader(name: str) -> Callable[[], Iterable[object]]:
    def load() -> Iterable[object]:
        module = importlib.import_module(f"{PACKAGE}.{name}")
        plugins = [value for value in vars(module).values() if IPlugin.providedBy(value)]
        if not plugins:
            if forgotten := _classes_without_objects(module):
                raise PluginError(f"it has the class {forgotten} but no object of it: add `{name} = {forgotten}()`")
            raise PluginError("has no plugin object: add one, or begin the name of the module with _")
        return plugins

    return load


def _classes_without_objects(module: ModuleType) -> str | None:
    for name, value in vars(module).items():
        if isinstance(value, type) and value.__module__ == module.__name__ and IPlugin.implementedBy(value):
            return name
    return None


def _entry_points() -> Iterator[Source]:
    # Most starts find their service in the folder of the built-in ones and need none of this.
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=PACKAGE), key=lambda point: (point.name, point.value)):
        distribution = f" of {point.dist.name} {point.dist.version}" if point.dist else ""
        yield Source(point.name, f"entry point {point.value}{distribution}", _entry_point_loader(point))


def _entry_point_loader(point: EntryPoint) -> Callable[[], Iterable[object]]:
    return lambda: [point.load()]


def _load(sources: Iterable[Source]) -> Discovery:
    """Load the sources, a named one before its rivals, and sort what they give into found and broken."""
    services: dict[str, FoundService] = {}
    broken: list[BrokenPlugin] = []
    seen: set[int] = set()
    candidates: list[tuple[Source, object]] = []
    for source in sources:
        try:
            candidates.extend((source, plugin) for plugin in source.load())
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a plugin may do anything at import, exit too
            broken.append(BrokenPlugin(source.name, source.place, _reason(error)))
    candidates.sort(key=lambda pair: pair[0].name != getattr(pair[1], "name", None))
    for source, plugin in candidates:
        if id(plugin) in seen:
            continue
        seen.add(id(plugin))
        try:
            verify(plugin)
        except PluginError as error:
            broken.append(BrokenPlugin(source.name, source.place, _reason(error)))
            continue
        service = FoundService(plugin.name, plugin, source.place)  # type: ignore[attr-defined]
        other = services.setdefault(service.name, service)
        if other is not service:
            reason = f"the name is taken by {other.place}; rename one of the two"
            broken.append(BrokenPlugin(service.name, service.place, reason))
    return Discovery(
        tuple(services[name] for name in sorted(services)),
        tuple(sorted(broken, key=lambda plugin: (plugin.name, plugin.place))),
    )


def verify(plugin: object) -> None:
    """Check that a plugin keeps its contract.

    Raises:
        PluginError: it does not; the message says what is missing.
    """
    interfaces = [interface for _, interface in _KINDS if interface.providedBy(plugin)]
    if not interfaces:
        raise PluginError(
            f"its {type(plugin).__name__} provides neither IStreamService nor IDatagramService: "
            "decorate the class with @implementer"
        )
    if IRefusingService.providedBy(plugin):
        interfaces.append(IRefusingService)
    for interface in interfaces:
        try:
            verifyObject(interface, plugin)
        except Invalid as error:
            every: tuple[Invalid, ...] = getattr(error, "exceptions", (error,))  # those of a MultipleInvalid
            raise PluginError("; ".join(_lacks(plugin, interface, one) for one in every)) from error
    name, port = plugin.name, plugin.default_port  # type: ignore[attr-defined]
    if not isinstance(name, str) or not name or name.startswith("-") or any(c.isspace() for c in name):
        raise PluginError(f"its name is {name!r}: it must be one word that can stand on a command line")
    if not isinstance(port, int) or isinstance(port, bool) or not 0 <= port <= 65535:
        raise PluginError(f"its default_port is {port!r}: it must be a number from 0 to 65535")


def _lacks(plugin: object, interface: type[Interface], error: Invalid) -> str:
    """One mistake that zope found, without the address in memory of what has it."""
    of = f"({interface.__name__})"
    if isinstance(error, BrokenImplementation):
        return f"lacks {error.name.__name__} {of}"
    if isinstance(error, BrokenMethodImplementation):
        name = error.method.__name__
        wanted, given = f"{name}{error.method.getSignatureString()}", getattr(plugin, name)
        if not callable(given):
            return f"its {name} is not a method: it must be {wanted} {of}"
        return f"its {name}{inspect.signature(given)} must be {wanted} {of}"
    return " ".join(str(error).split())


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, PluginError) else f"{type(error).__name__}: {text}".rstrip(": ")
