"""Default rule for the value that the INSERT or UPDATE around gives a column."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.sql.dml_column import FromDMLColumn


@ANSI.rule(FromDMLColumn)
def from_dml_column(node: FromDMLColumn[Any], writer: Any) -> str:
    """The value written again; the column in an UPDATE that does not set it."""
    statement = writer.scope.statement
    value_of = writer.scope.facts.get("value_of")
    if value_of is None:
        raise CompileError("from_dml_column() stands only inside of the values() of an INSERT or UPDATE")
    value = value_of(node.column)
    if value is not None:
        return writer.render(value.self_group())  # type: ignore[no-any-return]
    if statement._kind == "insert":
        raise CompileError(f"Can't resolve referenced column name in INSERT statement: {node.column.key!r}")
    return writer.render(node.column)  # type: ignore[no-any-return]
