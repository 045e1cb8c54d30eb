"""What follows the closing bracket of CREATE TABLE: INHERITS, PARTITION BY, USING, WITH, ON COMMIT, TABLESPACE."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.constraints import keyword
from lect.schema.ddl import TableOptions
from lect_postgresql.compile.create_index import storage_parameters, word
from lect_postgresql.compile.table import RULES


@RULES.rule(TableOptions)
def table_options(ddl: TableOptions, writer: Any) -> str:
    """postgresql.org/docs/current/sql-createtable.html."""
    options = ddl.element.dialect_options["postgresql"]
    parts = []
    inherits = options["inherits"]
    if inherits is not None:
        names = inherits if isinstance(inherits, (list, tuple)) else (inherits,)
        parts.append(f"\n INHERITS ({', '.join([writer.quote(name) for name in names])})")
    if options["partition_by"]:
        parts.append(f"\n PARTITION BY {options['partition_by']}")
    if options["using"]:
        parts.append(f"\n USING {word(options['using'], 'postgresql_using')}")
    if options["with"]:
        parts.append(f"\n WITH ({storage_parameters(options['with'])})")
    if options["with_oids"] is not None:
        parts.append("\n WITH OIDS" if options["with_oids"] else "\n WITHOUT OIDS")
    if options["on_commit"]:
        parts.append(f"\n ON COMMIT {keyword(options['on_commit'], 'postgresql_on_commit').upper().replace('_', ' ')}")
    if options["tablespace"]:
        parts.append(f"\n TABLESPACE {writer.quote(options['tablespace'])}")
    return "".join(parts)
