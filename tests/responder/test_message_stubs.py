"""Stubs for streams and datagrams: the same responder, and nothing of SQL."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessions import FakeSession
from twisted.internet.task import Clock

from sockservice.answers import Disturbed, Error, Message, Ok, Request, Results
from sockservice.disturbances import Break, Dribble, Ending, Stall
from sockservice.errors import ConfigurationError
from sockservice.responder import FALLBACK, Journal, Stubs, Unmatched, Workspace
from sockservice.responder.stub_schema import schema
from sockservice.yaml import compose

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "messages").glob("*.yaml"))
HEAD = "version: 1\nservice: stream\nstubs:\n"


class Talk:
    """One client of a service with some stubs."""

    def __init__(self, folder, stubs, head=HEAD):
        path = folder / "stubs.yaml"
        path.write_text(head + stubs)
        files, self.clock = Stubs([path], messages=True), Clock()
        behind = ((FALLBACK, Unmatched(files)),)
        self.workspace = Workspace("", files, behind, self.clock, Journal(self.clock.seconds), control=False)
        self.session = FakeSession(user="", database="")

    def ask(self, data=b"", command="message", **session):
        for name, value in session.items():
            setattr(self.session, name, value)
        text = data.decode("utf-8", "surrogateescape")
        return self.workspace.respond(Request(command, text, self.session, data=data))

    def said(self, data=b"", command="message", **session):
        answer = self.ask(data, command, **session)
        assert isinstance(answer, Message), answer
        return answer.data


@pytest.mark.parametrize(
    ("when", "yes", "no"),
    [
        ("{text: HELO}", b"HELO", b"helo"),
        ('{bytes: "hex:00ff"}', b"\0\xff", b"\0\xfe"),
        ('{bytes: "hex:48 45"}', b"HE", b"he"),
        ('{regex: "get (?P<key>.+)"}', b"GET a", b"SET a"),
        ("{contains: [a, b]}", b"b and a", b"b"),
        ("{contains: é}", "café".encode(), b"cafe"),
        ("{any: [{text: a}, {text: b}]}", b"b", b"c"),
        ("{all: [{contains: a}, {not: {contains: b}}]}", b"a", b"ab"),
    ],
)
def test_a_matcher_matches_its_messages(tmp_path, when, yes, no):
    talk = Talk(tmp_path, f"- {{when: {when}, then: {{text: yes}}}}\n")
    assert talk.said(yes) == b"yes"
    assert isinstance(talk.ask(no), Error)


@pytest.mark.parametrize(
    ("then", "answer"),
    [
        ("{text: yes}", Message(b"yes")),
        ('{bytes: "hex:00ff"}', Message(b"\0\xff")),
        ('{raw: "hex:0d"}', Message(b"\r", raw=True)),
        ('{messages: [a, "hex:00"]}', Results((Message(b"a"), Message(b"\0")))),
        ("{silence: true}", Ok()),
        ("{text: bye, then_close: rst}", Disturbed(Message(b"bye"), (Break(ending=Ending.RST),))),
        ("{text: abc, dribble: {chunks: 3, duration: 2s}}", Disturbed(Message(b"abc"), (Dribble(3, 2.0),))),
        ("{fault: hang}", Disturbed(None, (Stall(),))),
        (
            "{text: abc, fault: {disconnect_after_bytes: 2}}",
            Disturbed(Message(b"abc"), (Break(after_bytes=2),)),
        ),
    ],
)
def test_an_answer_is_what_it_says(tmp_path, then, answer):
    assert Talk(tmp_path, f"- {{when: {{text: x}}, then: {then}}}\n").ask(b"x") == answer


def test_a_lost_connection_sends_nothing(tmp_path):
    answer = Talk(tmp_path, "- {when: {text: x}, then: {fault: lost_connection}}\n").ask(b"x")
    assert isinstance(answer, Disturbed)
    assert answer.answer is None


def test_a_client_may_be_greeted(tmp_path):
    talk = Talk(tmp_path, "- {when: {command: connect}, then: {text: 220 ready}}\n")
    assert talk.said(command="connect") == b"220 ready"
    assert talk.ask(b"x").code == 1105


def test_groups_counters_and_the_message_feed_templates(tmp_path):
    stub = """- {when: {regex: "get (?P<key>.+)"}, then: {text: "{{ key }} {{ counter('n') }} {{ text }}"}}\n"""
    talk = Talk(tmp_path, stub)
    assert talk.said(b"GET a") == b"a 1 GET a"
    assert talk.said(b"GET b") == b"b 2 GET b"


def test_answers_come_in_sequence(tmp_path):
    talk = Talk(tmp_path, "- {when: {text: x}, then: [{text: a, times: 2}, {text: b}, {text: c}], cycle: true}\n")
    assert [talk.said(b"x") for _ in range(5)] == [b"a", b"a", b"b", b"c", b"a"]


def test_states_calls_and_clients_decide(tmp_path):
    stubs = """
