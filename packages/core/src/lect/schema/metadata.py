"""The catalogue of an application's tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NoReturn

from lect.exc import ArgumentError, InvalidRequestError
from lect.schema.base import NO_ARG, SchemaItem
from lect.schema.checkfirst import CheckFirst
from lect.schema.naming import DEFAULT_NAMING_CONVENTION, apply_naming_convention
from lect.schema.ordering import sort_tables
from lect.sql.names import quoted_name

__all__ = ["MetaData"]


class _Tables(dict[str, Any]):
    """``MetaData.tables``: a dictionary that only its MetaData changes."""

    def _refuse(self, *args: Any, **kw: Any) -> NoReturn:
        raise TypeError("MetaData.tables object is immutable; make a Table, or use MetaData.remove()")

    __setitem__ = __delitem__ = clear = pop = popitem = _refuse
    setdefault = update = __ior__ = _refuse

    def _put(self, key: str, table: Any) -> None:
        dict.__setitem__(self, key, table)

    def _drop(self, key: str) -> Any:
        return dict.pop(self, key, None)

    def __repr__(self) -> str:
        return f"FacadeDict({dict.__repr__(self)})"

    def __reduce__(self) -> Any:
        return (_tables_from, (dict(self),))


def _tables_from(content: dict[str, Any]) -> _Tables:
    tables = _Tables()
    for key, table in content.items():
        tables._put(key, table)
    return tables


class MetaData(SchemaItem):
    """A set of tables, with the sequences and named types they use.

    Args:
        schema: schema of tables and sequences that name none.
        quote_schema: force or forbid quoting of it.
        naming_convention: names for constraints and indexes: kind (``"ix"``, ``"pk"``, ``"ck"``, ``"uq"``, ``"fk"``,
            or a constraint class) to template, and token to function(constraint, table).
        info: the application's own dictionary.
    """

    __visit_name__ = "metadata"

    def __init__(
        self,
        schema: str | None = None,
        quote_schema: bool | None = None,
        naming_convention: Mapping[Any, Any] | None = None,
        info: dict[Any, Any] | None = None,
    ) -> None:
        if schema is not None and not isinstance(schema, str):
            raise ArgumentError(f"expected schema argument to be a string, got {type(schema)}.")
        self.tables = _Tables()
        self.schema = quoted_name.construct(schema, quote_schema)
        self.naming_convention: Mapping[Any, Any] = naming_convention or DEFAULT_NAMING_CONVENTION
        if info is not None:
            self.info = info
        self._schemas: set[str] = set()
        self._sequences: dict[str, Any] = {}
        self._objects: dict[Any, None] = {}
        #: Foreign keys that name a table which is not there yet, by the key of that table.
        self._waiting: dict[str, list[Any]] = {}

    def __repr__(self) -> str:
        return "MetaData()"

    def __contains__(self, table_or_key: Any) -> bool:
        key = table_or_key if isinstance(table_or_key, str) else table_or_key.key
        return key in self.tables

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        state.pop("dispatch", None)
        return state

    # -- tables -------------------------------------------------------------------------------------------------------

    def _add_table(self, key: str, schema: str | None, table: Any) -> None:
        self.tables._put(key, table)
        if schema:
            self._schemas.add(schema)

    def _remove_table(self, key: str) -> None:
        removed = self.tables._drop(key)
        if removed is not None:
            for fk in removed.__dict__.get("foreign_keys", ()):
                for waiting in self._waiting.values():
                    if fk in waiting:
                        waiting.remove(fk)
            for other in self.tables.values():
                for fk in other.foreign_keys:
                    if fk._found is not None and fk._found.table is removed:
                        fk._dispose()
                        self._waiting.setdefault(key, []).append(fk)
        if self._schemas:
            self._schemas = {t.schema for t in self.tables.values() if t.schema is not None}

    def clear(self) -> None:
        """Forget all tables, sequences and named types."""
        for key in list(self.tables):
            self.tables._drop(key)
        self._schemas.clear()
        self._waiting.clear()
        self._sequences.clear()
        self._objects.clear()

    def remove(self, table: Any) -> None:
        """Forget `table`."""
        self._remove_table(table.key)

    @property
    def schemas(self) -> tuple[str, ...]:
        """The schemas that tables are in, sorted."""
        return tuple(sorted(self._schemas))

    @property
    def sorted_tables(self) -> list[Any]:
        """The tables, those that others refer to first; with a warning where they refer to each other in a circle."""
        return sort_tables(sorted(self.tables.values(), key=lambda t: t.key))

    def get_schema_objects(self, kind: type[Any], *, schema: Any = NO_ARG) -> Sequence[Any]:
        """Return the named types of class `kind` that belong here, in `schema` (None: in none; not given: in any)."""
        return tuple(
            [each for each in self._objects if isinstance(each, kind) and (schema is NO_ARG or each.schema == schema)]
        )

    def get_schema_object_by_name(self, kind: type[Any], name: str, *, schema: Any = NO_ARG) -> Any:
        """Return the named type of class `kind` called `name`, or None."""
        for each in self._objects:
            if isinstance(each, kind) and each.name == name and (schema is NO_ARG or each.schema == schema):
                return each
        return None

    def _register_object(self, obj: Any) -> None:
        self._objects.setdefault(obj)
        if obj.schema:
            self._schemas.add(obj.schema)

    # -- what tables ask ----------------------------------------------------------------------------------------------

    def _name_constraint(self, constraint: Any, table: Any) -> None:
        apply_naming_convention(constraint, table)

    def _foreign_key_waits(self, fk: Any) -> None:
        """Resolve `fk`, or keep it until the table it names comes."""
        if not fk._try_resolve():
            self._waiting.setdefault(fk._lookup_key, []).append(fk)

    def _resolve_waiting(self, table: Any) -> None:
        """Resolve what has waited for `table`, as far as its columns allow."""
        waiting = self._waiting.get(table.key) if self._waiting else None
        if waiting:
            left = [fk for fk in list(waiting) if not fk._try_resolve()]
            if left:
                self._waiting[table.key] = left
            else:
                self._waiting.pop(table.key, None)

    # -- the database -------------------------------------------------------------------------------------------------

    def create_all(
        self, bind: Any, tables: Collection[Any] | None = None, checkfirst: bool | CheckFirst = CheckFirst.ALL
    ) -> None:
        """Create the tables (or just `tables`) that are not there, with what belongs to them.

        Args:
            bind: an Engine or a Connection.
            checkfirst: what to look for before it is created; False or CheckFirst.NONE creates without looking.
        """
        _runner(bind, "create_all")("create", self, tables=tables, checkfirst=checkfirst)

    def drop_all(
        self, bind: Any, tables: Collection[Any] | None = None, checkfirst: bool | CheckFirst = CheckFirst.ALL
    ) -> None:
        """Drop the tables (or just `tables`) that are there, with what belongs to them, in reverse order."""
        _runner(bind, "drop_all")("drop", self, tables=tables, checkfirst=checkfirst)

    def reflect(
        self,
        bind: Any,
        schema: str | None = None,
        views: bool = False,
        only: Iterable[str] | Callable[[str, MetaData], bool] | None = None,
        extend_existing: bool = False,
        autoload_replace: bool = True,
        resolve_fks: bool = True,
        **dialect_kwargs: Any,
    ) -> None:
        """Read the database's tables into this MetaData.

        Args:
            bind: an Engine, a Connection or an Inspector.
            schema: schema to read; this MetaData's own when not given.
            views: read views as well.
            only: names to read, or a function of a name and this MetaData that says so.
            extend_existing: read tables anew that are here already.
            autoload_replace: whether then columns that are here are replaced.
            resolve_fks: read tables too that foreign keys refer to.
        """
        context = getattr(bind, "_inspection_context", None)
        if context is None:
            raise ArgumentError(f"bind must be an Engine, a Connection or an Inspector, got {bind!r}")
        with context() as inspector:
            inspector._reflect_metadata(
                self,
                schema=self.schema if schema is None else schema,
                views=views,
                only=only,
                extend_existing=extend_existing,
                autoload_replace=autoload_replace,
                resolve_fks=resolve_fks,
                **dialect_kwargs,
            )


def _runner(bind: Any, what: str) -> Any:
    runner = getattr(bind, "_run_ddl", None)
    if runner is None:
        raise InvalidRequestError(f"{what}() needs an Engine or a Connection, got {bind!r}")
    return runner
