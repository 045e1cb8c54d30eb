"""Columns: ``pragma_table_xinfo``, and the statement for the expressions of generated ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lect.dialects.reflection import ReflectedColumn, ReflectionRequest, TableKey
from lect_sqlite.reflection.catalogue import rows
from lect_sqlite.reflection.create_statement import CreateTable
from lect_sqlite.reflection.declared_types import declared_type

__all__ = ["read_columns"]


def read_columns(request: ReflectionRequest) -> Iterator[tuple[TableKey, list[ReflectedColumn]]]:
    """Yield the columns of each table and view."""
    tables: dict[str, tuple[str | None, list[Any]]] = {}
    for name, row in rows(
        request,
        'm.sql, p.name, p.type, p."notnull", p.dflt_value, p.pk, p.hidden',
        ", pragma_table_xinfo(m.name, :schema) AS p",
        "p.cid",
    ):
        known = tables.get(name)
        if known is None or known[0] != row[1]:  # a temporary table hides one of the same name
            known = tables[name] = (row[1], [])
        if row[7] != 1:  # 1: hidden column of a virtual table; https://sqlite.org/pragma.html#pragma_table_xinfo
            known[1].append(row)
    for name, (sql, found) in tables.items():
        yield request.key(name), _columns(sql, found)


def _columns(sql: str | None, found: list[Any]) -> list[ReflectedColumn]:
    generated = {}
    if any(row[7] in (2, 3) for row in found):
        generated = {c.columns[0].lower(): c for c in CreateTable(sql or "").constraints if c.kind == "generated"}
    columns = []
    for _, _, name, declared, not_null, default, key, hidden in found:
        column: ReflectedColumn = {
            "name": name,
            "type": declared_type(declared or ""),
            "nullable": not not_null,
            "default": default,
        }
        column["primary_key"] = key  # type: ignore[typeddict-unknown-key]  # position in the key, 0 for none
        constraint = generated.get(name.lower())
        if hidden in (2, 3) and constraint is not None:
            column["computed"] = {"sqltext": constraint.text, "persisted": hidden == 3}
        columns.append(column)
    return columns
