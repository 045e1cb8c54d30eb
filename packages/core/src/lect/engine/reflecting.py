"""From facts of the catalogue to Table objects."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from lect.dialects.reflection import FactNotReflected, ObjectKind, ObjectScope
from lect.exc import InvalidRequestError, LectWarning, NoSuchTableError, UnreflectableTableError, nearest
from lect.schema.base import BLANK_SCHEMA
from lect.schema.column import Column
from lect.schema.computed import Computed
from lect.schema.constraints import CheckConstraint, UniqueConstraint
from lect.schema.defaults import DefaultClause, FetchedValue
from lect.schema.events import fire
from lect.schema.foreign_key import ForeignKeyConstraint, ForeignKeyTarget
from lect.schema.index import Index
from lect.schema.sequence import Identity
from lect.schema.table import Table
from lect.sql.names import conv
from lect.sql.text import TextClause, verbatim

__all__ = ["ReflectedFacts", "reflect_metadata", "reflect_table"]

_FACTS = {
    "columns": "get_multi_columns",
    "pk_constraint": "get_multi_pk_constraint",
    "foreign_keys": "get_multi_foreign_keys",
    "indexes": "get_multi_indexes",
    "unique_constraints": "get_multi_unique_constraints",
    "check_constraints": "get_multi_check_constraints",
    "table_comment": "get_multi_table_comment",
    "table_options": "get_multi_table_options",
}


class ReflectedFacts:
    """Facts about many tables, read with one question per kind of fact; kinds the dialect cannot read are missing."""

    def __init__(self) -> None:
        self.by_fact: dict[str, dict[Any, Any]] = {}
        self.tables: set[tuple[str | None, str]] = set()

    def read(
        self, inspector: Any, schema: str | None, names: Collection[str] | None, options: Mapping[str, Any]
    ) -> None:
        """Read everything about the tables and views `names` of `schema`."""
        for fact, method in _FACTS.items():
            if not inspector.reflects(fact):
                continue
            found = getattr(inspector, method)(
                schema=schema, filter_names=names, kind=ObjectKind.ANY, scope=ObjectScope.ANY, **options
            )
            self.by_fact.setdefault(fact, {}).update(found)
        if names is not None:
            self.tables.update((schema, name) for name in names)

    def get(self, fact: str, key: tuple[str | None, str]) -> Any:
        """Return a fact about one table; None when it is not known."""
        return self.by_fact.get(fact, {}).get(key)


def _dialect_options(found: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the options that were read; conditions are SQL as it stands."""
    if not found:
        return {}
    return {k: verbatim(v) if k.endswith("_where") and isinstance(v, str) else v for k, v in found.items()}


