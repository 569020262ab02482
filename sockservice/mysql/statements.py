"""The prepared statements of one connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sockservice.answers import Column, Error
from sockservice.disturbances import Ending
from sockservice.error_codes import error
from sockservice.mysql.disturbed_payloads import RowStep
from sockservice.mysql.parameters import ParameterType

LAST_PREPARED: Final = 0xFFFFFFFF
"""The id that stands for the statement prepared last: MariaDB's connectors send PREPARE and EXECUTE in one go."""

DEFAULT_MAX_STATEMENTS: Final = 16382
"""MySQL's own default of ``max_prepared_stmt_count``."""


class Refusal(Exception):
    """What was asked of a statement cannot be; ``error`` is the answer."""

    def __init__(self, error: Error) -> None:
        super().__init__(error.message)
        self.error = error


class Cursor:
    """The rows of an executed statement that the client has not fetched yet.

    Args:
        steps: the payloads of the rows, one by one; and what disturbs them.
        warnings: that the last packet tells of.
        disturbed: whether anything disturbs them.

    Attributes:
        For these see the arguments.
    """

    def __init__(self, steps: Iterator[RowStep], warnings: int = 0, *, disturbed: bool = False) -> None:
        self._steps = steps
        self._ahead: RowStep | None = None
        self.warnings = warnings
        self.disturbed = disturbed

    @property
    def at_end(self) -> bool:
        """Whether there are no more rows; looks one ahead, and raises what making it raises."""
        if self._ahead is None:
            self._ahead = next(self._steps, None)
        return self._ahead is None

    def fetch(self, count: int) -> Iterator[RowStep]:
        """At most ``count`` of the rows, one by one, with what happens before and right behind them."""
        while not self.at_end and (count or isinstance(self._ahead, Ending)):
            assert self._ahead is not None
            step, self._ahead = self._ahead, None
            yield step
            count -= isinstance(step, bytes)


class PreparedStatement:
    """One statement.

    Args:
        statement_id: its number.
        text: as it was prepared.
        parameter_count: how many ``?`` it has.
        columns: as PREPARE told them.

    Attributes:
        types: of the parameters, as they were told last.
        long_data: what has come by COM_STMT_SEND_LONG_DATA for the next execution, by the parameter's number.
        problem: why the next execution will be refused.
        cursor: where one is open.
    """

    def __init__(self, statement_id: int, text: str, parameter_count: int, columns: tuple[Column, ...]) -> None:
        self.statement_id = statement_id
        self.text = text
        self.parameter_count = parameter_count
        self.columns = columns
        self.types: tuple[ParameterType, ...] = ()
        self.long_data: dict[int, bytearray] = {}
        self.problem: Error | None = None
        self.cursor: Cursor | None = None


class Statements:
    """All of a connection.

    Args:
        most: how many there may be.
        long_data_limit: how many bytes of long data may wait for their executions, of all statements together.
    """

    def __init__(self, most: int, long_data_limit: int) -> None:
        self._most = most
        self._long_data_room = self._long_data_limit = long_data_limit
        self._statements: dict[int, PreparedStatement] = {}
        self._last_id = 0
        self._last: PreparedStatement | None = None

    def __len__(self) -> int:
        return len(self._statements)

    def check_room(self) -> None:
        """Refuse one more (1461) where there are too many.

        Raises:
            Refusal: as it says.
        """
        self._last = None
        if len(self._statements) >= self._most:
            raise Refusal(error("ER_MAX_PREPARED_STMT_COUNT_REACHED", self._most))

    def add(self, text: str, parameter_count: int, columns: tuple[Column, ...]) -> PreparedStatement:
        """Keep one more; arguments as for :class:`PreparedStatement`."""
        self._last_id = self._last_id % (LAST_PREPARED - 1) + 1
        while self._last_id in self._statements:
            self._last_id += 1
        statement = PreparedStatement(self._last_id, text, parameter_count, columns)
        self._statements[self._last_id] = self._last = statement
        return statement

    def find(self, statement_id: int, command: str) -> PreparedStatement:
        """The statement of this id.

        Args:
            statement_id: its number, or :data:`LAST_PREPARED`.
            command: who asks, for the error.

        Raises:
            Refusal: there is none (1243); the last one failed, where it was asked for.
        """
        statement = self._last if statement_id == LAST_PREPARED else self._statements.get(statement_id)
        if statement is None:
            raise Refusal(error("ER_UNKNOWN_STMT_HANDLER", statement_id, command))
        return statement

    def add_long_data(self, statement_id: int, parameter: int, data: bytes) -> None:
        """Keep a piece of a parameter. What is wrong with it is said when the statement is executed."""
        statement = self._last if statement_id == LAST_PREPARED else self._statements.get(statement_id)
        if statement is None or statement.problem is not None:
            return
        if parameter >= statement.parameter_count:
            self.forget_long_data(statement)
            statement.problem = error("ER_WRONG_ARGUMENTS", "mysqld_stmt_send_long_data")
        elif len(data) > self._long_data_room:
            self.forget_long_data(statement)
            statement.problem = error("ER_NET_PACKET_TOO_LARGE")
        else:
            self._long_data_room -= len(data)
            statement.long_data.setdefault(parameter, bytearray()).extend(data)

    def forget_long_data(self, statement: PreparedStatement) -> None:
        """It was used, or is not wanted; so is what was wrong with it."""
        self._long_data_room += sum(map(len, statement.long_data.values()))
        statement.long_data = {}
        statement.problem = None

    def close(self, statement_id: int) -> None:
        """Forget a statement, if there is one of this id."""
        if statement_id == LAST_PREPARED:
            statement_id = self._last.statement_id if self._last else 0
        statement = self._statements.pop(statement_id, None)
        if statement is not None:
            self.forget_long_data(statement)
            if statement is self._last:
                self._last = None

    def clear(self) -> None:
        """Forget all of them."""
        self._statements.clear()
        self._last = None
        self._long_data_room = self._long_data_limit
