"""ANY and ALL: SQLite compares with one value only."""

from __future__ import annotations

from typing import Any

from lect import operators as ops
from lect.sql.unary import CollectionAggregate
from lect_sqlite.compile.table import RULES


@RULES.rule(CollectionAggregate)
def collection_aggregate(node: CollectionAggregate[Any], writer: Any) -> str:
    """Refused: https://sqlite.org/lang_expr.html."""
    if node.operator is ops.any_op:
        writer.refuse("ANY", instead="use in_() for = ANY, or compare with a subquery of min() or max()")
    return writer.refuse("ALL", instead="use not_in() for <> ALL, or compare with a subquery of min() or max()")  # type: ignore[no-any-return]
