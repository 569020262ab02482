"""Where expressions are evaluated, and what an expression is once it was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import attrs

from sockservice.answers import Request
from sockservice.interfaces import ISession
from sockservice.responder.chatter.cells import Cell


@attrs.frozen
class Place:
    """Where an expression is evaluated.

    Attributes:
        request: whose session and parameters.
        row: the columns of the current row by name in lower case; empty where there is no table.
    """

    request: Request
    row: Mapping[str, Cell] = attrs.field(factory=dict)

    @property
    def session(self) -> ISession:
        """The session of the request."""
        return self.request.session


Evaluate = Callable[[Place], Cell]


class Expression(NamedTuple):
    """An expression that was read.

    Attributes:
        evaluate: its value in a place; raises NotUnderstood or Refused.
        constant: whether it is the same in every place.
    """

    evaluate: Evaluate
    constant: bool = False
