"""The property that leads from a class to another one."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from lect.exc import ArgumentError, InvalidRequestError, LectWarning, nearest
from lect_orm.attributes.backref import Mirror
from lect_orm.attributes.collection import CollectionImpl
from lect_orm.attributes.impl import AttributeImpl, ObjectImpl
from lect_orm.base import (
    MANYTOMANY,
    MANYTOONE,
    ONETOMANY,
    RelationshipDirection,
    class_mapper_or_raise,
    instance_state,
    mapper_of,
)
from lect_orm.exc import FlushError
from lect_orm.mapping.column_property import creation_order
from lect_orm.mapping.equality import is_column, iterate
from lect_orm.mapping.property import MapperProperty
from lect_orm.relationships.backref import add_reverse, generate_backref
from lect_orm.relationships.cascade import CascadeOptions
from lect_orm.relationships.comparator import RelationshipComparator
from lect_orm.relationships.join_condition import JoinCondition, only_equalities, plain
from lect_orm.relationships.overlaps import warn_about_overlaps

__all__ = ["LAZY_KINDS", "IMPL_FACTORIES", "RelationshipProperty"]

#: what ``lazy=`` may be -> the name of the strategy
LAZY_KINDS: dict[Any, str] = {
    "select": "select",
    True: "select",
    "joined": "joined",
    False: "joined",
    "selectin": "selectin",
    "subquery": "subquery",
    "immediate": "immediate",
    "raise": "raise",
    "raise_on_sql": "raise_on_sql",
    "raise_n_plus_one": "raise_n_plus_one",
    "noload": "noload",
    None: "noload",
    "dynamic": "dynamic",
    "write_only": "write_only",
}

#: strategy -> ``(property, mapper, impl arguments) -> impl`` for those whose attributes are not plain ones, and
#: ``"lazy"`` -> ``(property, mapper) -> callable`` that loads one attribute; entered by the loading room.
IMPL_FACTORIES: dict[str, Callable[..., Any]] = {}


class RelationshipProperty(MapperProperty):
    """See ``relationship()`` for the arguments. Most attributes are settled when mappers are configured.

    Attributes:
        mapper: the target's Mapper; `entity` is the same, or the inspection of an alias.
        direction: ONETOMANY, MANYTOONE or MANYTOMANY, seen from `parent`.
        local_remote_pairs, synchronize_pairs, secondary_synchronize_pairs: see `JoinCondition`.
    """

    is_relationship = True
    strategy_wildcard_key = "relationship"
    inherit_cache = True
    cascade: CascadeOptions
    Comparator = RelationshipComparator

    def __init__(
        self,
        argument: Any = None,
        secondary: Any = None,
        *,
        uselist: bool | None = None,
        collection_class: Any = None,
        primaryjoin: Any = None,
        secondaryjoin: Any = None,
        back_populates: str | None = None,
        order_by: Any = False,
        backref: Any = None,
        overlaps: str | None = None,
        post_update: bool = False,
        cascade: str | None = None,
        viewonly: bool = False,
        attribute_options: Any = None,
        lazy: Any = "select",
        passive_deletes: Any = False,
        passive_updates: bool = True,
        active_history: bool = False,
        enable_typechecks: bool = True,
        foreign_keys: Any = None,
        remote_side: Any = None,
        join_depth: int | None = None,
        comparator_factory: Any = None,
        single_parent: bool = False,
        innerjoin: Any = False,
        distinct_target_key: bool | None = None,
        load_on_pending: bool = False,
        query_class: Any = None,
        info: dict[Any, Any] | None = None,
        omit_join: bool | None = None,
        sync_backref: bool | None = None,
        doc: str | None = None,
        bake_queries: Any = True,
        cascade_backrefs: Any = False,
        _local_remote_pairs: Any = None,
        _legacy_inactive_history_style: bool = False,
    ) -> None:
        super().__init__(info)
        if cascade_backrefs:
            raise ArgumentError("The 'cascade_backrefs' parameter passed to relationship() may only be set to False.")
        if lazy not in LAZY_KINDS:
            known = sorted(k for k in LAZY_KINDS if isinstance(k, str))
            listed = ", ".join(known)
            raise ArgumentError(
                f"relationship(lazy={lazy!r}): no such loading strategy{nearest(lazy, known)}; there are {listed}"
            )
        if viewonly and sync_backref:
            raise ArgumentError("sync_backref and viewonly cannot both be True")
        self.argument = argument
        self.secondary = secondary
        self.uselist = uselist
        self.collection_class = collection_class
        self.primaryjoin = primaryjoin
        self.secondaryjoin = secondaryjoin
        self.back_populates = back_populates
        self.backref = backref
        self.order_by = order_by
        self.post_update = post_update
        self.viewonly = viewonly
        self.attribute_options = attribute_options
        self.lazy = lazy
        self.strategy = LAZY_KINDS[lazy]
        self.passive_deletes = passive_deletes
        self.passive_updates = passive_updates
        self.active_history = active_history
        self.enable_typechecks = enable_typechecks
        self._user_foreign_keys = foreign_keys
        self.remote_side = remote_side
        self.join_depth = join_depth
        self.comparator_factory = comparator_factory or RelationshipComparator
        self.single_parent = single_parent
        self.innerjoin = innerjoin
        self.distinct_target_key = distinct_target_key
        self.load_on_pending = load_on_pending
        self.query_class = query_class
        self.omit_join = omit_join
        self.sync_backref = sync_backref
        self.doc = doc
        self._overlaps = set() if not overlaps else {o.strip() for o in overlaps.split(",")}
        self._reverse_property: set[RelationshipProperty] = set()
        self.mirrors_of: list[str] = []
        if viewonly:
            self._check_viewonly(cascade)
        self._user_cascade = cascade
        self.cascade = CascadeOptions(
            cascade if cascade is not None else ("save-update, merge" if not viewonly else "merge")
        )
        if viewonly and cascade is None:
            self.cascade = CascadeOptions("merge")
        if self.passive_deletes == "all" and (self.cascade.delete or self.cascade.delete_orphan):
            raise ArgumentError(
                f"On {self}, can't set passive_deletes='all' in conjunction with 'delete' or 'delete-orphan' cascade"
            )
        if back_populates and backref is not None:
            raise ArgumentError("backref and back_populates keyword arguments are mutually exclusive")
        if omit_join:
            warnings.warn(
                "setting omit_join to True is not supported; selectin loading of this relationship may not work "
                "correctly if this "
                "flag is set explicitly.  omit_join optimization is automatically detected for conditions under "
                "which it is "
                "supported.",
                LectWarning,
                stacklevel=3,
            )
        self._order = next(creation_order)

    def _check_viewonly(self, cascade: str | None) -> None:
        for name, value, default in (
            ("passive_deletes", self.passive_deletes, False),
            ("passive_updates", self.passive_updates, True),
            ("enable_typechecks", self.enable_typechecks, True),
            ("active_history", self.active_history, False),
            ("cascade_backrefs", False, False),
        ):
            if value != default:
                raise ArgumentError(
                    f"A viewonly relationship() cannot set {name} to {value!r}: it is never written; leave it out, "
                    "or make the "
                    "relationship writable"
                )
        if cascade is not None:
            refused = CascadeOptions.refused_for_viewonly(CascadeOptions(cascade))
            if refused:
                raise ArgumentError(
                    f'Cascade settings "{", ".join(refused)}" apply to persistence operations and should not be '
                    "combined with a "
                    "viewonly=True relationship."
                )

    # -- settling ------------------------------------------------------------------------------------------------------

    def do_init(self) -> None:
        self._resolve_target()
        self._resolve_arguments()
        self._settle_join()
        if self.uselist is None:
            self.uselist = self.direction is not MANYTOONE
        if self.innerjoin not in (False, True, "nested", "unnested"):
            raise ArgumentError(f"innerjoin={self.innerjoin!r}: True, False, 'nested' or 'unnested' expected")
        self._check_cascade()
        if not self.viewonly:
            warn_about_overlaps(self)
        if self.back_populates:
            self._configure_back_populates()
        elif self.backref is not None:
            generate_backref(self, RelationshipProperty)

    def _configure_back_populates(self) -> None:
        name = self.back_populates() if callable(self.back_populates) else self.back_populates
        if not isinstance(name, str):
            key = getattr(getattr(name, "prop", name), "key", None)
            if not isinstance(key, str):
                raise ArgumentError(
                    f"Invalid back_populates value: {name!r}; an attribute's name is expected (relationship {self})"
                )
            name = key
        self.back_populates = name
        add_reverse(self, name)

    def _resolve_target(self) -> None:
        argument = self.argument
        if callable(argument) and not isinstance(argument, type) and not getattr(argument, "is_mapper", False):
            if getattr(argument, "_lect_aliased", None) is None:
                argument = argument()
        if isinstance(argument, str):
            registry = self.parent.registry
            if registry is None:
                raise ArgumentError(
                    f"relationship '{self}': the target is given by name, {argument!r}, and {self.parent} belongs "
                    "to no registry"
                )
            argument = registry.resolver(self.parent.class_, self).resolve_target(argument)
        entity = _entity_of(argument)
        if entity is None:
            if isinstance(argument, type):
                class_mapper_or_raise(argument)
            raise ArgumentError(
                f"relationship '{self.key}' expects a class or a mapper argument (received: {type(argument)})"
            )
        self.entity = entity
        self.mapper = entity.mapper
        if self.parent.registry is not None and self.mapper.registry is not None:
            self.parent.registry.depends_on(self.mapper.registry)

    @property
    def target(self) -> Any:
        """The target's selectable."""
        return self.entity.persist_selectable if self.entity.is_mapper else self.entity.selectable

    def _resolve_arguments(self) -> None:
        for name in ("order_by", "primaryjoin", "secondaryjoin", "secondary", "_user_foreign_keys", "remote_side"):
            value = getattr(self, name)
            if isinstance(value, str):
                registry = self.parent.registry
                if registry is None:
                    raise ArgumentError(
                        f"relationship '{self}': {name} is given as a string and {self.parent} has no registry"
                    )
                favors_tables = name == "secondary"
                value = registry.resolver(self.parent.class_, self).resolve_expression(value, favors_tables)
            elif (
                callable(value)
                and not getattr(value, "is_clause_element", False)
                and not hasattr(value, "__clause_element__")
            ):
                value = value()
            setattr(self, name, value)
        if self.secondary is not None and not getattr(self.secondary, "_is_from_clause", False):
            raise ArgumentError(
                f"secondary argument {self.secondary!r} passed to to relationship() {self} must be a Table object "
                "or other FROM "
                "clause; can't send a mapped class directly as rows in 'secondary' are persisted independently of a "
                "class that is "
                "mapped to that same table."
            )
        self.order_by = (
            [_ordering(e, self) for e in _listed(self.order_by)]
            if self.order_by is not False and self.order_by is not None
            else False
        )
        self._foreign_key_columns = [_column_of(c, self, "foreign_keys") for c in _listed(self._user_foreign_keys)]
        self._remote_side_columns = [_column_of(c, self, "remote_side") for c in _listed(self.remote_side)]
        for name in ("primaryjoin", "secondaryjoin"):
            value = getattr(self, name)
            hook = getattr(value, "__clause_element__", None)
            if hook is not None:
                value = hook()
                setattr(self, name, value)
            if value is not None and not getattr(value, "_is_column_element", False):
                raise ArgumentError(
                    f"SQL expression expected for argument '{name}'; got {value!r}. (relationship {self})"
                )

    def _settle_join(self) -> None:
        join = JoinCondition(
            prop=self,
            parent=self.parent,
            target=self.mapper,
            target_selectable=self.target,
            primaryjoin=self.primaryjoin,
            secondary=self.secondary,
            secondaryjoin=self.secondaryjoin,
            foreign_keys=self._foreign_key_columns,
            remote_side=self._remote_side_columns,
            viewonly=self.viewonly,
        )
        self.join_condition = self._join_condition = join
        self.direction: RelationshipDirection = join.direction
        self.primaryjoin = join.adapted(join.primaryjoin, plain, plain)
        self.secondaryjoin = None if join.secondaryjoin is None else join.adapted(join.secondaryjoin, plain, plain)
        self.local_remote_pairs = join.local_remote_pairs
        self.synchronize_pairs = join.synchronize_pairs
        self.secondary_synchronize_pairs = join.secondary_synchronize_pairs
        self.local_columns = set(join.local_columns)
        self.remote_side = set(join.remote_columns)
        self._calculated_foreign_keys = set(join.columns_marked("foreign"))

    @property
    def foreign_keys_used(self) -> set[Any]:
        """The columns that refer."""
        return self._calculated_foreign_keys

    def _check_cascade(self) -> None:
        cascade = self.cascade
        if (
            cascade.delete_orphan
            and not self.single_parent
            and (self.direction is MANYTOMANY or self.direction is MANYTOONE)
        ):
            kind = "many-to-one" if self.direction is MANYTOONE else "many-to-many"
            raise ArgumentError(
                f'For {kind} relationship {self}, delete-orphan cascade is normally configured only on the "one" '
                "side of a "
                'one-to-many relationship, and not on the "many" side of a many-to-one or many-to-many '
                "relationship.  To force this "
                f'relationship to allow a particular "{self.mapper.class_.__name__}" object to be referenced by '
                "only a single "
                f'"{self.parent.class_.__name__}" object at a time via the {self} relationship, which would allow '
                "delete-orphan "
                "cascade to take place in this direction, set the single_parent=True flag."
            )
        if self.direction is MANYTOONE and self.passive_deletes:
            warnings.warn(
                f"On {self}, 'passive_deletes' is normally configured on one-to-many, one-to-one, many-to-many "
                "relationships only.",
                LectWarning,
                stacklevel=4,
            )
        if cascade.delete_orphan:
            self.mapper.own_delete_orphan_props.append(self)
            self.mapper.__dict__.setdefault("_delete_orphans", []).append(self)

    # -- the class attribute -------------------------------------------------------------------------------------------

    def instrument_class(self, mapper: Any) -> None:
        comparator = self.comparator_factory(self, mapper)
        impl = _UnsettledImpl(mapper, self.key, self)
        mapper.install_attribute(self.key, impl, comparator, self)

    def post_instrument_class(self, mapper: Any) -> None:
        impl = mapper.impls.get(self.key)
        if isinstance(impl, _UnsettledImpl):
            self.install_impl(mapper, impl)

    def install_impl(self, mapper: Any, before: AttributeImpl) -> None:
        """Give a mapper's attribute what reads and writes it, now that direction and target are known."""
        options: dict[str, Any] = {
            "trackparent": self.direction is ONETOMANY or self.cascade.delete_orphan or self.single_parent
        }
        factory = IMPL_FACTORIES.get(self.strategy)
        if factory is not None:
            impl = factory(self, mapper, options)
        elif self.uselist:
            collection_class = self.collection_class
            if mapper.instrumentation is not None:
                collection_class = mapper.instrumentation.collection_class(self.key, collection_class)
            impl = CollectionImpl(mapper, self.key, self, collection_class=collection_class, **options)
        else:
            history = self.active_history or (self.direction is not MANYTOONE or not self.simple_many_to_one)
            impl = ObjectImpl(mapper, self.key, self, active_history=history, **options)
        lazy = IMPL_FACTORIES.get("lazy")
        if impl.callable_ is None and lazy is not None and factory is None:
            impl.callable_ = lazy(self, mapper)
        impl.tracked = impl.records = not self.viewonly
        impl.__dict__.update({k: v for k, v in before.__dict__.items() if k == "_dispatch"})
        impl.active_history = impl.active_history or before.active_history
        impl.mirrors = tuple([Mirror(impl, key, bool(self.uselist)) for key in self.mirrors_of])
        if self.single_parent:
            impl.dispatch  # noqa: B018 - listeners are asked only where there is a dispatch
            self._attach_single_parent(impl)
        mapper.settle_attribute(self.key, impl)

    @property
    def simple_many_to_one(self) -> bool:
        """Whether the target is found by its primary key alone, so that the identity map may know it."""
        found: bool | None = self.__dict__.get("_use_get")
        if found is None:
            found = False
            if not self.uselist and self.direction is MANYTOONE and self.entity.is_mapper:
                found = self._equals_primary_key()
            self.__dict__["_use_get"] = found
        return found

    def _equals_primary_key(self) -> bool:
        pairs = self.local_remote_pairs
        remotes = {self._base_key(r) for _, r in pairs}
        wanted = {id(c) for c in self.mapper.primary_key}
        if remotes != wanted or len(pairs) != len(wanted):
            return False
        columns = [n for n in iterate(self.join_condition.primaryjoin) if is_column(n)]
        return len(columns) == 2 * len(pairs) and only_equalities(self.join_condition.primaryjoin)

    def _base_key(self, column: Any) -> int:
        """Return the id of the primary key column that a column of a joined subclass stands for."""
        prop = self.mapper.column_to_prop.get(column)
        if prop is not None:
            for other in prop.columns:
                if other in self.mapper.primary_key_set:
                    return id(other)
        return id(column)

    def _attach_single_parent(self, impl: AttributeImpl) -> None:
        prop = self

        def refuse(state: Any, value: Any, initiator: Any) -> None:
            if value is not None and initiator.parent_token is prop.token:
                has = impl.hasparent(instance_state(value))
                if has and not _is_parent(impl, state, instance_state(value)):
                    raise InvalidRequestError(
                        f"Instance {_instance_str(value)} is already associated with an instance of "
                        f"{prop.parent.class_!r} via its "
                        f"{prop} attribute, and is only allowed a single parent."
                    )

        def on_append(state: Any, value: Any, initiator: Any, key: Any = None) -> Any:
            refuse(state, value, initiator)
            return value

        def on_set(state: Any, value: Any, old: Any, initiator: Any) -> Any:
            refuse(state, value, initiator)
            return value

        impl.dispatch._add("append", refuse, on_append, True, True)
        impl.dispatch._add("set", refuse, on_set, True, True)

    def add_mirror(self, key: str) -> None:
        """From now on pass changes on to attribute `key` of the objects on the other side."""
        if key in self.mirrors_of:
            return
        self.mirrors_of.append(key)
        for mapper in self.parent.self_and_descendants:
            impl = mapper.impls.get(self.key)
            if impl is not None and impl.prop is self and not isinstance(impl, _UnsettledImpl):
                impl.mirrors = tuple([Mirror(impl, k, bool(self.uselist)) for k in self.mirrors_of])
                mapper.refresh_setter(self.key)

    def parent_is_related_to(self, other: Any) -> bool:
        """Whether this and `other` are the two sides of one relationship."""
        return other in self._reverse_property or self in other._reverse_property

    # -- facts ---------------------------------------------------------------------------------------------------------

    @property
    def cascade_options(self) -> CascadeOptions:
        """The cascades."""
        return self.cascade

    @property
    def is_self_referential(self) -> bool:
        """Whether the target is of the parent's own hierarchy."""
        found: bool = self.mapper.common_parent(self.parent)
        return found

    _is_self_referential = is_self_referential

    def check_target(self, state: Any) -> None:
        """Raise when an object of another class is in the attribute (asked by the flush).

        Raises:
            UnmappedInstanceError or FlushError: the object does not belong there.
        """
        if not state.mapper.isa(self.mapper) and (
            self.enable_typechecks or not state.mapper.common_parent(self.mapper)
        ):
            raise FlushError(
                f'Attempting to flush an item of type {state.mapper.class_} as a member of collection "{self}". '
                "Expected an object "
                f"of type {self.mapper.class_} or a polymorphic subclass of this type."
            )

    @property
    def class_attribute(self) -> Any:
        return getattr(self.parent.class_, self.key)


