"""The toxics of one service as a list that may change while it runs."""

from __future__ import annotations

import pytest
from toxic_wires import toxic
from twisted.internet.task import Clock

from sockservice.errors import ConfigurationError
from sockservice.interfaces import STREAM
from sockservice.sockets.toxics import Toxics

LATENCY, DOWN, LOSS = toxic("latency", latency=100), toxic("down", stream="upstream"), toxic("loss", rate=0.5)


@pytest.fixture
def toxics():
    return Toxics(Clock(), [LATENCY])


def test_they_are_added_updated_removed_and_reset(toxics):
    toxics.add(DOWN)
    toxics.add(LOSS)
    assert list(toxics) == [LATENCY, DOWN, LOSS]
    assert toxics.of(STREAM, "upstream") == [DOWN]
    longer = toxic("latency", latency=200)
    toxics.update(longer)
    toxics.remove("down_upstream")
    assert list(toxics) == [longer, LOSS]
    toxics.reset()
    assert len(toxics) == 0


def test_what_cannot_be_changes_nothing_and_says_why(toxics):
    with pytest.raises(ConfigurationError, match="there are two toxics 'latency_downstream'"):
        toxics.add(LATENCY)
    with pytest.raises(ConfigurationError, match="no toxic named 'latency_down'; did you mean 'latency_downstream'"):
        toxics.remove("latency_down")
    with pytest.raises(ConfigurationError, match="there is no toxic named 'loss_downstream'"):
        toxics.update(LOSS)
    assert list(toxics) == [LATENCY]


def test_those_of_a_kind_that_the_service_has_not_are_refused():
    toxics = Toxics(Clock(), kinds={STREAM}, who="tea")
    with pytest.raises(ConfigurationError, match="loss disturbs datagrams, and tea has none here"):
        toxics.add(LOSS)


def test_only_toxics_for_streams_put_a_layer_under_a_connection(toxics):
    assert toxics.layer() is not None
    toxics.replace([LOSS])
    assert toxics.layer() is None


def test_each_connection_has_chances_of_its_own_that_a_seed_repeats():
    first, second = ([Toxics(Clock(), [toxic("down", toxicity=0.5, seed=3)])] for _ in range(2))
    rolls = [[toxics.layer().down for _ in range(40)] for [toxics] in (first, second)]
    assert rolls[0] == rolls[1]
    assert 8 < sum(rolls[0]) < 32
