"""Faults that are errors of a statement: the connection lives on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import UNSET, Meta, UnsetType
from twisted.internet.defer import Deferred

from sockservice import error_codes
from sockservice.answers import Answer, Error, Request
from sockservice.responder.answering.durations import read_duration
from sockservice.responder.faults.fault import Duration, Parameters
from sockservice.responder.faults.named_faults.breakage import Refusing, put_off
from sockservice.responder.faults.named_faults.texts import is_mariadb, refusal, table_of
from sockservice.responder.faults.statement_class import first_table, first_word, is_chatter, touches_data, writes

if TYPE_CHECKING:
    from sockservice.responder.workspace import Workspace

_EXECUTE = frozenset(["execute"])

LOCK_WAIT_SCALE = 100
"""How many times shorter a lock is waited for than ``innodb_lock_wait_timeout`` says: a test has no 50 seconds."""


class ErrorReply(Refusing, frozen=True, kw_only=True):
    """Any error of MySQL's, by its number or name."""

    name = "error"
    main = "code"

    code: Annotated[int | str, Meta(description="MySQL's number or symbolic name of the error.")]
    message: Annotated[str, Meta(description="The text; MySQL's own by default.")] | UnsetType = UNSET

    def __post_init__(self) -> None:
        """Check that there is such an error."""
        super().__post_init__()
        error_codes.error(self.code)

    def chooses(self, request: Request) -> bool:
        """All statements but chatter."""
        return not is_chatter(request.text)

    def error(self, request: Request) -> Error:
        """The error."""
        del request
        known = error_codes.error(self.code)
        return known if self.message is UNSET else Error(known.code, known.sqlstate, self.message)


class DataError(Refusing, frozen=True):
    """A fault of statements that touch rows."""

    def chooses(self, request: Request) -> bool:
        """Statements that may read or write rows."""
        return touches_data(request.text)


class WriteError(Refusing, frozen=True):
    """A fault of statements that write."""

    def chooses(self, request: Request) -> bool:
        """Statements that change rows or tables."""
        return writes(request.text)


class Deadlock(DataError, frozen=True):
    """Error 1213; the whole transaction is rolled back."""

    name = "deadlock"

    def error(self, request: Request) -> Error:
        """The error."""
        return refusal(request, "ER_LOCK_DEADLOCK")

    def refuse(self, request: Request) -> Answer:
        """The error; there is no transaction any more."""
        request.session.in_transaction = False
        return self.error(request)


class LockWaitTimeout(DataError, frozen=True):
    """Error 1205 after a wait; the statement alone is rolled back, the transaction stays open."""

    name = "lock_wait_timeout"
    main = "wait"
    durations = ("wait",)

    wait: (
        Annotated[
            Duration,
            Meta(description="How long the lock is waited for; a hundredth of `innodb_lock_wait_timeout` by default."),
        ]
        | UnsetType
    ) = UNSET

    def error(self, request: Request) -> Error:
        """The error."""
        return refusal(request, "ER_LOCK_WAIT_TIMEOUT")

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """The error, after the wait."""
        del answer
        wait = self._usual_wait(request) if self.wait is UNSET else read_duration(self.wait)
        return put_off(workspace, wait, lambda: self.refuse(request))

    def _usual_wait(self, request: Request) -> float:
        session, name = request.session, "innodb_lock_wait_timeout"
        value = session.variables.get(name, session.server.global_variables.get(name, 50))
        try:
            return min(max(float(value), 0.0), 3600.0) / LOCK_WAIT_SCALE
        except (TypeError, ValueError):
            return 50 / LOCK_WAIT_SCALE


class LockNowait(DataError, frozen=True):
    """Error 3572: NOWAIT was asked for, and somebody holds the lock."""

    name = "lock_nowait"

    def error(self, request: Request) -> Error:
        """The error."""
        return refusal(request, "ER_LOCK_NOWAIT")


class QueryTimeout(DataError, frozen=True):
    """Error 3024: the statement took longer than it may."""

    name = "query_timeout"
    main = "after"
    durations = ("after",)

    after: Annotated[Duration, Meta(description="How long the statement ran.")] = 0

    def error(self, request: Request) -> Error:
        """The error."""
        return refusal(request, "ER_QUERY_TIMEOUT")

    def apply(self, answer: Answer | None, request: Request, workspace: Workspace) -> Answer | Deferred[Answer]:
        """The error, after the time that the statement ran."""
        del answer
        return put_off(workspace, read_duration(self.after), lambda: self.refuse(request))


class ReadOnly(WriteError, frozen=True):
    """An error for whatever writes: the server, or the transaction, is read-only."""

    name = "read_only"
    main = "variant"

    variant: Annotated[
        Literal["option", "super", "transaction", "mode"],
        Meta(
            description="`option` and `super`: 1290 for --read-only and --super-read-only; `transaction`: 1792; "
            "`mode`: 1836."
        ),
    ] = "option"

    def error(self, request: Request) -> Error:
        """The error of the variant."""
        if self.variant == "transaction":
            return refusal(request, "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION")
        if self.variant == "mode":
            return refusal(request, "ER_READ_ONLY_MODE")
        option = "--super-read-only" if self.variant == "super" else "--read-only"
        return refusal(request, "ER_OPTION_PREVENTS_STATEMENT", option)


