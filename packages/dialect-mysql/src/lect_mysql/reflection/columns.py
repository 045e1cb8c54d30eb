"""Columns and their types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lect import types as t
from lect.dialects.reflection import Facts, ReflectedColumn, ReflectionRequest, Reflector
from lect_mysql import types as my
from lect_mysql.reflection.tables import about, grouped, text_of

__all__ = ["Columns", "type_of"]

_QUERY: Final = """
SELECT table_name, column_name, column_type, is_nullable, column_default, extra, column_comment, character_set_name,
    collation_name, generation_expression
FROM information_schema.columns WHERE {condition} ORDER BY table_name, ordinal_position
"""

_TYPE: Final = re.compile(
    r"^(?P<name>[a-z]+[0-9]?(?: precision)?)\s*(?:\((?P<arguments>.*)\))?(?P<rest>[a-z ]*)", re.IGNORECASE
)
_LABEL: Final = re.compile(r"'((?:[^'\\]|''|\\.)*)'")
_NUMBER: Final = re.compile(r"^-?\d+(?:\.\d+)?$")

_INTEGERS: Final[Mapping[str, Any]] = {
    "tinyint": my.TINYINT,
    "smallint": my.SMALLINT,
    "mediumint": my.MEDIUMINT,
    "int": my.INTEGER,
    "bigint": my.BIGINT,
}
_NUMBERS: Final[Mapping[str, Any]] = {
    "decimal": my.DECIMAL,
    "numeric": my.NUMERIC,
    "float": my.FLOAT,
    "double": my.DOUBLE,
    "real": my.REAL,
}
_STRINGS: Final[Mapping[str, Any]] = {
    "char": my.CHAR,
    "varchar": my.VARCHAR,
    "tinytext": my.TINYTEXT,
    "text": my.TEXT,
    "mediumtext": my.MEDIUMTEXT,
    "longtext": my.LONGTEXT,
}
_TEMPORAL: Final[Mapping[str, Any]] = {"datetime": my.DATETIME, "timestamp": my.TIMESTAMP, "time": my.TIME}
_PLAIN: Final[Mapping[str, Any]] = {
    "date": t.DATE,
    "json": my.JSON,
    "tinyblob": my.TINYBLOB,
    "blob": t.BLOB,
    "mediumblob": my.MEDIUMBLOB,
    "longblob": my.LONGBLOB,
    "uuid": t.UUID,
    "inet4": my.INET4,
    "inet6": my.INET6,
}
_SIZED: Final[Mapping[str, Any]] = {"binary": t.BINARY, "varbinary": t.VARBINARY, "bit": my.BIT, "year": my.YEAR}


def type_of(text: str, charset: str | None = None, collation: str | None = None) -> Any:
    """Return the type that ``COLUMN_TYPE`` calls `text`; NullType for one that is not known."""
    match = _TYPE.match(text)
    if match is None:
        return t.NullType()
    name, arguments, rest = match["name"].lower(), match["arguments"], (match["rest"] or "").lower()
    if name in ("enum", "set"):
        labels = [_unescaped(label) for label in _LABEL.findall(arguments or "")]
        if name == "enum":
            return my.ENUM(*labels, charset=charset, collation=collation)
        return my.SET(*labels, retrieve_as_bitwise="" in labels, charset=charset, collation=collation)
    sizes = [int(part) for part in arguments.split(",")] if arguments else []
    signs = {"unsigned": "unsigned" in rest, "zerofill": "zerofill" in rest}
    if name in _INTEGERS:
        return _INTEGERS[name](display_width=sizes[0] if sizes else None, **signs)
    if name in _NUMBERS:
        return _NUMBERS[name](*sizes, **signs)
    if name in _STRINGS:
        length = {"length": sizes[0]} if sizes and name in ("char", "varchar") else {}
        return _STRINGS[name](charset=charset, collation=collation, **length)
    if name in _TEMPORAL:
        return _TEMPORAL[name](fsp=sizes[0] if sizes else None)
    if name in _SIZED:
        return _SIZED[name](*sizes)
    plain = _PLAIN.get(name)
    return plain() if plain is not None else t.NullType()


#: How the catalogue writes characters inside of quotes, whatever the sql_mode.
_ESCAPES: Final = {"0": "\0", "n": "\n", "r": "\r"}


def _unescaped(label: str) -> str:
    text = label.replace("''", "'")
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), text) if "\\" in text else text


class Columns(Reflector):
    """Columns of many tables in one query."""

    def columns(self, request: ReflectionRequest) -> Facts:
        """Return the columns of each table."""
        condition, parameters = about(request)
        rows = request.query(_QUERY.format(condition=condition), parameters)
        json_checks = self._json_checks(request) if request.dialect.is_mariadb else frozenset()
        for name, facts in grouped(self, request, rows).items():
            yield request.key(name), [self._column(request, name, row, json_checks) for row in facts]

    @staticmethod
    def _json_checks(request: ReflectionRequest) -> frozenset[tuple[str, str]]:
        """MariaDB keeps JSON as LONGTEXT with the check json_valid(`column`); return (table, column) of those."""
        condition, parameters = about(request, "constraint_schema")
        rows = request.query(
            "SELECT table_name, check_clause FROM information_schema.check_constraints "
            f"WHERE {condition} AND check_clause LIKE 'json_valid(%'",
            parameters,
        )
        found = set()
        for table, clause in rows:
            match = re.fullmatch(r"json_valid\(`((?:[^`]|``)+)`\)", str(text_of(clause)))
            if match is not None:
                found.add((str(text_of(table)), match[1].replace("``", "`")))
        return frozenset(found)

    def _column(
        self, request: ReflectionRequest, table: str, row: Any, json_checks: frozenset[tuple[str, str]]
    ) -> ReflectedColumn:
        name, type_text, nullable, default, extra, comment, charset, collation, generated = (text_of(v) for v in row)
        assert name is not None and type_text is not None
        extra = (extra or "").lower()
        type_ = type_of(type_text, charset, collation)
        if (table, name) in json_checks:
            type_ = my.JSON()
        column = ReflectedColumn(
            name=name,
            type=type_,
            nullable=nullable == "YES",
            default=None,
            autoincrement="auto_increment" in extra,
            comment=comment or None,
        )
        if generated:
            column["computed"] = {"sqltext": generated, "persisted": "stored" in extra or "persistent" in extra}
        elif default is not None:
            self._set_default(request, column, default, extra)
        return column

    @staticmethod
    def _set_default(request: ReflectionRequest, column: ReflectedColumn, default: str, extra: str) -> None:
        """Set the default; the two servers tell it in different ways.

        MariaDB since 10.2.7 gives SQL: ``NULL``, ``'text'``, ``current_timestamp()``. MySQL gives the plain value, and
        an expression with DEFAULT_GENERATED in EXTRA.
        """
        update = " ON UPDATE " + extra.split("on update ", 1)[1].upper() if "on update " in extra else ""
        if request.dialect.is_mariadb:
            if default.upper() != "NULL":
                column["default"] = default + update
        elif "default_generated" in extra or default.upper().startswith("CURRENT_TIMESTAMP"):
            column["default"] = default + update
        elif _NUMBER.match(default) and isinstance(column["type"], (t.Integer, t.Numeric, t.Float)):
            column["default"] = default
        else:
            column["default_value"] = default
            column["default"] = t.String().literal_processor(request.dialect)(default)  # type: ignore[misc]
