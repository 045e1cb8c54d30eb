"""The base of everything a mapper maps under a name: columns, relationships, composites, synonyms."""

from __future__ import annotations

from typing import Any

from lect_orm.base import InspectionAttrInfo, _MappedAttribute

__all__ = ["DescriptorProperty", "MapperProperty", "Token"]


class Token:
    """What a property and its copies in inheriting mappers have in common: the identity that histories go by."""

    __slots__ = ("prop",)

    def __init__(self, prop: Any) -> None:
        self.prop = prop

    def __repr__(self) -> str:
        return f"<token of {self.prop}>"


class MapperProperty(InspectionAttrInfo, _MappedAttribute):
    """One mapped attribute, from the mapper's side.

    Attributes:
        key: its name in the class; None until it is mapped.
        parent: the Mapper it was mapped by.
    """

    is_property = True
    is_relationship = False
    is_column = False
    is_descriptor = False
    is_synonym = False
    is_composite = False

    key: str = None  # type: ignore[assignment]
    parent: Any = None
    doc: str | None = None
    _configure_started = False
    _configure_finished = False
    #: true for what an inheriting concrete mapper has only to refuse
    is_concrete_placeholder = False

    def __init__(self, info: dict[Any, Any] | None = None) -> None:
        self.token = Token(self)
        if info:
            self.__dict__["_info"] = dict(info)

    def set_parent(self, parent: Any, init: bool = False) -> None:
        """Say which mapper maps it."""
        self.parent = parent

    def instrument_class(self, mapper: Any) -> None:
        """Put the attribute into the mapper's class."""
        raise NotImplementedError

    def init(self) -> None:
        """Settle what depends on other mappers; called once, when mappers are configured."""
        if not self._configure_started:
            self._configure_started = True
            self.do_init()
            self._configure_finished = True

    def do_init(self) -> None:
        """What :meth:`init` does for this kind of property."""

    def post_instrument_class(self, mapper: Any) -> None:
        """Called after the property is settled, for each mapper that has it."""

    @property
    def class_attribute(self) -> Any:
        """The attribute of the class: ``User.name``."""
        return getattr(self.parent.class_, self.key)

    @property
    def _creation_order(self) -> int:
        order: int = self.__dict__.get("_order", 0)
        return order

    def __str__(self) -> str:
        if self.parent is None:
            return f"<unmapped {type(self).__name__}>"
        return f"{self.parent.class_.__name__}.{self.key}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self):#x}; {self.key or 'no key'}>"

    def merge(self, *args: Any, **kw: Any) -> None:
        """Nothing to carry over by itself (see the session's merge)."""

    def cascade_iterator(self, *args: Any, **kw: Any) -> Any:
        """Nothing to cascade to."""
        return iter(())


class DescriptorProperty(MapperProperty):
    """A property whose attribute computes its value from other attributes."""

    is_descriptor = True
    descriptor: Any = None
    uses_objects = False
