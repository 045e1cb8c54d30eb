"""Attributes made of other attributes: synonyms, composites, and what a concrete class does not have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lect.absent import NO_ARG
from lect.exc import ArgumentError, InvalidRequestError, nearest
from lect.sql.lists import ClauseList
from lect_orm.attributes.descriptor import PropComparator, QueryableAttribute
from lect_orm.attributes.history import History, get_state_history
from lect_orm.attributes.impl import AttributeImpl
from lect_orm.base import NO_VALUE, PASSIVE_OFF, STATE_KEY, InspectionAttr, init_state
from lect_orm.mapping.column_property import creation_order
from lect_orm.mapping.property import DescriptorProperty

__all__ = ["CompositeProperty", "ConcreteInheritedProperty", "SynonymProperty"]


class ProxyAttribute(QueryableAttribute[Any]):
    """The attribute of a synonym, or of something else that stands before another attribute. A data descriptor."""

    def __init__(self, prop: Any, mapper: Any, descriptor: Any, parententity: Any = None, adapt: Any = None) -> None:
        super().__init__(mapper.class_ if adapt is None else adapt.entity, prop.key, adapt or mapper, prop=prop)
        self.mapped_by = mapper
        self.descriptor = descriptor
        self._adapt = adapt
        self.comparator = None

    def _target(self) -> Any:
        entity = self._adapt.entity if self._adapt is not None else self.mapped_by.class_
        return getattr(entity, self.prop.name)

    def _comparator(self) -> Any:
        factory = self.prop.comparator_factory
        target = self._target()
        if factory is not None:
            return factory(self.prop.real_property(), self.mapped_by, self._adapt)
        return target

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            retval = self.descriptor.__get__(None, owner) if self.descriptor is not None else None
            if isinstance(retval, QueryableAttribute):
                return retval
            return self
        if self.descriptor is not None:
            return self.descriptor.__get__(instance, owner)
        return getattr(instance, self.prop.name)

    def __set__(self, instance: Any, value: Any) -> None:
        if self.descriptor is not None:
            self.descriptor.__set__(instance, value)
        else:
            setattr(instance, self.prop.name, value)

    def __delete__(self, instance: Any) -> None:
        if self.descriptor is not None:
            self.descriptor.__delete__(instance)
        else:
            delattr(instance, self.prop.name)

    @property
    def original_property(self) -> Any:
        """The synonym itself."""
        return self.prop

    @property
    def expression(self) -> Any:
        target = self._comparator()
        if isinstance(target, QueryableAttribute):
            return target.expression
        return target.__clause_element__()

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return op(self._comparator(), *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        return op(other, self._comparator(), **kwargs)

    def of_type(self, entity: Any) -> Any:
        return self._target().of_type(entity)

    def and_(self, *criteria: Any) -> Any:
        return self._target().and_(*criteria)

    def adapt_to_entity(self, adapt_to_entity: Any) -> Any:
        return type(self)(self.prop, self.mapped_by, self.descriptor, adapt=adapt_to_entity)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("prop", "descriptor", "_adapt", "mapped_by"):
            raise AttributeError(name)
        target = self._target()
        if self.descriptor is not None and hasattr(self.descriptor, name):
            return getattr(self.descriptor, name)
        try:
            return getattr(self._comparator(), name)
        except AttributeError:
            return getattr(target, name)

    @property
    def property(self) -> Any:
        """The property of the attribute it stands for."""
        return self.prop.real_property()


class SynonymProperty(DescriptorProperty):
    """Another name for an attribute."""

    is_synonym = True
    _links_to_entity = False

    def __init__(
        self,
        name: str,
        map_column: bool | None = None,
        descriptor: Any = None,
        comparator_factory: Any = None,
        attribute_options: Any = None,
        info: dict[Any, Any] | None = None,
        doc: str | None = None,
    ) -> None:
        super().__init__(info)
        self.name = name
        self.map_column = map_column
        self.descriptor = descriptor
        self.comparator_factory = comparator_factory
        self.attribute_options = attribute_options
        self.doc = doc or (descriptor.__doc__ if descriptor is not None else None)
        self._order = next(creation_order)

    def set_parent(self, parent: Any, init: bool = False) -> None:
        if self.map_column:
            # The column of the attribute's own name is mapped as `name`.
            table = parent.persist_selectable
            if self.key not in table.c:
                raise ArgumentError(
                    f"Can't compile synonym '{self.key}': no column on table '{table.description}' named '{self.key}'"
                )
            column = table.c[self.key]
            if column in parent.column_to_prop and parent.column_to_prop[column].key == self.name:
                raise ArgumentError(
                    f"Can't call map_column=True for synonym {self.key!r}={self.name!r}, a ColumnProperty already "
                    "exists keyed to "
                    f"the name {self.name!r} for column {self.key!r}"
                )
            from lect_orm.mapping.column_property import ColumnProperty

            parent.add_column_property(self.name, ColumnProperty(column))
        self.parent = parent

    def instrument_class(self, mapper: Any) -> None:
        descriptor = self.descriptor
        if descriptor is None:
            existing = mapper.class_.__dict__.get(self.key)
            if existing is not None and hasattr(existing, "__get__") and not isinstance(existing, InspectionAttr):
                descriptor = existing
        attribute = ProxyAttribute(self, mapper, descriptor)
        attribute.__doc__ = self.doc
        type.__setattr__(mapper.class_, self.key, attribute)

    def real_property(self) -> Any:
        """Return the property it stands for.

        Raises:
            InvalidRequestError: there is no attribute of that name.
        """
        target = getattr(self.parent.class_, self.name, None)
        if target is None:
            raise InvalidRequestError(
                f'synonym() attribute "{self.parent.class_.__name__}.{self.key}" only supports ORM mapped '
                "attributes, got "
                f"{target!r}{nearest(self.name, self.parent._props)}"
            )
        if not isinstance(target, QueryableAttribute) or not hasattr(target, "property"):
            raise InvalidRequestError(
                f'synonym() attribute "{self.parent.class_.__name__}.{self.key}" only supports ORM mapped '
                f"attributes, got {target!r}"
            )
        return target.property

    @property
    def uses_objects(self) -> bool:  # type: ignore[override]
        """Whether the attribute it stands for holds objects."""
        found = self.parent.impls.get(self.name)
        return bool(found is not None and found.uses_objects)


class CompositeAttribute(QueryableAttribute[Any]):
    """The attribute of a composite: an object made of several columns' values. A data descriptor."""

    def __init__(self, prop: Any, mapper: Any, adapt: Any = None) -> None:
        entity = adapt or mapper
        comparator = prop.comparator_factory(prop, mapper, adapt)
        super().__init__(
            mapper.class_ if adapt is None else adapt.entity, prop.key, entity, comparator=comparator, prop=prop
        )
        self.mapped_by = mapper
        self.impl = prop.impl_for(mapper)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        return self.prop.get(instance)

    def __set__(self, instance: Any, value: Any) -> None:
        self.prop.set(instance, value, self.impl)

    def __delete__(self, instance: Any) -> None:
        self.prop.delete(instance, self.impl)

    def adapt_to_entity(self, adapt_to_entity: Any) -> Any:
        return CompositeAttribute(self.prop, self.mapped_by, adapt_to_entity)

    def _make_expression(self) -> Any:
        return self.comparator.__clause_element__()

    def listeners_changed(self) -> None:
        """The descriptor asks at each write."""


