"""An association proxy as one class has it: values of objects by attribute of related objects, and the same in SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from lect.exc import ArgumentError, InvalidRequestError
from lect.operators import ColumnOperators, OperatorType
from lect.sql.boolean import or_
from lect_orm.attributes.collections import behaves_like
from lect_orm.attributes.descriptor import QueryableAttribute
from lect_orm.base import mapper_of
from lect_orm.ext.association_collections import (
    AssociationCollection,
    _AssociationDict,
    _AssociationList,
    _AssociationSet,
)

if TYPE_CHECKING:
    from lect.sql.element import ColumnElement

__all__ = [
    "AmbiguousAssociationProxyInstance",
    "AssociationProxyInstance",
    "ColumnAssociationProxyInstance",
    "ObjectAssociationProxyInstance",
]

_T = TypeVar("_T")

_VIEWS: dict[type, type[AssociationCollection]] = {
    list: _AssociationList,
    dict: _AssociationDict,
    set: _AssociationSet,
}


class _LazyCollection:
    """The collection of members of one object, read when it is called. Keeps the object alive."""

    __slots__ = ("obj", "target")

    def __init__(self, obj: Any, target: str) -> None:
        self.obj = obj
        self.target = target

    def __call__(self) -> Any:
        return getattr(self.obj, self.target)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _LazyCollection) and other.obj is self.obj and other.target == self.target

    __hash__ = None  # type: ignore[assignment]


def _default_getset(value_attr: str, collection_class: Any) -> tuple[Callable[[Any], Any], Callable[..., None]]:
    """Return functions that read and write the attribute of a member; writing in a dictionary is told the key too."""

    def read(member: Any) -> Any:
        return None if member is None else getattr(member, value_attr)

    if collection_class is dict:

        def write_keyed(member: Any, key: Any, value: Any) -> None:
            setattr(member, value_attr, value)

        return read, write_keyed

    def write(member: Any, value: Any) -> None:
        setattr(member, value_attr, value)

    return read, write


def _holds_objects(attribute: Any) -> bool:
    prop = attribute.prop
    if prop is not None and getattr(prop, "is_relationship", False):
        return True
    if prop is not None and getattr(prop, "is_synonym", False):
        return bool(prop.uses_objects)
    return bool(attribute._impl_uses_objects)


class AssociationProxyInstance(Generic[_T]):
    """What ``User.keywords`` is.

    Attributes:
        parent: the proxy as it was declared.
        owning_class: the class it was asked of.
        target_collection: name of the relationship.
        target_class: class at the other end of the relationship.
        value_attr: name of the attribute of `target_class`.
        collection_class: list, set or dict once a collection has been seen.
    """

    #: whether the attribute holds objects; None when that is not known
    _target_is_object: bool | None = None
    collection_class: type | None = None

    def __init__(self, parent: Any, owning_class: Any, target_class: Any, value_attr: str) -> None:
        self.parent = parent
        self.key = parent.key
        self.owning_class = owning_class
        self.target_collection = parent.target_collection
        self.target_class = target_class
        self.value_attr = value_attr
        #: what the relationship is looked up in: the class, or an alias of it
        self._entity = owning_class
        self._scalar_getset: tuple[Callable[[Any], Any], Callable[..., None]] | None = None

    # -- making
    # ---------------------------------------------------------------------------------------------------------------

    if TYPE_CHECKING:
        # What a proxy can do depends on what it leads to; type checkers let all of it pass.

        def __eq__(self, other: object) -> ColumnElement[bool]: ...  # type: ignore[override]

        def __ne__(self, other: object) -> ColumnElement[bool]: ...  # type: ignore[override]

        def __getattr__(self, name: str) -> Any: ...

    @classmethod
    def for_proxy(cls, parent: Any, owning_class: Any, parent_instance: Any = None) -> AssociationProxyInstance[Any]:
        """Return the proxy of a class.

        Raises:
            NotImplementedError: the attribute it goes through is not a relationship.
        """
        mapper = mapper_of(owning_class)
        prop = mapper.get_property(parent.target_collection)
        if not prop.is_relationship:
            raise NotImplementedError(
                "association proxy to a non-relationship intermediary is not supported: "
                f"{owning_class.__name__}.{parent.target_collection} is no relationship"
            )
        return cls._for_target(parent, owning_class, prop.mapper.class_)

    @classmethod
    def _for_target(cls, parent: Any, owning_class: Any, target_class: Any) -> AssociationProxyInstance[Any]:
        value_attr = parent.value_attr
        kind: type[AssociationProxyInstance[Any]]
        try:
            attribute = getattr(target_class, value_attr)
            if isinstance(attribute, AssociationProxyInstance):
                kind, is_object = ObjectAssociationProxyInstance, attribute._target_is_object
            elif isinstance(attribute, QueryableAttribute):
                is_object = _holds_objects(attribute)
                kind = ObjectAssociationProxyInstance if is_object else ColumnAssociationProxyInstance
            else:
                kind, is_object = AmbiguousAssociationProxyInstance, None
        except AttributeError:
            # Perhaps an attribute of subclasses, or one that only objects have.
            kind, is_object = AmbiguousAssociationProxyInstance, None
        except (ArgumentError, InvalidRequestError):
            raise
        except Exception as error:
            name = target_class.__name__
            raise InvalidRequestError(
                "Association proxy received an unexpected error when trying to retrieve attribute "
                f'"{name}.{value_attr}" from class '
                f'"{name}": {error}'
            ) from error
        made = kind(parent, owning_class, target_class, value_attr)
        made._target_is_object = is_object
        return made

    def for_entity(self, entity: Any) -> AssociationProxyInstance[_T]:
        """Return the proxy for an alias of the class."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made._entity = entity
        return made

    def for_class(self, class_: Any, obj: Any = None) -> AssociationProxyInstance[_T]:
        """Return the proxy that suits one object: this one, unless it depends on the class of the related object."""
        return self

    # -- facts
    # ----------------------------------------------------------------------------------------------------------------

    @property
    def info(self) -> dict[Any, Any]:
        """The proxy's dictionary of the user's own facts."""
        found: dict[Any, Any] = self.parent.info
        return found

    @property
    def _prop(self) -> Any:
        return mapper_of(self.owning_class).get_property(self.target_collection)

    @property
    def scalar(self) -> bool:
        """Whether the relationship leads to one object."""
        found: bool | None = self.__dict__.get("_scalar")
        if found is None:
            found = self.__dict__["_scalar"] = not self._prop.uselist
        return found

    @property
    def _value_is_uselist(self) -> bool:
        prop = getattr(self.remote_attr, "prop", None)
        return bool(getattr(prop, "uselist", False))

    @property
    def local_attr(self) -> Any:
        """The relationship, as an attribute of the class."""
        return getattr(self._entity, self.target_collection)

    @property
    def remote_attr(self) -> Any:
        """The attribute of the class at the other end."""
        return getattr(self.target_class, self.value_attr)

    @property
    def attr(self) -> tuple[Any, Any]:
        """Both, for ``join(*User.keywords.attr)``."""
        return self.local_attr, self.remote_attr

    @property
    def _comparator(self) -> Any:
        return self.local_attr.comparator

    @property
    def _nested(self) -> AssociationProxyInstance[Any] | None:
        found = self.remote_attr
        return found if isinstance(found, AssociationProxyInstance) else None

    # -- values of objects
    # ----------------------------------------------------------------------------------------------------

    def _accessors(self) -> tuple[Callable[[Any], Any], Callable[..., None]]:
        found = self._scalar_getset
        if found is None:
            factory = self.parent.getset_factory
            found = _default_getset(self.value_attr, None) if factory is None else factory(None, self)
            self._scalar_getset = found
        return found

    def _default_getset(self, collection_class: Any) -> tuple[Callable[[Any], Any], Callable[..., None]]:
        return _default_getset(self.value_attr, collection_class)

    def get(self, obj: Any) -> Any:
        """Return the related object's value, or a view of the collection; without object, this proxy."""
        if obj is None:
            return self
        if self.scalar:
            return self._accessors()[0](getattr(obj, self.target_collection))
        return self._view(obj)

    def set(self, obj: Any, values: Any) -> None:
        """Give the related object (made when there is none) another value, or replace those of a collection."""
        parent = self.parent
        if self.scalar:
            target = getattr(obj, self.target_collection)
            if target is None:
                if values is None and not parent.create_on_none_assignment:
                    return
                creator = parent.creator or self.target_class
                setattr(obj, self.target_collection, creator(values))
            else:
                self._accessors()[1](target, values)
                if values is None and parent.cascade_scalar_deletes:
                    setattr(obj, self.target_collection, None)
            return
        proxy = self._view(obj)
        if isinstance(proxy, AssociationCollection):
            if not proxy._is_same_view(values):
                proxy._bulk_replace(self, values)  # type: ignore[attr-defined]
        elif proxy is not values:
            kept = dict(values) if hasattr(values, "keys") else list(values)
            proxy.clear()
            self._set(proxy, kept)

    def delete(self, obj: Any) -> None:
        """Delete the value of the related object, then the reference to it; of a collection, the collection."""
        if self.scalar:
            target = getattr(obj, self.target_collection)
            if target is not None:
                delattr(target, self.value_attr)
        delattr(obj, self.target_collection)

    def _view(self, obj: Any) -> Any:
        lazy = _LazyCollection(obj, self.target_collection)
        creator = self.parent.creator or self.target_class
        if self.parent.proxy_factory is not None:
            return self.parent.proxy_factory(lazy, creator, self.value_attr, self)
        kind = self.collection_class
        if kind is None:
            kind = self.collection_class = self._kind(lazy())
        factory = self.parent.getset_factory
        getter, setter = self._default_getset(kind) if factory is None else factory(kind, self)
        return _VIEWS[kind](lazy, creator, getter, setter, self)

    def _kind(self, collection: Any) -> type:
        kind = behaves_like(type(collection))
        if kind is None:
            raise ArgumentError(
                f'could not guess which interface to use for collection_class "{type(collection).__name__}" backing '
                f'"{self.target_collection}"; specify a proxy_factory and proxy_bulk_set manually'
            )
        return kind

    def _set(self, proxy: Any, values: Any) -> None:
        if self.parent.proxy_bulk_set is not None:
            self.parent.proxy_bulk_set(proxy, values)
        elif isinstance(proxy, _AssociationList):
            proxy.extend(values)
        elif isinstance(proxy, _AssociationDict | _AssociationSet):
            proxy.update(values)
        else:
            raise ArgumentError("no proxy_bulk_set supplied for custom collection_class implementation")

    # -- SQL
    # ------------------------------------------------------------------------------------------------------------------

    def _criterion_exists(self, criterion: Any = None, *, is_has: bool = False, **kwargs: Any) -> Any:
        nested = self._nested
        if nested is not None:
            return self._comparator._exists(nested._criterion_exists(criterion, **kwargs))
        if self._target_is_object:
            return self._comparator._exists(self.remote_attr.comparator._exists(criterion, **kwargs))
        if kwargs:
            raise ArgumentError("Can't apply keyword arguments to column-targeted association proxy; use ==")
        if is_has and criterion is not None:
            raise ArgumentError("Non-empty has() not allowed for column-targeted association proxy; use ==")
        return self._comparator._exists(criterion)

    def any(self, criterion: Any = None, **kwargs: Any) -> Any:
        """True for rows that have a related row, over both steps, which meets the criterion and has the values given.

        Raises:
            InvalidRequestError: both steps lead to one object.
        """
        if self._nested is None and self.scalar and not (self._target_is_object and self._value_is_uselist):
            raise InvalidRequestError("'any()' not implemented for scalar attributes. Use has().")
        return self._criterion_exists(criterion, is_has=False, **kwargs)

    def has(self, criterion: Any = None, **kwargs: Any) -> Any:
        """:meth:`any` where both steps lead to one object.

        Raises:
            InvalidRequestError: one of the steps leads to a collection.
        """
        if self._nested is None and (not self.scalar or (self._target_is_object and self._value_is_uselist)):
            raise InvalidRequestError("'has()' not implemented for collections. Use any().")
        return self._criterion_exists(criterion, is_has=True, **kwargs)

    def __clause_element__(self) -> Any:
        raise NotImplementedError(
            "The association proxy can't be used as a plain column expression; it only works inside of a comparison "
            "expression"
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.parent!r})"


