"""Reloads: one at a time, each failure a line a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.logger import formatEvent, globalLogPublisher

from sockservice.errors import ConfigurationError
from sockservice.host.configuration import Limits, ServiceSettings
from sockservice.host.discovery import discover
from sockservice.host.prepared_service import prepare
from sockservice.host.reloads import LINES, Reloads
from sockservice.sockets import SocketAPI


@pytest.fixture
def service():
    settings = ServiceSettings(discover().service("echo"), {}, (), same_port=False, limits=Limits(), path=Path)
    return prepare(settings, Clock(), SocketAPI(Clock()))


@pytest.fixture
def reloads(service):
    return Reloads([service])


@pytest.fixture
def told():
    """The lines of the log."""
    lines = []

    def observe(event):
        lines.append(formatEvent(event))

    globalLogPublisher.addObserver(observe)
    yield lines
    globalLogPublisher.removeObserver(observe)


def one(reloads, service, reload):
    return Deferred.fromCoroutine(reloads.reload_one(service, reload))


def test_all_of_a_service_are_reloaded_at_once_where_nothing_waits(reloads, service, told):
    calls = []
    service.host.on_reload(lambda: calls.append(1))
    service.host.on_reload(lambda: calls.append(2))
    reloads.reload_all()
    assert calls == [1, 2]
    assert told == ["reloaded"]


def test_a_failure_is_a_line_a_mistake_and_does_not_keep_the_others(reloads, service, told):
    calls = []

    def fail():
        raise ConfigurationError.together([ConfigurationError("a.yaml:1:2: wrong"), ConfigurationError("b: worse")])

    service.host.on_reload(fail)
    service.host.on_reload(lambda: calls.append(1))
    reloads.reload_all()
    assert told == ["echo keeps what it has: a.yaml:1:2: wrong", "echo keeps what it has: b: worse"]
    assert calls == [1]


def test_a_deferred_failure_is_told_alike(reloads, service, told):
    later = Deferred()
    one(reloads, service, lambda: later)
    later.errback(ConfigurationError("a.yaml:1:2: wrong"))
    assert told == ["echo keeps what it has: a.yaml:1:2: wrong"]


def test_what_a_plugin_should_not_raise_names_the_plugin(reloads, service, told):
    one(reloads, service, lambda: 1 / 0)
    (line,) = told
    assert line.startswith("echo keeps what it has: the plugin 'echo' (")
    assert "reloading raised ZeroDivisionError: division by zero at " in line


def test_of_thousands_of_mistakes_the_first_are_told(reloads, service, told):
    def fail():
        raise ConfigurationError.together([ConfigurationError(f"line {number}") for number in range(LINES + 5)])

    one(reloads, service, fail)
    assert len(told) == LINES + 1
    assert told[-1] == "echo keeps what it has: and 5 mistakes more, which --check lists"


def test_nothing_is_reloaded_while_something_is(reloads, service):
    running, calls = Deferred(), []
    one(reloads, service, lambda: running)
    one(reloads, service, lambda: calls.append("one"))
    service.host.on_reload(lambda: calls.append("all"))
    reloads.reload_all()
    assert calls == []
    running.callback(None)
    assert calls == ["one", "all"]


def test_many_signals_while_something_is_reloaded_are_one(reloads, service):
    running, calls = Deferred(), []
    one(reloads, service, lambda: running)
    service.host.on_reload(lambda: calls.append("all"))
    for _ in range(100):
        reloads.reload_all()
    running.callback(None)
    assert calls == ["all"]
    reloads.reload_all()
    assert calls == ["all", "all"]
