"""Compiled statements, kept by what they are without their literals."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any, Final

from sockservice.sql.literals import Literal

MOST: Final = 1000
"""How many statements are kept, of those that differ in more than their literals; the least used goes first."""
MOST_VARIANTS: Final = 100
"""How many plans of one statement are kept, which differ in the literals that they depend on."""
BYTES: Final = 32 * 1024 * 1024
"""What the plans of a store may weigh together: a thousand plans of the usual kind have three megabytes."""
LONGEST: Final = 65_536
"""Characters of the longest statement whose plan is kept."""


class Variants:
    """The plans of one statement: they may depend on some of its literals' values.

    Attributes:
        version: of the catalogue that they were made for.
        weight: about how many bytes they take.
    """

    def __init__(self, version: int) -> None:
        self.version = version
        self.weight = 0
        self._plans: dict[tuple[int, ...], dict[Hashable, Any]] = {}
        self._count = 0

    def find(self, literals: Sequence[Literal]) -> Any:
        """The plan for some literals, or None."""
        for pinned, plans in self._plans.items():
            found = plans.get(_values(pinned, literals))
            if found is not None:
                return found
        return None

    def add(self, plan: Any, weight: int, pinned: frozenset[int], literals: Sequence[Literal]) -> None:
        """Keep a plan that depends on some literals."""
        if self._count >= MOST_VARIANTS:
            self._plans.clear()
            self._count = self.weight = 0
        self.weight += weight
        numbers = tuple(sorted(pinned))
        self._plans.setdefault(numbers, {})[_values(numbers, literals)] = plan
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
        pinned: frozenset[int],
        literals: Sequence[Literal],
    ) -> None:
        """Keep a plan; see :meth:`find`.

        Args:
            key: likewise.
            version: likewise.
            plan: what is kept.
            weight: about how many bytes it takes.
            pinned: the numbers of the literals that it depends on.
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


def _values(numbers: tuple[int, ...], literals: Sequence[Literal]) -> Hashable:
    return tuple((literals[number].kind, literals[number].text, literals[number].value) for number in numbers)


def shape(literals: Sequence[Literal]) -> tuple[Hashable, ...]:
    """What a plan depends on of all literals: their kinds, and of decimals their digits."""
    return tuple([_shape(literal) for literal in literals])


def _shape(literal: Literal) -> str:
    return type(literal.value).__name__ if literal.kind == "parameter" else literal.kind
