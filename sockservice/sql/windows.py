"""Window functions (MySQL 8.4 manual, 14.20)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from sockservice.sql.errors import Refused, unsupported
from sockservice.sql.expressions import Expressions, rule
from sockservice.sql.gathering import AGGREGATES as OURS
from sockservice.sql.kinds import DOUBLE, UNSIGNED
from sockservice.sql.ordering import bare_number, collated
from sockservice.sql.shapes import AGGREGATES, call_name, outside_queries
from sockservice.sql.typed import Typed
from sockservice.sql.window_frames import Frame

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
    function = node.this
    name = call_name(function)
    over = f" OVER ({_definition(self, node)})"
    arguments = function.expressions if isinstance(function, exp.Anonymous) else []
    if name in _NUMBERS:
        if len(arguments) != (name == "ntile"):
            raise Refused("ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT", name.upper())
        _check_number(self, name, arguments[:1], 1)
        texts = ", ".join(self.compile(argument).sql for argument in arguments)
        return Typed(f"{name}({texts}){over}", _NUMBERS[name], name == "ntile")
    if name in _VALUES:
        least, most = _VALUES[name]
        if not least <= len(arguments) <= most:
            raise Refused("ER_WRONG_PARAMCOUNT_TO_NATIVE_FCT", name.upper())
        _check_number(self, name, arguments[1:2], 1 if name == "nth_value" else 0)
        compiled = [self.compile(argument) for argument in arguments]
        texts = ", ".join(argument.sql for argument in compiled)
        return compiled[0]._replace(
            sql=f"{name}({texts}){over}", nullable=True, origin=None, literal=None, aggregate=False
        )
    if name not in AGGREGATES:
        raise Refused("ER_PARSE_ERROR", over, 1)
    if any(isinstance(argument, exp.Distinct) for argument in arguments):
        raise unsupported("<window function>(DISTINCT ..)")
    typed = self.compile(function)
    return typed._replace(sql=with_over(typed.sql, over), aggregate=False)


def _check_number(self: Expressions, name: str, nodes: Sequence[exp.Expr], least: int) -> None:
    """Refuse a number of rows that is none, or too small.

    Raises:
        Refused: 1210.
    """
    for node in nodes:
        value = self.constant(node)
        if not isinstance(value, int) or value < least:
            raise Refused("ER_WRONG_ARGUMENTS", name)


def refuse_windows(node: exp.Expr) -> None:
    """Refuse window functions where rows are not yet there, in WHERE for example.

    Raises:
        Refused: 3593.
    """
    for each in outside_queries(node):
        if isinstance(each, exp.Window):
            raise Refused("ER_WINDOW_INVALID_WINDOW_FUNC_USE", call_name(each.this))


def defined_windows(node: exp.Select) -> dict[str, exp.Window]:
    """The windows that WINDOW defines, by name in lower case.

    Raises:
        Refused: 3591 where two have one name.
    """
    found: dict[str, exp.Window] = {}
    for each in node.args.get("windows") or ():
        if each.name.lower() in found:
            raise Refused("ER_WINDOW_DUPLICATE_NAME", each.name)
        found[each.name.lower()] = each
    return found


def _definition(self: Expressions, node: exp.Window) -> str:
    """The text between the brackets of OVER."""
    partition, order, spec = _parts(self, node)
    name = _name(node)
    keys = [*partition, *(each.this for each in (order.expressions if order is not None else ()))]
    if any(bare_number(key, self.builder) is not None for key in keys):
        raise Refused("ER_WINDOW_ILLEGAL_ORDER_BY", name)
    parts = []
    if partition:
        parts.append(f"PARTITION BY {', '.join(_key(self, each) for each in partition)}")
    sorted_by = [self.compile(each.this) for each in (order.expressions if order is not None else ())]
    frame = Frame.compiled(self, spec, name, sorted_by) if spec is not None else None
    if order is not None:
        texts = [frame.key] if frame is not None and frame.key else [each.sql + collated(each) for each in sorted_by]
        words = [" DESC" if each.args.get("desc") else "" for each in order.expressions]
        parts.append(f"ORDER BY {', '.join(text + word for text, word in zip(texts, words, strict=True))}")
    if frame is not None:
        parts.append(frame.text)
    return " ".join(parts)


def _name(node: exp.Window) -> str:
    """What messages call a window."""
    base = node.args.get("alias")
    alone = not any(node.args.get(word) for word in ("partition_by", "order", "spec"))
    return base.name if base is not None and alone else "<unnamed window>"


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
    if inner[2] is not None and any(node.args.get(word) for word in ("partition_by", "order", "spec")):
        raise Refused("ER_WINDOW_NO_INHERIT_FRAME", base.name)
    if partition:
        raise Refused("ER_WINDOW_NO_CHILD_PARTITIONING")
    if order is not None and inner[1] is not None:
        raise Refused("ER_WINDOW_NO_REDEFINE_ORDER_BY", "<unnamed window>", base.name)
    return inner[0], order or inner[1], frame or inner[2]


def _key(self: Expressions, node: exp.Expr) -> str:
    typed = self.compile(node)
    return typed.sql + collated(typed)


_CALL: Final = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|(\w+)\(""")
BUILT_IN: Final = frozenset(["count", "sum", "avg", "min", "max", "total", "group_concat"])


def with_over(text: str, over: str) -> str:
    """The text of an expression with OVER behind its aggregate functions.

    Args:
        text: of an expression that is a call of an aggregate function, perhaps with conversions around it.
        over: OVER and its brackets.
    """
    parts, place = [], 0
    while (found := _CALL.search(text, place)) is not None:
        name = found[1]
        if name is None or (name.lower() not in BUILT_IN and name not in OURS):
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
