"""A fault as one word of a command line: ``deadlock:times=2,probability=0.5,seed=7``.

Behind the name and a colon stand the parameters, with commas between; one without ``=`` is the value of the main one,
as in ``disconnect_after_rows:1200,how=rst``. What has parts of its own (``when``, random delays) stands in stub files.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Final

import msgspec

from sockservice.errors import did_you_mean
from sockservice.responder.faults.fault import Fault
from sockservice.responder.faults.fault_reader import read_fault
from sockservice.responder.faults.named_faults import FAULTS


def read_fault_option(text: str) -> Fault:
    """The fault that a text describes.

    Raises:
        ValueError: it describes none; the message says why.
    """
    name, _, rest = text.strip().partition(":")
    if name not in FAULTS:
        raise ValueError(f"{name!r} is no fault{did_you_mean(name, FAULTS)}")
    fault = FAULTS[name]
    types = {field.encode_name: field.type for field in msgspec.structs.fields(fault)}
    parameters: dict[str, Any] = {}
    for word in filter(None, map(str.strip, rest.split(","))):
        key, equals, value = (part.strip() for part in word.partition("="))
        if not equals and not fault.main:
            raise ValueError(f"{name!r} takes parameters such as times=2, not {word!r}")
        key, value = (key, value) if equals else (fault.main, key)
        if key in parameters:
            raise ValueError(f"{name!r} has {key!r} twice")
        parameters[key] = _typed(value, types.get(key, str))
    return read_fault({name: parameters} if parameters else name)


def _typed(text: str, wanted: Any) -> Any:
    """A value as its parameter wants it: a number, a truth value, a text or a list of one text, as fits first."""
    for read in _READERS:
        with contextlib.suppress(ValueError, KeyError):
            value = read(text)
            msgspec.convert(value, wanted)
            return value
    return text


_READERS: Final[tuple[Callable[[str], Any], ...]] = (
    int,
    float,
    {"true": True, "false": False}.__getitem__,
    str,
    lambda text: [text],
)
