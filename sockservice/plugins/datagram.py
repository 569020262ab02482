"""datagram: any protocol over UDP, answered by stubs."""

from __future__ import annotations

from twisted.plugin import IPlugin
from zope.interface import implementer

from sockservice.interfaces import IDatagramService, IHost
from sockservice.plugins._message_datagrams import MessageDatagrams
from sockservice.plugins._message_service import MessageOptions, MessageService


@implementer(IPlugin, IDatagramService)
class Datagram:
    """The plugin."""

    name = "datagram"
    summary = "any protocol over UDP, answered by stubs"
    default_port = 7071
    options = MessageOptions

    def datagram_protocol(self, host: IHost) -> MessageDatagrams:
        """See :class:`sockservice.interfaces.IDatagramService`."""
        service = MessageService(host)
        return MessageDatagrams(service.server, service.responder, host.reactor, ended=service.close)


datagram = Datagram()
