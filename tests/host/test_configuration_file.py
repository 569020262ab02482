from __future__ import annotations

import json
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sockservice.errors import ConfigurationError
from sockservice.host import configuration_file
from sockservice.host.configuration import Limits
from sockservice.host.configuration_file import survey_configuration, toxics_again
from sockservice.host.discovery import discover
from sockservice.host.endpoints import Tcp, Udp
from sockservice.sockets.toxic import Toxic

DISCOVERY = discover()


def read_configuration(file):
    """The settings of a sound file."""
    configuration = survey_configuration(file)
    if configuration.mistakes:
        raise ConfigurationError.together(configuration.mistakes)
    return configuration.settings


@pytest.fixture
def read(tmp_path):
    def read(text):
        file = tmp_path / "host.yaml"
        file.write_text(text)
        return read_configuration(file)

    return read


def test_a_file_with_everything(read, tmp_path):
    [qotd, echo, discard] = read("""
services:
  - service: qotd
    port: 1717
    interface: 0.0.0.0
    options: {quote: [One., Two.], file: quotes.txt}
  - service: echo
    listen: [tcp:7007, udp:7008]
    max_connections: 3
    idle_timeout: 1.5
    sequential: true
    toxics:
      - {type: latency, attributes: {latency: 100}}
      - {type: loss, name: bad, stream: upstream, toxicity: 0.5, seed: 7, attributes: {rate: 0.25}}
  - service: discard
    listen: unix:discard.sock
""")
    assert qotd.found.name == "qotd"
    assert qotd.endpoints == (Tcp("0.0.0.0", 1717), Udp("0.0.0.0", 1717))
    assert qotd.same_port
    assert qotd.options["quotes"] == ["One.", "Two."]
    assert qotd.path(qotd.options["file"]) == tmp_path / "quotes.txt"
    assert qotd.limits == Limits()
    assert echo.endpoints == (Tcp("127.0.0.1", 7007), Udp("127.0.0.1", 7008))
    assert not echo.same_port
    assert echo.limits == Limits(3, 1.5, sequential=True)
    assert echo.toxics == (
        Toxic("latency", "latency_downstream", attributes={"latency": 100, "jitter": 0}),
        Toxic("loss", "bad", "upstream", 0.5, 7, {"rate": 0.25}),
    )
    assert discard.toxics == ()
    assert discard.endpoints[0].path == tmp_path / "discard.sock"


def test_without_a_port_it_is_the_services_own(read):
    [echo] = read("services: [{service: echo}]")
    assert echo.endpoints == (Tcp("127.0.0.1", 7), Udp("127.0.0.1", 7))


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("services: []", "1:11", "there is no service in it"),
        ("services:\n- service: ehco", "2:12", "there is no service 'ehco'; did you mean 'echo'?"),
        ("services:\n- service: echo\n  prot: 7", "3:3", "'prot' is not known here; did you mean 'port'?"),
        ("services:\n- service: echo\n  port: 70000", "3:9", "'port' must be"),
        ("services:\n- service: echo\n  max_connections: 0", "3:20", "'max_connections' must be"),
        ("services:\n- service: echo\n  idle_timeout: .inf", "3:17", "'idle_timeout' must be"),
        ("services:\n- service: echo\n  idle_timeout: .nan", "3:17", "'idle_timeout' must be"),
        ("services:\n- service: echo\n  interface: localhost", "3:14", "'localhost' is not an address to bind"),
        ("services:\n- service: echo\n  listen: tpc:1", "3:11", "did you mean 'tcp'?"),
        ("services:\n- service: echo\n  listen: tcp:1\n  port: 1", "3:11", "give either 'listen' or those, not both"),
        ("services:\n- service: echo\n  options: {x: 1}", "3:13", "echo has no option 'x'"),
        (
            "services:\n- service: qotd\n  options:\n    qoute: x",
            "4:5",
            "qotd has no option 'qoute'; did you mean 'quote'?",
        ),
        ("services:\n- service: qotd\n  options:\n    quote: true", "4:5", "'quote' needs text or a number"),
        ("services:\n- service: qotd\n  options:\n    quote: [a, {}]", "4:5", "'quote' needs text or a number"),
        ("services:\n- service: qotd\n  options:\n    help: x", "4:5", "qotd has no option 'help'"),
        ("services:\n- service: echo\n  toxics: down", "3:11", "'toxics' must be a list"),
        ("services:\n- service: echo\n  toxics: [down]", "3:12", "item 1 of 'toxics' must be a map"),
        ("services:\n- service: echo\n  toxics: [{}]", "3:12", "a toxic needs a 'type'"),
        ("services:\n- service: echo\n  toxics:\n  - type: donw", "4:11", "no toxic 'donw'; did you mean 'down'?"),
        (
            "services:\n- service: echo\n  toxics:\n  - {type: down, strem: upstream}",
            "4:18",
            "'strem' is not known here; did you mean 'stream'?",
        ),
        (
            "services:\n- service: echo\n  toxics:\n  - type: latency\n    attributes: {latency: 1s}",
            "5:27",
            "'latency' of latency must be a number of milliseconds from 0 to 86400000, not '1s'",
        ),
        (
            "services:\n- service: mysql\n  toxics:\n  - type: down\n  - type: loss\n    attributes: {rate: 1}",
            "5:5",
            "loss disturbs datagrams, and mysql has none here",
        ),
        (
            "services:\n- service: echo\n  toxics:\n  - type: down\n  - type: down",
            "5:5",
            "there are two toxics 'down_downstream'",
        ),
        ("services: {", "2:1", "did not find expected node content"),
    ],
)
def test_a_mistake_is_told_with_its_place(read, tmp_path, text, place, message):
    with pytest.raises(ConfigurationError) as raised:
        read(text)
    assert str(raised.value).startswith(f"{tmp_path / 'host.yaml'}:{place}")
    assert message in str(raised.value)


