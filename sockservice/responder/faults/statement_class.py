"""What kind of statement a text is, as far as its first words tell: whom a fault may strike by default."""

from __future__ import annotations

import re
from typing import Final

from sockservice.responder.token_reader import unquoted
from sockservice.responder.tokens import Kind, Token, tokens

LOOKED_AT: Final = 4096
"""Characters of a statement that are looked at: its kind and its first table stand at its beginning."""

_FIRST_WORD: Final = re.compile(r"(?:[\s(]|/\*(?!!).*?\*/|/\*!\d*|--\s[^\n]*|#[^\n]*)*+([a-z]+)", re.I | re.S)
_NO_TABLE: Final = re.compile(r"@@|\b(?:version|database|schema|user|current_user|connection_id)\s*\(", re.I)
_FROM: Final = re.compile(r"\bfrom\b", re.I)

_SETTINGS: Final = frozenset(["set", "show", "use"])
_TRANSACTION: Final = frozenset("begin start commit rollback savepoint release xa lock unlock".split())
_WRITES: Final = frozenset(
    "insert update delete replace load truncate create alter drop rename grant revoke optimize repair import".split()
)
_READS: Final = frozenset("select table values with call desc describe explain check checksum analyze".split())
_NAMES_A_TABLE: Final = frozenset("from into update join table".split())
_BEFORE_A_NAME: Final = frozenset("low_priority quick ignore delayed high_priority if exists not only into".split())


def first_word(text: str) -> str:
    """The word that a statement begins with, in lower case; behind comments and ``(``. ``""`` for none."""
    match = _FIRST_WORD.match(text[:LOOKED_AT])
    return match[1].lower() if match else ""


def is_chatter(text: str) -> bool:
    """Whether it is what drivers say on their own: SET, SHOW, USE, or a SELECT of variables and the like."""
    word = first_word(text)
    if word in _SETTINGS:
        return True
    beginning = text[:LOOKED_AT]
    return word == "select" and _NO_TABLE.search(beginning) is not None and _FROM.search(beginning) is None


def touches_data(text: str) -> bool:
    """Whether it may read or write rows: neither chatter nor a word of transactions."""
    return first_word(text) not in _TRANSACTION and not is_chatter(text)


def reads(text: str) -> bool:
    """Whether it gives rows, as far as its text says."""
    return first_word(text) in _READS and not writes(text) and not is_chatter(text)


def writes(text: str) -> bool:
    """Whether it changes rows or tables; a temporary table counts as none."""
    word = first_word(text)
    if word == "with":
        return _word_behind_with(text) in _WRITES
    if word in ("create", "drop"):
        return re.match(r"(?:create|drop)\s+temporary\b", text.lstrip(), re.I) is None
    return word in _WRITES


def _word_behind_with(text: str) -> str:
    """The statement that common table expressions stand before."""
    depth = 0
    for token in tokens(text[:LOOKED_AT]):
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0 and token.kind is Kind.WORD and (token.value == "select" or token.value in _WRITES):
            return token.value
    return ""


def first_table(text: str) -> tuple[str, str] | None:
    """The database (or ``""``) and the name of the first table that a statement names; None where it names none."""
    found = tokens(text[:LOOKED_AT])
    for index, token in enumerate(found):
        if token.kind is Kind.WORD and token.value in _NAMES_A_TABLE:
            names = [name for name in map(_name, _path(found, index + 1)) if name]
            if names:
                return (names[-2] if len(names) > 1 else "", names[-1])
    return None


def _path(found: list[Token], index: int) -> list[Token]:
    """The tokens of the name at ``index``, without its dots: one, or two where a database stands before it."""
    while index < len(found) and found[index].kind is Kind.WORD and found[index].value in _BEFORE_A_NAME:
        index += 1
    path = found[index : index + 1]
    if index + 2 < len(found) and found[index + 1].text == ".":
        path.append(found[index + 2])
    return path


def _name(token: Token) -> str:
    if token.kind is Kind.WORD:
        return token.text
    return unquoted(token) if token.kind is Kind.QUOTED else ""
