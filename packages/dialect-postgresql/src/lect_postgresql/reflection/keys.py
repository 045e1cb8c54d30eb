"""Primary keys, foreign keys, UNIQUE and CHECK constraints."""

from __future__ import annotations

import re
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
from lect_postgresql.reflection.tables import relations

__all__ = ["Keys"]

_KEYS: Final = """
SELECT c.relname, co.conname, a.attname, pg_catalog.obj_description(co.oid, 'pg_constraint'), co.conindid = 0
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_constraint co ON co.conrelid = c.oid AND co.contype = '{kind}'
LEFT JOIN LATERAL pg_catalog.unnest(co.conkey) WITH ORDINALITY AS k(attnum, position) ON true
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
WHERE {condition}
ORDER BY c.relname, co.conname, k.position
"""

_FOREIGN: Final = """
SELECT c.relname, co.conname, a.attname, fn.nspname, fc.relname, fa.attname, co.confupdtype, co.confdeltype,
    co.confmatchtype, co.condeferrable, co.condeferred, pg_catalog.obj_description(co.oid, 'pg_constraint'),
    pg_catalog.pg_table_is_visible(fc.oid)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_constraint co ON co.conrelid = c.oid AND co.contype = 'f'
LEFT JOIN LATERAL ROWS FROM (pg_catalog.unnest(co.conkey), pg_catalog.unnest(co.confkey))
    WITH ORDINALITY AS k(attnum, fattnum, position) ON true
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
LEFT JOIN pg_catalog.pg_class fc ON fc.oid = co.confrelid
LEFT JOIN pg_catalog.pg_namespace fn ON fn.oid = fc.relnamespace
LEFT JOIN pg_catalog.pg_attribute fa ON fa.attrelid = fc.oid AND fa.attnum = k.fattnum
WHERE {condition}
ORDER BY c.relname, co.conname, k.position
"""

_CHECKS: Final = """
SELECT c.relname, co.conname, pg_catalog.pg_get_constraintdef(co.oid, true),
    pg_catalog.obj_description(co.oid, 'pg_constraint')
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_constraint co ON co.conrelid = c.oid AND co.contype = 'c'
WHERE {condition}
ORDER BY c.relname, co.conname
"""

_ACTIONS: Final = {
    "r": "RESTRICT",
    "c": "CASCADE",
    "n": "SET NULL",
    "d": "SET DEFAULT",
}  # "a", no action, is the default
_CHECK: Final = re.compile(r"^CHECK \((?P<text>.+)\)(?P<not_valid> NOT VALID)?(?P<no_inherit> NO INHERIT)?$", re.DOTALL)


def _char(value: Any) -> str:
    """The internal type "char" is bytes in some drivers."""
    return value.decode() if isinstance(value, bytes) else str(value)


class Keys(Reflector):
    """Constraints of many tables, one query per kind."""

    def _constraints(self, request: ReflectionRequest, kind: str) -> dict[str, dict[str, tuple[list[str], Any]]]:
        """Return table -> constraint -> (columns in order, comment)."""
        condition, parameters = relations(request)
        tables: dict[str, dict[str, tuple[list[str], Any]]] = {}
        for table, name, column, comment, _ in request.query(_KEYS.format(kind=kind, condition=condition), parameters):
            constraints = tables.setdefault(table, {})
            if name is not None:
                constraints.setdefault(name, ([], comment))[0].append(column)
        return tables

    def primary_keys(self, request: ReflectionRequest) -> Facts:
        """Return the primary keys."""
        for table, constraints in self._constraints(request, "p").items():
            name, (columns, comment) = next(iter(constraints.items()), (None, ([], None)))
            yield (
                request.key(table),
                ReflectedPrimaryKeyConstraint(name=name, constrained_columns=columns, comment=comment),
            )

    def unique_constraints(self, request: ReflectionRequest) -> Facts:
        """Return the UNIQUE constraints."""
        for table, constraints in self._constraints(request, "u").items():
            yield (
                request.key(table),
                [
                    ReflectedUniqueConstraint(name=name, column_names=columns, comment=comment)
                    for name, (columns, comment) in constraints.items()
                ],
            )

    def foreign_keys(self, request: ReflectionRequest) -> Facts:
        """Return the foreign keys."""
        condition, parameters = relations(request)
        tables: dict[str, dict[str, ReflectedForeignKeyConstraint]] = {}
        for row in request.query(_FOREIGN.format(condition=condition), parameters):
            table, name, column, schema, referred, referred_column, *facts, comment, visible = row
            keys = tables.setdefault(table, {})
            if name is None:
                continue
            key = keys.get(name)
            if key is None:
                # A schema that was not asked for by name is named only where it must be.
                shown = None if request.schema is None and visible else schema
                if request.options.get("postgresql_ignore_search_path") and request.schema is None:
                    shown = schema
                key = keys[name] = ReflectedForeignKeyConstraint(
                    name=name,
                    constrained_columns=[],
                    referred_schema=shown,
                    referred_table=referred,
                    referred_columns=[],
                    options=_options(*facts),
                    comment=comment,
                )
            key["constrained_columns"].append(column)
            key["referred_columns"].append(referred_column)
        for table, keys in tables.items():
            yield request.key(table), list(keys.values())

    def check_constraints(self, request: ReflectionRequest) -> Facts:
        """Return the CHECK constraints."""
        condition, parameters = relations(request)
        tables: dict[str, list[ReflectedCheckConstraint]] = {}
        for table, name, text, comment in request.query(_CHECKS.format(condition=condition), parameters):
            checks = tables.setdefault(table, [])
            if name is None:
                continue
            match = _CHECK.match(text)
            if match is None:
                continue
            check = ReflectedCheckConstraint(name=name, sqltext=_without_parentheses(match["text"]), comment=comment)
            options = {key: True for key in ("not_valid", "no_inherit") if match[key]}
            if options:
                check["dialect_options"] = dict(options)
            checks.append(check)
        for table, checks in tables.items():
            yield request.key(table), checks


def _options(on_update: Any, on_delete: Any, match: Any, deferrable: bool, deferred: bool) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if _char(on_update) in _ACTIONS:
        options["onupdate"] = _ACTIONS[_char(on_update)]
    if _char(on_delete) in _ACTIONS:
        options["ondelete"] = _ACTIONS[_char(on_delete)]
    if _char(match) == "f":
        options["match"] = "FULL"
    if deferrable:
        options["deferrable"] = True
        options["initially"] = "DEFERRED" if deferred else "IMMEDIATE"
    return options


def _without_parentheses(text: str) -> str:
    """Take one pair of parentheses off that encloses the whole condition."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    quoted = False
    for i, ch in enumerate(text):
        if ch == "'":
            quoted = not quoted
        elif not quoted:
            depth += (ch == "(") - (ch == ")")
            if depth == 0 and i < len(text) - 1:
                return text
    return text[1:-1]
