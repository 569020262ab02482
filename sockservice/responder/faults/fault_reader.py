"""A fault as it is written, made ready to strike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import msgspec
from msgspec import UNSET

from sockservice.documents import Document, Keys, value_mistakes
from sockservice.errors import ConfigurationError, did_you_mean
from sockservice.responder.faults.fault import Fault, Parameters
from sockservice.responder.faults.named_faults import FAULTS, FaultWords
from sockservice.responder.files_beside import NO_FILES, FilesBeside
from sockservice.responder.matching.condition import Condition
from sockservice.responder.matching.condition_reader import ConditionReader
from sockservice.responder.matching.subject import Subject
from sockservice.responder.mistakes import Mistakes


def read_fault(value: Any) -> Fault:
    """A fault that stands in no file, or where its own place in it is not asked for.

    Args:
        value: as YAML has it: a name (``hang``), or a map from a name to its parameters or to the value of its main
            one (``{deadlock: {times: 2}}``, ``{disconnect_after_rows: 1200}``).

    Raises:
        ValueError: it is none; the message says all that is wrong.
    """
    if not isinstance(value, str | dict):
        raise ValueError("a fault is a name, or a map from its name to its parameters")
    if isinstance(value, dict):
        try:
            value = msgspec.convert(value, FaultWords)
        except msgspec.ValidationError as error:
            raise ValueError("; ".join(value_mistakes(value, FaultWords)) or str(error)) from None
    try:
        return FaultReader(Document(Path(), "", None)).fault(value, ())
    except Mistakes as mistakes:
        raise ValueError("; ".join(map(_without_place, mistakes.found))) from None


@attrs.frozen
class FaultReader:
    """Makes faults out of those that one file names.

    Attributes:
        document: the file, for the places of mistakes.
        beside: the files that it may name.
    """

    document: Document[Any]
    beside: FilesBeside = NO_FILES

    def fault(self, entry: Any, keys: Keys) -> Fault:
        """The fault that an entry names.

        Args:
            entry: a :data:`sockservice.responder.faults.named_faults.FaultEntry`.
            keys: the way to it in the document.

        Raises:
            Mistakes: it names none.
        """
        name, inside = self._named(entry, keys)
        fault = FAULTS[name]
        try:
            if isinstance(inside, Parameters):
                parameters = inside
            else:
                parameters = msgspec.convert({} if inside is UNSET else {fault.main: inside}, fault)
        except msgspec.ValidationError as error:
            lacking = inside is UNSET and fault.main
            problem = f"{name!r} needs its {fault.main!r}, as in {{{name}: …}}" if lacking else _bare(error)
            raise Mistakes([self.document.mistake(problem, *keys, name)]) from None
        if parameters.when is UNSET:
            return Fault(parameters)
        condition = ConditionReader(self.document, self.beside).condition(parameters.when, (*keys, name, "when"))
        condition.belongs_to(f"the fault {name!r}")
        return Fault(parameters, Matched(condition))

    def _named(self, entry: Any, keys: Keys) -> tuple[str, Any]:
        """The name of the fault, and what stands behind it."""
        if isinstance(entry, str):
            if entry in FAULTS:
                return entry, UNSET
            problem = f"{entry!r} is no fault{did_you_mean(entry, FAULTS)}"
        else:
            given = [(name, getattr(entry, name)) for name in FAULTS if getattr(entry, name) is not UNSET]
            if len(given) == 1:
                return given[0]
            problem = (
                f"a fault is one name with its parameters, not {' and '.join(name for name, _ in given) or 'none'}"
            )
        raise Mistakes([self.document.mistake(problem, *keys)])


class Matched:
    """The ``when`` of a fault, judged as that of a stub is.

    Args:
        condition: what the ``when`` became.
    """

    def __init__(self, condition: Condition) -> None:
        self._condition = condition

    def holds(self, subject: Subject) -> bool:
        """Whether a request is meant."""
        return self._condition.meets(subject)


def _bare(error: msgspec.ValidationError) -> str:
    return str(error).partition(" - at `")[0]


def _without_place(mistake: ConfigurationError) -> str:
    return str(mistake).removeprefix(f"{mistake.place}: ")
