"""Default rule for the rows of an INSERT that is sent once for many parameter sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lect.compile.ansi.returning import extend_returning
from lect.compile.batch import HOLE, MARK, ROWS, BatchTemplate, Columnwise
from lect.compile.clauses import InsertParts, ManyRows
from lect.compile.sentinel import choose_sentinel, is_asked
from lect.compile.table import ANSI

__all__ = ["batch_of", "ordered_rows"]


@ANSI.rule(ManyRows)
def many_rows(node: ManyRows, writer: Any) -> str:
    """`` VALUES (…), (…)``; rows that the server must take in order come by a SELECT with ORDER BY."""
    if node.ordered and writer.capabilities.key_order.name == "ORDERED_SELECT":
        return ordered_rows(node, lambda cell, name: name)
    node.row = f"({', '.join([c.text for c in node.cells])})"
    return f" VALUES {ROWS}"


def ordered_rows(node: ManyRows, convert: Callable[[Any, str], str]) -> str:
    """Return `` SELECT … FROM (VALUES (…, 0), (…, 1)) AS given_rows (…) ORDER BY nth``.

    Args:
        node: the clause; its `row` is set.
        convert: what is written for the column of a cell, from the cell and the name it has in the rows.
    """
    names: list[str] = []
    wanted: list[str] = []
    row: list[str] = []
    for cell in node.cells:
        if MARK.search(cell.text):
            name = f"p{len(names)}"
            names.append(name)
            row.append(cell.text)
            wanted.append(convert(cell, name))
        else:  # evaluated for one row after the other, when they are sorted
            wanted.append(cell.text)
    node.row = f"({', '.join([*row, HOLE])})"
    columns = ", ".join([*names, "nth"])
    return f" SELECT {', '.join(wanted)} FROM (VALUES {ROWS}) AS given_rows ({columns}) ORDER BY nth"


def batch_of(plan: Any, parts: InsertParts, cells: Any, before: str, writer: Any) -> BatchTemplate | None:
    """Return the template of an INSERT for many rows; None when it is to be run for each parameter set.

    Args:
        before: what stands before the INSERT (WITH).
    """
    capabilities = writer.capabilities
    if not capabilities.multi_values or not any(MARK.search(c.text) for c in cells):
        return None
    statement = parts.statement
    sentinel = None
    returned = parts.returning
    if plan.returning is not None:
        promise = capabilities.insert_returning.name
        if promise == "ONE_ROW":
            return None
        if promise != "ORDERED" or statement._on_conflict is not None:
            sentinel = choose_sentinel(statement, plan, cells, writer)
            if sentinel is None and is_asked(statement, plan):
                return None
        if sentinel is not None and max(sentinel.positions) >= len(plan.returned):
            added = [c for c, p in zip(sentinel.columns, sentinel.positions, strict=True) if p >= len(plan.returned)]
            returned = extend_returning(statement, added, writer)
    rows = ManyRows(statement, cells, sentinel is not None and sentinel.by_key)
    source = writer.render(rows)
    if not source:
        return None

    def text_with(source: str) -> str:
        whole = InsertParts(statement, parts.head, parts.columns, source, parts.conflict, returned)
        return before + writer.render(whole)  # type: ignore[no-any-return]

    style = getattr(writer.dialect, "paramstyle", "named")
    made = BatchTemplate(text_with(source), rows.row, style, sentinel)
    if rows.columnwise is not None:
        made.columnwise = Columnwise(text_with(rows.columnwise), rows.arrays, style)
    return made
