"""Faults of what is sent: result sets that break off or come slowly, and packets that are wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import attrs
import msgspec
from msgspec import Meta
from twisted.internet.defer import Deferred

from sockservice import error_codes
from sockservice.answers import Answer, Disturbed, Ok, Request, Results, Rows
from sockservice.disturbances import (
    Break,
    Disturbance,
    Ending,
    Malformed,
    MissingEnd,
    Pace,
    Truncated,
    WrongSequence,
)
from sockservice.responder.answering.durations import Delay, read_delay, read_duration
from sockservice.responder.faults.fault import DelayWords, Duration, Parameters
from sockservice.responder.faults.named_faults.breakage import How, StatementFault, disturbed, usual
from sockservice.responder.faults.statement_class import reads

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace

Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]


class AnswerFault(StatementFault, frozen=True):
    """A fault of the way in which an answer is sent."""

    @property
    def replaces(self) -> bool:
        """No: something of the answer is sent."""
        return False

    def disturbance(self, workspace: Workspace) -> Disturbance:
        """What is wrong with the answer."""
        raise NotImplementedError

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """The answer, disturbed."""
        return disturbed(usual(answer, request), self.disturbance(workspace))


class RowsFault(AnswerFault, frozen=True):
    """A fault of result sets."""

    def chooses(self, request: Request) -> bool:
        """Statements that give rows."""
        return reads(request.text)


class DisconnectAfterRows(RowsFault, frozen=True, kw_only=True):
    """Some rows, then the end of the connection."""

    name = "disconnect_after_rows"
    main = "n"

    n: Annotated[Count, Meta(description="How many rows are sent.")]
    how: How = "fin"

    def disturbance(self, workspace: Workspace) -> Disturbance:
        """The end of the connection."""
        del workspace
        return Break(after_rows=self.n, ending=Ending(self.how))


class DisconnectAfterBytes(AnswerFault, frozen=True, kw_only=True):
    """Some bytes of the answer, then the end of the connection."""

    name = "disconnect_after_bytes"
    main = "n"

    n: Annotated[Count, Meta(description="How many bytes are sent.")]
    how: How = "fin"

    def disturbance(self, workspace: Workspace) -> Disturbance:
        """The end of the connection."""
        del workspace
        return Break(after_bytes=self.n, ending=Ending(self.how))


class ErrorAfterRows(RowsFault, frozen=True, kw_only=True):
    """Some rows, then an error in place of the others; the connection lives on."""

    name = "error_after_rows"
    main = "n"

    n: Annotated[Count, Meta(description="How many rows are sent.")]
    error: Annotated[int | str, Meta(description="MySQL's number or symbolic name of the error.")] = (
        "ER_QUERY_INTERRUPTED"
    )

    def __post_init__(self) -> None:
        """Check that there is such an error."""
        super().__post_init__()
        error_codes.error(self.error)

    def disturbance(self, workspace: Workspace) -> Disturbance:
        """The error."""
        del workspace
        return Break(after_rows=self.n, error=error_codes.error(self.error))


class SlowRows(RowsFault, frozen=True):
    """A pause before each row."""

    name = "slow_rows"
    main = "delay"
    durations = ("jitter",)
    delays = ("delay", "first_row")

    delay: Annotated[DelayWords, Meta(description="The pause before each row.")] = "100ms"
    jitter: Annotated[Duration, Meta(description="By how much each pause may be shorter or longer, at random.")] = 0
    first_row: (
        Annotated[DelayWords, Meta(description="The pause before the first row; `delay` by default.")]
        | msgspec.UnsetType
    ) = msgspec.UNSET

    def disturbance(self, workspace: Workspace) -> Disturbance:
        """The pauses."""
        random, jitter, usual_pause = workspace.random, read_duration(self.jitter), read_delay(self.delay)
        first = usual_pause if self.first_row is msgspec.UNSET else read_delay(self.first_row)

        def pause(delay: Delay) -> float:
            return max(0.0, delay.seconds(random) + (random.uniform(-jitter, jitter) if jitter else 0.0))

        return Pace(first_row=lambda: pause(first), row=lambda: pause(usual_pause))


class TruncatedPacket(AnswerFault, frozen=True):
    """The last packet of the answer is shorter than its header says."""

    name = "truncated_packet"
    main = "keep"

    keep: Annotated[int, Meta(ge=0, le=2**24 - 1, description="How many bytes of it are sent behind the header.")] = 0
    then: Annotated[
        Literal["close", "hang"], Meta(description="Whether the connection is closed then, or nothing more comes.")
    ] = "close"

    def disturbance(self, workspace: Workspace) -> Disturbance:
        """The packet."""
        del workspace
        return Truncated(self.keep, Ending.FIN if self.then == "close" else Ending.STALL)


class WrongSequenceId(AnswerFault, frozen=True):
    """The packets of the answer have wrong sequence ids."""

    name = "wrong_sequence"
    main = "offset"

    offset: Annotated[int, Meta(ge=-255, le=255, description="What is added to each.")] = 1

    def disturbance(self, workspace: Workspace) -> Disturbance:
        """The offset."""
        del workspace
        return WrongSequence(self.offset)


class MalformedPacket(AnswerFault, frozen=True):
    """The answer is not what the protocol wants."""

    name = "malformed_packet"
    main = "kind"

    kind: Annotated[
        Literal["length", "column_count", "garbage"],
        Meta(
            description="`length`: a length in a row says more than there is; `column_count`: more columns are "
            "announced than described; `garbage`: random bytes, which `seed` makes the same each time."
        ),
    ] = "garbage"

    def chooses(self, request: Request) -> bool:
        """Statements that give rows, where rows are needed."""
        return reads(request.text) if self.kind != "garbage" else super().chooses(request)

    def disturbance(self, workspace: Workspace) -> Disturbance:
        """The bytes."""
        seed = workspace.random.getrandbits(32) if self.seed is msgspec.UNSET else self.seed
        return Malformed(self.kind, seed)


class MissingEof(RowsFault, frozen=True):
    """What ends columns and rows is left out, or has the form that was not agreed."""

    name = "missing_eof"
    main = "other_form"

    other_form: Annotated[
        bool, Meta(description="Whether EOF is sent where OK was agreed, and OK where EOF was, instead of nothing.")
    ] = False

    def disturbance(self, workspace: Workspace) -> Disturbance:
        """The missing end."""
        del workspace
        return MissingEnd(self.other_form)


class WarningWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One warning."""

    message: Annotated[str, Meta(description="The text.")]
    code: Annotated[int, Meta(ge=1, le=65535, description="MySQL's number of it.")] = 1105
    level: Annotated[Literal["Note", "Warning", "Error"], Meta(description="How bad it is.")] = "Warning"


