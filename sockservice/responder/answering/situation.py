"""All that an answer may depend on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import attrs

from sockservice.answers import Request, Value

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace

NO_GROUPS: Final[Mapping[str, str]] = MappingProxyType({})


@attrs.frozen
class Situation:
    """One request, and the stub that answers it.

    Attributes:
        request: what was asked.
        workspace: where: its states, counters, random numbers and clock.
        groups: the named groups of the stub's regular expression.
        values: what stands for the ``?`` of the stub, else for the parameters of the request, in order.
        call: which call of the stub this is, from 1.
    """

    request: Request
    workspace: Workspace
    groups: Mapping[str, str] = NO_GROUPS
    values: Sequence[Value] = ()
    call: int = 1
