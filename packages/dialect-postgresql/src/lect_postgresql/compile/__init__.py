"""What PostgreSQL writes differently from the default rules; each file has the name of the default rule's file.

Refused, with the reason:

* ``fetch(percent=True)`` — FETCH FIRST knows rows only;
* ``fetch(with_ties=True)`` before 13 — it came with that version;
* generated columns before 12, MERGE before 15 — likewise.

Written in other words: an integer primary key that counts by itself is SERIAL; ``ilike()`` is ILIKE.
"""

from __future__ import annotations

from lect_postgresql.compile import (
    array,
    binary,
    bind_cast,
    cast,
    column_spec,
    constraints,
    create_index,
    create_table,
    domain_type,
    enum_type,
    function,
    hints,
    like,
    limit,
    locking,
    many_rows,
    sequence,
    types,
    view,
)
from lect_postgresql.compile.table import RULES

__all__ = ["RULES"]
