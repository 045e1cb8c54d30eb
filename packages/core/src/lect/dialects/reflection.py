"""The part of the contract that reads a database's catalogue: :class:`Reflector`, and the structures it returns.

How it is used
    ``Dialect.reflector`` is a Reflector. Core asks it through the Inspector, with a request that names schema, tables
    and kinds, and a function that runs a query. Answers are kept by the Inspector; a reflector keeps nothing.

Two ways to write one
    *Many at a time*: override ``columns``, ``indexes`` ... and answer for all tables of the request in a number of
    queries that does not depend on their number. *One at a time*: override ``table_columns``, ``table_indexes`` ...;
    the former are then built from them. Start with the second, end with the first.

Unknown is not none
    A method that is not overridden says that the dialect cannot return the fact. ``inspector.get_indexes()`` then
    raises :class:`FactNotReflected`, ``Table(autoload_with=...)`` goes without, and the compliance suite reports it
    as unknown. An empty list is a statement about the table.

What is read is data
    Names, defaults, comments and labels come from whoever could write to the database. Return SQL text (a default's
    expression, a CHECK's condition) only where the catalogue gives SQL; where it gives a plain value, return the value
    (``default_value``) and let the literal renderer write it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Flag
from functools import wraps
from typing import Any, ClassVar, NoReturn, NotRequired, TypeAlias, TypedDict, TypeVar

from lect.dialects.record import Record
from lect.exc import InvalidRequestError, NoSuchTableError
from lect.sql.names import quoted_name

__all__ = [
    "FactNotReflected",
    "ObjectKind",
    "ObjectScope",
    "ReflectedCheckConstraint",
    "ReflectedColumn",
    "ReflectedComputed",
    "ReflectedConstraint",
    "ReflectedForeignKeyConstraint",
    "ReflectedIdentity",
    "ReflectedIndex",
    "ReflectedPrimaryKeyConstraint",
    "ReflectedTableComment",
    "ReflectedUniqueConstraint",
    "ReflectionRequest",
    "Reflector",
    "TableKey",
    "cache",
]


class FactNotReflected(InvalidRequestError, NotImplementedError):
    """The dialect cannot read this kind of fact; that is not to say that there is none."""


class ObjectKind(Flag):
    """Kinds of table-like objects, to be combined."""

    TABLE = 1
    VIEW = 2
    MATERIALIZED_VIEW = 4
    ANY_VIEW = VIEW | MATERIALIZED_VIEW
    ANY = TABLE | VIEW | MATERIALIZED_VIEW


class ObjectScope(Flag):
    """Where table-like objects live: those that stay, those of the session."""

    DEFAULT = 1
    TEMPORARY = 2
    ANY = DEFAULT | TEMPORARY


#: (schema as it was asked for, name of the table).
TableKey: TypeAlias = tuple[str | None, str]


class ReflectedIdentity(TypedDict, total=False):
    """An identity column; arguments of ``Identity()``."""

    always: bool
    on_null: bool
    start: int
    increment: int
    minvalue: int
    maxvalue: int
    nominvalue: bool
    nomaxvalue: bool
    cycle: bool
    cache: int | None
    order: bool


class ReflectedComputed(TypedDict):
    """A generated column; arguments of ``Computed()``. `sqltext` is SQL, as the catalogue gives it."""

    sqltext: str
    persisted: NotRequired[bool]


class ReflectedColumn(TypedDict):
    """A column.

    `default` is SQL text as the catalogue gives it, complete and quoted by the server. Where the catalogue gives the
    plain value instead, it is in `default_value`, and `default` is that value as written by the dialect's literal
    renderer.
    """

    name: str
    type: Any
    nullable: bool
    default: str | None
    default_value: NotRequired[str]
    autoincrement: NotRequired[bool]
    comment: NotRequired[str | None]
    computed: NotRequired[ReflectedComputed]
    identity: NotRequired[ReflectedIdentity]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedConstraint(TypedDict):
    """What all constraints have. `name` is None when the database says it has none."""

    name: str | None
    comment: NotRequired[str | None]


class ReflectedCheckConstraint(ReflectedConstraint):
    """A CHECK; `sqltext` is the condition, without CHECK and the outer parentheses."""

    sqltext: str
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedUniqueConstraint(ReflectedConstraint):
    """A UNIQUE; `duplicates_index` names the index that is the same thing."""

    column_names: list[str]
    duplicates_index: NotRequired[str | None]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedPrimaryKeyConstraint(ReflectedConstraint):
    """The primary key; `constrained_columns` is empty for a table without one."""

    constrained_columns: list[str]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedForeignKeyConstraint(ReflectedConstraint):
    """A foreign key.

    `options` may hold ondelete, onupdate, deferrable, initially and match, each only if it is not the default.
    """

    constrained_columns: list[str]
    referred_schema: str | None
    referred_table: str
    referred_columns: list[str]
    options: NotRequired[dict[str, Any]]


class ReflectedIndex(TypedDict):
    """An index.

    `column_names` has None where an expression stands, and `expressions` then has all of them, columns as their names.
    `duplicates_constraint` names the UNIQUE constraint that is the same thing. `column_sorting`: column to words out of
    asc, desc, nulls_first, nulls_last, each only if it is not the default.
    """

    name: str | None
    column_names: list[str | None]
    expressions: NotRequired[list[str]]
    unique: bool
    duplicates_constraint: NotRequired[str | None]
    include_columns: NotRequired[list[str]]
    column_sorting: NotRequired[dict[str, tuple[str, ...]]]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedTableComment(TypedDict):
    """A table's comment; `text` is None when it has none."""

    text: str | None


