"""Where SQLite keeps its catalogue, and how a query over it is limited to what a request asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lect.dialects.reflection import ObjectKind, ObjectScope, ReflectionRequest

__all__ = ["database_list", "names_of", "rows", "sources"]

#: More names than this are compared here instead of in SQL; the number of parameters of a statement is limited.
_MANY: Final = 100


def sources(request: ReflectionRequest) -> list[tuple[str, str]]:
    """Return (table that lists the objects, schema for pragmas) for each database that the request is about.

    Temporary objects hide those of the main database, so they come last: who collects by name sees them.
    """
    if request.schema is not None:
        schema = request.dialect.identifiers.quote_identifier(request.schema)
        return [(f"{schema}.sqlite_master", request.schema)]
    found = []
    if ObjectScope.DEFAULT in request.scope:
        found.append(("main.sqlite_master", "main"))
    # A table that is asked for by name is found in either place, as it would be by a SELECT.
    if ObjectScope.TEMPORARY in request.scope or (request.names is not None and len(request.names) == 1):
        found.append(("sqlite_temp_master", "temp"))
    return found


def _kinds(request: ReflectionRequest) -> str:
    if request.names is not None and len(request.names) == 1:
        return "('table', 'view')"
    kinds = []
    if ObjectKind.TABLE in request.kind:
        kinds.append("'table'")
    if ObjectKind.VIEW in request.kind:
        kinds.append("'view'")
    return f"({', '.join(kinds) or 'NULL'})"


def rows(request: ReflectionRequest, columns: str, joined: str, order: str) -> Iterator[tuple[str, Any]]:
    """Yield (table's name as the request spells it, row) of a query over ``sqlite_master AS m`` joined with pragmas.

    Args:
        columns: expressions of the result; ``m.name`` is put in front.
        joined: a comma and further FROM elements, in which ``:schema`` is the schema.
        order: what to sort by, after the table's name.
    """
    wanted = None if request.names is None else {name.lower(): name for name in request.names}
    parameters: dict[str, Any] = {}
    condition = f"m.type IN {_kinds(request)} AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    if wanted is not None and len(wanted) <= _MANY:
        marks = [f":name_{i}" for i in range(len(wanted))]
        parameters.update({f"name_{i}": name for i, name in enumerate(wanted)})
        condition = f"m.type IN {_kinds(request)} AND lower(m.name) IN ({', '.join(marks)})"
    for master, schema in sources(request):
        sql = f"SELECT m.name, {columns} FROM {master} AS m{joined} WHERE {condition} ORDER BY m.name, {order}"
        given = {**parameters, "schema": schema} if ":schema" in joined else parameters
        for row in request.query(sql, given):
            name = row[0] if wanted is None else wanted.get(row[0].lower())
            if name is not None:
                yield name, row


def names_of(request: ReflectionRequest, master: str, kind: str) -> list[str]:
    """Return the names of objects of one kind, those of SQLite's own left out unless asked for."""
    hide = "" if request.options.get("sqlite_include_internal") else " AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    found = request.query(f"SELECT name FROM {master} WHERE type = :kind{hide} ORDER BY name", {"kind": kind})
    return [row[0] for row in found]


def database_list(request: ReflectionRequest) -> list[str]:
    """Return the names of the databases of the connection: main, and those attached."""
    return [row[1] for row in request.query("PRAGMA database_list", {}) if row[1] != "temp"]
