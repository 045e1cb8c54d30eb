"""VALUES as a table: rows are said to be such, or selected one by one."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.alias import alias_name
from lect.compile.ansi.values import cells
from lect.compile.ansi.values import values as default
from lect.compile.clauses import ValuesRows
from lect.compile.writer import FROM
from lect.sql.values import Values
from lect_mysql.compile.table import MARIADB_RULES, RULES


@RULES.rule(ValuesRows)
def rows(node: ValuesRows, writer: Any) -> str:
    """``VALUES ROW(…), ROW(…)``: dev.mysql.com/doc/refman/8.4/en/values.html."""
    return f"VALUES {', '.join([f'ROW({row})' for row in node.rows])}"


@MARIADB_RULES.rule(ValuesRows)
def rows_mariadb(node: ValuesRows, writer: Any) -> str:
    """``SELECT … UNION ALL SELECT …``: a parameter in VALUES loses its type in a prepared statement."""
    return " UNION ALL ".join([f"SELECT {row}" for row in node.rows])


@MARIADB_RULES.rule(Values)
def values(node: Values, writer: Any) -> str:
    """``(SELECT x AS a, y AS b UNION ALL SELECT …) AS name``: a list of column names behind AS is not understood."""
    if writer.position != FROM or not node._named or not node._data or node._is_lateral:
        return default(node, writer)
    names = [writer.quote(c.name) for c in node.c]
    first, *more = cells(node, writer)
    head = ", ".join([f"{cell} AS {name}" for cell, name in zip(first, names, strict=True)])
    tail = "".join([f" UNION ALL SELECT {', '.join(row)}" for row in more])
    return f"(SELECT {head}{tail}) AS {alias_name(node, writer)}"
