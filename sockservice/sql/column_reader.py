"""A column in a definition: its name, its type and its attributes (MySQL 8.4 manual, 15.1.20)."""

from __future__ import annotations

import re
from typing import Final

from sockservice.collations import collations
from sockservice.sql.drafts import FIRST, CheckDraft, ColumnDraft
from sockservice.sql.errors import Refused
from sockservice.sql.type_reader import charset_name, read_type
from sockservice.sql.words import Words

NOW: Final = ("current_timestamp", "now", "localtime", "localtimestamp")
"""The words for the time at which a statement began."""
_LITERALS: Final = frozenset(["string", "number", "binary"])
_MARIADB: Final = re.compile(r"(?:utf8mb4_)?uca1400_(?:nopad_)?(as|ai)_(cs|ci)")
"""Collations of MariaDB that MySQL has under other names; dumps of MariaDB have them."""


def read_column(words: Words, name: str | None = None) -> ColumnDraft:
    """Take a column's definition.

    Args:
        words: the statement, before the name of the column, or behind it.
        name: where it was taken already.

    Raises:
        Refused: 1064 and what a type can be refused for.
    """
    draft = read_type(words, words.name() if name is None else name)
    while _attribute(words, draft):
        pass
    return draft


def _attribute(words: Words, draft: ColumnDraft) -> bool:
    """Take one attribute; False where none is next."""
    if words.accept("not", "null"):
        draft.nullable = False
    elif words.accept("null"):
        draft.nullable = True
    elif words.accept("default"):
        _default(words, draft)
    elif words.accept("on", "update"):
        if read_now(words) is None:
            raise words.mistake()
        draft.on_update = True
    elif words.accept("auto_increment"):
        draft.auto_increment = True
    elif words.accept("primary", "key") or words.accept("primary") or words.accept("key"):
        draft.keys.append("PRIMARY")
    elif words.accept("unique"):
        words.accept("key")
        draft.keys.append("UNIQUE")
    elif words.accept("comment"):
        draft.comment = words.string()
    elif words.accept("collate"):
        draft.collation = collation_name(words)
    elif words.accept("character", "set") or words.accept("charset"):
        draft.charset = charset_name(words)
    elif words.next_is("generated", "always", "as") or words.next_is("as", "("):
        words.accept("generated", "always")
        words.expect("as")
        draft.generated = words.expression()
        draft.stored = words.accept_any("virtual", "stored", "persistent") in ("stored", "persistent")
    elif words.next_is("constraint") or words.next_is("check"):
        draft.checks.append(_check(words, draft.name))
    elif words.accept("references"):
        # MySQL reads and forgets what stands behind a column.
        _pass_reference(words)
    elif words.accept_any("visible", "invisible") == "invisible":
        draft.invisible = True
    elif words.accept("column_format") or words.accept("storage"):
        words.take()
    elif words.accept("srid"):
        words.whole_number()
    elif words.accept("serial", "default", "value"):
        draft.nullable, draft.auto_increment = False, True
        draft.keys.append("UNIQUE")
    elif not _was_visible(words):
        return False
    return True


def _was_visible(words: Words) -> bool:
    """Whether VISIBLE, which says nothing, was taken just now."""
    previous = words.peek(-1)
    return words.at > 0 and previous.kind == "word" and previous.text.lower() == "visible" and words.accept("visible")


def _check(words: Words, column: str) -> CheckDraft:
    name = ""
    if words.accept("constraint") and not words.next_is("check"):
        name = words.name()
    words.expect("check")
    return read_check(words, name, column)


def read_check(words: Words, name: str, column: str = "") -> CheckDraft:
    """Take what stands behind CHECK."""
    expression = words.expression()
    if words.accept("not", "enforced"):
        return CheckDraft(name, expression, enforced=False, column=column)
    words.accept("enforced")
    return CheckDraft(name, expression, column=column)


def _pass_reference(words: Words) -> None:
    words.table()
    if words.next_is("("):
        words.bracketed()
    while words.accept("match") or words.accept("on"):
        words.accept_any("delete", "update")
        if not (words.accept("set", "null") or words.accept("set", "default") or words.accept("no", "action")):
            words.take()


def _default(words: Words, draft: ColumnDraft) -> None:
    """Take what stands behind DEFAULT, as SQL text."""
    draft.has_default = True
    draft.default = read_default(words)


def read_default(words: Words) -> str | None:
    """Take a default; None for NULL.

    Raises:
        Refused: 1064.
    """
    if words.next_is("("):
        return f"({words.expression()})"
    now = read_now(words)
    if now is not None:
        return now
    if words.accept("null"):
        return None
    word = words.accept_any("true", "false")
    if word:
        return "1" if word == "true" else "0"
    sign = words.accept_any("-", "+")
    if sign:
        number = words.take()
        if number.kind != "number":
            words.at -= 1
            raise words.mistake()
        return f"-{number.text}" if sign == "-" else number.text
    introducer = ""
    if words.peek().text.startswith("_") and words.peek(1).kind in ("string", "binary"):
        introducer = f"{words.take().text.lower()} "
    if words.peek().kind == "string":
        return introducer + text_literal(words.string())
    if words.peek().kind in _LITERALS:
        return introducer + words.take().text
    raise words.mistake()


def text_literal(text: str) -> str:
    """A text as MySQL writes it in definitions."""
    escaped = (
        text.replace("\\", "\\\\").replace("'", "''").replace("\0", "\\0").replace("\n", "\\n").replace("\r", "\\r")
    )
    return f"'{escaped}'"


def read_now(words: Words) -> str | None:
    """Take CURRENT_TIMESTAMP or what means the same; as SQL text, or None where it is not next."""
    word = words.accept_any(*NOW)
    if not word:
        return None
    digits = 0
    if words.accept("("):
        if not words.next_is(")"):
            digits = words.whole_number()
        words.expect(")")
    elif word == "now":
        raise words.mistake()
    return f"CURRENT_TIMESTAMP({digits})" if digits else "CURRENT_TIMESTAMP"


def collation_name(words: Words) -> str:
    """Take the name of a collation.

    Raises:
        Refused: 1273.
    """
    written = words.word_or_string()
    name = written.lower().replace("utf8_", "utf8mb3_") if written.lower().startswith("utf8_") else written.lower()
    found = _MARIADB.fullmatch(name)
    if found is not None:
        name = f"utf8mb4_0900_{found[1]}_{found[2]}" if found[0].endswith(("as_cs", "ai_ci", "as_ci")) else name
    if name not in collations() and name != "default":
        raise Refused("ER_UNKNOWN_COLLATION", written)
    return name


def read_place(words: Words) -> str | None:
    """Take FIRST or AFTER column, where ALTER TABLE says where a column goes; see :attr:`ColumnDraft.after`."""
    if words.accept("first"):
        return FIRST
    return words.name() if words.accept("after") else None