class ObjectAssociationProxyInstance(AssociationProxyInstance[_T]):
    """A proxy whose values are objects, or which leads to a further proxy."""

    _target_is_object = True

    def contains(self, other: Any, **kw: Any) -> Any:
        """True for rows of whose values `other` is one.

        Raises:
            InvalidRequestError: both steps lead to one object: use ``==``.
        """
        nested = self._nested
        if nested is not None:
            inner = nested == other if nested.scalar else nested.contains(other)
            return self._comparator._exists(inner)
        if self.scalar and self._value_is_uselist:
            return self._comparator.has(self.remote_attr.contains(other))
        if self.scalar:
            raise InvalidRequestError("contains() doesn't apply to a scalar object endpoint; use ==")
        return self._comparator._exists(**{self.value_attr: other})

    def __eq__(self, other: object) -> Any:
        nested = self._nested
        if nested is not None:
            return self._comparator.has(nested == other)
        if other is None:
            return or_(self._comparator.has(**{self.value_attr: other}), self._comparator == None)  # noqa: E711
        return self._comparator.has(**{self.value_attr: other})

    def __ne__(self, other: object) -> Any:
        return self._comparator.has(self.remote_attr != other)

    __hash__ = object.__hash__


class ColumnAssociationProxyInstance(ColumnOperators, AssociationProxyInstance[_T]):
    """A proxy whose values are those of a column or expression: it has all operators of columns."""

    _target_is_object = False

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Any:
        # Also rows without a related object have the value None.
        found = self._comparator._exists(self.remote_attr.operate(_eq, other))
        if other is None:
            return or_(found, self._comparator == None)  # noqa: E711
        return found

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        return self._comparator._exists(self.remote_attr.operate(op, *other, **kwargs))


