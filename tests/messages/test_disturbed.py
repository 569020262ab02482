"""Answers of message services as steps: bytes, pauses and endings."""

from __future__ import annotations

import pytest

from sockservice.answers import Disturbed, Error, Message, Ok, Results, table
from sockservice.disturbances import Break, Dribble, Ending, Stall, Truncated
from sockservice.messages.disturbed import steps
from sockservice.messages.framing import LINES

HELLO = Message(b"hello")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (HELLO, [b"hello\r\n"]),
        (Message(b"hello", raw=True), [b"hello"]),
        (Results((HELLO, Message(b"you"))), [b"hello\r\n", b"you\r\n"]),
        (Disturbed(Results((HELLO, HELLO)), (Break(),)), [b"hello\r\nhello\r\n", Ending.FIN]),
        (Ok(), []),
        (None, []),
        (Error(1105, "HY000", "no stub"), [Ending.FIN]),
        (Disturbed(HELLO, (Stall(1.5),)), [1.5, b"hello\r\n"]),
        (Disturbed(HELLO, (Stall(),)), [Ending.STALL]),
        (Disturbed(HELLO, (Break(),)), [b"hello\r\n", Ending.FIN]),
        (Disturbed(HELLO, (Break(after_bytes=2, ending=Ending.RST),)), [b"he", Ending.RST]),
        (Disturbed(None, (Break(),)), [Ending.FIN]),
        (Disturbed(HELLO, (Truncated(3),)), [b"hel", Ending.STALL]),
        (Disturbed(HELLO, (Dribble(3, 1.0),)), [b"he", 0.5, b"ll", 0.5, b"o\r\n"]),
        (Disturbed(Disturbed(HELLO, (Break(),)), (Stall(2.0),)), [2.0, b"hello\r\n", Ending.FIN]),
        (Disturbed(HELLO, (Dribble(100, 6.0),)), [x for b in b"hello\r\n" for x in (1.0, bytes([b]))][1:]),
    ],
)
def test_an_answer_becomes_steps(answer, expected):
    assert list(steps(answer, LINES)) == expected


def test_rows_are_no_message():
    with pytest.raises(ValueError, match="a Rows cannot be sent as a message"):
        list(steps(table({"a": "INT"}), LINES))
