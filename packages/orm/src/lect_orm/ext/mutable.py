"""Values that tell their object when they change in place: dictionaries, lists, sets, composites and classes of your
own.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, SupportsIndex, TypeVar

from lect import event
from lect.types.type_engine import to_instance
from lect_orm.attributes.access import flag_modified
from lect_orm.mapping.mapper import Mapper

__all__ = ["Mutable", "MutableBase", "MutableComposite", "MutableDict", "MutableList", "MutableSet"]

_KT = TypeVar("_KT")
_VT = TypeVar("_VT")
_T = TypeVar("_T")

#: Key in a pickled state under which values wait for their objects.
_PICKLED = "ext.mutable.values"


class MutableBase:
    """What all mutable values have: the objects that hold them."""

    @property
    def _parents(self) -> dict[Any, str]:
        """State of each object that holds this value -> attribute key."""
        held: dict[Any, str] | None = self.__dict__.get("_held_by")
        if held is None:
            held = self.__dict__["_held_by"] = {}
        return held

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        """Return `value` as this class, for an assignment to attribute `key`.

        Raises:
            ValueError: it cannot be converted.
        """
        if value is None:
            return None
        raise ValueError(f"Attribute '{key}' does not accept objects of type {type(value)}")

    @classmethod
    def _get_listen_keys(cls, attribute: Any) -> set[str]:
        return {attribute.key}

    @classmethod
    def _listen_on_attribute(cls, attribute: Any, coerce: bool, parent_cls: type) -> None:
        """Follow one attribute of a class: values that are loaded or set learn who holds them."""
        key = attribute.key
        listen_keys = cls._get_listen_keys(attribute)

        def load(state: Any, *args: Any) -> None:
            value = state.dict.get(key)
            if value is not None:
                if coerce:
                    value = cls.coerce(key, value)
                    state.dict[key] = value
                value._parents[state] = key

        def load_attrs(state: Any, context: Any, attrs: Iterable[str] | None) -> None:
            if not attrs or listen_keys.intersection(attrs):
                load(state)

        def set_(target: Any, value: Any, oldvalue: Any, initiator: Any) -> Any:
            if value is oldvalue:
                return value
            if not isinstance(value, cls):
                value = cls.coerce(key, value)
            if value is not None:
                value._parents[target] = key
            if isinstance(oldvalue, cls):
                oldvalue._parents.pop(target, None)
            return value

        def pickle(state: Any, state_dict: dict[str, Any]) -> None:
            value = state.dict.get(key)
            if value is not None:
                state_dict.setdefault(_PICKLED, {}).setdefault(key, []).append(value)

        def unpickle(state: Any, state_dict: dict[str, Any]) -> None:
            waiting = state_dict.get(_PICKLED)
            if waiting:
                for value in waiting.get(key, ()):
                    value._parents[state] = key

        event.listen(parent_cls, "load", load, raw=True, propagate=True)
        event.listen(parent_cls, "refresh", load_attrs, raw=True, propagate=True)
        event.listen(parent_cls, "refresh_flush", load_attrs, raw=True, propagate=True)
        event.listen(attribute, "set", set_, raw=True, retval=True, propagate=True)
        event.listen(parent_cls, "pickle", pickle, raw=True, propagate=True)
        event.listen(parent_cls, "unpickle", unpickle, raw=True, propagate=True)


class Mutable(MutableBase):
    """Base of mutable column values: call :meth:`changed` after each change."""

    def changed(self) -> None:
        """Mark the attribute of every object that holds this value as modified."""
        for state, key in list(self._parents.items()):
            obj = state.obj()
            if obj is None:
                self._parents.pop(state, None)
            else:
                flag_modified(obj, key)

    @classmethod
    def associate_with_attribute(cls, attribute: Any) -> None:
        """Follow one attribute."""
        cls._listen_on_attribute(attribute, True, attribute.class_)

    @classmethod
    def associate_with(cls, sqltype: type[Any]) -> None:
        """Follow every column of a type class, in every class mapped from now on."""

        def listen_for_type(mapper: Any, class_: type) -> None:
            for prop in mapper.column_attrs:
                if isinstance(prop.columns[0].type, sqltype):
                    cls._associate(mapper, class_, prop)

        event.listen(Mapper, "mapper_configured", listen_for_type)

    @classmethod
    def _associate(cls, mapper: Any, class_: type, prop: Any) -> None:
        # An inherited attribute is followed where it is mapped; its listeners count for subclasses.
        if prop.parent is not mapper and mapper.inherits is not None and mapper.inherits.has_property(prop.key):
            return
        if not getattr(prop, "is_column", False) or not hasattr(class_, prop.key):
            return
        cls.associate_with_attribute(getattr(class_, prop.key))

    @classmethod
    def as_mutable(cls, sqltype: Any) -> Any:
        """Return `sqltype` as a type whose columns' values are of this class."""
        sqltype = to_instance(sqltype)
        reference = weakref.ref(cls)

        def listen_for_type(mapper: Any, class_: type) -> None:
            mutable = reference()
            if mutable is None:
                return
            for prop in mapper.column_attrs:
                column = prop.columns[0]
                if column.type is sqltype or getattr(column.type, "_mutable_origin", None) is sqltype:
                    mutable._associate(mapper, class_, prop)

        sqltype._mutable_origin = sqltype  # copies of the type (schema types make them) still know where they are from
        event.listen(Mapper, "mapper_configured", listen_for_type)
        return sqltype


