"""VALUES as a table."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import ValuesAlone
from lect.compile.table import ANSI
from lect.sql.values import ScalarValues, Values
from lect_mssql.compile.table import RULES


@RULES.rule(Values)
def values(node: Values, writer: Any) -> str:
    """The default's text, but at most 1000 rows: more is error 10738, and only in INSERT."""
    limit = writer.capabilities.max_rows_per_insert
    if limit is not None and len(node._data) > limit:
        writer.refuse(
            f"VALUES of {len(node._data)} rows", f"the server takes {limit}", "insert the rows into a table first"
        )
    return ANSI.own[Values](node, writer)


@RULES.rule(ScalarValues)
def scalar_values(node: ScalarValues, writer: Any) -> str:
    """``(SELECT * FROM (VALUES (…)) AS v (a))``: the right side of IN is a SELECT or a list."""
    return f"({writer.render(ValuesAlone(node.rows))})"


@RULES.rule(ValuesAlone)
def values_alone(node: ValuesAlone, writer: Any) -> str:
    """``SELECT * FROM (VALUES (…)) AS v (a, b)``: nothing but a SELECT may stand in WITH."""
    if not node.values._data:
        return ANSI.own[ValuesAlone](node, writer)
    columns = ", ".join([writer.quote(c.name) for c in node.values._column_args])
    return f"SELECT * FROM ({ANSI.own[ValuesAlone](node, writer)}) AS {writer.quote('v')} ({columns})"
