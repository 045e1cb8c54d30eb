"""Default rule for a condition where a value stands."""

from __future__ import annotations

from typing import Any, Final

from lect import operators as ops
from lect.compile.clauses import ConditionAsValue
from lect.compile.table import ANSI
from lect.sql.exists import Exists
from lect.sql.grouping import Grouping

#: Conditions of these are true or false, never unknown.
_CERTAIN: Final = frozenset([ops.is_, ops.is_not, ops.is_distinct_from, ops.is_not_distinct_from])


@ANSI.rule(ConditionAsValue)
def condition_as_value(node: ConditionAsValue, writer: Any) -> str:
    """``CASE WHEN condition THEN 1 WHEN NOT (condition) THEN 0 END``: NULL where the condition is unknown."""
    condition = node.condition
    text = writer.render(condition)
    while isinstance(condition, Grouping) or getattr(condition, "operator", None) is ops.inv:
        condition = condition.element
    if isinstance(condition, Exists) or getattr(condition, "operator", None) in _CERTAIN:
        return f"CASE WHEN {text} THEN 1 ELSE 0 END"
    negated = text if text.startswith("(") and isinstance(node.condition, Grouping) else f"({text})"
    return f"CASE WHEN {text} THEN 1 WHEN NOT {negated} THEN 0 END"
