"""Templates: what they come to, and what they cannot do."""

from __future__ import annotations

import random
import re
import time
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sessions import FakeSession, workspace_of
from twisted.internet.task import Clock

from sockservice.answers import Request
from sockservice.responder.answering.dice import Dice
from sockservice.responder.answering.situation import Situation
from sockservice.responder.answering.templates.names import COUNTERS, names_of
from sockservice.responder.answering.templates.template import TemplateFailed, has_template, read_template, split

NOON = datetime(2024, 2, 29, 12, 0)


class Names:
    """Evaluates templates in one workspace."""

    def __init__(self, seed: int | None = 7) -> None:
        self.clock = Clock()
        self.clock.advance(1_709_208_000)
        self.workspace = workspace_of(clock=self.clock)
        self.session = FakeSession(client={"_client_name": "libmariadb"}, variables={"time_zone": "+00:00"})
        self.dice = Dice("it", seed)

    def value(self, text: str, *params: object, **groups: str) -> object:
        request = Request("query", "SELECT a FROM b", self.session, params)
        situation = Situation(request, self.workspace, groups, params, 3)
        return read_template(text, frozenset(groups)).value(names_of(situation, self.dice))


@pytest.fixture
def names() -> Names:
    return Names()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ params[0] }}", 42),
        ("{{ params[1] }}", None),
        ("{{ params[2] * 2 }}", Decimal("3.0")),
        ("{{ no }}", "A-7"),
        ("{{ groups.no }}", "A-7"),
        ("order {{ no }} of {{ params[0] }}", "order A-7 of 42"),
        (" {{ params[0] }}", " 42"),
        ("{{ params[1] }}!", "NULL!"),
        ("{{ session.user }}@{{ session.host }}/{{ session.database }}", "tester@127.0.0.1/shop"),
        ("{{ session.client['_client_name'] }}", "libmariadb"),
        ("{{ session.variables.time_zone }}", "+00:00"),
        ("{{ now() }}", NOON),
        ("{{ now(-1h) }}", NOON - timedelta(hours=1)),
        ("{{ now( + 1.5 m ) }}", NOON + timedelta(seconds=90)),
        ("{{ now('+2d') }}", NOON + timedelta(days=2)),
        ("{{ now(-30) }}", NOON - timedelta(seconds=30)),
        ("{{ now() ~ '' }}", "2024-02-29 12:00:00"),
        ("{{ 'now(-1h)' }}", "now(-1h)"),
        ("{{ now().strftime('%Y') | int }}", 2024),
        ("{{ call }}", 3),
        ("{{ text | upper }}", "SELECT A FROM B"),
        ("{{ 'yes' if params[0] > 40 else 'no' }}", "yes"),
        ("{{ params[7] | default('none') }}", "none"),
        ("{{ [1, 2, 3] | join('-') }}", "1-2-3"),
        ("{{ {'a': {'b': 1}} }}", {"a": {"b": 1}}),
        ("{{ '}}' }}{{ '{{' }}", "}}{{"),
        ("{{ '%05.1f' | format(3.14159) }}", "003.1"),
        ("{{ '%s-%s' % ('a', params[1]) }}", "a-NULL"),
        ("{{ 2.5 | round }}", 2),
        ("{{ 'x' ~ 1 ~ none ~ true }}", "x1NULL1"),
        ("{{ 'a,b'.split(',') }}", ["a", "b"]),
        ("{{ state('cart') }}", ""),
        ("{{ (range(5) | sum) + 1 }}", 11),
    ],
)
def test_a_template_keeps_the_value_of_a_single_expression_and_is_text_otherwise(names, text, expected):
    found = names.value(text, 42, None, Decimal("1.5"), no="A-7")
    assert found == expected
    assert type(found) is type(expected)


def test_text_around_expressions_stays_as_it_is(names):
    assert names.value("a\r\n{% x %}{# y #}{{ 1 }}\n") == "a\r\n{% x %}{# y #}1\n"


