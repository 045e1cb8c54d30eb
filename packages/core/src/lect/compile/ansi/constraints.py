"""Default rules for constraints, inside of CREATE TABLE and behind ALTER TABLE ... ADD."""

from __future__ import annotations

import re
from typing import Any, Final

from lect.compile.ansi.schema_names import constraint_name
from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.schema.constraints import CheckConstraint, PrimaryKeyConstraint, UniqueConstraint
from lect.schema.ddl import AddConstraint, DropConstraint
from lect.schema.foreign_key import ForeignKeyConstraint

__all__ = ["constraint_prefix", "constraint_suffix", "keyword", "reference_actions"]

#: Words of SQL as they are given in `ondelete`, `initially`, `match`: letters and spaces, and a list of columns after
#: SET NULL or SET DEFAULT. They are written as they stand.
_KEYWORDS: Final = re.compile(r"^[A-Za-z_]+(?: [A-Za-z_]+)*(?: ?\([\w\" ,]*\))?$")


def keyword(value: str, argument: str) -> str:
    """Return `value`, given as `argument`, to be written as SQL keywords; CompileError if it is anything else."""
    if not isinstance(value, str) or not _KEYWORDS.match(value):
        raise CompileError(f"Unexpected SQL phrase: {value!r} (matching against keywords), given as {argument}")
    return value


def constraint_prefix(constraint: Any, writer: Any) -> str:
    """Return ``CONSTRAINT name `` for a constraint with a name, nothing for one without."""
    name = constraint_name(constraint, writer)
    return f"CONSTRAINT {name} " if name is not None else ""


def constraint_suffix(constraint: Any) -> str:
    """Return what says when the constraint is checked."""
    text = ""
    if constraint.deferrable is not None:
        text += " DEFERRABLE" if constraint.deferrable else " NOT DEFERRABLE"
    if constraint.initially is not None:
        text += f" INITIALLY {keyword(constraint.initially, 'initially')}"
    return text


def expression(node: Any, writer: Any) -> str:
    """Write an expression inside of DDL: no table names, values as literals."""
    with writer.without_tables(), writer.literals():
        return writer.render(node)  # type: ignore[no-any-return]


@ANSI.rule(CheckConstraint)
def check_constraint(constraint: CheckConstraint, writer: Any) -> str:
    """``CONSTRAINT name CHECK (condition)``."""
    if not writer.capabilities.check_constraints:
        writer.refuse("CHECK", "the database has no such constraints")
    condition = expression(constraint.sqltext, writer)
    return f"{constraint_prefix(constraint, writer)}CHECK ({condition}){constraint_suffix(constraint)}"


@ANSI.rule(PrimaryKeyConstraint)
def primary_key_constraint(constraint: PrimaryKeyConstraint, writer: Any) -> str:
    """``CONSTRAINT name PRIMARY KEY (columns)``, nothing for a table without a key."""
    if not len(constraint):
        return ""
    columns = constraint.columns_autoinc_first if constraint._implicit_generated else list(constraint.columns)
    names = ", ".join([writer.quote(column.name) for column in columns])
    return f"{constraint_prefix(constraint, writer)}PRIMARY KEY ({names}){constraint_suffix(constraint)}"


@ANSI.rule(UniqueConstraint)
def unique_constraint(constraint: UniqueConstraint, writer: Any) -> str:
    """``CONSTRAINT name UNIQUE (columns)``."""
    if not len(constraint):
        return ""
    names = ", ".join([writer.quote(column.name) for column in constraint.columns])
    return f"{constraint_prefix(constraint, writer)}UNIQUE ({names}){constraint_suffix(constraint)}"


@ANSI.rule(ForeignKeyConstraint)
def foreign_key_constraint(constraint: ForeignKeyConstraint, writer: Any) -> str:
    """``CONSTRAINT name FOREIGN KEY(columns) REFERENCES table (columns)`` and what happens with referring rows."""
    referred = constraint.elements[0].column.table
    mine = ", ".join([writer.quote(fk.parent.name) for fk in constraint.elements])
    theirs = ", ".join([writer.quote(fk.column.name) for fk in constraint.elements])
    prefix = constraint_prefix(constraint, writer)
    return (
        f"{prefix}FOREIGN KEY({mine}) REFERENCES {writer.format_table(referred)} ({theirs})"
        f"{match_clause(constraint)}{reference_actions(constraint)}{constraint_suffix(constraint)}"
    )


def match_clause(constraint: ForeignKeyConstraint) -> str:
    """Return the MATCH clause."""
    return f" MATCH {keyword(constraint.match, 'match')}" if constraint.match is not None else ""


def reference_actions(constraint: ForeignKeyConstraint) -> str:
    """Return ON DELETE and ON UPDATE."""
    text = ""
    if constraint.ondelete is not None:
        text += f" ON DELETE {keyword(constraint.ondelete, 'ondelete')}"
    if constraint.onupdate is not None:
        text += f" ON UPDATE {keyword(constraint.onupdate, 'onupdate')}"
    return text


@ANSI.rule(AddConstraint)
def add_constraint(ddl: AddConstraint, writer: Any) -> str:
    """``ALTER TABLE t ADD constraint``."""
    table = writer.format_table(ddl.element.table)
    return f"ALTER TABLE {table} ADD {writer.render(ddl.element)}"


@ANSI.rule(DropConstraint)
def drop_constraint(ddl: DropConstraint, writer: Any) -> str:
    """``ALTER TABLE t DROP CONSTRAINT name``."""
    constraint = ddl.element
    name = constraint_name(constraint, writer)
    if name is None:
        raise CompileError(f"Can't emit DROP CONSTRAINT for constraint {constraint!r}; it has no name")
    return "ALTER TABLE {} DROP CONSTRAINT {}{}{}".format(
        writer.format_table(constraint.table),
        "IF EXISTS " if ddl.if_exists else "",
        name,
        " CASCADE" if ddl.cascade else "",
    )
