"""VALUES as a table: its columns are named by a SELECT around it, because a list of names behind AS is not
understood.
"""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.alias import alias_name
from lect.compile.ansi.values import rows_text
from lect.compile.expanding import EmptySet
from lect.compile.table import ANSI
from lect.compile.writer import FROM
from lect.sql.cte import CTE
from lect.sql.values import Values
from lect_sqlite.compile.table import RULES


@RULES.rule(Values)
def values(node: Values, writer: Any) -> str:
    """``(SELECT column1 AS a, column2 AS b FROM (VALUES (…), (…))) AS name``:
    https://sqlite.org/lang_select.html#values.
    """
    if writer.position != FROM or not node._named or not node._data or isinstance(writer.scope.statement, CTE):
        return ANSI.own[Values](node, writer)
    columns = ", ".join([f"column{i} AS {writer.quote(c.name)}" for i, c in enumerate(node.c, 1)])
    return f"(SELECT {columns} FROM ({rows_text(node, writer)})) AS {alias_name(node, writer)}"


@RULES.rule(EmptySet)
def empty_set(node: EmptySet, writer: Any) -> str:
    """A SELECT without rows of as many columns."""
    ones = ", ".join(["1"] * len(node.types))
    return f"SELECT {ones} FROM (SELECT {ones}) WHERE 1!=1"
