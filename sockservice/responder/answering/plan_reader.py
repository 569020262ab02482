"""The ``then`` of a stub as a plan, made once when the file is loaded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs
import msgspec
from msgspec import UNSET

from sockservice.disturbances import Break, Disturbance, Dribble, Ending, Pace
from sockservice.documents import Document, Keys
from sockservice.errors import ConfigurationError
from sockservice.responder.answering.answer_reader import ROWS, AnswerReader
from sockservice.responder.answering.dice import Dice
from sockservice.responder.answering.durations import Delay, Fixed, read_delay, read_duration
from sockservice.responder.answering.giving import Breaking, Disturbing, Giving, disturbed, ends_transaction
from sockservice.responder.answering.message_answers import FAULTS, MessageAnswerReader
from sockservice.responder.answering.plan import Plan, Step
from sockservice.responder.answering.recipe import CannotAnswer, Made, Recipe
from sockservice.responder.answering.scalars import Scalars
from sockservice.responder.answering.situation import Situation
from sockservice.responder.answering.templates.template import Template, TemplateFailed
from sockservice.responder.answering.then_words import Then
from sockservice.responder.faults.fault_reader import read_fault
from sockservice.responder.files_beside import NO_FILES, FilesBeside
from sockservice.responder.journal import Source
from sockservice.responder.message_words import MessageEntry, MessageThen
from sockservice.responder.mistakes import Mistakes
from sockservice.responder.stub_file import StubEntry

_GROUP: Final = re.compile(r"\(\?P<(\w+)>")
_NOTHING: Final = Fixed(0.0)


@attrs.frozen
class PlanReader:
    """Makes plans out of the ``then`` of one file's stubs.

    Attributes:
        document: the file, for the places of mistakes.
        beside: the files that it names.
        seed: of the random numbers of its stubs; None for none.
    """

    document: Document[Any]
    beside: FilesBeside = NO_FILES
    seed: int | None = None

    def plan(self, entry: StubEntry | MessageEntry, name: str, keys: Keys) -> Plan:
        """The plan that a stub's ``then`` describes.

        Args:
            entry: the stub.
            name: what it is called.
            keys: the way to its ``then`` in the document.

        Raises:
            Mistakes: it describes none.
        """
        found: list[ConfigurationError] = []
        scalars = Scalars(self.document, _groups(entry.when), Dice(name, self.seed))
        several = isinstance(entry.then, list)
        thens: Sequence[Then | MessageThen] = entry.then if isinstance(entry.then, list) else [entry.then]
        if not thens:
            found.append(self.document.mistake("'then' lists no answer", *keys))
        if entry.cycle and not several:
            problem = "'cycle' needs a list of answers in 'then'"
            found.append(self.document.mistake(problem, *keys[:-1], "cycle", key=True))
        steps = [
            self._step(then, scalars, (*keys, index) if several else keys, found) for index, then in enumerate(thens)
        ]
        sound = tuple(step for step in steps if step is not None)
        if found or not sound:
            raise Mistakes(found)
        return Plan(sound, entry.cycle)

    def _step(
        self, then: Then | MessageThen, scalars: Scalars, keys: Keys, found: list[ConfigurationError]
    ) -> Step | None:
        """One answer, and what happens with it."""
        before = len(found)
        if isinstance(then, MessageThen):
            recipe = MessageAnswerReader(self.document, scalars, self.beside).recipe(then, keys, found)
        else:
            answers = AnswerReader(self.document, scalars, self.beside, self._map_reader(scalars))
            recipe = answers.recipe(then, keys, found)
        fault = self._fault(then, keys, found)
        fixed, disturbing = self._disturbing(then, keys, found)
        delay = self._delay(then, "delay", keys, found)
        states = () if then.set_state is UNSET else tuple(then.set_state.items())
        read = tuple(
            (scenario, scalars.read(state, (*keys, "set_state", scenario), found)) for scenario, state in states
        )
        words = [] if then.emit is UNSET else [then.emit] if isinstance(then.emit, str) else then.emit
        tags = tuple(
            scalars.read(tag, (*keys, "emit") if isinstance(then.emit, str) else (*keys, "emit", index), found)
            for index, tag in enumerate(words)
        )
        if len(found) > before:
            return None
        if fixed and recipe is not None and recipe.constant is not None and fault is None and not disturbing:
            whole = disturbed(recipe.constant, fixed)
            recipe, fixed = Recipe(lambda _: whole, whole), ()
        made = tuple(_always(disturbance) for disturbance in fixed)
        giving = Giving(recipe, scalars.dice, read, fault, (*made, *disturbing), delay)
        fixed_answer = None if recipe is None else recipe.constant
        busy = read or fault or giving.disturbing or delay or ends_transaction(fixed_answer)
        source = Source("stub", scalars.dice.name, tuple(tag for tag in tags if isinstance(tag, str)))
        live = any(isinstance(tag, Template) for tag in tags)
        return Step(
            giving.make,
            source,
            None if fault or giving.disturbing else fixed_answer,
            None if recipe is None else recipe.described or fixed_answer,
            None if then.times is UNSET else then.times,
            _tagged(scalars.dice, tags) if live else None,
            alone=not busy,
            may_pass=recipe is not None and recipe.may_pass,
            describe=None if recipe is None else recipe.describe,
        )

    # --- what happens with it -------------------------------------------------------------------

    def _fault(self, then: Then | MessageThen, keys: Keys, found: list[ConfigurationError]) -> Breaking | None:
        if then.fault is UNSET:
            return None
        try:
            fault = read_fault(then.fault)
            if isinstance(then, MessageThen) and fault.name not in FAULTS:
                raise ValueError(f"{fault.name!r} is no fault of messages; known: {', '.join(FAULTS)}")
            return fault
        except ValueError as reason:
            found.append(self.document.mistake(str(reason), *keys, "fault"))
            return None

    def _delay(self, then: Then | MessageThen, word: str, keys: Keys, found: list[ConfigurationError]) -> Delay | None:
        value = getattr(then, word, UNSET)
        if value is UNSET:
            return None
        try:
            return read_delay(msgspec.to_builtins(value))
        except ValueError as reason:
            found.append(self.document.mistake(str(reason), *keys, word))
            return None

    def _disturbing(
        self, then: Then | MessageThen, keys: Keys, found: list[ConfigurationError]
    ) -> tuple[tuple[Disturbance, ...], tuple[Disturbing, ...]]:
        """What is wrong with how the answer is sent: what is always the same, and what is random."""
        fixed: list[Disturbance] = []
        random: list[Disturbing] = []
        first, row = (self._delay(then, word, keys, found) for word in ("first_row_delay", "row_delay"))
        if first is not None or row is not None:
            self._check_rows(then, keys, found)
            first, row = first or _NOTHING, row or _NOTHING
            if isinstance(first, Fixed) and isinstance(row, Fixed):
                fixed.append(Pace(_constantly(first.duration), _constantly(row.duration)))
            else:
                random.append(_pacing(first, row))
        if then.dribble is not UNSET:
            try:
                fixed.append(Dribble(then.dribble.chunks, read_duration(then.dribble.duration)))
            except ValueError as reason:
                found.append(self.document.mistake(str(reason), *keys, "dribble", "duration"))
        if then.then_close is not UNSET and then.then_close is not False:
            fixed.append(Break(ending=Ending.RST if then.then_close == "rst" else Ending.FIN))
        return tuple(fixed), tuple(random)

    def _check_rows(self, then: Then | MessageThen, keys: Keys, found: list[ConfigurationError]) -> None:
        """Tell pauses between the rows of what has none."""
        if any(getattr(then, word) is not UNSET for word in (*ROWS, "results", "python", "sql")):
            return
        for word in ("first_row_delay", "row_delay"):
            if getattr(then, word) is not UNSET:
                problem = f"{word!r} goes with an answer that has rows"
                found.append(self.document.mistake(problem, *keys, word, key=True))

    # --- what the author's code gives -------------------------------------------------------------

    def _map_reader(self, scalars: Scalars) -> Callable[[Mapping[str, Any], Situation], Made]:
        """Makes an answer of a map as ``then`` has it; one that asks for code again would never end."""

        def read(given: Mapping[str, Any], situation: Situation) -> Made:
            if "python" in given:
                raise CannotAnswer("what 'python' gives cannot ask for 'python' again")
            found: list[ConfigurationError] = []
            step = None
            try:
                then = msgspec.convert(given, Then)
                document = Document(self.document.path, "", then)
                reader = attrs.evolve(self, document=document)
                step = reader._step(then, attrs.evolve(scalars, document=document), (), found)  # noqa: SLF001 - ours
            except msgspec.ValidationError as error:
                raise CannotAnswer(f"what 'python' gave: {error}") from None
            if step is None:
                reason = str(found[0]).removeprefix(f"{found[0].place}: ")
                raise CannotAnswer(f"what 'python' gave: {reason}")
            return step.make(situation)

        return read


def _groups(when: msgspec.Struct) -> frozenset[str]:
    """The named groups of all regular expressions in a ``when``, at whatever depth."""
    found: set[str] = set()

    def look(value: Any) -> None:
        if isinstance(value, str):
            found.update(_GROUP.findall(value))
        elif isinstance(value, dict):
            for item in value.values():
                look(item)
        elif isinstance(value, list):
            for item in value:
                look(item)

    look(msgspec.to_builtins(when, builtin_types=(bytes,)))
    return frozenset(found)


def _constantly(seconds: float) -> Callable[[], float]:
    return lambda: seconds


def _always(disturbance: Disturbance) -> Disturbing:
    return lambda _: disturbance


def _pacing(first: Delay, row: Delay) -> Disturbing:
    return lambda random: Pace(lambda: first.seconds(random), lambda: row.seconds(random))


def _tagged(dice: Dice, tags: tuple[str | Template, ...]) -> Callable[[Situation], Source]:
    """What the journal says of a request, where that depends on it."""

    def tagged(situation: Situation) -> Source:
        from sockservice.responder.answering.templates.names import names_of

        names = names_of(situation, dice)
        return Source("stub", dice.name, tuple(_tag(tag, names) for tag in tags))

    return tagged


def _tag(tag: str | Template, names: Mapping[str, Any]) -> str:
    if isinstance(tag, str):
        return tag
    try:
        return tag.filled(names)
    except TemplateFailed as reason:
        return f"emit: {reason}"
