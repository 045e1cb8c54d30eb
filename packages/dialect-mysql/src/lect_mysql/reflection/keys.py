"""Primary keys, foreign keys, UNIQUE and CHECK constraints."""

from __future__ import annotations

from typing import Any, Final

from lect.dialects.reflection import (
    Facts,
    ReflectedCheckConstraint,
    ReflectedForeignKeyConstraint,
    ReflectedPrimaryKeyConstraint,
    ReflectedUniqueConstraint,
    ReflectionRequest,
    Reflector,
)
from lect_mysql.reflection.tables import about, grouped, text_of

__all__ = ["Keys"]

_KEYS: Final = """
SELECT k.table_name, k.constraint_name, k.column_name
FROM information_schema.key_column_usage k JOIN information_schema.table_constraints c
    ON c.constraint_schema = k.constraint_schema AND c.constraint_name = k.constraint_name
    AND c.table_schema = k.table_schema AND c.table_name = k.table_name
WHERE {condition} AND c.constraint_type = '{kind}'
ORDER BY k.table_name, k.constraint_name, k.ordinal_position
"""

_FOREIGN: Final = """
SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema, k.referenced_table_name,
    k.referenced_column_name, r.update_rule, r.delete_rule, k.referenced_table_schema = DATABASE()
FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r
    ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name
    AND r.table_name = k.table_name
WHERE {condition} AND k.referenced_table_name IS NOT NULL
ORDER BY k.table_name, k.constraint_name, k.ordinal_position
"""

#: MariaDB's information schema names the table; MySQL's must be joined for it.
_CHECKS_MARIADB: Final = """
SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints
WHERE {condition} ORDER BY table_name, constraint_name
"""
_CHECKS_MYSQL: Final = """
SELECT t.table_name, c.constraint_name, c.check_clause
FROM information_schema.check_constraints c JOIN information_schema.table_constraints t
    ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name
WHERE {condition} AND t.constraint_type = 'CHECK' ORDER BY t.table_name, c.constraint_name
"""

#: What InnoDB does when nothing is said.
_DEFAULT_ACTIONS: Final = ("RESTRICT", "NO ACTION")


class Keys(Reflector):
    """Constraints of many tables, one query per kind."""

    def _constraints(self, request: ReflectionRequest, kind: str) -> dict[str, dict[str, list[str]]]:
        """Return table -> constraint -> columns in order."""
        condition, parameters = about(request, "k.table_schema", "k.table_name")
        rows = request.query(_KEYS.format(condition=condition, kind=kind), parameters)
        found: dict[str, dict[str, list[str]]] = {}
        for table, facts in grouped(self, request, rows).items():
            constraints = found.setdefault(table, {})
            for name, column in facts:
                constraints.setdefault(name, []).append(column)
        return found

    def primary_keys(self, request: ReflectionRequest) -> Facts:
        """Return the primary keys. They are all called PRIMARY, which is no name."""
        for table, constraints in self._constraints(request, "PRIMARY KEY").items():
            columns = next(iter(constraints.values()), [])
            yield request.key(table), ReflectedPrimaryKeyConstraint(name=None, constrained_columns=columns)

    def unique_constraints(self, request: ReflectionRequest) -> Facts:
        """Return the UNIQUE constraints, each of which is an index of the same name."""
        for table, constraints in self._constraints(request, "UNIQUE").items():
            yield (
                request.key(table),
                [
                    ReflectedUniqueConstraint(name=name, column_names=columns, duplicates_index=name)
                    for name, columns in constraints.items()
                ],
            )

    def foreign_keys(self, request: ReflectionRequest) -> Facts:
        """Return the foreign keys."""
        condition, parameters = about(request, "k.table_schema", "k.table_name")
        rows = request.query(_FOREIGN.format(condition=condition), parameters)
        for table, facts in grouped(self, request, rows).items():
            keys: dict[str, ReflectedForeignKeyConstraint] = {}
            for name, column, schema, referred, referred_column, on_update, on_delete, is_default in facts:
                key = keys.get(name)
                if key is None:
                    same = is_default if request.schema is None else schema == request.schema
                    key = keys[name] = ReflectedForeignKeyConstraint(
                        name=name,
                        constrained_columns=[],
                        referred_schema=request.schema if same else schema,
                        referred_table=referred,
                        referred_columns=[],
                        options=_options(on_update, on_delete),
                    )
                key["constrained_columns"].append(column)
                key["referred_columns"].append(referred_column)
            yield request.key(table), list(keys.values())

    def check_constraints(self, request: ReflectionRequest) -> Facts:
        """Return the CHECK constraints, without the one that makes MariaDB's LONGTEXT a JSON."""
        if request.dialect.is_mariadb:
            condition, parameters = about(request, "constraint_schema")
            query = _CHECKS_MARIADB
        elif request.dialect.capabilities.check_constraints:
            condition, parameters = about(request, "t.table_schema", "t.table_name")
            query = _CHECKS_MYSQL
        else:
            for name in self.object_names(request):
                yield request.key(name), []
            return
        rows = request.query(query.format(condition=condition), parameters)
        for table, facts in grouped(self, request, rows).items():
            checks = []
            for name, clause in facts:
                text = str(text_of(clause))
                if request.dialect.is_mariadb and text.startswith("json_valid(`"):
                    continue
                checks.append(ReflectedCheckConstraint(name=name, sqltext=_unescaped(text)))
            yield request.key(table), checks


def _unescaped(text: str) -> str:
    r"""MySQL escapes quotes in the clause it keeps (``_utf8mb4\'x\'``) and encloses it in parentheses."""
    if text.startswith("(") and text.endswith(")") and "\\'" in text:
        text = text.replace("\\'", "'")
    return text


def _options(on_update: str, on_delete: str) -> dict[str, Any]:
    options = {}
    if on_update not in _DEFAULT_ACTIONS:
        options["onupdate"] = on_update
    if on_delete not in _DEFAULT_ACTIONS:
        options["ondelete"] = on_delete
    return options
