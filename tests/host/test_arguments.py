from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.python import usage

from sockservice.errors import ConfigurationError
from sockservice.host.arguments import check_arguments, option_names, parse_arguments


def whole(text):
    if not text.isdigit():
        raise ValueError(f"{text!r} is no count")
    return int(text)


class TeaOptions(usage.Options):
    optParameters = [["sugar", "s", 1, "lumps", whole], ["sort", None, "green", "of tea"]]
    optFlags = [["milk", "m", "with it"]]

    def __init__(self):
        super().__init__()
        self["guests"] = []

    def opt_guest(self, name):
        """may be repeated"""
        self["guests"].append(name)

    def postOptions(self):
        if self["milk"] and self["sort"] == "green":
            raise usage.UsageError("no milk in green tea")


def parsed(*words):
    options = TeaOptions()
    parse_arguments(options, words, "tea")
    return options


def test_options_are_parsed_as_usage_does():
    options = parsed("-s", "3", "--sort=black", "--milk", "--guest", "A", "--guest", "B")
    assert options == {"sugar": 3, "sort": "black", "milk": 1, "guests": ["A", "B"]}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--suger", "1"], "tea has no option --suger; did you mean '--sugar'?"),
        (["--xyz"], "tea has no option --xyz; known: --guest, --milk, --sort, --sugar"),
        (["-x"], "tea has no option -x; known:"),
        (["--sugar"], "tea: the option --sugar needs a value after it"),
        (["-s"], "tea: the option -s needs a value after it"),
        (["--sugar", "much"], "tea --sugar: 'much' is no count"),
        (["-s", "much"], "tea -s: 'much' is no count"),
        (["--su", "much"], "tea --sugar: 'much' is no count"),
        (["--s", "1"], "tea: --s may mean --sort or --sugar; write it out"),
        (["--milk=yes"], "tea: option --milk must not have an argument"),
        (["--milk"], "tea: no milk in green tea"),
        (["biscuit"], "tea: Wrong number of arguments."),
    ],
)
def test_mistakes_name_the_option_and_the_likely_word(words, message):
    with pytest.raises(ConfigurationError) as raised:
        parsed(*words)
    assert str(raised.value).startswith(message)


def test_a_check_alone_fills_nothing():
    options = TeaOptions()
    check_arguments(options, ["--sugar", "3"], "tea")
    assert options["sugar"] == 1


def test_the_names_say_which_take_a_value():
    assert option_names(TeaOptions()) == {"sugar": True, "sort": True, "milk": False, "guest": True}


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.text(max_size=10), st.sampled_from(["--sugar", "--milk", "-s", "--", "--guest", "-ms1"]))))
def test_any_words_are_parsed_or_refused_in_one_line(words):
    if any(word.startswith(("--h", "--v")) for word in words):
        return  # --help and --version print and leave
    told = "tea"
    try:
        parsed(*words)
    except ConfigurationError as error:
        told = str(error)
    assert told.startswith("tea")
