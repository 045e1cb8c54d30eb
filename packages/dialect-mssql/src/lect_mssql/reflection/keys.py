"""Primary keys, UNIQUE constraints, foreign keys and CHECK constraints."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lect.dialects.reflection import (
    ReflectedCheckConstraint,
    ReflectedForeignKeyConstraint,
    ReflectedPrimaryKeyConstraint,
    ReflectedUniqueConstraint,
    ReflectionRequest,
    TableKey,
)
from lect_mssql.identifiers import owner_of
from lect_mssql.reflection.catalogue import place, rows

__all__ = ["read_check_constraints", "read_foreign_keys", "read_primary_keys", "read_unique_constraints"]


def read_primary_keys(request: ReflectionRequest) -> Iterator[tuple[TableKey, ReflectedPrimaryKeyConstraint]]:
    """Yield each table's primary key."""
    for name, constraints in _key_constraints(request, "PK").items():
        if not constraints:
            yield request.key(name), {"name": None, "constrained_columns": []}
        for constraint, (clustered, columns) in constraints.items():
            yield (
                request.key(name),
                {
                    "name": constraint,
                    "constrained_columns": columns,
                    "dialect_options": {"mssql_clustered": clustered},
                },
            )


def read_unique_constraints(request: ReflectionRequest) -> Iterator[tuple[TableKey, list[ReflectedUniqueConstraint]]]:
    """Yield each table's UNIQUE constraints."""
    for name, constraints in _key_constraints(request, "UQ").items():
        found: list[ReflectedUniqueConstraint] = [
            {"name": constraint, "column_names": columns, "dialect_options": {"mssql_clustered": clustered}}
            for constraint, (clustered, columns) in constraints.items()
        ]
        yield request.key(name), found


def _key_constraints(request: ReflectionRequest, kind: str) -> dict[str, dict[str, tuple[bool, list[str]]]]:
    """Return {table: {constraint: (clustered, columns)}}, tables without any included."""
    columns = "k.name AS constraint_name, i.type AS index_type, c.name AS column_name"
    joined = (
        "LEFT JOIN {sys}.key_constraints AS k ON k.parent_object_id = o.object_id AND k.type = :kind "
        "LEFT JOIN {sys}.indexes AS i ON i.object_id = k.parent_object_id AND i.index_id = k.unique_index_id "
        "LEFT JOIN {sys}.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id "
        "LEFT JOIN {sys}.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id"
    )
    found: dict[str, dict[str, tuple[bool, list[str]]]] = {}
    for name, row in rows(request, columns, joined, "k.object_id, x.key_ordinal", {"kind": kind}):
        constraints = found.setdefault(name, {})
        if row[1] is not None:
            constraints.setdefault(row[1], (row[2] == 1, []))[1].append(row[3])
    return found


def read_check_constraints(request: ReflectionRequest) -> Iterator[tuple[TableKey, list[ReflectedCheckConstraint]]]:
    """Yield each table's CHECK constraints; the server keeps the condition in its own spelling, in parentheses."""
    joined = "LEFT JOIN {sys}.check_constraints AS k ON k.parent_object_id = o.object_id"
    found: dict[str, list[ReflectedCheckConstraint]] = {}
    for name, row in rows(request, "k.name AS constraint_name, k.[definition]", joined, "k.object_id"):
        constraints = found.setdefault(name, [])
        if row[1] is not None:
            constraints.append({"name": row[1], "sqltext": _without_parentheses(row[2])})
    for name, constraints in found.items():
        yield request.key(name), constraints


def _without_parentheses(text: str) -> str:
    """Take off the outer pair of parentheses, when it is a pair."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth, quoted = 0, False
    for i, ch in enumerate(text):
        if ch == "'":
            quoted = not quoted
        elif not quoted:
            depth += (ch == "(") - (ch == ")")
            if depth == 0 and i < len(text) - 1:
                return text
    return text[1:-1]


def read_foreign_keys(request: ReflectionRequest) -> Iterator[tuple[TableKey, list[ReflectedForeignKeyConstraint]]]:
    """Yield each table's foreign keys."""
    columns = (
        "f.name AS constraint_name, c.name AS column_name, rs.name AS referred_schema, r.name AS referred_table, "
        "rc.name AS referred_column, f.delete_referential_action_desc, f.update_referential_action_desc"
    )
    joined = (
        "LEFT JOIN {sys}.foreign_keys AS f ON f.parent_object_id = o.object_id "
        "LEFT JOIN {sys}.foreign_key_columns AS fc ON fc.constraint_object_id = f.object_id "
        "LEFT JOIN {sys}.columns AS c ON c.object_id = fc.parent_object_id AND c.column_id = fc.parent_column_id "
        "LEFT JOIN {sys}.objects AS r ON r.object_id = f.referenced_object_id "
        "LEFT JOIN {sys}.schemas AS rs ON rs.schema_id = r.schema_id "
        "LEFT JOIN {sys}.columns AS rc ON rc.object_id = fc.referenced_object_id "
        "AND rc.column_id = fc.referenced_column_id"
    )
    found: dict[str, dict[str, ReflectedForeignKeyConstraint]] = {}
    for name, row in rows(request, columns, joined, "f.object_id, fc.constraint_column_id"):
        keys = found.setdefault(name, {})
        if row[1] is None:
            continue
        key = keys.get(row[1])
        if key is None:
            key = keys[row[1]] = {
                "name": row[1],
                "constrained_columns": [],
                "referred_schema": _referred_schema(request, row[3]),
                "referred_table": row[4],
                "referred_columns": [],
                "options": _actions(row[6], row[7]),
            }
        key["constrained_columns"].append(row[2])
        key["referred_columns"].append(row[5])
    for name, keys in found.items():
        yield request.key(name), list(keys.values())


def _referred_schema(request: ReflectionRequest, schema: str) -> str | None:
    """Return the schema as the application would name it: None for the default one when it named none itself."""
    if request.schema is None:
        return None if schema == place(request).schema else schema
    database, _ = owner_of(request.schema)
    return schema if database is None else f"{database}.{schema}"


def _actions(on_delete: str | None, on_update: str | None) -> dict[str, Any]:
    options = {}
    for key, action in (("ondelete", on_delete), ("onupdate", on_update)):
        if action and action != "NO_ACTION":
            options[key] = action.replace("_", " ")
    return options
