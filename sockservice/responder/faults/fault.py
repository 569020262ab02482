"""What every fault has in common: when it strikes, whom, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Protocol, TypeAlias

import attrs
import msgspec
from msgspec import UNSET, Meta, UnsetType
from twisted.internet.defer import Deferred

from sockservice.answers import Answer, Request
from sockservice.responder.answering.durations import read_delay, read_duration
from sockservice.responder.matching.when_words import When
from sockservice.responder.stub_words import Text

if TYPE_CHECKING:
    from sockservice.responder.faults.armed_fault import ArmedFault
    from sockservice.responder.matching.subject import Subject
    from sockservice.responder.workspace import Workspace

STATEMENTS: Final = frozenset(["query", "execute"])
"""The commands that run a statement."""
CONNECT: Final = frozenset(["connect"])
"""What is asked before the greeting."""
AUTH: Final = frozenset(["auth"])
"""What is asked when the user has proven who it is."""
WORK: Final = STATEMENTS | frozenset(["prepare", "init_db", "field_list"])
"""The commands that an application has its driver send."""
COMMANDS: Final = WORK | frozenset(["ping", "statistics"])
"""The commands of a client that is logged in, and that an answer is sent to; a driver pings when it likes."""

Duration: TypeAlias = Annotated[
    float | str, Meta(description="Seconds, or a text with its unit: `2ms`, `1.5s`, `3m`, `1h`.")
]
DelayWords: TypeAlias = Annotated[
    float | str | dict[str, Any],
    Meta(
        description="A duration, or a random one: `{uniform: [10ms, 50ms]}`, "
        "`{lognormal: {median: 80ms, sigma: 0.4, max: 2s}}`."
    ),
]


class Parameters(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One fault with its parameters, as a value: what it breaks, and whom it strikes.

    The names of the fields are the words of stub files, and their types validate them. A subclass is one fault: it
    adds parameters of its own and says what becomes of an answer.
    """

    name: ClassVar[str]
    """What it is called."""
    main: ClassVar[str] = ""
    """The parameter that a bare value stands for, as in ``disconnect_after_rows: 1200``."""
    durations: ClassVar[tuple[str, ...]] = ()
    """Which parameters are durations."""
    delays: ClassVar[tuple[str, ...]] = ()
    """Which parameters are delays, which may be random."""
    reserved: ClassVar[frozenset[str]] = frozenset()
    """Words that are not supported yet; none."""

    times: Annotated[int, Meta(ge=1, description="How often it strikes at most.")] | UnsetType = UNSET
    every: Annotated[int, Meta(ge=1, description="It strikes each so-many-th request that it could strike.")] = 1
    probability: Annotated[float, Meta(ge=0, le=1, description="How likely it strikes then, from 0 to 1.")] = 1.0
    seed: (
        Annotated[int, Meta(description="Of its random numbers, so that they are the same each time.")] | UnsetType
    ) = UNSET
    window: Annotated[Duration, Meta(description="For how long it strikes, from when it is armed.")] | UnsetType = (
        msgspec.field(name="for", default=UNSET)
    )
    user: Annotated[Text, Meta(description="Strikes this user only.")] | UnsetType = UNSET
    host: Annotated[Text, Meta(description="Strikes clients of this address only.")] | UnsetType = UNSET
    database: Annotated[Text, Meta(description="Strikes where this is the current database.")] | UnsetType = UNSET
    workspace: Annotated[str, Meta(description="Strikes in this workspace only.")] | UnsetType = UNSET
    connection: Annotated[int, Meta(ge=1, description="Strikes this CONNECTION_ID() only.")] | UnsetType = UNSET
    when: Annotated[When, Meta(description="Strikes what this matches, as in a stub.")] | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Check what types cannot say.

        Raises:
            ValueError: a parameter cannot be used; the message names it.
        """
        for names, read in (((*self.durations, "window"), read_duration), (self.delays, read_delay)):
            for name in names:
                value = getattr(self, name)
                if value is not UNSET:
                    try:
                        read(value)
                    except ValueError as reason:
                        raise ValueError(f"{'for' if name == 'window' else name!r}: {reason}") from None
        for name in ("user", "database", "workspace", "when"):
            if getattr(self, name) is not UNSET and self.commands == CONNECT:
                raise ValueError(f"'{self.name}' strikes before the login, where {name!r} is not known")

    @property
    def commands(self) -> frozenset[str]:
        """The commands that it can strike (:class:`sockservice.answers.Request`)."""
        return STATEMENTS

    @property
    def replaces(self) -> bool:
        """Whether nobody is asked for the answer that it breaks, since nothing of it is sent."""
        return True

    @property
    def linger(self) -> float:
        """For how many seconds :meth:`follows` may be true after it has struck."""
        return 0.0

    def chooses(self, request: Request) -> bool:
        """Whether it strikes a request of its commands, where no ``when`` says so."""
        del request
        return True

    def due(self, request: Request, armed: ArmedFault) -> bool:
        """Whether the state of the server lets it strike."""
        del request, armed
        return True

    def follows(self, request: Request, armed: ArmedFault) -> bool:
        """Whether a request meets what an earlier strike has left behind, which is not counted as another."""
        del request, armed
        return False

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """Break an answer.

        Args:
            answer: what would be sent; None where the fault replaces it, or nobody answers.
            request: which request it answers.
            workspace: where.
        """
        raise NotImplementedError


class Judge(Protocol):
    """What a ``when`` became."""

    def holds(self, subject: Subject) -> bool:
        """Whether a request is meant."""


@attrs.frozen
class Fault:
    """A broken answer by name. The same for all workspaces: what changes is in each one's :class:`ArmedFault` of it.

    Attributes:
        parameters: what it breaks, and whom it strikes.
        judge: which requests its ``when`` means; None where it has none.
    """

    parameters: Parameters
    judge: Judge | None = attrs.field(default=None, eq=False)

    @property
    def name(self) -> str:
        """For example ``deadlock``."""
        return self.parameters.name

    @property
    def replaces(self) -> bool:
        """Whether nobody is asked for the answer that it breaks, since nothing of it is sent."""
        return self.parameters.replaces

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """Break an answer; arguments as for :meth:`Parameters.apply`."""
        return self.parameters.apply(answer, request, workspace)

    def strikes(self, request: Request, workspace: Workspace) -> bool:
        """Whether it breaks the answer of a stub that names it this time, which is counted.

        Its ``times``, ``every``, ``probability`` and the like decide; which requests it breaks, the stub has said.
        """
        return workspace.faults.of_stub(self).strikes(request, chosen=True)
