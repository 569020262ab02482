from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.python import usage

from sockservice.errors import ConfigurationError
from sockservice.host.arguments import check_arguments, has_option, option_names, parse_arguments


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
        (["--milk", "biscuit", "--milk"], "tea takes no argument 'biscuit'"),
    ],
)
def test_mistakes_name_the_option_and_the_likely_word(words, message):
    with pytest.raises(ConfigurationError) as raised:
        parsed(*words)
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize(("word", "told"), [("--pot", "--pot belongs on the stove"), ("--suger", "tea has no option")])
def test_an_option_of_somebody_else_is_told_as_such(word, told):
    def elsewhere(option):
        return f"{option} belongs on the stove" if option == "--pot" else None

    with pytest.raises(ConfigurationError) as raised:
        parse_arguments(TeaOptions(), [word, "1"], "tea", elsewhere=elsewhere)
    assert str(raised.value).startswith(told)


def test_arguments_are_passed_to_who_takes_them():
    class Guests(TeaOptions):
        def parseArgs(self, *names):
            self["guests"] += names

    options = Guests()
    parse_arguments(options, ["A", "B"], "tea")
    assert options["guests"] == ["A", "B"]


@pytest.mark.parametrize(
    ("written", "has"),
    [("--sugar", True), ("-s", True), ("--guest", True), ("--su", False), ("--help", False), ("--version", False)],
)
def test_an_option_is_had_long_or_short_but_not_abbreviated(written, has):
    assert has_option(TeaOptions(), written) is has


def test_every_service_tells_its_version_as_the_host_does_unless_it_has_one_of_its_own(capsys):
    class Numbered(TeaOptions):
        def opt_version(self):
            raise SystemExit("tea 3")

    for options, text, status in [(TeaOptions(), "sockservice ", 0), (Numbered(), "", "tea 3")]:
        with pytest.raises(SystemExit) as ended:
            parse_arguments(options, ["--version"], "tea")
        assert ended.value.code == status
        assert capsys.readouterr().out.split("0.")[0] == text


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
