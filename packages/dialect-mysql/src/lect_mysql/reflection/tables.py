"""Names of schemas, tables, views and sequences; comments and options of tables."""

from __future__ import annotations

from typing import Any, Final

from lect.dialects.reflection import Facts, ObjectKind, ReflectedTableComment, ReflectionRequest, Reflector

__all__ = ["Tables", "about", "grouped", "text_of"]


_KINDS: Final = {ObjectKind.TABLE: "'BASE TABLE', 'SYSTEM VERSIONED'", ObjectKind.VIEW: "'VIEW'"}


def text_of(value: Any) -> str | None:
    """The catalogue's long texts are bytes in some drivers."""
    return value.decode() if isinstance(value, bytes) else value


def about(
    request: ReflectionRequest, schema_column: str = "table_schema", name_column: str = "table_name"
) -> tuple[str, dict[str, Any]]:
    """Return ``(condition, parameters)`` for the request's schema and names."""
    parameters: dict[str, Any] = {}
    if request.schema is None:
        conditions = [f"{schema_column} = DATABASE()"]
    else:
        conditions = [f"{schema_column} = :schema"]
        parameters["schema"] = request.schema
    if request.names is not None:
        names = {f"name_{i}": name for i, name in enumerate(request.names)}
        conditions.append(f"{name_column} IN ({', '.join(f':{key}' for key in names)})" if names else "1 = 0")
        parameters.update(names)
    return " AND ".join(conditions), parameters


def grouped(reflector: Reflector, request: ReflectionRequest, rows: Any) -> dict[str, list[Any]]:
    """Return table -> its rows (without the table's name, their first column), tables without rows included."""
    tables: dict[str, list[Any]] = {name: [] for name in reflector.object_names(request)}
    for name, *rest in rows:
        if name in tables:
            tables[name].append(rest)
    return tables


class Tables(Reflector):
    """Names, comments and options."""

    def schema_names(self, request: ReflectionRequest) -> list[str]:
        """Return the databases."""
        return [row[0] for row in request.query("SELECT schema_name FROM information_schema.schemata ORDER BY 1")]

    def _names(self, request: ReflectionRequest, kinds: str) -> list[str]:
        condition, parameters = about(request.replace(names=None))
        rows = request.query(
            f"SELECT table_name FROM information_schema.tables WHERE {condition} AND table_type IN ({kinds}) "
            "ORDER BY table_name",
            parameters,
        )
        return [str(text_of(row[0])) for row in rows]

    def table_names(self, request: ReflectionRequest) -> list[str]:
        """Return the tables."""
        return self._names(request, _KINDS[ObjectKind.TABLE])

    def view_names(self, request: ReflectionRequest) -> list[str]:
        """Return the views."""
        return self._names(request, "'VIEW', 'SYSTEM VIEW'")

    def sequence_names(self, request: ReflectionRequest) -> list[str]:
        """Return the sequences, which only MariaDB has."""
        return self._names(request, "'SEQUENCE'")

    def existing_tables(self, request: ReflectionRequest) -> set[str]:
        """Return which of the request's names exist.

        The information schema of MySQL says nothing of temporary tables, so that each name is asked for.
        """
        identifiers = request.dialect.identifiers
        found: set[str] = set()
        condition, parameters = about(request)
        rows = request.query(f"SELECT table_name FROM information_schema.tables WHERE {condition}", parameters)
        lower = request.dialect.lower_case_table_names
        spelled = {(name.lower() if lower else name): name for name in request.names or ()}
        for row in rows:
            name = str(text_of(row[0]))
            key = name.lower() if lower else name
            if key in spelled:
                found.add(spelled[key])
        if request.schema is None and request.names is not None and len(request.names) == 1:
            missing = [name for name in request.names if name not in found]
            found.update(name for name in missing if self._is_temporary(request, identifiers.quote(name)))
        return found

    @staticmethod
    def _is_temporary(request: ReflectionRequest, name: str) -> bool:
        from lect.exc import DBAPIError

        try:
            return bool(request.query(f"SHOW COLUMNS FROM {name}"))
        except DBAPIError:
            return False

    def view_definition(self, request: ReflectionRequest) -> str | None:
        """Return the SELECT of a view, as SHOW CREATE VIEW has it."""
        condition, parameters = about(request)
        rows = request.query(f"SELECT view_definition FROM information_schema.views WHERE {condition}", parameters)
        return text_of(rows[0][0]) if rows else None

    def comments(self, request: ReflectionRequest) -> Facts:
        """Return the tables' comments."""
        condition, parameters = about(request)
        rows = request.query(
            f"SELECT table_name, table_comment, table_type FROM information_schema.tables WHERE {condition}",
            parameters,
        )
        for name, facts in grouped(self, request, rows).items():
            # A view's comment is the word VIEW.
            text = text_of(facts[0][0]) if facts and facts[0][1] != "VIEW" else None
            yield request.key(name), ReflectedTableComment(text=text or None)

    def options(self, request: ReflectionRequest) -> Facts:
        """Return engine, collation and further options."""
        condition, parameters = about(request)
        rows = request.query(
            "SELECT table_name, engine, table_collation, auto_increment, create_options "
            f"FROM information_schema.tables WHERE {condition}",
            parameters,
        )
        for name, facts in grouped(self, request, rows).items():
            options: dict[str, Any] = {}
            if facts:
                engine, collation, _, _ = facts[0]
                if engine:
                    options["mysql_engine"] = engine
                if collation:
                    options["mysql_default charset"] = collation.partition("_")[0]
                    options["mysql_collate"] = collation
            yield request.key(name), options