class MutableComposite(MutableBase):
    """Base of mutable composites: call :meth:`changed` after each change of a field."""

    @classmethod
    def _get_listen_keys(cls, attribute: Any) -> set[str]:
        return {attribute.key, *[prop.key for prop in attribute.property.props]}

    def changed(self) -> None:
        """Write the fields to the column attributes of every object that holds this value."""
        for state, key in list(self._parents.items()):
            obj = state.obj()
            if obj is None:
                self._parents.pop(state, None)
                continue
            prop = state.mapper.get_property(key)
            for value, part in zip(prop.values_of(self), prop.props, strict=True):
                setattr(obj, part.key, value)


def _follow_composites(mapper: Any, class_: type) -> None:
    for prop in mapper.composites:
        composite_class = prop.composite_class
        if (
            isinstance(composite_class, type)
            and issubclass(composite_class, MutableComposite)
            and prop.parent is mapper
        ):
            composite_class._listen_on_attribute(getattr(class_, prop.key), False, class_)
            prop.on_made = (*prop.on_made, _holder(prop.key))


def _holder(key: str) -> Callable[[Any, Any], None]:
    """Composites are made when they are first read: tell them then who holds them."""

    def made(state: Any, value: Any) -> None:
        value._parents[state] = key

    return made


def listen_to_composites() -> None:
    """Follow the mutable composites of every class mapped from now on; done once when this module is imported."""
    event.listen(Mapper, "mapper_configured", _follow_composites)


listen_to_composites()


class MutableDict(Mutable, dict[_KT, _VT]):
    """A dictionary that tells of its changes; not of changes inside its values."""

    def __setitem__(self, key: _KT, value: _VT) -> None:
        dict.__setitem__(self, key, value)
        self.changed()

    def setdefault(self, key: Any, value: Any = None) -> Any:
        """Return the value of a key, setting it when it is not there."""
        result = dict.setdefault(self, key, value)
        self.changed()
        return result

    def __delitem__(self, key: _KT) -> None:
        dict.__delitem__(self, key)
        self.changed()

    def update(self, *a: Any, **kw: Any) -> None:
        """Set several keys."""
        dict.update(self, *a, **kw)
        self.changed()

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        self.update(other)
        return self

    def pop(self, *arg: Any) -> Any:
        """Take out and return the value of a key."""
        result = dict.pop(self, *arg)
        self.changed()
        return result

    def popitem(self) -> tuple[_KT, _VT]:
        """Take out and return some pair."""
        result = dict.popitem(self)
        self.changed()
        return result

    def clear(self) -> None:
        """Take everything out."""
        dict.clear(self)
        self.changed()

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        """Convert a plain dictionary."""
        if not isinstance(value, cls):
            if isinstance(value, dict):
                return cls(value)
            return Mutable.coerce(key, value)
        return value

    def __getstate__(self) -> dict[_KT, _VT]:
        return dict(self)

    def __setstate__(self, state: Mapping[_KT, _VT]) -> None:
        dict.update(self, state)


