"""A responder that echoes: it knows the statements of ``tests/clients/vocabulary.md`` and what MariaDB says to them.

Parameters come back with the types that they were bound with; there are all column types, any number of rows, several
results, warnings, errors, files of the client and statements that take their time.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import deferLater
from zope.interface import implementer

from sockservice.answers import Answer, Column, Error, LocalInfile, Ok, Request, Results, Rows, table
from sockservice.error_codes import error, syntax_error
from sockservice.interfaces import IResponder
from sockservice.sqltypes import SqlType

sys.path.insert(0, str(Path(__file__).parents[1] / "clients"))

import vocabulary

STRING = r"'(?:[^'\\]++|''|\\.)*+'"
ITEM = re.compile(
    rf"\s*(\?|NULL|x'[0-9a-f]*+'|{STRING}|-?[0-9]++(?:\.[0-9]++)?(?:e-?[0-9]++)?)(?:\s+(?:AS\s+)?(\w+))?\s*(,|$)",
    re.IGNORECASE | re.DOTALL,
)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a", "b": "\b"}
LONGEST_VARCHAR = 16383
DIVISION = ("Warning", 1365, "Division by 0")
FAILED = Error(5001, "45000", "failed on purpose")


def value_of(literal: str) -> Any:
    """What a literal means."""
    if literal.upper() == "NULL":
        return None
    if literal[0] in "xX":
        return bytes.fromhex(literal[2:-1])
    if literal[0] == "'":
        return re.sub(
            r"\\(.)|''", lambda match: ESCAPES.get(match[1], match[1]) if match[1] else "'", literal[1:-1], flags=re.S
        )
    if "e" in literal.lower():
        return float(literal)
    return Decimal(literal) if "." in literal else int(literal)


def type_of(value: Any) -> SqlType:
    """The type of the column that a value stands in."""
    match value:
        case None:
            return SqlType("NULL")
        case int():
            return SqlType("BIGINT", unsigned=value > 2**63 - 1)
        case float():
            return SqlType("DOUBLE")
        case Decimal():
            _, digits, exponent = value.as_tuple()
            scale = max(0, -int(exponent))
            return SqlType("DECIMAL", max(len(digits), scale, 1), scale)
        case str():
            return SqlType("LONGTEXT") if len(value) > LONGEST_VARCHAR else SqlType("VARCHAR", len(value))
        case bytes():
            return SqlType("LONGBLOB") if len(value) > LONGEST_VARCHAR else SqlType("VARBINARY", len(value))
        case datetime.datetime():
            return SqlType("DATETIME", 6 if value.microsecond else None)
        case datetime.date():
            return SqlType("DATE")
        case datetime.timedelta():
            return SqlType("TIME", 6 if value.microseconds else None)
    raise AssertionError(f"no client binds a {type(value).__name__}")


def size_of(value: Any) -> bytes:
    """The bytes of a text or of bytes."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")