def test_what_has_no_closed_brackets_is_no_template():
    assert [has_template(text) for text in ("{{ 1 }}", "a {{ b", "}}", 5, None)] == [True, False, False, False, False]


def test_counters_count_on_in_their_workspace(names):
    text = "{{ counter('order', start=1000, step=10) }}"
    assert [names.value(text) for _ in range(3)] == [1000, 1010, 1020]
    assert names.value("{{ counter('other') }}") == 1
    names.workspace.reset()
    assert names.value(text) == 1000


def test_counters_that_clients_name_are_bounded(names):
    names.workspace.counters.update((str(number), 1) for number in range(COUNTERS))
    with pytest.raises(TemplateFailed, match="at most 10,000 counters"):
        names.value("{{ counter(params[0]) }}", "one more")
    assert names.value("{{ counter('5') }}") == 2


def test_now_is_in_the_time_zone_of_the_session_and_held_still_by_set_timestamp(names):
    names.session.variables["time_zone"] = "+02:00"
    assert names.value("{{ now() }}") == NOON + timedelta(hours=2)
    names.session.variables["timestamp"] = 1_709_208_060
    assert names.value("{{ now() }}") == NOON + timedelta(hours=2, minutes=1)


CHANCE = [
    "{{ random() }}",
    "{{ random_int(1, 1000000) }}",
    "{{ choice('a', 'b', 'c') }}",
    "{{ choice(range(1000000 // 100)) }}",
    "{{ uuid() }}",
    "{{ fake.name() }}",
    "{{ fake.email() }}",
]


def test_with_a_seed_chance_repeats():
    first, second = Names(7), Names(7)
    assert [first.value(text) for text in CHANCE * 2] == [second.value(text) for text in CHANCE * 2]


def test_without_a_seed_or_with_another_chance_differs():
    assert len({str([Names(seed).value(text) for text in CHANCE]) for seed in (None, None, 7, 8)}) == 4


def test_the_chance_of_one_stub_and_workspace_changes_no_other():
    first, second = Names(7), Names(7)
    for text in CHANCE:
        second.workspace.random.random()
        Dice("another", 7).random(second.workspace).random()
        random.random()
        assert first.value(text) == second.value(text)


def test_a_reset_workspace_begins_chance_anew():
    names = Names(7)
    before = [names.value(text) for text in CHANCE]
    names.workspace.reset()
    assert [names.value(text) for text in CHANCE] == before


