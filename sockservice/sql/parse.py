"""MySQL's dialect to a syntax tree, by sqlglot, with functions left as they were written."""

from __future__ import annotations

import logging
import re
import sys
from typing import Final

from sqlglot import exp
from sqlglot.errors import SqlglotError

from sockservice.error_codes import syntax_error
from sockservice.sql.bounds import refuse_depth, unreadable
from sockservice.sql.dialect import NEVER_NAMES, Dialect, Joining, Stopped
from sockservice.sql.errors import Refused
from sockservice.sql.literals import USUAL, Lexical, Literal, place_in, written
from sockservice.sql.reserved import CALLED_BARE, STATEMENTS
from sockservice.sql.tokens import TOKEN

sys.setrecursionlimit(max(sys.getrecursionlimit(), 6000))
# sqlglot calls itself about twenty times for each bracket within another; MySQL reads some hundreds of them.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

_FIRST_WORD: Final = re.compile(r"[\s(]*(\w*)")
_GIVES_UP: Final = (SqlglotError, ValueError, LookupError, AttributeError, TypeError, AssertionError)
"""What sqlglot raises for texts that are far from any statement."""
_NUMBER: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHERE: Final = re.compile(r"\bwhere\b", re.IGNORECASE)
_HALF: Final = re.compile(r"(?:group|order)\b\s*", re.IGNORECASE)
"""Words that sqlglot reads together with BY: where that is missing, what stands in its place is wrong."""
_NAME_NEXT: Final = re.compile(r"(?:[,.(]|\b(?:from|join|into|table|update|select|as))\s*\Z", re.IGNORECASE)
"""What a name stands behind, and no clause."""

_DIALECT: Final = Dialect()
_JOINING: Final = Joining()


def parse(text: str, literals: tuple[Literal, ...] = (), source: str = "", how: Lexical = USUAL) -> exp.Expression:
    """Read one statement.

    Args:
        text: a statement, perhaps with ``:p0`` in the place of literals.
        literals: these, for the message of an error.
        source: the statement as it was written, for the same.
        how: what ``||`` means.

    Raises:
        Refused: error 1064 or 1065.
    """
    if not text:
        raise Refused("ER_EMPTY_QUERY")
    first = _FIRST_WORD.match(text)
    if first is None or first[1].lower() not in STATEMENTS:
        raise _refused(text, first.start(1) if first else 0, literals, source)
    refuse_depth(text)
    try:
        statements = (_JOINING if how.joins else _DIALECT).parse(text)
    except Stopped as stopped:
        raise _refused(text, stopped.at, literals, source) from None
    except RecursionError:
        raise unreadable(text) from None
    except _GIVES_UP:
        raise _refused(text, _unended(text, first.start(1)), literals, source) from None
    node = statements[0]
    if not isinstance(node, exp.Expression):
        raise Refused("ER_EMPTY_QUERY")
    if _is_half(node):
        where = _WHERE.search(text)
        raise _refused(text, len(text) if where is None else where.start(), literals, source)
    if isinstance(node, exp.Transaction) or (isinstance(node, exp.Command) and node.name.upper() == "SET"):
        raise _refused(text, len(text) if isinstance(node, exp.Command) else first.end(), literals, source)
    wrong = _wrong_place(node, text, literals)
    if wrong is not None:
        raise _refused(text, wrong, literals, source)
    return node


def _unended(text: str, otherwise: int) -> int:
    """Where a text or a name begins that does not end."""
    return next((token.start() for token in TOKEN.finditer(text) if token[0] in _QUOTES), otherwise)


_QUOTES: Final = ("'", '"', "`")


def _is_half(node: exp.Expression) -> bool:
    """Whether a statement lacks what sqlglot does not miss."""
    if isinstance(node, exp.Update):
        return not node.expressions or not all(
            isinstance(each, exp.EQ) and isinstance(each.this, exp.Column) for each in node.expressions
        )
    if isinstance(node, exp.Insert):
        return not node.this or node.args.get("expression") is None
    if isinstance(node, exp.Delete):
        return not node.this
    return isinstance(node, exp.Set) and not node.expressions


def refuse_parameters(text: str, literals: tuple[Literal, ...], source: str) -> None:
    """Refuse ``?`` in a statement that was not prepared; arguments as for :func:`parse`.

    Raises:
        Refused: error 1064.
    """
    for number, literal in enumerate(literals):
        if literal.kind == "parameter":
            raise _refused(text, text.index(f":p{number}"), literals, source)


def _wrong_place(node: exp.Expression, text: str, literals: tuple[Literal, ...]) -> int | None:
    """Where the first thing stands that sqlglot takes and MySQL does not, or None."""
    places = []
    for each in node.walk():
        if isinstance(each, exp.Identifier):
            place = _reserved_name(each, text)
        elif isinstance(each, exp.Column):
            place = _fourth_name(each)
        elif isinstance(each, exp.Literal):
            place = _no_number(each, text)
        elif isinstance(each, (exp.Limit, exp.Offset)):
            place = _no_limit(each, text, literals)
        else:
            continue
        if place is not None:
            places.append(place)
    return min(places, default=None)


def _reserved_name(name: exp.Identifier, text: str) -> int | None:
    """Where a name is that would need back-ticks; behind a point, all words are names."""
    if name.args.get("quoted") or str(name.this).lower() not in NEVER_NAMES or "start" not in name.meta:
        return None
    if isinstance(name.parent, exp.Column) and str(name.this).lower() in CALLED_BARE:
        return None
    place = int(name.meta["start"])
    return None if text[place - 1 : place] == "." else place


def _fourth_name(column: exp.Column) -> int | None:
    """Where a name has more parts than a database, a table and a column."""
    if column.args.get("catalog") is None or "start" not in column.this.meta:
        return None
    return int(column.this.meta["start"]) - 1


def _no_number(literal: exp.Literal, text: str) -> int | None:
    """Where something stands that only looks like a number."""
    if literal.is_string or _NUMBER.fullmatch(literal.this) is not None:
        return None
    return max(text.find(literal.this), 0)


def _no_limit(limit: exp.Limit | exp.Offset, text: str, literals: tuple[Literal, ...]) -> int | None:
    """Where something stands behind LIMIT or OFFSET that is no whole number."""
    count = limit.expression
    if isinstance(count, exp.Column):
        raise Refused("ER_SP_UNDECLARED_VAR", count.name)
    found = count.find(exp.Placeholder) if count is not None else None
    if found is None:
        return None
    at = text.index(f":{found.name}")
    if count is not found:
        return text.rindex("-", 0, at) if isinstance(count, exp.Neg) else at
    if literals and literals[int(found.name[1:])].kind not in ("int", "parameter"):
        return at
    return None


def _refused(text: str, at: int, literals: tuple[Literal, ...], source: str) -> Refused:
    """Error 1064, near a place."""
    at += len(text[at:]) - len(text[at:].lstrip())
    half = _HALF.match(text, at)
    if half is not None and not _NAME_NEXT.search(text, 0, at):
        at = half.end()
    if source:
        at = place_in(source, text, literals, at)
    else:
        at, source = len(written(text[:at], literals)), written(text, literals)
    near = source[at:].rstrip().removesuffix(";").rstrip()
    return Refused(syntax_error(near, source[:at].count("\n") + 1))