class MutableList(Mutable, list[_T]):
    """A list that tells of its changes; not of changes inside its members."""

    def __reduce_ex__(self, proto: SupportsIndex) -> tuple[type, tuple[list[_T]]]:
        return (self.__class__, (list(self),))

    def __setitem__(self, index: Any, value: Any) -> None:
        list.__setitem__(self, index, value)
        self.changed()

    def __delitem__(self, index: Any) -> None:
        list.__delitem__(self, index)
        self.changed()

    def pop(self, *arg: SupportsIndex) -> _T:
        """Take out and return a member."""
        result = list.pop(self, *arg)
        self.changed()
        return result

    def append(self, x: _T) -> None:
        """Add a member at the end."""
        list.append(self, x)
        self.changed()

    def extend(self, x: Iterable[_T]) -> None:
        """Add several members at the end."""
        list.extend(self, x)
        self.changed()

    def __iadd__(self, x: Iterable[_T]) -> MutableList[_T]:  # type: ignore[override,misc]
        self.extend(x)
        return self

    def __imul__(self, n: SupportsIndex) -> MutableList[_T]:
        list.__imul__(self, n)
        self.changed()
        return self

    def insert(self, i: SupportsIndex, x: _T) -> None:
        """Add a member at a position."""
        list.insert(self, i, x)
        self.changed()

    def remove(self, i: _T) -> None:
        """Take a member out."""
        list.remove(self, i)
        self.changed()

    def clear(self) -> None:
        """Take everything out."""
        list.clear(self)
        self.changed()

    def sort(self, **kw: Any) -> None:
        """Sort in place."""
        list.sort(self, **kw)
        self.changed()

    def reverse(self) -> None:
        """Turn the order round."""
        list.reverse(self)
        self.changed()

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        """Convert a plain list."""
        if not isinstance(value, cls):
            if isinstance(value, list):
                return cls(value)
            return Mutable.coerce(key, value)
        return value


def _telling(name: str) -> Callable[..., Any]:
    """Return a method of a set that tells of its change."""
    plain = getattr(set, name)

    def method(self: MutableSet[Any], *arg: Any) -> Any:
        result = plain(self, *arg)
        self.changed()
        return self if result is self else result

    method.__name__ = name
    method.__doc__ = plain.__doc__
    return method


class MutableSet(Mutable, set[_T]):
    """A set that tells of its changes."""

    _changing: ClassVar[tuple[str, ...]] = (
        "add",
        "clear",
        "difference_update",
        "discard",
        "intersection_update",
        "pop",
        "remove",
        "symmetric_difference_update",
        "update",
        "__iand__",
        "__ior__",
        "__isub__",
        "__ixor__",
    )

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        """Convert a plain set."""
        if not isinstance(value, cls):
            if isinstance(value, set):
                return cls(value)
            return Mutable.coerce(key, value)
        return value

    def __getstate__(self) -> set[_T]:
        return set(self)

    def __setstate__(self, state: Iterable[_T]) -> None:
        set.update(self, state)

    def __reduce_ex__(self, proto: SupportsIndex) -> tuple[type, tuple[list[_T]]]:
        return (self.__class__, (list(self),))


for _name in MutableSet._changing:
    setattr(MutableSet, _name, _telling(_name))

del _name
