"""Keys are clustered or not; nothing is deferred."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.constraints import constraint_prefix
from lect.compile.table import ANSI
from lect.schema.constraints import PrimaryKeyConstraint, UniqueConstraint
from lect.schema.ddl import DropConstraint
from lect.schema.foreign_key import ForeignKeyConstraint
from lect_mssql.compile.table import RULES

__all__ = ["clustered"]


def clustered(thing: Any) -> str:
    """Return ``CLUSTERED ``, ``NONCLUSTERED `` or nothing, as was asked for."""
    wanted = thing.dialect_options["mssql"]["clustered"]
    if wanted is None:
        return ""
    return "CLUSTERED " if wanted else "NONCLUSTERED "


def _key(constraint: Any, words: str, columns: Any, writer: Any) -> str:
    names = ", ".join([writer.quote(column.name) for column in columns])
    return f"{constraint_prefix(constraint, writer)}{words} {clustered(constraint)}({names})"


@RULES.rule(PrimaryKeyConstraint)
def primary_key_constraint(constraint: PrimaryKeyConstraint, writer: Any) -> str:
    """``PRIMARY KEY NONCLUSTERED (columns)``."""
    if not len(constraint):
        return ""
    columns = constraint.columns_autoinc_first if constraint._implicit_generated else list(constraint.columns)
    return _key(constraint, "PRIMARY KEY", columns, writer)


@RULES.rule(UniqueConstraint)
def unique_constraint(constraint: UniqueConstraint, writer: Any) -> str:
    """``UNIQUE CLUSTERED (columns)``."""
    return _key(constraint, "UNIQUE", constraint.columns, writer) if len(constraint) else ""


@RULES.rule(ForeignKeyConstraint)
def foreign_key_constraint(constraint: ForeignKeyConstraint, writer: Any) -> str:
    """The default's text; MATCH and DEFERRABLE are refused."""
    if constraint.match is not None:
        writer.refuse("MATCH of a foreign key", instead="leave out match=")
    if constraint.deferrable is not None or constraint.initially is not None:
        writer.refuse("DEFERRABLE", "constraints are checked at each statement", "leave out deferrable= and initially=")
    return ANSI.own[ForeignKeyConstraint](constraint, writer)


@RULES.rule(DropConstraint)
def drop_constraint(ddl: DropConstraint, writer: Any) -> str:
    """``ALTER TABLE t DROP CONSTRAINT IF EXISTS name``; CASCADE is refused."""
    if ddl.cascade:
        writer.refuse("DROP CONSTRAINT ... CASCADE", instead="drop the foreign keys that refer to it first")
    return ANSI.own[DropConstraint](ddl, writer)
