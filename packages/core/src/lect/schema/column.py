"""A column of a table: its name and type, what it is for the schema, and what it is as a SQL expression."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from lect.exc import ArgumentError, DuplicateColumnError, LectWarning
from lect.schema.base import NO_ARG, NULL_UNSPECIFIED, SchemaItem
from lect.schema.constraints import UniqueConstraint
from lect.schema.defaults import SentinelDefault, default_for, server_default_for
from lect.schema.index import Index
from lect.schema.naming import apply_naming_convention
from lect.schema.typed_constraints import constraints_of_type, schema_type_of
from lect.shape import Shape, fresh
from lect.sql.column import ColumnClause
from lect.sql.dialect_options import DialectKWArgs
from lect.sql.fast_comparison import plain_column
from lect.sql.names import quoted_name
from lect.types.null import NULLTYPE
from lect.types.numeric import Integer
from lect.types.type_engine import TypeEngine, to_instance

__all__ = ["Column", "insert_sentinel"]

_T = TypeVar("_T")
_creation_counter = itertools.count(1)

_Attached = Callable[[Any, Any], None]


def _is_type(value: Any) -> bool:
    return isinstance(value, TypeEngine) or (isinstance(value, type) and issubclass(value, TypeEngine))


class Column(DialectKWArgs, SchemaItem, ColumnClause[_T]):
    """A column of a Table.

    Args:
        name: name in the database; may come first, or as a keyword. Given later, before the column gets into a table.
        type_: a type or its class; may come second (or first, without a name). Without one, and with a ForeignKey, the
            type is that of the column it refers to.
        args: constraints, ForeignKey, Sequence, Identity, Computed, ColumnDefault, FetchedValue.
        autoincrement: ``"auto"``: numbered by the database if it is the only integer column of the primary key and
            has no foreign key and no default; ``"ignore_fk"``: foreign keys do not matter; True: of several key
            columns, this one; False: never.
        default: what INSERT stores when it is given nothing: a value, a function (of the execution context, or of
            nothing), a SQL expression, a Sequence.
        insert_default: the same; for the dataclass mapping of the ORM, where `default` means another thing.
        onupdate: what UPDATE stores when it is given nothing.
        server_default, server_onupdate: what the database stores; a string is a literal, SQL is ``text(...)`` or an
            expression; ``FetchedValue()`` when the database does so without the schema saying it.
        doc, info: for the application. comment: kept by the database.
        key: name in Python, that of the database when not given.
        index, unique: True for an index, a UNIQUE constraint, both for a unique index, of this column alone.
        nullable: False for NOT NULL; by default True, except in a primary key.
        primary_key: part of the primary key.
        quote: force or forbid quoting of the name.
        system: the database has it without being told: left out of CREATE TABLE.
        sensitive: values appear in no log, error message or representation; ``info={"sensitive": True}`` means the
            same.
        insert_sentinel: a value of this column tells the rows of a many-row INSERT apart.
    """

    __visit_name__ = "column"
    inherit_cache = True
    _nullable_unsaid = NULL_UNSPECIFIED

    # What a column of an alias or subquery, which stands for one of these, is by itself.
    nullable: Any = True
    index: bool | None = None
    unique: bool | None = None
    system: bool = False
    doc: str | None = None
    comment: str | None = None
    autoincrement: Any = "auto"
    computed: Any = None
    identity: Any = None
    constraints: Any = frozenset()
    _user_defined_nullable: Any = NULL_UNSPECIFIED
    _insert_sentinel: bool = False
    sensitive: bool = False
    _omit_from_statements: bool = False
    _creation_order: int = 0

    def __init__(
        self,
        __name_pos: Any = None,
        __type_pos: Any = None,
        /,
        *args: Any,
        name: str | None = None,
        type_: Any = None,
        autoincrement: Any = "auto",
        default: Any = NO_ARG,
        insert_default: Any = NO_ARG,
        doc: str | None = None,
        key: str | None = None,
        index: bool | None = None,
        unique: bool | None = None,
        info: dict[Any, Any] | None = None,
        nullable: Any = NULL_UNSPECIFIED,
        onupdate: Any = None,
        primary_key: bool = False,
        server_default: Any = None,
        server_onupdate: Any = None,
        quote: bool | None = None,
        system: bool = False,
        comment: str | None = None,
        insert_sentinel: bool = False,
        sensitive: bool = False,
        _omit_from_statements: bool = False,
        _proxies: Any = None,
        **dialect_kwargs: Any,
    ) -> None:
        name, type_, args = _positional(__name_pos, __type_pos, args, name, type_)
        if name is not None:
            if not isinstance(name, str):
                raise ArgumentError(f"A Column's name must be a string, got {name!r}")
            name = quoted_name(name, quote) if quote is not None else name
        elif quote is not None:
            raise ArgumentError("Explicit 'name' is required when sending 'quote' argument")
        # Not ColumnClause.__init__: a column may get its name later.
        self.name = name  # type: ignore[assignment]
        self.type = type_
        self.table = None
        self.is_literal = False
        self.key = key if key is not None else name
        self.primary_key = bool(primary_key)
        self._insert_sentinel = insert_sentinel
        self._omit_from_statements = _omit_from_statements
        self._user_defined_nullable = nullable
        self.nullable = not self.primary_key if nullable is NULL_UNSPECIFIED else nullable
        self.index = index
        self.unique = unique
        self.system = system
        self.doc = doc
        self.autoincrement = autoincrement
        self.comment = comment
        self.constraints: set[Any] = set()
        self.foreign_keys: set[Any] = set()
        self.computed: Any = None
        self.identity: Any = None
        self.default: Any = None
        self.onupdate: Any = None
        self.server_default: Any = None
        self.server_onupdate: Any = None
        self._creation_order = next(_creation_counter)
        self._table_waiters: list[_Attached] = []
        if _proxies is not None:
            self._proxies = _proxies
        if info is not None:
            self.info = info
        if sensitive or (info and info.get("sensitive")):
            self.sensitive = True
            if self.type is not NULLTYPE:  # else a foreign key will bring it
                self.type = self.type.as_sensitive()
        self._type_attached()
        self._take_defaults(default, insert_default, onupdate, server_default, server_onupdate)
        self._init_items(*args)
        if self.identity is not None and self.default is not None and self.default.is_sequence:
            raise ArgumentError(
                f"An column cannot specify both Identity and Sequence. Column {str(self.name)!r} does; choose one"
            )
        if dialect_kwargs:
            self._set_dialect_kwargs(dialect_kwargs)

    def _take_defaults(
        self, default: Any, insert_default: Any, onupdate: Any, server_default: Any, server_onupdate: Any
    ) -> None:
        if default is not NO_ARG and insert_default is not NO_ARG:
            raise ArgumentError("The 'default' and 'insert_default' parameters of Column are mutually exclusive")
        value = insert_default if default is NO_ARG else default
        if value is not NO_ARG and value is not None:
            default_for(value)._attach(self)
        if onupdate is not None:
            default_for(onupdate, for_update=True)._attach(self)
        if server_default is not None:
            server_default_for(server_default)._attach(self)
        if server_onupdate is not None:
            server_default_for(server_onupdate, for_update=True)._attach(self)

    # -- type ---------------------------------------------------------------------------------------------------------

    def _type_attached(self) -> None:
        attach = getattr(self.type, "_attach", None)
        if attach is not None:  # a type that is a schema object: an Enum that the database knows by name
            attach(self)

    def _set_type(self, type_: Any) -> None:
        """Take `type_`, found by a foreign key, and tell the columns that refer to this one."""
        self.type = to_instance(type_)
        if self.sensitive:
            self.type = self.type.as_sensitive()
        self._shape = None
        self._type_attached()
        for tell in self.__dict__.pop("_type_waiters", ()):
            tell()

    def _when_typed(self, tell: Callable[[], None]) -> None:
        self.__dict__.setdefault("_type_waiters", []).append(tell)

    # -- structure ----------------------------------------------------------------------------------------------------

    def _structure(self) -> Shape:
        if self._proxies:  # of an alias or subquery: what it is follows from where it stands
            return super()._structure()
        # A column is itself and no other: its shape is made once and equal to nothing else.
        self._shape = shape = fresh(Column, str(self.name))
        self._leaves = ()
        return shape

    def _make_proxy(self, selectable: Any, name: str | None = None, key: str | None = None, **kw: Any) -> Any:
        """Return ``(key, column)``: the Column of `selectable`, an alias or a subquery, that stands for this one."""
        if name is None:
            name = self.name
            if key is None:
                key = self._proxy_key
        if key is None:
            key = name
        cls = type(self)
        proxy: Any = object.__new__(cls)
        state = proxy.__dict__
        if cls is not Column:  # what a subclass added goes along
            state.update({k: v for k, v in self.__dict__.items() if k not in _OWN_ATTRIBUTES})
        state["name"] = name
        state["key"] = key
        state["type"] = self.type
        state["table"] = selectable
        state["_proxies"] = (self,)
        state["primary_key"] = kw.get("primary_key", self.primary_key)
        state["nullable"] = self.nullable
        if self._omit_from_statements:
            state["_omit_from_statements"] = True
        keys = self.foreign_keys
        state["foreign_keys"] = {fk._for_proxy(proxy) for fk in keys} if keys else frozenset()
        return key, proxy

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        state["_table_waiters"] = []
        state.pop("_type_waiters", None)
        return state

    # -- becoming part of a table -------------------------------------------------------------------------------------

    def _when_in_table(self, attached: _Attached) -> None:
        """Call ``attached(column, table)`` when the column is in a table: now, or when it gets there."""
        if self.table is not None and hasattr(self.table, "metadata"):
            attached(self, self.table)
        else:
            self._table_waiters.append(attached)

    def _set_parent(
        self, parent: Any, *, allow_replacements: bool = True, index: int | None = None, **how: Any
    ) -> None:
        table = parent
        if getattr(table, "__visit_name__", None) != "table":
            raise ArgumentError(f"A Column belongs to a Table, not to {table!r}")
        if not self.name:
            raise ArgumentError(
                "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table."
            )
        if self.key is None:
            self.key = self.name
        current = self.table
        if current is not None and current is not table:
            raise ArgumentError(f"Column object '{self.key}' already assigned to Table '{current.description}'")
        self._take_place_of_others(table, allow_replacements)
        self.table = table
        table._put_column(self, index)
        self._shape = None
        if self._insert_sentinel:
            if table._sentinel_column is not None and table._sentinel_column is not self:
                raise ArgumentError(
                    f"a Table may have only one explicit sentinel column; table '{table.fullname}' has "
                    f"'{table._sentinel_column.name}' and '{self.name}'"
                )
            table._sentinel_column = self
        if self.primary_key:
            table.primary_key._replace(self)
        self._make_index_or_unique(table)
        waiters, self._table_waiters = self._table_waiters, []
        for attached in waiters:
            attached(self, table)
        for constraint in self.constraints:
            apply_naming_convention(constraint, table)
        for constraint in constraints_of_type(self):
            constraint._attach(table)
        schema_type = schema_type_of(self.type)
        if schema_type is not None:
            schema_type = self._place_type(schema_type, table)
            if schema_type.name is not None:
                table.metadata._register_object(schema_type)
        table._changed()

    def _place_type(self, schema_type: Any, table: Any) -> Any:
        """Let a named type live in the schema that `table` decides on; of one that lives elsewhere, take a copy."""
        schema = schema_type._schema_in(table)
        if schema != schema_type.schema:
            if schema_type._placed and schema_type is self.type:
                schema_type = self.type = schema_type.copy()
            schema_type.schema = schema
            schema_type._shape = self.type._shape = None
        schema_type._placed = True
        return schema_type

    def _take_place_of_others(self, table: Any, allow: bool) -> None:
        """Let go of columns of the same key or name; DuplicateColumnError when that is not allowed."""
        for other in list(table._columns):
            if other is self or (other.key != self.key and other.name != self.name):
                continue
            if not allow:
                what, name = ("key", self.key) if other.key == self.key != self.name else ("name", self.name)
                raise DuplicateColumnError(f"A column with {what} '{name}' is already present in table '{table.name}'.")
            if other.primary_key and other.key == self.key and not self.primary_key:
                raise ArgumentError(
                    f"Trying to redefine primary-key column '{self.key}' as a non-primary-key column on table "
                    f"'{table.fullname}'"
                )
            if other.key != other.name and self.key == self.name:
                warnings.warn(
                    f'Column with user-specified key "{other.key}" is being replaced with plain named column '
                    f'"{self.name}", key "{other.key}" is being removed.',
                    LectWarning,
                    stacklevel=2,
                )
            for fk in list(other.foreign_keys):
                table.foreign_keys.discard(fk)
                table.constraints.discard(fk.constraint)
            if other.primary_key and other.key != self.key:
                table.primary_key._discard(other)

    def _make_index_or_unique(self, table: Any) -> None:
        if self.index:
            if isinstance(self.index, str):
                raise ArgumentError(
                    "The 'index' keyword argument on Column is boolean only. To create indexes with a specific name, "
                    "create an explicit Index object external to the Table."
                )
            table.append_constraint(Index(None, self.key, unique=bool(self.unique), _column_flag=True))
        elif self.unique:
            if isinstance(self.unique, str):
                raise ArgumentError(
                    "The 'unique' keyword argument on Column is boolean only. To create unique constraints or indexes "
                    "with a specific name, append an explicit UniqueConstraint to the Table's list of elements, or "
                    "create an explicit Index object external to the Table."
                )
            table.append_constraint(UniqueConstraint(self.key, _column_flag=True))

    def append_foreign_key(self, fk: Any) -> None:
        """Let this column refer to another."""
        fk._attach(self)

    def references(self, column: Any) -> bool:
        """Whether a foreign key of this column refers to `column`."""
        return any(fk.column.proxy_set.intersection(column.proxy_set) for fk in self.foreign_keys)

    # -- copies -------------------------------------------------------------------------------------------------------

    def _copy(self, **kw: Any) -> Column[_T]:
        """Return a column like this one that is in no table.

        Constraints and foreign keys that belong to the table are not copied: the table's copy has its own.
        """
        args: list[Any] = [c._copy(**kw) for c in self.constraints if not c._type_bound]
        args += [fk._copy(**kw) for fk in self.foreign_keys if fk.constraint is None]
        server_default, server_onupdate = self.server_default, self.server_onupdate
        if self.computed is not None or self.identity is not None:
            special = self.computed if self.computed is not None else self.identity
            args.append(special._copy(**kw) if special is self.computed else special._copy())
            if server_default is special:
                server_default = None
            if server_onupdate is special:
                server_onupdate = None
        type_ = self.type
        if hasattr(type_, "_copied_for_column"):
            type_ = type_._copied_for_column(**kw)
        copy = type(self)(
            self.name,
            type_,
            *args,
            key=self.key,
            primary_key=self.primary_key,
            unique=self.unique,
            system=self.system,
            index=self.index,
            autoincrement=self.autoincrement,
            default=_copied(self.default),
            server_default=_copied(server_default),
            onupdate=_copied(self.onupdate),
            server_onupdate=_copied(server_onupdate),
            doc=self.doc,
            comment=self.comment,
            nullable=self._user_defined_nullable,
            insert_sentinel=self._insert_sentinel,
            sensitive=self.sensitive,
            _omit_from_statements=self._omit_from_statements,
            **self._all_dialect_kwargs(),
        )
        if self._user_defined_nullable is NULL_UNSPECIFIED:
            copy.nullable = self.nullable
        self._copy_info_to(copy)
        return copy

    def copy(self, **kw: Any) -> Column[_T]:
        """Return a column like this one that is in no table."""
        return self._copy(**kw)

    def _merge(self, other: Column[Any], *, omit_defaults: bool = False) -> None:
        """Give `other` what this column says and `other` does not: a declaration completed by a template."""
        if self.primary_key:
            other.primary_key = True
        if self.autoincrement != "auto" and other.autoincrement == "auto":
            other.autoincrement = self.autoincrement
        if self.system:
            other.system = self.system
        if "_info" in self.__dict__:
            other.info.update({k: v for k, v in self.info.items() if k not in other.info})
        if not self.type._isnull and other.type._isnull:
            other._set_type(self.type)
        if self._user_defined_nullable is not NULL_UNSPECIFIED and other._user_defined_nullable is NULL_UNSPECIFIED:
            other.nullable = other._user_defined_nullable = self.nullable
        elif other._user_defined_nullable is NULL_UNSPECIFIED:
            other.nullable = self.nullable
        self._merge_defaults(other, omit_defaults)
        for name in ("index", "unique", "doc", "comment"):
            if getattr(self, name) is not None and getattr(other, name) is None:
                setattr(other, name, getattr(self, name))
        for constraint in self.constraints:
            if not constraint._type_bound:
                constraint._copy()._attach(other)
        if not other.foreign_keys:
            for fk in self.foreign_keys:
                if fk.constraint is None:
                    fk._copy()._attach(other)

    def _merge_defaults(self, other: Column[Any], omit_defaults: bool) -> None:
        if not omit_defaults:
            for name in ("default", "onupdate"):
                mine = getattr(self, name)
                if mine is not None and getattr(other, name) is None:
                    _copied(mine)._attach(other)
        special = self.computed if self.computed is not None else self.identity
        if special is not None:
            if other.server_default is None and other.computed is None and other.identity is None:
                special._copy()._attach(other)
            return
        for name in ("server_default", "server_onupdate"):
            mine = getattr(self, name)
            if mine is not None and getattr(other, name) is None:
                _copied(mine)._attach(other)

    def __repr__(self) -> str:
        shown = []
        if self.key != self.name:
            shown.append("key")
        if self.primary_key:
            shown.append("primary_key")
        if not self.nullable:
            shown.append("nullable")
        shown += [n for n in ("onupdate", "default", "server_default", "comment") if getattr(self, n) is not None]
        table = f"table=<{self.table.description}>" if self.table is not None else "table=None"
        parts = [repr(self.name if self.name is None else str(self.name)), repr(self.type)]
        parts += [repr(fk) for fk in self.foreign_keys]
        parts += [repr(c) for c in self.constraints]
        parts += [table, *[f"{name}={getattr(self, name)!r}" for name in shown]]
        return f"Column({', '.join(parts)})"


#: What a Column's ``__init__`` and its life set; everything else in a subclass's instance is the subclass's own.
_OWN_ATTRIBUTES = frozenset(
    """name key type table is_literal primary_key _insert_sentinel _omit_from_statements _user_defined_nullable nullable
    index unique system doc autoincrement comment constraints foreign_keys computed identity default onupdate
    server_default server_onupdate _creation_order _table_waiters _proxies _info dispatch _shape _leaves _proxy_set
    _annotations _origin _dialect_options _type_waiters""".split()
)


def _copied(default: Any) -> Any:
    if default is None:
        return None
    copy = getattr(default, "_copy", None)
    return default if copy is None else copy()


plain_column(Column)


def _positional(
    first: Any, second: Any, args: tuple[Any, ...], name: str | None, type_: Any
) -> tuple[Any, Any, tuple[Any, ...]]:
    """Sort out what came first and second: a name, a type, or the first of the schema items."""
    items = [a for a in (first, second) if a is not None]
    if items and isinstance(items[0], str):
        if name is not None:
            raise ArgumentError("May not pass name positionally and as a keyword.")
        name = items.pop(0)
    if items and _is_type(items[0]):
        if type_ is not None:
            raise ArgumentError("May not pass type_ positionally and as a keyword.")
        type_ = items.pop(0)
    return name, to_instance(type_) if type_ is not None else NULLTYPE, (*items, *args)


def insert_sentinel(
    name: str | None = None, type_: Any = None, *, default: Any = None, omit_from_statements: bool = True
) -> Column[Any]:
    """Return a Column whose only purpose is to tell the rows of a many-row INSERT apart.

    It is filled with the row's number unless `default` says otherwise, and left out of SELECT and mappings with
    `omit_from_statements`.
    """
    return Column(
        name=name,
        type_=Integer if type_ is None else type_,
        default=default if default is not None else SentinelDefault(),
        _omit_from_statements=omit_from_statements,
        insert_sentinel=True,
    )
