"""Invented names, addresses and the like, by Faker, which is an extra: ``pip install sockservice[faker]``."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from random import Random
from typing import Any, Final

from sockservice.errors import did_you_mean

LARGEST: Final = 100_000
"""The largest number that may be asked for, of characters for example."""


def check_installed() -> None:
    """See that Faker is there.

    Raises:
        ValueError: it is not; the message says what to do.
    """
    if importlib.util.find_spec("faker") is None:
        raise ValueError("fake needs Faker: pip install 'sockservice[faker]'")


@functools.cache
def _generator() -> Any:
    from faker import Factory

    return Factory.create()


def invention(name: str, random: Random) -> Callable[..., Any]:
    """A function that invents data.

    Args:
        name: as Faker calls it, for example ``name`` or ``date_of_birth``.
        random: where the inventions come from: the same ones for the same random numbers.

    Raises:
        ValueError: Faker has no such function.
    """
    generator = _generator()
    functions = vars(generator)
    function = functions.get(name)
    if name.startswith("_") or not callable(function):
        known = [word for word, found in functions.items() if callable(found) and not word.startswith("_")]
        raise ValueError(f"fake has no {name!r}{did_you_mean(name, known)}")

    def invent(*args: Any, **kwargs: Any) -> Any:
        for argument in (*args, *kwargs.values()):
            if isinstance(argument, int) and abs(argument) > LARGEST:
                raise ValueError(f"fake.{name} takes numbers up to {LARGEST:,}")
        generator.random = random
        return function(*args, **kwargs)

    return invent
