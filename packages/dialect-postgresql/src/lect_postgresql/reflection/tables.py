"""Names of schemas, tables, views and sequences; comments and options of tables."""

from __future__ import annotations

from typing import Any, Final

from lect.dialects.reflection import Facts, ObjectKind, ObjectScope, ReflectedTableComment, ReflectionRequest, Reflector

__all__ = ["Tables", "relations"]

_KINDS: Final = {
    ObjectKind.TABLE: "'r', 'p', 'f'",  # ordinary, partitioned, foreign
    ObjectKind.VIEW: "'v'",
    ObjectKind.MATERIALIZED_VIEW: "'m'",
}


def relations(request: ReflectionRequest) -> tuple[str, dict[str, Any]]:
    """Return ``(condition, parameters)`` that select the objects of a request from ``pg_class c, pg_namespace n``."""
    kinds = ", ".join(text for kind, text in _KINDS.items() if kind in request.kind)
    conditions = [f"c.relkind IN ({kinds or _KINDS[ObjectKind.TABLE]})"]
    parameters: dict[str, Any] = {}
    if request.scope is ObjectScope.DEFAULT:
        conditions.append("c.relpersistence <> 't'")
    elif request.scope is ObjectScope.TEMPORARY:
        conditions.append("c.relpersistence = 't'")
    if request.schema is not None:
        conditions.append("n.nspname = :schema")
        parameters["schema"] = request.schema
    else:
        conditions.append("pg_catalog.pg_table_is_visible(c.oid) AND n.nspname <> 'pg_catalog'")
    if request.names is not None:
        names = {f"name_{i}": name for i, name in enumerate(request.names)}
        conditions.append(f"c.relname IN ({', '.join(f':{key}' for key in names)})" if names else "1 = 0")
        parameters.update(names)
    return " AND ".join(conditions), parameters


_FROM: Final = "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"


class Tables(Reflector):
    """Names, comments and options."""

    def schema_names(self, request: ReflectionRequest) -> list[str]:
        """Return the schemas, without those of the server itself."""
        rows = request.query(
            "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname NOT LIKE 'pg\\_%' ORDER BY nspname"
        )
        return [row[0] for row in rows]

    def _names(self, request: ReflectionRequest, kind: ObjectKind, scope: ObjectScope) -> list[str]:
        condition, parameters = relations(request.replace(kind=kind, scope=scope, names=None))
        rows = request.query(f"SELECT c.relname {_FROM} WHERE {condition} ORDER BY c.relname", parameters)
        return [row[0] for row in rows]

    def table_names(self, request: ReflectionRequest) -> list[str]:
        """Return ordinary, partitioned and foreign tables."""
        return self._names(request, ObjectKind.TABLE, ObjectScope.DEFAULT)

    def view_names(self, request: ReflectionRequest) -> list[str]:
        """Return the views."""
        return self._names(request, ObjectKind.VIEW, ObjectScope.DEFAULT)

    def materialized_view_names(self, request: ReflectionRequest) -> list[str]:
        """Return the materialized views."""
        return self._names(request, ObjectKind.MATERIALIZED_VIEW, ObjectScope.DEFAULT)

    def temporary_table_names(self, request: ReflectionRequest) -> list[str]:
        """Return the session's temporary tables."""
        return self._names(request, ObjectKind.TABLE, ObjectScope.TEMPORARY)

    def temporary_view_names(self, request: ReflectionRequest) -> list[str]:
        """Return the session's temporary views."""
        return self._names(request, ObjectKind.VIEW, ObjectScope.TEMPORARY)

    def sequence_names(self, request: ReflectionRequest) -> list[str]:
        """Return the sequences that no column owns."""
        where = "n.nspname = :schema" if request.schema is not None else "pg_catalog.pg_table_is_visible(c.oid)"
        rows = request.query(
            f"SELECT c.relname {_FROM} WHERE c.relkind = 'S' AND {where} AND NOT EXISTS (SELECT 1 FROM "
            "pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid "
            "AND d.deptype = 'i') ORDER BY c.relname",
            {"schema": request.schema} if request.schema is not None else {},
        )
        return [row[0] for row in rows]

    def existing_tables(self, request: ReflectionRequest) -> set[str]:
        """Return which of the request's names exist, in one query."""
        condition, parameters = relations(request.replace(kind=ObjectKind.ANY, scope=ObjectScope.ANY))
        return {row[0] for row in request.query(f"SELECT c.relname {_FROM} WHERE {condition}", parameters)}

    def view_definition(self, request: ReflectionRequest) -> str | None:
        """Return the SELECT of a view."""
        condition, parameters = relations(request.replace(kind=ObjectKind.ANY_VIEW, scope=ObjectScope.ANY))
        rows = request.query(f"SELECT pg_catalog.pg_get_viewdef(c.oid) {_FROM} WHERE {condition}", parameters)
        return rows[0][0] if rows else None

    def comments(self, request: ReflectionRequest) -> Facts:
        """Return the tables' comments."""
        condition, parameters = relations(request)
        rows = request.query(
            f"SELECT c.relname, pg_catalog.obj_description(c.oid, 'pg_class') {_FROM} WHERE {condition}", parameters
        )
        for name, text in rows:
            yield request.key(name), ReflectedTableComment(text=text)

    def options(self, request: ReflectionRequest) -> Facts:
        """Return storage parameters and inheritance."""
        condition, parameters = relations(request)
        rows = request.query(
            "SELECT c.relname, (SELECT pg_catalog.string_agg(p.inhparent::regclass::text, ',') FROM "
            f"pg_catalog.pg_inherits p WHERE p.inhrelid = c.oid AND NOT c.relispartition) {_FROM} WHERE {condition}",
            parameters,
        )
        for name, parents in rows:
            options: dict[str, Any] = {}
            if parents:
                options["postgresql_inherits"] = tuple(parents.split(","))
            yield request.key(name), options
