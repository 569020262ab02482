"""The answer ``sql``: what the embedded database says to the request, or to another statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import attrs

from sockservice.answers import Request, Value
from sockservice.documents import Document, Keys
from sockservice.errors import ConfigurationError
from sockservice.responder.answering.dice import Dice
from sockservice.responder.answering.made_values import text_of
from sockservice.responder.answering.recipe import CannotAnswer, Made, Recipe
from sockservice.responder.answering.scalars import Scalars
from sockservice.responder.answering.situation import Situation
from sockservice.responder.answering.templates.template import Template, TemplateFailed, read_template, split
from sockservice.responder.tokens import Kind, TooManyTokens, tokens

_PLACE: Final = "?"
_MAX_TOKENS: Final = 100_000


@attrs.frozen(eq=False)
class Statement:
    """A statement of a stub's own.

    Its templates are no text: each is a ``?`` of a prepared statement and its value is bound, so that no value of a
    client's can become code.

    Attributes:
        text: with a ``?`` for each template.
        templates: one for each.
        dice: where the templates' chance comes from.
    """

    text: str
    templates: tuple[Template, ...]
    dice: Dice

    def make(self, situation: Situation) -> Made:
        """What the database answers."""
        params = self._values(situation) if self.templates else ()
        return _asked(
            situation, Request("execute" if params else "query", self.text, situation.request.session, params)
        )

    def describe(self, situation: Situation) -> Made:
        """What the database says of its columns."""
        return _asked(situation, Request("prepare", self.text, situation.request.session))

    def _values(self, situation: Situation) -> tuple[Value, ...]:
        from sockservice.responder.answering.templates.names import names_of

        names = names_of(situation, self.dice)
        try:
            return tuple(_bindable(template, template.value(names)) for template in self.templates)
        except TemplateFailed as reason:
            raise CannotAnswer(f"sql: {reason}") from None


def read_sql(
    sql: bool | str, scalars: Scalars, document: Document[Any], keys: Keys, found: list[ConfigurationError]
) -> Recipe | None:
    """The recipe of a ``sql``.

    Args:
        sql: as it was read.
        scalars: what its templates may use.
        document: the file, for the places of mistakes.
        keys: the way to it.
        found: gets what is wrong with it.
    """
    if sql is True:
        return Recipe(_passed_on, may_pass=True, acts=True, describe=_passed_on)
    if sql is False:
        problem = "'sql' is true, which has the embedded database answer the request, or a statement for it to run"
        found.append(document.mistake(problem, *keys))
        return None
    try:
        text, places, templates = "", [], []
        for piece, is_expression in split(sql):
            if is_expression:
                places.append(len(text))
                templates.append(read_template(f"{{{{ {piece} }}}}", scalars.groups))
            text += _PLACE if is_expression else piece
        _check(text, places)
    except (ValueError, TooManyTokens) as reason:
        found.append(document.mistake(str(reason), *keys))
        return None
    statement = Statement(text, tuple(templates), scalars.dice)
    return Recipe(statement.make, may_pass=True, acts=True, describe=statement.describe)


def _check(text: str, places: Sequence[int]) -> None:
    """See that every template stands where a value can, and nothing else is a ``?``.

    Args:
        text: the statement.
        places: where in it the ``?`` of the templates are.

    Raises:
        ValueError: a template is in quotes or in a comment, or a ``?`` has no value.
    """
    parameters = {token.start for token in tokens(text, limit=_MAX_TOKENS) if token.kind is Kind.PARAMETER}
    if not parameters.issuperset(places):
        raise ValueError(
            "a template in 'sql' stands for a whole value, without quotes around it: "
            "write CONCAT('%', {{ params[0] }}, '%') for a part of a text"
        )
    if len(parameters) > len(places):
        raise ValueError("a '?' in 'sql' has no value; write {{ params[0] }} for the first one of the request")


def _passed_on(situation: Situation) -> Made:
    return _asked(situation, situation.request)


def _asked(situation: Situation, request: Request) -> Made:
    data = situation.workspace.data
    if data is None:
        raise CannotAnswer("sql: this service has no embedded database")
    answer: Made = data.respond(request)
    return answer


def _bindable(template: Template, value: Any) -> Value:
    """A value as the protocol binds it."""
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, (int, float, str, bytes, Decimal, date, timedelta)):
        return value
    try:
        return text_of(value)
    except ValueError as reason:
        raise TemplateFailed(f"{template.text}: {reason}") from None