def _eq(a: Any, b: Any) -> Any:
    return a == b


class AmbiguousAssociationProxyInstance(AssociationProxyInstance[_T]):
    """A proxy to an attribute that the related class does not map: it works on objects, but has no SQL."""

    def _ambiguous(self) -> Any:
        raise AttributeError(
            f"Association proxy {self.owning_class.__name__}.{self.target_collection} refers to an attribute "
            f"'{self.value_attr}' that is not directly mapped on class {self.target_class.__name__}; therefore this "
            "operation "
            "cannot proceed since we don't know what type of object is referred towards"
        )

    def for_class(self, class_: Any, obj: Any = None) -> AssociationProxyInstance[_T]:
        if obj is None or not self.scalar:
            return self
        target = getattr(obj, self.target_collection)
        if target is None:
            return self
        known: dict[type, AssociationProxyInstance[Any]] = self._lookup_cache
        found = known.get(type(target))
        if found is None:
            found = known[type(target)] = self._for_target(self.parent, self.owning_class, type(target))
        return found

    @property
    def _lookup_cache(self) -> dict[type, AssociationProxyInstance[Any]]:
        """Class of related objects -> the proxy for it."""
        found: dict[type, AssociationProxyInstance[Any]] = self.__dict__.setdefault("_by_class", {})
        return found

    def __eq__(self, other: object) -> Any:
        return self._ambiguous()

    def __ne__(self, other: object) -> Any:
        return self._ambiguous()

    __hash__ = object.__hash__

    def any(self, criterion: Any = None, **kwargs: Any) -> Any:
        return self._ambiguous()

    def has(self, criterion: Any = None, **kwargs: Any) -> Any:
        return self._ambiguous()
