"""A toxic out of words, and what is said about words that make none."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockservice.interfaces import DATAGRAM, STREAM
from sockservice.sockets.toxic import TYPES, Toxic, WrongToxic, conflicts, read_toxic


def test_what_is_not_said_is_as_in_toxiproxy():
    toxic = read_toxic({"type": "latency", "attributes": {"latency": 100}})
    assert toxic == Toxic("latency", "latency_downstream", "downstream", 1.0, None, {"latency": 100, "jitter": 0})
    assert toxic.kind is STREAM
    assert read_toxic({"type": "down", "stream": "upstream"}).name == "down_upstream"


def test_everything_that_may_be_said():
    words = {"type": "loss", "name": "bad link", "stream": "upstream", "toxicity": 0.5, "seed": 7}
    toxic = read_toxic({**words, "attributes": {"rate": 0.25}})
    assert toxic == Toxic("loss", "bad link", "upstream", 0.5, 7, {"rate": 0.25})
    assert toxic.kind is DATAGRAM


@pytest.mark.parametrize(
    ("words", "keys", "message"),
    [
        ({}, (), "a toxic needs a 'type'"),
        ({"type": "latncy"}, ("type",), "there is no toxic 'latncy'; did you mean 'latency'?"),
        ({"type": ["latency"]}, ("type",), "there is no toxic ['latency']"),
        ({"type": "down", "strem": "upstream"}, ("strem",), "'strem' is not known here; did you mean 'stream'?"),
        ({"type": "down", "name": ""}, ("name",), "'name' must be text, not ''"),
        (
            {"type": "down", "stream": "upsteam"},
            ("stream",),
            "'stream' must be downstream or upstream, not 'upsteam'; did you mean 'upstream'?",
        ),
        ({"type": "down", "toxicity": 1.5}, ("toxicity",), "'toxicity' must be a number from 0 to 1, not 1.5"),
        ({"type": "down", "toxicity": True}, ("toxicity",), "'toxicity' must be a number from 0 to 1, not True"),
        ({"type": "down", "seed": 0.5}, ("seed",), "'seed' must be a whole number from"),
        ({"type": "down", "attributes": [1]}, ("attributes",), "'attributes' must be a map, not [1]"),
        ({"type": "down", "attributes": {"x": 1}}, ("attributes", "x"), "down has no attribute 'x'"),
        ({"type": "bandwidth"}, ("attributes",), "bandwidth needs its attribute 'rate': a number of KB/s from 0.001"),
        (
            {"type": "bandwidth", "attributes": {"rate": 0}},
            ("attributes", "rate"),
            "'rate' of bandwidth must be a number of KB/s from 0.001 to 1000000000, not 0",
        ),
        (
            {"type": "latency", "attributes": {"latency": 5, "jiter": 1}},
            ("attributes", "jiter"),
            "latency has no attribute 'jiter'; did you mean 'jitter'?",
        ),
        (
            {"type": "corrupt", "attributes": {"rate": 0.5, "seed": 1}},
            ("attributes", "seed"),
            "'seed' is no attribute: it stands beside 'attributes'",
        ),
        (
            {"type": "limit_data", "attributes": {"bytes": 1.5}},
            ("attributes", "bytes"),
            "'bytes' of limit_data must be a whole number of bytes from 0 to 1000000000000000, not 1.5",
        ),
        (
            {"type": "latency", "attributes": {"latency": float("nan")}},
            ("attributes", "latency"),
            "'latency' of latency must be a number of milliseconds from 0 to 86400000, not nan",
        ),
        (
            {"type": "slicer", "attributes": {"average_size": 10, "size_variation": 10}},
            ("attributes", "size_variation"),
            "'size_variation' must be below 'average_size' 10",
        ),
    ],
)
def test_a_mistake_says_where_it_is_and_what_would_be_right(words, keys, message):
    with pytest.raises(WrongToxic) as raised:
        read_toxic(words)
    [wrong] = raised.value.wrong
    assert wrong.keys == keys
    assert wrong.message.startswith(message)


def test_all_mistakes_are_told_together():
    with pytest.raises(WrongToxic) as raised:
        read_toxic({"type": "latency", "toxicity": 2, "attributes": {"jitter": -1}})
    assert len(raised.value.wrong) == 3
    assert [str(mistake) for mistake in raised.value.mistakes] == str(raised.value).splitlines()


def test_toxics_of_one_service_have_names_of_their_own_and_its_kind():
    delay = read_toxic({"type": "delay", "attributes": {"delay": 1}})
    down = read_toxic({"type": "down"})
    assert list(conflicts([down, delay], {STREAM, DATAGRAM}, "tea")) == []
    assert list(conflicts([down, down], {STREAM}, "tea")) == [
        (1, "there are two toxics 'down_downstream': give each a 'name' of its own")
    ]
    [(number, message)] = conflicts([delay, down], {DATAGRAM}, "tea")
    assert number == 1
    assert message == "down disturbs streams, and tea has none here; it may have: loss, duplicate, reorder, delay"


def test_with_a_seed_the_chances_of_a_connection_are_the_same_in_every_run():
    seeded = Toxic("down", "down", seed=7)
    assert [seeded.chances(number).random() for number in (1, 2)] == [
        pytest.approx(seeded.chances(1).random()),
        pytest.approx(seeded.chances(2).random()),
    ]
    assert seeded.chances(1).random() != seeded.chances(2).random()
    assert Toxic("down", "down").chances(1).random() != Toxic("down", "down").chances(1).random()


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.none()))
names = st.sampled_from("latency jitter rate delay timeout average_size size_variation bytes window seed other".split())


@given(
    st.dictionaries(
        st.sampled_from("type name stream toxicity seed attributes other".split()),
        st.one_of(
            scalars,
            st.sampled_from([*TYPES, "upstream", "downstream"]),
            st.dictionaries(names, scalars, max_size=3),
        ),
    )
)
def test_any_words_are_a_toxic_or_mistakes(words):
    toxic = None
    with suppress(WrongToxic):
        toxic = read_toxic(words)
    assert toxic is None or toxic.attributes.keys() == TYPES[toxic.type].attributes.keys()
