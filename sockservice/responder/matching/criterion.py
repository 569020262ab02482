"""What a ``when`` is made of."""

from __future__ import annotations

from typing import Final, Protocol

from sockservice.responder.matching.subject import Subject

STATEMENT: Final = 2.0
"""The weight of a criterion that says which statement is meant."""
KIND: Final = 0.4
"""The weight of one that says no more of the statement than what kind it is."""
NOTHING: Final = 0.0
"""The weight of one that says nothing of the statement: who asks, in which state."""


class Criterion(Protocol):
    """One thing that a ``when`` asks for.

    Attributes:
        fixed: whether the text of the request and its parameters alone decide, so that the verdict can be remembered
            by them: not so for what depends on the session, a state or code.
        weight: how sure it is, where it holds, that a request was meant for the stub: :data:`STATEMENT`,
            :data:`KIND` or :data:`NOTHING`.
    """

    @property
    def fixed(self) -> bool:
        """See above."""

    @property
    def weight(self) -> float:
        """See above."""

    def holds(self, subject: Subject) -> bool:
        """Whether the request has it."""

    def why_not(self, subject: Subject) -> str:
        """Why the request has it not, for a near miss, for example ``params[0]: expected 42, got 43``."""
