"""The responder that answers from stubs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from twisted.logger import Logger
from zope.interface import implementer

from sockservice.answers import Answer, Error, Ok, Request
from sockservice.errors import counted
from sockservice.interfaces import IResponder
from sockservice.responder.stub_set import StubSet

CHARACTERS: Final = 4 * 1024 * 1024
"""Of statements whose verdict is remembered, in each of two generations: about 20,000 statements."""

_OVERHEAD: Final = 150
"""Bytes that an entry costs beside its text, counted as characters."""

_NO_COLUMNS: Final = Ok()


@implementer(IResponder)
class Stubs:
    """Answers the requests that a stub matches, and passes on the rest.

    The verdict over a statement (an answer, or that there is none) is remembered by its text, so that a statement
    seen before costs one look into a dict. Memory is bounded: when a generation of verdicts is full it becomes
    the older one, and what is asked again moves back into the younger.

    Args:
        paths: the stub files and folders, as for :meth:`StubSet.load`.
        characters: how many characters of statements a generation holds.

    Raises:
        ConfigurationError: a file cannot be used.
    """

    _log = Logger()

    def __init__(self, paths: Iterable[Path | str] = (), *, characters: int = CHARACTERS) -> None:
        self.paths = tuple(Path(path) for path in paths)
        self._characters = characters
        self.current = StubSet()
        self._use(StubSet.load(self.paths))

    def reload(self) -> None:
        """Read the files again. All of them are sound and used from now on, or the ones before stay.

        Raises:
            ConfigurationError: a file cannot be used; nothing has changed.
        """
        self._use(StubSet.load(self.paths))
        self._log.info("{stubs} read again", stubs=counted(len(self.current.stubs), "stub"))

    def _use(self, stub_set: StubSet) -> None:
        self.current = stub_set
        self._verdicts: dict[str, Answer | None] = {}
        self._older: dict[str, Answer | None] = {}
        self._room = self._characters

    def respond(self, request: Request) -> Answer | None:
        """The answer of the stub that matches, the same object each time; None where none does."""
        if request.command not in ("query", "execute"):
            return self._describe(request.text) if request.command == "prepare" else None
        if request.params:
            return self._find(request.text, request.params)
        try:
            return self._verdicts[request.text]
        except KeyError:
            return self._decide(request.text)

    def _decide(self, text: str) -> Answer | None:
        answer = self._older[text] if text in self._older else self._find(text)
        self._remember(text, answer)
        return answer

    def _describe(self, text: str) -> Answer | None:
        """What a statement with unknown parameters would answer; an error waits until they are known."""
        answer: Answer | None = None
        for stub in self.current.lookup.candidates(text):
            if not isinstance(stub.answer, Error):
                return stub.answer
            answer = _NO_COLUMNS
        return answer

    def _find(self, text: str, params: Sequence[Any] = ()) -> Answer | None:
        stub = self.current.lookup.find(text, params)
        return None if stub is None else stub.answer

    def _remember(self, text: str, answer: Answer | None) -> None:
        cost = len(text) + _OVERHEAD
        if cost > self._characters // 16:
            return
        self._room -= cost
        if self._room < 0:
            self._older, self._verdicts = self._verdicts, {}
            self._room = self._characters - cost
        self._verdicts[text] = answer
