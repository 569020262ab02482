"""Where a session is in its life."""

from __future__ import annotations

import enum


class State(enum.Enum):
    """Where a session is in its life."""

    LOGIN = "login"
    """The greeting is out; the user is not in yet."""
    READY = "ready"
    """The next command may be taken."""
    ANSWERING = "answering"
    """A request was given out; commands that come meanwhile wait."""
    RECEIVING = "receiving"
    """The client was asked for a file, which comes."""
    SENDING = "sending"
    """The answer is being sent, as far as its rows have come."""
    CLOSING = "closing"
    """Nothing is read any more; what is due is sent, then the connection is closed."""
