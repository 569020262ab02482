"""Conditions: comparisons, logic, IN, BETWEEN, LIKE, and what chooses by them (MySQL 8.4 manual, 14.4 and 14.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.common_types import common_type, in_type
from sockservice.sql.errors import Refused, near, unsupported
from sockservice.sql.expressions import Expressions, rule, special
from sockservice.sql.kinds import BIGINT, BOOLEAN, Kind, text_type
from sockservice.sql.subqueries import one_row_of, refuse_limit, unwrapped
from sockservice.sql.typed import NULL, Typed, made, text_literal
from sockservice.sqltypes import SqlType

_COMPARISONS: Final[dict[type[exp.Expr], str]] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.NullSafeEQ: "IS",
}


def row_of(node: exp.Expr) -> list[exp.Expr] | None:
    """The parts of a row constructor, ``(1, 2)`` or ``ROW(1, 2)``; None for anything else."""
    if isinstance(node, exp.Tuple):
        return list(node.expressions)
    if isinstance(node, exp.Anonymous) and str(node.this).upper() == "ROW":
        return list(node.expressions)
    return None


@rule(*_COMPARISONS)
def _comparison(self: Expressions, node: exp.Binary) -> Typed:
    sign = _COMPARISONS[type(node)]
    rows = row_of(node.this), row_of(node.expression)
    if rows[0] is not None or rows[1] is not None:
        return _rows(self, node, sign)
    left, right = self.compile(node.this), self.compile(node.expression)
    a, b = to.compared(left, right)
    nullable = False if sign == "IS" else None
    return made(f"({a} {sign} {b})", BOOLEAN, left, right, nullable=nullable)


def _rows(self: Expressions, node: exp.Binary, sign: str) -> Typed:
    """A comparison of rows, column by column."""
    left, right = row_of(node.this), row_of(node.expression)
    query = unwrapped(node.expression)
    if left is not None and isinstance(query, exp.Query):
        return _row_of_query(self, left, query, sign)
    if left is None or right is None or len(left) != len(right):
        raise Refused("ER_OPERAND_COLUMNS", len(left if left is not None else right or ()) if left else 1)
    pairs = [
        (self.compile(one), self.compile(other)) if row_of(one) is None and row_of(other) is None else None
        for one, other in zip(left, right, strict=True)
    ]
    parts = [value for pair in pairs if pair is not None for value in pair]
    if sign in ("=", "IS", "<>"):
        tests = []
        for pair, one, other in zip(pairs, left, right, strict=True):
            if pair is None:
                tests.append(_rows(self, exp.EQ(this=one, expression=other), "=" if sign == "<>" else sign).sql)
            else:
                a, b = to.compared(*pair)
                tests.append(f"{a} {'=' if sign == '<>' else sign} {b}")
        text = f"({' AND '.join(tests)})"
        nullable = False if sign == "IS" else None
        return made(f"(NOT {text})" if sign == "<>" else text, BOOLEAN, *parts, nullable=nullable)
    text = ""
    for pair in reversed(pairs):
        if pair is None:
            raise Refused("ER_OPERAND_COLUMNS", 1)
        a, b = to.compared(*pair)
        text = f"({a} {sign[0]} {b} OR ({a} = {b} AND {text}))" if text else f"({a} {sign} {b})"
    return made(text, BOOLEAN, *parts)


@rule(exp.And, exp.Or)
def _connective(self: Expressions, node: exp.Connector) -> Typed:
    # A chain is as long as its text; as deep, SQLite would refuse it.
    parts: list[exp.Expr] = []
    left: Any = node
    kind = type(node)
    while isinstance(left, kind):
        parts.insert(0, left.expression)
        left = left.this
    values = [self.compile(part) for part in (left, *parts)]
    return made(_balanced([to.as_truth(value) for value in values], node.key.upper()), BOOLEAN, *values)


def _balanced(texts: list[str], word: str) -> str:
    """Conditions with a word between them, in brackets that are nested as little as can be."""
    if len(texts) <= _FLAT:
        return f"({f' {word} '.join(texts)})" if len(texts) > 1 else texts[0]
    half = len(texts) // 2
    return f"({_balanced(texts[:half], word)} {word} {_balanced(texts[half:], word)})"


_FLAT: Final = 8
"""How many conditions stand side by side without brackets."""


@rule(exp.Xor)
def _exclusive_or(self: Expressions, node: exp.Xor) -> Typed:
    left, right = self.compile(node.this), self.compile(node.expression)
    return made(f"((NOT {to.as_truth(left)}) <> (NOT {to.as_truth(right)}))", BOOLEAN, left, right)


@rule(exp.Not)
def _not(self: Expressions, node: exp.Not) -> Typed:
    value = self.compile(node.this)
    return made(f"(NOT {to.as_truth(value)})", BOOLEAN, value)


@rule(exp.Is)
def _is(self: Expressions, node: exp.Is) -> Typed:
    value = self.compile(node.this)
    wanted = node.expression
    if isinstance(wanted, exp.Boolean):
        test = f"(IFNULL({to.as_truth(value)} {'<>' if wanted.this else '='} 0, 0))"
        return made(test, BOOLEAN, value, nullable=False)
    return made(f"({value.sql} IS NULL)", BOOLEAN, value, nullable=False)


@rule(exp.Between)
def _between(self: Expressions, node: exp.Between) -> Typed:
    value, low, high = (self.compile(part) for part in (node.this, node.args["low"], node.args["high"]))
    a, b = to.compared(value, low)
    c, d = to.compared(value, high)
    return made(f"({a} >= {b} AND {c} <= {d})", BOOLEAN, value, low, high)


def _row_of_query(self: Expressions, parts: list[exp.Expr], query: exp.Expr, sign: str) -> Typed:
    """A comparison of a row with the one that a query gives."""
    text, columns = self.subquery(query, self.scope)
    if len(columns) != len(parts):
        raise Refused("ER_OPERAND_COLUMNS", len(parts))
    if sign not in ("=", "IS", "<>"):
        raise unsupported(f"{sign} of a row and a query")
    values = [self.compile(part) for part in parts]
    pairs = [to.compared(value, column) for value, (_, column) in zip(values, columns, strict=True)]
    test = " AND ".join(f"{a} {'=' if sign == '<>' else sign} {b}" for a, b in pairs)
    found = one_row_of(query, text, f"NOT ({test})" if sign == "<>" else f"({test})")
    return made(f"({found})", BOOLEAN, *values, nullable=True)


@rule(exp.In)
def _in(self: Expressions, node: exp.In) -> Typed:
    query = node.args.get("query")
    if query is not None:
        return _in_query(self, node, query.this if isinstance(query, exp.Subquery) else query)
    if row_of(node.this) is not None:
        tests = [_rows(self, exp.EQ(this=node.this, expression=item), "=") for item in node.expressions]
        return made(f"({' OR '.join(test.sql for test in tests)})", BOOLEAN, *tests)
    value = self.compile(node.this)
    many = _in_list(self, value, node.expressions)
    if many is not None:
        return many
    items = [self.compile(item) for item in node.expressions]
    pairs = [to.compared(value, item) for item in items]
    if len({left for left, _ in pairs}) == 1:
        text = f"({pairs[0][0]} IN ({', '.join(right for _, right in pairs)}))"
    else:
        text = "(" + " OR ".join(f"{left} = {right}" for left, right in pairs) + ")"
    return made(text, BOOLEAN, value, *items)


def _in_list(self: Expressions, value: Typed, nodes: Sequence[exp.Expr]) -> Typed | None:
    """IN with a long list of literals that are bound as one; None for any other."""
    if len(nodes) != 1 or not isinstance(nodes[0], exp.Placeholder):
        return None
    number = int(nodes[0].name[1:])
    kind = self.builder.literals[number].kind
    if kind not in ("ints", "strings"):
        return None
    collation = self.variable("collation_connection") if kind == "strings" else ""
    item = Typed("value", BIGINT if kind == "ints" else text_type(_WIDE), False, collation, to.LITERAL)
    if value.type.name == "YEAR" and value.origin is not None:
        item = item.value(to.as_year(item))
    left, right = to.compared(value, item)
    text = f"({left} IN (SELECT {right} FROM json_each({self.builder.bind(number, _as_array)})))"
    return made(text, BOOLEAN, value)


_WIDE: Final = 255
"""Characters that a text in a list is taken for: which type of text it is does not matter to a comparison."""


def _as_array(values: Sequence[int | str]) -> str:
    return msgspec.json.encode(values).decode()


def _in_query(self: Expressions, node: exp.In, query: exp.Expr) -> Typed:
    refuse_limit(query)
    text, columns = self.subquery(query, self.scope)
    parts = row_of(node.this) or [node.this]
    if len(columns) != len(parts):
        raise Refused("ER_OPERAND_COLUMNS", len(parts))
    values = [self.compile(part) for part in parts]
    pairs = [to.compared(value, column) for value, (_, column) in zip(values, columns, strict=True)]
    left = pairs[0][0] if len(pairs) == 1 else f"({', '.join(one for one, _ in pairs)})"
    if any(other != column.sql for (_, other), (_, column) in zip(pairs, columns, strict=True)):
        text = f"SELECT {', '.join(other for _, other in pairs)} FROM ({text})"
    return made(f"({left} IN ({text}))", BOOLEAN, *values, nullable=True)


@rule(exp.Like)
def _like(self: Expressions, node: exp.Like) -> Typed:
    return _alike(self, node, "\\")


def _alike(self: Expressions, node: exp.Like, escape: str) -> Typed:
    value, pattern = self.compile(node.this), self.compile(node.expression)
    collation = "binary" if to.is_binary(value) or to.is_binary(pattern) else self.collation(value, pattern).collation
    arguments = f"{to.as_text(value)}, {to.as_text(pattern)}, {text_literal(escape)}, {text_literal(collation)}"
    text = f"mysql_like({arguments})"
    return made(f"(NOT {text})" if node.args.get("negate") else text, BOOLEAN, value, pattern)


@rule(exp.Escape)
def _escape(self: Expressions, node: exp.Escape) -> Typed:
    escape = self.constant(node.expression)
    if escape is not None and len(str(escape)) > 1:
        raise Refused("ER_WRONG_ARGUMENTS", "ESCAPE")
    inner = node.this
    if isinstance(inner, exp.Not):
        return _not(self, exp.Not(this=exp.Escape(this=inner.this, expression=node.expression)))
    return _alike(self, inner, "" if escape is None else str(escape))


# --- choices ----------------------------------------------------------------------------------


@rule(exp.Case)
def _case(self: Expressions, node: exp.Case) -> Typed:
    subject = self.compile(node.this) if node.this is not None else None
    conditions, results, parts = [], [], []
    for branch in node.args["ifs"]:
        when = self.compile(branch.this)
        parts.append(when)
        conditions.append(to.as_truth(when) if subject is None else " = ".join(to.compared(subject, when)))
        results.append(self.compile(branch.args["true"]))
    if subject is not None:
        parts.append(subject)
    default = self.compile(node.args["default"]) if node.args.get("default") is not None else NULL
    return chosen(self, conditions, results, default, parts)


def chosen(
    self: Expressions, conditions: list[str], results: list[Typed], default: Typed, parts: Sequence[Typed] = ()
) -> Typed:
    """A CASE.

    Args:
        self: compiles the statement.
        conditions: the texts of its conditions.
        results: what it gives for each.
        default: what it gives where none holds.
        parts: what the conditions are made of.
    """
    kind = common_type([*results, default])
    branches = " ".join(
        f"WHEN {condition} THEN {in_type(result, kind)}" for condition, result in zip(conditions, results, strict=True)
    )
    return made(
        f"CASE {branches} ELSE {in_type(default, kind)} END",
        kind,
        *results,
        default,
        *(part._replace(nullable=False) for part in parts),
        like=self.collation(*results, default),
    )


@rule(exp.If)
def _if(self: Expressions, node: exp.If) -> Typed:
    no = node.args.get("false")
    if no is None:
        raise near(")")
    condition = self.compile(node.this)
    return chosen(self, [to.as_truth(condition)], [self.compile(node.args["true"])], self.compile(no), [condition])


def _arguments(self: Expressions, node: exp.Anonymous, least: int, most: int | None = None) -> list[Typed]:
    if len(node.expressions) < least or (most is not None and len(node.expressions) > most):
        raise Refused("ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT", str(node.this).upper())
    return [self.compile(part) for part in node.expressions]


@special("ifnull", "coalesce")
def _coalesce(self: Expressions, node: exp.Anonymous) -> Typed:
    is_pair = str(node.this).lower() == "ifnull"
    values = _arguments(self, node, 2 if is_pair else 1, 2 if is_pair else None)
    kind = common_type(values)
    texts = [in_type(value, kind) for value in values]
    text = f"COALESCE({', '.join(texts)})" if len(texts) > 1 else texts[0]
    nullable = all(value.nullable for value in values)
    return made(text, kind, *values, nullable=nullable, like=self.collation(*values))


@special("nullif")
def _nullif(self: Expressions, node: exp.Anonymous) -> Typed:
    value, other = _arguments(self, node, 2, 2)
    a, b = to.compared(value, other)
    text = f"CASE WHEN {a} = {b} THEN NULL ELSE {value.sql} END"
    return made(text, value.type, value, other, nullable=True, like=self.collation(value))


@special("isnull")
def _isnull(self: Expressions, node: exp.Anonymous) -> Typed:
    (value,) = _arguments(self, node, 1, 1)
    return made(f"({value.sql} IS NULL)", BOOLEAN, value, nullable=False)


@special("greatest", "least")
def _extreme(self: Expressions, node: exp.Anonymous) -> Typed:
    values = _arguments(self, node, 2)
    kind = common_type(values)
    like = self.collation(*values)
    texts = [in_type(value, kind) for value in values]
    wanted = Typed("", kind).kind
    name = {
        Kind.TEXT: like.collation,
        Kind.DECIMAL: "decimal",
        Kind.TIME: "time",
    }.get(wanted, "")
    word = "MAX" if str(node.this).lower() == "greatest" else "MIN"
    if word == "MIN":
        texts.reverse()  # of equal ones SQLite takes the last, MySQL the first
    first = f"{texts[0]} COLLATE {name}" if name else texts[0]
    return made(f"{word}({', '.join([first, *texts[1:]])})", kind, *values, like=like)


@rule(exp.Interval)
def _interval(self: Expressions, node: exp.Interval) -> Typed:
    """The function INTERVAL(): which of several numbers, sorted upwards, is greater than the first."""
    if node.unit is not None or not isinstance(node.this, exp.Tuple):
        raise near("INTERVAL")
    value, *others = (self.compile(part) for part in node.this.expressions)
    texts = ", ".join([to.as_double(value), *map(to.as_double, others)])
    return made(f"interval_place({texts})", SqlType("BIGINT", 2), value, *others, nullable=False)


@special("strcmp")
def _strcmp(self: Expressions, node: exp.Anonymous) -> Typed:
    left, right = _arguments(self, node, 2, 2)
    collation = self.collation(left, right).collation
    if to.is_binary(left) or to.is_binary(right):
        collation = "binary"
    a, b = to.as_text(left), to.as_text(right)
    text = f"CASE WHEN {a} = {b} COLLATE {collation} THEN 0 WHEN {a} < {b} COLLATE {collation} THEN -1 "
    return made(f"{text}WHEN {a} > {b} COLLATE {collation} THEN 1 END", SqlType("BIGINT", 2), left, right)
