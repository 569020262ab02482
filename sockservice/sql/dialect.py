"""MySQL's dialect for sqlglot: functions are left as they were written, and what is no MySQL is an error."""

from __future__ import annotations

from typing import Any, ClassVar, Final

from sqlglot import exp
from sqlglot.dialects.mysql import MySQL
from sqlglot.errors import ErrorLevel, ParseError
from sqlglot.parsers.mysql import MySQLParser
from sqlglot.tokenizer_core import Token, TokenType

from sockservice.sql.errors import Refused
from sockservice.sql.reserved import RESERVED

_KEPT: Final = (
    "CAST",
    "CONVERT",
    "EXTRACT",
    "GROUP_CONCAT",
    "MATCH",
    "POSITION",
    "SUBSTR",
    "SUBSTRING",
    "TRIM",
    "CHAR",
    "JSON_TABLE",
)
_STATES: Final = frozenset(["null", "true", "false", "unknown"])
"""What may stand behind IS."""


class Stopped(ParseError):
    """The text was not understood.

    Args:
        message: what sqlglot says.
        at: where in the text, in characters.
    """

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


_WORDS: Final = MySQL.Tokenizer.KEYWORDS
NEVER_NAMES: Final = RESERVED - {"default", "dual", "primary"}
"""Reserved words; those that stand where a name may are no names, but sqlglot reads them as such."""
_NAMES: Final = {kind for word, kind in _WORDS.items() if word.lower() not in NEVER_NAMES}
_NO_NAMES: Final = {kind for word, kind in _WORDS.items() if word.lower() in NEVER_NAMES} - _NAMES
"""The kinds of tokens that are reserved words and nothing else."""