class Warnings(StatementFault, frozen=True, kw_only=True):
    """The answer tells of warnings, which SHOW WARNINGS lists."""

    name = "warnings"
    main = "warnings"

    warnings: Annotated[
        list[str | WarningWords],
        Meta(
            min_length=1, max_length=1000, description="The warnings: texts, or maps of `message`, `code` and `level`."
        ),
    ]

    @property
    def replaces(self) -> bool:
        """No: the answer is sent."""
        return False

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """The answer, with the number of warnings."""
        del workspace
        listed = [WarningWords(message=item) if isinstance(item, str) else item for item in self.warnings]
        request.session.warnings = tuple((item.level, item.code, item.message) for item in listed)
        return _warning(usual(answer, request), len(listed))


def _warning(answer: Answer, count: int) -> Answer:
    """An answer that tells of warnings, where it is one that can."""
    if isinstance(answer, Ok | Rows):
        return attrs.evolve(answer, warnings=count)
    if isinstance(answer, Results):
        return Results((*answer.results[:-1], _warning(answer.results[-1], count)))
    if isinstance(answer, Disturbed) and answer.answer is not None:
        return Disturbed(_warning(answer.answer, count), answer.disturbances)
    return answer


FAULTS: tuple[type[Parameters], ...] = (
    DisconnectAfterRows,
    DisconnectAfterBytes,
    ErrorAfterRows,
    SlowRows,
    TruncatedPacket,
    WrongSequenceId,
    MalformedPacket,
    MissingEof,
    Warnings,
)
