"""Constraints: ON CONFLICT clauses, foreign keys without a schema, nothing that ALTER TABLE would have to do."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.constraints import constraint_prefix, constraint_suffix, match_clause, reference_actions
from lect.compile.table import ANSI
from lect.schema.constraints import CheckConstraint, PrimaryKeyConstraint, UniqueConstraint
from lect.schema.ddl import AddConstraint, DropConstraint
from lect.schema.foreign_key import ForeignKeyConstraint
from lect_sqlite.compile.column_spec import key_is_with_its_column, on_conflict
from lect_sqlite.compile.table import RULES


@RULES.rule(PrimaryKeyConstraint)
def primary_key_constraint(constraint: PrimaryKeyConstraint, writer: Any) -> str:
    """``PRIMARY KEY (columns) ON CONFLICT ...``; nothing when it stands beside its column."""
    if len(constraint) == 1 and key_is_with_its_column(constraint.table):
        return ""
    text = ANSI.own[PrimaryKeyConstraint](constraint, writer)
    if not text:
        return ""
    conflict = on_conflict(constraint)
    if not conflict and len(constraint) == 1:
        conflict = on_conflict(next(iter(constraint)), "on_conflict_primary_key")
    return text + conflict


@RULES.rule(UniqueConstraint)
def unique_constraint(constraint: UniqueConstraint, writer: Any) -> str:
    """``UNIQUE (columns) ON CONFLICT ...``."""
    text = ANSI.own[UniqueConstraint](constraint, writer)
    if not text:
        return ""
    conflict = on_conflict(constraint)
    if not conflict and len(constraint) == 1:
        conflict = on_conflict(next(iter(constraint.columns)), "on_conflict_unique")
    return text + conflict


@RULES.rule(CheckConstraint)
def check_constraint(constraint: CheckConstraint, writer: Any) -> str:
    """``CHECK (condition) ON CONFLICT ...``."""
    return ANSI.own[CheckConstraint](constraint, writer) + on_conflict(constraint)


@RULES.rule(ForeignKeyConstraint)
def foreign_key_constraint(constraint: ForeignKeyConstraint, writer: Any) -> str:
    """``FOREIGN KEY(columns) REFERENCES table (columns)``; nothing for a table of another database file.

    A foreign key cannot leave its database, and its REFERENCES takes no schema: https://sqlite.org/foreignkeys.html.
    """
    here, there = constraint.elements[0].parent.table, constraint.elements[0].column.table
    schema_of = writer.identifiers.schema_of
    if schema_of(here, writer.translate) != schema_of(there, writer.translate):
        return ""
    mine = ", ".join([writer.quote(fk.parent.name) for fk in constraint.elements])
    theirs = ", ".join([writer.quote(fk.column.name) for fk in constraint.elements])
    return (
        f"{constraint_prefix(constraint, writer)}FOREIGN KEY({mine}) REFERENCES {writer.quote(there.name)} ({theirs})"
        f"{match_clause(constraint)}{reference_actions(constraint)}{constraint_suffix(constraint)}"
    )


@RULES.rule(AddConstraint)
def add_constraint(ddl: AddConstraint, writer: Any) -> str:
    """Refused."""
    return writer.refuse(  # type: ignore[no-any-return]
        "ALTER TABLE ... ADD CONSTRAINT",
        "https://sqlite.org/lang_altertable.html",
        "create the table anew with the constraint and copy its rows",
    )


@RULES.rule(DropConstraint)
def drop_constraint(ddl: DropConstraint, writer: Any) -> str:
    """Refused."""
    return writer.refuse(  # type: ignore[no-any-return]
        "ALTER TABLE ... DROP CONSTRAINT",
        "https://sqlite.org/lang_altertable.html",
        "create the table anew without the constraint and copy its rows",
    )