class _Reading:
    """One table being read."""

    def __init__(
        self,
        inspector: Any,
        table: Any,
        include: Collection[str] | None,
        exclude: Collection[str],
        resolve_fks: bool,
        extend_on: set[Any] | None,
        facts: ReflectedFacts,
    ) -> None:
        self.inspector = inspector
        self.table = table
        self.include = include
        self.exclude = exclude
        self.resolve_fks = resolve_fks
        self.extend_on = extend_on
        self.facts = facts
        #: Schema and name in the database: the table's own under the ``schema_translate_map`` of the connection.
        self.key = _place(inspector, table)
        #: Columns by the name they have in the database, before listeners renamed them.
        self.columns: dict[str, Any] = {}

    def fact(self, name: str) -> Any:
        return self.facts.get(name, self.key)

    def run(self) -> None:
        self.table_options()
        found = self.fact("columns")
        if not found and (found is None or not self.inspector.has_table(self.key[1], self.key[0])):
            raise NoSuchTableError(self.table.fullname)
        for info in found:
            self.column(info)
        self.comment()
        self.primary_key()
        self.foreign_keys()
        self.indexes()
        self.unique_constraints()
        self.check_constraints()

    def table_options(self) -> None:
        options = self.fact("table_options")
        if options:
            given = set(self.table.dialect_kwargs)
            self.table._set_dialect_kwargs({k: v for k, v in options.items() if k not in given})

    def column(self, info: dict[str, Any]) -> None:
        name = info["name"]
        fire(self.table.metadata, "column_reflect", self.inspector, self.table, info)
        fire(self.table, "column_reflect", self.inspector, self.table, info)
        if (self.include is not None and name not in self.include) or name in self.exclude:
            return
        args: list[Any] = []
        if "computed" in info:
            computed = info["computed"]
            args.append(Computed(verbatim(computed["sqltext"]), persisted=computed.get("persisted")))
        elif "identity" in info:
            args.append(Identity(**info["identity"]))
        arguments: dict[str, Any] = {
            key: info[key]
            for key in ("nullable", "autoincrement", "quote", "info", "key", "comment", "primary_key")
            if key in info
        }
        key = self.fact("pk_constraint")
        there = self.table.c.get(info.get("key", name))
        if (key and name in key["constrained_columns"]) or (there is not None and there.primary_key):
            arguments["primary_key"] = True
        arguments.update(_dialect_options(info.get("dialect_options")))
        if not args:
            arguments["server_default"] = _server_default(info)
        column: Column[Any] = Column(info["name"], info["type"], *args, **arguments)
        self.columns[name] = column
        self.table.append_column(column, replace_existing=True)

    def comment(self) -> None:
        found = self.fact("table_comment")
        if found and found.get("text") is not None:
            self.table.comment = found["text"]

    def primary_key(self) -> None:
        found = self.fact("pk_constraint")
        if not found:
            return
        columns = [self.columns[name] for name in found["constrained_columns"] if name in self.columns]
        key = self.table.primary_key
        if not columns and found.get("name") is None:
            return
        if found.get("name") is not None:
            key.name = _given(found["name"])
        key.comment = found.get("comment")
        key._set_dialect_kwargs(_dialect_options(found.get("dialect_options")))
        kept = [c for c in key.columns if not any(c is each for each in columns)]
        key._reload([*kept, *columns])

    def foreign_keys(self) -> None:
        for found in self.fact("foreign_keys") or ():
            if any(name not in self.columns for name in found["constrained_columns"]):
                continue
            columns = [self.columns[name].key for name in found["constrained_columns"]]
            schema, name = found["referred_schema"], found["referred_table"]
            if schema == self.key[0]:
                schema = self.table.schema  # the neighbour of a table in a translated schema is named like it
            if self.resolve_fks:
                self._read_referred(schema, name)
            targets = [ForeignKeyTarget(schema, name, column) for column in found["referred_columns"]]
            options = dict(found.get("options") or {})
            constraint = ForeignKeyConstraint(
                columns, targets, name=_given(found["name"]), link_to_name=True, comment=found.get("comment"), **options
            )
            self.table.append_constraint(constraint)

    def _read_referred(self, schema: str | None, name: str) -> None:
        Table(
            name,
            self.table.metadata,
            schema=BLANK_SCHEMA if schema is None else schema,
            autoload_with=self.inspector,
            _extend_on=self.extend_on,
            _reflect_info=self.facts,
        )

    def indexes(self) -> None:
        for found in self.fact("indexes") or ():
            if found.get("duplicates_constraint"):
                continue
            names = found.get("expressions") or found["column_names"]
            missing = [n for n in found["column_names"] if n is not None and n not in self.columns]
            if missing:
                if self.include is None and not self.exclude:
                    warnings.warn(
                        f"index key '{missing[0]}' was not located in columns for table '{self.table.fullname}'",
                        LectWarning,
                        stacklevel=2,
                    )
                continue
            sorting = found.get("column_sorting") or {}
            expressions = []
            for column_name, text in zip(found["column_names"], names, strict=True):
                element: Any = verbatim(text) if column_name is None else self.columns[column_name]
                expressions.append(_sorted_by(element, sorting.get(text if column_name is None else column_name, ())))
            Index(
                _given(found["name"]),
                *expressions,
                _table=self.table,
                unique=bool(found["unique"]),
                **_dialect_options(found.get("dialect_options")),
            )

    def unique_constraints(self) -> None:
        for found in self.fact("unique_constraints") or ():
            if found.get("duplicates_index"):
                continue
            missing = [n for n in found["column_names"] if n not in self.columns]
            if missing:
                if self.include is None and not self.exclude:
                    warnings.warn(
                        f"unique constraint key '{missing[0]}' was not located in columns for table "
                        f"'{self.table.fullname}'",
                        LectWarning,
                        stacklevel=2,
                    )
                continue
            constraint = UniqueConstraint(
                *[self.columns[n] for n in found["column_names"]],
                name=_given(found["name"]),
                _autoattach=False,
                **_dialect_options(found.get("dialect_options")),
            )
            constraint.comment = found.get("comment")
            self.table.append_constraint(constraint)

    def check_constraints(self) -> None:
        for found in self.fact("check_constraints") or ():
            constraint = CheckConstraint(
                verbatim(found["sqltext"]),
                name=_given(found["name"]),
                **_dialect_options(found.get("dialect_options")),
            )
            constraint.comment = found.get("comment")
            self.table.append_constraint(constraint)


