"""The default rules: one file per construct, registered in :data:`lect.compile.table.ANSI` when it is imported."""

from __future__ import annotations

from lect.compile.ansi import (
    alias,
    column_spec,
    comment,
    constraints,
    create_index,
    create_schema,
    create_table,
    cte,
    ddl_text,
    hints,
    insert,
    join,
    label_reference,
    limit,
    locking,
    on_conflict,
    select,
    sequence,
    table,
    update,
    values,
    view,
)
