"""What ``inspect()`` tells about mapped classes, objects, attributes and mappers."""

from __future__ import annotations

import typing
from typing import Any

from lect.exc import ArgumentError
from lect.inspection import inspects
from lect_orm.attributes.descriptor import QueryableAttribute
from lect_orm.base import instance_state, mapper_of
from lect_orm.exc import UnmappedClassError
from lect_orm.mapping.mapper import Mapper
from lect_orm.mapping.property import MapperProperty
from lect_orm.query.aliased import AliasedInsp
from lect_orm.query.bundle import Bundle
from lect_orm.query.entities import GENERIC_ALIAS
from lect_orm.state import InstanceState

__all__ = ["class_mapper", "object_mapper"]


@inspects(type)
def _class(subject: type) -> Any:
    mapper: Any = subject.__dict__.get("__mapper__")
    if not getattr(mapper, "is_mapper", False):
        return None
    # Not settled here: what needs the other classes (attrs, relationships ...) settles them when it is asked for.
    return mapper


@inspects(object)
def _object(subject: Any) -> Any:
    if isinstance(subject, type) or mapper_of(type(subject)) is None or not hasattr(subject, "__dict__"):
        return None
    return instance_state(subject)


def _itself(subject: Any) -> Any:
    return subject


for _kind in (QueryableAttribute, Mapper, MapperProperty, AliasedInsp, Bundle, InstanceState):
    inspects(_kind)(_itself)


@inspects(GENERIC_ALIAS)
def _generic(subject: Any) -> Any:
    """A generic class with arguments is inspected as the class."""
    origin = typing.get_origin(subject)
    return _class(origin) if isinstance(origin, type) else None


def class_mapper(class_: Any, configure: bool = True) -> Any:
    """Return the Mapper of a class.

    Raises:
        UnmappedClassError: it is not mapped. ArgumentError: it is no class.
    """
    if not isinstance(class_, type):
        if getattr(class_, "is_mapper", False):
            return class_
        raise ArgumentError(f"Class object expected, got '{class_!r}'.")
    mapper: Any = class_.__dict__.get("__mapper__")
    if not getattr(mapper, "is_mapper", False):
        raise UnmappedClassError(class_)
    if configure:
        mapper._check_configure()
    return mapper


def object_mapper(instance: Any) -> Any:
    """Return the Mapper of an object.

    Raises:
        UnmappedInstanceError: its class is not mapped.
    """
    return instance_state(instance).mapper