def _given(name: str | None) -> str | None:
    """Return a name that was read as one that no convention builds on."""
    return None if name is None else conv(name)


def _server_default(info: Mapping[str, Any]) -> FetchedValue | None:
    """Return the default that was read: a plain value stays a value, SQL of the server's own stays SQL."""
    if info.get("default_value") is not None:
        return DefaultClause(info["default_value"], _reflected=True)
    default = info.get("default")
    if default is None or isinstance(default, FetchedValue):
        return default
    if isinstance(default, str):
        return DefaultClause(verbatim(default), _reflected=True)
    return DefaultClause(default, _reflected=True)


_SORTING = {"asc": "ASC", "desc": "DESC", "nulls_first": "NULLS FIRST", "nulls_last": "NULLS LAST"}


def _sorted_by(element: Any, words: Iterable[str]) -> Any:
    """Return an index's column or expression with its order."""
    for word in words:
        if word in _SORTING:
            if isinstance(element, TextClause):
                element = TextClause(f"{element.text} {_SORTING[word]}")
            else:
                element = getattr(element, word)()
    return element


def _place(inspector: Any, table: Any) -> tuple[str | None, str]:
    """Return schema and name under which the database knows a table."""
    options = inspector.bind.get_execution_options()
    translate = options.get("schema_translate_map") or {}
    return (translate.get(table.schema, table.schema), str(table.name))


def reflect_table(
    inspector: Any,
    table: Any,
    include_columns: Collection[str] | None,
    exclude_columns: Collection[str],
    resolve_fks: bool,
    extend_on: set[Any] | None,
    facts: ReflectedFacts | None,
) -> None:
    """Give `table` what the database has under its name; see ``Inspector.reflect_table``."""
    if extend_on is not None:
        if table in extend_on:
            return
        extend_on.add(table)
    key = _place(inspector, table)
    if facts is None or key not in facts.tables:
        facts = facts if facts is not None else ReflectedFacts()
        facts.read(inspector, key[0], [key[1]], {})
    _Reading(inspector, table, include_columns, exclude_columns, resolve_fks, extend_on, facts).run()


def reflect_metadata(
    inspector: Any,
    metadata: Any,
    *,
    schema: str | None,
    views: bool,
    only: Iterable[str] | Callable[[str, Any], bool] | None,
    extend_existing: bool,
    autoload_replace: bool,
    resolve_fks: bool,
    **dialect_kwargs: Any,
) -> None:
    """Read tables into `metadata`; see ``MetaData.reflect``."""
    available = list(inspector.get_table_names(schema, **dialect_kwargs))
    if views:
        for method in (inspector.get_view_names, inspector.get_materialized_view_names):
            try:
                names = method(schema, **dialect_kwargs)
            except FactNotReflected:
                continue
            available += [name for name in names if name not in available]
    wanted = _wanted(inspector, metadata, schema, available, only, extend_existing)
    facts = ReflectedFacts()
    facts.read(inspector, schema, wanted, dialect_kwargs)
    extend_on: set[Any] | None = set() if extend_existing else None
    for name in wanted:
        try:
            Table(
                name,
                metadata,
                schema=BLANK_SCHEMA if schema is None else schema,
                autoload_with=inspector,
                autoload_replace=autoload_replace,
                extend_existing=extend_existing,
                resolve_fks=resolve_fks,
                _extend_on=extend_on,
                _reflect_info=facts,
                **dialect_kwargs,
            )
        except UnreflectableTableError as error:
            warnings.warn(f"Skipping table {name}: {error}", LectWarning, stacklevel=4)


def _wanted(
    inspector: Any, metadata: Any, schema: str | None, available: list[str], only: Any, extend_existing: bool
) -> list[str]:
    def here(name: str) -> bool:
        return (name if schema is None else f"{schema}.{name}") in metadata.tables

    if only is None:
        chosen = available
    elif callable(only):
        chosen = [name for name in available if only(name, metadata)]
    else:
        only = list(only)
        known = set(available)
        missing = [name for name in only if name not in known]
        if missing:
            where = f" schema '{schema}'" if schema else ""
            raise InvalidRequestError(
                f"Could not reflect: requested table(s) not available in {inspector.engine!r}{where}: "
                f"({', '.join(missing)}){nearest(missing[0], available)}"
            )
        chosen = only
    return [name for name in chosen if extend_existing or not here(name)]
