"""What drivers and tools say on their own, answered as MySQL would, below the stubs."""

from sockservice.responder.chatter.chatter import Chatter

__all__ = ["Chatter"]
