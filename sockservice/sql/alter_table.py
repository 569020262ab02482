"""ALTER TABLE, CREATE INDEX and DROP INDEX (MySQL 8.4 manual, 15.1.9, 15.1.15, 15.1.27)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import attrs

from sockservice.answers import Answer, Ok
from sockservice.sql import key_changes
from sockservice.sql.alteration import ADD_KEYS, COLUMNS, DROP_COLUMNS, DROP_KEYS, REST, SETTLE, Alteration, Step
from sockservice.sql.column_reader import collation_name, read_column, read_default, read_place
from sockservice.sql.create_table import pass_partitions
from sockservice.sql.definition import Change, found
from sockservice.sql.drafts import CheckDraft, ColumnDraft, ForeignKeyDraft, IndexDraft, KeyKind
from sockservice.sql.drop_statements import rename
from sockservice.sql.errors import Refused
from sockservice.sql.key_reader import is_key, read_index_options, read_key, read_parts
from sockservice.sql.running import Work
from sockservice.sql.schema import Table
from sockservice.sql.table_copy import rows_of
from sockservice.sql.table_options import TableOptions, read_option, resolve_collation
from sockservice.sql.table_storage import TableStorage
from sockservice.sql.type_reader import charset_name
from sockservice.sql.typed import quoted
from sockservice.sql.words import Name, Words

if TYPE_CHECKING:
    from sockservice.sql.session import SqlSession

_PARTITIONS: Final = frozenset(
    "coalesce reorganize exchange analyze check optimize rebuild repair remove truncate discard import".split()
)
"""Words of changes that say where rows are kept."""


@attrs.frozen
class AlterTable:
    """The statement: its changes, in the order in which they were written."""

    name: Name
    steps: tuple[Step, ...]
    options: TableOptions = attrs.field(factory=TableOptions)
    commits: bool = True

    def tables(self, session: SqlSession) -> Sequence[Table]:
        """The table."""
        return found(session, self.name.database, self.name.name)

    def run(self, session: SqlSession, change: Change) -> Work[Answer]:
        """Make the changes, all of them or none."""
        del change
        table = session.base_table(self.name.name, self.name.database)
        alteration = Alteration.of(session, table)
        alteration.options = self.options
        if self.options.charset is not None or self.options.collation is not None:
            alteration.builder.collation = self.options.resolved(table.collation)
        for step in sorted((*self.steps, Step(SETTLE, Alteration.settle)), key=lambda step: step.phase):
            step.apply(alteration)
        altered = alteration.builder.finish(**self._options(table))
        storage = TableStorage(session)
        if session.flag("foreign_key_checks", default=True):
            for key in alteration.builder.added_keys:
                if all(name in alteration.origins for name in key.columns):
                    yield from storage.check_foreign_key(table, key)
        session.session.warnings = tuple(alteration.builder.warnings)
        ((count,),) = yield from rows_of(session, f"SELECT COUNT(*) FROM {quoted(table.key)}")
        made = yield from storage.change(table, altered, alteration.origins, refill=alteration.refill)
        if self.options.auto_increment and made.auto_increment is not None:
            session.store.numbers.forget(made)
            session.store.numbers.used(made, self.options.auto_increment - 1)
        with session.store.main.at_once():
            for each in (made, *alteration.children.values()):
                session.store.catalog.put(each)
            if made.key != table.key:
                storage.drop(table)
        if alteration.new_name is not None:
            rename(session, Name(table.database, table.name), alteration.new_name)
        warnings = len(session.session.warnings)
        copied = count if made.key != table.key else 0
        return Ok(copied, 0, warnings, f"Records: {copied}  Duplicates: 0  Warnings: {warnings}")

    def _options(self, table: Table) -> dict[str, object]:
        options = self.options
        return {
            "engine": options.engine or table.engine,
            "comment": table.comment if options.comment is None else options.comment,
            "row_format": options.row_format or table.row_format,
        }


def read_alter_table(words: Words) -> AlterTable:
    """Read ALTER TABLE from behind TABLE.

    Raises:
        Refused: 1064 and what a definition is refused for.
    """
    name = words.table()
    steps: list[Step] = []
    options = TableOptions()
    while not words.ended:
        if not read_option(words, options):
            steps += _changes(words)
        if words.ended:
            break
        if (not words.accept(",") and not _is_option(words, options)) or words.ended:
            raise words.mistake()
    return AlterTable(name, tuple(steps), options)


def _is_option(words: Words, options: TableOptions) -> bool:
    """Options may follow each other without commas."""
    before = words.at
    taken = read_option(words, options)
    if not taken and words.next_is("partition", "by"):
        pass_partitions(words)
        return words.ended
    if taken and not words.ended:
        words.accept(",")
    return taken and words.at > before


def _changes(words: Words) -> list[Step]:
    """Take one change, which may be several steps."""
    readers: dict[str, Callable[[Words], list[Step]]] = {
        "add": _add,
        "drop": _drop,
        "modify": _modify,
        "change": _change,
        "alter": _alter,
        "rename": _rename,
        "convert": _convert,
    }
    for word, read in readers.items():
        if words.accept(word):
            return read(words)
    if words.accept_any("disable", "enable"):
        words.expect("keys")
        return [Step(REST, Alteration.note_that_keys_stay)]
    if words.accept_any("algorithm", "lock"):
        words.accept("=")
        words.take()
    elif words.accept_any("with", "without"):
        words.expect("validation")
    elif words.accept("order", "by"):
        while not words.ended and not words.next_is(","):
            words.take()
    elif words.accept("force"):
        pass
    elif words.next_is("partition", "by"):
        pass_partitions(words)
    elif _is_about_partitions(words):
        words.at = len(words.text)
    else:
        raise words.mistake()
    return []


def _is_about_partitions(words: Words) -> bool:
    first = words.peek().text.lower()
    return first in _PARTITIONS and words.peek(1).text.lower() in ("partition", "partitioning", "tablespace")


# --- ADD --------------------------------------------------------------------------------------


def _add(words: Words) -> list[Step]:
    if words.accept("partition"):
        words.at = len(words.text)
        return []
    if is_key(words):
        return [_added_key(read_key(words))]
    words.accept("column")
    words.accept("if", "not", "exists")
    if not words.accept("("):
        draft = read_column(words)
        draft.after = read_place(words)
        return _added_column(draft)
    steps: list[Step] = []
    while True:
        if is_key(words):
            steps.append(_added_key(read_key(words)))
        else:
            steps += _added_column(read_column(words))
        if not words.accept(","):
            break
    words.expect(")")
    return steps


def _added_column(draft: ColumnDraft) -> list[Step]:
    return [
        Step(COLUMNS, lambda alteration: alteration.add_column(draft)),
        Step(ADD_KEYS, lambda alteration: alteration.add_keys_of(draft)),
    ]


def _added_key(draft: IndexDraft | ForeignKeyDraft | CheckDraft) -> Step:
    def add(alteration: Alteration) -> None:
        if isinstance(draft, IndexDraft):
            alteration.builder.add_index(draft)
        elif isinstance(draft, ForeignKeyDraft):
            alteration.builder.add_foreign_key(draft)
        else:
            alteration.builder.add_check(draft)

    return Step(ADD_KEYS, add)


# --- DROP -------------------------------------------------------------------------------------


def _drop(words: Words) -> list[Step]:
    if words.accept("primary", "key"):
        return [Step(DROP_KEYS, lambda alteration: key_changes.drop_index(alteration, "PRIMARY"))]
    if words.accept("foreign", "key"):
        return [_dropped(words, key_changes.drop_foreign_key)]
    if words.accept_any("index", "key"):
        return [_dropped(words, key_changes.drop_index)]
    if words.accept("check"):
        return [_dropped(words, key_changes.drop_check)]
    if words.accept("constraint"):
        return [_dropped(words, key_changes.drop_constraint)]
    if words.accept("partition"):
        words.at = len(words.text)
        return []
    words.accept("column")
    step = _dropped(words, Alteration.drop_column, DROP_COLUMNS)
    words.accept_any("restrict", "cascade")
    return [step]


def _dropped(words: Words, drop: Callable[[Alteration, str], None], phase: int = DROP_KEYS) -> Step:
    name = words.name()
    return Step(phase, lambda alteration: drop(alteration, name))


# --- the others -------------------------------------------------------------------------------


def _modify(words: Words) -> list[Step]:
    words.accept("column")
    name = words.name()
    return _changed_column(words, name, read_column(words, name))


def _change(words: Words) -> list[Step]:
    words.accept("column")
    name = words.name()
    return _changed_column(words, name, read_column(words))


def _changed_column(words: Words, name: str, draft: ColumnDraft) -> list[Step]:
    draft.after = read_place(words)
    return [
        Step(COLUMNS, lambda alteration: alteration.change_column(name, draft)),
        Step(ADD_KEYS, lambda alteration: alteration.add_keys_of(draft)),
    ]


def _alter(words: Words) -> list[Step]:
    if words.accept("index"):
        name = words.name()
        visible = words.accept_any("visible", "invisible")
        if not visible:
            raise words.mistake()
        return [Step(REST, lambda alteration: key_changes.show_index(alteration, name, visible=visible == "visible"))]
    if words.accept_any("check", "constraint"):
        name = words.name()
        enforced = not words.accept("not")
        words.expect("enforced")
        return [Step(REST, lambda alteration: key_changes.enforce_check(alteration, name, enforced=enforced))]
    words.accept("column")
    name = words.name()
    if words.accept("drop", "default"):
        return [Step(COLUMNS, lambda alteration: alteration.set_default(name, None, dropped=True))]
    words.expect("set")
    word = words.accept_any("visible", "invisible")
    if word:
        return [Step(COLUMNS, lambda alteration: alteration.show_column(name, visible=word == "visible"))]
    words.expect("default")
    default = read_default(words)
    return [Step(COLUMNS, lambda alteration: alteration.set_default(name, default, dropped=False))]


def _rename(words: Words) -> list[Step]:
    word = words.accept_any("column", "index", "key")
    if word:
        old = words.name()
        words.expect("to")
        new = words.name("ER_WRONG_COLUMN_NAME" if word == "column" else "ER_WRONG_NAME_FOR_INDEX")
        if word == "column":
            return [Step(COLUMNS, lambda alteration: alteration.rename_column(old, new))]
        return [Step(DROP_KEYS, lambda alteration: key_changes.rename_index(alteration, old, new))]
    words.accept_any("to", "as", "=")
    name = words.table()

    def note(alteration: Alteration) -> None:
        alteration.new_name = name
        _see_that_it_is_free(alteration, name)

    return [Step(REST, note)]


def _see_that_it_is_free(alteration: Alteration, name: Name) -> None:
    catalog = alteration.session.store.catalog
    where = name.database or alteration.session.database or alteration.table.database
    taken = catalog.table(where, name.name) or catalog.view(where, name.name)
    if taken is not None and taken is not alteration.table:
        raise Refused("ER_TABLE_EXISTS_ERROR", name.name)


def _convert(words: Words) -> list[Step]:
    words.expect("to")
    if not (words.accept("character", "set") or words.accept("charset")):
        raise words.mistake()
    charset = charset_name(words)
    collation = collation_name(words) if words.accept("collate") else ""

    def convert(alteration: Alteration) -> None:
        alteration.convert(resolve_collation(charset, collation, alteration.table.collation))

    return [Step(COLUMNS, convert)]


# --- CREATE INDEX and DROP INDEX --------------------------------------------------------------


def read_create_index(words: Words, kind: KeyKind) -> AlterTable:
    """Read CREATE INDEX from behind INDEX."""
    words.accept("if", "not", "exists")
    name = words.name("ER_WRONG_NAME_FOR_INDEX")
    using = ""
    if words.accept_any("using", "type"):
        using = words.take().text.upper()
    words.expect("on")
    table = words.table()
    draft = read_index_options(words, IndexDraft(kind, name, read_parts(words), using))
    _pass_ways(words)
    return AlterTable(table, (_added_key(draft),))


def read_drop_index(words: Words) -> AlterTable:
    """Read DROP INDEX from behind INDEX."""
    words.accept("if", "exists")
    name = "PRIMARY" if words.accept("primary") else words.name()
    words.expect("on")
    table = words.table()
    _pass_ways(words)
    return AlterTable(table, (Step(DROP_KEYS, lambda alteration: key_changes.drop_index(alteration, name)),))


def _pass_ways(words: Words) -> None:
    """Take ALGORITHM and LOCK."""
    while words.accept_any("algorithm", "lock"):
        words.accept("=")
        words.take()
    words.expect_end()
