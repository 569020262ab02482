"""Views as statements read them: the query of each, with the columns that it had when it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sockservice.sql.errors import Refused
from sockservice.sql.literals import fold
from sockservice.sql.parse import parse
from sockservice.sql.plan import Constants
from sockservice.sql.schema import View
from sockservice.sql.selected import Selected
from sockservice.sql.typed import Origin

if TYPE_CHECKING:
    from sockservice.sql.select import Queries

_GONE: Final = frozenset([1054, 1146, 1049, 1109, 1356])
"""Errors that say that something is not there."""


def rows_of_view(queries: Queries, view: View) -> Selected:
    """The query of a view.

    Args:
        queries: what compiles the statement that reads the view.
        view: the view.

    Raises:
        Refused: 1356, where what it reads is not there any more.
    """
    folded, outer = fold(view.select), queries.builder
    constants = Constants(
        folded.literals,
        tables=outer.tables,
        assumptions=outer.assumptions,
        random=outer.random,
        assigned=outer.assigned,
    )
    try:
        with queries.session.within(view.within):
            found = type(queries)(queries.session, constants).selected(parse(folded.key, folded.literals, view.select))
    except Refused as refused:
        if refused.answer.code in _GONE:
            raise Refused("ER_VIEW_INVALID", view.database, view.name) from None
        raise
    places = {label.lower(): place for place, (label, _) in enumerate(found.columns)}
    chosen = [place if view.named else places.get(column.name.lower(), -1) for place, column in enumerate(view.columns)]
    if any(not 0 <= place < len(found.columns) for place in chosen):
        raise Refused("ER_VIEW_INVALID", view.database, view.name)
    columns = []
    for number, (place, column) in enumerate(zip(chosen, view.columns, strict=True), 1):
        typed = found.columns[place][1]
        columns.append(
            (
                column.name,
                typed.value(f"c{number}", origin=_through(typed.origin, view, column.name, stored=found.stored)),
            )
        )
    if chosen == list(range(len(found.columns))):
        return found._replace(columns=columns)
    listed = ", ".join(f"c{place + 1} AS c{number}" for number, place in enumerate(chosen, 1))
    return Selected(f"SELECT {listed} FROM ({found.text})", columns, stored=found.stored)


def _through(origin: Origin | None, view: View, label: str, *, stored: bool) -> Origin:
    """What clients see of a column that comes through a view, whose rows MySQL may keep before it reads them."""
    if origin is None or not origin.is_column:
        return Origin(view.database if stored else "", view.name, view.name, label, computed=not stored)
    table = origin.table if stored else view.name
    return origin._replace(database=view.database, table=table, name=label)
