"""``--toxic TYPE:WORD=VALUE,…``: a toxic in one word of the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sockservice.errors import ConfigurationError, did_you_mean
from sockservice.sockets.toxic import TYPES, Toxic, read_toxic

_BESIDE = ("name", "stream", "toxicity", "seed")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"[0-9]{1,18}\.[0-9]{1,18}")


def parse_toxic(text: str) -> Toxic:
    """A toxic as ``--toxic`` has it, for example ``latency:latency=100,jitter=20,stream=upstream``.

    Args:
        text: the type, and behind a colon the attributes and the words that all toxics take.

    Raises:
        ConfigurationError: it is none; one line for each mistake, with the text.
    """
    type_name, _, rest = text.partition(":")
    words: dict[str, Any] = {"type": type_name, "attributes": {}}
    try:
        for part in filter(None, rest.split(",")):
            name, equals, value = part.partition("=")
            if not equals:
                raise ConfigurationError(f"{part!r} lacks its value: write {name}=…")
            place = words if name in _BESIDE else words["attributes"]
            known = [*TYPES[type_name].attributes, *_BESIDE] if type_name in TYPES else [name]
            if name not in known:
                raise ConfigurationError(f"{type_name} takes no {name!r}{did_you_mean(name, known)}")
            if name in place:
                raise ConfigurationError(f"{name!r} stands there twice")
            place[name] = value if name == "name" else _value(value)
        return read_toxic(words)
    except ConfigurationError as error:
        raise ConfigurationError.together([option_mistake(text, str(each)) for each in error.mistakes]) from error


def parse_toxics(texts: Sequence[str]) -> tuple[Toxic, ...]:
    """The toxics of several options.

    Raises:
        ConfigurationError: the mistakes of all of them together.
    """
    toxics: list[Toxic] = []
    mistakes: list[ConfigurationError] = []
    for text in texts:
        try:
            toxics.append(parse_toxic(text))
        except ConfigurationError as error:
            mistakes.extend(error.mistakes)
    if mistakes:
        raise ConfigurationError.together(mistakes)
    return tuple(toxics)


def option_mistake(text: str, message: str) -> ConfigurationError:
    """The error about one ``--toxic``, which has ``text`` as its value."""
    return ConfigurationError(f"sockservice --toxic {text}: {message}")


def _value(text: str) -> int | float | str:
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
