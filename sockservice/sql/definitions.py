"""Which statement of definitions a text is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final

import attrs

from sockservice.answers import Answer, Error, Ok
from sockservice.error_codes import error
from sockservice.sql.alter_table import read_alter_table, read_create_index, read_drop_index
from sockservice.sql.create_table import read_create_table
from sockservice.sql.database_statements import read_create_database, read_drop_database, read_use
from sockservice.sql.definition import Change, Definition
from sockservice.sql.drafts import KeyKind
from sockservice.sql.drop_statements import read_drop_table, read_rename, read_truncate
from sockservice.sql.errors import Refused, unsupported
from sockservice.sql.running import Work
from sockservice.sql.schema import Table
from sockservice.sql.view_statements import read_create_view, read_drop_view, read_view_prefix
from sockservice.sql.words import Name, Words

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

WORDS: Final = frozenset(["create", "alter", "drop", "rename", "truncate", "use", "call", "grant", "revoke", "flush"])
"""How these statements begin."""
_PROGRAMS: Final = ("procedure", "function", "trigger", "event")
"""What is not kept here."""
_ACCOUNTS: Final = ("user", "role")


def read_definition(text: str) -> Definition:
    """Read a statement.

    Args:
        text: the statement, which begins with one of :data:`WORDS`.

    Raises:
        Refused: 1064, 1235 and what a definition is refused for.
    """
    words = Words(text)
    read = _READERS.get(words.take().text.lower())
    if read is None:
        words.at = 0
        raise words.mistake()
    return read(words)


def _create(words: Words) -> Definition:
    replaces = words.accept("or", "replace")
    if not replaces:
        temporary = words.accept("temporary")
        if words.accept("table"):
            return read_create_table(words, temporary=temporary)
        if temporary:
            raise words.mistake()
        if words.accept_any("database", "schema"):
            return read_create_database(words)
        for word in ("unique", "fulltext", "spatial", ""):
            if words.next_is(*(each for each in (word, "index") if each)):
                words.accept(*(each for each in (word, "index") if each))
                kinds: dict[str, KeyKind] = {"unique": "UNIQUE", "fulltext": "FULLTEXT", "spatial": "SPATIAL"}
                return read_create_index(words, kinds.get(word, "KEY"))
        if words.accept_any(*_ACCOUNTS):
            words.accept("if", "not", "exists")
            return Passed(creates=tuple(_users(words)))
    prefix = read_view_prefix(words)
    if words.accept("view"):
        return read_create_view(words, replaces=replaces, prefix=prefix)
    words.accept("aggregate")
    for word in _PROGRAMS:
        if words.accept(word):
            raise unsupported(f"CREATE {word.upper()}")
    raise words.mistake()


def _alter(words: Words) -> Definition:
    if words.accept("table"):
        return read_alter_table(words)
    if words.accept_any("database", "schema"):
        return read_create_database(words, alters=True)
    if words.accept_any(*_ACCOUNTS):
        return Passed()
    prefix = read_view_prefix(words)
    if words.accept("view"):
        return read_create_view(words, alters=True, prefix=prefix)
    for word in _PROGRAMS:
        if words.accept(word):
            raise unsupported(f"ALTER {word.upper()}")
    raise words.mistake()


def _drop(words: Words) -> Definition:
    temporary = words.accept("temporary")
    if words.accept_any("table", "tables"):
        return read_drop_table(words, temporary=temporary)
    if temporary:
        raise words.mistake()
    if words.accept_any("database", "schema"):
        return read_drop_database(words)
    if words.accept("index"):
        return read_drop_index(words)
    if words.accept("view"):
        return read_drop_view(words)
    if words.accept_any(*_ACCOUNTS):
        words.accept("if", "exists")
        return Passed(drops=tuple(_users(words)))
    for word in _PROGRAMS:
        if words.accept(word):
            careful = words.accept("if", "exists")
            name = words.table()
            words.expect_end()
            return MissingProgram(word.upper(), name, careful)
    raise words.mistake()


def _users(words: Words) -> Iterator[str]:
    """The users or roles that are named: at the beginning, and behind each comma."""
    while not words.ended:
        yield words.word_or_string().lower()
        while not words.ended and not words.accept(","):
            if words.next_is("("):
                words.bracketed()
            else:
                words.take()


def _rename(words: Words) -> Definition:
    return Passed() if words.accept("user") else read_rename(words)


def _call(words: Words) -> Definition:
    name = words.table()
    if words.next_is("("):
        words.bracketed()
    words.expect_end()
    return MissingProgram("PROCEDURE", name, careful=False)


_READERS: Final[dict[str, Callable[[Words], Definition]]] = {
    "create": _create,
    "alter": _alter,
    "drop": _drop,
    "rename": _rename,
    "truncate": read_truncate,
    "use": read_use,
    "call": _call,
    **dict.fromkeys(["grant", "revoke", "flush"], lambda _words: Passed()),
}


@attrs.frozen
class Passed:
    """A statement about accounts or caches: the first are given on the command line, the others there are not.

    Attributes:
        creates: users whose names SHOW GRANTS knows from now on.
        drops: users that it does not know any more.
    """

    creates: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    commits: bool = True

    def tables(self, session: SqlSession) -> Sequence[Table]:  # noqa: ARG002
        """None."""
        return ()

    def run(self, session: SqlSession, change: Change) -> Work[Answer]:
        """Do nothing but to know the names."""
        del change
        known = session.session.server.created_users
        known.update(self.creates)
        known.difference_update(self.drops)
        return Ok()
        yield


@attrs.frozen
class MissingProgram:
    """DROP or CALL of a procedure, function, trigger or event, of which there are none."""

    kind: str
    name: Name
    careful: bool
    commits: bool = True

    def tables(self, session: SqlSession) -> Sequence[Table]:  # noqa: ARG002
        """None."""
        return ()

    def run(self, session: SqlSession, change: Change) -> Work[Answer]:
        """Say that there is none."""
        del change
        problem = self._problem(session)
        if not self.careful:
            raise Refused(problem)
        session.session.warnings = (("Note", problem.code, problem.message),)
        return Ok(warnings=1)
        yield

    def _problem(self, session: SqlSession) -> Error:
        database = self.name.database or session.database
        if not database and self.kind != "FUNCTION":
            return error("ER_NO_DB_ERROR")
        if self.kind == "TRIGGER":
            return error("ER_TRG_DOES_NOT_EXIST")
        if self.kind == "EVENT":
            return error("ER_EVENT_DOES_NOT_EXIST", self.name.name)
        return error("ER_SP_DOES_NOT_EXIST", self.kind, f"{database}.{self.name.name}")
