"""Default rule for MERGE."""

from __future__ import annotations

from typing import Any, Final

from lect.compile.ansi.cte import prepare_added, with_clause, words_of
from lect.compile.ansi.returning import returning
from lect.compile.compiled import DmlPlan
from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.sql._merge import Merge, MergeBranch

_WHEN: Final = {
    "matched": "WHEN MATCHED",
    "not_matched": "WHEN NOT MATCHED",
    "not_matched_by_source": "WHEN NOT MATCHED BY SOURCE",
}


@ANSI.rule(Merge)
def merge(node: Merge, writer: Any) -> str:
    """``MERGE INTO t USING s ON … WHEN MATCHED THEN UPDATE SET …``."""
    if not writer.capabilities.merge:
        writer.refuse("MERGE", instead="use on_conflict_do_update() of an INSERT, or several statements")
    if node._source is None or not node._branches:
        raise CompileError("a MERGE needs using() and at least one when_…() branch")
    node = node._translated()
    results = writer.take_results()
    with writer.enter(node) as scope:
        scope.target = node.table
        scope.froms = frozenset([*node.table._from_objects, *node._source._from_objects])
        scope.visible = scope.visible | scope.froms
        plan = DmlPlan("merge", node.table)
        if results:
            writer.dml = plan
        prepare_added(node, writer)
        text = f"MERGE {words_of(node._prefixes, writer)}INTO {writer.render_from(node.table)} "
        text += f"USING {writer.render_from(node._source)} ON {writer.render(node._onclause)}"
        for branch in node._branches:
            text += f" {branch_text(branch, node, writer)}"
        if node._returning:
            plan.returning = "explicit"
            plan.returned = tuple(node._column_expressions())
            text += returning(node, writer, results)
        return with_clause(text, scope, writer)


def branch_text(branch: MergeBranch, node: Merge, writer: Any) -> str:
    """Return one WHEN … THEN …."""
    text = _WHEN[branch.when]
    if branch.where is not None:
        text += f" AND {writer.render(branch.where)}"
    if branch.action == "delete":
        return f"{text} THEN DELETE"
    if branch.action == "nothing":
        return f"{text} THEN DO NOTHING"
    assert branch.row is not None
    names: list[str] = []
    values: list[str] = []
    for column, value in branch.row.cells:
        if isinstance(column, str) or column.table is not node.table:
            raise CompileError(f"Unconsumed column names: {column if isinstance(column, str) else column.key}")
        if value._is_bind_parameter and value.__dict__.get("_is_value_of_column"):
            writer.rename(value, None)
        names.append(writer.quote(column.name))
        values.append(writer.render(value.self_group()))
    if branch.action == "insert":
        return f"{text} THEN INSERT ({', '.join(names)}) VALUES ({', '.join(values)})"
    cells = ", ".join([f"{n} = {v}" for n, v in zip(names, values, strict=True)])
    return f"{text} THEN UPDATE SET {cells}"
