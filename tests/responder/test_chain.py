"""Responders one behind the other."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from zope.interface import implementer
from zope.interface.verify import verifyObject

from sockservice.answers import Ok, Request
from sockservice.interfaces import IResponder
from sockservice.responder.chain import Chain


@implementer(IResponder)
class Fixed:
    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def respond(self, request):
        self.asked.append(request)
        return self.answer


REQUEST = Request("query", "SELECT 1", None)


def test_it_is_a_responder():
    assert verifyObject(IResponder, Chain([]))


def test_the_first_answer_counts_and_nobody_behind_is_asked():
    passing, answering, behind = Fixed(None), Fixed(Ok(1)), Fixed(Ok(2))
    assert Chain([passing, answering, behind]).respond(REQUEST) is answering.answer
    assert passing.asked == answering.asked == [REQUEST]
    assert behind.asked == []


def test_a_deferred_is_an_answer():
    later, behind = Fixed(Deferred()), Fixed(Ok())
    assert Chain([later, behind]).respond(REQUEST) is later.answer
    assert behind.asked == []


def test_nobodys_answer_is_none():
    assert Chain([]).respond(REQUEST) is None
    assert Chain([Fixed(None), Chain([Fixed(None)])]).respond(REQUEST) is None
