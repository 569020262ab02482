"""A service that is made and validated, and has no port yet: all that ``--check`` needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs

from sockservice.errors import ConfigurationError, SockserviceError
from sockservice.host.configuration import ServiceSettings, plugin_raised
from sockservice.host.endpoints import Endpoint, Foreign, Inherited, Proxied, Tcp, Tls, Udp
from sockservice.host.surroundings import Surroundings
from sockservice.interfaces import DATAGRAM, STREAM, DatagramService, ISocketAPI, StreamService
from sockservice.sockets.toxics import Toxics

if TYPE_CHECKING:
    from sockservice.certificates import ReloadingCertificate


@attrs.frozen
class PreparedService:
    """A service, ready to listen.

    Attributes:
        settings: what was asked for.
        host: what the plugin was given.
        stream: the Twisted factory or coroutine function for all its stream endpoints, or None where it has none.
        datagrams: a DatagramProtocol or coroutine function for each of its datagram endpoints.
        certificates: for each TLS endpoint, what makes its connections.
        toxics: what disturbs its connections and datagrams; may be changed while it runs.
    """

    settings: ServiceSettings
    host: Surroundings
    stream: StreamService | None
    datagrams: dict[Endpoint, DatagramService]
    certificates: dict[Tls, ReloadingCertificate]
    toxics: Toxics = attrs.field(init=False, eq=False)

    @toxics.default
    def _toxics(self) -> Toxics:
        kinds = {endpoint.kind for endpoint in self.settings.endpoints}
        return Toxics(self.host.reactor, self.settings.toxics, kinds=kinds, who=self.name)

    @property
    def name(self) -> str:
        """The service's name."""
        return self.settings.found.name


def prepare_all(settings: Sequence[ServiceSettings], reactor: Any, sockets: ISocketAPI) -> tuple[PreparedService, ...]:
    """Make the services.

    Raises:
        ConfigurationError: the mistakes of all of them together.
        PluginError: a plugin raised something else.
    """
    mistakes: list[ConfigurationError] = []
    prepared: list[PreparedService] = []
    taken: dict[tuple[object, ...], str] = {}
    for each in settings:
        mistakes.extend(_address_mistakes(each, taken))
        try:
            prepared.append(prepare(each, reactor, sockets))
        except ConfigurationError as error:
            mistakes.extend(error.mistakes)
        except SockserviceError as error:
            mistakes.append(ConfigurationError(str(error)))
    if mistakes:
        raise ConfigurationError.together(mistakes)
    return tuple(prepared)


def prepare(settings: ServiceSettings, reactor: Any, sockets: ISocketAPI) -> PreparedService:
    """Make one service.

    Raises:
        ConfigurationError: an option or a file of it is wrong.
        PluginError: its plugin raised something else.
    """
    host = Surroundings(reactor, sockets, settings.options, settings.path)
    mistakes: list[ConfigurationError] = []
    stream: StreamService | None = None
    datagrams: dict[Endpoint, DatagramService] = {}
    certificates: dict[Tls, ReloadingCertificate] = {}
    plugin = settings.found.plugin
    try:
        if any(endpoint.kind is STREAM for endpoint in settings.endpoints):
            stream = plugin.stream_factory(host)
        for endpoint in settings.endpoints:
            if endpoint.kind is DATAGRAM:
                datagrams[endpoint] = plugin.datagram_protocol(host)
    except ConfigurationError as error:
        mistakes.extend(error.mistakes)
    except SockserviceError:
        raise
    except Exception as error:
        raise plugin_raised(settings.found, "making the service", error) from error
    for endpoint in settings.endpoints:
        try:
            for tls in _tls_in(endpoint):
                certificates[tls] = _certificate(tls)
                host.on_reload(certificates[tls].reload)
            _check_foreign(endpoint, reactor)
        except ConfigurationError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise ConfigurationError.together(mistakes)
    return PreparedService(settings, host, stream, datagrams, certificates)


def _tls_in(endpoint: Endpoint) -> list[Tls]:
    while isinstance(endpoint, Proxied):
        endpoint = endpoint.below
    return [endpoint] if isinstance(endpoint, Tls) else []


def _certificate(tls: Tls) -> ReloadingCertificate:
    # Where there is no TLS, OpenSSL is not imported: it takes longer than all the rest.
    from sockservice.certificates import ReloadingCertificate

    return ReloadingCertificate(tls.certificate, tls.private_key, tls.chain)


def _check_foreign(endpoint: Endpoint, reactor: Any) -> None:
    """Have Twisted parse a description of its own once, which also reads the certificates of ``tls:``."""
    while isinstance(endpoint, Proxied):
        endpoint = endpoint.below
    if isinstance(endpoint, (Foreign, Inherited)):
        from twisted.internet.endpoints import serverFromString

        try:
            serverFromString(reactor, endpoint.description)  # type: ignore[no-untyped-call]
        except Exception as error:
            reason = (
                "systemd has passed no such socket"
                if isinstance(error, (LookupError))
                else f"{type(error).__name__}: {error}"
            )
            raise ConfigurationError(f"cannot listen on {endpoint.description!r}: {reason}") from error


def _address_mistakes(settings: ServiceSettings, taken: dict[tuple[object, ...], str]) -> list[ConfigurationError]:
    """The endpoints of one service that another one in the same command has already."""
    mistakes = []
    for endpoint in settings.endpoints:
        address = _address(endpoint)
        if address is None:
            continue
        name = settings.found.name
        other = taken.setdefault(address, name)
        if other is not name or list(settings.endpoints).count(endpoint) > 1:
            where = ":".join(str(part) for part in address[1:])
            mistakes.append(ConfigurationError(f"{name} and {other} cannot both listen on {where}"))
    return mistakes


def _address(endpoint: Endpoint) -> tuple[object, ...] | None:
    while isinstance(endpoint, (Proxied, Tls)):
        endpoint = endpoint.below
    if isinstance(endpoint, (Tcp, Udp)) and endpoint.port:
        return (endpoint.kind, endpoint.interface, endpoint.port)
    return None
