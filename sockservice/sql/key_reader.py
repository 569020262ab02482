"""Indexes and constraints in a definition (MySQL 8.4 manual, 15.1.20)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sockservice.sql.column_reader import read_check
from sockservice.sql.drafts import CheckDraft, ForeignKeyDraft, IndexDraft, KeyKind
from sockservice.sql.errors import Refused
from sockservice.sql.schema import Action, IndexPart
from sockservice.sql.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS: Final = ("constraint", "primary", "unique", "index", "key", "fulltext", "spatial", "foreign", "check")
_ACTIONS: Final[Mapping[tuple[str, ...], Action]] = {
    ("restrict",): "RESTRICT",
    ("cascade",): "CASCADE",
    ("set", "null"): "SET NULL",
    ("no", "action"): "NO ACTION",
    ("set", "default"): "SET DEFAULT",
}


def is_key(words: Words) -> bool:
    """Whether an index or a constraint is next, and not a column."""
    return any(words.next_is(word) for word in _WORDS)


def read_key(words: Words) -> IndexDraft | ForeignKeyDraft | CheckDraft:
    """Take an index or a constraint.

    Raises:
        Refused: 1064.
    """
    name = ""
    if words.accept("constraint") and words.is_name():
        name = words.name()
    if words.accept("check"):
        return read_check(words, name)
    if words.accept("foreign", "key"):
        return _foreign_key(words, name)
    if words.accept("primary", "key"):
        return read_index(words, "PRIMARY", "PRIMARY", named=False)
    if words.accept("unique"):
        words.accept_any("index", "key")
        return read_index(words, "UNIQUE", name)
    if name:
        raise words.mistake()
    word = words.accept_any("fulltext", "spatial")
    if word:
        words.accept_any("index", "key")
        return read_index(words, "FULLTEXT" if word == "fulltext" else "SPATIAL")
    if not words.accept_any("index", "key"):
        raise words.mistake()
    return read_index(words, "KEY")


def read_index(words: Words, kind: KeyKind, name: str = "", *, named: bool = True) -> IndexDraft:
    """Take an index from behind its kind.

    Args:
        words: the statement.
        kind: its kind.
        name: of the constraint, which it has where it is given no other one.
        named: whether it may have a name.
    """
    using = ""
    if words.is_name() and not words.next_is("using") and not words.next_is("type"):
        given = words.name("ER_WRONG_NAME_FOR_INDEX")
        name = given if named else name
    if words.accept_any("using", "type"):
        using = _structure(words)
    parts = read_parts(words)
    return read_index_options(words, IndexDraft(kind, name, parts, using))


def _structure(words: Words) -> str:
    word = words.accept_any("btree", "hash", "rtree")
    if not word:
        raise words.mistake()
    return word.upper()


def read_parts(words: Words) -> tuple[IndexPart, ...]:
    """Take the columns of an index."""
    words.expect("(")
    parts = [_part(words)]
    while words.accept(","):
        parts.append(_part(words))
    words.expect(")")
    return tuple(parts)


def _part(words: Words) -> IndexPart:
    if words.next_is("("):
        expression = words.expression()
        return IndexPart("", 0, words.accept_any("asc", "desc") == "desc", expression)
    name, length = words.name(), 0
    if words.accept("("):
        length = words.whole_number()
        words.expect(")")
        if not length:
            raise Refused("ER_KEY_PART_0", name)
    return IndexPart(name, length, words.accept_any("asc", "desc") == "desc")


def read_index_options(words: Words, draft: IndexDraft) -> IndexDraft:
    """Take what stands behind the columns of an index; the index with it."""
    using, comment, visible = draft.using, draft.comment, draft.visible
    while True:
        if words.accept_any("using", "type"):
            using = _structure(words)
        elif words.accept("comment"):
            comment = words.string()
        elif words.accept("with", "parser"):
            words.name()
        elif words.accept_any("key_block_size", "engine_attribute", "secondary_engine_attribute"):
            words.accept("=")
            words.take()
        elif word := words.accept_any("visible", "invisible", "ignored"):
            visible = word == "visible"
        else:
            return IndexDraft(draft.kind, draft.name, draft.parts, using, comment, visible)


def _foreign_key(words: Words, name: str) -> ForeignKeyDraft:
    words.accept("if", "not", "exists")
    index_name = words.name() if words.is_name() else ""
    columns = tuple(words.names())
    words.expect("references")
    parent = words.table()
    references = tuple(words.names()) if words.next_is("(") else ()
    if words.accept("match"):
        words.take()
    actions: dict[str, Action] = {}
    while words.accept("on"):
        event = words.accept_any("delete", "update")
        if not event:
            raise words.mistake()
        actions[event] = _action(words)
    on_delete, on_update = actions.get("delete", "NO ACTION"), actions.get("update", "NO ACTION")
    return ForeignKeyDraft(name, index_name, columns, parent, references, on_delete, on_update)


def _action(words: Words) -> Action:
    for written, action in _ACTIONS.items():
        if words.accept(*written):
            return action
    raise words.mistake()
