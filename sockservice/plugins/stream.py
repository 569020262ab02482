"""stream: any protocol over TCP, answered by stubs."""

from __future__ import annotations

from twisted.plugin import IPlugin
from zope.interface import implementer

from sockservice.interfaces import IHost, IStreamService
from sockservice.plugins._message_service import MessageService, StreamOptions
from sockservice.plugins._message_stream import MessageFactory


@implementer(IPlugin, IStreamService)
class Stream:
    """The plugin."""

    name = "stream"
    summary = "any protocol over TCP, answered by stubs"
    default_port = 7070
    options = StreamOptions

    def stream_factory(self, host: IHost) -> MessageFactory:
        """See :class:`sockservice.interfaces.IStreamService`."""
        service = MessageService(host)
        framing = service.framing(host.options["framing"])
        return MessageFactory(service.server, framing, service.responder, host.reactor, ended=service.close)


stream = Stream()
