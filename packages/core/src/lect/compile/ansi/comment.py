"""Default rules for comments on tables, columns and constraints."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.schema_names import constraint_name
from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.schema.ddl import (
    DropColumnComment,
    DropConstraintComment,
    DropTableComment,
    SetColumnComment,
    SetConstraintComment,
    SetTableComment,
)
from lect.types.string import String

__all__ = ["column_path", "comment_literal"]


def comment_literal(comment: str, writer: Any) -> str:
    """Return a comment as a literal."""
    return writer.literal(comment, String())  # type: ignore[no-any-return]


def column_path(column: Any, writer: Any) -> str:
    """Return ``schema.table.column``."""
    return f"{writer.format_table(column.table)}.{writer.quote(column.name)}"


@ANSI.rule(SetTableComment)
def set_table_comment(ddl: SetTableComment, writer: Any) -> str:
    """``COMMENT ON TABLE t IS 'text'``."""
    return f"COMMENT ON TABLE {writer.format_table(ddl.element)} IS {comment_literal(ddl.element.comment, writer)}"


@ANSI.rule(DropTableComment)
def drop_table_comment(ddl: DropTableComment, writer: Any) -> str:
    """``COMMENT ON TABLE t IS NULL``."""
    return f"COMMENT ON TABLE {writer.format_table(ddl.element)} IS NULL"


@ANSI.rule(SetColumnComment)
def set_column_comment(ddl: SetColumnComment, writer: Any) -> str:
    """``COMMENT ON COLUMN t.c IS 'text'``."""
    return f"COMMENT ON COLUMN {column_path(ddl.element, writer)} IS {comment_literal(ddl.element.comment, writer)}"


@ANSI.rule(DropColumnComment)
def drop_column_comment(ddl: DropColumnComment, writer: Any) -> str:
    """``COMMENT ON COLUMN t.c IS NULL``."""
    return f"COMMENT ON COLUMN {column_path(ddl.element, writer)} IS NULL"


def _on_constraint(constraint: Any, writer: Any) -> str:
    if not writer.capabilities.constraint_comments:
        writer.refuse("a comment on a constraint", "the database keeps none")
    name = constraint_name(constraint, writer)
    if name is None:
        raise CompileError(f"Can't emit COMMENT ON for constraint {constraint!r}: it has no name")
    return f"COMMENT ON CONSTRAINT {name} ON {writer.format_table(constraint.table)}"


@ANSI.rule(SetConstraintComment)
def set_constraint_comment(ddl: SetConstraintComment, writer: Any) -> str:
    """``COMMENT ON CONSTRAINT c ON t IS 'text'``."""
    return f"{_on_constraint(ddl.element, writer)} IS {comment_literal(ddl.element.comment, writer)}"


@ANSI.rule(DropConstraintComment)
def drop_constraint_comment(ddl: DropConstraintComment, writer: Any) -> str:
    """``COMMENT ON CONSTRAINT c ON t IS NULL``."""
    return f"{_on_constraint(ddl.element, writer)} IS NULL"