class _UnsettledImpl(AttributeImpl):
    """Stands for an impl until mappers are configured: the first use configures them."""

    settled = False
    uses_objects = True
    default_accepts_scalar_loader = False

    def _settled(self) -> AttributeImpl:
        self.mapper._check_configure()
        found: AttributeImpl = self.mapper.impls[self.key]
        if found is self:
            raise InvalidRequestError(f"{self.mapper} cannot be used while mappers are being configured")
        return found

    def get(self, state: Any, dict_: dict[str, Any], passive: int = 31) -> Any:
        if self.key in dict_:
            return dict_[self.key]
        return self._settled().get(state, dict_, passive)

    def set(self, state: Any, dict_: dict[str, Any], value: Any, *args: Any, **kw: Any) -> None:
        self._settled().set(state, dict_, value, *args, **kw)

    def delete(self, state: Any, dict_: dict[str, Any]) -> None:
        self._settled().delete(state, dict_)

    def get_history(self, state: Any, dict_: dict[str, Any], passive: int = 31) -> Any:
        return self._settled().get_history(state, dict_, passive)

    @property
    def listened(self) -> bool:
        return True


def _is_parent(impl: AttributeImpl, state: Any, child: Any) -> bool:
    return bool(child.parents and child.parents.get(id(impl.parent_token)) is state)


