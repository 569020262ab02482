"""The functions of the dialect: how each is called, what type it gives, and its Python."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

import attrs

from sockservice.sql.typed import Typed
from sockservice.sqltypes import SqlType

Call = TypeVar("Call", bound=Callable[..., Any])

Returns: TypeAlias = SqlType | Callable[[Sequence[Typed]], SqlType]
"""The type of a function's value, or what tells it from the arguments."""


@attrs.frozen
class Function:
    """A function.

    Attributes:
        name: as SQLite knows it: ``f_concat``.
        call: its Python; given stored values, gives one.
        arguments: a letter for each argument, which says what it is converted to before: ``s`` text, ``w`` text
            that is a number, ``b`` bytes,
            ``i`` whole number, ``n`` number of any kind, ``f`` double, ``d`` decimal, ``m`` date and time, ``t`` time,
            ``j`` JSON, ``o`` a JSON document, ``x`` as it is. Those behind ``|`` may be left out;
            ``*`` repeats the last one.
        returns: the type of its value.
        nulls: whether it is called for NULL too; else that gives NULL.
        pure: whether the same arguments always give the same value.
        nullable: whether it may give NULL for arguments that are not.
        collated: whether its last argument is the name of the collation that its texts are compared by.
        counts_letters: whether it tells places in a text, which are those of bytes where that is bytes.
    """

    name: str
    call: Callable[..., Any]
    arguments: str
    returns: Returns
    nulls: bool = False
    pure: bool = True
    nullable: bool = False
    collated: bool = False
    counts_letters: bool = False

    @property
    def least(self) -> int:
        """How many arguments it takes at least."""
        return len(self.arguments.partition("|")[0].rstrip("*"))

    @property
    def most(self) -> int | None:
        """How many at most; None for any number."""
        return None if self.arguments.endswith("*") else len(self.arguments.replace("|", ""))

    def letters(self, count: int) -> str:
        """A letter for each of so many arguments."""
        letters = self.arguments.replace("|", "").rstrip("*")
        return letters.ljust(count, letters[-1:] or "x")[:count]


FUNCTIONS: Final[dict[str, Function]] = {}
"""By name in lower case."""

INTERNAL: Final[dict[str, tuple[Callable[..., Any], int]]] = {}
"""What compiled expressions call besides: Python and number of arguments (-1: any), by the name that SQLite knows."""


def function(
    names: str,
    arguments: str,
    returns: Returns,
    *,
    nulls: bool = False,
    pure: bool = True,
    nullable: bool = False,
    collated: bool = False,
    counts_letters: bool = False,
) -> Callable[[Call], Call]:
    """A decorator that enters a function; ``names`` are separated by blanks, the rest is as in :class:`Function`."""

    def enter(call: Call) -> Call:
        first = names.split()[0]
        for name in names.split():
            FUNCTIONS[name] = Function(
                f"f_{first}", call, arguments, returns, nulls, pure, nullable, collated, counts_letters
            )
        return call

    return enter


IMPURE: Final[set[str]] = set()
"""Those of :data:`INTERNAL` that do not always give the same for the same."""


def internal(name: str, arguments: int = -1, *, pure: bool = True) -> Callable[[Call], Call]:
    """A decorator that enters what compiled expressions call; it is given NULL as None."""

    def enter(call: Call) -> Call:
        INTERNAL[name] = (call, arguments)
        if not pure:
            IMPURE.add(name)
        return call

    return enter


def for_values(call: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator of what gives NULL where an argument is NULL."""

    @functools.wraps(call)
    def with_values(*arguments: Any) -> Any:
        return None if None in arguments else call(*arguments)

    return with_values
