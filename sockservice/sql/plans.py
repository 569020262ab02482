"""Compiled statements, kept by what they are without their literals."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sockservice.sql.literals import Literal

MOST: Final = 1000
"""How many statements are kept, of those that differ in more than their literals; the least used goes first."""
MOST_VARIANTS: Final = 100
"""How many plans of one statement are kept, which differ in the literals that they depend on."""
BYTES: Final = 32 * 1024 * 1024
"""What the plans of a store may weigh together: a thousand plans of the usual kind have three megabytes."""
LONGEST: Final = 65_536
"""Characters of the longest statement whose plan is kept."""


class Pin(NamedTuple):
    """What a plan depends on of a literal.

    Attributes:
        number: of the literal.
        whole: whether that is its value; else how long it is.
    """

    number: int
    whole: bool = True


class Variants:
    """The plans of one statement: they may depend on some of its literals' values.

    Attributes:
        version: of the catalogue that they were made for.
        weight: about how many bytes they take.
    """

    def __init__(self, version: int) -> None:
        self.version = version
        self.weight = 0
        self._plans: dict[tuple[Pin, ...], dict[Hashable, Any]] = {}
        self._count = 0

    def find(self, literals: Sequence[Literal]) -> Any:
        """The plan for some literals, or None."""
        for pinned, plans in self._plans.items():
            found = plans.get(_values(pinned, literals))
            if found is not None:
                return found
        return None

    def add(self, plan: Any, weight: int, pinned: frozenset[Pin], literals: Sequence[Literal]) -> None:
        """Keep a plan that depends on some literals."""
        if self._count >= MOST_VARIANTS:
            self._plans.clear()
            self._count = self.weight = 0
        pins = tuple(sorted(pinned))
        # What is pinned is kept, as it was written and as it is.
        self.weight += weight + sum(2 * len(literals[number].text) for number, whole in pins if whole)
        self._plans.setdefault(pins, {})[_values(pins, literals)] = plan
        self._count += 1


class Plans:
    """The plans of a store.

    Args:
        size: how many bytes they may weigh together.

    Attributes:
        weight: how many they do, about.
    """

    def __init__(self, size: int = BYTES) -> None:
        self.weight = 0
        self._size = size
        self._kept: OrderedDict[Hashable, Variants] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, key: Hashable, version: int, literals: Sequence[Literal]) -> Any:
        """The plan of a statement, or None.

        Args:
            key: the statement, with all that its plan depends on beside the values of literals.
            version: of the catalogue.
            literals: of the statement.
        """
        variants = self._kept.get(key)
        if variants is None or variants.version != version:
            return None
        self._kept.move_to_end(key)
        return variants.find(literals)

    def add(
        self,
        key: Hashable,
        version: int,
        plan: Any,
        weight: int,
        pinned: frozenset[Pin],
        literals: Sequence[Literal],
    ) -> None:
        """Keep a plan; see :meth:`find`.

        Args:
            key: likewise.
            version: likewise.
            plan: what is kept.
            weight: about how many bytes it takes.
            pinned: what it depends on of the literals.
            literals: of the statement.
        """
        variants = self._kept.pop(key, None)
        if variants is not None:
            self.weight -= variants.weight
        if variants is None or variants.version != version:
            variants = Variants(version)
        variants.add(plan, weight, pinned, literals)
        self._kept[key] = variants
        self.weight += variants.weight
        while self._kept and (len(self._kept) > MOST or self.weight > self._size):
            self.weight -= self._kept.popitem(last=False)[1].weight


def _values(pins: tuple[Pin, ...], literals: Sequence[Literal]) -> Hashable:
    return tuple([_value(literals[number]) if whole else size(literals[number]) for number, whole in pins])


def _value(literal: Literal) -> Hashable:
    return literal.kind, literal.text, literal.value


def size(literal: Literal) -> tuple[int, int]:
    """How long a literal is: its digits, letters or bytes, and its digits behind the point."""
    value = literal.value
    if literal.kind == "double":
        return len(literal.text), 0
    if literal.kind == "decimal":
        whole, _, part = literal.text.partition(".")
        return max(len(whole) + len(part), 1), len(part)
    if isinstance(value, Decimal):
        _, digits, exponent = value.as_tuple()
        scale = max(0, -exponent) if isinstance(exponent, int) else 0
        return max(len(digits), scale, 1), scale
    if isinstance(value, int):
        return len(str(abs(value))), 0
    return (len(value), 0) if isinstance(value, (str, bytes)) else (0, 0)


def shape(literals: Sequence[Literal]) -> tuple[Hashable, ...]:
    """What a plan depends on of all literals: their kinds."""
    return tuple([_shape(literal) for literal in literals])


def _shape(literal: Literal) -> str:
    return type(literal.value).__name__ if literal.kind == "parameter" else literal.kind