- {when: {text: in, state: {door: closed}}, then: {text: opened, set_state: {door: open}}}
- {when: {text: in, state: {door: open}}, then: {text: entered}}
- {when: {text: x, call: {every: 2}}, then: {text: second}}
- {when: {text: x}, then: {text: first}}
- {when: {text: y, session: {host: 10.0.0.9}}, then: {text: you}}
"""
    talk = Talk(tmp_path, stubs)
    assert [talk.said(b"in"), talk.said(b"in")] == [b"opened", b"entered"]
    assert [talk.said(b"x") for _ in range(4)] == [b"first", b"second", b"first", b"second"]
    assert talk.said(b"y", host="10.0.0.9") == b"you"
    assert isinstance(talk.ask(b"y", host="10.0.0.8"), Error)


def test_code_answers(tmp_path):
    (tmp_path / "shouting.py").write_text(
        "def answer(request):\n    return {b'a': 'A', b'b': b'B', b'c': ['C', b'D'], b'd': 1}.get(request.data)\n"
        "def is_short(request):\n    return len(request.data) < 3\n"
    )
    stub = "- {when: {python: 'shouting:is_short'}, then: {python: 'shouting:answer'}}\n"
    talk = Talk(tmp_path, stub + "- {when: {regex: .*}, then: {text: other}}\n")
    assert [talk.said(b"a"), talk.said(b"b"), talk.said(b"e"), talk.said(b"long")] == [b"A", b"B", b"other", b"other"]
    assert talk.ask(b"c") == Results((Message(b"C"), Message(b"D")))
    assert "gave a int, which is no message" in talk.ask(b"d").message


def test_a_delay_is_waited(tmp_path):
    talk = Talk(tmp_path, "- {when: {text: x}, then: {text: late, delay: 2s}}\n")
    answers = []
    talk.ask(b"x").addCallback(answers.append)
    talk.clock.advance(1.9)
    assert not answers
    talk.clock.advance(0.1)
    assert answers == [Message(b"late")]


def test_the_nearest_stub_is_named(tmp_path):
    talk = Talk(tmp_path, "- {name: hello, when: {text: HELO}, then: {text: a}}\n")
    near = "'hello' (text: expected 'HELO', got 'helo'; differs only in the case of letters)"
    assert talk.ask(b"helo").message == f"sockservice: no stub for message: helo; nearest: {near}"
    assert talk.ask(b"\x00\xfe").message == r"sockservice: no stub for message: \x00\udcfe; no stub is near"


def test_each_request_is_in_the_journal(tmp_path):
    talk = Talk(tmp_path, "- {name: greet, when: {text: x}, then: {text: a, emit: seen}}\n")
    talk.ask(b"x")
    talk.ask(b"y")
    one, two = talk.workspace.journal
    assert (one.command, one.text, one.source.name, one.source.tags) == ("message", "x", "greet", ("seen",))
    assert (two.source.kind, two.error) == ("fallback", 1105)


@pytest.mark.parametrize(
    ("stub", "said"),
    [
        ("- {when: {sql: SELECT 1}, then: {text: a}}", "4:11: 'sql' is not known here"),
        ("- {when: {}, then: {text: a}}", "4:10: 'when' asks for nothing"),
        ("- {when: {text: a}, then: {}}", "4:27: 'then' lacks an answer: text, bytes, raw"),
        ("- {when: {text: a}, then: {text: a, silence: true}}", "4:27: 'then' takes one answer, not text and silence"),
        ("- {when: {bytes: 0a}, then: {text: a}}", "4:18: '0a' is no bytes: write them as in hex:0d0a"),
        ("- {when: {text: a}, then: {bytes: 'hex:0'}}", "pairs of hexadecimal digits follow 'hex:'"),
        ("- {when: {regex: '('}, then: {text: a}}", "4:18: the regular expression cannot be used"),
        ("- {when: {text: a}, then: {text: '{{ 1 + }}'}}", "4:34: "),
        ("- {when: {text: a}, then: {fault: deadlock}}", "4:35: 'deadlock' is no fault of messages; known: disconn"),
        ("- {when: {text: a}, then: {row: a}}", "'row' is not known here; did you mean 'raw'?"),
        ("- {when: {command: query}, then: {text: a}}", "'command' must be connect or message or a list"),
        ("- {when: {text: a}, then: {messages: []}}", "4:38: 'messages' lists none"),
        ("- {when: {python: 'none:such'}, then: {text: a}}", "4:19: "),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path, stub, said):
    with pytest.raises(ConfigurationError) as told:
        Talk(tmp_path, stub + "\n")
    assert said in str(told.value)
    assert str(told.value).startswith(f"{tmp_path / 'stubs.yaml'}:")


def test_files_of_one_service_are_not_taken_for_those_of_another(tmp_path):
    with pytest.raises(ConfigurationError, match="'service' must be datagram or stream, not 'mysql'"):
        Talk(tmp_path, "- {when: {text: a}, then: {text: a}}\n", HEAD.replace("stream", "mysql"))
    (tmp_path / "stream.yaml").write_text(HEAD + "- {when: {text: a}, then: {text: a}}\n")
    with pytest.raises(ConfigurationError, match="'service' must be mysql, not 'stream'"):
        Stubs([tmp_path / "stream.yaml"])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_fits_the_schema_and_a_broken_one_does_not(path):
    plain = compose(path.read_text())
    jsonschema.validate(plain, schema())
    plain["stubs"][0]["then"]["sql"] = True
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(json.dumps(plain)), schema())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_any_message_is_answered_or_missed(data):
    talk = ANY
    assert isinstance(talk.ask(data), (Message, Error, Ok))


@pytest.fixture(autouse=True, scope="module")
def _any(tmp_path_factory):
    global ANY
    ANY = Talk(
        tmp_path_factory.mktemp("any"),
        "- {when: {text: a}, then: {text: a}}\n- {when: {regex: 'x.*'}, then: {text: '{{ text }}'}}\n"
        "- {when: {contains: b}, then: {silence: true}}\n",
    )