@implementer(IResponder)
class EchoResponder:
    """See the module.

    Args:
        clock: for ``SLEEP``.

    Attributes:
        loaded: what LOAD DATA has loaded.
        counted: how many rows INSERT has made.
        requests: what was asked, for tests to look at; None keeps nothing.
    """

    def __init__(self, clock: Any = None, requests: list[Request] | None = None) -> None:
        self.clock = clock
        self.loaded: list[tuple[int, str]] = []
        self.counted = self.last_id = 0
        self.requests = requests
        self._warned: dict[int, bool] = {}

    def respond(self, request: Request) -> Answer | Deferred[Answer] | None:
        """The answer to a statement of the vocabulary; None for all others."""
        if self.requests is not None:
            self.requests.append(request)
        if request.command not in ("query", "prepare", "execute"):
            return None
        text = request.text if "'" in request.text else re.sub(r"\s*/\*.*?\*/", "", request.text, flags=re.DOTALL)
        text = text.strip().rstrip(";").rstrip()
        if re.match(r"select\s", text[:10], re.IGNORECASE) and (echoed := self._echo(text[7:], request)):
            return echoed
        for pattern, answer in PATTERNS:
            if match := pattern.fullmatch(text):
                if request.command == "prepare" and re.match(r"insert|update|delete|load|call|signal", text, re.I):
                    return Ok()
                return answer(self, request, match)
        return None

    def _echo(self, items: str, request: Request) -> Rows | None:
        params = iter(request.params)
        columns: list[Column] = []
        values: list[Any] = []
        at = 0
        while match := ITEM.match(items, at):
            literal, alias, comma = match.groups()
            value = next(params, None) if literal == "?" else value_of(literal)
            kind = SqlType("VARCHAR", 255) if literal == "?" and request.command == "prepare" else type_of(value)
            columns.append(Column(alias or literal[:64], kind, nullable=value is None))
            values.append(value)
            at = match.end()
            if not comma:
                return Rows(tuple(columns), [values])
        return None

    def _sequence(self, request: Request, match: re.Match[str]) -> Answer:
        last = int(match["last"])
        if match["param"]:
            last = min(last, int(request.params[0])) if request.params else 0
        columns = table({"seq": "BIGINT UNSIGNED"}).columns
        return Rows(columns, Sequential(last))

    def _repeat(self, request: Request, match: re.Match[str]) -> Answer:
        times = match["times"]
        size = int(times) if times != "?" else int(request.params[0]) if request.params else 0
        return table({match["alias"] or "big": "LONGTEXT"}, [(match["what"] * size,)])

    def _of_bytes(self, request: Request, match: re.Match[str]) -> Answer:
        argument = match["argument"]
        value = value_of(argument) if argument != "?" else request.params[0] if request.params else ""
        label = match["alias"] or match[0][7:][:64]
        if value is None:
            return table({label: "BIGINT"}, [(None,)])
        data = size_of(value)
        if match["function"].lower() == "md5":
            return table({label: "VARCHAR(32)"}, [(hashlib.md5(data).hexdigest(),)])
        return table({label: "BIGINT"}, [(len(data),)])

    def _sleep(self, request: Request, match: re.Match[str]) -> Answer | Deferred[Answer]:
        answer = table({match["alias"] or f"SLEEP({match['seconds']})": "BIGINT"}, [(0,)])
        if request.command == "prepare":
            return answer
        return deferLater(self.clock, float(match["seconds"]), lambda: answer)

    def _types(self, request: Request, match: re.Match[str]) -> Answer:
        wanted = match["id"]
        if wanted == "?":
            wanted = str(request.params[0]) if request.params else None
        rows = [row for row in vocabulary.TYPES_ROWS if wanted is None or row[0] == str(wanted)]
        return Rows(
            tuple(
                Column(
                    label,
                    SqlType.parse(text.removesuffix(" NULL")),
                    table="types",
                    original_table="types",
                    original_name=label,
                    database=vocabulary.DATABASE,
                    nullable=label != "id",
                    primary_key=label == "id",
                )
                for label, text in vocabulary.TYPES_COLUMNS.items()
            ),
            rows,
        )

    def _call(self, _request: Request, match: re.Match[str]) -> Answer:
        name = match["name"].lower()
        if name == "multi":
            numbers = table({"seq": "BIGINT UNSIGNED"}, [(1,), (2,), (3,)])
            return Results((table({"one": "INT", "name": "VARCHAR(5)"}, [(1, "first")]), numbers, Ok()))
        if name == "failing":
            return Results((table({"one": "INT"}, [(1,)]), FAILED))
        return Ok() if name == "nothing" else error("ER_SP_DOES_NOT_EXIST", "PROCEDURE", f"echo.{name}")

    def _signal(self, _request: Request, match: re.Match[str]) -> Answer:
        return Error(int(match["code"]), match["state"], value_of(match["message"]))

    def _insert(self, _request: Request, match: re.Match[str]) -> Answer:
        rows = match["rows"].count("(")
        first, self.last_id = self.last_id + 1, self.last_id + rows
        self.counted += rows
        return Ok(rows, first, info=f"Records: {rows}  Duplicates: 0  Warnings: 0" if rows > 1 else "")

    def _count(self, _request: Request, match: re.Match[str]) -> Answer:
        return table({match["alias"]: "BIGINT"}, [(self.counted,)])

    def _delete(self, _request: Request, match: re.Match[str]) -> Answer:
        if match["table"].lower() == "loaded":
            gone, self.loaded = len(self.loaded), []
        else:
            gone, self.counted = self.counted, 0
        return Ok(gone)

    def _update(self, request: Request, _match: re.Match[str]) -> Answer:
        return Ok(2 if request.session.found_rows else 0, info="Rows matched: 2  Changed: 0  Warnings: 0")

    def _duplicate(self, _request: Request, _match: re.Match[str]) -> Answer:
        return error("ER_DUP_ENTRY", "1", "PRIMARY")

    def _divide(self, request: Request, match: re.Match[str]) -> Answer:
        self._warned[request.session.connection_id] = True
        columns = table({match["alias"] or "1/0": "DECIMAL(7,4)"}).columns
        return Rows(columns, [(None,)], warnings=1)

    def _warnings(self, request: Request, _match: re.Match[str]) -> Answer:
        warned = self._warned.pop(request.session.connection_id, False)
        columns = {"Level": "VARCHAR(7)", "Code": "INT UNSIGNED", "Message": "VARCHAR(512)"}
        return table(columns, [DIVISION] if warned else [])

    def _load(self, _request: Request, match: re.Match[str]) -> Answer:
        pieces: list[bytes] = []

        def done() -> Answer:
            text = b"".join(pieces).decode()
            lines = [line.split("\t") for line in text.splitlines()]
            self.loaded += [(int(number), name) for number, name in lines]
            return Ok(len(lines), info=f"Records: {len(lines)}  Deleted: 0  Skipped: 0  Warnings: 0")

        return LocalInfile(value_of(match["file"]), pieces.append, done)

    def _loaded(self, _request: Request, _match: re.Match[str]) -> Answer:
        return table({"id": "INT", "name": "VARCHAR(100)"}, sorted(self.loaded))

    def _typo(self, _request: Request, match: re.Match[str]) -> Answer:
        return syntax_error(match[0])

    def _missing(self, request: Request, match: re.Match[str]) -> Answer | None:
        return error("ER_NO_SUCH_TABLE", request.session.database, match["table"])


