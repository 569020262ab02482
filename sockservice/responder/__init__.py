"""Request to answer: stubs, their matching, the chatter of drivers. Knows no sockets."""

from sockservice.responder.chain import Chain
from sockservice.responder.chatter import Chatter
from sockservice.responder.sql_prepare import SqlPrepare
from sockservice.responder.stubs import Stubs
from sockservice.responder.unmatched import Unmatched

__all__ = ["Chain", "Chatter", "SqlPrepare", "Stubs", "Unmatched"]
