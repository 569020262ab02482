"""Which workspace a session is in; how many there are, and for how long."""

from __future__ import annotations

import pytest
from sessions import FakeServer, FakeSession
from twisted.internet.task import Clock
from zope.interface.verify import verifyObject

from sockservice.answers import Error, Request
from sockservice.interfaces import IResponder
from sockservice.responder.journal import Journal
from sockservice.responder.stubs import Stubs
from sockservice.responder.workspace import Workspace
from sockservice.responder.workspaces import UNUSED, Workspaces, workspace_name


class House:
    """Workspaces without stubs, over a server whose sessions come and go."""

    def __init__(self, **limits):
        self.clock, self.server = Clock(), FakeServer()
        files = Stubs()
        self.made = []

        def make(name):
            self.made.append(name)
            return Workspace(name, files, (), self.clock, Journal(self.clock.seconds))

        self.workspaces = Workspaces(make, self.server.sessions, **limits)

    def session(self, user="app", **attributes):
        return FakeSession(server=self.server, user=user, **attributes)

    def ask(self, session, text="SELECT 1"):
        return self.workspaces.respond(Request("query", text, session))

    def leave(self, session):
        del self.server.sessions[session.connection_id]

    def pass_time(self, seconds):
        self.clock.pump([seconds / 20] * 20)


def test_it_is_a_responder():
    assert verifyObject(IResponder, House().workspaces)


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({}, ""),
        ({"user": "app@w1"}, "w1"),
        ({"user": "a@b@w1"}, "w1"),
        ({"user": "app@"}, ""),
        ({"database": "shop@w2"}, "w2"),
        ({"user": "app@w1", "database": "shop@w2"}, "w1"),
        ({"client": {"workspace": "w3"}, "user": "app@w1"}, "w3"),
        ({"client": {"workspace": ""}, "user": "app@w1"}, "w1"),
    ],
)
def test_the_workspace_is_chosen_by_attribute_then_user_then_database(attributes, name):
    house = House()
    session = house.session(**attributes)
    assert workspace_name(session) == name
    house.ask(session)
    assert session.workspace.name == name


def test_all_of_one_name_share_a_workspace_and_others_do_not():
    house = House()
    first, second, other, nobody = (house.session(user) for user in ("a@w1", "b@w1", "a@w2", "a"))
    for session in (first, second, other, nobody):
        house.ask(session)
    assert first.workspace is second.workspace
    assert nobody.workspace is house.workspaces.default
    assert house.made == ["", "w1", "w2"]
    assert len(house.workspaces) == 3


def test_the_choice_is_made_anew_when_the_session_has_forgotten_it():
    house = House()
    session = house.session("app", database="shop@w1")
    house.ask(session)
    session.database, session.workspace = "shop@w2", None
    house.ask(session)
    assert session.workspace.name == "w2"


def test_a_name_that_is_too_long_is_refused():
    house = House()
    answer = house.ask(house.session("app@" + "w" * 65))
    assert answer == Error(1105, "HY000", "sockservice: the name of a workspace has at most 64 characters, not 65")
    assert len(house.workspaces) == 1


def test_over_the_limit_the_one_that_was_left_first_is_dropped():
    house = House(most=2)
    old, new = house.session("a@old"), house.session("a@new")
    house.ask(old)
    house.clock.advance(1)
    house.ask(new)
    house.leave(old)
    house.leave(new)
    house.ask(house.session("a@third"))
    house.ask(house.session("a@new"))
    assert house.made == ["", "old", "new", "third"]


def test_where_all_are_in_use_another_one_is_refused():
    house = House(most=1)
    session = house.session("a@w1")
    house.ask(session)
    answer = house.ask(house.session("a@w2"))
    assert answer.message == "sockservice: no room for another workspace, all are in use: 1 workspace, see --workspaces"
    house.leave(session)
    third = house.session("a@w2")
    house.ask(third)
    assert third.workspace.name == "w2"


def test_a_workspace_without_sessions_is_dropped_after_a_time():
    house = House()
    session = house.session("a@w1")
    house.ask(session)
    house.pass_time(10 * UNUSED)
    assert len(house.workspaces) == 2
    house.leave(session)
    house.pass_time(UNUSED / 2)
    assert len(house.workspaces) == 2
    house.pass_time(UNUSED)
    assert len(house.workspaces) == 1


def test_a_session_that_waits_in_a_pool_holds_its_workspace():
    house = House()
    session = house.session("a@w1")
    house.ask(session)
    session.workspace = None  # as reset_connection leaves it
    house.pass_time(10 * UNUSED)
    assert len(house.workspaces) == 2


def test_nothing_is_left_to_the_clock_where_there_is_nothing_to_drop():
    house = House()
    house.ask(house.session())
    assert not house.clock.getDelayedCalls()
    session = house.session("a@w1")
    house.ask(session)
    assert len(house.clock.getDelayedCalls()) == 1
    house.leave(session)
    house.pass_time(2 * UNUSED)
    assert not house.clock.getDelayedCalls()


def test_nothing_is_left_to_the_clock_when_the_service_ends():
    house = House()
    house.ask(house.session("a@w1"))
    house.workspaces.close()
    house.workspaces.close()
    assert not house.clock.getDelayedCalls()


def test_what_one_workspace_is_told_the_others_do_not_know():
    house = House()
    first, second = house.session("a@w1"), house.session("a@w2")
    house.ask(first, "CALL sockservice.set_state('cart', 'filled')")
    house.ask(first, "CALL sockservice.stub('{name: x, when: {sql: SELECT 7}, then: {ok: {}}}')")
    assert house.ask(first, "SELECT 7") is not None
    assert house.ask(second, "SELECT 7") is None
    assert (first.workspace.state("cart"), second.workspace.state("cart")) == ("filled", "")
    assert (len(first.workspace.journal), len(second.workspace.journal)) == (3, 1)