# --- what is wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ usr }}", "'usr' is not known in templates"),
        ("{{ stat('x') }}", "'stat' is not known in templates; did you mean 'state'?"),
        ("{{ 1 + }}", "the template '1 +' cannot be used: unexpected 'end of template'"),
        ("{{ }}", "the template '' cannot be used"),
        ("{{ 1; 2 }}", "the template '1; 2' goes on behind its expression"),
        ("{{ 'a }}", "unexpected char"),
        ("{{ (1 }}", "the template '{{ (1 }}' does not end with }}"),
        ("{{ 1 | uper }}", "No filter named 'uper'; did you mean 'upper'?"),
        ("{{ params | attr('__class__') }}", "No filter named 'attr'"),
        ("{{ ''.__class__ }}", "'__class__' may not be used in templates"),
        ("{{ self }}", "'self' is not known in templates"),
        ("{{ lipsum() }}", "'lipsum' is not known in templates"),
        ("{{ x }}" + "{{ 1" + " + 1" * 1100 + "}}", "'x' is not known in templates"),
        ("{{ 1" + " + 1" * 1100 + " }}", "is longer than 4,096 characters"),
        ("{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}", "nested too deep"),
        ("{{ " + "-" * 4000 + "1 }}", "nested too deep"),
    ],
)
def test_a_wrong_template_is_refused_when_it_is_read(text, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        read_template(text)


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 10**9 }}",
        "{{ 10**9 * 'a' }}",
        "{{ [1] * 10**9 }}",
        "{{ (2 ** 4000) ** 4000 }}",
        "{{ 2 ** (10 ** 9) }}",
        "{{ (2 ** 4000) * (2 ** 4000) }}",
        "{{ range(10**9) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%*d' % (999999999, 1) }}",
        "{{ '%.*f' % (999999999, 1) }}",
        "{{ '%- 999999999d' % 1 }}",
        "{{ '%.999999999f' | format(1.0) }}",
        "{{ '%(a)s' % {'a': 1} }}",
        "{{ '{:999999999}'.format(1) }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ 'a'.ljust(10**9) }}",
        "{{ 'a'.zfill(10**9) }}",
        "{{ 'aa'.replace('a', 'b' * 1000) }}",
        "{{ ('a' * 1000000) | replace('a', 'b' * 1000000) }}",
        "{{ ('a' * 10000000) ~ ('a' * 10000000) }}",
        "{{ ('a' * 10000000) + ('a' * 10000000) }}",
        "{{ [('a' * 10000000), 1] | join('a' * 10000000) }}",
        "{{ 1.5 | round(10 ** 9) }}",
        "{{ params['__class__'] }}",
        "{{ params[0]['__init__'] }}",
        "{{ counter['__globals__'] }}",
        "{{ counter.func }}",
        "{{ now.func }}",
        "{{ session['_SessionView__x'] }}",
        "{{ session.client.clear() }}",
        "{{ session.variables.update({'a': 1}) }}",
        "{{ groups.pop('no') }}",
        "{{ fake._random }}",
        "{{ fake.seed_instance(1) }}",
        "{{ fake.add_provider(1) }}",
        "{{ fake.generator }}",
        "{{ fake.pystr(max_chars=10**9) }}",
        "{{ fake.nothing() }}",
        "{{ params[99] }}",
        "{{ 1 / 0 }}",
        "{{ 'a' + 1 }}",
        "{{ now('1x') }}",
        "{{ now('999999d') }}",
        "{{ random_int(2, 1) }}",
        "{{ choice([]) }}",
        "{{ counter(1) }}",
        "{{ range(10) }} and {{ counter }}",
    ],
)
def test_what_could_grow_last_or_escape_fails_at_once(names, text):
    started = time.process_time()
    with pytest.raises(ValueError):  # noqa: PT011 - why differs, that it fails is what counts
        names.value(text, "x", no="A")
    assert time.process_time() - started < 1.0
    assert names.session.client == {"_client_name": "libmariadb"}


def test_a_failure_shows_the_expression_and_the_reason(names):
    with pytest.raises(TemplateFailed, match=r"'params\[3\]': tuple object has no element 3"):
        names.value("{{ params[3] }}")


def test_a_text_that_is_too_long_in_all_is_refused(names):
    with pytest.raises(TemplateFailed, match="longer than 16,777,216 characters"):
        names.value("{{ 'a' * 10000000 }}{{ 'b' * 10000000 }}")


@given(st.text(alphabet="{}'\"\\ ab()[]|~+*1.", max_size=40))
def test_any_text_is_split_into_its_own_pieces_or_refused(text):
    try:
        pieces = list(split(text))
    except ValueError:
        assert "{{" in text
        return
    kept = "".join(piece for piece, is_expression in pieces if not is_expression)
    assert len(kept) <= len(text)
    assert any(is_expression for _, is_expression in pieces) or kept == text


@given(st.text(alphabet="params[0]+-*/%~|()'\"{}.,_ no1upersession=<>", max_size=30))
def test_any_expression_has_a_value_or_fails_as_a_value_error(source):
    names = Names()
    try:
        names.value("{{ " + source + " }}", 1, "a", no="A")
    except ValueError as error:
        assert str(error)  # noqa: PT017 - whether there is one is up to the example


def test_without_templates_nothing_of_jinja_is_imported(tmp_path):
    import subprocess
    import sys

    path = Path(tmp_path, "stubs.yaml")
    path.write_text("version: 1\nstubs: [{when: {sql: a}, then: {rows: [{a: 1}], delay: 1s}}]\n")
    code = (
        "import sys\nfrom sockservice.responder import Stubs\n"
        f"Stubs([{str(path)!r}])\nprint('jinja2' in sys.modules, 'faker' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