def _all_none(*parts: Any) -> bool:
    return all(p is None for p in parts)


class CompositeImpl(AttributeImpl):
    """Listeners and history of a composite; the values are those of its columns."""

    default_accepts_scalar_loader = False

    def get_history(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> History:
        found: History = self.prop.get_history(state, dict_, passive)
        return found

    def set(self, state: Any, dict_: dict[str, Any], value: Any, *args: Any, **kw: Any) -> None:
        self.prop.set(state.obj(), value, self)

    def get(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> Any:
        return self.prop.get(state.obj())


class CompositeProperty(DescriptorProperty):
    """An attribute whose value is an object made of several columns."""

    is_composite = True

    def __init__(
        self,
        _class_or_attr: Any = None,
        *attrs: Any,
        return_none_on: Any = NO_ARG,
        attribute_options: Any = None,
        active_history: bool = False,
        deferred: bool = False,
        group: str | None = None,
        comparator_factory: Any = None,
        info: dict[Any, Any] | None = None,
        doc: str | None = None,
    ) -> None:
        super().__init__(info)
        self.composite_class: Any = _class_or_attr
        self.attrs: tuple[Any, ...] = attrs
        if (_class_or_attr is not None and not (isinstance(_class_or_attr, type) or callable(_class_or_attr))) or (
            hasattr(_class_or_attr, "__clause_element__") and not isinstance(_class_or_attr, type)
        ):
            self.attrs = (_class_or_attr, *attrs)
            self.composite_class = None
        self.return_none_on = return_none_on
        self.attribute_options = attribute_options
        self.active_history = active_history
        self.deferred = deferred
        self.group = group
        self.comparator_factory = comparator_factory or self.__class__.Comparator
        self.doc = doc
        self._impls: dict[Any, CompositeImpl] = {}
        self._generated: Callable[[Any], tuple[Any, ...]] | None = None
        self._order = next(creation_order)

    # -- parts ---------------------------------------------------------------------------------------------------------

    def attribute_keys(self) -> list[str]:
        """Names of the attributes it is made of."""
        found: list[str] | None = self.__dict__.get("_keys")
        if found is None:
            found = self.__dict__["_keys"] = [p.key for p in self.props]
        return found

    @property
    def props(self) -> list[Any]:
        """The properties it is made of."""
        mapper = self.parent
        found = []
        for attr in self.attrs:
            if isinstance(attr, str):
                prop = mapper._props.get(attr)
                if prop is None:
                    raise ArgumentError(
                        f"Composite '{self}': no attribute {attr!r} in {mapper}{nearest(attr, mapper._props)}"
                    )
            elif isinstance(attr, QueryableAttribute):
                prop = attr.prop
            else:
                column = getattr(attr, "column", attr) if not hasattr(attr, "table") else attr
                prop = mapper.column_to_prop.get(column)
                if prop is None:
                    raise ArgumentError(
                        "Composite expects Column objects or mapped attributes/attribute names as arguments, got: "
                        f"{attr!r}"
                    )
            found.append(prop)
        return found

    @property
    def columns(self) -> list[Any]:
        """The columns it is made of."""
        return [p.columns[0] for p in self.props]

    def values_of(self, value: Any) -> tuple[Any, ...]:
        """Return the columns' values of a composite object."""
        hook = getattr(value, "__composite_values__", None)
        if hook is not None:
            return tuple(hook())
        fields = getattr(value, "__dataclass_fields__", None)
        if fields is None:
            raise ArgumentError(
                f"{type(value).__name__} has no __composite_values__() method and is no dataclass; composite "
                f"attribute '{self}' cannot "
                "take its values"
            )
        return tuple([getattr(value, name) for name, f in fields.items() if f.init])

    # -- values of objects ---------------------------------------------------------------------------------------------

    def get(self, instance: Any) -> Any:
        """Return the composite object of a mapped object, making it from the columns' values."""
        values = instance.__dict__
        keys = self.attribute_keys()
        key = self.key
        parts = [getattr(instance, k) for k in keys]
        held = values.get(key)
        state = values.get(STATE_KEY) or init_state(instance)
        if held is not None and not self._stale(state, held, parts):
            return held
        none_on = self.none_on()
        if none_on is not None and none_on(*parts):
            values.pop(key, None)
            return None
        if key in values and held is None and all(p is None for p in parts):
            return None
        made = self.composite_class(*parts)
        values[key] = made
        self._made.setdefault(key, None)
        self._loaded(state, made)
        return made

    def none_on(self) -> Callable[..., bool] | None:
        """Return the function that says from the parts whether there is no composite at all."""
        if self.return_none_on is not NO_ARG:
            found: Callable[..., bool] | None = self.return_none_on
            return found
        return _all_none if self.optional else None

    #: annotated as optional: there is no composite while all columns are NULL
    optional = False

    @property
    def _made(self) -> dict[str, Any]:
        found: dict[str, Any] = self.__dict__.setdefault("_made_keys", {})
        return found

    def _loaded(self, state: Any, made: Any) -> None:
        impl = self.impl_for(state.mapper)
        if "_dispatch" in impl.__dict__:
            for call in impl.dispatch.init_scalar:
                call(state, made, state.dict)
        for call in self.on_made:
            call(state, made)

    #: called ``(state, object)`` when a composite is made from loaded values (mutable composites listen)
    on_made: tuple[Any, ...] = ()

    def _stale(self, state: Any, held: Any, parts: list[Any]) -> bool:
        """Whether the columns were loaded since the composite was made; one whose columns are being changed stays."""
        if state.expired_attributes and self.key in state.expired_attributes:
            return True
        changed = state.committed_state
        if changed and any(k in changed for k in self.attribute_keys()):
            return False
        try:
            return self.values_of(held) != tuple(parts) and not getattr(held, "_lect_mutable", False)
        except ArgumentError:
            return False

    def set(self, instance: Any, value: Any, impl: Any) -> None:
        """Set the composite object, and with it the columns."""
        values = instance.__dict__
        state = values.get(STATE_KEY) or init_state(instance)
        previous = values.get(self.key, NO_VALUE)
        if previous is NO_VALUE and (self.active_history or impl.active_history):
            previous = self.get(instance)
        if "_dispatch" in impl.__dict__:
            for call in impl.dispatch.set:
                value = call(state, value, previous, impl)
        values[self.key] = value
        keys = self.attribute_keys()
        parts = (None,) * len(keys) if value is None else self.values_of(value)
        for key, part in zip(keys, parts, strict=True):
            setattr(instance, key, part)

    def delete(self, instance: Any, impl: Any) -> None:
        """Delete the composite object, and set the columns to None."""
        values = instance.__dict__
        state = values.get(STATE_KEY) or init_state(instance)
        if impl.active_history and self.key not in values:
            self.get(instance)
        previous = values.pop(self.key, NO_VALUE)
        if "_dispatch" in impl.__dict__:
            for call in impl.dispatch.remove:
                call(state, previous, impl)
        for key in self.attribute_keys():
            setattr(instance, key, None)

    def get_history(self, state: Any, dict_: dict[str, Any], passive: int = PASSIVE_OFF) -> History:
        """Return the history as composite objects."""
        added: list[Any] = []
        deleted: list[Any] = []
        changed = False
        for key in self.attribute_keys():
            history = get_state_history(state, key, passive)
            changed = changed or history.has_changes()
            now = history.non_deleted()
            added.extend(now or [None])
            if history.deleted:
                deleted.extend(history.deleted)
            else:
                deleted.append(None)
        if changed:
            before = [d if d is not None else None for d in deleted]
            return History([self.composite_class(*added)], (), [self.composite_class(*before)])
        return History((), [self.composite_class(*added)], ())

    # -- mapping -------------------------------------------------------------------------------------------------------

    def impl_for(self, mapper: Any) -> CompositeImpl:
        """Return the impl that carries listeners."""
        found = self._impls.get(mapper)
        if found is None:
            found = CompositeImpl(mapper, self.key, self, active_history=self.active_history)
            self._impls[mapper] = found
        return found

    def instrument_class(self, mapper: Any) -> None:
        attribute = CompositeAttribute(self, mapper)
        attribute.__doc__ = self.doc
        mapper.impls.setdefault(self.key, attribute.impl)
        mapper.composite_keys = {**getattr(mapper, "composite_keys", {}), self.key: self}
        type.__setattr__(mapper.class_, self.key, attribute)

    def do_init(self) -> None:
        keys = self.attribute_keys()
        for attr, prop in zip(self.attrs, self.props, strict=True):
            del attr
            prop.active_history = prop.active_history or self.active_history
            if self.deferred:
                prop.deferred = self.deferred
                prop.group = self.group
        del keys

    class Comparator(PropComparator[Any]):
        """Operators of a composite: equal when all columns are."""

        def __clause_element__(self) -> Any:
            from lect_orm.query.bundle import CompositeBundle

            return CompositeBundle(self.prop, self.expressions, self._parententity).__clause_element__()

        @property
        def expressions(self) -> list[Any]:
            """The columns' expressions."""
            entity = self._adapt_to_entity
            cls = entity.entity if entity is not None else self._parententity.class_
            return [getattr(cls, key) for key in self.prop.attribute_keys()]

        @property
        def clauses(self) -> tuple[Any, ...]:
            """The columns, to be selected one by one."""
            found: tuple[Any, ...] = self.__clause_element__().clauses
            return found

        def desc(self) -> Any:
            """The columns for ORDER BY, each descending."""
            return ClauseList(*[e.desc() for e in self.expressions])

        def asc(self) -> Any:
            """The columns for ORDER BY, each ascending."""
            return ClauseList(*[e.asc() for e in self.expressions])

        def _bulk_update_tuples(self, value: Any) -> list[tuple[Any, Any]]:
            if value is None:
                parts: Any = [None for _ in self.prop.attribute_keys()]
            elif isinstance(value, self.prop.composite_class):
                parts = self.prop.values_of(value)
            else:
                raise ArgumentError(f"Can't UPDATE composite attribute {self.prop} to {value!r}")
            return list(zip([e.expression for e in self.expressions], parts, strict=True))

        def __eq__(self, other: Any) -> Any:
            return self._compare("__eq__", other)

        def __ne__(self, other: Any) -> Any:
            return self._compare("__ne__", other)

        def __lt__(self, other: Any) -> Any:
            return self._compare("__lt__", other)

        def __le__(self, other: Any) -> Any:
            return self._compare("__le__", other)

        def __gt__(self, other: Any) -> Any:
            return self._compare("__gt__", other)

        def __ge__(self, other: Any) -> Any:
            return self._compare("__ge__", other)

        __hash__ = object.__hash__

        def _compare(self, name: str, other: Any) -> Any:
            from lect.sql.boolean import and_, not_

            mine = self.expressions
            if other is None:
                parts: Any = [None] * len(mine)
            elif isinstance(other, QueryableAttribute | CompositeProperty.Comparator):
                parts = other.expressions
            else:
                parts = self.prop.values_of(other)
            if name == "__ne__":
                return not_(and_(*[a == b for a, b in zip(mine, parts, strict=True)]))
            return and_(*[getattr(a, name)(b) for a, b in zip(mine, parts, strict=True)])


class _ConcreteMissing:
    """In the class: refuses an attribute that the concrete class does not have."""

    def __init__(self, prop: Any, mapper: Any) -> None:
        self.prop = prop
        self.mapped_by = mapper

    def _refuse(self) -> Any:
        mapper = self.mapped_by
        raise AttributeError(
            f"Concrete {mapper} does not implement attribute {self.prop.key!r} at the instance level.  Add this "
            "property "
            f"explicitly to {mapper}."
        )

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        return self._refuse()

    def __set__(self, instance: Any, value: Any) -> None:
        self._refuse()

    def __delete__(self, instance: Any) -> None:
        self._refuse()


class ConcreteInheritedProperty(DescriptorProperty):
    """Marks an attribute of a base class that a concrete class does not map."""

    is_concrete_placeholder = True

    def instrument_class(self, mapper: Any) -> None:
        type.__setattr__(mapper.class_, self.key, _ConcreteMissing(self, mapper))
