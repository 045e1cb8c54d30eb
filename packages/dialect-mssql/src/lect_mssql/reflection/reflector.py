"""The reflector: names of things, and facts about many tables in one query each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lect.dialects.reflection import ReflectedTableComment, ReflectionRequest, Reflector, TableKey
from lect_mssql.reflection.catalogue import names_of, place, rows
from lect_mssql.reflection.columns import read_columns
from lect_mssql.reflection.indexes import read_indexes
from lect_mssql.reflection.keys import (
    read_check_constraints,
    read_foreign_keys,
    read_primary_keys,
    read_unique_constraints,
)

__all__ = ["MSReflector"]

_Facts = Iterable[tuple[TableKey, Any]]


class MSReflector(Reflector):
    """Answers for all tables of a request in one query."""

    def schema_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of all schemas, fixed roles' included."""
        return [row[0] for row in request.query("SELECT s.name FROM sys.schemas AS s ORDER BY s.name", {})]

    def table_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of tables."""
        return names_of(request, "U")

    def view_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of views."""
        return names_of(request, "V")

    def temporary_table_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of the session's temporary tables, without what the server appends to them."""
        # A local temporary table's name is filled up with underscores to 116 characters, and twelve digits follow. The
        # names of other sessions' tables stand beside; only one's own is found again by its short name.
        short = (
            "CASE WHEN o.name LIKE '##%' THEN o.name ELSE LEFT(o.name, PATINDEX('%[_][_][_][_][_]%', o.name) - 1) END"
        )
        found = request.query(
            f"SELECT DISTINCT {short} AS name FROM tempdb.sys.objects AS o WHERE o.type = 'U' AND o.name LIKE '#%' "
            "AND (o.name LIKE '##%' OR PATINDEX('%[_][_][_][_][_]%', o.name) > 1) "
            f"AND OBJECT_ID('tempdb..' + QUOTENAME({short})) = o.object_id ORDER BY 1",
            {},
        )
        return [row[0] for row in found]

    def sequence_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of sequences."""
        where = place(request)
        found = request.query(
            f"SELECT q.name FROM {where.prefix}sys.sequences AS q JOIN {where.prefix}sys.schemas AS s "
            "ON s.schema_id = q.schema_id WHERE s.name = :schema_name ORDER BY q.name",
            {"schema_name": where.schema},
        )
        return [row[0] for row in found]

    def view_definition(self, request: ReflectionRequest) -> str | None:
        """Return a view's statement as it was made; None for an encrypted one."""
        joined = "JOIN {sys}.sql_modules AS m ON m.object_id = o.object_id"
        found = list(rows(request, "m.[definition]", joined, "o.object_id"))
        definition: str | None = found[0][1][1] if found else None
        return definition

    def existing_tables(self, request: ReflectionRequest) -> set[str]:
        """Return those names that exist."""
        return {name for name, _ in rows(request, "o.type", "", "o.object_id")}

    def columns(self, request: ReflectionRequest) -> _Facts:
        """Return columns."""
        return read_columns(request)

    def primary_keys(self, request: ReflectionRequest) -> _Facts:
        """Return primary keys."""
        return read_primary_keys(request)

    def foreign_keys(self, request: ReflectionRequest) -> _Facts:
        """Return foreign keys."""
        return read_foreign_keys(request)

    def indexes(self, request: ReflectionRequest) -> _Facts:
        """Return indexes."""
        return read_indexes(request)

    def unique_constraints(self, request: ReflectionRequest) -> _Facts:
        """Return UNIQUE constraints."""
        return read_unique_constraints(request)

    def check_constraints(self, request: ReflectionRequest) -> _Facts:
        """Return CHECK constraints."""
        return read_check_constraints(request)

    def comments(self, request: ReflectionRequest) -> Iterator[tuple[TableKey, ReflectedTableComment]]:
        """Return comments, which are extended properties named MS_Description."""
        joined = (
            "LEFT JOIN {sys}.extended_properties AS e ON e.class = 1 AND e.major_id = o.object_id "
            "AND e.minor_id = 0 AND e.name = 'MS_Description'"
        )
        for name, row in rows(request, "CAST(e.value AS NVARCHAR(4000)) AS comment", joined, "o.object_id"):
            yield request.key(name), {"text": row[1]}