def _instance_str(obj: Any) -> str:
    return f"<{type(obj).__name__} at {hex(id(obj))}>"


def _entity_of(argument: Any) -> Any:
    """Return the Mapper, or the inspection of an alias, that a target means; None when it means neither."""
    if getattr(argument, "is_mapper", False) and not isinstance(argument, type):
        return argument
    if isinstance(argument, type):
        return mapper_of(argument) if "__mapper__" in argument.__dict__ else None
    found = getattr(argument, "_lect_aliased", None)
    if found is not None:
        return found
    return argument if getattr(argument, "is_aliased_class", False) else None


def _listed(value: Any) -> list[Any]:
    if value is None or value is False:
        return []
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def _expression(value: Any) -> Any:
    hook = getattr(value, "__clause_element__", None)
    if hook is not None:
        return hook()
    column = getattr(value, "column", None)
    if column is not None and not getattr(value, "is_clause_element", False):
        return column
    if isinstance(value, str):
        from lect.sql.text import text

        return text(value)
    return value


def _ordering(value: Any, prop: Any) -> Any:
    found = _expression(value)
    if isinstance(value, str) or not getattr(found, "is_clause_element", False):
        raise ArgumentError(f"Column expression expected for argument 'order_by'; got {value!r}. (relationship {prop})")
    return found


def _column_of(value: Any, prop: Any, name: str) -> Any:
    found = _expression(value)
    if getattr(found, "_is_column_element", False) and getattr(found, "table", None) is not None:
        return found
    raise ArgumentError(f"Column expression expected for argument '{name}'; got {value!r}. (relationship {prop})")
