"""How a function of SQL is described: what it does, with how many arguments, and whether it is pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import attrs

from sockservice.answers import Request
from sockservice.responder.chatter.cells import Cell

Call = Callable[[Request, Sequence[Cell]], Cell]


@attrs.frozen
class Function:
    """A function.

    Attributes:
        call: what it does with the request that it stands in and its arguments.
        least: how many arguments it takes at least.
        most: how many at most.
        pure: whether the same arguments always give the same result.
    """

    call: Call
    least: int = 0
    most: int = 0
    pure: bool = False


class FunctionTable(dict[str, Function]):
    """Functions by name in lower case."""

    def add(self, names: str, least: int = 0, most: int = 0, *, pure: bool = False) -> Callable[[Call], Call]:
        """A decorator that enters a function.

        Args:
            names: its names, with blanks between them.
            least: how many arguments it takes at least.
            most: how many at most.
            pure: whether the same arguments always give the same result.
        """

        def enter(call: Call) -> Call:
            for name in names.split():
                self[name] = Function(call, least, most, pure)
            return call

        return enter