class ReadOnlyMode(WriteError, frozen=True):
    """Error 1836 for whatever writes."""

    name = "read_only_mode"

    def error(self, request: Request) -> Error:
        """The error."""
        return refusal(request, "ER_READ_ONLY_MODE")


class UnknownStatement(Refusing, frozen=True):
    """Error 1243: the server has forgotten a prepared statement."""

    name = "unknown_stmt"

    @property
    def commands(self) -> frozenset[str]:
        """What executes one."""
        return _EXECUTE

    def error(self, request: Request) -> Error:
        """The error; which number the statement had, is not known here."""
        return refusal(request, "ER_UNKNOWN_STMT_HANDLER", error_codes.UNKNOWN, "mysqld_stmt_execute")


class NeedReprepare(Refusing, frozen=True):
    """Error 1615: a table has changed since the statement was prepared."""

    name = "need_reprepare"

    @property
    def commands(self) -> frozenset[str]:
        """What executes one."""
        return _EXECUTE

    def error(self, request: Request) -> Error:
        """The error."""
        return refusal(request, "ER_NEED_REPREPARE")


class TableMissing(Refusing, frozen=True):
    """Error 1146: there is no such table."""

    name = "table_missing"
    main = "table"

    table: Annotated[str, Meta(description="Its name; by default the first that the statement names.")] | UnsetType = (
        UNSET
    )

    def chooses(self, request: Request) -> bool:
        """Statements that name a table."""
        return not is_chatter(request.text) and first_table(request.text) is not None

    def error(self, request: Request) -> Error:
        """The error."""
        database, table = table_of(request)
        if self.table is not UNSET:
            table = self.table
        return refusal(request, "ER_NO_SUCH_TABLE", database, table)


class Duplicate(WriteError, frozen=True):
    """Error 1062: the row is there already."""

    name = "duplicate"
    main = "entry"

    entry: Annotated[str | int, Meta(description="The value that is there already.")] = "1"
    key: Annotated[str, Meta(description="The index that has it.")] = "PRIMARY"

    def chooses(self, request: Request) -> bool:
        """Statements that make or change rows."""
        return first_word(request.text) in ("insert", "update", "replace", "load")

    def error(self, request: Request) -> Error:
        """The error; MySQL names the table before the index, MariaDB does not."""
        bare = is_mariadb(request) or "." in self.key
        key = self.key if bare else f"{table_of(request)[1]}.{self.key}"
        return refusal(request, "ER_DUP_ENTRY", self.entry, key)


class ForeignKey(WriteError, frozen=True):
    """Error 1451 or 1452: a foreign key forbids it."""

    name = "fk"
    main = "variant"

    variant: (
        Annotated[
            Literal["parent", "child"],
            Meta(
                description="`parent`: 1451, other rows refer to it, as for a DELETE by default; "
                "`child`: 1452, it refers to no row, as for others."
            ),
        ]
        | UnsetType
    ) = UNSET
    constraint: (
        Annotated[
            str,
            Meta(
                description="What the message has in its brackets, for example "
                "``(`shop`.`orders`, CONSTRAINT `orders_ibfk_1` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`))``."
            ),
        ]
        | UnsetType
    ) = UNSET

    def chooses(self, request: Request) -> bool:
        """Statements that change rows."""
        return first_word(request.text) in ("insert", "update", "delete", "replace", "load")

    def error(self, request: Request) -> Error:
        """The error."""
        parent = first_word(request.text) == "delete" if self.variant is UNSET else self.variant == "parent"
        constraint = self._constraint(request, parent=parent) if self.constraint is UNSET else self.constraint
        return refusal(request, "ER_ROW_IS_REFERENCED_2" if parent else "ER_NO_REFERENCED_ROW_2", constraint)

    def _constraint(self, request: Request, *, parent: bool) -> str:
        database, table = table_of(request)
        child, other = (f"{table}_items", table) if parent else (table, "parent")
        key = f"FOREIGN KEY (`{other}_id`) REFERENCES `{other}` (`id`)"
        return f"`{database}`.`{child}`, CONSTRAINT `{child}_ibfk_1` {key}"


class Full(WriteError, frozen=True):
    """Error 1114 or 1021: there is no room."""

    name = "full"
    main = "variant"

    variant: Annotated[
        Literal["table", "disk"], Meta(description="`table`: 1114, the table is full; `disk`: 1021, the disk is.")
    ] = "table"

    def chooses(self, request: Request) -> bool:
        """Statements that need room."""
        return writes(request.text) and first_word(request.text) not in ("delete", "truncate", "drop", "revoke")

    def error(self, request: Request) -> Error:
        """The error."""
        table = table_of(request)[1]
        if self.variant == "table":
            return refusal(request, "ER_RECORD_FILE_FULL", table)
        return refusal(request, "ER_DISK_FULL", f"/tmp/{table}", 28, "No space left on device")  # noqa: S108 - a text


FAULTS: tuple[type[Parameters], ...] = (
    ErrorReply,
    Deadlock,
    LockWaitTimeout,
    LockNowait,
    QueryTimeout,
    ReadOnly,
    ReadOnlyMode,
    UnknownStatement,
    NeedReprepare,
    TableMissing,
    Duplicate,
    ForeignKey,
    Full,
)
