"""The reflector: names of things, and facts about many tables in one query each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lect.dialects.reflection import (
    ReflectedCheckConstraint,
    ReflectedColumn,
    ReflectedPrimaryKeyConstraint,
    ReflectedUniqueConstraint,
    ReflectionRequest,
    Reflector,
    TableKey,
)
from lect_sqlite.reflection.catalogue import database_list, names_of, rows
from lect_sqlite.reflection.columns import read_columns
from lect_sqlite.reflection.create_statement import CreateTable, view_select
from lect_sqlite.reflection.foreign_keys import read_foreign_keys
from lect_sqlite.reflection.indexes import read_indexes

__all__ = ["SQLiteReflector"]


class SQLiteReflector(Reflector):
    """Answers for all tables of a request in one query, two for foreign keys."""

    # -- names --------------------------------------------------------------------------------------------------------

    def schema_names(self, request: ReflectionRequest) -> list[str]:
        """Return ``main`` and the names of attached databases."""
        return database_list(request)

    def _master(self, request: ReflectionRequest) -> str:
        if request.schema is None:
            return "main.sqlite_master"
        return f"{request.dialect.identifiers.quote_identifier(request.schema)}.sqlite_master"

    def table_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of tables."""
        return names_of(request, self._master(request), "table")

    def view_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of views."""
        return names_of(request, self._master(request), "view")

    def temporary_table_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of the connection's temporary tables."""
        return names_of(request, "sqlite_temp_master", "table")

    def temporary_view_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of the connection's temporary views."""
        return names_of(request, "sqlite_temp_master", "view")

    def view_definition(self, request: ReflectionRequest) -> str | None:
        """Return the SELECT of a view."""
        found = list(rows(request, "m.sql", "", "1"))
        return view_select(found[-1][1][1]) if found and found[-1][1][1] else None

    def existing_tables(self, request: ReflectionRequest) -> set[str]:
        """Return those names that exist, in any spelling; a database that is not attached has none."""
        if request.schema is not None and request.schema.lower() not in map(str.lower, database_list(request)):
            return set()
        names = {name.lower(): name for name in request.names or ()}
        present = self.table_names(request) + self.view_names(request)
        if request.schema is None:
            present += self.temporary_table_names(request) + self.temporary_view_names(request)
        return {names[name.lower()] for name in present if name.lower() in names}

    # -- facts about many tables --------------------------------------------------------------------------------------

    def columns(self, request: ReflectionRequest) -> Iterable[tuple[TableKey, list[ReflectedColumn]]]:
        """Return columns, with the expressions of generated ones."""
        return read_columns(request)

    def foreign_keys(self, request: ReflectionRequest) -> Iterable[tuple[TableKey, Any]]:
        """Return foreign keys."""
        return read_foreign_keys(request)

    def indexes(self, request: ReflectionRequest) -> Iterable[tuple[TableKey, Any]]:
        """Return indexes that were created as such."""
        return read_indexes(request)

    def primary_keys(self, request: ReflectionRequest) -> Iterator[tuple[TableKey, ReflectedPrimaryKeyConstraint]]:
        """Return primary keys: the columns from the pragma, the name from the statement."""
        columns: dict[str, list[tuple[int, str]]] = {}
        statements: dict[str, str | None] = {}
        for name, row in rows(request, "m.sql, p.name, p.pk", ", pragma_table_xinfo(m.name, :schema) AS p", "p.cid"):
            if row[1] != statements.get(name):  # the first row of a table, or of the temporary one that hides it
                statements[name], columns[name] = row[1], []
            columns.setdefault(name, [])
            if row[3]:
                columns[name].append((row[3], row[2]))
        for name, found in columns.items():
            ordered = [column for _, column in sorted(found)]
            keys = [c for c in _parsed(statements[name]).constraints if c.kind == "primary key"]
            yield request.key(name), {"name": keys[0].name if keys else None, "constrained_columns": ordered}

    def unique_constraints(
        self, request: ReflectionRequest
    ) -> Iterator[tuple[TableKey, list[ReflectedUniqueConstraint]]]:
        """Return UNIQUE constraints as the statement has them."""
        for name, parsed in self._statements(request):
            found: list[ReflectedUniqueConstraint] = []
            for constraint in parsed.constraints:
                if constraint.kind == "unique":
                    made: ReflectedUniqueConstraint = {"name": constraint.name, "column_names": constraint.columns}
                    if constraint.words[:2] == ("ON", "CONFLICT"):
                        made["dialect_options"] = {"sqlite_on_conflict": constraint.words[2]}
                    found.append(made)
            yield request.key(name), found

    def check_constraints(
        self, request: ReflectionRequest
    ) -> Iterator[tuple[TableKey, list[ReflectedCheckConstraint]]]:
        """Return CHECK constraints as the statement has them, those with a name first."""
        for name, parsed in self._statements(request):
            checks = [c for c in parsed.constraints if c.kind == "check"]
            checks.sort(key=lambda c: (c.name is None, c.name or ""))
            yield request.key(name), [{"name": c.name, "sqltext": c.text} for c in checks]

    def options(self, request: ReflectionRequest) -> Iterator[tuple[TableKey, dict[str, Any]]]:
        """Return WITHOUT ROWID and STRICT as arguments of Table."""
        for name, parsed in self._statements(request):
            found: dict[str, Any] = {}
            if "ROWID" in parsed.options:
                found["sqlite_with_rowid"] = False
            if "STRICT" in parsed.options:
                found["sqlite_strict"] = True
            yield request.key(name), found

    def _statements(self, request: ReflectionRequest) -> Iterator[tuple[str, CreateTable]]:
        found = {name: row[1] for name, row in rows(request, "m.sql", "", "1")}
        for name, sql in found.items():
            yield name, _parsed(sql)


def _parsed(sql: str | None) -> CreateTable:
    return CreateTable(sql or "")
