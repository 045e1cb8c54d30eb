"""What SQL Server writes differently from the default rules; each file has the name of the default rule's file.

Refused, with the reason:

* an offset without ORDER BY — OFFSET is a part of ORDER BY in T-SQL
  (https://learn.microsoft.com/sql/t-sql/queries/select-order-by-clause-transact-sql);
* ``(a, b) IN (...)``, ``(a, b) > (c, d)`` — T-SQL has no row values; compare the columns one by one, or join;
* DISTINCT ON; WITH inside of another statement; data-changing statements in WITH — there is none;
* INTERSECT ALL and EXCEPT ALL — only the forms without ALL exist;
* regular expressions before 2025 — the server had none;
* FILTER of aggregates that may not leave NULL out, GROUPS frames, RANGE frames of values, EXCLUDE — not in T-SQL;
* ``with_for_update(key_share=True)`` — a lock does not tell keys from other columns;
* CREATE ... IF NOT EXISTS — ask with ``checkfirst=True``;
* MATCH FULL, DEFERRABLE — constraints are checked at each statement.

Written in other words: LATERAL is APPLY; ORDER BY of a subquery without a limit, which T-SQL refuses and which means
nothing, is left out; FOR UPDATE is a hint behind each table, ``WITH (UPDLOCK, ROWLOCK)``; a named window is written out
where it is used; an IN list of more than 2000 values is one of literals; NULLS FIRST and NULLS LAST are a CASE where
NULLs do not go there by themselves; a table with the prefix TEMPORARY is one whose name begins with ``#``; a condition
where a value stands is a CASE; values in GROUP BY, and those beside it, are written into the text at execution, because
the server takes each parameter for another value.
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
    grouping,
    hints,
    insert,
    join,
    like,
    limit,
    locking,
    returning,
    select,
    sequence,
    types,
    unary,
    update,
    values,
    view,
    window,
)
from lect_mssql.compile.table import RULES

__all__ = ["RULES"]
