"""A scalar of a stub file with ``{{ expression }}`` in it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import attrs

from sockservice.responder.answering.made_values import text_of

Names: TypeAlias = Mapping[str, Any]
"""What an expression may use, by name."""

Expression: TypeAlias = Callable[[Names], Any]
"""A compiled expression: gives its value."""

LONGEST: Final = 16 * 1024 * 1024
"""Characters of the longest text that a template makes."""
_LONGEST_SOURCE: Final = 4096
"""Characters of the longest expression: it is compiled in a time that grows with it."""
_PART: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[{}\[\]()]|[^'"{}\[\]()]+|.""", re.DOTALL)
_CLOSERS: Final = {"{": "}", "[": "]", "(": ")"}
_REASON: Final = 200
"""Characters of a reason in a message: MySQL clients show 512 bytes of it."""


class TemplateFailed(ValueError):
    """An expression has no value in this situation; the message shows it and says why."""


@attrs.frozen(eq=False)
class Template:
    """A scalar that is filled in at each answer.

    Attributes:
        text: as it was written.
        pieces: the text between the expressions, and these, each with its source.
    """

    text: str
    pieces: tuple[str | tuple[str, Expression], ...] = attrs.field(repr=False)

    def value(self, names: Names) -> Any:
        """What it comes to: any Python value where it is one expression and nothing else, text otherwise.

        Args:
            names: what the expressions may use.

        Raises:
            TemplateFailed: an expression has no value, or the text is too long.
        """
        first = self.pieces[0]
        if len(self.pieces) == 1 and not isinstance(first, str):
            return _evaluated(*first, names)
        return self.filled(names)

    def filled(self, names: Names) -> str:
        """What it comes to, as text.

        Args:
            names: what the expressions may use.

        Raises:
            TemplateFailed: an expression has no value, or the text is too long.
        """
        texts = []
        left = LONGEST
        for piece in self.pieces:
            text = piece if isinstance(piece, str) else _text(*piece, names)
            left -= len(text)
            if left < 0:
                raise TemplateFailed(f"the text of {_short(self.text)} is longer than {LONGEST:,} characters")
            texts.append(text)
        return "".join(texts)


def has_template(value: Any) -> bool:
    """Whether a scalar is text with an expression in it."""
    return isinstance(value, str) and "{{" in value and "}}" in value


@functools.lru_cache(maxsize=4096)
def read_template(text: str, groups: frozenset[str] = frozenset()) -> Template:
    """Compile a scalar.

    Args:
        text: one with an expression in it.
        groups: the named groups of the stub's regular expressions, which it may use.

    Raises:
        ValueError: an expression is wrong, or uses a name that nobody gives.
    """
    # A tenth of the time to start, which no file without templates has to wait for.
    from sockservice.responder.answering.templates.sandbox import compile_expression

    pieces: list[str | tuple[str, Expression]] = []
    for piece, is_expression in split(text):
        if not is_expression:
            pieces.append(piece)
        elif len(piece) > _LONGEST_SOURCE:
            raise ValueError(f"the template {_short(piece)} is longer than {_LONGEST_SOURCE:,} characters")
        else:
            pieces.append((piece, compile_expression(piece, groups)))
    return Template(text, tuple(pieces))


def split(text: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a scalar: text, or the source of an expression without its brackets, and which of both it is.

    Raises:
        ValueError: an expression does not end.
    """
    at = 0
    while (start := text.find("{{", at)) >= 0:
        if start > at:
            yield text[at:start], False
        end = expression_end(text, start)
        if end is None:
            raise ValueError(f"the template {_short(text[start:])} does not end with }}}}")
        yield text[start + 2 : end - 2].strip(), True
        at = end
    if at < len(text):
        yield text[at:], False


def expression_end(text: str, start: int) -> int | None:
    """Where the expression that begins at ``start`` with ``{{`` ends, behind its ``}}``; None where it does not."""
    opened: list[str] = []
    at = start + 2
    while (part := _PART.match(text, at)) is not None:
        token = part[0]
        if token in _CLOSERS:
            opened.append(_CLOSERS[token])
        elif not opened and text.startswith("}}", at):
            return at + 2
        elif opened and token == opened[-1]:
            opened.pop()
        at = part.end()
    return None


def _evaluated(source: str, expression: Expression, names: Names) -> Any:
    try:
        return expression(names)
    except RecursionError:
        reason = "it goes too deep"
    except Exception as error:  # whatever it is, it is the answer of the client that asked
        reason = " ".join(str(error).split()) or type(error).__name__
    reason = reason if len(reason) <= _REASON else reason[: _REASON - 1] + "…"
    raise TemplateFailed(f"{_short(source)}: {reason}")


def _text(source: str, expression: Expression, names: Names) -> str:
    value = _evaluated(source, expression, names)
    try:
        return text_of(value)
    except (ValueError, RecursionError) as error:
        raise TemplateFailed(f"{_short(source)}: {error}") from None


def _short(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else text[:59] + "…")
