"""Answers to bytes, pauses and endings: what is to be done with a connection, step by step."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TypeAlias

from sockservice.answers import Answer, Disturbed, Error, Message, Ok, Results
from sockservice.disturbances import Break, Disturbance, Dribble, Ending, Stall, Truncated
from sockservice.messages.framing import Framing

Step: TypeAlias = bytes | float | Ending
"""Bytes to send, seconds to wait, or how it ends; nothing follows an ending."""


def steps(answer: Answer | None, framing: Framing) -> Iterator[Step]:
    """What is done for an answer.

    Args:
        answer: a Message, several (Results), an Ok for none, an Error (which is the end of the connection: there are
            no words for it here), or one of these disturbed.
        framing: how messages are sent.

    Raises:
        ValueError: a frame cannot hold a message, or it is no answer for a service of messages.
    """
    disturbances: list[Disturbance] = []
    while isinstance(answer, Disturbed):
        disturbances.extend(answer.disturbances)
        answer = answer.answer
    messages = _framed(answer, framing)
    if not disturbances:
        yield from filter(None, messages)
    data = b"".join(messages)
    ending = Ending.FIN if isinstance(answer, Error) else None
    dribble: Dribble | None = None
    for disturbance in disturbances:
        if isinstance(disturbance, Stall):
            if disturbance.seconds is None:
                yield Ending.STALL
                return
            yield disturbance.seconds
        elif isinstance(disturbance, Dribble):
            dribble = disturbance
        elif isinstance(disturbance, Break):
            data, ending = data[: disturbance.after_bytes], disturbance.ending
        elif isinstance(disturbance, Truncated):
            data, ending = data[: disturbance.keep], disturbance.ending
    if disturbances:
        yield from _pieces(data, dribble)
    if ending is not None:
        yield ending


def _framed(answer: Answer | None, framing: Framing) -> list[bytes]:
    """The messages of an answer, each in its frame: datagrams of their own, where it is sent by these."""
    if answer is None or isinstance(answer, (Ok, Error)):
        return []
    if isinstance(answer, Message):
        return [answer.data if answer.raw else framing.frame(answer.data)]
    if isinstance(answer, Results):
        return [message for result in answer.results for message in _framed(result, framing)]
    raise ValueError(f"a {type(answer).__name__} cannot be sent as a message")


def _pieces(data: bytes, dribble: Dribble | None) -> Iterator[Step]:
    if dribble is None or len(data) < 2:
        if data:
            yield data
        return
    count = min(dribble.chunks, len(data))
    edges = [len(data) * number // count for number in range(count + 1)]
    for start, stop in itertools.pairwise(edges):
        if start:
            yield dribble.seconds / (count - 1)
        yield data[start:stop]
