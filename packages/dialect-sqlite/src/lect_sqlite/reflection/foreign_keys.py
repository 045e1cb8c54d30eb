"""Foreign keys: ``pragma_foreign_key_list``, and the statement for names and when they are checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lect.dialects.reflection import ReflectedForeignKeyConstraint, ReflectionRequest, TableKey
from lect_sqlite.reflection.catalogue import rows
from lect_sqlite.reflection.create_statement import Constraint, CreateTable

__all__ = ["read_foreign_keys"]

_Found = dict[int, list[Any]]


def read_foreign_keys(
    request: ReflectionRequest,
) -> Iterator[tuple[TableKey, list[ReflectedForeignKeyConstraint]]]:
    """Yield the foreign keys of each table, in the order in which they are written."""
    tables: dict[str, tuple[str | None, _Found]] = {}
    for name, row in rows(request, "m.sql", "", "1"):
        tables[name] = (row[1], {})
    columns = 'm.sql, f.id, f."table", f."from", f."to", f.on_update, f.on_delete, f."match"'
    for name, row in rows(request, columns, ", pragma_foreign_key_list(m.name, :schema) AS f", "f.id, f.seq"):
        if row[1] == tables[name][0]:
            tables[name][1].setdefault(row[2], []).append(row)
    keys = _referred_keys(request, tables)
    for name, (sql, found) in tables.items():
        written = [c for c in CreateTable(sql or "").constraints if c.kind == "foreign key"] if found else []
        # the pragma counts from the last one written
        yield request.key(name), [_foreign_key(request, found[i], written, keys) for i in sorted(found, reverse=True)]


def _referred_keys(request: ReflectionRequest, tables: dict[str, tuple[str | None, _Found]]) -> dict[str, list[str]]:
    """Return the primary keys of tables that are referred to without naming columns."""
    wanted = {
        each[0][3] for _, found in tables.values() for each in found.values() if any(row[5] is None for row in each)
    }
    if not wanted:
        return {}
    keys: dict[str, list[tuple[int, str]]] = {}
    about = request.replace(names=tuple(wanted))
    for name, row in rows(about, "p.name, p.pk", ", pragma_table_xinfo(m.name, :schema) AS p", "p.cid"):
        if row[2]:
            keys.setdefault(name, []).append((row[2], row[1]))
    return {name: [column for _, column in sorted(found)] for name, found in keys.items()}


def _foreign_key(
    request: ReflectionRequest, found: list[Any], written: list[Constraint], keys: dict[str, list[str]]
) -> ReflectedForeignKeyConstraint:
    referred = found[0][3]
    constrained = [row[4] for row in found]
    columns = [row[5] for row in found]
    if any(column is None for column in columns):
        columns = keys.get(referred, [])  # empty when there is no such table
    options: dict[str, Any] = {}
    for key, action in (("onupdate", found[0][6]), ("ondelete", found[0][7])):
        if action and action != "NO ACTION":
            options[key] = action
    name = None
    lowered = [column.lower() for column in constrained]
    for constraint in written:
        same_columns = [column.lower() for column in constraint.columns] == lowered
        if same_columns and constraint.referred_table.lower() == referred.lower():
            name = constraint.name
            options.update(_checking(constraint.words))
            break
    return {
        "name": name,
        "constrained_columns": constrained,
        "referred_schema": request.schema,
        "referred_table": referred,
        "referred_columns": columns,
        "options": options,
    }


def _checking(words: tuple[str, ...]) -> dict[str, Any]:
    """Return when a foreign key is checked."""
    found: dict[str, Any] = {}
    if "DEFERRABLE" in words:
        place = words.index("DEFERRABLE")
        found["deferrable"] = place == 0 or words[place - 1] != "NOT"
    if "INITIALLY" in words:
        place = words.index("INITIALLY")
        if place + 1 < len(words):
            found["initially"] = words[place + 1]
    return found
