"""Association proxies: an attribute of related objects as an attribute of one's own."""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar, overload

from lect.absent import NO_ARG
from lect.exc import ArgumentError, InvalidRequestError
from lect_orm.base import InspectionAttrExtensionType, InspectionAttrInfo, _MappedAttribute
from lect_orm.ext.association_collections import _AssociationDict, _AssociationList, _AssociationSet
from lect_orm.ext.association_instance import (
    AmbiguousAssociationProxyInstance,
    AssociationProxyInstance,
    ColumnAssociationProxyInstance,
    ObjectAssociationProxyInstance,
)
from lect_orm.mapping.mapped_column import AttributeOptions

__all__ = [
    "ASSOCIATION_PROXY",
    "AmbiguousAssociationProxyInstance",
    "AssociationProxy",
    "AssociationProxyExtensionType",
    "AssociationProxyInstance",
    "ColumnAssociationProxyInstance",
    "ObjectAssociationProxyInstance",
    "_AssociationDict",
    "_AssociationList",
    "_AssociationSet",
    "association_proxy",
]

_T = TypeVar("_T")


class AssociationProxyExtensionType(InspectionAttrExtensionType):
    """What ``inspect(cls).all_orm_descriptors`` says of association proxies."""

    ASSOCIATION_PROXY = "ASSOCIATION_PROXY"


ASSOCIATION_PROXY = AssociationProxyExtensionType.ASSOCIATION_PROXY


def association_proxy(
    target_collection: str,
    attr: str,
    *,
    creator: Any = None,
    getset_factory: Any = None,
    proxy_factory: Any = None,
    proxy_bulk_set: Any = None,
    info: dict[Any, Any] | None = None,
    cascade_scalar_deletes: bool = False,
    create_on_none_assignment: bool = False,
    init: Any = NO_ARG,
    repr: Any = NO_ARG,
    default: Any = NO_ARG,
    default_factory: Any = NO_ARG,
    compare: Any = NO_ARG,
    kw_only: Any = NO_ARG,
    hash: Any = NO_ARG,
    dataclass_metadata: Any = NO_ARG,
) -> AssociationProxy[Any]:
    """Declare an attribute that shows attribute `attr` of what relationship `target_collection` leads to.

    Over a collection it is a view: a list, set or dictionary of the values, whose changes are changes of the
        members. Over a
    reference it is the value of that object, or None without one.

    Args:
        target_collection: name of a relationship of this class.
        attr: name of an attribute of the related class: a column, a relationship, a hybrid, another proxy.
        creator: makes a related object of a value (of key and value for a dictionary); the related class itself if
            not given.
        getset_factory: ``(collection class, proxy) -> (getter, setter)`` in place of reading and writing `attr`.
        proxy_factory: ``(lazy collection, creator, attr, proxy) -> view``, for a view of one's own.
        proxy_bulk_set: ``(view, values)``: how values are entered into a view of one's own when the attribute is set.
        info: facts of the user's own.
        cascade_scalar_deletes: setting the value to None also sets the reference to None.
        create_on_none_assignment: setting None where there is no related object makes one.
        init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata: for dataclass mappings, as
            ``dataclasses.field``.

    Raises:
        ArgumentError: cascade_scalar_deletes and create_on_none_assignment contradict each other.
    """
    return AssociationProxy(
        target_collection,
        attr,
        creator=creator,
        getset_factory=getset_factory,
        proxy_factory=proxy_factory,
        proxy_bulk_set=proxy_bulk_set,
        info=info,
        cascade_scalar_deletes=cascade_scalar_deletes,
        create_on_none_assignment=create_on_none_assignment,
        attribute_options=AttributeOptions(
            init=init,
            repr=repr,
            default=default,
            default_factory=default_factory,
            compare=compare,
            kw_only=kw_only,
            hash=hash,
            dataclass_metadata=dataclass_metadata,
        ),
    )


