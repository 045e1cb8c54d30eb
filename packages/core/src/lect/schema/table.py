"""A table of a MetaData: columns, constraints, indexes; one object per name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from lect.exc import ArgumentError, InvalidRequestError, nearest
from lect.schema.base import RETAIN_SCHEMA, SchemaItem, schema_argument
from lect.schema.checkfirst import CheckFirst
from lect.schema.constraints import Constraint, PrimaryKeyConstraint
from lect.schema.copying import copy_table
from lect.schema.events import fire
from lect.schema.foreign_key import ForeignKeyConstraint
from lect.schema.index import Index
from lect.schema.table_key import table_key
from lect.schema.typed_columns import spread
from lect.shape import Shape, fresh
from lect.sql.dialect_options import DialectKWArgs
from lect.sql.from_clause import TableClause
from lect.sql.names import quoted_name

if TYPE_CHECKING:
    from lect.schema.column import Column
    from lect.sql.collection import ReadOnlyColumnCollection

__all__ = ["Table"]


class Table(DialectKWArgs, SchemaItem, TableClause):
    """A table. ``Table(name, metadata)`` again gives the same object.

    Args:
        name: name in the database.
        metadata: the MetaData that holds it.
        args: Columns, constraints, Indexes.
        schema: schema it is in; None for the MetaData's own, BLANK_SCHEMA for none at all.
        quote, quote_schema: force or forbid quoting of the names.
        autoload_with: an engine, connection or inspector to read the table from; what is given here wins.
        autoload_replace: with `extend_existing`, whether columns read take the place of columns that are there.
        extend_existing: add to, or change, the table if the MetaData has it.
        keep_existing: leave the table as it is if the MetaData has it.
        must_exist: refuse if the MetaData does not have it.
        resolve_fks: read the tables too that the foreign keys read refer to.
        include_columns: with `autoload_with`, read only these.
        implicit_returning: whether values that the database makes may be fetched by RETURNING (not where triggers make
            them and the database's RETURNING does not see it).
        comment: kept by the database.
        listeners: pairs (event name, function), in force before anything is read.
        prefixes: words after CREATE, as ``["TEMPORARY"]``.
        info: the application's own dictionary.

    Further keyword arguments are ``<dialect>_<option>``.
    """

    __visit_name__ = "table"
    inherit_cache = True

    constraints: set[Any]
    indexes: set[Any]
    metadata: Any
    primary_key: Any = None
    foreign_keys: Any = frozenset()
    fullname: str = ""
    description: Any = ""
    _columns: Any

    if TYPE_CHECKING:

        @property
        def c(self) -> ReadOnlyColumnCollection[Column[Any]]: ...

        @property
        def columns(self) -> ReadOnlyColumnCollection[Column[Any]]: ...

    def __new__(cls, *args: Any, **kw: Any) -> Table:
        if not args and not kw:  # a copy or an unpickled table, filled by what makes it
            return object.__new__(cls)
        if len(args) < 2:
            raise TypeError("Table() takes at least two positional-only arguments 'name', and 'metadata'")
        return cls._of_metadata(*args, **kw)

    def __init__(self, name: str, metadata: Any, /, *args: Any, **kw: Any) -> None:
        # Everything was done by __new__, which may have returned a table that exists.
        pass

    @classmethod
    def _of_metadata(
        cls,
        name: str,
        metadata: Any,
        /,
        *args: Any,
        schema: Any = None,
        quote_schema: bool | None = None,
        keep_existing: bool = False,
        extend_existing: bool = False,
        must_exist: bool = False,
        **kw: Any,
    ) -> Table:
        if getattr(metadata, "__visit_name__", None) != "metadata":
            raise ArgumentError(f"Table({name!r}, ...): the second argument must be a MetaData, got {metadata!r}")
        if not isinstance(name, str):
            raise ArgumentError(f"A Table's name must be a string, got {name!r}")
        if keep_existing and extend_existing:
            raise ArgumentError("keep_existing and extend_existing are mutually exclusive.")
        full_schema = schema_argument(schema, quote_schema, metadata.schema)
        key = table_key(name, full_schema)
        existing: Table | None = metadata.tables.get(key)
        if existing is not None:
            if not keep_existing and not extend_existing and args:
                raise InvalidRequestError(
                    f"Table '{key}' is already defined for this MetaData instance.  Specify 'extend_existing=True' to "
                    "redefine options and columns on an existing Table object."
                )
            if extend_existing:
                existing._extend(*args, **kw)
            return existing
        if must_exist:
            raise InvalidRequestError(f"Table '{key}' not defined{nearest(key, metadata.tables)}")
        kw["_replacing"] = extend_existing
        table = object.__new__(cls)
        fire(table, "before_parent_attach", table, metadata)
        metadata._add_table(key, full_schema, table)
        try:
            table._start(name, metadata, *args, schema=full_schema, **kw)
            fire(table, "after_parent_attach", table, metadata)
        except BaseException:
            metadata._remove_table(key)
            raise
        return table

    def _start(
        self,
        name: str,
        metadata: Any,
        *args: Any,
        schema: quoted_name | None,
        quote: bool | None = None,
        autoload_with: Any = None,
        autoload_replace: bool = True,
        resolve_fks: bool = True,
        include_columns: Collection[str] | None = None,
        implicit_returning: bool = True,
        comment: str | None = None,
        info: dict[Any, Any] | None = None,
        listeners: Sequence[tuple[str, Callable[..., Any]]] | None = None,
        prefixes: Sequence[str] | None = None,
        _creator_ddl: Any = None,
        _dropper_ddl: Any = None,
        _extend_on: Any = None,
        _no_init: Any = None,
        _reflect_info: Any = None,
        _replacing: bool = False,
        **dialect_kw: Any,
    ) -> None:
        super().__init__(quoted_name(name, quote))
        self.metadata = metadata
        self.schema = schema
        self.fullname = table_key(self.name, schema)
        self.description = str(self.name)
        self.indexes = set()
        self.constraints = set()
        self.foreign_keys = set()
        self._extra_dependencies: set[Any] = set()
        self._sentinel_column: Any = None
        self.implicit_returning = implicit_returning
        self.comment = comment
        self._prefixes = list(prefixes) if prefixes else []
        self._creator_ddl = _creator_ddl
        self._dropper_ddl = _dropper_ddl
        self.primary_key = None
        PrimaryKeyConstraint(_implicit_generated=True)._attach(self)
        if info is not None:
            self.info = info
        self._listen_to(listeners)
        self._set_dialect_kwargs(dialect_kw)
        if autoload_with is not None:
            self._autoload(
                autoload_with,
                include_columns,
                exclude_columns=(),
                resolve_fks=resolve_fks,
                _extend_on=_extend_on,
                _reflect_info=_reflect_info,
            )
        self._init_items(*spread(args), allow_replacements=_replacing or autoload_with is not None)
        self._changed()

    def _extend(
        self,
        *args: Any,
        autoload_with: Any = None,
        autoload_replace: bool = True,
        resolve_fks: bool = True,
        include_columns: Collection[str] | None = None,
        comment: str | None = None,
        info: dict[Any, Any] | None = None,
        implicit_returning: bool | None = None,
        quote: bool | None = None,
        listeners: Sequence[tuple[str, Callable[..., Any]]] | None = None,
        prefixes: Sequence[str] | None = None,
        _extend_on: Any = None,
        _reflect_info: Any = None,
        **dialect_kw: Any,
    ) -> None:
        """Take on what ``Table(..., extend_existing=True)`` says."""
        if quote is not None and getattr(self.name, "quote", None) != quote:
            raise ArgumentError("Can't redefine 'quote' or 'quote_schema' arguments")
        self._listen_to(listeners)
        if include_columns is not None:
            for column in list(self._columns):
                if column.name not in include_columns:
                    self._columns._reset([(c.key, c) for c in self._columns if c is not column])
        if comment is not None:
            self.comment = comment
        if info is not None:
            self.info = info
        if implicit_returning is not None:
            self.implicit_returning = implicit_returning
        if prefixes is not None:
            self._prefixes = list(prefixes)
        if autoload_with is not None:
            exclude = () if autoload_replace else [c.name for c in self._columns]
            self._autoload(
                autoload_with,
                include_columns,
                exclude_columns=exclude,
                resolve_fks=resolve_fks,
                _extend_on=_extend_on,
                _reflect_info=_reflect_info,
            )
        if dialect_kw:
            self._set_dialect_kwargs(dialect_kw)
        self._init_items(*spread(args), allow_replacements=True)
        self._changed()

    def _listen_to(self, listeners: Sequence[tuple[str, Callable[..., Any]]] | None) -> None:
        if listeners:
            from lect.event import listen

            for name, listener in listeners:
                listen(self, name, listener)

    def _autoload(
        self,
        bind: Any,
        include_columns: Collection[str] | None,
        exclude_columns: Collection[str] = (),
        resolve_fks: bool = True,
        _extend_on: Any = None,
        _reflect_info: Any = None,
    ) -> None:
        """Read this table through `bind`, which gives an Inspector with one connection."""
        context = getattr(bind, "_inspection_context", None)
        if context is None:
            raise ArgumentError(f"autoload_with must be an Engine, a Connection or an Inspector, got {bind!r}")
        with context() as inspector:
            inspector.reflect_table(
                self,
                include_columns,
                exclude_columns,
                resolve_fks,
                _extend_on=_extend_on,
                _reflect_info=_reflect_info,
            )

    # -- structure ----------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        """Statements that mention this table have a new structure from now on."""
        self.__dict__.pop("_shape", None)
        self.__dict__.pop("c", None)
        self.metadata._resolve_waiting(self)

    def _structure(self) -> Shape:
        self._shape = shape = fresh(Table, self.fullname)
        self._leaves = ()
        return shape

    @property
    def key(self) -> str:
        """The key in ``MetaData.tables``."""
        return table_key(self.name, self.schema)

    def __repr__(self) -> str:
        parts = [repr(str(self.name)), repr(self.metadata), *[repr(c) for c in self.columns]]
        parts.append(f"schema={None if self.schema is None else str(self.schema)!r}")
        return f"Table({', '.join(parts)})"

    def __str__(self) -> str:
        return table_key(self.description, self.schema)

    # -- columns and constraints --------------------------------------------------------------------------------------

    def _put_column(self, column: Any, index: int | None) -> None:
        """Enter `column`, replacing those of the same key or name, at `index` or at the end."""
        columns = list(self._columns)
        taken = [c for c in columns if c is not column and (c.key == column.key or c.name == column.name)]
        columns = [c for c in columns if c is not column]
        if index is not None:  # counted while those it replaces are still there
            columns.insert(index, column)
        elif taken:
            columns[_index(columns, taken[0])] = column
        else:
            self._columns.add(column)
            return
        columns = [c for c in columns if not any(c is t for t in taken)]
        self._columns._reset([(c.key, c) for c in columns])

    def append_column(self, column: Any, *, replace_existing: bool = False) -> None:
        """Add a Column; DuplicateColumnError when there is one of that name, unless `replace_existing`."""
        self._insert_column(column, None, replace_existing)

    def insert_column(self, column: Any, index: int, *, replace_existing: bool = False) -> None:
        """Add a Column before the one at `index`."""
        self._insert_column(column, index, replace_existing)

    def _insert_column(self, column: Any, index: int | None, replace_existing: bool) -> None:
        try:
            column._attach(self, allow_replacements=replace_existing, index=index)
        except ArgumentError as error:
            if type(error).__name__ == "DuplicateColumnError":
                raise type(error)(
                    f"{error.args[0]} Specify replace_existing=True to Table.append_column() or "
                    "Table.insert_column() to replace an existing column."
                ) from None
            raise

    def append_constraint(self, constraint: Constraint | Index) -> None:
        """Add a constraint or an index."""
        constraint._attach(self)

    def add_is_dependent_on(self, table: Table) -> None:
        """Say that this table is to be created after `table`, whatever the foreign keys say."""
        self._extra_dependencies.add(table)

    @property
    def foreign_key_constraints(self) -> set[ForeignKeyConstraint]:
        """All ForeignKeyConstraints, those made by ForeignKey objects included."""
        return {fk.constraint for fk in self.foreign_keys if fk.constraint is not None}

    @property
    def _sorted_constraints(self) -> list[Any]:
        return sorted(self.constraints, key=lambda c: c._creation_order)

    @property
    def autoincrement_column(self) -> Any:
        """The column that the database numbers by itself, or None."""
        return self.primary_key._autoincrement_column

    @property
    def _autoincrement_column(self) -> Any:
        return self.primary_key._autoincrement_column

    @property
    def is_view(self) -> bool:
        """Whether this stands for a view, made by CreateView or said so by ``info``."""
        return self._creator_ddl is not None and getattr(self._creator_ddl, "is_view", False)

    def set_creator_ddl(self, ddl: Any) -> None:
        """Let `ddl` create this table in ``create()`` and ``create_all()``, in place of CREATE TABLE."""
        self._creator_ddl = ddl

    def set_dropper_ddl(self, ddl: Any) -> None:
        """Let `ddl` drop this table, in place of DROP TABLE."""
        self._dropper_ddl = ddl

    # -- the database -------------------------------------------------------------------------------------------------

    def create(self, bind: Any, checkfirst: bool | CheckFirst = CheckFirst.TYPES) -> None:
        """Create the table."""
        bind._run_ddl("create", self, checkfirst=checkfirst)

    def drop(self, bind: Any, checkfirst: bool | CheckFirst = CheckFirst.NONE) -> None:
        """Drop the table."""
        bind._run_ddl("drop", self, checkfirst=checkfirst)

    # -- copies -------------------------------------------------------------------------------------------------------

    def to_metadata(
        self, metadata: Any, schema: Any = RETAIN_SCHEMA, referred_schema_fn: Any = None, name: str | None = None
    ) -> Table:
        """Return a copy in `metadata` (the one of that name that is there already, with a warning).

        Args:
            schema: schema of the copy; RETAIN_SCHEMA for this table's own (or the new MetaData's), None for none.
            referred_schema_fn: ``(table, schema, foreign key constraint, referred schema) -> schema`` to refer to.
            name: name of the copy.
        """
        copy: Table = copy_table(type(self), self, metadata, schema, referred_schema_fn, name)
        return copy

    tometadata = to_metadata

    def _set_parent(self, parent: Any, **how: Any) -> None:
        parent._add_table(self.key, self.schema, self)
        self.metadata = parent


def _index(items: list[Any], item: Any) -> int:
    return next(i for i, each in enumerate(items) if each is item)
