from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sockservice.errors import ConfigurationError
from sockservice.host.toxic_option import parse_toxic
from sockservice.sockets.toxic import Toxic


@pytest.mark.parametrize(
    ("text", "toxic"),
    [
        ("down", Toxic("down", "down_downstream")),
        ("down:", Toxic("down", "down_downstream")),
        (
            "latency:latency=100,jitter=2.5",
            Toxic("latency", "latency_downstream", attributes={"latency": 100, "jitter": 2.5}),
        ),
        (
            "limit_data:bytes=1000,stream=upstream,toxicity=0.5,seed=-7,name=12",
            Toxic("limit_data", "12", "upstream", 0.5, -7, {"bytes": 1000}),
        ),
    ],
)
def test_a_toxic_in_one_word(text, toxic):
    assert parse_toxic(text) == toxic


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no toxic ''"),
        ("latncy:latency=1", "there is no toxic 'latncy'; did you mean 'latency'?"),
        ("latency:latency", "'latency' lacks its value: write latency=…"),
        ("latency:latency=1,latency=2", "'latency' stands there twice"),
        ("latency:latency=1s", "'latency' of latency must be a number of milliseconds from 0 to 86400000, not '1s'"),
        ("latency:latency=-1", "'latency' of latency must be a number of milliseconds from 0 to 86400000, not -1"),
        ("latency:latency=1,streem=upstream", "latency takes no 'streem'; did you mean 'stream'?"),
        ("latency:latency=1,type=down", "latency takes no 'type'"),
        ("down:stream=up", "'stream' must be downstream or upstream, not 'up'"),
    ],
)
def test_a_mistake_is_told_with_the_option(text, message):
    with pytest.raises(ConfigurationError) as raised:
        parse_toxic(text)
    assert str(raised.value).startswith(f"sockservice --toxic {text}: {message}")


@given(st.text(alphabet="latencydown:=,.-0123 é", max_size=30))
def test_any_text_is_a_toxic_or_a_mistake(text):
    try:
        parse_toxic(text)
    except ConfigurationError as error:
        told = str(error)
    else:
        told = "sockservice --toxic"
    assert told.startswith("sockservice --toxic")
