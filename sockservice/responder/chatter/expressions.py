"""Expressions of chatter: read from tokens once, evaluated in a session any number of times.

What is covered is what drivers and tools send: variables, literals, parameters, arithmetic, comparisons, logic,
CASE and the functions of the three modules of functions. Anything else is :class:`NotUnderstood`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sockservice.collations import find_charset
from sockservice.interfaces import ISession
from sockservice.responder.chatter import operators, session_functions, text_functions, time_functions, variables
from sockservice.responder.chatter.cells import (
    NULL,
    Cell,
    cell,
    compare,
    integer,
    like,
    text,
    to_text,
    truth,
    truth_cell,
)
from sockservice.responder.chatter.function_table import Function
from sockservice.responder.chatter.number_literal import number_literal
from sockservice.responder.chatter.place import Expression, Place
from sockservice.responder.token_reader import NotUnderstood, TokenReader
from sockservice.responder.tokens import Kind, Token
from sockservice.sqltypes import SqlType

FUNCTIONS: Final[Mapping[str, Function]] = {
    **session_functions.FUNCTIONS,
    **time_functions.FUNCTIONS,
    **text_functions.FUNCTIONS,
}
"""Every function by name in lower case."""
WITHOUT_BRACKETS: Final = time_functions.WITHOUT_BRACKETS | {"current_user"}
"""Those that may be called without ``()``."""
MAX_DEPTH: Final = 40
"""How deep brackets may nest: far more than drivers write, far less than Python's stack."""
MAX_OPERATORS: Final = 200
"""Operators with two sides in one expression: a chain of them is evaluated as deep as it is long."""


_COMPARISONS: Final = frozenset(["=", "<=>", "<>", "!=", "<", "<=", ">", ">="])
_LEVELS: Final = {
    **dict.fromkeys(["or"], 1),
    **dict.fromkeys(["xor"], 2),
    **dict.fromkeys(["and", "&&"], 3),
    **dict.fromkeys(_COMPARISONS, 5),
    **dict.fromkeys(["+", "-"], 6),
    **dict.fromkeys(["*", "/", "%", "div", "mod"], 7),
}
_NOT_LEVEL: Final = 4


