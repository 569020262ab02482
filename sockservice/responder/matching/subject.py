"""A request as stubs see it: what is worked out of it, once and only when it is first asked for."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from sockservice.answers import Request, Value
from sockservice.interfaces import ISession
from sockservice.responder.matching.fingerprints import Fingerprint, folded
from sockservice.responder.matching.remembered import Remembered
from sockservice.responder.shapes import BOUND, NO_SHAPE, Literal, Outline, Shape, literal_value, outline_of
from sockservice.responder.tokens import TooManyTokens

if TYPE_CHECKING:
    from sockservice.responder.matching.parsed_statement import ParsedStatement
    from sockservice.responder.workspace import Workspace

LONGEST: Final = 2 * 1024 * 1024
"""Characters of the longest statement that is taken apart, unless a stub is nearly as long. A BLOB fits in; what is
longer takes too long, and only ``sql_exact`` and ``regex`` are tried on it."""
TOKENS: Final = 4096
"""Tokens, comments and stretches of white space of such a statement, unless a stub has nearly as many."""


class Limits(NamedTuple):
    """How long a statement is taken apart.

    Attributes:
        length: characters of the statement.
        tokens: its tokens, comments and stretches of white space.
        token: characters of the longest token that is decoded: a longer one equals nothing in a stub.
    """

    length: int = LONGEST
    tokens: int = TOKENS
    token: int = LONGEST

    @classmethod
    def together(cls, every: Iterable[Limits]) -> Limits:
        """Those that all of several sets of stubs are content with."""
        return cls(*map(max, zip(*every, strict=True)))


class Subject:
    """A request in its workspace.

    Args:
        request: what was asked.
        workspace: where; its states may matter. None: no scenario is in any state.
        limits: how long a statement is taken apart.
        outlines: the statements that were taken apart before, by their texts; where what is bound to a statement is all
            that changes, it need not be taken apart again.
    """

    def __init__(
        self,
        request: Request,
        workspace: Workspace | None = None,
        limits: Limits = Limits(),  # noqa: B008 - it is a tuple
        outlines: Remembered[Outline] | None = None,
    ) -> None:
        self.request = request
        self.workspace = workspace
        self._limits = limits
        self._outlines = outlines

    @property
    def text(self) -> str:
        """The statement."""
        return self.request.text

    @property
    def session(self) -> ISession:
        """Who asks."""
        return self.request.session

    @property
    def awaits_values(self) -> bool:
        """Whether the statement is only prepared, so that a ``?`` may become anything."""
        return self.request.command == "prepare"

    def state(self, scenario: str) -> str:
        """The state that a scenario is in; ``""`` for none."""
        return "" if self.workspace is None else self.workspace.state(scenario)

    @functools.cached_property
    def bare(self) -> str:
        """The statement without space and ``;`` at its ends, as regular expressions see it."""
        return self.text.lstrip().rstrip("; \t\r\n\f\v")

    @functools.cached_property
    def outline(self) -> Outline | None:
        """The statement taken apart, or None where it is too long for that."""
        text = self.text
        if len(text) > self._limits.length:
            return None
        kept = self._outlines if self.request.params else None
        found = None if kept is None else kept.get(text)
        if found is None:
            try:
                found = outline_of(text, limit=self._limits.tokens, longest=self._limits.token)
            except TooManyTokens:
                return None
            if kept is not None:
                kept.put(text, found)
        return found

    @functools.cached_property
    def shape(self) -> Shape:
        """The statement with what is bound to it; no shape at all where it is too long to be taken apart."""
        return NO_SHAPE if self.outline is None else self.outline.filled(self.request.params)

    @property
    def literals(self) -> tuple[Literal, ...]:
        """What stands in the holes of its shape."""
        return self.shape.literals

    @functools.cached_property
    def fingerprint(self) -> Fingerprint:
        """Its shape with the lists of literals folded."""
        return folded(self.shape.parts)

    @functools.cached_property
    def statement(self) -> ParsedStatement | None:
        """The statement parsed; None where it cannot be."""
        # Without a stub that asks for it, the parser is not even imported.
        from sockservice.responder.matching.parsed_statement import parsed

        return None if self.outline is None else parsed(self.outline)

    @functools.cached_property
    def parameters(self) -> tuple[Literal, ...]:
        """What is bound to it, or where nothing is, all literals in it."""
        outline = self.outline
        if outline is None or not outline.parameters:
            return self.literals
        if not self.request.params and not self.awaits_values:
            return self.literals
        return tuple(self.literals[hole] for hole, _ in outline.parameters)

    def values(self, holes: Sequence[int] | None = None) -> tuple[Value, ...]:
        """Values as Python has them, bound ones as the client typed them.

        Args:
            holes: what stands in these holes of its shape, as far as it has them; None: what is bound, or else all
                literals.
        """
        bound = self.request.params
        if holes is None:
            return bound or tuple(map(literal_value, self.literals))
        outline = self.outline
        assert outline is not None
        typed = {hole: value for (hole, minus), value in zip(outline.parameters, bound, strict=False) if not minus}
        literals = self.literals
        return tuple(
            typed[hole] if hole in typed else literal_value(literals[hole]) for hole in holes if hole < len(literals)
        )

    def is_open(self, literals: Iterable[Literal]) -> bool:
        """Whether the values of these are not known before the statement is executed."""
        return self.awaits_values and BOUND in literals
