"""SHOW TABLES, SHOW COLUMNS and DESCRIBE of the control's own tables: where there is no control, there are none."""

from __future__ import annotations

from collections.abc import Iterator

from sockservice.answers import Answer, Request
from sockservice.responder.chatter.catalogue import CONTROL
from sockservice.responder.chatter.show_statement import read_describe
from sockservice.responder.chatter.show_tables import read_fields, read_tables
from sockservice.responder.token_reader import NotUnderstood, TokenReader
from sockservice.responder.tokens import Kind

_OURS = (CONTROL,)


def listing(request: Request, reader: TokenReader) -> Answer | None:
    """The answer to a statement that lists tables or columns of the control; None where it is about something else.

    Args:
        request: whose statement.
        reader: the statement, from its beginning.

    Raises:
        NotUnderstood: it is another statement.
    """
    if not any(_named(reader)):
        return None
    if not reader.accept("show"):
        reader.take()
        return read_describe(reader, _OURS)(request)
    full = reader.accept("full")
    if reader.accept("tables"):
        return read_tables(reader, full=full, schemas=_OURS)(request)
    if reader.accept_any("columns", "fields") is not None:
        return read_fields(reader, full=full, schemas=_OURS)(request)
    raise NotUnderstood("not about tables")


def _named(reader: TokenReader) -> Iterator[bool]:
    """For each token, whether it names the control's database: ``FROM sockservice``, ``sockservice.journal``."""
    for at, token in enumerate(reader.tokens):
        before = reader.tokens[at - 1].value if at else ""
        behind = reader.tokens[at + 1].text if at + 1 < len(reader.tokens) else ""
        ours = token.kind in (Kind.WORD, Kind.QUOTED) and token.value == CONTROL
        yield ours and (before in ("from", "in") or behind == ".")
