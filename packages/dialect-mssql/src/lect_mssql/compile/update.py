"""UPDATE and DELETE: OUTPUT stands before FROM, and FROM lists the changed table too."""

from __future__ import annotations

from typing import Any

from lect.compile.clauses import DeleteParts, ExtraFroms, UpdateParts
from lect_mssql.compile.table import RULES


@RULES.rule(ExtraFroms)
def extra_froms(node: ExtraFroms, writer: Any) -> str:
    """``FROM t, other``: https://learn.microsoft.com/sql/t-sql/queries/update-transact-sql."""
    froms = [node.statement.table, *node.froms]
    return f" FROM {', '.join([writer.render_from(f) for f in froms])}"


@RULES.rule(UpdateParts, DeleteParts)
def update_parts(node: UpdateParts, writer: Any) -> str:
    """``UPDATE t SET a=x OUTPUT inserted.a FROM t, other WHERE ...``."""
    return f"{node.head}{node.returning}{node.froms}{node.where}"
