"""SLEEP: only the statement that says it waits, on a connection that may take its time."""

from __future__ import annotations

from sqlglot import exp

from sockservice.sql import comparison as to
from sockservice.sql.expressions import Expressions, special
from sockservice.sql.kinds import BOOLEAN
from sockservice.sql.typed import Typed


@special("sleep")
def _sleep(self: Expressions, node: exp.Anonymous) -> Typed:
    seconds = self.compile(node.expressions[0])
    return Typed(f"sleep_for(IFNULL({to.as_double(seconds)}, 0))", BOOLEAN, False)