class ExpressionReader:
    """Reads expressions at the place where a :class:`TokenReader` stands.

    Args:
        reader: the statement.
        columns: the names, in lower case, of the columns that may be referred to.
    """

    def __init__(self, reader: TokenReader, columns: frozenset[str] = frozenset()) -> None:
        self.reader = reader
        self._columns = columns
        self._depth = 0
        self._operators = 0
        self._parameters = 0

    def read(self, level: int = 1) -> Expression:
        """Read one expression, as far as it goes.

        Args:
            level: operators that bind less than this end it.

        Raises:
            NotUnderstood: it is no expression, or one that the chatter does not know.
        """
        if self._depth == 0:
            self._operators = 0
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NotUnderstood("nested too deep")
        left = self._negation() if self.reader.accept("not") else self._operand()
        while (right := self._tail(left, level)) is not None:
            left = right
            self._operators += 1
            if self._operators > MAX_OPERATORS:
                raise NotUnderstood("too long a chain of operators")
        self._depth -= 1
        return left

    def _negation(self) -> Expression:
        inside = self.read(_NOT_LEVEL)
        return Expression(lambda place: operators.negated(inside.evaluate(place)), inside.constant)

    def _tail(self, left: Expression, level: int) -> Expression | None:
        token = self.reader.peek()
        if token is None or token.kind not in (Kind.SYMBOL, Kind.WORD):
            return None
        if level <= _LEVELS["="]:
            predicate = self._predicate(left)
            if predicate is not None:
                return predicate
        binds = _LEVELS.get(token.value)
        if binds is None or binds < level:
            return None
        self.reader.take()
        right = self.read(binds + 1)
        operate = operators.BINARY[token.value]
        return Expression(
            lambda place: operate(left.evaluate(place), right.evaluate(place)), left.constant and right.constant
        )

    def _predicate(self, left: Expression) -> Expression | None:
        reader = self.reader
        if reader.accept("is"):
            return self._is(left)
        negate = reader.next_is("not")
        ahead = reader.peek(1 if negate else 0)
        word = ahead.value if ahead is not None and ahead.kind is Kind.WORD else ""
        if word not in ("like", "in", "between"):
            return None
        reader.at += 2 if negate else 1
        if word == "like":
            test = self._like(left)
        elif word == "in":
            test = self._in(left)
        else:
            test = self._between(left)
        if not negate:
            return test
        return Expression(lambda place: operators.negated(test.evaluate(place)), test.constant)

    def _is(self, left: Expression) -> Expression:
        negate = self.reader.accept("not")
        word = self.reader.accept_any("null", "unknown", "true", "false")
        if word is None:
            raise NotUnderstood("IS what?")
        wanted = {"null": None, "unknown": None, "true": True, "false": False}[word]

        def evaluate(place: Place) -> Cell:
            value = left.evaluate(place).value
            found = value is None if wanted is None else truth(value) is wanted
            return truth_cell(found is not negate)

        return Expression(evaluate, left.constant)

    def _like(self, left: Expression) -> Expression:
        pattern = self.read(_LEVELS["="] + 1)
        escape = self.reader.take().value if self.reader.accept("escape") else "\\"
        if len(escape) > 1:
            raise NotUnderstood("ESCAPE takes one character")

        def evaluate(place: Place) -> Cell:
            value, wanted = left.evaluate(place).value, pattern.evaluate(place).value
            if value is None or wanted is None:
                return truth_cell(None)
            return truth_cell(like(to_text(value), to_text(wanted), escape))

        return Expression(evaluate, left.constant and pattern.constant)

    def _in(self, left: Expression) -> Expression:
        self.reader.expect("(")
        choices = self.arguments()

        def evaluate(place: Place) -> Cell:
            value = left.evaluate(place).value
            found = [compare(value, choice.evaluate(place).value) for choice in choices]
            return truth_cell(True if 0 in found else None if None in found else False)

        return Expression(evaluate, left.constant and all(choice.constant for choice in choices))

    def _between(self, left: Expression) -> Expression:
        low = self.read(_LEVELS["="] + 1)
        self.reader.expect("and")
        high = self.read(_LEVELS["="] + 1)

        def evaluate(place: Place) -> Cell:
            value = left.evaluate(place)
            above = operators.BINARY[">="](value, low.evaluate(place))
            return operators.BINARY["and"](above, operators.BINARY["<="](value, high.evaluate(place)))

        return Expression(evaluate, left.constant and low.constant and high.constant)

    def arguments(self) -> list[Expression]:
        """Read expressions with commas between them up to and with ``)``, behind a ``(`` that was taken."""
        found: list[Expression] = []
        if self.reader.accept(")"):
            return found
        while True:
            found.append(self.read())
            if self.reader.accept(")"):
                return found
            self.reader.expect(",")

    # --- operands -----------------------------------------------------------------------------

    def _operand(self) -> Expression:
        token = self.reader.take()
        match token.kind:
            case Kind.STRING:
                return self._string(token)
            case Kind.NUMBER:
                number = number_literal(token.text)
                return Expression(lambda _place: number, constant=True)
            case Kind.PARAMETER:
                return self._parameter()
            case Kind.SYSTEM_VARIABLE:
                return self._system_variable(token)
            case Kind.USER_VARIABLE:
                return self._user_variable(token)
            case Kind.QUOTED:
                return self._column(token)
            case Kind.SYMBOL:
                return self._signed_or_bracketed(token)
        return self._word(token)

    def _string(self, token: Token) -> Expression:
        parts = [token.value]
        while (following := self.reader.peek()) is not None and following.kind is Kind.STRING:
            parts.append(self.reader.take().value)  # 'a' 'b' is one literal
        value = text("".join(parts))
        return self._collated(Expression(lambda _place: value, constant=True))

    def _collated(self, inside: Expression) -> Expression:
        if self.reader.accept("collate"):
            self.reader.word_or_string()
        return inside

    def _parameter(self) -> Expression:
        index = self._parameters
        self._parameters += 1

        def evaluate(place: Place) -> Cell:
            params = place.request.params
            return cell(params[index]) if index < len(params) else NULL

        return Expression(evaluate)

    def _system_variable(self, token: Token) -> Expression:
        scope, name = scope_and_name(token)
        return Expression(lambda place: variables.read(place.session, name, scope))

    def _user_variable(self, token: Token) -> Expression:
        name = token.value[1:]
        if not self.reader.accept(":="):
            return Expression(lambda place: user_variable(place.session, name))
        inside = self.read()

        def evaluate(place: Place) -> Cell:
            value = inside.evaluate(place)
            place.session.user_variables[name] = value.value
            return value

        return Expression(evaluate)

    def _column(self, token: Token) -> Expression:
        name = token.value
        while self.reader.accept("."):  # table.column, database.table.column
            name = self.reader.name().lower()
        if name not in self._columns:
            raise NotUnderstood(f"no column {name}")
        return Expression(lambda place: place.row[name])

    def _signed_or_bracketed(self, token: Token) -> Expression:
        if token.value == "(":
            if self.reader.accept("select"):
                inside = self.read()
                self.reader.accept("from", "dual")
            else:
                inside = self.read()
            self.reader.expect(")")
            return self._collated(inside)
        if token.value == "+":
            return self._nested_operand()
        if token.value == "-":
            inside = self._nested_operand()
            return Expression(lambda place: operators.minus(inside.evaluate(place)), inside.constant)
        if token.value == "!":
            inside = self._nested_operand()
            return Expression(lambda place: operators.negated(inside.evaluate(place)), inside.constant)
        raise NotUnderstood(f"unexpected {token.text}")

    def _nested_operand(self) -> Expression:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NotUnderstood("nested too deep")
        inside = self._operand()
        self._depth -= 1
        return inside

    def _word(self, token: Token) -> Expression:
        word = token.value
        following = self.reader.peek()
        if word in _CONSTANTS and not (following is not None and following.value == "("):
            value = _CONSTANTS[word]
            return Expression(lambda _place: value, constant=True)
        if word == "case":
            return self._case()
        if word == "binary":
            return self._nested_operand()
        if following is not None and following.kind is Kind.STRING and word[0] == "_":
            charset = find_charset(word[1:])
            if charset is not None and not charset.is_wide and following.value.isascii():
                return self._string(self.reader.take())
        if word in ("cast", "convert") and self.reader.accept("("):
            return self._cast(word)
        if self.reader.next_is("(") and word in FUNCTIONS:
            self.reader.take()
            return _call(FUNCTIONS[word], self.arguments())
        if word in WITHOUT_BRACKETS:
            return _call(FUNCTIONS[word], [])
        return self._column(token)

    def _case(self) -> Expression:
        subject = None if self.reader.next_is("when") else self.read()
        branches: list[tuple[Expression, Expression]] = []
        while self.reader.accept("when"):
            condition = self.read()
            self.reader.expect("then")
            branches.append((condition, self.read()))
        otherwise = self.read() if self.reader.accept("else") else Expression(lambda _place: NULL, constant=True)
        self.reader.expect("end")

        def evaluate(place: Place) -> Cell:
            value = subject.evaluate(place).value if subject else None
            for condition, result in branches:
                found = condition.evaluate(place).value
                if compare(value, found) == 0 if subject else truth(found):
                    return result.evaluate(place)
            return otherwise.evaluate(place)

        return Expression(evaluate)

    def _cast(self, word: str) -> Expression:
        inside = self.read()
        if word == "convert" and self.reader.accept("using"):
            self.reader.word_or_string()
            self.reader.expect(")")
            return Expression(lambda place: operators.cast(inside.evaluate(place), "char", ()), inside.constant)
        self.reader.expect("as" if word == "cast" else ",")
        target = self.reader.name().lower()
        sizes: list[int] = []
        if self.reader.accept("("):
            while not self.reader.accept(")"):
                size = self.reader.take()
                if not (size.kind is Kind.NUMBER and size.text.isdecimal() and len(size.text) < 10):
                    raise NotUnderstood("expected a size")
                sizes.append(int(size.text))
                self.reader.accept(",")
        self.reader.accept_any("integer", "int")
        if self.reader.accept("character", "set") or self.reader.accept("charset"):
            self.reader.word_or_string()
        self.reader.expect(")")
        return Expression(lambda place: operators.cast(inside.evaluate(place), target, sizes), inside.constant)


