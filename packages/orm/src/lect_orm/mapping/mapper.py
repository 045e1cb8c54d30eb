"""The Mapper: what connects a class with a table. Every style of mapping makes one of these, and in the same way."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

from lect.event import Dispatch, dispatcher
from lect.exc import ArgumentError, InvalidRequestError
from lect_orm.attributes.descriptor import DataInstrumentedAttribute, InstrumentedAttribute
from lect_orm.attributes.hooks import has_own_setattr, install_write_hooks, remove_write_hooks
from lect_orm.base import (
    INIT_OK,
    NO_VALUE,
    PASSIVE_NO_RESULT,
    PASSIVE_OFF,
    PASSIVE_RETURN_NO_VALUE,
    InspectionAttr,
    instance_state,
)
from lect_orm.events import instance as instance_events
from lect_orm.events import mapper as mapper_events
from lect_orm.events.instance import InstanceEvents
from lect_orm.events.mapper import MapperEvents
from lect_orm.events.registry import CLASSES
from lect_orm.exc import UnmappedColumnError
from lect_orm.mapping import columns, configure, constructor, inheritance
from lect_orm.mapping.keyed import KeyedView

__all__ = ["Mapper"]

_T = TypeVar("_T")
_numbers = itertools.count(1)


class _AllInstances:
    """Where listeners to the objects of all mapped classes (``listen(Mapper, "load", ...)``) are kept."""

    dispatch = dispatcher(InstanceEvents)


class _InstanceDispatch:
    """``mapper.instance_dispatch``: made when first asked for; on the class, that of all mappers."""

    def __get__(self, instance: Any, owner: Any) -> Dispatch:
        if instance is None:
            return _AllInstances.dispatch
        made = Dispatch(InstanceEvents, _AllInstances, _AllInstances.dispatch)
        found: Dispatch = instance.__dict__.setdefault("instance_dispatch", made)
        return found


class Mapper(InspectionAttr, Generic[_T]):
    """The mapping of one class.

    Attributes:
        class_: the class.
        local_table: the table (or other FROM element) this class adds.
        persist_selectable: `local_table`, joined to the tables of the classes it inherits from.
        primary_key: columns of the primary key, of the base table when classes inherit.
        tables: tables of `persist_selectable`, base first: the order of INSERT.
        inherits, base_mapper: the next and the outermost mapper of the hierarchy.
        impls: attribute name -> impl.
        configured: relationships are settled.

    The arguments are those of SQLAlchemy's ``Mapper``.
    """

    is_mapper = True
    represents_outer_join = False
    dispatch = dispatcher(MapperEvents)

    #: listeners of events of single objects
    instance_dispatch = _InstanceDispatch()

    class_: type[_T]
    #: what instruments the class in its own way (see :mod:`lect_orm.ext.instrumentation`), None as a rule
    instrumentation: Any = None
    configured = False
    #: an imperatively mapped class has its table as ``__table__`` from here
    table_given_to_class = False
    configure_failed: Exception | None = None

    def __init__(
        self,
        class_: type[_T],
        local_table: Any = None,
        properties: dict[str, Any] | None = None,
        primary_key: Iterable[Any] | None = None,
        inherits: Any = None,
        inherit_condition: Any = None,
        inherit_foreign_keys: Any = None,
        always_refresh: bool = False,
        version_id_col: Any = None,
        version_id_generator: Any = None,
        polymorphic_on: Any = None,
        _polymorphic_map: dict[Any, Mapper[Any]] | None = None,
        polymorphic_identity: Any = None,
        concrete: bool = False,
        with_polymorphic: Any = None,
        polymorphic_abstract: bool = False,
        polymorphic_load: str | None = None,
        allow_partial_pks: bool = True,
        batch: bool = True,
        column_prefix: str | None = None,
        include_properties: Iterable[str] | None = None,
        exclude_properties: Iterable[str] | None = None,
        passive_updates: bool = True,
        passive_deletes: bool = False,
        confirm_deleted_rows: bool = True,
        eager_defaults: Any = "auto",
        legacy_is_orphan: bool = False,
        registry: Any = None,
        _compiled_cache_size: int = 100,
    ) -> None:
        if not isinstance(class_, type):
            raise ArgumentError(f"expected a class to map, got {class_!r}")
        self.number = next(_numbers)
        self.class_ = class_
        self.registry = registry
        self.local_table = _from_clause(local_table)
        self.always_refresh = always_refresh
        self.batch = batch
        self.eager_defaults = eager_defaults
        self.column_prefix = column_prefix
        self.allow_partial_pks = allow_partial_pks
        self.confirm_deleted_rows = confirm_deleted_rows
        self.passive_updates = passive_updates
        self.passive_deletes = passive_deletes
        self.legacy_is_orphan = legacy_is_orphan
        self.polymorphic_abstract = polymorphic_abstract
        self.concrete = concrete
        self.single = False
        self.include_properties = None if include_properties is None else set(include_properties)
        self.exclude_properties = set(exclude_properties) if exclude_properties else None
        self._init_properties = dict(properties) if properties else {}
        self._primary_key_argument = None if primary_key is None else _as_list(primary_key)
        self.inherit_condition = inherit_condition
        self.inherit_foreign_keys = None if inherit_foreign_keys is None else _as_list(inherit_foreign_keys)
        self.version_id_col = _column(version_id_col)
        self.version_id_generator: Any = version_id_generator
        if version_id_generator is None:
            self.version_id_generator = _next_version
        self.polymorphic_on = polymorphic_on
        self.polymorphic_identity = polymorphic_identity
        self.polymorphic_load = polymorphic_load
        self.with_polymorphic_argument = with_polymorphic
        self.order_by = False

        self._props: dict[str, Any] = {}
        self.column_to_prop: dict[Any, Any] = {}
        self.impls: dict[str, Any] = {}
        self.setters: dict[str, Any] = {}
        #: attributes whose write nobody hears of
        self.plain_keys: set[str] = set()
        self.validators: dict[str, Any] = {}
        self.inheriting: list[Mapper[Any]] = []
        #: relationships elsewhere with delete-orphan cascade that lead to this very class
        self.own_delete_orphan_props: list[Any] = []
        #: expression columns by entity and path; filled by the query room, emptied when a property is added
        self.memo: dict[Any, Any] = {}

        try:
            self._configure(inherits, _polymorphic_map)
        except BaseException:
            self._undo()
            raise
        configure.remember(self)
        if registry is not None:
            registry.remember(self)
        self.dispatch.after_mapper_constructed(self, class_)

    def _configure(self, inherits: Any, polymorphic_map: dict[Any, Mapper[Any]] | None) -> None:
        inheritance.configure_inheritance(self, inherits, polymorphic_map)
        columns.configure_tables(self)
        columns.configure_primary_key(self)
        self._instrument_class()
        columns.configure_properties(self)
        inheritance.configure_polymorphic_on(self)
        columns.configure_version(self)
        columns.configure_accessors(self)

    def _undo(self) -> None:
        """Leave no trace of a mapper that could not be made."""
        parent = self.__dict__.get("inherits")
        if parent is not None and self in parent.inheriting:
            parent.inheriting.remove(self)
            if parent.polymorphic_map.get(self.polymorphic_identity) is self:
                del parent.polymorphic_map[self.polymorphic_identity]
        if self.class_.__dict__.get("__mapper__") is self:
            self.dispose()

    # -- the class -----------------------------------------------------------------------------------------------------

    def _instrument_class(self) -> None:
        cls = self.class_
        existing = cls.__dict__.get("__mapper__")
        if getattr(existing, "is_mapper", False):
            raise ArgumentError(
                f"Class '{cls.__module__}.{cls.__qualname__}' already has a primary mapper defined. "
                "Use clear_mappers() to remove ALL mappers, or map another class."
            )
        type.__setattr__(cls, "__mapper__", self)
        #: descriptors hear of writes by themselves because the class defines __setattr__
        self.data_descriptors = has_own_setattr(cls)
        mapper_events.attach_waiting(self)
        instance_events.attach_waiting(self)
        self.dispatch.instrument_class(self, cls)
        for find in INSTRUMENTATION:
            self.instrumentation = find(self)
        if not self.data_descriptors:
            install_write_hooks(cls, self.setters, self.impls)
        constructor.install(self)
        columns.find_marked_methods(self)
        if CLASSES.class_instrument:
            CLASSES.class_instrument(cls)

    def install_attribute(self, key: str, impl: Any, comparator: Any, prop: Any) -> None:
        """Put one attribute with an impl into the class."""
        cls = self.class_
        kind: Any = DataInstrumentedAttribute if self.data_descriptors else InstrumentedAttribute
        attribute = kind(cls, key, self, impl=impl, comparator=comparator, prop=prop)
        attribute.__doc__ = prop.doc
        self.impls[key] = impl
        if self.instrumentation is None:
            type.__setattr__(cls, key, attribute)
        else:
            self.instrumentation.attribute_made(key, attribute)
        if self.inherits is not None and not self.concrete:
            parent = self.inherits.class_.__dict__.get(key)
            if isinstance(parent, InstrumentedAttribute):
                attribute.take_over(parent)
        columns.attach_validators(self, key, impl)
        if CLASSES.attribute_instrument:
            CLASSES.attribute_instrument(cls, key, attribute)
        self.refresh_setter(key)

    def settle_attribute(self, key: str, impl: Any) -> None:
        """Give an attribute the impl that it has now that its relationship is settled."""
        self.class_.__dict__[key].impl = impl
        self.impls[key] = impl
        columns.attach_validators(self, key, impl)
        self.refresh_setter(key)

    def refresh_setter(self, key: str) -> None:
        """Choose again what the write hook calls for an attribute (somebody listens now)."""
        impl = self.impls[key]
        if not self.data_descriptors:
            self.setters[key] = impl.setter()
            if impl.writes_plainly:
                self.plain_keys.add(key)
            else:
                self.plain_keys.discard(key)

    def class_attribute(self, key: str) -> Any:
        """Return the class's attribute of that name."""
        return getattr(self.class_, key)

    @property
    def class_manager(self) -> Mapper[_T]:
        """What instruments the class: this object."""
        return self

    @property
    def mapper(self) -> Mapper[_T]:
        """This object: what every inspectable entity has."""
        return self

    @property
    def entity(self) -> type[_T]:
        """The class."""
        return self.class_

    def instance_listeners_changed(self) -> None:
        """Somebody listens to objects of the class: ``init`` events need the class's ``__init__`` wrapped."""
        constructor.install(self)

    def dispose(self) -> None:
        """Take the mapping away from the class."""
        self.configured = True
        cls = self.class_
        if CLASSES.class_uninstrument:
            CLASSES.class_uninstrument(cls)
        if self.instrumentation is not None:
            self.instrumentation.disposed()
        remove_write_hooks(cls)
        constructor.remove(self)
        for key, value in list(cls.__dict__.items()):
            mine = getattr(value, "_parententity", None) is self or getattr(value, "mapped_by", None) is self
            if mine and key in cls.__dict__:
                type.__delattr__(cls, key)
        if cls.__dict__.get("__mapper__") is self:
            type.__delattr__(cls, "__mapper__")
        if self.table_given_to_class and cls.__dict__.get("__table__") is self.local_table:
            type.__delattr__(cls, "__table__")

    # -- configuration -------------------------------------------------------------------------------------------------

    def _check_configure(self) -> None:
        if not self.configured:
            configure.check_configured(self.registry)

    def post_configure(self) -> None:
        """Settle the properties, then mark the mapper as configured."""
        for prop in list(self._props.values()):
            prop.init()
            if prop._configure_finished:
                prop.post_instrument_class(self)
        self.configured = True
        constructor.settled(self)

    def add_properties(self, dict_of_properties: dict[str, Any]) -> None:
        """Map further attributes."""
        for key, value in dict_of_properties.items():
            self.add_property(key, value)

    def add_property(self, key: str, prop: Any) -> None:
        """Map a further attribute; it is settled at once when the mapper is."""
        if "pk_keys" not in self.__dict__:
            self._init_properties[key] = prop  # the mapper is being made: mapped with the others
            return
        prop = columns.configure_property(self, key, prop, init=self.configured)
        self._init_properties[key] = prop
        self.changed()

    def add_column_property(self, key: str, prop: Any) -> None:
        """Map a column for another property that needs it."""
        columns.configure_property(self, key, prop)

    def changed(self) -> None:
        """Forget what was derived from the attributes."""
        for mapper in self.self_and_descendants:
            mapper.memo.clear()
            mapper.__dict__.pop("_sorted_tables", None)
            columns.configure_accessors(mapper)

    # -- attributes ----------------------------------------------------------------------------------------------------

    def has_property(self, key: str) -> bool:
        """Whether an attribute of this name is mapped."""
        return key in self._props

    def get_property(self, key: str, _configure_mappers: bool = True) -> Any:
        """Return the property of an attribute.

        Raises:
            InvalidRequestError: there is none of this name.
        """
        if _configure_mappers:
            self._check_configure()
        try:
            return self._props[key]
        except KeyError:
            from lect.exc import nearest

            raise InvalidRequestError(
                f"Mapper '{self}' has no property '{key}'.  If this property was indicated from other mappers or "
                "configure "
                f"events, ensure registry.configure() has been called.{nearest(key, self._props)}"
            ) from None

    def get_property_by_column(self, column: Any) -> Any:
        """Return the property of a column.

        Raises:
            UnmappedColumnError: no attribute has it.
        """
        try:
            return self.column_to_prop[column]
        except KeyError:
            found = self._prop_of(column)
            if found is not None:
                return found
            table = getattr(column, "table", None)
            if any(column is c for t in self.tables for c in t.c):
                raise UnmappedColumnError(
                    f"Column '{column}' is not available, due to conflicting property '{getattr(column, 'key', None)}':"
                    f"{self._props.get(getattr(column, 'key', ''))!r}"
                ) from None
            raise UnmappedColumnError(
                f"No column {column if table is None else f'{table.description}.{column.key}'} is configured on "
                f"mapper {self}..."
            ) from None

    def _prop_of(self, column: Any) -> Any:
        origin = getattr(column, "__dict__", {}).get("_origin")
        return None if origin is None else self.column_to_prop.get(origin)

    @property
    def iterate_properties(self) -> Iterator[Any]:
        """All properties."""
        self._check_configure()
        return iter(list(self._props.values()))

    @property
    def attrs(self) -> KeyedView:
        """Everything mapped under a name."""
        self._check_configure()
        return KeyedView(self._props)

    @property
    def column_attrs(self) -> KeyedView:
        """Attributes that are columns or expressions."""
        self._check_configure()
        return KeyedView(self._props, lambda p: p.is_column)

    @property
    def relationships(self) -> KeyedView:
        """Attributes that lead to other classes."""
        self._check_configure()
        return KeyedView(self._props, lambda p: p.is_relationship)

    @property
    def synonyms(self) -> KeyedView:
        """Other names of attributes."""
        self._check_configure()
        return KeyedView(self._props, lambda p: p.is_synonym)

    @property
    def composites(self) -> KeyedView:
        """Attributes made of several columns."""
        self._check_configure()
        return KeyedView(self._props, lambda p: p.is_composite)

    @property
    def columns(self) -> KeyedView:
        """Columns by the name of their attribute."""
        return KeyedView({k: p.columns[0] for k, p in self._props.items() if p.is_column})

    c = columns

    @property
    def entity_namespace(self) -> Any:
        """Where names of ``filter_by`` are looked up: the class."""
        return self.class_

    @property
    def all_orm_descriptors(self) -> KeyedView:
        """Mapped attributes, hybrids and association proxies of the class and its bases."""
        self._check_configure()
        found: dict[str, Any] = {}
        for base in self.class_.__mro__:
            for key, value in base.__dict__.items():
                if key not in found and isinstance(value, InspectionAttr) and not isinstance(value, Mapper):
                    found[key] = value
        return KeyedView(found)

    def impl(self, key: str) -> Any:
        """Return the impl of an attribute, of a backref too.

        Raises:
            KeyError: there is no attribute with values of its own under this name.
        """
        found = self.impls.get(key)
        if found is None:
            self._check_configure()
            found = self.impls.get(key)
            if found is None:
                prop = self._props.get(key)
                if prop is not None and prop.is_synonym:
                    return self.impl(prop.name)
                raise KeyError(f"class {self.class_.__name__} has no mapped attribute {key!r}")
        return found

    # -- inheritance ---------------------------------------------------------------------------------------------------

    @property
    def delete_orphan_props(self) -> list[Any]:
        """Relationships elsewhere with delete-orphan cascade that lead to this class or a base of it."""
        return [p for m in self.iterate_to_root() for p in m.own_delete_orphan_props]

    def iterate_to_root(self) -> Iterator[Mapper[Any]]:
        """This mapper and those it inherits from, outwards."""
        mapper: Mapper[Any] | None = self
        while mapper is not None:
            yield mapper
            mapper = mapper.inherits

    @property
    def self_and_descendants(self) -> list[Mapper[Any]]:
        """This mapper and all that inherit from it."""
        found: list[Mapper[Any]] = [self]
        for mapper in found:
            found.extend(mapper.inheriting)
        return found

    def polymorphic_iterator(self) -> Iterator[Mapper[Any]]:
        """This mapper and all that inherit from it."""
        return iter(self.self_and_descendants)

    def isa(self, other: Mapper[Any]) -> bool:
        """Whether this mapper is `other` or inherits from it."""
        return self is other or (self.inherits is not None and any(m is other for m in self.iterate_to_root()))

    def is_sibling(self, other: Mapper[Any]) -> bool:
        """Whether both are of one hierarchy and neither inherits from the other."""
        return self.base_mapper is other.base_mapper and not self.isa(other) and not other.isa(self)

    def common_parent(self, other: Mapper[Any]) -> bool:
        """Whether both are of one hierarchy."""
        return self.base_mapper is other.base_mapper

    def primary_mapper(self) -> Mapper[_T]:
        """This object; kept for programs that ask."""
        return self

    primary_base_mapper = property(lambda self: self.base_mapper)

    @property
    def selectable(self) -> Any:
        """What ``select(Class)`` selects from: `persist_selectable`, with the tables of subclasses if mapped so."""
        return inheritance.with_polymorphic_selectable(self)

    @property
    def with_polymorphic_mappers(self) -> list[Mapper[Any]]:
        """The mappers whose columns ``select(Class)`` loads by default."""
        return inheritance.default_polymorphic_mappers(self)

    def adapt_own_column(self, element: Any) -> Any:
        """Return a column of this mapper as `selectable` shows it (another object when that is a union)."""
        return inheritance.adapt_column(self, element)

    @property
    def identity_class(self) -> type:
        """The class that identity keys name."""
        return self.identity_mapper.class_

    @property
    def _identity_class(self) -> type:
        return self.identity_class

    # -- identity ------------------------------------------------------------------------------------------------------

    def primary_key_from_instance(self, instance: Any) -> list[Any]:
        """Return the values of the primary key as they are in an object."""
        return self._primary_key_of(instance_state(instance))

    def _primary_key_of(self, state: Any, passive: int = PASSIVE_RETURN_NO_VALUE) -> list[Any]:
        dict_ = state.dict
        found = []
        for key in self.pk_keys:
            value = dict_.get(key, NO_VALUE)
            if value is NO_VALUE:
                value = self.impls[key].get(state, dict_, passive & ~INIT_OK)
                if value is NO_VALUE or value is PASSIVE_NO_RESULT:
                    value = None
            found.append(value)
        return found

    def identity_key_from_instance(self, instance: Any) -> tuple[Any, ...]:
        """Return the identity key of an object, from its attributes."""
        state = instance_state(instance)
        return self.identity_key_from_primary_key(self._primary_key_of(state, PASSIVE_OFF), state.identity_token)

    def identity_key_from_primary_key(self, primary_key: Iterable[Any], identity_token: Any = None) -> tuple[Any, ...]:
        """Return the identity key for values of a primary key."""
        return self.identity_class, tuple(primary_key), identity_token

    def identity_key_from_row(self, row: Any, identity_token: Any = None, adapter: Any = None) -> tuple[Any, ...]:
        """Return the identity key of the object in a row."""
        mapping = getattr(row, "_mapping", row)
        cols = self.primary_key if adapter is None else [adapter.columns[c] for c in self.primary_key]
        return self.identity_key_from_primary_key([mapping[c] for c in cols], identity_token)

    def bucket_key(self, pk: tuple[Any, ...]) -> Any:
        """Return the key of the identity map's bucket for a primary key tuple."""
        return pk[0] if len(self.primary_key) == 1 else pk

    def pk_tuple(self, key: Any) -> tuple[Any, ...]:
        """Return the primary key tuple for a key of the identity map's bucket."""
        found: tuple[Any, ...] = (key,) if len(self.primary_key) == 1 else key
        return found

    def load_expired(self, state: Any, passive: int) -> Any:
        """Read the expired attributes of an object again (see :mod:`lect_orm.loading.refresh`)."""
        return _LOAD_EXPIRED[0](state, passive)

    def cascade_iterator(self, type_: str, state: Any, halt_on: Any = None) -> Iterator[Any]:
        """Yield ``(object, mapper, state, dict)`` for everything that `type_` cascades to from an object."""
        found: Iterator[Any] = CASCADE_HOOK[0](self, type_, state, halt_on)
        return found

    # -- for people ----------------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        name = f"Mapper[{self.class_.__name__}"
        if self.local_table is not None:
            name += f"({self.local_table.description})"
        return name + "]"

    def __repr__(self) -> str:
        return f"<Mapper at {id(self):#x}; {self.class_.__name__}>"

    def __clause_element__(self) -> Any:
        return self.selectable

    def __reduce__(self) -> Any:
        return (_mapper_of_class, (self.class_,))

    # Filled by `columns`:
    persist_selectable: Any
    tables: list[Any]
    primary_key: tuple[Any, ...]
    primary_key_set: frozenset[Any]
    pks_by_table: dict[Any, tuple[Any, ...]]
    cols_by_table: dict[Any, tuple[Any, ...]]
    column_to_key: dict[Any, str]
    pk_keys: tuple[str, ...]
    base_mapper: Mapper[Any]
    #: the mapper whose objects share one space of primary keys: the base, but a concrete class has its own
    identity_mapper: Mapper[Any]
    inherits: Mapper[Any] | None
    polymorphic_map: dict[Any, Mapper[Any]]


configure.EVENTS.append(Mapper)

#: ``(state, passive)``; set by the loading room.
_LOAD_EXPIRED: list[Any] = []
#: ``(mapper) -> what instruments a class in its own way, or None``; the extension enters itself when it is imported.
INSTRUMENTATION: list[Any] = []
#: ``(mapper, type, state, halt_on)``; set by the unit of work.
CASCADE_HOOK: list[Any] = []


def _mapper_of_class(cls: type) -> Any:
    return cls.__mapper__  # type: ignore[attr-defined]


def _next_version(version: Any) -> int:
    return (version or 0) + 1


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def _column(value: Any) -> Any:
    hook = getattr(value, "__clause_element__", None)
    if hook is not None:
        return hook()
    column = getattr(value, "column", None)  # mapped_column() in a declarative class
    return column if column is not None and not hasattr(value, "table") else value


def _from_clause(value: Any) -> Any:
    if value is None:
        return None
    if getattr(value, "_is_from_clause", False):
        return value
    raise ArgumentError(
        "FROM expression, such as a Table or alias() object expected for argument 'local_table'; got "
        f"{value!r}. To map a SELECT, call its .subquery() first."
    )
