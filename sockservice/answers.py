"""The common language of all rooms: what was asked, and what to answer, as plain frozen values.

A :class:`Request` goes down the responder chain; an answer (:data:`Answer`) comes back. Nothing here knows
bytes, sockets or SQL. The protocol turns requests out of bytes and answers into bytes; a responder turns
the one into the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs
import msgspec

from sockservice.disturbances import Disturbance
from sockservice.sqltypes import SqlType

if TYPE_CHECKING:
    from twisted.internet.defer import Deferred

    from sockservice.interfaces import ISession

Value: TypeAlias = Any
"""One cell of a row: None, bool, int, float, Decimal, str, bytes, date, datetime, timedelta (a TIME), or a
list or dict (JSON)."""

LONG_FILLER: Final = 256 * 1024
"""Letters from which on a filler is not written out: see :class:`Padded`."""


@attrs.frozen
class Padded:
    """A value of a text or binary column that is long by a filler of ``x``, which no memory is taken for.

    It may stand in rows that come one by one, once in a row.

    Attributes:
        value: str or bytes; what stands before the filler.
        filler: how many letters, at least :data:`LONG_FILLER`.
    """

    value: Value
    filler: int


NO_ATTRIBUTES: Final[Mapping[str, Value]] = MappingProxyType({})
"""Nothing by name: what nearly every request has."""


OWN_COMMANDS: Final = frozenset("connect auth change_user ping statistics kill quit".split())
"""The commands that a MySQL server answers itself, unless a responder that was asked before has another answer."""


class Request(msgspec.Struct, frozen=True, gc=False):
    """What a client asked: one command, as a value.

    A ``msgspec.Struct`` and not an attrs class because one is made for each query, and it is made five times faster.

    The commands, and what is made of their answers:

    - ``query``: a statement as text. Where a client sends several in one text, each is a request.
    - ``prepare``: a statement to be prepared, perhaps with ``?`` in it. The answer says what ``execute`` would
      answer as far as is known: Rows tells the columns (its rows are not used), Ok that there are none, Error
      refuses the statement.
    - ``execute``: a prepared statement, with its parameters.
    - ``init_db``: a database becomes the current one, unless the answer is an Error.
    - ``field_list``: the columns of a table.
    - ``reset_connection``: the session has been reset; the answer is not used.

    A server that was told to (``Server(asks=…)``) asks for these too. Anything but an Error is the server's own answer,
    and so is None, in a Disturbed as well, unless that breaks the connection:

    - ``connect``: a client has connected, and nothing is known of it but its address. An Error is sent in place of the
      greeting, and the connection is closed; a Login says how the login goes; else the client is greeted.
    - ``auth``: the user has proven who it is, at the login or in a change of user. An Error refuses it, and the
      connection is closed. What disturbs this answer disturbs the end of the login.
    - ``change_user``: the client is about to become another user. An Error refuses, and the connection is closed.
    - ``ping``, ``statistics``, ``kill`` (the text is the connection's number): an Error refuses.
    - ``quit``: the client is about to leave; the answer can only disturb how the connection ends.

    The commands of the services that answer by messages:

    - ``connect``: a client has connected; a Message greets it.
    - ``message``: the client has sent a message; ``data`` is it, and ``text`` the same as text.

    Attributes:
        command: one of these words.
        text: the statement, the database or the table; ``""`` for the other commands.
        session: who asks, and the state of their session (:class:`sockservice.interfaces.ISession`).
        params: the bound parameters of ``execute``, in order: None, int, float, Decimal, str, bytes, date, datetime
            or timedelta, as the client typed them; zero dates, which Python has not, are str.
        attributes: the query attributes that the client gave, by name, with values as in ``params``.
        data: the bytes of a message.
    """

    command: str
    text: str
    session: ISession
    params: tuple[Value, ...] = ()
    attributes: Mapping[str, Value] = NO_ATTRIBUTES
    data: bytes = b""


@attrs.frozen(cache_hash=True)
class Column:
    """One column of a result set.

    Attributes:
        name: the label that the client sees.
        type: the column's type, for example ``SqlType.parse("VARCHAR(20)")``.
        table: the table's alias, or ``""``.
        original_table: the table's own name, or ``""``.
        original_name: the column's own name, or ``""``.
        database: the database that the table is in, or ``""``.
        nullable: False sets NOT_NULL.
        primary_key: True sets PRI_KEY.
        unique_key: True sets UNIQUE_KEY.
        auto_increment: True sets AUTO_INCREMENT.
    """

    name: str
    type: SqlType
    table: str = ""
    original_table: str = ""
    original_name: str = ""
    database: str = ""
    nullable: bool = True
    primary_key: bool = False
    unique_key: bool = False
    auto_increment: bool = False


@attrs.frozen
class Rows:
    """A result set.

    Attributes:
        columns: at least one.
        rows: each as long as ``columns``. A tuple or list is encoded once. Any other iterable, a generator for
            example, is iterated anew for each client and sent while it goes, so that memory stays flat however
            many rows it has; what it raises ends the result with an error.
        warnings: how many warnings the client may ask for.
        encodings: a place where a protocol keeps the bytes it made of this value, by whatever they
            depend on, so that an answer given a million times is encoded once. Not part of the value.
    """

    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Value]] = ()
    warnings: int = 0
    encodings: dict[Any, bytes] = attrs.field(factory=dict, init=False, eq=False, repr=False)


@attrs.frozen
class Ok:
    """A statement succeeded and has no rows.

    Attributes:
        affected_rows: how many rows it changed.
        last_insert_id: the AUTO_INCREMENT value it made, or 0.
        warnings: how many warnings the client may ask for.
        info: text such as ``Rows matched: 1  Changed: 1  Warnings: 0``.
        encodings: as in :class:`Rows`.
    """

    affected_rows: int = 0
    last_insert_id: int = 0
    warnings: int = 0
    info: str = ""
    encodings: dict[Any, bytes] = attrs.field(factory=dict, init=False, eq=False, repr=False)


@attrs.frozen
class Error:
    """A statement failed.

    Attributes:
        code: MySQL's error number, for example 1213.
        sqlstate: five characters, for example ``40001``.
        message: the text that the client's exception shows.
        encodings: as in :class:`Rows`.
    """

    code: int
    sqlstate: str
    message: str
    encodings: dict[Any, bytes] = attrs.field(factory=dict, init=False, eq=False, repr=False)


@attrs.frozen
class Results:
    """Several answers to one statement, as a stored procedure gives.

    Attributes:
        results: in order, at least one; nothing follows an Error. A CALL ends with an Ok.
        encodings: as in :class:`Rows`.
    """

    results: tuple[Answer, ...]
    encodings: dict[Any, bytes] = attrs.field(factory=dict, init=False, eq=False, repr=False)


@attrs.frozen
class LocalInfile:
    """A statement that wants a file of the client's: ``LOAD DATA LOCAL INFILE``.

    A client that does not give files away, or may not, gets an error in its place.

    Attributes:
        filename: which file, in the client's own terms.
        receive: called with each piece of the file, in order. While a Deferred that it returns has not fired, the
            client waits.
        done: called behind the last piece (at once for a file that is empty, or that the client cannot read);
            gives the statement's answer. Not called where the connection is lost before.
        encodings: as in :class:`Rows`; stays empty.
    """

    filename: str
    receive: Callable[[bytes], Deferred[None] | None]
    done: Callable[[], Answer | Deferred[Answer]]
    encodings: dict[Any, bytes] = attrs.field(factory=dict, init=False, eq=False, repr=False)


@attrs.frozen
class Message:
    """An answer of a service that knows nothing of its protocol but where a message ends.

    Several messages are a :class:`Results` of them; an :class:`Ok` is no answer at all.

    Attributes:
        data: the message, without its frame.
        raw: whether it is sent as it is, without a frame.
        encodings: as in :class:`Rows`; stays empty.
    """

    data: bytes
    raw: bool = False
    encodings: dict[Any, bytes] = attrs.field(factory=dict, init=False, eq=False, repr=False)


@attrs.frozen
class Login:
    """How a login is to go, as the answer to ``connect``.

    Attributes:
        plugin: the authentication plugin that the client is made to switch to; ``""`` leaves the choice to the server.
        full_authentication: whether ``caching_sha2_password`` asks for the password itself, whatever it knows.
        tls: False does not offer TLS, whatever the server has.
        certificate: ``expired`` or ``wrong_host``: which flaw the certificate of TLS has; ``""`` for none.
        encodings: as in :class:`Rows`; stays empty.
    """

    plugin: str = ""
    full_authentication: bool = False
    tls: bool = True
    certificate: Literal["", "expired", "wrong_host"] = ""
    encodings: dict[Any, bytes] = attrs.field(factory=dict, init=False, eq=False, repr=False)


@attrs.frozen
class Disturbed:
    """An answer that is sent late, in pieces, not to its end, or wrongly.

    Attributes:
        answer: what is sent so; None: no bytes at all, only what the disturbances do. Around a LocalInfile, it is the
            answer behind the file that is disturbed.
        disturbances: what is wrong, in any order; one of a kind.
        encodings: as in :class:`Rows`; stays empty.
    """

    answer: Answer | None
    disturbances: tuple[Disturbance, ...]
    encodings: dict[Any, bytes] = attrs.field(factory=dict, init=False, eq=False, repr=False)


Answer: TypeAlias = Rows | Ok | Error | Results | LocalInfile | Disturbed | Message | Login
"""Anything that a responder may answer; each protocol has its own use for them, and refuses the others."""


def table(columns: Mapping[str, str], rows: Sequence[Sequence[Value]] = ()) -> Rows:
    """A result set in one call.

    Args:
        columns: label to type in SQL, for example ``{"id": "INT", "name": "VARCHAR(20)"}``.
        rows: each as long as ``columns``.

    Raises:
        ValueError: a type that MySQL does not have.
    """
    return Rows(tuple(Column(name, SqlType.parse(text)) for name, text in columns.items()), rows)
