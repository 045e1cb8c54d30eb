"""Base classes of declarative mapping."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, dataclass_transform

from lect.exc import InvalidRequestError
from lect.schema.metadata import MetaData
from lect_orm.base import InspectionAttr
from lect_orm.mapping.dataclass import DataclassArguments
from lect_orm.mapping.declarative import add_attribute, del_attribute, is_mapped_class, map_declaratively
from lect_orm.mapping.declared_attr import declared_attr
from lect_orm.mapping.factories import (
    column_property,
    composite,
    deferred,
    mapped_column,
    query_expression,
    relationship,
    synonym,
)
from lect_orm.mapping.registry import registry

__all__ = [
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeclarativeMeta",
    "MappedAsDataclass",
    "add_mapped_attribute",
    "as_declarative",
    "declarative_base",
    "has_inherited_table",
    "mapped_as_dataclass",
]

_T = TypeVar("_T")


def add_mapped_attribute(target: Any, key: str, attr: Any) -> None:
    """Map a further attribute of a mapped class; for classes whose metaclass does not do it at assignment."""
    add_attribute(target, key, attr)


class _ClassAttributes(type):
    """Attributes assigned to a mapped class after it was made are mapped too."""

    def __setattr__(cls, key: str, value: Any) -> None:
        if is_mapped_class(cls):
            add_attribute(cls, key, value)
        else:
            type.__setattr__(cls, key, value)

    def __delattr__(cls, key: str) -> None:
        if is_mapped_class(cls):
            del_attribute(cls, key)
        else:
            type.__delattr__(cls, key)


class DeclarativeMeta(_ClassAttributes):
    """Metaclass of bases made by ``declarative_base()``."""

    def __init__(cls, classname: Any, bases: Any, dict_: Any, **kw: Any) -> None:
        found = cls.__dict__.get("_lect_registry") or getattr(cls, "_lect_registry", None)
        if found is None:
            found = dict_.get("registry")
            if not isinstance(found, registry):
                raise InvalidRequestError(
                    "Declarative base class has no 'registry' attribute, or registry is not a lect_orm.registry() "
                    "object"
                )
            type.__setattr__(cls, "_lect_registry", found)
        if "metadata" not in cls.__dict__ and not hasattr(cls, "metadata"):
            type.__setattr__(cls, "metadata", found.metadata)
        if not cls.__dict__.get("__abstract__", False):
            map_declaratively(found, cls)
        type.__init__(cls, classname, bases, dict_)


registry.default_metaclass = DeclarativeMeta


def _setup_base(cls: Any) -> None:
    """Give a new base class its registry and MetaData, as the class says or fresh ones."""
    given = cls.__dict__.get("registry", getattr(cls, "registry", None))
    metadata = getattr(cls, "metadata", None)
    if metadata is not None and not isinstance(metadata, MetaData):
        raise InvalidRequestError(f"{cls.__name__}.metadata must be a MetaData, got {metadata!r}")
    type_map = getattr(cls, "type_annotation_map", None)
    if isinstance(given, registry):
        if "type_annotation_map" in cls.__dict__:
            raise InvalidRequestError(
                "Declarative base class has both a 'registry' attribute and a type_annotation_map entry.  Per-base "
                "type_annotation_maps are not supported.  Please apply the type_annotation_map to this registry "
                "directly."
            )
        found = given
        if isinstance(metadata, MetaData):
            found.metadata = metadata
        else:
            type.__setattr__(cls, "metadata", found.metadata)
    else:
        if given is not None:
            raise InvalidRequestError(
                f"Declarative base class has a 'registry' attribute that is not an instance of lect_orm.registry(): "
                f"{given!r}"
            )
        found = registry(metadata=metadata, type_annotation_map=type_map)
        type.__setattr__(cls, "registry", found)
    type.__setattr__(cls, "_lect_registry", found)
    if "metadata" not in cls.__dict__:
        type.__setattr__(cls, "metadata", found.metadata)
    if "__init__" not in cls.__dict__ and found.constructor is not None and cls.__init__ is object.__init__:
        type.__setattr__(cls, "__init__", found.constructor)


def _subclassed(cls: Any, direct_base: bool, base: str) -> None:
    if direct_base:
        for name in ("__tablename__", "__table__"):
            if name in cls.__dict__ and not isinstance(cls.__dict__[name], declared_attr):
                raise InvalidRequestError(
                    f"Cannot use {base!r} directly as a declarative base class. Create a Base by creating a subclass "
                    f"of it: class Base({base}): pass; then class {cls.__name__}(Base)"
                )
        _setup_base(cls)
        return
    if cls.__dict__.get("__abstract__", False):
        return
    map_declaratively(cls._lect_registry, cls)


class _DeclarativeAttributes(InspectionAttr):
    """What type checkers know of every declarative class."""

    if typing.TYPE_CHECKING:
        _lect_registry: ClassVar[registry]
        registry: ClassVar[registry]
        metadata: ClassVar[MetaData]
        __table__: ClassVar[Any]
        __mapper__: ClassVar[Any]
        __name__: ClassVar[str]
        __tablename__: Any
        __mapper_args__: Any
        __table_args__: Any

        def __init__(self, **kw: Any) -> None: ...


@dataclass_transform(
    field_specifiers=(mapped_column, relationship, composite, synonym, deferred, query_expression, column_property),
)
class _TransformedMeta(_ClassAttributes):
    """Metaclass of dataclass bases, as type checkers see it."""


class DeclarativeBase(_DeclarativeAttributes, metaclass=_ClassAttributes):
    """Base of a family of mapped classes: subclass it once, then subclass that.

    ``class Base(DeclarativeBase): pass``. Class attributes `metadata`, `registry` and `type_annotation_map`
    may be given.
    """

    def __init_subclass__(cls, **kw: Any) -> None:
        dataclass_arguments = _take_dataclass_arguments(cls, kw)
        direct = DeclarativeBase in cls.__bases__
        if direct:
            _check_no_base_called_twice(cls)
        if dataclass_arguments is not None:
            _apply_dataclass(cls, dataclass_arguments)
        _subclassed(cls, direct, "DeclarativeBase")
        super().__init_subclass__(**kw)


class DeclarativeBaseNoMeta(_DeclarativeAttributes):
    """As :class:`DeclarativeBase`, without a metaclass: attributes assigned later are not mapped."""

    def __init_subclass__(cls, **kw: Any) -> None:
        dataclass_arguments = _take_dataclass_arguments(cls, kw)
        if dataclass_arguments is not None:
            _apply_dataclass(cls, dataclass_arguments)
        _subclassed(cls, DeclarativeBaseNoMeta in cls.__bases__, "DeclarativeBaseNoMeta")
        super().__init_subclass__(**kw)


def _check_no_base_called_twice(cls: Any) -> None:
    for base in cls.__mro__[1:]:
        if "_lect_registry" in base.__dict__ and issubclass(base, DeclarativeBase):
            raise InvalidRequestError(
                f"{cls.__name__}: a declarative base cannot derive from another one and DeclarativeBase at once"
            )


_DATACLASS_ARGUMENTS = (
    "init",
    "repr",
    "eq",
    "order",
    "unsafe_hash",
    "match_args",
    "kw_only",
    "dataclass_callable",
)


def _take_dataclass_arguments(cls: Any, kw: dict[str, Any]) -> DataclassArguments | None:
    if not issubclass(cls, MappedAsDataclass):
        return None
    return DataclassArguments({name: kw.pop(name) for name in _DATACLASS_ARGUMENTS if name in kw})


def _apply_dataclass(cls: Any, own: DataclassArguments) -> None:
    inherited = None
    for base in cls.__mro__[1:]:
        inherited = base.__dict__.get("_lect_apply_dc_transforms")
        if inherited is not None:
            break
    merged = own if inherited is None else inherited.merged(own)
    type.__setattr__(cls, "_lect_apply_dc_transforms", merged)


@dataclass_transform(
    field_specifiers=(mapped_column, relationship, composite, synonym, deferred, query_expression, column_property),
)
class MappedAsDataclass(metaclass=_ClassAttributes):
    """Mixin that makes declarative classes dataclasses: ``class Base(MappedAsDataclass, DeclarativeBase)``.

    Arguments of ``dataclasses.dataclass`` are given in the class statement: ``class User(Base, kw_only=True)``.
    """

    def __init_subclass__(cls, **kw: Any) -> None:
        if issubclass(cls, DeclarativeBase | DeclarativeBaseNoMeta):
            super().__init_subclass__(**kw)
            return
        own = DataclassArguments({name: kw.pop(name) for name in _DATACLASS_ARGUMENTS if name in kw})
        _apply_dataclass(cls, own)
        super().__init_subclass__(**kw)
        found = getattr(cls, "_lect_registry", None)
        if found is None:
            # A mixin: it is a dataclass when it says so in its class statement, and not mapped.
            from lect_orm.mapping.dataclass import mixin_as_dataclass

            mixin_as_dataclass(cls, cls.__dict__["_lect_apply_dc_transforms"])


def declarative_base(
    *,
    metadata: MetaData | None = None,
    mapper: Any = None,
    cls: Any = object,
    name: str = "Base",
    class_registry: dict[str, Any] | None = None,
    type_annotation_map: dict[Any, Any] | None = None,
    constructor: Callable[..., None] | None = None,
    metaclass: Any = DeclarativeMeta,
    **kw: Any,
) -> Any:
    """Return a new base class for declarative classes."""
    if kw:
        raise TypeError(f"declarative_base() got unexpected arguments {sorted(kw)}")
    options: dict[str, Any] = {} if constructor is None else {"constructor": constructor}
    return registry(
        metadata=metadata, class_registry=class_registry, type_annotation_map=type_annotation_map, **options
    ).generate_base(mapper=mapper, cls=cls, name=name, metaclass=metaclass)


def as_declarative(**kw: Any) -> Callable[[type], Any]:
    """Make a declarative base of a class: a decorator with the arguments of :func:`declarative_base`."""
    metadata, class_registry = kw.pop("metadata", None), kw.pop("class_registry", None)
    return registry(metadata=metadata, class_registry=class_registry).as_declarative_base(**kw)


def mapped_as_dataclass(registry_: registry, /, **kw: Any) -> Callable[[type[_T]], type[_T]]:
    """Map a class and make it a dataclass: a decorator."""
    decorate: Callable[[type[_T]], type[_T]] = registry_.mapped_as_dataclass(**kw)
    return decorate


def has_inherited_table(cls: type) -> bool:
    """Whether a base of the class has a table."""
    return any(getattr(base, "__table__", None) is not None for base in cls.__mro__[1:])
