"""Which call is right in which state: the rules of the Socket API as two tables.

The sockets ask :func:`check` before they act, and the documentation prints the tables, so that the rules stand in
one place. HALF_CLOSED means that one direction has ended: after the peer's end SEND is still right, after our own
``shutdown`` it is not; that one distinction is made by the stream itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sockservice.errors import WrongState
from sockservice.interfaces import DATAGRAM, STREAM, Kind, State

_ALL = frozenset(State)
_OPEN = frozenset({State.CONNECTED, State.HALF_CLOSED})
_NAMED = frozenset({State.BOUND, State.CONNECTED})

STREAM_RULES: Mapping[str, frozenset[State]] = {
    "BIND": frozenset({State.UNBOUND}),
    "LISTEN": frozenset({State.BOUND}),
    "ACCEPT": frozenset({State.LISTENING}),
    "CONNECT": frozenset({State.UNBOUND, State.BOUND}),
    "SEND": _OPEN,
    "RECEIVE": _OPEN,
    "SHUTDOWN": _OPEN,
    "START_TLS": frozenset({State.CONNECTED}),
    "CLOSE": _ALL,
}
"""Stream sockets: call to the states in which it is right."""

DATAGRAM_RULES: Mapping[str, frozenset[State]] = {
    "BIND": frozenset({State.UNBOUND}),
    "LISTEN": frozenset(),
    "ACCEPT": frozenset(),
    "CONNECT": frozenset({State.UNBOUND, State.BOUND}),
    "SEND": frozenset({State.CONNECTED}),
    "SEND_TO": frozenset({State.UNBOUND, State.BOUND}),
    "RECEIVE": _NAMED,
    "JOIN_GROUP": _NAMED,
    "SERVE": _NAMED,
    "CLOSE": _ALL,
}
"""Datagram sockets: call to the states in which it is right."""

_RULES: Mapping[Kind, Mapping[str, frozenset[State]]] = {STREAM: STREAM_RULES, DATAGRAM: DATAGRAM_RULES}

_ADVICE: Mapping[Kind, Mapping[str, str]] = {
    STREAM: {
        "BIND": "bind a new socket, once",
        "LISTEN": "BIND comes right before LISTEN",
        "ACCEPT": "BIND and LISTEN come first",
        "CONNECT": "connect a new socket, once",
        "SEND": "CONNECT comes first, or take a socket from ACCEPT",
        "RECEIVE": "CONNECT comes first, or take a socket from ACCEPT",
        "SHUTDOWN": "only an open connection has a direction to end",
        "START_TLS": "TLS is started once, while both directions are open",
    },
    DATAGRAM: {
        "BIND": "bind a new socket, once",
        "LISTEN": "a datagram socket takes no connections; RECEIVE from it once it is bound",
        "ACCEPT": "a datagram socket takes no connections; RECEIVE from it once it is bound",
        "CONNECT": "its peer is set once; take a new socket for another peer",
        "SEND": "CONNECT sets the peer, or use send_to with an address",
        "SEND_TO": "a connected socket has its peer; use send",
        "RECEIVE": "BIND comes first, or CONNECT, or a first send_to",
        "JOIN_GROUP": "BIND comes first",
        "SERVE": "BIND comes first",
    },
}


def wrong(kind: Kind, call: str, state: State) -> WrongState:
    """The error for a call in a state that is not right for it: names both, and what would be right."""
    right = _RULES[kind][call]
    allowed = " or ".join(state.name for state in State if state in right) or "no state"
    closed = "; the socket is closed, make a new one" if state is State.CLOSED else f"; {_ADVICE[kind][call]}"
    return WrongState(f"{call} on a {kind.value} socket in state {state.name}: right in {allowed}{closed}")


def check(kind: Kind, call: str, state: State) -> None:
    """Pass a call that is right in this state.

    Raises:
        WrongState: it is not.
    """
    if state not in _RULES[kind][call]:
        raise wrong(kind, call, state)


def table(kind: Kind) -> Iterator[tuple[str, ...]]:
    """The rules as rows to print: a heading, then a row a call with ``yes`` or ``-`` for each state."""
    yield ("call", *(state.name for state in State))
    for call, right in _RULES[kind].items():
        yield (call, *("yes" if state in right else "-" for state in State))
