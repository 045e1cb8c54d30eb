"""Columns and their types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lect import text as text_clause
from lect import types as t
from lect.dialects.reflection import Facts, ReflectedColumn, ReflectedIdentity, ReflectionRequest, Reflector
from lect_postgresql import ranges
from lect_postgresql import types as pg
from lect_postgresql.reflection.tables import relations

__all__ = ["Columns", "type_of"]

_QUERY: Final = """
SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
    CASE WHEN a.{generated} = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
    CASE WHEN a.{generated} <> '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
    pg_catalog.col_description(c.oid, a.attnum), CAST(a.attidentity AS text),
    CAST(a.{generated} AS text), CAST(ty.typtype AS text), tyn.nspname, ty.typname, ty.oid,
    CAST(el.typtype AS text), eln.nspname, el.typname, el.oid,
    pg_catalog.pg_type_is_visible(coalesce(el.oid, ty.oid)), a.attndims,
    s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle, s.seqcache
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_type ty ON ty.oid = a.atttypid
LEFT JOIN pg_catalog.pg_namespace tyn ON tyn.oid = ty.typnamespace
LEFT JOIN pg_catalog.pg_type el ON el.oid = ty.typelem AND ty.typcategory = 'A'
LEFT JOIN pg_catalog.pg_namespace eln ON eln.oid = el.typnamespace
LEFT JOIN pg_catalog.pg_depend sd ON sd.refclassid = 'pg_catalog.pg_class'::regclass AND sd.refobjid = c.oid
    AND sd.refobjsubid = a.attnum AND sd.classid = 'pg_catalog.pg_class'::regclass AND sd.deptype = 'i'
    AND a.attidentity <> ''
