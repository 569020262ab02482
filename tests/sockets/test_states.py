from __future__ import annotations

import pytest

from sockservice.errors import WrongState
from sockservice.interfaces import DATAGRAM, STREAM, State
from sockservice.sockets.states import DATAGRAM_RULES, STREAM_RULES, check, table


@pytest.mark.parametrize(("kind", "rules"), [(STREAM, STREAM_RULES), (DATAGRAM, DATAGRAM_RULES)])
def test_a_refusal_names_the_call_the_state_and_what_would_be_right(kind, rules):
    for call, right in rules.items():
        for state in State:
            if state in right:
                check(kind, call, state)
                continue
            with pytest.raises(WrongState) as caught:
                check(kind, call, state)
            text = str(caught.value)
            assert call in text
            assert state.name in text
            assert all(name.name in text for name in right)
            assert "; " in text


def test_close_is_right_in_every_state():
    assert STREAM_RULES["CLOSE"] == DATAGRAM_RULES["CLOSE"] == frozenset(State)


def test_the_table_has_a_row_a_call_and_a_column_a_state():
    rows = list(table(STREAM))
    assert rows[0] == ("call", *(state.name for state in State))
    assert [row[0] for row in rows[1:]] == list(STREAM_RULES)
    listen = next(row for row in rows if row[0] == "LISTEN")
    assert listen.count("yes") == 1
    assert listen[rows[0].index("BOUND")] == "yes"
