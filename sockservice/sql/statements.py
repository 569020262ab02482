"""The statements of one session, one after the other: compiled, run within their transaction, and answered."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp
from twisted.internet.defer import Deferred

from sockservice.answers import Answer, LocalInfile, Ok, Request, Rows
from sockservice.sql import (
    definitions,
    dml,
    explain,
    load_data,
    maintenance,
    show_statements,
    transaction_statements,
    warning_statements,
)
from sockservice.sql.answered_rows import answered
from sockservice.sql.attempting import attempt_within
from sockservice.sql.defining import define
from sockservice.sql.errors import NotUnderstood, Refused, near, unsupported
from sockservice.sql.execution import Execution
from sockservice.sql.into import assign, variables_of
from sockservice.sql.kept_plans import plan_key
from sockservice.sql.literals import Folded, lexical
from sockservice.sql.long_tokens import LONG
from sockservice.sql.parse import parse
from sockservice.sql.plan import Plan, PlanBuilder
from sockservice.sql.plans import LONGEST
from sockservice.sql.predicates import predicate_of_query
from sockservice.sql.row_limits import counting, limited
from sockservice.sql.running import Work, in_thread
from sockservice.sql.select import Queries, answer_columns
from sockservice.sql.session import Locking, SqlSession
from sockservice.sql.set_variables import set_variables
from sockservice.sql.surroundings import Surroundings, enter, here, within
from sockservice.sql.taken_apart import TakenApart, first_word, understood
from sockservice.sql.transaction import SERIALIZABLE, ReadView, Transaction

if TYPE_CHECKING:
    from sockservice.sql.plans import Plans

_LONG_TO_COMPILE: Final = 2_000
"""Characters, without literals, of a statement that is compiled in a thread: that takes some milliseconds then."""
_LOCKING: Final = re.compile(
    r"(?:for\s+(?P<how>update|share)(?:\s+of\s[^)]*?)?(?P<end>\s+nowait|\s+skip\s+locked)?|lock\s+in\s+share\s+mode)(?:\s+into\s[^)]*)?\Z",
    re.IGNORECASE,
)
_INSERT: Final = re.compile(r"\b(?:insert|replace)\b.*", re.IGNORECASE | re.DOTALL)
_COMPLETE: Final = transaction_statements.WORDS - {"set"} | {"select", "with", "table", "values"}
"""Words of statements that are here in all their forms."""
_PERHAPS_ELSEWHERE: Final = frozenset([1064, 1235, 1305])
"""Errors of statements that are not understood."""


ByItself = Callable[[Callable[[], Work[Answer]]], "Answer | Deferred[Answer]"]
"""Runs work and answers what goes wrong with it."""


class Statements:
    """Runs the statements of a session.

    Args:
        session: whose.
        plans: those that are kept.
        by_itself: runs work that is not a statement's own any more, and gives its answer.
    """

    def __init__(self, session: SqlSession, plans: Plans, by_itself: ByItself) -> None:
        self.session = session
        self.by_itself = by_itself
        self._plans = plans
        # What was compiled of the statement under way, where it is too long to be kept.
        self._latest: tuple[Hashable, int, Any] | None = None

    def run(self, request: Request, now: float) -> Work[Answer]:
        """Run a statement.

        Args:
            request: the statement, to be run or, as ``prepare``, only to be described.
            now: the time, in seconds since the epoch.

        Raises:
            Refused: as MySQL does.
        """
        session = self.session
        session.text, session.parameters, session.now, session.given_id = request.text, request.params, now, 0
        session.given_up.clear()
        self._latest = None
        enter(Surroundings(session.session, session.diagnostics(), now))
        how = lexical(session.sql_mode)
        if len(request.text) > LONG:
            # Taking a long statement apart would keep the others waiting.
            read: TakenApart = yield session.store.run_in_thread(functools.partial(TakenApart.of, request, how))
        else:
            read = TakenApart.of(request, how)
        folded, word = read.folded, read.word
        if word in transaction_statements.WORDS:
            found = transaction_statements.reader_of(folded.key)
            if found is not None:
                run, match = found
                return Ok() if request.command == "prepare" else (yield from run(session, match))
        if read.change is not None:
            return (yield from self._change(read.change, describe=request.command == "prepare"))
        if word == "load":
            return self._load(folded)
        told = warning_statements.answered(folded.key, session.session)
        if told is not None:
            return told
        if word in definitions.WORDS:
            with understood(folded):
                definition = definitions.read_definition(folded.key)
            if request.command == "prepare":
                return Ok()
            return (yield from define(session, definition, self._fill))
        if word in show_statements.WORDS:
            rows = explain.explained(session, folded.key)
            if rows is not None:
                return rows
            shown = show_statements.shown(session, folded.key)
            if shown is not None:
                return shown
        if word in maintenance.WORDS:
            return (yield from maintenance.maintained(session, folded.key))
        if word == "do":
            folded = folded._replace(key=f"SELECT{folded.key[2:]}")
        try:
            answer = yield from self._query_or_definition(request, folded)
            return Ok() if word == "do" else answer
        except Refused as refused:
            if refused.answer.code in _PERHAPS_ELSEWHERE:
                raise NotUnderstood(refused.answer) from None
            raise

    def _query_or_definition(self, request: Request, folded: Folded) -> Work[Answer]:
        session = self.session
        locking = self._locking(folded.key)
        view: ReadView | None = None

        def look() -> None:
            nonlocal view
            view = self._view() if locking is None else None
            session.unseen = session.store.versions.unseen(view) if view is not None else frozenset()

        found_or_node = yield from self._query(folded, locking, look)
        if isinstance(found_or_node, Plan):
            if request.command == "prepare":
                return Ok() if found_or_node.into else Rows(found_or_node.columns)
            return (yield from self._rows(found_or_node, folded, locking, view))
        if isinstance(found_or_node, exp.Insert):
            # A WITH stands in front of it, which belongs in front of its SELECT.
            written = _INSERT.search(session.text)
            raise near(written[0] if written is not None else "")
        if isinstance(found_or_node, exp.Command) and str(found_or_node.this).upper() == "SET":
            raise near("")
        if isinstance(found_or_node, exp.Set):
            if request.command == "prepare":
                return Ok()
            return (yield from set_variables(session, found_or_node, folded.literals))
        word = first_word(session.text)
        if word in _COMPLETE:
            raise near(session.text.lstrip("( \n")[len(word) :].lstrip())
        raise unsupported(word.upper())

    # --- queries ------------------------------------------------------------------------------

    def _view(self) -> ReadView | None:
        """What a query sees that locks nothing; None for all that is there."""
        session = self.session
        transaction = session.transaction
        if transaction is None:
            if not session.store.versions.writers:
                return None
            transaction = Transaction(session.isolation)
        return session.view_for_reading(transaction)

    def _query(
        self, folded: Folded, locking: Locking | None, look: Callable[[], None] = lambda: None
    ) -> Work[Plan | exp.Expression]:
        """The plan of a query; what was read, where it is none.

        Args:
            folded: the query.
            locking: how it locks rows.
            look: finds out what the query sees, again where others had their turn.
        """

        def key() -> Hashable:
            look()
            return plan_key(self.session, folded.key, folded.literals, locking)

        planned: Plan | exp.Expression = yield from self._planned(folded, key, lambda: self._new_plan(folded, locking))
        return planned

    def _new_plan(self, folded: Folded, locking: Locking | None) -> Plan | exp.Expression:
        session = self.session
        node = parse(folded.key, folded.literals, session.text, lexical(session.sql_mode))
        if not isinstance(node, (exp.Query, exp.Values)):
            return node
        builder = PlanBuilder(folded.literals, told=True)
        session.locking = locking
        try:
            with understood(folded):
                text, columns = Queries(session, builder).query(node)
                text += limited(session, builder, node)
                total = counting(session, builder, node)
        finally:
            session.locking = None
        pinned = frozenset(builder.pinned)
        return Plan(
            text,
            tuple(builder.binds),
            answer_columns(columns),
            pinned,
            frozenset(builder.tables),
            predicate_of_query(session, node, folded.literals) if locking is not None else None,
            variables_of(node, columns),
            tuple(builder.assumptions.items()),
            None if total is None else Plan(total, tuple(builder.binds)),
        )

    def _planned(self, folded: Folded, key_of: Callable[[], Hashable], make: Callable[[], Any]) -> Work[Any]:
        """What is compiled of a statement: what is kept, else something new, made in a thread where that takes long.

        Args:
            folded: the statement.
            key_of: tells what it depends on, which may be something else when others had their turn.
            make: compiles it.
        """
        session, literals = self.session, folded.literals
        catalog = session.store.catalog
        while True:
            key, version = key_of(), catalog.version
            found = self._plans.find(key, version, literals)
            if found is None and self._latest is not None and self._latest[:2] == (key, version):
                found = self._latest[2]
            if found is not None and _plan_of(found).suits(session.session):
                return found
            # Long literals are looked at too, as for the label of a column.
            if len(folded.key) <= _LONG_TO_COMPILE and len(session.text) <= LONG:
                made = make()
            else:
                made = yield from in_thread(session.store.run_in_thread, functools.partial(within, here(), make))
                if (key, version) != (key_of(), catalog.version):
                    continue
            if isinstance(made, exp.Expression):
                return made
            if len(folded.key) <= LONGEST:
                plan = _plan_of(made)
                self._plans.add(key, version, made, plan.weight + len(folded.key), plan.pinned, literals)
            else:
                self._latest = (key, version, made)
            return made

    def _locking(self, text: str) -> Locking | None:
        found = _LOCKING.search(text)
        if found is not None:
            end = (found["end"] or "").strip().lower()
            exclusive = (found["how"] or "").lower() == "update"
            return Locking(exclusive, end == "nowait", end.startswith("skip"))
        session = self.session
        if session.transaction is not None:
            serializable = session.transaction.isolation == SERIALIZABLE
        else:
            # Without autocommit, the query begins a transaction by itself.
            serializable = not session.session.autocommit and session.isolation == SERIALIZABLE
        return Locking(exclusive=False) if serializable else None

    def _rows(self, plan: Plan, folded: Folded, locking: Locking | None, view: ReadView | None) -> Work[Answer]:
        session = self.session
        self._see_locked_tables(plan.tables, write=False)

        def read(execution: Execution) -> Work[Answer]:
            chosen = plan
            if locking is not None:
                # Who was in the way may be gone meanwhile, and the rows that it had taken away with it.
                again = yield from self._query(folded, locking)
                assert isinstance(again, Plan)
                chosen = again
            execution.view, execution.diagnostics.strict = view, False
            session.locking = locking
            try:
                rows = yield from execution.read(chosen.sql, chosen.parameters(folded.literals))
            finally:
                session.locking = None
            session.found_rows = len(rows)
            if plan.total is not None:
                total = yield from execution.read(plan.total.sql, plan.total.parameters(folded.literals))
                session.found_rows = next(iter(total))[0]
            if plan.predicate is not None:
                session.store.predicates.keep(execution.transaction, plan.predicate, folded.literals, found=len(rows))
            if plan.into:
                return assign(session.session, plan.into, list(answered(rows, plan)), execution.diagnostics)
            return Rows(plan.columns, answered(rows, plan), execution.diagnostics.count)

        transaction = session.transaction
        if transaction is None and not session.session.autocommit and plan.tables:
            transaction = session.begin()
            view = session.view_for_reading(transaction) if locking is None else None
        if transaction is None and locking is None and "session_get_lock(" not in plan.sql:
            # Nothing can be in the way of what most queries are.
            diagnostics = session.diagnostics()
            answer = yield from read(Execution(session, _NO_TRANSACTION, diagnostics, versions=False))
            session.session.warnings = tuple(diagnostics.warnings)
            return answer
        return (yield from attempt_within(session, read, plan.tables))

    # --- changes ------------------------------------------------------------------------------

    def _change(self, statement: dml.Statement, *, describe: bool) -> Work[Answer]:
        session = self.session
        text, literals = statement.folded
        versions = session.store.versions
        transaction = session.transaction_for_statement() if not describe else Transaction()
        if transaction.read_only:
            raise Refused("ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION")

        def compiled_for(execution: Execution | None) -> Work[dml.Change]:
            def key() -> Hashable:
                if execution is not None:
                    # Of the transaction at work: one that changes something by itself has its number by now.
                    own = execution.transaction.number
                    execution.view = versions.view(own) if versions.writers else None
                    session.unseen = versions.unseen(execution.view) if execution.view is not None else frozenset()
                return plan_key(session, text, literals, "change")

            return self._planned(statement.folded, key, lambda: self._new_change(statement.folded))

        def change(execution: Execution) -> Work[Answer]:
            compiled = yield from compiled_for(execution)
            self._see_locked_tables([table.key for table in compiled.tables], write=True)
            return (yield from dml.run_change(execution, compiled, statement))

        if describe:
            yield from compiled_for(None)
            return Ok()
        return (yield from attempt_within(session, change, ()))

    def _fill(self, folded: Folded) -> Work[Answer]:
        """Run the INSERT that fills a new table."""
        return self._change(dml.Statement.of(folded), describe=False)

    def _new_change(self, folded: Folded) -> dml.Change:
        with understood(folded):
            return dml.compile_change(self.session, folded, PlanBuilder(folded.literals))

    def _load(self, folded: Folded) -> Answer:
        """LOAD DATA LOCAL: ask for the file; what it holds is inserted when all of it is here."""
        session = self.session
        loading = load_data.compile_load(session, folded)
        self._see_locked_tables([loading.table.key], write=True)
        received = load_data.Received(loading)
        problem: list[Refused] = []

        def receive(data: bytes) -> None:
            try:
                if not problem:
                    received.receive(data)
            except Refused as refused:
                problem.append(refused)

        def load() -> Work[Answer]:
            if problem:
                raise problem[0]
            if session.transaction_for_statement().read_only:
                raise Refused("ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION")
            return (yield from attempt_within(session, received.load, ()))

        return LocalInfile(loading.filename, receive, lambda: self.by_itself(load))

    def _see_locked_tables(self, keys: Any, *, write: bool) -> None:
        """Under LOCK TABLES, no other tables may be used.

        Raises:
            Refused: 1099 or 1100.
        """
        locked = self.session.locked_tables
        if locked is None:
            return
        for key in keys:
            table = next((each for each in self.session.store.catalog.every_table() if each.key == key), None)
            name = table.name if table is not None else key
            if key not in locked:
                raise Refused("ER_TABLE_NOT_LOCKED", name)
            if write and not locked[key]:
                raise Refused("ER_TABLE_NOT_LOCKED_FOR_WRITE", name)


_NO_TRANSACTION: Final = Transaction()
"""What a query is within that neither sees nor changes anything of a transaction's."""


def _plan_of(made: Plan | dml.Change) -> Plan:
    return made if isinstance(made, Plan) else made.plan
