"""What is remembered by the text of a statement, in bounded memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")

OVERHEAD: Final = 150
"""Bytes that an entry costs beside its text and its value, counted as characters."""


class Remembered(Generic[T]):
    """A dict of texts that forgets what was not asked for lately.

    There are two generations: when the younger is full it becomes the older one, which is forgotten, and what is asked
    for again moves back into the younger.

    Args:
        characters: how many characters of text a generation holds.
        weigh: what a value costs besides its text, as characters.

    Attributes:
        young: the younger generation; who is in a hurry looks there first, and calls :meth:`get` for the rest.
    """

    def __init__(self, characters: int, weigh: Callable[[T], int] = lambda _: 0) -> None:
        self.young: dict[str, T] = {}
        self._characters = characters
        self._weigh = weigh
        self._old: dict[str, T] = {}
        self._room = characters

    def __len__(self) -> int:
        return len(self.young) + len(self._old)

    def get(self, text: str) -> T | None:
        """What is remembered of a text."""
        value = self.young.get(text)
        if value is None:
            value = self._old.pop(text, None)
            if value is not None:
                self.put(text, value)
        return value

    def put(self, text: str, value: T) -> None:
        """Remember something of a text, unless that is too long to be one of many."""
        cost = len(text) + self._weigh(value) + OVERHEAD
        if cost > self._characters // 16:
            return
        self._room -= cost
        if self._room < 0:
            self._old, self.young = self.young, {}
            self._room = self._characters - cost
        self.young[text] = value

    def clear(self) -> None:
        """Forget everything."""
        self.young, self._old = {}, {}
        self._room = self._characters
