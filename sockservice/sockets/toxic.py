"""A toxic as a value: what it disturbs and how much, and the table of what each type takes.

Types, attributes and units of streams are Toxiproxy's (``corrupt`` and ``slow_open`` are ours, ``down`` is what
Toxiproxy does to a proxy that is not enabled), so that its users know them and its files can be taken over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from random import Random
from typing import Any, Final

import attrs

from sockservice.errors import ConfigurationError, did_you_mean
from sockservice.interfaces import DATAGRAM, STREAM, Kind

DOWNSTREAM: Final = "downstream"
"""To the client."""
UPSTREAM: Final = "upstream"
"""From the client."""

DAY: Final = 86_400_000
"""The longest time a toxic may take, in milliseconds."""

COMMON: Final = ("type", "name", "stream", "toxicity", "seed", "attributes")
"""The words that every toxic takes."""


@attrs.frozen
class Attribute:
    """What one attribute may be.

    Attributes:
        what: its unit, as in "a number of milliseconds".
        least: the smallest value.
        most: the largest value.
        whole: whether only whole numbers make sense.
        default: what it is where it is not given; None where it must be.
    """

    what: str
    least: float
    most: float
    whole: bool = False
    default: float | None = None

    def fits(self, value: object) -> bool:
        """Whether a value is one that the attribute may have."""
        number = isinstance(value, int if self.whole else (int, float)) and not isinstance(value, bool)
        return number and self.least <= value <= self.most  # type: ignore[operator]

    def __str__(self) -> str:
        number = "a whole number" if self.whole else "a number"
        return f"{number}{self.what} from {self.least} to {self.most}"


@attrs.frozen
class ToxicType:
    """What toxics of one type disturb and take.

    Attributes:
        kind: STREAM or DATAGRAM.
        attributes: by their names.
    """

    kind: Kind
    attributes: Mapping[str, Attribute]


def _milliseconds(default: float | None = None) -> Attribute:
    return Attribute(" of milliseconds", 0, DAY, default=default)


def _bytes(least: int, default: float | None = None) -> Attribute:
    return Attribute(" of bytes", least, 10**15, whole=True, default=default)


_SHARE: Final = Attribute("", 0, 1)
_ANY_WHOLE: Final = Attribute("", -(2**63), 2**63 - 1, whole=True)

TYPES: Final[Mapping[str, ToxicType]] = {
    "latency": ToxicType(STREAM, {"latency": _milliseconds(), "jitter": _milliseconds(0)}),
    "bandwidth": ToxicType(STREAM, {"rate": Attribute(" of KB/s", 0.001, 10**9)}),
    "slow_open": ToxicType(STREAM, {"delay": _milliseconds()}),
    "slow_close": ToxicType(STREAM, {"delay": _milliseconds()}),
    "timeout": ToxicType(STREAM, {"timeout": _milliseconds(0)}),
    "reset_peer": ToxicType(STREAM, {"timeout": _milliseconds(0)}),
    "slicer": ToxicType(
        STREAM,
        {
            "average_size": _bytes(1),
            "size_variation": _bytes(0, default=0),
            "delay": Attribute(" of microseconds", 0, DAY * 1000, default=0),
        },
    ),
    "limit_data": ToxicType(STREAM, {"bytes": _bytes(0)}),
    "corrupt": ToxicType(STREAM, {"rate": _SHARE}),
    "down": ToxicType(STREAM, {}),
    "loss": ToxicType(DATAGRAM, {"rate": _SHARE}),
    "duplicate": ToxicType(DATAGRAM, {"rate": _SHARE}),
    "reorder": ToxicType(
        DATAGRAM,
        {
            "rate": _SHARE,
            "window": Attribute(" of datagrams", 1, 1000, whole=True, default=1),
            "timeout": _milliseconds(1000),
        },
    ),
    "delay": ToxicType(DATAGRAM, {"delay": _milliseconds(), "jitter": _milliseconds(0)}),
}
"""Every type. Kilobytes have 1000 bytes, as Toxiproxy counts them."""


@attrs.frozen
class Toxic:
    """One toxic of a service.

    Attributes:
        type: a key of :data:`TYPES`.
        name: tells it from the others of the service.
        stream: DOWNSTREAM or UPSTREAM.
        toxicity: the share of connections, or of datagrams, that it disturbs, 0 to 1.
        seed: makes its chances the same in every run; None for others each time.
        attributes: every attribute of the type.
    """

    type: str
    name: str
    stream: str = DOWNSTREAM
    toxicity: float = 1.0
    seed: int | None = None
    attributes: Mapping[str, float] = attrs.field(factory=dict)

    @property
    def kind(self) -> Kind:
        """STREAM or DATAGRAM."""
        return TYPES[self.type].kind

    def chances(self, number: int) -> Random:
        """Its chances on the connection or port with this number: with a seed, the same in every run."""
        return Random() if self.seed is None else Random(f"{self.seed} {self.name} {number}")  # noqa: S311


@attrs.frozen
class Wrong:
    """One thing that is wrong with the words of a toxic.

    Attributes:
        message: what, and what would be right.
        keys: the way to the value, for example ``("attributes", "latency")``.
        at_key: whether the key itself is meant, not its value.
    """

    message: str
    keys: tuple[str, ...] = ()
    at_key: bool = False


class WrongToxic(ConfigurationError):
    """The words do not make a toxic.

    Attributes:
        wrong: everything that is wrong with them.
    """

    def __init__(self, wrong: Iterable[Wrong]) -> None:
        self.wrong = tuple(wrong)
        super().__init__("\n".join(each.message for each in self.wrong))
        if len(self.wrong) > 1:
            self.mistakes = tuple(WrongToxic([each]) for each in self.wrong)


def read_toxic(words: Mapping[str, Any]) -> Toxic:
    """A toxic out of the words that Toxiproxy's API and files have for it.

    Args:
        words: ``type``, and perhaps ``name`` (TYPE_STREAM by default), ``stream`` (``downstream``), ``toxicity`` (1),
            ``seed`` and ``attributes``.

    Raises:
        WrongToxic: with all that is wrong.
    """
    wrong = list(_wrong_words(words))
    if wrong:
        raise WrongToxic(wrong)
    type_name, stream = words["type"], words.get("stream", DOWNSTREAM)
    known = TYPES[type_name].attributes
    defaults = {name: attribute.default for name, attribute in known.items() if attribute.default is not None}
    return Toxic(
        type=type_name,
        name=words.get("name") or f"{type_name}_{stream}",
        stream=stream,
        toxicity=words.get("toxicity", 1.0),
        seed=words.get("seed"),
        attributes={**defaults, **(words.get("attributes") or {})},
    )


def _wrong_words(words: Mapping[str, Any]) -> Iterator[Wrong]:
    for word in words:
        if word not in COMMON:
            yield Wrong(f"{word!r} is not known here{did_you_mean(word, COMMON)}", (word,), at_key=True)
    if words.get("name") is not None and not (isinstance(words["name"], str) and words["name"]):
        yield Wrong(f"'name' must be text, not {words['name']!r}", ("name",))
    if words.get("stream", DOWNSTREAM) not in (DOWNSTREAM, UPSTREAM):
        guess = did_you_mean(str(words["stream"]), (DOWNSTREAM, UPSTREAM))
        yield Wrong(f"'stream' must be downstream or upstream, not {words['stream']!r}{guess}", ("stream",))
    for word, attribute in (("toxicity", _SHARE), ("seed", _ANY_WHOLE)):
        if words.get(word) is not None and not attribute.fits(words[word]):
            yield Wrong(f"{word!r} must be {attribute}, not {words[word]!r}", (word,))
    type_name, given = words.get("type"), words.get("attributes") or {}
    if type_name is None:
        yield Wrong("a toxic needs a 'type'")
    elif type_name not in TYPES if isinstance(type_name, str) else True:
        yield Wrong(f"there is no toxic {type_name!r}{did_you_mean(str(type_name), TYPES)}", ("type",))
    elif not isinstance(given, Mapping):
        yield Wrong(f"'attributes' must be a map, not {given!r}", ("attributes",))
    else:
        yield from _wrong_attributes(type_name, given)


def _wrong_attributes(type_name: str, given: Mapping[str, Any]) -> Iterator[Wrong]:
    known = TYPES[type_name].attributes
    for name, value in given.items():
        keys = ("attributes", name)
        if name in known:
            if not known[name].fits(value):
                yield Wrong(f"{name!r} of {type_name} must be {known[name]}, not {value!r}", keys)
        elif name in COMMON:
            yield Wrong(f"{name!r} is no attribute: it stands beside 'attributes'", keys, at_key=True)
        else:
            yield Wrong(f"{type_name} has no attribute {name!r}{did_you_mean(name, known)}", keys, at_key=True)
    for name, attribute in known.items():
        if attribute.default is None and name not in given:
            yield Wrong(f"{type_name} needs its attribute {name!r}: {attribute}", ("attributes",))
    if type_name == "slicer":
        size, variation = given.get("average_size"), given.get("size_variation", 0)
        if known["average_size"].fits(size) and known["size_variation"].fits(variation) and variation >= size:
            yield Wrong(f"'size_variation' must be below 'average_size' {size}", ("attributes", "size_variation"))


def conflicts(toxics: Iterable[Toxic], kinds: Collection[Kind], who: str) -> Iterator[tuple[int, str]]:
    """What keeps toxics from being the toxics of one service.

    Args:
        toxics: in their order.
        kinds: what the service listens for: STREAM, DATAGRAM or both.
        who: what a message calls the service.

    Yields:
        The number of a toxic in the list, from 0, and what is wrong with it there.
    """
    names: set[str] = set()
    for index, toxic in enumerate(toxics):
        if toxic.name in names:
            yield index, f"there are two toxics {toxic.name!r}: give each a 'name' of its own"
        names.add(toxic.name)
        if toxic.kind not in kinds:
            right = ", ".join(name for name, each in TYPES.items() if each.kind in kinds)
            yield index, f"{toxic.type} disturbs {toxic.kind.value}s, and {who} has none here; it may have: {right}"
