"""Conditions: comparisons, logic, IN, BETWEEN, LIKE, and what chooses by them (MySQL 8.4 manual, 14.4 and 14.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.errors import Refused, near
from sockservice.sql.expressions import Expressions, common_type, in_type, rule, special
from sockservice.sql.kinds import BIGINT, BOOLEAN, Kind, text_type
from sockservice.sql.row_comparison import among, among_rows, compare_rows, may_be_row
from sockservice.sql.subqueries import refuse_limit, unwrapped
from sockservice.sql.typed import NULL, Typed, made, text_literal

_COMPARISONS: Final[dict[type[exp.Expr], str]] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.NullSafeEQ: "IS",
}


@rule(*_COMPARISONS)
def _comparison(self: Expressions, node: exp.Binary) -> Typed:
    sign = _COMPARISONS[type(node)]
    if may_be_row(node.this) or may_be_row(node.expression):
        return compare_rows(self, node.this, node.expression, sign)
    left, right = self.compile(node.this), self.compile(node.expression)
    a, b = to.compared(left, right)
    nullable = False if sign == "IS" else None
    return made(f"({a} {sign} {b})", BOOLEAN, left, right, nullable=nullable)


@rule(exp.And, exp.Or)
def _connective(self: Expressions, node: exp.Connector) -> Typed:
    # A chain is as long as its text; as deep, SQLite would refuse it.
    parts: list[exp.Expr] = []
    left: Any = node
    kind = type(node)
    while isinstance(left, kind):
        parts.append(left.expression)
        left = left.this
    parts.append(left)
    parts.reverse()
    if isinstance(node, exp.Or) and len(parts) > _FLAT:
        return _any_of(self, parts)
    values = [self.compile(part) for part in parts]
    return made(_balanced([to.as_truth(value) for value in values], node.key.upper()), BOOLEAN, *values)


def _any_of(self: Expressions, parts: Sequence[exp.Expr]) -> Typed:
    """Many conditions of which one is to hold; those that say what one value is equal to are told as a list."""
    values: list[Typed] = []
    lists: dict[str, list[str]] = {}
    tests: list[str] = []
    for part in parts:
        while isinstance(part, exp.Paren):
            part = part.this
        if not isinstance(part, exp.EQ) or may_be_row(part.this) or may_be_row(part.expression) or _is_quantified(part):
            values.append(self.compile(part))
            tests.append(to.as_truth(values[-1]))
            continue
        pair = self.compile(part.this), self.compile(part.expression)
        values.extend(pair)
        left, right = to.compared(*pair)
        lists.setdefault(left, []).append(right)
    for left, rights in lists.items():
        tests.append(f"{left} = {rights[0]}" if len(rights) == 1 else f"({left} IN ({', '.join(rights)}))")
    return made(_balanced(tests, "OR"), BOOLEAN, *values)


def _is_quantified(node: exp.Expr) -> bool:
    return isinstance(node.expression, (exp.Any, exp.All))


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


@rule(exp.In)
def _in(self: Expressions, node: exp.In) -> Typed:
    query = node.args.get("query")
    if query is not None:
        return _in_query(self, node, query.this if isinstance(query, exp.Subquery) else query)
    if may_be_row(node.this):
        return among_rows(self, node.this, node.expressions) or _any_row(self, node)
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


def _any_row(self: Expressions, node: exp.In) -> Typed:
    tests = [compare_rows(self, node.this, item, "=") for item in node.expressions]
    return made(_balanced([test.sql for test in tests], "OR"), BOOLEAN, *tests)


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
    left, right = to.compared(value, item)
    text = f"({left} IN (SELECT {right} FROM json_each({self.builder.bind(number, _as_array)})))"
    return made(text, BOOLEAN, value)


_WIDE: Final = 255
"""Characters that a text in a list is taken for: which type of text it is does not matter to a comparison."""


def _as_array(values: Sequence[int | str]) -> str:
    return msgspec.json.encode(values).decode()


def _in_query(self: Expressions, node: exp.In, query: exp.Expr) -> Typed:
    refuse_limit(query)
    return among(self, node.this, query)


@rule(exp.Any, exp.All)
def _quantified(self: Expressions, node: exp.Expr) -> Typed:
    """A comparison with ANY, SOME or ALL rows of a query."""
    comparison = node.parent
    sign = _COMPARISONS.get(type(comparison)) if isinstance(comparison, exp.Expr) else None
    if sign in (None, "IS") or comparison is None or comparison.this is node:
        raise near(type(node).__name__.upper())
    query = unwrapped(node.this)
    if not isinstance(query, exp.Query):
        raise near(f"{type(node).__name__.upper()} (")
    refuse_limit(query)
    if (sign, type(node)) in (("=", exp.Any), ("<>", exp.All)):
        found = among(self, comparison.this, query)
        return found if sign == "=" else found._replace(sql=f"(NOT {found.sql})")
    text, columns = self.subquery(query, self.scope)
    value = self.compile(comparison.this)
    if len(columns) != 1:
        raise Refused("ER_OPERAND_COLUMNS", 1)
    left, right = to.compared(value, columns[0][1])
    test = f"({left} {sign} {right})"
    if isinstance(node, exp.Any):
        case = f"CASE WHEN MAX({test}) = 1 THEN 1 WHEN COUNT({test}) < COUNT(*) THEN NULL ELSE 0 END"
    else:
        case = f"CASE WHEN MIN({test}) = 0 THEN 0 WHEN COUNT({test}) < COUNT(*) THEN NULL ELSE 1 END"
    return Typed(f"(SELECT {case} FROM ({text}))", BOOLEAN, True)


@rule(exp.Like)
def _like(self: Expressions, node: exp.Like) -> Typed:
    return _alike(self, node, "\\")


def _alike(self: Expressions, node: exp.Like, escape: str) -> Typed:
    value, pattern = self.compile(node.this), self.compile(node.expression)
    collation = "binary" if Kind.BINARY in (value.kind, pattern.kind) else self.collation(value, pattern).collation
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
    text = _call("COALESCE", texts)
    nullable = all(value.nullable for value in values)
    return made(text, kind, *values, nullable=nullable, like=self.collation(*values))


_ARGUMENTS: Final = 100
"""Arguments of one call: SQLite takes no more than 127."""


def _call(name: str, texts: list[str], suffix: str = "") -> str:
    """A call of a function that may as well be called for some of its arguments first.

    Args:
        name: of the function.
        texts: its arguments.
        suffix: of the first one.
    """
    while len(texts) > _ARGUMENTS:
        texts = [_call(name, texts[:_ARGUMENTS], suffix), *texts[_ARGUMENTS:]]
    return f"{name}({', '.join([texts[0] + suffix, *texts[1:]])})" if len(texts) > 1 else texts[0]


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
    suffix = f" COLLATE {name}" if name else ""
    return made(_call(word, texts, suffix), kind, *values, like=like)


@rule(exp.Interval)
def _interval(self: Expressions, node: exp.Interval) -> Typed:
    """The function INTERVAL(): which of several numbers, sorted upwards, is greater than the first."""
    if node.unit is not None or not isinstance(node.this, exp.Tuple):
        raise near("INTERVAL")
    value, *others = (self.compile(part) for part in node.this.expressions)
    texts = ", ".join([to.as_double(value), *map(to.as_double, others)])
    return made(f"interval_place({texts})", BIGINT, value, *others, nullable=False)


@special("strcmp")
def _strcmp(self: Expressions, node: exp.Anonymous) -> Typed:
    left, right = _arguments(self, node, 2, 2)
    collation = self.collation(left, right).collation
    if Kind.BINARY in (left.kind, right.kind):
        collation = "binary"
    a, b = to.as_text(left), to.as_text(right)
    text = f"CASE WHEN {a} = {b} COLLATE {collation} THEN 0 WHEN {a} < {b} COLLATE {collation} THEN -1 "
    return made(f"{text}WHEN {a} > {b} COLLATE {collation} THEN 1 END", BIGINT, left, right)
