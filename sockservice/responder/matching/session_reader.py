"""What ``session`` asks for, made into criteria."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from sockservice.documents import Keys
from sockservice.errors import did_you_mean
from sockservice.responder.chatter import variables
from sockservice.responder.matching.session_criteria import READ, OfSession, attribute, comparable, variable
from sockservice.responder.matching.when_words import SessionWhen

if TYPE_CHECKING:
    from sockservice.responder.matching.condition_reader import Attempt

_ANY_CASE = frozenset(["host", "database"])


def session_criteria(words: SessionWhen, keys: Keys, attempt: Attempt) -> Iterator[OfSession]:
    """The criteria of a ``session``.

    Args:
        words: it.
        keys: the way to it in the document.
        attempt: reads a value, or notes what is wrong with it.
    """
    if words == SessionWhen():
        attempt(_wanted, [], at=keys)
    for name, read in READ.items():
        given = getattr(words, name)
        if given is not UNSET and (wanted := attempt(_wanted, given, at=(*keys, name))):
            yield OfSession(name, tuple(one.lower() for one in wanted) if name in _ANY_CASE else wanted, read)
    if words.client is not UNSET:
        for name, given in words.client.items():
            if wanted := attempt(_wanted, given, at=(*keys, "client", name)):
                yield OfSession(f"client.{name}", wanted, attribute(name))
    if words.var is not UNSET:
        for name, given in words.var.items():
            attempt(_check_variable, name, at=(*keys, "var", name))
            if wanted := attempt(_wanted, given, at=(*keys, "var", name)):
                yield OfSession(f"var.{name}", tuple(map(comparable, wanted)), variable(name))


def _wanted(given: Any) -> tuple[Any, ...]:
    if isinstance(given, list) and not given:
        raise ValueError("at least one is wanted here")
    return tuple(given) if isinstance(given, list) else (given,)


def _check_variable(name: str) -> None:
    known = variables.variables()
    if not name.startswith("@") and name.lower() not in known:
        raise ValueError(f"MySQL has no system variable {name!r}{did_you_mean(name, known)}")
