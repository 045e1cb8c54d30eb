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

from lect_sqlite.compile import binary
from lect_sqlite.compile.table import RULES

__all__ = ["RULES", "binary"]

RULES.rules_later(
    __name__,
    {
        "cast": ("lect.sql._cast.TryCast",),
        "column": ("lect.sql.column.ColumnClause",),
        "column_spec": ("lect.schema.ddl.CreateColumn",),
        "constraints": (
            "lect.schema.constraints.PrimaryKeyConstraint",
            "lect.schema.constraints.UniqueConstraint",
            "lect.schema.constraints.CheckConstraint",
            "lect.schema.foreign_key.ForeignKeyConstraint",
            "lect.schema.ddl.AddConstraint",
            "lect.schema.ddl.DropConstraint",
        ),
        "create_index": ("lect.schema.ddl.CreateIndex",),
        "create_table": ("lect.schema.ddl.TableOptions",),
        "extract": ("lect.sql.extract.Extract",),
        "function": (
            "lect.sql.known_functions.now",
            "lect.sql.known_functions.localtimestamp",
            "lect.sql.known_functions.localtime",
            "lect.sql.known_functions.char_length",
            "lect.sql.known_functions.aggregate_strings",
        ),
        "limit": ("lect.compile.clauses.RowLimit",),
        "locking": ("lect.compile.clauses.Locking",),
        "on_conflict": ("lect_sqlite.dml.OnConflicts",),
        "select": ("lect.sql.compound.CompoundSelect", "lect.sql.select_base.SelectGrouping"),
        "sequence": ("lect.schema.sequence.Identity",),
        "types": ("lect.types.json_type.JSON",),
        "unary": ("lect.sql.unary.CollectionAggregate",),
        "values": ("lect.sql.values.Values", "lect.compile.expanding.EmptySet"),
    },
)
