"""What SQL Server writes differently from the default rules; each file has the name of the default rule's file.

Refused, with the reason:

* an offset without ORDER BY — OFFSET is a part of ORDER BY in T-SQL
  (https://learn.microsoft.com/sql/t-sql/queries/select-order-by-clause-transact-sql);
* ``(a, b) IN (...)`` — T-SQL has no row values; compare the columns one by one, or join;
* NULLS FIRST and NULLS LAST — order by a CASE first;
* INTERSECT ALL and EXCEPT ALL — only the forms without ALL exist;
* regular expressions before 2025 — the server had none;
* FILTER of aggregates, GROUPS frames, EXCLUDE — not in T-SQL;
* CREATE TEMPORARY TABLE — a temporary table is one whose name begins with ``#``;
* CREATE ... IF NOT EXISTS — ask with ``checkfirst=True``;
* MATCH FULL, DEFERRABLE — constraints are checked at each statement.

Written in other words: LATERAL is APPLY; ORDER BY of a subquery without a limit, which T-SQL refuses and which means
nothing, is left out; FOR UPDATE is left out, because it is said with a table hint (``with_hint(table, "WITH
(UPDLOCK)")``).

Not done yet: a condition that is selected as a value (``select(t.c.a == 5)``) is written as it is, and the server
refuses it; write ``case((t.c.a == 5, 1), else_=0)``.
"""

from __future__ import annotations

from lect_mssql.compile import (
    alias,
    binary,
    cast,
    column,
    column_spec,
    comment,
    constraints,
    create_index,
    create_schema,
    create_table,
    extract,
    function,
    hints,
    insert,
    join,
    limit,
    locking,
    returning,
    select,
    sequence,
    types,
    unary,
    update,
    values,
)
from lect_mssql.compile.table import RULES

__all__ = ["RULES"]
