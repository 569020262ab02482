"""Single values of ``then``: as they stand there, or as templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from sockservice.documents import Document, Keys
from sockservice.errors import ConfigurationError, Place
from sockservice.responder.answering.dice import Dice
from sockservice.responder.answering.templates.template import Template, has_template, read_template


@attrs.frozen
class Scalars:
    """Reads the scalars of one stub.

    Attributes:
        document: the file, for the places of mistakes.
        groups: the named groups of the stub's regular expressions, which templates may use.
        dice: where the templates' chance comes from.
    """

    document: Document[Any]
    groups: frozenset[str]
    dice: Dice

    def read(self, written: Any, keys: Keys, found: list[ConfigurationError]) -> Any:
        """A value as it was written, or a Template.

        Args:
            written: it.
            keys: the way to it.
            found: gets what is wrong with a template, which then is None.
        """
        return self.read_at(written, lambda: self.document.place(*keys), found)

    def read_at(self, written: Any, place: Callable[[], Place], found: list[ConfigurationError]) -> Any:
        """As :meth:`read`; ``place`` tells where the value stands."""
        if not has_template(written):
            return written
        try:
            template: Template = read_template(written, self.groups)
        except ValueError as reason:
            found.append(ConfigurationError(str(reason), place()))
            return None
        return template
