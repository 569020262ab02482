"""The answer in the ``then`` of a stub for messages as a recipe, made once when the file is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import attrs
from msgspec import UNSET
from twisted.internet.defer import Deferred

from sockservice.answers import Answer, Message, Ok, Results
from sockservice.documents import Document, Keys
from sockservice.errors import ConfigurationError
from sockservice.responder.answering.recipe import CannotAnswer, Made, Recipe, constant
from sockservice.responder.answering.scalars import Scalars
from sockservice.responder.answering.situation import Situation
from sockservice.responder.answering.templates.template import Template, TemplateFailed
from sockservice.responder.files_beside import FilesBeside
from sockservice.responder.matching.message_reader import read_bytes
from sockservice.responder.message_words import MessageThen

ANSWERS: Final = ("text", "bytes", "raw", "messages", "silence", "python")
"""The words of all answers."""
FAULTS: Final = ("disconnect_after_bytes", "hang", "latency", "lost_connection", "truncated_packet")
"""The faults that mean something to bytes of which nothing is known; toxics are for the rest."""

Part: TypeAlias = bytes | Template


@attrs.frozen
class MessageAnswerReader:
    """Makes recipes out of the ``then`` of one stub for messages.

    Attributes:
        document: the file, for the places of mistakes.
        scalars: reads what may be a template.
        beside: the files that the stub file names.
    """

    document: Document[Any]
    scalars: Scalars
    beside: FilesBeside

    def recipe(self, then: MessageThen, keys: Keys, found: list[ConfigurationError]) -> Recipe | None:
        """The answer that a ``then`` describes; None where it describes none, or only a fault.

        Args:
            then: as it was read.
            keys: the way to it in the document.
            found: gets what is wrong with it.
        """
        given = [word for word in ANSWERS if getattr(then, word) is not UNSET]
        if len(given) != 1:
            if given or then.fault is UNSET:
                lacking = f"'then' lacks an answer: {', '.join(ANSWERS)} or fault"
                problem = f"'then' takes one answer, not {' and '.join(given)}" if given else lacking
                found.append(self.document.mistake(problem, *keys))
            return None
        if then.silence is not UNSET:
            return constant(Ok())
        if then.python is not UNSET:
            return self._code(then.python, (*keys, "python"), found)
        if then.messages is not UNSET:
            if not then.messages:
                found.append(self.document.mistake("'messages' lists none", *keys, "messages"))
            parts = [self._part(each, (*keys, "messages", index), found) for index, each in enumerate(then.messages)]
            return _recipe(parts, self.scalars)
        if then.text is not UNSET:
            return _recipe([self._part(then.text, (*keys, "text"), found)], self.scalars)
        word = "raw" if then.raw is not UNSET else "bytes"
        data = self._bytes(getattr(then, word), (*keys, word), found)
        return constant(Message(data, raw=word == "raw"))

    def _bytes(self, written: str, keys: Keys, found: list[ConfigurationError]) -> bytes:
        try:
            return read_bytes(written)
        except ValueError as reason:
            found.append(self.document.mistake(str(reason), *keys))
            return b""

    def _part(self, written: str, keys: Keys, found: list[ConfigurationError]) -> Part:
        """One message: bytes, or a template of its text."""
        if written.startswith("hex:"):
            return self._bytes(written, keys, found)
        read = self.scalars.read(written, keys, found)
        return read if isinstance(read, Template) else written.encode("utf-8", "surrogateescape")

    def _code(self, reference: str, keys: Keys, found: list[ConfigurationError]) -> Recipe | None:
        try:
            function = self.beside.function(reference)
        except ValueError as reason:
            found.append(self.document.mistake(str(reason), *keys))
            return None
        return Recipe(_caller(reference, function))


def _recipe(parts: list[Part], scalars: Scalars) -> Recipe:
    if not any(isinstance(part, Template) for part in parts):
        return constant(_joined([part for part in parts if isinstance(part, bytes)]))

    def make(situation: Situation) -> Answer:
        from sockservice.responder.answering.templates.names import names_of

        names = names_of(situation, scalars.dice)
        try:
            return _joined(
                [
                    part.filled(names).encode("utf-8", "surrogateescape") if isinstance(part, Template) else part
                    for part in parts
                ]
            )
        except TemplateFailed as reason:
            raise CannotAnswer(str(reason)) from None

    return Recipe(make)


def _joined(messages: list[bytes]) -> Answer:
    return Message(messages[0]) if len(messages) == 1 else Results(tuple(map(Message, messages)))


def _caller(reference: str, function: Callable[..., Any]) -> Callable[[Situation], Made]:
    """Calls the author's code, which may give text, bytes, a list of these, an answer or a Deferred; None passes on."""

    def made(given: Any) -> Answer:
        if isinstance(given, Answer):
            return given
        several = list(given) if isinstance(given, (list, tuple)) else [given]
        if not all(isinstance(each, (str, bytes)) for each in several):
            kind = next(type(each).__name__ for each in several if not isinstance(each, (str, bytes)))
            raise CannotAnswer(f"{reference} gave a {kind}, which is no message")
        if not several:
            return Ok()
        return _joined([each.encode("utf-8", "surrogateescape") if isinstance(each, str) else each for each in several])

    def make(situation: Situation) -> Made:
        try:
            given = function(situation.request)
        except Exception as error:
            raise CannotAnswer(f"{reference} raised {type(error).__name__}: {error}") from error
        if isinstance(given, Deferred):
            return given.addCallback(made)
        return None if given is None else made(given)

    return make