_R = TypeVar("_R")


def cache(fn: Callable[..., _R]) -> Callable[..., _R]:
    """Decorate a function that asks the catalogue so that its answers are kept in a dictionary given as ``info_cache``.

    For questions of one's own beside the Inspector's: ``fn(dialect, connection, name, ..., info_cache=...)``. Called
    with ``info_cache=inspector.info_cache``, it asks once per inspector and set of arguments, and again after
    ``inspector.clear_cache()``; without ``info_cache`` it asks each time. Arguments count if they are names (a
    ``quoted_name`` and the plain string of the same letters are two), numbers, truth values, None, enumerations, or
    tuples of these; answers are kept as they are, so callers do not change them.
    """

    @wraps(fn)
    def asked(self: Any, connection: Any, *args: Any, **kw: Any) -> _R:
        memory: dict[Any, Any] | None = kw.get("info_cache")
        if memory is None:
            return fn(self, connection, *args, **kw)
        named = tuple([(name, _distinct(value)) for name, value in sorted(kw.items()) if name != "info_cache"])
        key = (fn, tuple([_distinct(value) for value in args]), named)
        if key not in memory:
            memory[key] = fn(self, connection, *args, **kw)
        found: _R = memory[key]
        return found

    return asked


def _distinct(value: Any) -> Any:
    """Return a part of a key: names that are written differently are told apart."""
    if isinstance(value, quoted_name):
        return ("quoted", value.quote, str(value))
    if isinstance(value, (tuple, list)):
        return tuple([_distinct(each) for each in value])
    return value


class ReflectionRequest(Record):
    """A question about the catalogue.

    `query(statement, parameters)` runs SQL text with ``:name`` parameters (or a statement object) and returns all rows,
    which are tuples with names. `dialect` is the settled dialect. `schema` is None for the schema of the session.
    `names` are the tables wanted, None for all of `kind` and `scope`. `options` are keyword arguments that the
    application gave for this dialect.
    """

    query: Callable[..., Sequence[Any]]
    dialect: Any = None
    schema: str | None = None
    names: tuple[str, ...] | None = None
    kind: ObjectKind = ObjectKind.TABLE
    scope: ObjectScope = ObjectScope.DEFAULT
    options: Mapping[str, Any] = {}

    def key(self, name: str) -> TableKey:
        """Return the key under which facts about table `name` are returned."""
        return (self.schema, name)

    def about(self, **changes: Any) -> ReflectionRequest:
        """Return this request with other fields: ``request.about(names=("t",))``."""
        return self.replace(**changes)


Facts: TypeAlias = Iterable[tuple[TableKey, Any]]