class Dialect(MySQL):
    """MySQL whose functions keep their names: what each does is ours to know."""

    class Tokenizer(MySQL.Tokenizer):
        """MySQL's, without other dialects' operators."""

        KEYWORDS = {word: kind for word, kind in _WORDS.items() if word not in ("==", "^=", "~~", "~~~")}

    class Parser(MySQLParser):
        """See above; and items of select lists keep what was written, errors where they are."""

        OPTIONAL_ALIAS_TOKEN_CTE = False
        FUNC_TOKENS = MySQLParser.FUNC_TOKENS | {TokenType.DEFAULT}
        ID_VAR_TOKENS = MySQLParser.ID_VAR_TOKENS - _NO_NAMES
        ALIAS_TOKENS = MySQLParser.ALIAS_TOKENS - _NO_NAMES
        TABLE_ALIAS_TOKENS = MySQLParser.TABLE_ALIAS_TOKENS - _NO_NAMES

        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            **{name: MySQLParser.FUNCTION_PARSERS[name] for name in _KEPT},
            "JSON_VALUE": lambda self: self._parse_value_of_json(),
        }

        def raise_error(self, message: str, token: Token | None = None) -> None:
            """Raise an error with its place."""
            token = token or self._curr
            error = Stopped(message, token.start if token else len(self.sql))
            if self.error_level == ErrorLevel.IMMEDIATE:
                raise error
            self.errors.append(error)

        def _parse_id_var(self, any_token: bool = True, tokens: Any = None) -> exp.Expr | None:
            """A name; behind a point, any word is one."""
            if self._curr and self._prev and self._prev.token_type is TokenType.DOT and self._curr.text.isidentifier():
                quoted = self._curr.token_type is TokenType.IDENTIFIER
                self._advance()
                return exp.Identifier(this=self._prev.text, quoted=quoted).update_positions(self._prev)
            return super()._parse_id_var(any_token, tokens)

        def _parse_projections(self) -> tuple[list[exp.Expr], None]:
            items = self._parse_csv(self._parse_item)
            if not items or self._prev.token_type is TokenType.COMMA:
                self.raise_error("an item is missing")
            return items, None

        def _parse_item(self) -> exp.Expr | None:
            """An item of a select list; ``meta["written"]`` is its text."""
            first = self._curr
            value = self._parse_assignment()
            place = self._curr
            if self._curr and self._curr.token_type is TokenType.ALIAS:
                place = self._next
                if not place or (place.text.lower() in NEVER_NAMES and place.token_type is not TokenType.IDENTIFIER):
                    raise Stopped("no alias behind AS", place.start if place else len(self.sql))
            node = super()._parse_alias(value)
            if isinstance(node, (exp.Alias, exp.Aliases)):
                alias = node.args.get("alias")
                if not isinstance(alias, exp.Identifier) or isinstance(node.this, exp.Star):
                    raise Stopped("not an alias", place.start if place else len(self.sql))
            if node is not None and first:
                node.meta["written"] = self.sql[first.start : self._prev.end + 1]
            return node

        def reset(self) -> None:
            """Begin anew."""
            super().reset()
            self._joins: dict[Any, tuple[exp.Join | None, int]] = {}

        def _parse_join(self, *args: Any, **kwargs: Any) -> exp.Join | None:
            """A join; ``meta["comma"]`` is whether a comma makes it, which binds less than JOIN.

            Where ON is missing, sqlglot reads all that follows once for each way in which joins may be nested: what
            was read at a place is kept.
            """
            key = (self._index, args, tuple(kwargs))
            if key in self._joins:
                join, end = self._joins[key]
                self._retreat(end)
                return join
            comma = self._curr.token_type is TokenType.COMMA if self._curr else False
            join = super()._parse_join(*args, **kwargs)
            if join is not None and self._prev.token_type is TokenType.ON:
                self.raise_error("no condition behind ON")
            if join is not None:
                join.meta["comma"] = comma
            elif comma:
                self.raise_error("no table behind a comma")
            self._joins[key] = (join, self._index)
            return join

        def parse_set_operation(self, this: Any, *args: Any, **kwargs: Any) -> Any:
            """UNION and its like; what has ORDER BY or LIMIT must stand in brackets in front of it."""
            last = this.expression if isinstance(this, exp.SetOperation) else this
            ended = isinstance(last, exp.Select) and any(last.args.get(word) for word in ("order", "limit"))
            if ended and self._curr and self._curr.token_type in self.SET_OPERATIONS:
                self.raise_error("ORDER BY or LIMIT in front of a set operation")
            return super().parse_set_operation(this, *args, **kwargs)

        def _parse_alias(self, this: exp.Expr | None, explicit: bool = False) -> exp.Expr | None:  # noqa: ARG002
            """Nothing but an item of a select list has an alias."""
            return this

        def _parse_table_alias(self, alias_tokens: Any = None) -> exp.TableAlias | None:
            """The alias of a table, which AS promises."""
            promised = self._curr and self._curr.token_type is TokenType.ALIAS
            alias = super()._parse_table_alias(alias_tokens)
            if promised and (alias is None or alias.this is None):
                self.raise_error("no alias behind AS")
            return alias

        def _parse_cte(self) -> Any:
            """A common table expression, which has AS."""
            found = super()._parse_cte()
            if found is None:
                self.raise_error("no AS")
            return found

        def _parse_is(self, this: exp.Expr | None) -> exp.Expr | None:
            """IS, which takes NULL, TRUE, FALSE and UNKNOWN."""
            wanted = self._next if self._curr and self._curr.token_type is TokenType.NOT else self._curr
            if not wanted or wanted.text.lower() not in _STATES:
                self.raise_error("neither NULL nor a truth value behind IS", wanted or self._curr)
            return super()._parse_is(this)

        def _parse_on_conflict(self) -> exp.OnConflict | None:
            """ON DUPLICATE KEY UPDATE."""
            found = super()._parse_on_conflict()
            if found is not None and not found.expressions:
                self.raise_error("no assignments")
            return found

        def _parse_csv(self, parse_method: Any, sep: TokenType = TokenType.COMMA) -> list[Any]:
            """Parts with commas between them, of which none is missing."""
            found: list[Any] = []
            while True:
                part = parse_method()
                if part is not None:
                    found.append(part)
                elif found or (self._curr and self._curr.token_type is sep):
                    self.raise_error("nothing beside a comma")
                if not self._match(sep):
                    return found

        def _parse_in(self, *args: Any, **kwargs: Any) -> exp.In:
            """IN, which takes a list or a query in brackets and nothing else."""
            if not self._match(TokenType.L_PAREN, advance=False):
                self.raise_error("no brackets behind IN")
            found: exp.In = super()._parse_in(*args, **kwargs)
            if len(found.expressions) == 1 and isinstance(found.expressions[0], exp.Values):
                return exp.In(this=found.this, query=exp.Subquery(this=found.expressions[0]))
            if not found.expressions and found.args.get("query") is None:
                self.raise_error("nothing in the brackets of IN", self._prev)
            return found

        def _parse_json_column_def(self) -> exp.JSONColumnDef:
            """A column of JSON_TABLE; ``meta`` has ``exists`` and what ON EMPTY and ON ERROR say."""
            if self._match_text_seq("NESTED"):
                self._match_text_seq("PATH")
                path = self._parse_string()
                return exp.JSONColumnDef(path=path, nested_schema=self._parse_json_schema())
            name = self._parse_id_var()
            if self._match_pair(TokenType.FOR, TokenType.ORDINALITY):
                return exp.JSONColumnDef(this=name, ordinality=True)
            kind = self._parse_types(allow_identifiers=False)
            exists = self._match(TokenType.EXISTS)
            if kind is None or not self._match_text_seq("PATH"):
                self.raise_error("a type and a path are missing")
            column = exp.JSONColumnDef(this=name, kind=kind, path=self._parse_string())
            column.meta["exists"], column.meta["on"] = bool(exists), self._parse_on_condition()
            return column

        def _parse_value_of_json(self) -> exp.Expr:
            """JSON_VALUE: a call, or what says of which type its value is and what stands for none."""
            call = exp.Anonymous(this="JSON_VALUE", expressions=self._parse_csv(self._parse_assignment))
            returning = self._parse_types(allow_identifiers=False) if self._match(TokenType.RETURNING) else None
            condition = self._parse_on_condition()
            if (returning is None and condition is None) or len(call.expressions) != len(("document", "path")):
                return call
            document, path = call.expressions
            return exp.JSONValue(this=document, path=path, returning=returning, on_condition=condition)

        def _parse_into(self) -> exp.Into | None:
            """INTO and the variables behind it."""
            if not self._match(TokenType.INTO):
                return None
            if self._match_texts(("OUTFILE", "DUMPFILE")):
                raise Refused("ER_OPTION_PREVENTS_STATEMENT", "--secure-file-priv")
            into: exp.Into = self.expression(exp.Into(expressions=self._parse_csv(self._parse_parameter_of_into)))
            return into

        def _parse_parameter_of_into(self) -> exp.Expression:
            if not self._match(TokenType.PARAMETER):
                self.raise_error("a variable is missing")
            node: exp.Expression = self._parse_parameter()
            return node

        def _parse_query_modifiers(self, this: Any) -> Any:
            """What stands behind FROM; INTO may stand last."""
            this = super()._parse_query_modifiers(this)
            if isinstance(this, exp.Query) and self._curr and self._curr.token_type is TokenType.INTO:
                this.set("into", self._parse_into())
                this = super()._parse_query_modifiers(this)
            return this


class Joining(Dialect):
    """The same, where ``||`` joins texts."""

    class Parser(Dialect.Parser):
        """``||`` binds as close as ``^``."""

        DISJUNCTION = {kind: node for kind, node in Dialect.Parser.DISJUNCTION.items() if kind is not TokenType.DPIPE}
        EXPONENT = {**Dialect.Parser.EXPONENT, TokenType.DPIPE: exp.DPipe}