LEFT JOIN pg_catalog.pg_sequence s ON s.seqrelid = sd.objid
WHERE {condition}
ORDER BY c.relname, a.attnum
"""

_ENUMS: Final = "SELECT enumtypid, enumlabel FROM pg_catalog.pg_enum ORDER BY enumtypid, enumsortorder"
_DOMAINS: Final = (
    "SELECT ty.oid, pg_catalog.format_type(ty.typbasetype, ty.typtypmod), ty.typnotnull, ty.typdefault, "
    "(SELECT pg_catalog.pg_get_expr(co.conbin, 0) FROM pg_catalog.pg_constraint co WHERE co.contypid = ty.oid "
    "AND co.contype = 'c' ORDER BY co.conname LIMIT 1), "
    "(SELECT co.conname FROM pg_catalog.pg_constraint co WHERE co.contypid = ty.oid AND co.contype = 'c' "
    "ORDER BY co.conname LIMIT 1) "
    "FROM pg_catalog.pg_type ty WHERE ty.typtype = 'd'"
)

#: ``name(arguments) rest`` of format_type, without the brackets of an array.
_FORM: Final = re.compile(r"^([a-z_\" 0-9.]+?)\s*(?:\(([^)]*)\))?(?: (with|without) time zone)?$", re.IGNORECASE)
_INTERVAL: Final = re.compile(r"^interval(?: ([a-z ]+?))?(?:\((\d+)\))?$")
_SERIAL: Final = re.compile(r"^nextval\('(?:[^']|'')+'::regclass\)$")

_PLAIN: Final[Mapping[str, Any]] = {
    "bigint": t.BIGINT,
    "boolean": t.BOOLEAN,
    "bytea": pg.BYTEA,
    "cidr": pg.CIDR,
    "citext": pg.CITEXT,
    "date": t.DATE,
    "datemultirange": ranges.DATEMULTIRANGE,
    "daterange": ranges.DATERANGE,
    "hstore": pg.HSTORE,
    "inet": pg.INET,
    "int4multirange": ranges.INT4MULTIRANGE,
    "int4range": ranges.INT4RANGE,
    "int8multirange": ranges.INT8MULTIRANGE,
    "int8range": ranges.INT8RANGE,
    "integer": t.INTEGER,
    "json": pg.JSON,
    "jsonb": pg.JSONB,
    "jsonpath": pg.JSONPATH,
    "macaddr": pg.MACADDR,
    "macaddr8": pg.MACADDR8,
    "money": pg.MONEY,
    "nummultirange": ranges.NUMMULTIRANGE,
    "numrange": ranges.NUMRANGE,
    "oid": pg.OID,
    "real": t.REAL,
    "regclass": pg.REGCLASS,
    "regconfig": pg.REGCONFIG,
    "smallint": t.SMALLINT,
    "text": t.TEXT,
    "tsquery": pg.TSQUERY,
    "tsmultirange": ranges.TSMULTIRANGE,
    "tsrange": ranges.TSRANGE,
    "tstzmultirange": ranges.TSTZMULTIRANGE,
    "tstzrange": ranges.TSTZRANGE,
    "tsvector": pg.TSVECTOR,
    "uuid": t.UUID,
    "name": t.String,
    '"char"': t.CHAR,
}


def type_of(text: str) -> Any:
    """Return the type that ``format_type()`` calls `text`; NullType for one that is not known."""
    interval = _INTERVAL.match(text)
    if interval is not None:
        return pg.INTERVAL(
            fields=interval[1].upper() if interval[1] else None, precision=int(interval[2]) if interval[2] else None
        )
    match = _FORM.match(text)
    if match is None:
        return t.NullType()
    name, arguments, zone = match[1].lower(), match[2], match[3]
    numbers: Any = [int(part) for part in arguments.split(",")] if arguments else []
    plain = _PLAIN.get(name)
    if plain is not None:
        return plain()
    if name in ("character varying", "varchar"):
        return t.VARCHAR(*numbers)
    if name in ("character", "bpchar"):
        return t.CHAR(*numbers)
    if name == "numeric":
        return t.NUMERIC(*numbers)
    if name == "double precision":
        return t.DOUBLE_PRECISION(precision=53)
    if name in ("bit", "bit varying"):
        return pg.BIT(numbers[0] if numbers else None, varying=name == "bit varying")
    if name in ("timestamp", "time"):
        cls = pg.TIMESTAMP if name == "timestamp" else pg.TIME
        return cls(timezone=zone == "with", precision=numbers[0] if numbers else None)
    return t.NullType()


class Columns(Reflector):
    """Columns of many tables: one query, and one each for enumerations and domains where there are any."""

    def columns(self, request: ReflectionRequest) -> Facts:
        """Return the columns of each table."""
        condition, parameters = relations(request)
        has_generated = request.dialect is None or request.dialect.capabilities.computed_columns
        # attgenerated came with version 12; an empty string stands in for it before.
        query = _QUERY.format(generated="attgenerated" if has_generated else "attidentity", condition=condition)
        if not has_generated:
            query = query.replace("CASE WHEN a.attidentity = '' THEN", "CASE WHEN true THEN")
            query = query.replace("CASE WHEN a.attidentity <> '' THEN", "CASE WHEN false THEN")
        rows = request.query(query, parameters)
        kinds = {row[9] for row in rows} | {row[13] for row in rows}
        enums: dict[int, list[str]] = {}
        if "e" in kinds:
            for oid, label in request.query(_ENUMS):
                enums.setdefault(oid, []).append(label)
        domains = {row[0]: row for row in request.query(_DOMAINS)} if "d" in kinds else {}
        tables: dict[str, list[ReflectedColumn]] = {}
        for row in rows:
            columns = tables.setdefault(row[0], [])
            if row[1] is not None:
                columns.append(self._column(row, enums, domains, has_generated))
        for name, columns in tables.items():
            yield request.key(name), columns

    def _column(
        self, row: Any, enums: Mapping[int, list[str]], domains: Mapping[int, Any], has_generated: bool
    ) -> ReflectedColumn:
        name, _, not_null, default, computed, comment, identity, generated = row[1:9]
        column = ReflectedColumn(
            name=name,
            type=self._type(row, enums, domains),
            nullable=not not_null,
            default=default,
            autoincrement=bool(identity) or (default is not None and _SERIAL.match(default) is not None),
            comment=comment,
        )
        if computed is not None:
            column["computed"] = {"sqltext": computed, "persisted": generated in ("s", b"s")}
        if identity:
            start, increment, least, most, cycle, cache = row[19:25]
            column["identity"] = ReflectedIdentity(
                always=identity in ("a", b"a"),
                start=start,
                increment=increment,
                minvalue=least,
                maxvalue=most,
                cycle=cycle,
                cache=cache,
            )
        return column

    def _type(self, row: Any, enums: Mapping[int, list[str]], domains: Mapping[int, Any]) -> Any:
        text, visible, dimensions = row[2], row[17], row[18]
        is_array = row[16] is not None
        kind, schema, name, oid = row[13:17] if is_array else row[9:13]
        shown = None if visible else schema
        if kind in ("e", b"e"):
            type_: Any = pg.ENUM(*enums.get(oid, ()), name=name, schema=shown)
        elif kind in ("d", b"d"):
            _, base, not_null, default, check, constraint = domains[oid]
            type_ = pg.DOMAIN(
                name,
                type_of(base),
                schema=shown,
                not_null=not_null,
                default=None if default is None else text_clause(default),
                check=check,
                constraint_name=constraint,
            )
        else:
            type_ = type_of(re.sub(r"(\[\])+$", "", text))
        return pg.ARRAY(type_, dimensions=dimensions if dimensions and dimensions > 1 else None) if is_array else type_
