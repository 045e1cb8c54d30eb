"""Constraints: how they are dropped, and what foreign keys cannot say."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.schema_names import constraint_name
from lect.compile.table import ANSI
from lect.exc import CompileError
from lect.schema.constraints import CheckConstraint, PrimaryKeyConstraint, UniqueConstraint
from lect.schema.ddl import DropConstraint
from lect.schema.foreign_key import ForeignKeyConstraint
from lect_mysql.compile.options import option, word
from lect_mysql.compile.table import RULES


def _using(constraint: Any, writer: Any) -> str:
    """Return the kind of index behind a key: dev.mysql.com/doc/refman/8.4/en/create-index.html."""
    using = option(constraint, "using", writer)
    return f" USING {word(using, 'mysql_using')}" if using else ""


@RULES.rule(PrimaryKeyConstraint)
def primary_key_constraint(constraint: PrimaryKeyConstraint, writer: Any) -> str:
    """``PRIMARY KEY (columns) USING btree``."""
    text = ANSI.own[PrimaryKeyConstraint](constraint, writer)
    return text + _using(constraint, writer) if text else ""


@RULES.rule(UniqueConstraint)
def unique_constraint(constraint: UniqueConstraint, writer: Any) -> str:
    """``UNIQUE (columns) USING btree``."""
    text = ANSI.own[UniqueConstraint](constraint, writer)
    return text + _using(constraint, writer) if text else ""


@RULES.rule(ForeignKeyConstraint)
def foreign_key_constraint(constraint: ForeignKeyConstraint, writer: Any) -> str:
    """Without MATCH and DEFERRABLE: dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html."""
    if constraint.match is not None:
        raise CompileError(
            "MySQL ignores the 'MATCH' keyword while at the same time causes ON UPDATE/ON DELETE clauses to be ignored."
        )
    if constraint.deferrable or (constraint.initially or "").upper() == "DEFERRED":
        writer.refuse("a deferrable foreign key", "it is checked row by row", "leave out deferrable and initially")
    copy = constraint
    if constraint.deferrable is not None or constraint.initially is not None:
        copy = _without_time(constraint)
    return ANSI.own[ForeignKeyConstraint](copy, writer)


def _without_time(constraint: ForeignKeyConstraint) -> ForeignKeyConstraint:
    """Return the constraint without the words that say it is checked at once, as it is anyway."""
    copy = object.__new__(type(constraint))
    copy.__dict__.update(constraint.__dict__)
    copy.deferrable = copy.initially = None
    return copy


@RULES.rule(DropConstraint)
def drop_constraint(ddl: DropConstraint, writer: Any) -> str:
    """``ALTER TABLE t DROP FOREIGN KEY name`` and its relatives: dev.mysql.com/doc/refman/8.4/en/alter-table.html."""
    constraint = ddl.element
    table = writer.format_table(constraint.table)
    if isinstance(constraint, PrimaryKeyConstraint):
        return f"ALTER TABLE {table} DROP PRIMARY KEY"
    if isinstance(constraint, ForeignKeyConstraint):
        kind = "FOREIGN KEY"
    elif isinstance(constraint, UniqueConstraint):
        kind = "INDEX"
    elif isinstance(constraint, CheckConstraint) and not writer.dialect.is_mariadb:
        kind = "CHECK"
    else:
        kind = "CONSTRAINT"
    name = constraint_name(constraint, writer)
    if name is None:
        raise CompileError(f"Can't emit DROP CONSTRAINT for constraint {constraint!r}; it has no name")
    exists = ""
    if ddl.if_exists:
        if not writer.dialect.is_mariadb:
            writer.refuse("DROP CONSTRAINT IF EXISTS", instead="ask inspect(connection) for the constraint first")
        exists = "IF EXISTS "
    return f"ALTER TABLE {table} DROP {kind} {exists}{name}"
