"""Default rules for CREATE TABLE and DROP TABLE."""

from __future__ import annotations

from typing import Any

from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.schema.ddl import CreateTable, DropTable, TableOptions

__all__ = ["table_constraints", "table_head"]


@ANSI.rule(CreateTable)
def create_table(ddl: CreateTable, writer: Any) -> str:
    """``CREATE TABLE t (columns, constraints) options``."""
    table = ddl.element
    lines = [*_columns(ddl, writer), *table_constraints(table, writer, ddl.include_foreign_key_constraints)]
    body = ", \n".join([f"\t{line}" for line in lines])
    options = writer.render(TableOptions(table))
    return f"\n{table_head(ddl, writer)} ({f'{chr(10)}{body}' if body else ''}\n){options}\n\n"


def table_head(ddl: CreateTable, writer: Any) -> str:
    """Return ``CREATE [prefixes] TABLE [IF NOT EXISTS] name``."""
    words = ["CREATE", *[str(prefix) for prefix in ddl.element._prefixes], "TABLE"]
    if ddl.if_not_exists:
        words.append("IF NOT EXISTS")
    return " ".join([*words, writer.format_table(ddl.element)])


def _columns(ddl: CreateTable, writer: Any) -> list[str]:
    lines = []
    for column in ddl.columns:
        try:
            text = writer.render(column)
        except CompileError as error:
            where = f"(in table '{ddl.element.description}', column '{column.element.name}'): "
            message = str(error.args[0]) if error.args else ""
            if message.startswith("(in table"):
                raise
            error.args = (where + message, *error.args[1:])
            raise
        if text:
            lines.append(text)
    return lines


def table_constraints(table: Any, writer: Any, include_foreign_keys: Any = None) -> list[str]:
    """Return the constraints written inside of CREATE TABLE, the primary key first.

    Left out are those that are added by ALTER, that a condition or the dialect's own type makes needless, and foreign
    keys that are not among `include_foreign_keys` (None: all).
    """
    constraints = [] if table.primary_key is None else [table.primary_key]
    all_keys = table.foreign_key_constraints
    left_out = set() if include_foreign_keys is None else {c for c in all_keys if c not in include_foreign_keys}
    constraints += [c for c in table._sorted_constraints if c is not table.primary_key and c not in left_out]
    alter = writer.capabilities.alter_add_constraint
    lines = []
    for constraint in constraints:
        if constraint._create_rule is not None and not constraint._create_rule(writer):
            continue
        if constraint._ddl_if is not None and not constraint._ddl_if.should_execute(
            constraint, constraint, None, compiler=writer
        ):
            continue
        if alter and getattr(constraint, "use_alter", False):
            continue
        text = writer.render(constraint)
        if text:
            lines.append(text)
    return lines


@ANSI.rule(TableOptions)
def table_options(ddl: TableOptions, writer: Any) -> str:
    """Nothing: the standard has no table options."""
    return ""


@ANSI.rule(DropTable)
def drop_table(ddl: DropTable, writer: Any) -> str:
    """``DROP TABLE t``."""
    return f"\nDROP TABLE {'IF EXISTS ' if ddl.if_exists else ''}{writer.format_table(ddl.element)}"
