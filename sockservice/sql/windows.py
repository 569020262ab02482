"""Window functions (MySQL 8.4 manual, 14.20)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from sockservice.error_codes import syntax_error
from sockservice.sql.errors import Refused, unsupported
from sockservice.sql.expressions import Expressions, rule
from sockservice.sql.gathering import AGGREGATES as OURS
from sockservice.sql.kinds import DOUBLE, UNSIGNED
from sockservice.sql.shapes import AGGREGATES, call_name, outside_queries
from sockservice.sql.typed import Typed

if TYPE_CHECKING:
    from sockservice.sqltypes import SqlType

_NUMBERS: Final[dict[str, SqlType]] = {
    "row_number": UNSIGNED,
    "rank": UNSIGNED,
    "dense_rank": UNSIGNED,
    "ntile": UNSIGNED,
    "percent_rank": DOUBLE,
    "cume_dist": DOUBLE,
}
"""Functions whose type does not depend on their arguments."""
_VALUES: Final = {"lag": (1, 3), "lead": (1, 3), "first_value": (1, 1), "last_value": (1, 1), "nth_value": (2, 2)}
"""Functions that give a value of another row: how many arguments they have, at least and at most."""
WINDOWED: Final = "over_"
"""In front of the names of our own aggregate functions that can be used over windows."""


@rule(exp.Window)
def window(self: Expressions, node: exp.Window) -> Typed:
    """A function with OVER."""
    self.scope.windowed = True
    function = node.this
    name = call_name(function)
    over = f" OVER ({_definition(self, node)})"
    arguments = function.expressions if isinstance(function, exp.Anonymous) else []
    if name in _NUMBERS:
        if len(arguments) != (name == "ntile"):
            raise Refused("ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT", name.upper())
        texts = ", ".join(self.compile(argument).sql for argument in arguments)
        return Typed(f"{name}({texts}){over}", _NUMBERS[name], False)
    if name in _VALUES:
        least, most = _VALUES[name]
        if not least <= len(arguments) <= most:
            raise Refused("ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT", name.upper())
        compiled = [self.compile(argument) for argument in arguments]
        texts = ", ".join(argument.sql for argument in compiled)
        return compiled[0].value(f"{name}({texts}){over}", nullable=True, origin=None, aggregate=False)
    if name not in AGGREGATES:
        raise Refused("ER_PARSE_ERROR", over, 1)
    if any(isinstance(argument, exp.Distinct) for argument in arguments):
        raise unsupported("<window function>(DISTINCT ..)")
    typed = self.compile(function)
    return typed._replace(sql=with_over(typed.sql, over), aggregate=False)


def refuse_windows(node: exp.Expr) -> None:
    """Refuse window functions where rows are not yet there, in WHERE for example.

    Raises:
        Refused: 3593.
    """
    for each in outside_queries(node):
        if isinstance(each, exp.Window):
            raise Refused("ER_WINDOW_INVALID_WINDOW_FUNC_USE", call_name(each.this))


def _definition(self: Expressions, node: exp.Window) -> str:
    """The text between the brackets of OVER."""
    partition, order, frame = _parts(self, node)
    parts = []
    if partition:
        parts.append(f"PARTITION BY {', '.join(_key(self, each) for each in partition)}")
    if order is not None:
        parts.append(f"ORDER BY {', '.join(_ordered(self, each) for each in order.expressions)}")
    if frame is not None:
        parts.append(_frame(self, frame))
    return " ".join(parts)


def _parts(
    self: Expressions, node: exp.Window, seen: frozenset[str] = frozenset()
) -> tuple[list[exp.Expr], exp.Order | None, exp.WindowSpec | None]:
    """PARTITION BY, ORDER BY and the frame of a window, with those of the window that it is based on.

    Raises:
        Refused: 3579, 3580, 3581 or 3583.
    """
    partition, order, frame = list(node.args.get("partition_by") or ()), node.args.get("order"), node.args.get("spec")
    base = node.args.get("alias")
    if base is None:
        return partition, order, frame
    name = base.name.lower()
    known = self.scope.windows.get(name)
    if known is None:
        raise Refused("ER_WINDOW_NO_SUCH_WINDOW", base.name)
    if name in seen:
        raise Refused("ER_WINDOW_CIRCULARITY_IN_WINDOW_GRAPH")
    inner = _parts(self, known, seen | {name})
    if partition:
        raise Refused("ER_WINDOW_NO_CHILD_PARTITIONING")
    if order is not None and inner[1] is not None:
        raise Refused("ER_WINDOW_NO_REDEFINE_ORDER_BY", "<unnamed window>", base.name)
    return inner[0], order or inner[1], frame or inner[2]


def _key(self: Expressions, node: exp.Expr) -> str:
    from sockservice.sql.ordering import collated

    typed = self.compile(node)
    return typed.sql + collated(typed)


def _ordered(self: Expressions, node: exp.Ordered) -> str:
    return _key(self, node.this) + (" DESC" if node.args.get("desc") else "")


def _frame(self: Expressions, spec: exp.WindowSpec) -> str:
    kind = str(spec.args["kind"]).upper()
    if kind == "GROUPS":
        raise unsupported("GROUPS")
    start = _bound(self, spec.args.get("start"), spec.args.get("start_side"))
    if spec.args.get("end") is None:
        return f"{kind} {start}"
    return f"{kind} BETWEEN {start} AND {_bound(self, spec.args['end'], spec.args.get('end_side'))}"


def _bound(self: Expressions, value: Any, side: Any) -> str:
    if isinstance(value, exp.Interval):
        raise unsupported("a RANGE of dates")
    if not side and value != "CURRENT ROW":
        raise Refused(syntax_error(""))
    text = value.upper() if isinstance(value, str) else self.compile(value).sql
    return f"{text} {str(side).upper()}" if side else text


_CALL: Final = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|(\w+)\(""")
_BUILT_IN: Final = frozenset(["count", "sum", "avg", "min", "max", "total", "group_concat"])


