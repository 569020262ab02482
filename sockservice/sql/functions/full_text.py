"""MATCH … AGAINST (MySQL 8.4 manual, 14.9): how often the words stand there; not MySQL's reckoning of relevance."""

from __future__ import annotations

import functools
import re
from typing import Any, Final, NamedTuple

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.collating import without_case_and_accents
from sockservice.sql.expressions import Expressions, rule
from sockservice.sql.kinds import DOUBLE
from sockservice.sql.registry import internal
from sockservice.sql.typed import made

_WORD: Final = re.compile(r"\w+(?:'\w+)*")
_TERM: Final = re.compile(r'([+\-~<>]?)(?:"([^"]*)"|(\w+(?:\'\w+)*)(\*?))')
_SHORTEST: Final = 3
"""Letters of the shortest word that is looked for (``innodb_ft_min_token_size``)."""
_STOPWORDS: Final = frozenset(
    """a about an are as at be by com de en for from how i in is it la of on or that the this to was what when where
    who will with und the www""".split()
)
"""Words that are not looked for (``INNODB_FT_DEFAULT_STOPWORD``)."""


class Term(NamedTuple):
    """What is looked for: whether it must be there (``+``) or must not (``-``), and its words."""

    sign: str
    words: tuple[str, ...]
    begins: bool


@rule(exp.MatchAgainst)
def _match(self: Expressions, node: exp.MatchAgainst) -> Any:
    columns = [self.compile(part) for part in node.expressions]
    wanted = self.compile(node.this)
    boolean = int("BOOLEAN" in str(node.args.get("modifier") or "").upper())
    text = f"words_found({to.as_text(wanted)}, {boolean}, {', '.join(map(to.as_text, columns))})"
    return made(text, DOUBLE, wanted, *columns, nullable=False)


@functools.lru_cache(maxsize=256)
def _terms(text: str, boolean: int) -> tuple[Term, ...]:
    folded = without_case_and_accents(text) if not boolean else text
    if not boolean:
        found = [word for word in _WORD.findall(folded) if len(word) >= _SHORTEST and word not in _STOPWORDS]
        return tuple(Term("", (word,), False) for word in dict.fromkeys(found))
    terms = []
    for sign, phrase, word, star in _TERM.findall(folded):
        words = tuple(_words(phrase or word))
        if words and (phrase or star or (len(words[0]) >= _SHORTEST and words[0] not in _STOPWORDS)):
            terms.append(Term(sign, words, bool(star)))
    return tuple(terms)


def _words(text: str) -> list[str]:
    return [without_case_and_accents(word) for word in _WORD.findall(text)]


@internal("words_found")
def words_found(wanted: Any, boolean: int, *texts: Any) -> float:
    """How often what is looked for stands in the texts; 0 where something must and does not."""
    if wanted is None:
        return 0.0
    words = [word for text in texts if text is not None for word in _words(str(text))]
    total = 0
    for term in _terms(str(wanted), boolean):
        count = _count(words, term)
        if (term.sign == "+" and not count) or (term.sign == "-" and count):
            return 0.0
        total += count if term.sign != "-" else 0
    return float(total)


def _count(words: list[str], term: Term) -> int:
    first, length = term.words[0], len(term.words)
    if length == 1:
        return sum(word.startswith(first) if term.begins else word == first for word in words)
    return sum(tuple(words[place : place + length]) == term.words for place in range(len(words) - length + 1))