class Sequential:
    """The rows of the numbers from 1 to ``last``, made while they are sent."""

    def __init__(self, last: int) -> None:
        self.last = last

    def __iter__(self) -> Iterator[Sequence[int]]:
        return ((number,) for number in range(1, self.last + 1))


def _patterns() -> Iterator[tuple[re.Pattern[str], Callable[..., Any]]]:
    alias = r"(?:\s+AS\s+(?P<alias>\w+))?"
    for text, answer in {
        r"SELECT seq FROM seq_1_to_(?P<last>\d+)(?P<param> WHERE seq <= \?)?": EchoResponder._sequence,
        rf"SELECT REPEAT\('(?P<what>.)', ?(?P<times>\d+|\?)\){alias}": EchoResponder._repeat,
        rf"SELECT (?P<function>LENGTH|MD5)\((?P<argument>\?|{STRING})\){alias}": EchoResponder._of_bytes,
        rf"SELECT SLEEP\((?P<seconds>[\d.]+)\){alias}": EchoResponder._sleep,
        r"SELECT \* FROM types(?: WHERE id = (?P<id>\d+|\?))?(?: ORDER BY id)?": EchoResponder._types,
        r"CALL (?P<name>\w+)\(\)": EchoResponder._call,
        rf"SIGNAL SQLSTATE '(?P<state>\w+)' SET MESSAGE_TEXT = (?P<message>{STRING}), MYSQL_ERRNO = (?P<code>\d+)": (
            EchoResponder._signal
        ),
        r"INSERT INTO counted \(n\) VALUES (?P<rows>.+)": EchoResponder._insert,
        r"SELECT COUNT\(\*\) AS (?P<alias>\w+) FROM counted": EchoResponder._count,
        r"DELETE FROM (?P<table>counted|loaded)": EchoResponder._delete,
        r"UPDATE kept SET n = 1": EchoResponder._update,
        r"INSERT INTO kept VALUES \(1, ?1\)": EchoResponder._duplicate,
        rf"SELECT 1/0{alias}": EchoResponder._divide,
        r"SHOW WARNINGS": EchoResponder._warnings,
        rf"LOAD DATA LOCAL INFILE (?P<file>{STRING}) INTO TABLE loaded": EchoResponder._load,
        r"SELECT id, name FROM loaded ORDER BY id": EchoResponder._loaded,
        r"SELEC\b.*": EchoResponder._typo,
        r"SELECT .* FROM (?P<table>missing|nowhere)\b.*": EchoResponder._missing,
    }.items():
        yield re.compile(text.replace(" ", r"\s+"), re.IGNORECASE | re.DOTALL), answer


PATTERNS = list(_patterns())