def with_over(text: str, over: str) -> str:
    """The text of an expression with OVER behind its aggregate functions.

    Args:
        text: of an expression that is a call of an aggregate function, perhaps with conversions around it.
        over: OVER and its brackets.
    """
    parts, place = [], 0
    while (found := _CALL.search(text, place)) is not None:
        name = found[1]
        if name is None or (name.lower() not in _BUILT_IN and name not in OURS):
            parts.append(text[place : found.end()])
            place = found.end()
            continue
        end = _closing(text, found.end())
        prefix = "" if name not in OURS or hasattr(OURS[name][0], "inverse") else WINDOWED
        parts.append(f"{text[place : found.start()]}{prefix}{text[found.start() : end]}{over}")
        place = end
    return "".join(parts) + text[place:]


def _closing(text: str, place: int) -> int:
    """Where the bracket ends that was opened in front of a place."""
    depth = 1
    for token in re.finditer(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]""", text[place:]):
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if not depth:
            return place + token.end()
    return len(text)


def windowed(aggregate: Callable[[], Any]) -> type:
    """An aggregate function that rows can leave again, from one that they cannot."""

    class Windowed:
        """The rows that are in the window, and the aggregate of them."""

        def __init__(self) -> None:
            self._rows: deque[tuple[Any, ...]] = deque()
            self._aggregate = aggregate()

        def step(self, *arguments: Any) -> None:
            """Take a row."""
            self._rows.append(arguments)
            if self._aggregate is not None:
                self._aggregate.step(*arguments)

        def inverse(self, *arguments: Any) -> None:
            """Leave out the first row."""
            del arguments
            self._rows.popleft()
            self._aggregate = None

        def value(self) -> Any:
            """The aggregate of the rows."""
            if self._aggregate is None:
                self._aggregate = aggregate()
                for row in self._rows:
                    self._aggregate.step(*row)
            return self._aggregate.finalize()

        finalize = value

    return Windowed
