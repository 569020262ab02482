"""Where the expressions of templates run: Jinja's sandbox, made narrow enough that each one ends soon and stays small.

There are no loops in an expression, so what it costs is what its operators, filters and calls cost. Each that could
make much out of little (``'a' * 10**9``, ``2 ** 10**9``, ``'%999999999d'``) is bounded before it does; all others of
Python and Jinja are not there.
"""

from __future__ import annotations

import datetime
import functools
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateError, nodes
from jinja2.environment import TemplateExpression
from jinja2.exceptions import SecurityError
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from sockservice.errors import did_you_mean
from sockservice.responder.answering.templates.filters import FILTERS
from sockservice.responder.answering.templates.limits import check_power, check_product, checked, formatted
from sockservice.responder.answering.templates.names import KNOWN, View
from sockservice.responder.answering.templates.template import Expression, Names

_STRING: Final = frozenset(
    """capitalize casefold count encode endswith find index isalnum isalpha isascii isdecimal isdigit islower isnumeric
    isspace istitle isupper lower lstrip partition removeprefix removesuffix rfind rindex rpartition rsplit rstrip split
    splitlines startswith strip swapcase title upper""".split()
)
_ATTRIBUTES: Final[tuple[tuple[type, frozenset[str]], ...]] = (
    (str, _STRING),
    (bytes, frozenset(["decode", "hex"])),
    (
        datetime.date,
        frozenset(
            """year month day hour minute second microsecond date time isoformat strftime weekday isoweekday
            timestamp replace""".split()
        ),
    ),
    (datetime.timedelta, frozenset(["days", "seconds", "microseconds", "total_seconds"])),
    (Mapping, frozenset(["get", "items", "keys", "values"])),
)
"""What of a value an expression may use; anything else of it is not there."""
_DURATION: Final = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|\bnow\(\s*(?P<shift>[-+]?\s*[0-9.]+\s*[a-z]+)\s*\)"""
)


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja without anything that could grow or last."""

    intercepted_binops = frozenset(["+", "*", "**", "%"])
    _operators: Final[Mapping[str, Callable[[Any, Any], Any]]] = {"+": operator.add, "*": operator.mul}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002 - Jinja's signature
        """Whether an expression may read an attribute."""
        if isinstance(obj, View):
            return not attr.startswith("_")
        return any(isinstance(obj, kind) and attr in allowed for kind, allowed in _ATTRIBUTES)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a function; what it gives must not be too large."""
        return checked(super().call(__context, __obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Do an operator that might make much out of little."""
        if operator == "%" and isinstance(left, (str, bytes)):
            return formatted(left, right if isinstance(right, tuple) else (right,))
        if operator == "*":
            check_product(left, right)
        elif operator == "**":
            check_power(left, right)
        return checked(super().call_binop(context, operator, left, right))

    def wrap_str_format(self, value: Any) -> None:
        """No ``'{}'.format``, which Jinja would allow: its places can be made as wide as one likes."""

    def unsafe_undefined(self, obj: Any, attribute: str) -> Any:
        """What an attribute is that may not be read."""
        return self.undefined(f"{attribute!r} of a {type(obj).__name__} may not be used", exc=SecurityError)


class _BoundedConcatenation(NodeTransformer):
    """Makes ``a ~ b`` the bounded filter ``join``."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return nodes.Filter(nodes.List(node.nodes), "join", [], [], None, None, lineno=node.lineno)


@functools.cache
def _sandbox() -> Sandbox:
    sandbox = Sandbox(optimized=False, undefined=StrictUndefined, autoescape=False, cache_size=0)
    ranges = sandbox.globals["range"]
    sandbox.globals.clear()
    sandbox.globals["range"] = ranges
    sandbox.filters.clear()
    sandbox.filters.update(FILTERS)
    return sandbox


def compile_expression(source: str, groups: frozenset[str]) -> Expression:
    """Compile the inside of ``{{ }}``.

    Args:
        source: for example ``params[0] + 1``; in ``now(-1h)`` the duration needs no quotes.
        groups: names that it may use besides :data:`KNOWN`.

    Raises:
        ValueError: it is wrong, or uses a name that is not known.
    """
    sandbox = _sandbox()
    try:
        parser = Parser(sandbox, _DURATION.sub(_quoted, source), state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise ValueError(f"the template {source!r} goes on behind its expression")
        tree.set_environment(sandbox)
        body: list[nodes.Node] = [nodes.Assign(nodes.Name("result", "store"), tree, lineno=1)]
        whole = nodes.Template(body, lineno=1)
        _check_names(whole, groups)
        template = sandbox.from_string(_BoundedConcatenation().visit(whole))
    except TemplateError as error:
        reason = (error.message or "it is no expression").rstrip(".")
        hint = did_you_mean(_filter_name(reason), FILTERS) if "filter" in reason else ""
        raise ValueError(f"the template {source!r} cannot be used: {reason}{hint}") from None
    except RecursionError:
        raise ValueError("the template is nested too deep") from None
    expression = TemplateExpression(template, undefined_to_none=False)

    def value(names: Names) -> Any:
        found = expression(names)
        if isinstance(found, StrictUndefined):
            str(found)  # raises, with what is missing
        return found

    return value


def _filter_name(reason: str) -> str:
    named = re.search(r"'(\w+)'", reason)
    return named[1] if named else ""


def _quoted(found: re.Match[str]) -> str:
    return found[0] if found["text"] else f"now({found['shift']!r})"


def _check_names(tree: nodes.Node, groups: frozenset[str]) -> None:
    for name in tree.find_all(nodes.Name):
        if name.ctx != "load":
            continue
        if name.name == "fake":
            from sockservice.responder.answering.templates import fake_data

            fake_data.check_installed()
        if name.name not in KNOWN and name.name not in groups:
            known = {*KNOWN, *groups}
            raise ValueError(f"{name.name!r} is not known in templates{did_you_mean(name.name, known)}")
    for attribute in tree.find_all(nodes.Getattr):
        if attribute.attr.startswith("_"):
            raise ValueError(f"{attribute.attr!r} may not be used in templates")
