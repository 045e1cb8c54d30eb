"""Queries over ``sys.*``: which database and schema a request is about, and how it is limited to tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from lect.dialects.reflection import ObjectKind, ObjectScope, ReflectionRequest
from lect_mssql.identifiers import owner_of

__all__ = ["names_of", "place", "rows"]

#: More names than this are compared here instead of in SQL; a statement takes 2100 parameters.
_MANY: Final = 500


class Place:
    """The database and the schema that a request is about.

    Attributes:
        prefix: what stands before ``sys.``: empty for the session's database, else ``[database].``.
        schema: name of the schema.
    """

    __slots__ = ("prefix", "schema")

    def __init__(self, prefix: str, schema: str) -> None:
        self.prefix = prefix
        self.schema = schema


def place(request: ReflectionRequest) -> Place:
    """Return where to look; without a schema, in the session's default one."""
    if request.schema is None:
        return Place("", request.dialect.default_schema_name or "dbo")
    database, schema = owner_of(request.schema)
    if database is None:
        return Place("", schema)
    return Place(f"{request.dialect.identifiers.quote_database(database)}.", schema or "dbo")


def _kinds(request: ReflectionRequest) -> str:
    if request.names is not None and len(request.names) == 1:
        return "('U', 'V')"
    kinds = []
    if ObjectKind.TABLE in request.kind:
        kinds.append("'U'")
    if ObjectKind.VIEW in request.kind:
        kinds.append("'V'")
    return f"({', '.join(kinds) or 'NULL'})"


def rows(
    request: ReflectionRequest, columns: str, joined: str, order: str, parameters: Mapping[str, Any] | None = None
) -> Iterator[tuple[str, Any]]:
    """Yield (table's name as the request spells it, row) of a query over ``sys.objects AS o`` and what is joined to it.

    Args:
        columns: expressions of the result; the table's name is put in front.
        joined: JOIN clauses; ``{sys}`` stands for the catalogue's schema.
        order: what to sort by, after the table's name.
        parameters: of `joined` and `columns`.
    """
    names = request.names
    temporary = [name for name in names or () if name.startswith("#")]
    if temporary:
        for name in temporary:
            yield from _temporary(request, name, columns, joined, order, parameters)
        names = tuple(name for name in names or () if not name.startswith("#"))
        if not names:
            return
    where = place(request)
    given: dict[str, Any] = {**(parameters or {}), "schema_name": where.schema}
    condition = f"s.name = :schema_name AND o.type IN {_kinds(request)} AND o.is_ms_shipped = 0"
    if names is not None and len(names) <= _MANY:
        given.update({f"name_{i}": name for i, name in enumerate(names)})
        condition += f" AND o.name IN ({', '.join([f':name_{i}' for i in range(len(names))])})"
    sys = f"{where.prefix}sys"
    sql = (
        f"SELECT o.name AS table_name, {columns} FROM {sys}.objects AS o "
        f"JOIN {sys}.schemas AS s ON s.schema_id = o.schema_id {joined.replace('{sys}', sys)} "
        f"WHERE {condition} ORDER BY o.name, {order}"
    )
    wanted = None if names is None else {name.lower(): name for name in names}
    for row in request.query(sql, given):
        if wanted is None:
            yield row[0], row
        elif row[0].lower() in wanted:
            yield wanted[row[0].lower()], row


def _temporary(
    request: ReflectionRequest,
    name: str,
    columns: str,
    joined: str,
    order: str,
    parameters: Mapping[str, Any] | None,
) -> Iterator[tuple[str, Any]]:
    """The same for one temporary table, which is in tempdb under a longer name."""
    sql = (
        f"SELECT o.name AS table_name, {columns} FROM tempdb.sys.objects AS o "
        f"{joined.replace('{sys}', 'tempdb.sys')} "
        f"WHERE o.object_id = OBJECT_ID(:object_name) ORDER BY o.name, {order}"
    )
    object_name = f"tempdb..{request.dialect.identifiers.quote_identifier(name)}"
    for row in request.query(sql, {**(parameters or {}), "object_name": object_name}):
        yield name, row


def names_of(request: ReflectionRequest, kind: str) -> list[str]:
    """Return the names of objects of one kind, ``U`` (tables) or ``V`` (views), without those of the server's own."""
    if ObjectScope.DEFAULT not in request.scope:
        return []
    where = place(request)
    found = request.query(
        f"SELECT o.name FROM {where.prefix}sys.objects AS o JOIN {where.prefix}sys.schemas AS s "
        "ON s.schema_id = o.schema_id WHERE s.name = :schema_name AND o.type = :kind AND o.is_ms_shipped = 0 "
        "ORDER BY o.name",
        {"schema_name": where.schema, "kind": kind},
    )
    return [row[0] for row in found]
