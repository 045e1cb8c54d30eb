"""What SQLite writes differently from the default rules; each file has the name of the default rule's file.

Refused, with the reason:

* right and full outer joins before 3.39 — SQLite did not have them;
* LATERAL, TABLESAMPLE, DISTINCT ON, MERGE, sequences, identity columns — SQLite has no such thing;
* INTERSECT ALL and EXCEPT ALL — only the forms without ALL exist;
* adding a constraint to, or dropping one from, an existing table — ALTER TABLE cannot.

Written in other words: an offset without a limit is ``LIMIT -1 OFFSET n``
(https://sqlite.org/lang_select.html#limitoffset); FOR UPDATE is left out, because a writing transaction locks the whole
database anyway (https://sqlite.org/lockingv3.html).
"""

from __future__ import annotations

from lect_sqlite.compile import (
    binary,
    cast,
    column,
    column_spec,
    constraints,
    create_index,
    create_table,
    extract,
    function,
    limit,
    locking,
    on_conflict,
    select,
    sequence,
    types,
    unary,
    values,
)
from lect_sqlite.compile.table import RULES

__all__ = ["RULES"]
