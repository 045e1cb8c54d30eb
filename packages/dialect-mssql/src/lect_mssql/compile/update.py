"""UPDATE and DELETE: OUTPUT stands before FROM, and FROM lists the changed table too."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.alias import alias_name
from lect.compile.clauses import DeleteParts, ExtraFroms, UpdateParts
from lect.sql.alias import Alias
from lect_mssql.compile.table import RULES


@RULES.rule(ExtraFroms)
def extra_froms(node: ExtraFroms, writer: Any) -> str:
    """``FROM t, other``: https://learn.microsoft.com/sql/t-sql/queries/update-transact-sql."""
    froms = [node.statement.table, *node.froms]
    return f" FROM {', '.join([writer.render_from(f) for f in froms])}"


@RULES.rule(UpdateParts)
def update_parts(node: UpdateParts, writer: Any) -> str:
    """``UPDATE t SET a=x OUTPUT inserted.a FROM t, other WHERE ...``; an alias as in DELETE."""
    table = node.statement.table
    if not isinstance(table, Alias):
        return f"{node.head}{node.sets}{node.returning}{node.froms}{node.where}"
    written, name = writer.render_from(table), alias_name(table, writer)
    head = f"{node.head.removesuffix(written)}{name}"
    return f"{head}{node.sets}{node.returning}{node.froms or f' FROM {written}'}{node.where}"


@RULES.rule(DeleteParts)
def delete_parts(node: DeleteParts, writer: Any) -> str:
    """``DELETE FROM t OUTPUT deleted.a FROM t, other WHERE ...``; an alias stands by its name, and FROM says whose
    it is.
    """
    table = node.statement.table
    if not isinstance(table, Alias):
        return f"{node.head}{node.returning}{node.froms}{node.where}"
    written, name = writer.render_from(table), alias_name(table, writer)
    froms = node.froms or f" FROM {written}"
    return f"{node.head.removesuffix(written)}{name}{node.returning}{froms}{node.where}"