class Reflector:
    """Reads one database's catalogue. Stateless; called in the thread of the connection, and may wait for the server.

    Names given and returned are as the application spells them: a dialect whose catalogue folds case converts both
    ways.
    """

    #: Fact -> (method for many tables, method for one); what :meth:`can` goes by.
    _methods: ClassVar[Mapping[str, tuple[str, str]]] = {
        "columns": ("columns", "table_columns"),
        "pk_constraint": ("primary_keys", "table_primary_key"),
        "foreign_keys": ("foreign_keys", "table_foreign_keys"),
        "indexes": ("indexes", "table_indexes"),
        "unique_constraints": ("unique_constraints", "table_unique_constraints"),
        "check_constraints": ("check_constraints", "table_check_constraints"),
        "table_comment": ("comments", "table_comment"),
        "table_options": ("options", "table_options"),
    }
    _name_methods: ClassVar[frozenset[str]] = frozenset(
        {
            "schema_names",
            "table_names",
            "view_names",
            "materialized_view_names",
            "temporary_table_names",
            "temporary_view_names",
            "sequence_names",
            "view_definition",
        }
    )

    def can(self, fact: str) -> bool:
        """Whether this dialect can return `fact`: ``"columns"``, ``"check_constraints"``, ``"sequence_names"`` ..."""
        names = self._methods.get(fact, (fact,))
        return any(getattr(type(self), name, None) is not getattr(Reflector, name, None) for name in names)

    def _cannot(self, fact: str, request: ReflectionRequest) -> NoReturn:
        name = getattr(request.dialect, "name", "?")
        raise FactNotReflected(f"dialect {name!r} cannot reflect {fact}; whether the database has any is not known")

    # -- names --------------------------------------------------------------------------------------------------------

    def schema_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of all schemas."""
        self._cannot("schema names", request)

    def table_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of the tables of ``request.schema``, without views and temporary tables. Required."""
        self._cannot("table names", request)

    def view_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of the views that are not materialized."""
        self._cannot("view names", request)

    def materialized_view_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of the materialized views; none where the capabilities say that there is no such thing."""
        if request.dialect is None or request.dialect.capabilities.materialized_views:
            self._cannot("materialized view names", request)
        return []

    def temporary_table_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of the session's temporary tables."""
        self._cannot("temporary table names", request)

    def temporary_view_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of the session's temporary views."""
        self._cannot("temporary view names", request)

    def sequence_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of the sequences of ``request.schema``, without those of identity columns."""
        self._cannot("sequence names", request)

    def view_definition(self, request: ReflectionRequest) -> str | None:
        """Return the SELECT of the one view in ``request.names``, as the server keeps it.

        None when there is no such view.
        """
        self._cannot("view definitions", request)

    def existing_tables(self, request: ReflectionRequest) -> set[str]:
        """Return those of ``request.names`` that are tables or views, temporary ones included.

        Asked before CREATE and DROP, for all tables of a schema at once. The default asks for the names of each kind.
        """
        found = set(self.table_names(request))  # the one that cannot be unknown
        others = ["view_names", "materialized_view_names"]
        if request.schema is None:
            others += ["temporary_table_names", "temporary_view_names"]
        for fact in others:
            if self.can(fact):
                found.update(getattr(self, fact)(request))
        return found.intersection(request.names or ())

    def existing_sequences(self, request: ReflectionRequest) -> set[str]:
        """Return those of ``request.names`` that are sequences."""
        return set(self.sequence_names(request)).intersection(request.names or ())

    def has_schema(self, request: ReflectionRequest) -> bool:
        """Whether there is a schema ``request.schema``."""
        return request.schema in self.schema_names(request)

    def object_names(self, request: ReflectionRequest) -> list[str]:
        """Return the names of the objects of the request's kind and scope, limited to its names."""
        wanted: list[str] = []
        if ObjectScope.DEFAULT in request.scope:
            for kind, fact in (
                (ObjectKind.TABLE, "table_names"),
                (ObjectKind.VIEW, "view_names"),
                (ObjectKind.MATERIALIZED_VIEW, "materialized_view_names"),
            ):
                if kind in request.kind and self.can(fact):
                    wanted.extend(getattr(self, fact)(request))
        if ObjectScope.TEMPORARY in request.scope:
            for kind, fact in ((ObjectKind.TABLE, "temporary_table_names"), (ObjectKind.VIEW, "temporary_view_names")):
                if kind in request.kind and self.can(fact):
                    wanted.extend(getattr(self, fact)(request))
        unique = list(dict.fromkeys(wanted))
        if request.names is None:
            return unique
        names = set(request.names)
        return [name for name in unique if name in names]

    # -- facts about many tables --------------------------------------------------------------------------------------
    #
    # Each returns (key, facts) for every table of the request that exists, also for those that have none of the kind,
    # and nothing for names that do not exist.

    def _one_by_one(self, fact: str, what: str, request: ReflectionRequest) -> Iterator[tuple[TableKey, Any]]:
        if not self.can(fact):
            self._cannot(what, request)
        single = getattr(self, self._methods[fact][1])
        names = request.names if request.names is not None and len(request.names) == 1 else self.object_names(request)
        for name in names:
            try:
                yield request.key(name), single(request.about(names=(name,)), name)
            except NoSuchTableError:
                continue

    def columns(self, request: ReflectionRequest) -> Facts:
        """Return the columns, in order, of each table: lists of :class:`ReflectedColumn`."""
        return self._one_by_one("columns", "columns", request)

    def primary_keys(self, request: ReflectionRequest) -> Facts:
        """Return each table's :class:`ReflectedPrimaryKeyConstraint`."""
        return self._one_by_one("pk_constraint", "primary keys", request)

    def foreign_keys(self, request: ReflectionRequest) -> Facts:
        """Return each table's foreign keys: lists of :class:`ReflectedForeignKeyConstraint`."""
        return self._one_by_one("foreign_keys", "foreign keys", request)

    def indexes(self, request: ReflectionRequest) -> Facts:
        """Return each table's indexes, without that of the primary key: lists of :class:`ReflectedIndex`."""
        return self._one_by_one("indexes", "indexes", request)

    def unique_constraints(self, request: ReflectionRequest) -> Facts:
        """Return each table's UNIQUE constraints: lists of :class:`ReflectedUniqueConstraint`."""
        return self._one_by_one("unique_constraints", "UNIQUE constraints", request)

    def check_constraints(self, request: ReflectionRequest) -> Facts:
        """Return each table's CHECK constraints: lists of :class:`ReflectedCheckConstraint`."""
        return self._one_by_one("check_constraints", "CHECK constraints", request)

    def comments(self, request: ReflectionRequest) -> Facts:
        """Return each table's :class:`ReflectedTableComment`."""
        return self._one_by_one("table_comment", "comments", request)

    def options(self, request: ReflectionRequest) -> Facts:
        """Return each table's options: dictionaries of ``<dialect>_<option>`` arguments of Table."""
        return self._one_by_one("table_options", "table options", request)

    # -- facts about one table: the simple way ------------------------------------------------------------------------
    #
    # Each raises NoSuchTableError(name) when there is no table or view `name` in ``request.schema``.

    def table_columns(self, request: ReflectionRequest, name: str) -> list[ReflectedColumn]:
        """Return the columns of table `name`."""
        self._cannot("columns", request)

    def table_primary_key(self, request: ReflectionRequest, name: str) -> ReflectedPrimaryKeyConstraint:
        """Return the primary key of table `name`."""
        self._cannot("primary keys", request)

    def table_foreign_keys(self, request: ReflectionRequest, name: str) -> list[ReflectedForeignKeyConstraint]:
        """Return the foreign keys of table `name`."""
        self._cannot("foreign keys", request)

    def table_indexes(self, request: ReflectionRequest, name: str) -> list[ReflectedIndex]:
        """Return the indexes of table `name`."""
        self._cannot("indexes", request)

    def table_unique_constraints(self, request: ReflectionRequest, name: str) -> list[ReflectedUniqueConstraint]:
        """Return the UNIQUE constraints of table `name`."""
        self._cannot("UNIQUE constraints", request)

    def table_check_constraints(self, request: ReflectionRequest, name: str) -> list[ReflectedCheckConstraint]:
        """Return the CHECK constraints of table `name`."""
        self._cannot("CHECK constraints", request)

    def table_comment(self, request: ReflectionRequest, name: str) -> ReflectedTableComment:
        """Return the comment of table `name`."""
        self._cannot("comments", request)

    def table_options(self, request: ReflectionRequest, name: str) -> dict[str, Any]:
        """Return the options of table `name`."""
        self._cannot("table options", request)