class AssociationProxy(InspectionAttrInfo, _MappedAttribute, Generic[_T]):
    """What :func:`association_proxy` makes, and its annotation: ``names: AssociationProxy[list[str]]``."""

    is_attribute = True
    extension_type = ASSOCIATION_PROXY

    def __init__(
        self,
        target_collection: str,
        attr: str,
        *,
        creator: Any = None,
        getset_factory: Any = None,
        proxy_factory: Any = None,
        proxy_bulk_set: Any = None,
        info: dict[Any, Any] | None = None,
        cascade_scalar_deletes: bool = False,
        create_on_none_assignment: bool = False,
        attribute_options: AttributeOptions | None = None,
    ) -> None:
        if cascade_scalar_deletes and create_on_none_assignment:
            raise ArgumentError(
                "The cascade_scalar_deletes and create_on_none_assignment parameters are mutually exclusive."
            )
        self.target_collection = target_collection
        self.value_attr = attr
        self.creator = creator
        self.getset_factory = getset_factory
        self.proxy_factory = proxy_factory
        self.proxy_bulk_set = proxy_bulk_set
        self.cascade_scalar_deletes = cascade_scalar_deletes
        self.create_on_none_assignment = create_on_none_assignment
        self.attribute_options = attribute_options if attribute_options is not None else AttributeOptions()
        self.key = f"_{type(self).__name__}_{target_collection}_{id(self)}"
        if info:
            self.__dict__["_info"] = dict(info)

    @overload
    def __get__(self, instance: Literal[None], owner: Literal[None]) -> AssociationProxy[_T]: ...

    @overload
    def __get__(self, instance: Literal[None], owner: Any) -> AssociationProxyInstance[_T]: ...

    @overload
    def __get__(self, instance: object, owner: Any) -> _T: ...

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            found = None if owner is None else self._instance_for(owner)
            return self if found is None else found
        return self._of_object(instance).get(instance)

    def __set__(self, instance: Any, values: Any) -> None:
        self._of_object(instance).set(instance, values)

    def __delete__(self, instance: Any) -> None:
        self._of_object(instance).delete(instance)

    def for_class(self, class_: Any, obj: Any = None) -> AssociationProxyInstance[_T]:
        """Return the proxy as a class, or one object of it, has it.

        Raises:
            InvalidRequestError: the class is not mapped.
        """
        found = self._instance_for(class_, obj)
        if found is None:
            raise InvalidRequestError(
                f"This association proxy has no mapped owning class; can't locate a mapped property: {class_!r} is "
                "not mapped "
                f"(proxy through {self.target_collection!r})"
            )
        return found

    def _of_object(self, obj: Any) -> AssociationProxyInstance[Any]:
        return self.for_class(type(obj), obj)

    def _instance_for(self, owner: Any, obj: Any = None) -> AssociationProxyInstance[Any] | None:
        if not isinstance(owner, type):
            aliased = getattr(owner, "__dict__", {}).get("_lect_aliased")
            inner = None if aliased is None else self._instance_for(aliased.mapper.class_)
            return None if inner is None else inner.for_entity(owner)
        known = owner.__dict__.get(_INSTANCES)
        found = None if known is None else known.get(self)
        mapper = owner.__dict__.get("__mapper__")
        if found is None or found[0] is not mapper:
            if not getattr(mapper, "is_mapper", False):
                return None
            if known is None:
                known = {}
                type.__setattr__(owner, _INSTANCES, known)
            made = AssociationProxyInstance.for_proxy(self, owner, obj)
            found = known[self] = (mapper, made)
        instance: AssociationProxyInstance[Any] = found[1]
        return instance if obj is None else instance.for_class(owner, obj)

    def __repr__(self) -> str:
        return f"AssociationProxy({self.target_collection!r}, {self.value_attr!r})"


#: where a class keeps its proxies: proxy -> (mapper, proxy as the class has it)
_INSTANCES = "_lect_association_proxies"
