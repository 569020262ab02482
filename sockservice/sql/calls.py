"""Calls of functions by their names."""

from __future__ import annotations

from sqlglot import exp

from sockservice.sql.errors import Refused, near
from sockservice.sql.expressions import SPECIAL, Expressions, rule
from sockservice.sql.registry import FUNCTIONS
from sockservice.sql.typed import Typed


@rule(exp.DPipe)
def _join(self: Expressions, node: exp.DPipe) -> Typed:
    """``||`` where it joins texts."""
    return self.compile(exp.Anonymous(this="concat", expressions=[node.this, node.expression]))


@rule(exp.Dot)
def _of_database(self: Expressions, node: exp.Dot) -> Typed:  # noqa: ARG001
    """A function of a database: there are none."""
    if not isinstance(node.expression, exp.Anonymous):
        raise near(".")
    raise Refused("ER_SP_DOES_NOT_EXIST", "FUNCTION", f"{node.this.name}.{node.expression.this}")


@rule(exp.Anonymous)
def _call(self: Expressions, node: exp.Anonymous) -> Typed:
    name = str(node.this).lower()
    compile_call = SPECIAL.get(name)
    if compile_call is not None:
        return compile_call(self, node)
    function = FUNCTIONS.get(name)
    if function is None:
        raise Refused("ER_SP_DOES_NOT_EXIST", "FUNCTION", f"{self.session.database}.{node.this}")
    return self.call(function, name, node.expressions)
