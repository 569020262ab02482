"""LOAD DATA LOCAL INFILE: the rows of a client's file (MySQL 8.4 manual, 15.2.9)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from sockservice.answers import Answer, Ok
from sockservice.error_codes import error, syntax_error
from sockservice.sql.errors import Refused
from sockservice.sql.insert import Formula, Inserting, Insertion
from sockservice.sql.literals import Folded
from sockservice.sql.parse import parse
from sockservice.sql.plan import Plan, PlanBuilder
from sockservice.sql.row_expressions import fit, row_source
from sockservice.sql.running import Work
from sockservice.sql.schema import Column, Table
from sockservice.sql.scope import Scope
from sockservice.sql.select import Queries
from sockservice.sql.spool import Spool
from sockservice.sql.surroundings import is_utc
from sockservice.sql.text_file import Format, TextFile, TooLong

if TYPE_CHECKING:
    from sockservice.sql.execution import Execution
    from sockservice.sql.session import SqlSession

_NAME: Final = r"(?:`(?:[^`]|``)+`|[^\s`,.();]+)"
_STATEMENT: Final = re.compile(
    rf"load data(?: low_priority| concurrent)?(?P<local> local)? infile :p(?P<file>\d+)"
    rf"(?P<duplicates> replace| ignore)?"
    rf" into table (?:(?P<database>{_NAME}) \. )?(?P<table>{_NAME})(?: partition \( [^)]*\))?"
    rf"(?: (?:character set|charset) (?P<charset>\w+))?"
    rf"(?: (?:fields|columns)(?P<fields>(?: (?:terminated|(?:optionally )?enclosed|escaped) by :p\d+)+))?"
    rf"(?: lines(?P<lines>(?: (?:starting|terminated) by :p\d+)+))?"
    rf"(?: ignore :p(?P<skipped>\d+) (?:lines|rows))?"
    rf"(?: \( (?P<columns>[^()]*?) ?\))?(?: set (?P<set>.+))?",
    re.IGNORECASE | re.DOTALL,
)
_BY: Final = re.compile(r"(terminated|enclosed|escaped|starting) by :p(\d+)", re.IGNORECASE)
_CODECS: Final = {"latin1": "cp1252", "binary": "latin-1", "ascii": "ascii", "utf8": "utf-8", "ucs2": "utf-16-be"}
_AT_ONCE: Final = 500
"""How many rows are put away together."""


@attrs.frozen
class Loading:
    """A compiled LOAD DATA.

    Attributes:
        table: where the rows go.
        filename: the client's file.
        written: how the file is written.
        codec: Python's name of its character set.
        skipped: how many lines are passed over.
        names: for each field a column, or a user variable with its ``@``.
        insertion: how the rows are inserted.
        computed: the expressions of SET.
        folded: the statement.
    """

    table: Table
    filename: str
    written: Format
    codec: str
    skipped: int
    names: tuple[str, ...]
    insertion: Insertion
    computed: tuple[Formula, ...]
    folded: Folded


def compile_load(session: SqlSession, folded: Folded) -> Loading:
    """Compile a LOAD DATA.

    Args:
        session: whose.
        folded: the statement.

    Raises:
        Refused: 1064; 1290 without LOCAL; 1054 and 1146.
    """
    found = _STATEMENT.fullmatch(folded.key)
    if found is None:
        raise Refused(syntax_error(folded.key[folded.key.find(" ") + 1 :]))
    if not found["local"]:
        raise Refused("ER_OPTION_PREVENTS_STATEMENT", "--secure-file-priv")
    literals = folded.literals
    table = session.table(_plain(found["table"]), _plain(found["database"] or ""))
    names = tuple(
        _plain(name.strip().replace("@ ", "@")) for name in (found["columns"] or "").split(" , ") if name.strip()
    )
    names = names or tuple(column.name for column in table.columns if not column.generated)
    columns = [_column(table, name) for name in names if not name.startswith("@")]
    builder = PlanBuilder(literals, named=True)
    compiler = Queries(session, builder).expressions(
        Scope([row_source(table, table.name, "c", utc=is_utc(session.session))])
    )
    computed = []
    for node in parse(f"UPDATE t SET {found['set']}").expressions if found["set"] else ():
        column = _column(table, node.this.name)
        columns.append(column)
        computed.append(Formula(fit(compiler.compile(node.expression), column)))
    duplicates = (found["duplicates"] or " ignore").strip().lower()
    insertion = Insertion(
        table,
        tuple(columns),
        (),
        None,
        None,
        Plan("", tuple(builder.binds)),
        replace=duplicates == "replace",
        ignore=True,
    )
    charset = (found["charset"] or "utf8mb4").lower()
    return Loading(
        table,
        str(literals[int(found["file"])].value),
        _format(found, literals),
        _CODECS.get(charset.removesuffix("mb4").removesuffix("mb3"), "utf-8"),
        int(literals[int(found["skipped"])].value) if found["skipped"] else 0,
        names,
        insertion,
        tuple(computed),
        folded,
    )


def _format(found: re.Match[str], literals: Sequence[Any]) -> Format:
    written = Format()
    names = {"terminated": "field_end", "enclosed": "quote", "escaped": "escape"}
    for word, number in _BY.findall(found["fields"] or ""):
        written = attrs.evolve(written, **{names[word.lower()]: str(literals[int(number)].value)})
    names = {"terminated": "line_end", "starting": "line_start"}
    for word, number in _BY.findall(found["lines"] or ""):
        written = attrs.evolve(written, **{names[word.lower()]: str(literals[int(number)].value)})
    return written


def _column(table: Table, name: str) -> Column:
    column = table.column(name)
    if column is None:
        raise Refused("ER_BAD_FIELD_ERROR", name, "field list")
    return column


def _plain(name: str) -> str:
    return name[1:-1].replace("``", "`") if name.startswith("`") else name


class Received:
    """The file as it comes: rows in flat memory.

    Args:
        loading: how it is read.
    """

    def __init__(self, loading: Loading) -> None:
        self._loading = loading
        self._decoder = codecs.getincrementaldecoder(loading.codec)("replace")
        self._file = TextFile(loading.written)
        self._rows: list[tuple[str | None, ...]] = []
        self._spool = Spool()
        self._to_skip = loading.skipped

    def receive(self, data: bytes, *, last: bool = False) -> None:
        """Take a piece of the file.

        Raises:
            Refused: 1406, for a row without an end.
        """
        try:
            for row in self._file.feed(self._decoder.decode(data, last), last=last):
                if self._to_skip:
                    self._to_skip -= 1
                    continue
                self._rows.append(tuple(row))
                if len(self._rows) >= _AT_ONCE:
                    self._put_away()
        except TooLong:
            raise Refused("ER_DATA_TOO_LONG", self._loading.names[0], self._spool.count + 1) from None

    def _put_away(self) -> None:
        self._spool.add(self._rows)
        self._rows = []

    def load(self, execution: Execution) -> Work[Answer]:
        """Insert the rows; the answer."""
        self.receive(b"", last=True)
        if self._rows:
            self._put_away()
        execution.diagnostics.ignore = True
        inserting = Inserting(execution, self._loading.insertion, self._loading.folded.literals, None)
        answer = yield from inserting.run(self._values(execution))
        deleted = inserting.duplicates if self._loading.insertion.replace else 0
        skipped = 0 if self._loading.insertion.replace else inserting.duplicates
        info = f"Records: {inserting.records}  Deleted: {deleted}  Skipped: {skipped}  Warnings: {answer.warnings}"
        return Ok(answer.affected_rows, answer.last_insert_id, answer.warnings, info)

    def _values(self, execution: Execution) -> Iterator[list[Any]]:
        """The rows as they are inserted; what is missing is empty, what is too much is left out."""
        names, diagnostics = self._loading.names, execution.diagnostics
        columns = self._loading.table.columns
        empty = {each.name.lower() for each in columns if each.nullable and each.default is None}
        variables = execution.session.session.user_variables
        for number, row in enumerate(self._spool, 1):
            fields: list[Any] = list(row)
            if len(fields) < len(names):
                for name in names[len(fields) :]:
                    diagnostics.warn(error("ER_WARN_TOO_FEW_RECORDS", number))
                    fields.append(None if name.lower() in empty else "")
            elif len(fields) > len(names):
                diagnostics.warn(error("ER_WARN_TOO_MANY_RECORDS", number))
            values = []
            for name, field in zip(names, fields, strict=False):
                if name.startswith("@"):
                    variables[name[1:].lower()] = field
                else:
                    values.append(field)
            yield [*values, *self._loading.computed]
