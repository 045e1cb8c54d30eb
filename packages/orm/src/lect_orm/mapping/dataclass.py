"""Declarative classes as dataclasses."""

from __future__ import annotations

from typing import Any

from lect.absent import NO_ARG
from lect.exc import InvalidRequestError
from lect_orm.attributes.descriptor import Mapped
from lect_orm.base import _MappedAttribute
from lect_orm.mapping.annotations import Unmapped, annotations_of, read_annotation, split_mapped

__all__ = ["DataclassArguments", "make_dataclass", "mixin_as_dataclass"]


class DataclassArguments:
    """Arguments of ``dataclasses.dataclass``, merged along the bases."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = {k: v for k, v in given.items() if v is not NO_ARG}

    def merged(self, own: DataclassArguments) -> DataclassArguments:
        """Return these arguments with those of a subclass over them."""
        return DataclassArguments({**self.given, **own.given})


def make_dataclass(cls: type, arguments: DataclassArguments, attributes: dict[str, Any]) -> None:
    """Make `cls` a dataclass; its mapped attributes are put back by the mapping afterwards.

    Args:
        attributes: the class's own mapped attributes: name -> declaration or None when only annotated.
    """
    import dataclasses

    given = dict(arguments.given)
    call = given.pop("dataclass_callable", dataclasses.dataclass)
    own = annotations_of(cls)
    new: dict[str, Any] = {}
    held: dict[str, Any] = {}
    for name, raw in own.items():
        declared = attributes.get(name, cls.__dict__.get(name, NO_ARG))
        split = split_mapped(raw, cls)
        mapped = isinstance(declared, _MappedAttribute)
        if split is not None and split[0] is Unmapped:
            if name in cls.__dict__:
                held[name] = cls.__dict__[name]
                type.__delattr__(cls, name)
            continue
        if split is None and not mapped:
            new[name] = raw
            continue
        found = None if split is None else read_annotation(raw, cls)
        new[name] = raw if found is None else found.raw
        if name in cls.__dict__:
            held[name] = cls.__dict__[name]
        field = _field(dataclasses, declared, found, cls, name)
        if field is None:
            if name in cls.__dict__:
                type.__delattr__(cls, name)
        else:
            type.__setattr__(cls, name, field)
    for name, declared in attributes.items():
        if name in own or not isinstance(declared, _MappedAttribute):
            continue
        options = getattr(declared, "attribute_options", None)
        if options is not None and options.said and name in cls.__dict__:
            raise InvalidRequestError(
                f"Dataclass argument(s) {', '.join(repr(k) for k in options.said)} of {cls.__name__}.{name} need an "
                "annotation: "
                f"{name}: Mapped[...]"
            )
    before = cls.__dict__.get("__annotations__")
    type.__setattr__(cls, "__annotations__", new)
    try:
        call(cls, **given)
    finally:
        type.__setattr__(cls, "__annotations__", before if before is not None else own)
    for name, value in held.items():
        type.__setattr__(cls, name, value)
    for name in new:
        if name not in held and name in cls.__dict__ and not _plain_value(cls, name, own, attributes):
            type.__delattr__(cls, name)


def _plain_value(cls: type, name: str, own: dict[str, Any], attributes: dict[str, Any]) -> bool:
    return split_mapped(own[name], cls) is None and not isinstance(attributes.get(name), _MappedAttribute)


def _field(dataclasses: Any, declared: Any, found: Any, cls: type, name: str) -> Any:
    """Return the ``dataclasses.field`` for a mapped attribute; None when nothing is said."""
    options = getattr(declared, "attribute_options", None)
    pattern = None if found is None else found.mapped_column
    said = {} if options is None else dict(options.said)
    if pattern is not None:
        for key, value in pattern.attribute_options.said.items():
            said.setdefault(key, value)
    metadata = said.pop("dataclass_metadata", None)
    if metadata is not None:
        said["metadata"] = metadata
    if "default" in said and "default_factory" in said:
        raise InvalidRequestError(f"cannot specify both default and default_factory for {cls.__name__}.{name}")
    if "default" in said and getattr(declared, "is_relationship", False) and declared.uselist:
        raise InvalidRequestError(
            f"For relationship {cls.__name__}.{name} using dataclass options, default_factory must be used for a "
            "collection"
        )
    if "default" in said and isinstance(said["default"], Mapped):
        said.pop("default")
    return dataclasses.field(**said) if said else None


def mixin_as_dataclass(cls: type, arguments: DataclassArguments) -> None:
    """Make a mixin a dataclass, so that classes deriving from it have its fields; it keeps its declarations."""
    attributes = {k: v for k, v in cls.__dict__.items() if isinstance(v, _MappedAttribute)}
    make_dataclass(cls, arguments, attributes)
