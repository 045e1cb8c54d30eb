"""What follows the closing bracket of CREATE TABLE: WITHOUT ROWID and STRICT."""

from __future__ import annotations

from typing import Any

from lect.schema.ddl import TableOptions
from lect_sqlite.compile.table import RULES


@RULES.rule(TableOptions)
def table_options(ddl: TableOptions, writer: Any) -> str:
    """https://sqlite.org/withoutrowid.html, https://sqlite.org/stricttables.html."""
    options = ddl.element.dialect_options["sqlite"]
    words = []
    if options["with_rowid"] is False:
        words.append("WITHOUT ROWID")
    if options["strict"] is True:
        words.append("STRICT")
    return "\n " + ",\n ".join(words) if words else ""
