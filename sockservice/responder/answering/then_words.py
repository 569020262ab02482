"""The words of ``then`` in stub files, as types: they validate a file and give its JSON Schema."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, TypeAlias

import msgspec
from msgspec import UNSET, Meta, UnsetType

from sockservice.responder.stub_words import (
    Delay,
    Ending,
    InPieces,
    NewStates,
    OwnCode,
    PauseBefore,
    Remarks,
    Text,
    Times,
    Turns,
)

Row: TypeAlias = dict[str, Any] | list[Any]
TemplateText: TypeAlias = Annotated[str, Meta(pattern=r"\{\{[\s\S]*\}\}", title="a template")]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**63 - 1)] | TemplateText

_BESIDE: Final = dict.fromkeys(
    "columns delay first_row_delay row_delay set_state then_close emit fault repeat_rows row_size times".split(),
    "beside the answer, not in it",
) | {"cycle": "beside 'then', not in it"}


class OkThen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Success without rows."""

    affected_rows: Annotated[Count, Meta(description="How many rows were changed.")] = 0
    last_insert_id: Annotated[Count, Meta(description="The AUTO_INCREMENT value that was made.")] = 0
    warnings: Annotated[
        Annotated[int, Meta(ge=0, le=65535)] | TemplateText, Meta(description="How many warnings there are.")
    ] = 0
    info: Annotated[str, Meta(description="Text such as `Rows matched: 1  Changed: 1  Warnings: 0`.")] = ""

    misplaced: ClassVar[dict[str, str]] = _BESIDE


class ErrorThen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An error whose SQLSTATE or text is not MySQL's own."""

    code: Annotated[int | str, Meta(description="MySQL's error number or symbolic name; or a number of your own.")]
    sqlstate: Annotated[str | UnsetType, Meta(description="Five characters; MySQL's own by default.")] = UNSET
    message: Annotated[str | UnsetType, Meta(description="The text; MySQL's own by default.")] = UNSET

    misplaced: ClassVar[dict[str, str]] = _BESIDE


class RowsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of rows."""

    file: Annotated[Text, Meta(description="The file, as seen from the stub file's folder.")]
    where: Annotated[
        dict[str, Any] | UnsetType,
        Meta(
            description="Only the rows whose columns have these values: a map from label to a value, a list of values, "
            "or a template such as `{{ params[0] }}`."
        ),
    ] = UNSET

    misplaced: ClassVar[dict[str, str]] = _BESIDE


class CsvFile(RowsFile, frozen=True, forbid_unknown_fields=True):
    """A CSV file."""

    delimiter: Annotated[str, Meta(description="The character between two cells.")] = ","
    null: Annotated[
        str | list[str] | UnsetType, Meta(description="What stands for NULL: `NULL` and `\\N` by default.")
    ] = UNSET


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One answer: exactly one of ``rows``, ``table``, ``csv``, ``json``, ``rows_from``, ``ok`` and ``error``."""

    rows: Annotated[
        list[Row] | UnsetType,
        Meta(description="A result set: each row is a map from label to value, or a list in the order of `columns`."),
    ] = UNSET
    columns: Annotated[
        dict[str, str] | UnsetType,
        Meta(description="Label to MySQL type, such as `VARCHAR(20)`; inferred from the values where it is left out."),
    ] = UNSET
    table: Annotated[
        Text | UnsetType,
        Meta(description="A result set as a drawn table: a header, and cells divided by `|` or by two blanks."),
    ] = UNSET
    csv: Annotated[Text | CsvFile | UnsetType, Meta(description="A result set from a CSV file with a header.")] = UNSET
    json: Annotated[Text | RowsFile | UnsetType, Meta(description="A result set from a JSON file.")] = UNSET
    rows_from: Annotated[
        Text | CsvFile | UnsetType, Meta(description="A result set from a file: .csv, .json, .yaml or .yml.")
    ] = UNSET
    ok: OkThen | UnsetType = UNSET
    error: Annotated[
        int | str | ErrorThen | UnsetType, Meta(description="MySQL's error number or name, or a map with `code`.")
    ] = UNSET
    repeat_rows: Annotated[Times | UnsetType, Meta(description="How many times the rows are sent.")] = UNSET
    row_size: Annotated[
        int | str | UnsetType,
        Meta(description="Bytes of each row, such as `20MB`: its last text or binary column is padded."),
    ] = UNSET

    misplaced: ClassVar[dict[str, str]] = {
        word: f"beside {where}, not in it"
        for where, words in {
            "'results'": "delay first_row_delay row_delay dribble set_state then_close emit fault times",
            "'then'": "cycle",
        }.items()
        for word in words.split()
    }


class Then(Result, frozen=True, forbid_unknown_fields=True):
    """What a stub answers, and what happens besides."""

    results: Annotated[
        list[Result] | UnsetType, Meta(description="Several answers to one statement, as a procedure gives.")
    ] = UNSET
    python: OwnCode = UNSET
    sql: Annotated[
        bool | Text | UnsetType,
        Meta(
            description="`true`: the embedded database answers the request. A text: it runs this statement instead, in "
            "which templates such as `{{ params[0] }}` stand for values."
        ),
    ] = UNSET
    fault: Annotated[
        str | dict[str, Any] | UnsetType,
        Meta(description="A fault by its name, or a map from the name to what it takes; with or without an answer."),
    ] = UNSET
    delay: PauseBefore = UNSET
    first_row_delay: Annotated[Delay | UnsetType, Meta(description="A pause before the first row.")] = UNSET
    row_delay: Annotated[Delay | UnsetType, Meta(description="A pause before each other row.")] = UNSET
    dribble: InPieces = UNSET
    set_state: NewStates = UNSET
    then_close: Ending = UNSET
    emit: Remarks = UNSET
    times: Turns = UNSET

    reserved: ClassVar[frozenset[str]] = frozenset(["upstream", "record"])
    misplaced: ClassVar[dict[str, str]] = {"cycle": "beside 'then', not in it"}
