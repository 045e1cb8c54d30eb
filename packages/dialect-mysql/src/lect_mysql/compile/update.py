"""UPDATE and DELETE that read several tables, and their LIMIT."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.cte import words_of
from lect.compile.clauses import DeleteParts, ExtraFroms, UpdateParts
from lect.exc import CompileError
from lect.sql._update import Delete
from lect_mysql.compile.options import statement_option
from lect_mysql.compile.table import MARIADB_RULES, RULES
from lect_mysql.dml_limit import DMLLimitClause


@RULES.rule(ExtraFroms)
def extra_froms(node: ExtraFroms, writer: Any) -> str:
    """``, u`` of an UPDATE, `` USING t, u`` of a DELETE: the changed table is read too.

    dev.mysql.com/doc/refman/8.4/en/update.html, dev.mysql.com/doc/refman/8.4/en/delete.html
    """
    froms = ", ".join([writer.render_from(f) for f in node.froms])
    if isinstance(node.statement, Delete):
        table = node.statement.table
        if any(table in f._from_objects for f in node.froms):
            return f" USING {froms}"  # a join has it already
        return f" USING {writer.render_from(table)}, {froms}"
    return f", {froms}"


@RULES.rule(UpdateParts)
def update_parts(node: UpdateParts, writer: Any) -> str:
    """``UPDATE t, u SET t.a=x WHERE … LIMIT n``."""
    _check(node, writer)
    several = bool(node.froms) or node.statement.table._is_join
    return f"{node.head}{node.froms}{node.sets}{node.where}{_limit(node.statement, several, writer)}{node.returning}"


@RULES.rule(DeleteParts)
def delete_parts(node: DeleteParts, writer: Any) -> str:
    """``DELETE FROM t USING t, u WHERE …``; also for an alias, of which a DELETE of one table knows nothing."""
    statement = node.statement
    table = statement.table
    head, froms = node.head, node.froms
    if froms or not table._is_table:
        if node.returning:
            writer.refuse(
                "DELETE..RETURNING of several tables", instead="use a subquery: where(column.in_(select(...)))"
            )
        name = writer.format_table(table) if table._is_table else writer.render(table)
        head = f"DELETE {words_of(statement._prefixes, writer)}FROM {name}"
        froms = froms or f" USING {writer.render_from(table)}"
    return f"{head}{froms}{node.where}{_limit(statement, bool(froms), writer)}{node.returning}"


@MARIADB_RULES.rule(UpdateParts)
def update_parts_mariadb(node: UpdateParts, writer: Any) -> str:
    """The same, without WITH."""
    _refuse_with("UPDATE", writer)
    return update_parts(node, writer)


@MARIADB_RULES.rule(DeleteParts)
def delete_parts_mariadb(node: DeleteParts, writer: Any) -> str:
    """The same, without WITH."""
    _refuse_with("DELETE", writer)
    return delete_parts(node, writer)


def _refuse_with(kind: str, writer: Any) -> None:
    """Refuse common table expressions where only a SELECT takes them: mariadb.com/kb/en/with/."""
    if writer.ctes is not None or writer.scope.ctes is not None:
        writer.refuse(f"WITH before {kind}", instead="write the SELECT as a subquery: select(...).subquery()")


def _check(node: UpdateParts, writer: Any) -> None:
    row = node.statement._values
    if row is not None and any(getattr(column, "__visit_name__", "") == "tuple" for column, _ in row.cells):
        writer.refuse("SET (a, b) = (SELECT ...)", instead="set each column to a subquery of its own")


@RULES.rule(DMLLimitClause)
def dml_limit(node: DMLLimitClause, writer: Any) -> str:
    """``LIMIT n``, of a statement that changes one table."""
    if writer.scope.facts.get("several"):
        writer.refuse("LIMIT of a statement that changes several tables", instead="limit a subquery of keys")
    return f"LIMIT {writer.render(node.limit)}"


def _limit(statement: Any, several: bool, writer: Any) -> str:
    limit = statement_option(statement, "limit", writer)
    if limit is None:
        return ""
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise CompileError(f"mysql_limit={limit!r}: a number of rows is expected")
    if several:
        writer.refuse("LIMIT of a statement that changes several tables", instead="limit a subquery of keys")
    return f" LIMIT {limit}"
