"""Dictionaries of related objects, keyed by something of theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from lect.exc import InvalidRequestError
from lect_orm.attributes.collections import collection
from lect_orm.base import NO_VALUE, instance_state

__all__ = [
    "KeyFuncDict",
    "MappedCollection",
    "attribute_keyed_dict",
    "attribute_mapped_collection",
    "column_keyed_dict",
    "column_mapped_collection",
    "keyfunc_mapping",
    "mapped_collection",
]

_KT = TypeVar("_KT")
_VT = TypeVar("_VT")


class KeyFuncDict(dict[_KT, _VT], Generic[_KT, _VT]):
    """A dictionary whose keys a function makes of the members.

    Args:
        keyfunc: member -> key.
        ignore_unpopulated_attribute: members whose key attribute has never been set are left out rather than refused.
    """

    def __init__(
        self, keyfunc: Callable[[Any], Any], *dict_args: Any, ignore_unpopulated_attribute: bool = False
    ) -> None:
        self.keyfunc = keyfunc
        self.ignore_unpopulated_attribute = ignore_unpopulated_attribute
        super().__init__(*dict_args)

    @classmethod
    def _unreduce(cls, keyfunc: Callable[[Any], Any], values: dict[Any, Any]) -> KeyFuncDict[Any, Any]:
        made: KeyFuncDict[Any, Any] = cls.__new__(cls)
        made.keyfunc = keyfunc
        made.ignore_unpopulated_attribute = False
        dict.update(made, values)
        return made

    def __reduce__(self) -> Any:
        # With whose collection it is (in the instance's dictionary), so that it goes on telling its owner of changes.
        return (type(self)._unreduce, (self.keyfunc, dict(self)), dict(self.__dict__))

    @collection.appender
    @collection.internally_instrumented
    def set(self, value: Any, _lect_initiator: Any = None) -> None:
        """Add a member under its key."""
        key = self.keyfunc(value)
        if key is NO_VALUE:
            if not self.ignore_unpopulated_attribute:
                self._refuse("set", value)
            return
        self.__setitem__(key, value, _lect_initiator)  # type: ignore[call-arg]

    @collection.remover
    @collection.internally_instrumented
    def remove(self, value: Any, _lect_initiator: Any = None) -> None:
        """Take a member out."""
        key = self.keyfunc(value)
        if key is NO_VALUE:
            if not self.ignore_unpopulated_attribute:
                self._refuse("remove", value)
            return
        if self[key] != value:
            raise InvalidRequestError(
                f"Can not remove '{value}' from collection; collection holds '{self[key]}' for key '{key}'. "
                "Possible cause: is the "
                "KeyFuncDict key function based on mutable properties or properties that only obtain values after "
                "flush?"
            )
        self.__delitem__(key, _lect_initiator)  # type: ignore[call-arg]

    def _refuse(self, what: str, value: Any) -> None:
        name = getattr(self.keyfunc, "attr_name", "key")
        raise InvalidRequestError(
            f"In event triggered from population of attribute for a {type(value).__name__} object, can't {what} a "
            "member of a keyed "
            f"dictionary: its key attribute {name!r} has no value. Assign the attribute before the object joins the "
            "collection, or use "
            "ignore_unpopulated_attribute=True"
        )


MappedCollection = KeyFuncDict


class _AttributeKey:
    """Gives an attribute of a member; `NO_VALUE` when it was never set."""

    def __init__(self, attr_name: str) -> None:
        self.attr_name = attr_name

    def __call__(self, member: Any) -> Any:
        values = getattr(member, "__dict__", {})
        if self.attr_name in values:
            return values[self.attr_name]
        state = instance_state(member)
        impl = state.mapper.impls.get(self.attr_name)
        if impl is None:
            return getattr(member, self.attr_name)
        if state.pk is None and not state.expired_attributes:
            return NO_VALUE
        return getattr(member, self.attr_name)

    def __reduce__(self) -> Any:
        return (_AttributeKey, (self.attr_name,))


class _ColumnKey:
    """Gives the value of one or several columns of a member."""

    def __init__(self, columns: list[Any]) -> None:
        self.columns = columns
        self.attr_name = ", ".join(str(c) for c in columns)

    def __call__(self, member: Any) -> Any:
        mapper = instance_state(member).mapper
        found = []
        for column in self.columns:
            prop = mapper.column_to_prop.get(column)
            if prop is None:
                prop = mapper._props[column.key]
            found.append(_AttributeKey(prop.key)(member))
        if any(v is NO_VALUE for v in found):
            return NO_VALUE
        return found[0] if len(found) == 1 else tuple(found)


class _Factory:
    """Makes keyed dictionaries; picklable."""

    def __init__(self, keyfunc: Any, ignore: bool) -> None:
        self.keyfunc = keyfunc
        self.ignore = ignore

    def __call__(self) -> KeyFuncDict[Any, Any]:
        return KeyFuncDict(self.keyfunc, ignore_unpopulated_attribute=self.ignore)


def keyfunc_mapping(keyfunc: Callable[[Any], Any], *, ignore_unpopulated_attribute: bool = False) -> Any:
    """Return a ``collection_class`` whose keys `keyfunc` makes of members."""
    return _Factory(keyfunc, ignore_unpopulated_attribute)


def attribute_keyed_dict(attr_name: str, *, ignore_unpopulated_attribute: bool = False) -> Any:
    """Return a ``collection_class`` keyed by an attribute of the members."""
    return _Factory(_AttributeKey(attr_name), ignore_unpopulated_attribute)


def column_keyed_dict(mapping_spec: Any, *, ignore_unpopulated_attribute: bool = False) -> Any:
    """Return a ``collection_class`` keyed by one or several columns of the members."""
    given = mapping_spec if isinstance(mapping_spec, list | tuple) else [mapping_spec]
    columns = [c.__clause_element__() if hasattr(c, "__clause_element__") else c for c in given]
    return _Factory(_ColumnKey(columns), ignore_unpopulated_attribute)


mapped_collection = keyfunc_mapping
attribute_mapped_collection = attribute_keyed_dict
column_mapped_collection = column_keyed_dict
