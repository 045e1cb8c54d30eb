"""Default rules for parentheses, tuples and lists."""

from __future__ import annotations

from typing import Any, Final

from lect import operators as ops
from lect.compile.ansi.operator_text import text_of
from lect.compile.table import ANSI
from lect.sql.grouping import Grouping
from lect.sql.lists import ClauseList, ExpressionClauseList
from lect.sql.slice import Slice
from lect.sql.tuple import Tuple

#: What these join are conditions; what others do are values.
_OF_CONDITIONS: Final = frozenset([ops.and_, ops.or_])


@ANSI.rule(Grouping)
def grouping(node: Grouping[Any], writer: Any) -> str:
    """``(element)``"""
    return f"({writer.render(node.element)})"


@ANSI.rule(Tuple)
def tuple_(node: Tuple, writer: Any) -> str:
    """``(a, b)``"""
    return f"({writer.render_all(node.clauses)})"


@ANSI.rule(ClauseList)
def clause_list(node: ClauseList, writer: Any) -> str:
    """The elements with the operator, a comma most times, between them; empty ones are left out."""
    render = writer.render if node.operator in _OF_CONDITIONS else writer.render_value
    texts = [render(c) for c in node.clauses]
    return text_of(node.operator).join([t for t in texts if t])


@ANSI.rule(ExpressionClauseList)
def chain(node: ExpressionClauseList[Any], writer: Any) -> str:
    """The operands with the operator between them."""
    special = writer.rules.find_operator(node.operator)
    if special is not None:
        return special(node, writer)  # type: ignore[no-any-return]
    render = writer.render_condition if node.operator in _OF_CONDITIONS else writer.render_value
    texts = [render(c) for c in node.clauses]
    return text_of(node.operator).join([t for t in texts if t])


@ANSI.rule(Slice)
def slice_(node: Slice, writer: Any) -> str:
    """``start:stop``, the index of a part of an array; bounds left out are empty."""
    start = "" if node.start.__visit_name__ == "null" else writer.render(node.start)
    stop = "" if node.stop.__visit_name__ == "null" else writer.render(node.stop)
    text = f"{start}:{stop}"
    return text if node.step is None else f"{text}:{writer.render(node.step)}"
