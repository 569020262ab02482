"""Request to answer: stubs, their matching, the chatter of drivers. Knows no sockets."""

from sockservice.responder.chain import Chain
from sockservice.responder.chatter import Chatter
from sockservice.responder.explained import Explained
from sockservice.responder.journal import Journal, Source
from sockservice.responder.journal_lines import JournalLines
from sockservice.responder.sql_prepare import SqlPrepare
from sockservice.responder.stubs import Stubs
from sockservice.responder.unmatched import Unmatched
from sockservice.responder.workspace import CHATTER, FALLBACK, SQL, Workspace
from sockservice.responder.workspaces import Workspaces

__all__ = [
    "CHATTER",
    "FALLBACK",
    "SQL",
    "Chain",
    "Chatter",
    "Explained",
    "Journal",
    "JournalLines",
    "Source",
    "SqlPrepare",
    "Stubs",
    "Unmatched",
    "Workspace",
    "Workspaces",
]