def test_all_mistakes_are_told_together(read):
    with pytest.raises(ConfigurationError) as raised:
        read("""
services:
  - service: ehco
  - service: qotd
    listen: tcp:x
    options: {qoute: a, flie: b}
""")
    assert len(raised.value.mistakes) == 4


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(ConfigurationError, match="there is no such file"):
        read_configuration(tmp_path / "none.yaml")


def test_toxics_are_read_again_but_not_those_of_other_services(tmp_path):
    file = tmp_path / "host.yaml"
    file.write_text("services: [{service: echo, toxics: [{type: down}]}, {service: qotd}]")
    assert toxics_again(file, ["echo", "qotd"]) == [(Toxic("down", "down_downstream"),), ()]
    with pytest.raises(ConfigurationError, match=r"host\.yaml: has other services than those that run; start anew"):
        toxics_again(file, ["echo"])


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
entries = st.dictionaries(
    st.sampled_from(
        "service port interface listen max_connections idle_timeout sequential options toxics other".split()
    ),
    st.one_of(
        st.just("echo"),
        st.just("qotd"),
        scalars,
        st.lists(scalars, max_size=2),
        st.dictionaries(st.sampled_from(["quote", "file", "x"]), scalars, max_size=2),
        st.lists(
            st.dictionaries(st.sampled_from(["type", "name", "attributes", "x"]), scalars, max_size=2), max_size=2
        ),
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.fixed_dictionaries({"services": st.lists(entries, max_size=2)}), scalars))
def test_any_values_are_settings_or_mistakes(tmp_path_factory, content):
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text(json.dumps(content))
    told = []
    with mock.patch.object(configuration_file, "discover", return_value=DISCOVERY):
        try:
            read_configuration(file)
        except ConfigurationError as error:
            told = str(error).splitlines()
    assert all(line.startswith(str(file)) for line in told)


def test_mistakes_of_shape_do_not_hide_the_others(tmp_path):
    file = tmp_path / "services.yaml"
    file.write_text("services:\n- service: echo\n  prot: 7\n- service: ecko\n- service: qotd\n  options: {qoute: x}\n")
    with pytest.raises(ConfigurationError) as caught:
        read_configuration(file)
    assert [str(mistake).removeprefix(str(file)) for mistake in caught.value.mistakes] == [
        ":3:3: 'prot' is not known here; did you mean 'port'?",
        ":4:12: there is no service 'ecko'; did you mean 'echo'?",
        ":6:13: qotd has no option 'qoute'; did you mean 'quote'?",
    ]


@pytest.mark.parametrize("text", ["services: 1\n", "- a\n", "", "services: []\n", "service: echo\n"])
def test_a_file_without_services_is_one_mistake(tmp_path, text):
    file = tmp_path / "services.yaml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"services\.yaml:1:"):
        read_configuration(file)
