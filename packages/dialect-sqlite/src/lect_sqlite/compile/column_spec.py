"""A column inside of CREATE TABLE: defaults in parentheses, AUTOINCREMENT beside the column, ON CONFLICT clauses."""

from __future__ import annotations

import re
from typing import Any, Final

from lect.compile.ansi.column_spec import column_type, default_text, inline_constraints
from lect.compile.ansi.constraints import keyword
from lect.exc import CompileError
from lect.schema.ddl import CreateColumn
from lect.types.numeric import Integer
from lect_sqlite.compile.table import RULES

__all__ = ["key_is_with_its_column", "on_conflict"]

#: What may stand behind DEFAULT without parentheses: https://sqlite.org/lang_createtable.html#the_default_clause
_PLAIN_DEFAULT: Final = re.compile(r"""\s*(?:\(.*\)\s*|'(?:[^']|'')*'|"(?:[^"]|"")*"|[+-]?[\w.]+)""", re.DOTALL)


def on_conflict(thing: Any, argument: str = "on_conflict") -> str:
    """Return `` ON CONFLICT IGNORE`` for a column or constraint that has the option."""
    action = thing.dialect_options["sqlite"].get(argument)
    return f" ON CONFLICT {keyword(action, f'sqlite_{argument}')}" if action is not None else ""


def key_is_with_its_column(table: Any) -> bool:
    """Whether the primary key is written beside its one column, which AUTOINCREMENT asks for."""
    return (
        bool(table.dialect_options["sqlite"]["autoincrement"])
        and table.primary_key is not None
        and len(table.primary_key) == 1
        and isinstance(next(iter(table.primary_key)).type, Integer)
        and not next(iter(table.primary_key)).foreign_keys
    )


@RULES.rule(CreateColumn)
def create_column(ddl: CreateColumn, writer: Any) -> str:
    """``name TYPE DEFAULT value NOT NULL PRIMARY KEY AUTOINCREMENT GENERATED ...``."""
    column = ddl.element
    if column.system:
        return ""
    parts = [writer.quote(column.name), column_type(column, writer)]
    default = default_text(column, writer)
    if default is not None:
        parts.append(f"DEFAULT {default if _PLAIN_DEFAULT.fullmatch(default) else f'({default})'}")
    if not column.nullable:
        parts.append(f"NOT NULL{on_conflict(column, 'on_conflict_not_null')}")
    if column.primary_key:
        _primary_key(column, parts)
    if column.computed is not None:
        parts.append(writer.render(column.computed))
    for constraint in column.constraints:
        if on_conflict(constraint):
            raise CompileError(
                "SQLite does not support on conflict clause for column check constraint; give it to the Table"
            )
    return " ".join([*parts, *inline_constraints(column, writer)])


def _primary_key(column: Any, parts: list[str]) -> None:
    table = column.table
    if len(table.primary_key) != 1 and column.autoincrement is True:
        raise CompileError("SQLite does not support autoincrement for composite primary keys")
    if key_is_with_its_column(table):
        conflict = on_conflict(column, "on_conflict_primary_key")
        parts.append(f"PRIMARY KEY{conflict} AUTOINCREMENT")
