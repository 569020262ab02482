"""The options of a table, as CREATE TABLE and ALTER TABLE give them (MySQL 8.4 manual, 15.1.20)."""

from __future__ import annotations

from typing import Final

import attrs

from sockservice.collations import charsets, collations
from sockservice.sql.column_reader import collation_name
from sockservice.sql.errors import Refused
from sockservice.sql.type_reader import charset_name
from sockservice.sql.words import Words

ENGINES: Final = {
    name.lower(): name
    for name in "InnoDB MyISAM MEMORY CSV ARCHIVE BLACKHOLE MRG_MYISAM FEDERATED PERFORMANCE_SCHEMA".split()
} | {"heap": "MEMORY", "merge": "MRG_MYISAM", "aria": "MyISAM"}
"""The engines by name in lower case; Aria is MariaDB's, as dumps of it have it."""
_IGNORED: Final = frozenset(
    """avg_row_length checksum compression connection delay_key_write encryption engine_attribute insert_method
    key_block_size max_rows min_rows pack_keys password secondary_engine_attribute stats_auto_recalc
    stats_persistent stats_sample_pages tablespace union autoextend_size secondary_engine page_checksum
    transactional""".split()
)
"""Options that say how rows are kept, which is not theirs to say here."""


@attrs.define
class TableOptions:
    """The options that were given; None for others.

    Attributes:
        engine: its name as MySQL writes it.
        charset: the default character set.
        collation: the default collation.
        comment: the COMMENT.
        auto_increment: the next number.
        row_format: ROW_FORMAT in upper case.
    """

    engine: str | None = None
    charset: str | None = None
    collation: str | None = None
    comment: str | None = None
    auto_increment: int | None = None
    row_format: str | None = None

    def resolved(self, default: str) -> str:
        """The collation that the options mean.

        Args:
            default: where they say nothing.

        Raises:
            Refused: 1253.
        """
        return resolve_collation(self.charset or "", self.collation or "", default)


def resolve_collation(charset: str, collation: str, default: str) -> str:
    """The collation that CHARACTER SET and COLLATE mean together.

    Raises:
        Refused: 1253.
    """
    if charset == "default":
        charset = ""
    if collation in ("", "default"):
        return charsets()[charset].default_collation if charset else default
    if charset and collations()[collation].charset.name != charset:
        raise Refused("ER_COLLATION_CHARSET_MISMATCH", collation, charset)
    return collation


def read_option(words: Words, options: TableOptions) -> bool:
    """Take one option; False where none is next.

    Raises:
        Refused: 1064, 1115, 1273 or 1286.
    """
    before = words.at
    words.accept("default")
    if words.accept("character", "set") or words.accept("charset"):
        words.accept("=")
        options.charset = charset_name(words)
    elif words.accept("collate"):
        words.accept("=")
        options.collation = collation_name(words)
    elif words.at > before:
        raise words.mistake()
    elif words.accept_any("engine", "type"):
        words.accept("=")
        name = words.word_or_string()
        if name.lower() not in ENGINES:
            raise Refused("ER_UNKNOWN_STORAGE_ENGINE", name)
        options.engine = ENGINES[name.lower()]
    elif words.accept("comment"):
        words.accept("=")
        options.comment = words.string()
    elif words.accept("auto_increment"):
        words.accept("=")
        options.auto_increment = words.whole_number()
    elif words.accept("row_format"):
        words.accept("=")
        options.row_format = words.take().text.upper()
    elif word := _ignored(words):
        words.accept("=")
        if word == "union":
            words.bracketed()
        else:
            words.take()
    elif words.accept("data", "directory") or words.accept("index", "directory"):
        words.accept("=")
        words.string()
    else:
        return False
    return True


def _ignored(words: Words) -> str:
    word = words.peek()
    if word.kind == "word" and word.text.lower() in _IGNORED:
        return words.take().text.lower()
    return ""


def read_options(words: Words) -> TableOptions:
    """Take all options, with or without commas between them."""
    options = TableOptions()
    while read_option(words, options):
        words.accept(",")
    return options
