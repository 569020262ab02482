"""Reading a statement token by token: what every reader of statements in this room has in common."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from sockservice.errors import SockserviceError
from sockservice.responder.tokens import Kind, Token


class NotUnderstood(SockserviceError):
    """The statement is not one that the reader knows: the next responder is asked."""


class TokenReader:
    """A place in a sequence of tokens.

    Args:
        text: the statement.
        tokens: its tokens.
    """

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0

    @property
    def ended(self) -> bool:
        """Whether all tokens have been taken."""
        return self.at >= len(self.tokens)

    def peek(self, ahead: int = 0) -> Token | None:
        """The next token (or the one ``ahead`` of it) without taking it; None behind the end."""
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else None

    def take(self) -> Token:
        """The next token.

        Raises:
            NotUnderstood: there is none.
        """
        if self.at >= len(self.tokens):
            raise NotUnderstood("the statement ends too soon")
        self.at += 1
        return self.tokens[self.at - 1]

    def next_is(self, *words: str) -> bool:
        """Whether these keywords and symbols come next, in this order."""
        for index, word in enumerate(words, self.at):
            if index >= len(self.tokens):
                return False
            token = self.tokens[index]
            if token.value != word or token.kind not in (Kind.WORD, Kind.SYMBOL):
                return False
        return True

    def accept(self, *words: str) -> bool:
        """Take these keywords and symbols if they come next, all of them or none."""
        if not self.next_is(*words):
            return False
        self.at += len(words)
        return True

    def accept_any(self, *words: str) -> str | None:
        """Take the next token if it is one of these; which one, or None."""
        token = self.peek()
        if token is None or token.value not in words or token.kind not in (Kind.WORD, Kind.SYMBOL):
            return None
        self.at += 1
        return token.value

    def expect(self, *words: str) -> None:
        """Take these keywords and symbols.

        Raises:
            NotUnderstood: something else comes next.
        """
        if not self.accept(*words):
            raise NotUnderstood(f"expected {' '.join(words)}")

    def expect_end(self) -> None:
        """Check that nothing is left but ``;``.

        Raises:
            NotUnderstood: there is more.
        """
        while self.accept(";"):
            pass
        if not self.ended:
            raise NotUnderstood("more follows")

    def name(self) -> str:
        """Take an identifier, with or without back-ticks: as written, for names keep their case.

        Raises:
            NotUnderstood: something else comes next.
        """
        token = self.take()
        if token.kind is Kind.WORD:
            return token.text
        if token.kind is Kind.QUOTED:
            return unquoted(token)
        raise NotUnderstood("expected a name")

    def word_or_string(self) -> str:
        """Take a name or a string: ``utf8mb4``, ``'utf8mb4'``."""
        token = self.peek()
        if token is not None and token.kind is Kind.STRING:
            return self.take().value
        return self.name()

    def written(self, start: int, stop: int) -> str:
        """The statement's text from one token up to (without) another, as it was written.

        Comments stay, but for the marks of executable ones, whose code counts as written without them.
        """
        whole = self.text[self.tokens[start].start : self.tokens[stop - 1].end]
        if "/*!" not in whole:
            return whole
        pieces = [self.tokens[start].text]
        for before, token in itertools.pairwise(self.tokens[start:stop]):
            gap = self.text[before.end : token.start]
            pieces += [gap if gap.isspace() else " " * any(map(str.isspace, gap)), token.text]
        return "".join(pieces)


def unquoted(token: Token) -> str:
    """The identifier in back-ticks with the case that it was written in."""
    inside = token.text[1:-1] if len(token.text) > 1 and token.text.endswith("`") else token.text[1:]
    return inside.replace("``", "`")