_CONSTANTS: Final = {"null": NULL, "true": integer(1), "false": integer(0)}


def _call(function: Function, arguments: Sequence[Expression]) -> Expression:
    if not function.least <= len(arguments) <= function.most:
        raise NotUnderstood("wrong number of arguments")
    constant = function.pure and all(argument.constant for argument in arguments)
    return Expression(
        lambda place: function.call(place.request, [argument.evaluate(place) for argument in arguments]), constant
    )


def scope_and_name(token: Token) -> tuple[variables.Scope, str]:
    """The parts of a SYSTEM_VARIABLE: ``@@global.x`` is the global ``x``."""
    first, dot, rest = token.value[2:].partition(".")
    if not dot:
        return variables.Scope.EITHER, first
    scope = {"global": variables.Scope.GLOBAL, "session": variables.Scope.SESSION, "local": variables.Scope.SESSION}
    if first in ("persist", "persist_only"):
        return variables.Scope.GLOBAL, rest
    if first not in scope:
        raise NotUnderstood("a structured variable")
    return scope[first], rest


_LONG_TEXT: Final = SqlType("LONGTEXT")


def user_variable(session: ISession, name: str) -> Cell:
    """The value of ``@name``; one that was never set is NULL, as a text."""
    value = session.user_variables.get(name)
    return Cell(None, _LONG_TEXT) if value is None else cell(value)
