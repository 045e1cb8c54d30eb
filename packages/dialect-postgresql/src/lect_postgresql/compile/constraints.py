"""Constraints: EXCLUDE, and INCLUDE, NULLS NOT DISTINCT, NOT VALID behind those that the standard has."""

from __future__ import annotations

from typing import Any

from lect.compile.ansi.constraints import constraint_prefix, constraint_suffix, expression
from lect.compile.table import ANSI
from lect.schema.constraints import CheckConstraint, PrimaryKeyConstraint, UniqueConstraint
from lect.schema.foreign_key import ForeignKeyConstraint
from lect.sql.element import ColumnElement
from lect_postgresql.compile.create_index import included, word
from lect_postgresql.compile.table import RULES
from lect_postgresql.exclude_constraint import ExcludeConstraint

__all__: list[str] = []


@RULES.rule(PrimaryKeyConstraint)
def primary_key_constraint(constraint: PrimaryKeyConstraint, writer: Any) -> str:
    """``PRIMARY KEY (a) INCLUDE (b)``: postgresql.org/docs/current/sql-createtable.html."""
    text = ANSI.own[PrimaryKeyConstraint](constraint, writer)
    return _with_included(text, constraint, writer)


@RULES.rule(UniqueConstraint)
def unique_constraint(constraint: UniqueConstraint, writer: Any) -> str:
    """``UNIQUE NULLS NOT DISTINCT (a) INCLUDE (b)``"""
    text = ANSI.own[UniqueConstraint](constraint, writer)
    nulls = constraint.dialect_options["postgresql"]["nulls_not_distinct"]
    if text and nulls is not None:
        head, word_, tail = text.partition("UNIQUE (")
        text = f"{head}UNIQUE NULLS {'NOT ' if nulls else ''}DISTINCT ({tail}" if word_ else text
    return _with_included(text, constraint, writer)


def _with_included(text: str, constraint: Any, writer: Any) -> str:
    more = included(constraint.dialect_options["postgresql"]["include"], constraint.table, writer)
    if not text or not more:
        return text
    suffix = constraint_suffix(constraint)
    return f"{text.removesuffix(suffix)}{more}{suffix}"


@RULES.rule(ForeignKeyConstraint)
def foreign_key_constraint(constraint: ForeignKeyConstraint, writer: Any) -> str:
    """``FOREIGN KEY … NOT VALID``: rows that are there already are not looked at."""
    return ANSI.own[ForeignKeyConstraint](constraint, writer) + _not_valid(constraint)


@RULES.rule(CheckConstraint)
def check_constraint(constraint: CheckConstraint, writer: Any) -> str:
    """``CHECK (…) NOT VALID``"""
    return ANSI.own[CheckConstraint](constraint, writer) + _not_valid(constraint)


def _not_valid(constraint: Any) -> str:
    return " NOT VALID" if constraint.dialect_options["postgresql"]["not_valid"] else ""


@RULES.rule(ExcludeConstraint)
def exclude_constraint(constraint: ExcludeConstraint, writer: Any) -> str:
    """``EXCLUDE USING gist (room WITH =, during WITH &&) WHERE (…)``"""
    elements = []
    for what, key, operator in constraint._render_exprs:
        text = expression(what.self_group() if isinstance(what, ColumnElement) else what, writer)
        if key is not None and key in constraint.ops:
            text += f" {word(constraint.ops[key], 'ops')}"
        elements.append(f"{text} WITH {operator}")
    where = "" if constraint.where is None else f" WHERE ({expression(constraint.where, writer)})"
    return (
        f"{constraint_prefix(constraint, writer)}EXCLUDE USING {word(constraint.using, 'using')} "
        f"({', '.join(elements)}){where}{constraint_suffix(constraint)}"
    )
