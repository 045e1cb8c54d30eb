"""What MySQL and MariaDB write differently from the default rules; files have the names of the default rules' files.

Refused, with the reason:

* FULL OUTER JOIN, TABLESAMPLE, DISTINCT ON, MERGE, cube() and grouping_sets() — there is none;
* GROUPS frames, EXCLUDE, WITHIN GROUP, TRY_CAST — likewise;
* LATERAL on MariaDB and before MySQL 8.0.14, WITH before MySQL 8, INTERSECT and EXCEPT before MySQL 8.0.31 — likewise;
* a portable ``on_conflict`` for one of several unique keys, or with a condition — ON DUPLICATE KEY UPDATE has neither;
* deferrable foreign keys and MATCH, temporary and materialized views, sequences on MySQL;
* casts to types that CAST does not know;
* WITH before UPDATE and DELETE on MariaDB, ``SET (a, b) = (SELECT …)``;
* FILTER of aggregates that may not leave NULL out;
* ``with_for_update(key_share=True)``; ``of`` some of the tables on MariaDB; NOWAIT and SKIP LOCKED before they came.

Written in other words: NULLS FIRST and NULLS LAST are an expression of their own in ORDER BY; an offset without a limit
is ``LIMIT m, 18446744073709551615``; FETCH FIRST is LIMIT; a cast to Boolean is a comparison with 0; a DELETE from an
alias is one of several tables; VALUES as a table is ``VALUES ROW(…)``, on MariaDB a UNION ALL.
"""

from __future__ import annotations

from lect_mysql.compile import (
    binary,
    cast,
    column_spec,
    comment,
    constraints,
    create_index,
    create_table,
    extract,
    function,
    hints,
    join,
    limit,
    locking,
    match,
    on_conflict,
    select,
    sequence,
    types,
    unary,
    update,
    values,
    view,
    window,
)
from lect_mysql.compile.table import MARIADB_RULES, RULES

__all__ = ["MARIADB_RULES", "RULES"]
