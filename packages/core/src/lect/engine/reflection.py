"""The Inspector: what a database's catalogue says, read through the dialect and kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from lect.dialects.reflection import (
    ObjectKind,
    ObjectScope,
    ReflectedCheckConstraint,
    ReflectedColumn,
    ReflectedForeignKeyConstraint,
    ReflectedIndex,
    ReflectedPrimaryKeyConstraint,
    ReflectedTableComment,
    ReflectedUniqueConstraint,
    ReflectionRequest,
    Reflector,
    TableKey,
    cache,
)
from lect.engine.reflecting import ReflectedFacts, reflect_metadata, reflect_table
from lect.exc import ArgumentError, NoSuchTableError
from lect.schema.ordering import topological_order
from lect.sql.text import text

__all__ = ["Inspector", "cache", "inspection_context"]


@contextmanager
def inspection_context(bind: Any) -> Iterator[Inspector]:
    """Yield an Inspector on one connection: `bind` itself, or one of the engine `bind` for the length of the block."""
    if hasattr(bind, "execute"):
        yield Inspector(bind)
    else:
        with bind.connect() as connection:
            yield Inspector(connection)


class Inspector:
    """Reads tables, columns, keys and the rest from the database that an Engine or a Connection leads to.

    ``inspect(engine)`` makes one. Answers are kept: ask :meth:`clear_cache` (or a new Inspector) after changes. Names
    are given and returned as in ``Table``; `schema` None means the schema of the session. Asked about a table that
    does not exist, methods raise NoSuchTableError; asked for what the dialect cannot read, FactNotReflected.
    """

    def __init__(self, bind: Any) -> None:
        if not hasattr(bind, "dialect"):
            raise ArgumentError(f"an Inspector needs an Engine or a Connection, got {bind!r}")
        self.bind = bind
        self.engine = getattr(bind, "engine", bind)
        self._connection = bind if hasattr(bind, "execute") else None
        self.info_cache: dict[Any, Any] = {}

    @classmethod
    def from_engine(cls, bind: Any) -> Inspector:
        """Return an Inspector; the same as ``inspect(bind)``."""
        return cls(bind)

    @contextmanager
    def _inspection_context(self) -> Iterator[Inspector]:
        """Yield an Inspector on one connection that shares what this one knows."""
        if self._connection is not None:
            yield self
            return
        with self.bind.connect() as connection:
            inner = type(self)(connection)
            inner.info_cache = self.info_cache
            yield inner

    @property
    def dialect(self) -> Any:
        """The dialect, settled for this server."""
        return self.bind.dialect

    @property
    def default_schema_name(self) -> str | None:
        """The schema that is meant when none is named."""
        name: str | None = self.dialect.default_schema_name
        return name

    def clear_cache(self) -> None:
        """Forget what was read."""
        self.info_cache.clear()

    # -- asking -------------------------------------------------------------------------------------------------------

    def _ask(self, method: str, key: tuple[Any, ...], **fields: Any) -> Any:
        """Return what the reflector's `method` answers, from memory if it was asked before."""
        cache_key = (method, *key)
        if cache_key not in self.info_cache:
            with self._inspection_context() as inner:
                connection: Any = inner._connection

                def query(statement: Any, parameters: Mapping[str, Any] | None = None) -> Sequence[Any]:
                    if isinstance(statement, str):
                        statement = text(statement)
                    found: Sequence[Any] = connection.execute(statement, parameters or {}).fetchall()
                    return found

                request = ReflectionRequest(query=query, dialect=inner.dialect, **fields)
                answer = getattr(inner.dialect.reflector, method)(request)
                if not isinstance(answer, (list, set, dict, str, bool, type(None))):
                    answer = list(answer)
            self.info_cache[cache_key] = answer
        return self.info_cache[cache_key]

    @property
    def _reflector(self) -> Reflector:
        found: Reflector = self.dialect.reflector
        return found

    def reflects(self, fact: str) -> bool:
        """Whether this dialect can read `fact`: ``"columns"``, ``"check_constraints"``, ``"table_comment"`` ..."""
        return self._reflector.can(fact)

    def _names(self, method: str, schema: str | None, kw: Mapping[str, Any]) -> list[str]:
        names = self._ask(method, (schema, _frozen(kw)), schema=schema, options=kw)
        return list(names)

    # -- names --------------------------------------------------------------------------------------------------------

    def get_schema_names(self, **kw: Any) -> list[str]:
        """Return the names of all schemas."""
        return self._names("schema_names", None, kw)

    def get_table_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the names of the tables, without views and temporary tables."""
        return self._names("table_names", schema, kw)

    def get_view_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the names of the views that are not materialized."""
        return self._names("view_names", schema, kw)

    def get_materialized_view_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the names of the materialized views."""
        return self._names("materialized_view_names", schema, kw)

    def get_temp_table_names(self, **kw: Any) -> list[str]:
        """Return the names of the session's temporary tables."""
        return self._names("temporary_table_names", None, kw)

    def get_temp_view_names(self, **kw: Any) -> list[str]:
        """Return the names of the session's temporary views."""
        return self._names("temporary_view_names", None, kw)

    def get_sequence_names(self, schema: str | None = None, **kw: Any) -> list[str]:
        """Return the names of the sequences."""
        return self._names("sequence_names", schema, kw)

    def get_view_definition(self, view_name: str, schema: str | None = None, **kw: Any) -> str:
        """Return the SELECT of a view, as the server keeps it."""
        found = self._ask(
            "view_definition",
            (schema, view_name, _frozen(kw)),
            schema=schema,
            names=(view_name,),
            kind=ObjectKind.ANY_VIEW,
            scope=ObjectScope.ANY,
            options=kw,
        )
        if found is None:
            raise NoSuchTableError(view_name if schema is None else f"{schema}.{view_name}")
        return str(found)

    # -- is it there --------------------------------------------------------------------------------------------------

    def _existing(self, kind: str, names: Sequence[str], schema: str | None) -> set[str]:
        """Return those of `names` that exist now; never from memory."""
        method = "existing_tables" if kind == "table" else "existing_sequences"
        self.info_cache.pop((method, schema, tuple(names)), None)
        fields: dict[str, Any] = {"schema": schema, "names": tuple(names)}
        if kind == "table":
            fields.update(kind=ObjectKind.ANY, scope=ObjectScope.ANY)
        found: set[str] = self._ask(method, (schema, tuple(names)), **fields)
        self.info_cache.pop((method, schema, tuple(names)), None)
        return set(found)

    def has_table(self, table_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Whether there is a table, a view or a temporary table of that name."""
        found = self._ask(
            "existing_tables",
            (schema, (table_name,), _frozen(kw)),
            schema=schema,
            names=(table_name,),
            kind=ObjectKind.ANY,
            scope=ObjectScope.ANY,
            options=kw,
        )
        return table_name in found

    def has_multi_table(self, table_names: Sequence[str], schema: str | None = None, **kw: Any) -> dict[TableKey, bool]:
        """Return for each name whether there is such a table or view, asking once."""
        names = tuple(table_names)
        found = self._ask(
            "existing_tables",
            (schema, names, _frozen(kw)),
            schema=schema,
            names=names,
            kind=ObjectKind.ANY,
            scope=ObjectScope.ANY,
            options=kw,
        )
        return {(schema, name): name in found for name in names}

    def has_sequence(self, sequence_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Whether there is a sequence of that name."""
        fields = {"schema": schema, "names": (sequence_name,), "options": kw}
        return sequence_name in self._ask("existing_sequences", (schema, sequence_name, _frozen(kw)), **fields)

    def has_schema(self, schema_name: str, **kw: Any) -> bool:
        """Whether there is a schema of that name."""
        return bool(self._ask("has_schema", (schema_name, _frozen(kw)), schema=schema_name, options=kw))

    def has_index(self, table_name: str, index_name: str, schema: str | None = None, **kw: Any) -> bool:
        """Whether the table has an index of that name; False too when there is no such table."""
        try:
            return any(index["name"] == index_name for index in self.get_indexes(table_name, schema, **kw))
        except NoSuchTableError:
            return False

    # -- facts --------------------------------------------------------------------------------------------------------

    def _multi(
        self,
        method: str,
        schema: str | None,
        filter_names: Collection[str] | None,
        kind: ObjectKind,
        scope: ObjectScope,
        kw: Mapping[str, Any],
    ) -> dict[TableKey, Any]:
        names = None if filter_names is None else tuple(dict.fromkeys(filter_names))
        answer = self._ask(
            method,
            (schema, names, kind.value, scope.value, _frozen(kw)),
            schema=schema,
            names=names,
            kind=kind,
            scope=scope,
            options=kw,
        )
        return {key: _copied(value) for key, value in answer}

    def _single(self, method: str, table_name: str, schema: str | None, kw: Mapping[str, Any]) -> Any:
        found = self._multi(method, schema, (table_name,), ObjectKind.ANY, ObjectScope.ANY, kw)
        if (schema, table_name) not in found:
            raise NoSuchTableError(table_name if schema is None else f"{schema}.{table_name}")
        return found[(schema, table_name)]

    def get_multi_columns(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, list[ReflectedColumn]]:
        """Return the columns of many tables: all of a kind, or those named."""
        return self._multi("columns", schema, filter_names, kind, scope, kw)

    def get_columns(self, table_name: str, schema: str | None = None, **kw: Any) -> list[ReflectedColumn]:
        """Return the columns of a table, in order."""
        return self._single("columns", table_name, schema, kw)  # type: ignore[no-any-return]

    def get_multi_pk_constraint(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, ReflectedPrimaryKeyConstraint]:
        """Return the primary keys of many tables."""
        return self._multi("primary_keys", schema, filter_names, kind, scope, kw)

    def get_pk_constraint(self, table_name: str, schema: str | None = None, **kw: Any) -> ReflectedPrimaryKeyConstraint:
        """Return the primary key of a table; its `constrained_columns` is empty when there is none."""
        return self._single("primary_keys", table_name, schema, kw)  # type: ignore[no-any-return]

    def get_multi_foreign_keys(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, list[ReflectedForeignKeyConstraint]]:
        """Return the foreign keys of many tables."""
        return self._multi("foreign_keys", schema, filter_names, kind, scope, kw)

    def get_foreign_keys(
        self, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedForeignKeyConstraint]:
        """Return the foreign keys of a table."""
        return self._single("foreign_keys", table_name, schema, kw)  # type: ignore[no-any-return]

    def get_multi_indexes(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, list[ReflectedIndex]]:
        """Return the indexes of many tables."""
        return self._multi("indexes", schema, filter_names, kind, scope, kw)

    def get_indexes(self, table_name: str, schema: str | None = None, **kw: Any) -> list[ReflectedIndex]:
        """Return the indexes of a table, without that of the primary key."""
        return self._single("indexes", table_name, schema, kw)  # type: ignore[no-any-return]

    def get_multi_unique_constraints(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, list[ReflectedUniqueConstraint]]:
        """Return the UNIQUE constraints of many tables."""
        return self._multi("unique_constraints", schema, filter_names, kind, scope, kw)

    def get_unique_constraints(
        self, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedUniqueConstraint]:
        """Return the UNIQUE constraints of a table."""
        return self._single("unique_constraints", table_name, schema, kw)  # type: ignore[no-any-return]

    def get_multi_check_constraints(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, list[ReflectedCheckConstraint]]:
        """Return the CHECK constraints of many tables."""
        return self._multi("check_constraints", schema, filter_names, kind, scope, kw)

    def get_check_constraints(
        self, table_name: str, schema: str | None = None, **kw: Any
    ) -> list[ReflectedCheckConstraint]:
        """Return the CHECK constraints of a table."""
        return self._single("check_constraints", table_name, schema, kw)  # type: ignore[no-any-return]

    def get_multi_table_comment(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, ReflectedTableComment]:
        """Return the comments of many tables."""
        return self._multi("comments", schema, filter_names, kind, scope, kw)

    def get_table_comment(self, table_name: str, schema: str | None = None, **kw: Any) -> ReflectedTableComment:
        """Return the comment of a table; its `text` is None when there is none."""
        return self._single("comments", table_name, schema, kw)  # type: ignore[no-any-return]

    def get_multi_table_options(
        self,
        schema: str | None = None,
        filter_names: Sequence[str] | None = None,
        kind: ObjectKind = ObjectKind.TABLE,
        scope: ObjectScope = ObjectScope.DEFAULT,
        **kw: Any,
    ) -> dict[TableKey, dict[str, Any]]:
        """Return the dialect's options of many tables; empty where the dialect has none."""
        if not self.reflects("table_options"):
            return {}
        return self._multi("options", schema, filter_names, kind, scope, kw)

    def get_table_options(self, table_name: str, schema: str | None = None, **kw: Any) -> dict[str, Any]:
        """Return the dialect's options of a table, as keyword arguments of Table; empty where the dialect has none."""
        if not self.reflects("table_options"):
            return {}
        return self._single("options", table_name, schema, kw)  # type: ignore[no-any-return]

    # -- order --------------------------------------------------------------------------------------------------------

    def get_sorted_table_and_fkc_names(
        self, schema: str | None = None, **kw: Any
    ) -> list[tuple[str | None, list[tuple[str, str | None]]]]:
        """Return ``[(table, [(table, foreign key name)...])...]`` in order of creation.

        The last pair has None for the table, and the foreign keys that close a circle.
        """
        answer: list[tuple[str | None, list[tuple[str, str | None]]]] = []
        for key, keys in self.sort_tables_on_foreign_key_dependency((schema,), **kw):
            answer.append((None if key is None else key[1], [(table[1], name) for table, name in keys]))
        return answer

    def sort_tables_on_foreign_key_dependency(
        self, consider_schemas: Collection[str | None] = (None,), **kw: Any
    ) -> list[tuple[TableKey | None, list[tuple[TableKey, str | None]]]]:
        """Return the tables of several schemas in order of creation, those that are referred to first."""
        tables: list[TableKey] = []
        edges: list[tuple[TableKey, TableKey, str | None]] = []
        for schema in consider_schemas:
            names = self.get_table_names(schema, **kw)
            tables += [(schema, name) for name in names]
            for key, keys in self.get_multi_foreign_keys(schema, filter_names=names, **kw).items():
                edges += [((fk["referred_schema"], fk["referred_table"]), key, fk["name"]) for fk in keys]
        tables.sort(key=lambda key: (key[0] or "", key[1]))
        mine = {key: key for key in tables}
        pairs = [(mine[a], mine[b]) for a, b, _ in edges if a in mine and b in mine and a != b]
        cyclic = _on_cycles(pairs)
        late = [(b, name) for a, b, name in edges if a != b and a in cyclic and b in cyclic]
        ordered = topological_order([(a, b) for a, b in pairs if not (a in cyclic and b in cyclic)], tables)
        answer: list[tuple[TableKey | None, list[tuple[TableKey, str | None]]]] = []
        for key in ordered:
            own = [(b, name) for a, b, name in edges if b == key and (b, name) not in late]
            answer.append((key, own))
        answer.append((None, late))
        return answer

    # -- reading into tables ------------------------------------------------------------------------------------------

    def reflect_table(
        self,
        table: Any,
        include_columns: Collection[str] | None,
        exclude_columns: Collection[str] = (),
        resolve_fks: bool = True,
        _extend_on: set[Any] | None = None,
        _reflect_info: ReflectedFacts | None = None,
    ) -> None:
        """Give `table` the columns, keys, indexes and constraints that the database's table of its name has.

        Args:
            include_columns: read only these columns.
            exclude_columns: leave these out.
            resolve_fks: read the tables too that the foreign keys refer to.
        """
        with self._inspection_context() as inner:
            reflect_table(inner, table, include_columns, exclude_columns, resolve_fks, _extend_on, _reflect_info)

    def _reflect_metadata(self, metadata: Any, **options: Any) -> None:
        with self._inspection_context() as inner:
            reflect_metadata(inner, metadata, **options)


def _frozen(kw: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(sorted((key, repr(value)) for key, value in kw.items()))


def _copied(value: Any) -> Any:
    """Return `value` with its lists and dictionaries copied, so that a caller's change is not remembered."""
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_copied(each) for each in value]
    return value


def _on_cycles(pairs: Sequence[tuple[TableKey, TableKey]]) -> set[TableKey]:
    after: dict[TableKey, set[TableKey]] = {}
    for a, b in pairs:
        after.setdefault(a, set()).add(b)
    found = set()
    for start in after:
        seen: set[TableKey] = set()
        stack = list(after[start])
        while stack:
            here = stack.pop()
            if here not in seen:
                seen.add(here)
                stack.extend(after.get(here, ()))
        if start in seen:
            found.add(start)
    return found
