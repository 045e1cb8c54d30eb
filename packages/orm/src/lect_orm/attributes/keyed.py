"""Dictionaries of related objects, keyed by something of theirs."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from lect.exc import ArgumentError, InvalidRequestError, LectWarning
from lect_orm.attributes.collections import collection, kind_of
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

    #: a class that one of the functions below has made, which nobody could find by its name
    _made_here = False

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
        kind = KeyFuncDict if self._made_here else type(self)
        return (kind._unreduce, (self.keyfunc, dict(self)), dict(self.__dict__))

    @collection.appender
    @collection.internally_instrumented
    def set(self, value: Any, _lect_initiator: Any = None) -> None:
        """Add a member under its key."""
        key = self._key_of(value, _lect_initiator)
        if key is NO_VALUE:
            return
        self.__setitem__(key, value, _lect_initiator)  # type: ignore[call-arg]

    @collection.remover
    @collection.internally_instrumented
    def remove(self, value: Any, _lect_initiator: Any = None) -> None:
        """Take a member out."""
        key = self._key_of(value, _lect_initiator)
        if key is NO_VALUE:
            return
        if self[key] != value:
            raise InvalidRequestError(
                f"Can not remove '{value}' from collection; collection holds '{self[key]}' for key '{key}'. "
                "Possible cause: is the "
                "KeyFuncDict key function based on mutable properties or properties that only obtain values after "
                "flush?"
            )
        self.__delitem__(key, _lect_initiator)  # type: ignore[call-arg]

    def _key_of(self, value: Any, initiator: Any) -> Any:
        """Return a member's key; `NO_VALUE` when the member is to be left out."""
        key = self.keyfunc(value)
        if key is NO_VALUE:
            if not self.ignore_unpopulated_attribute:
                raise InvalidRequestError(
                    f"In event triggered from population of attribute {self._changed_by(initiator)!r}, a "
                    f"{type(value).__name__} has no key for the dictionary: its "
                    f"{getattr(self.keyfunc, 'attr_name', 'key')!r} has never been set. Set it before the object joins "
                    "or leaves the collection, or give ignore_unpopulated_attribute=True to leave such objects out"
                )
        elif key is None and isinstance(self.keyfunc, _AttributeKey | _ColumnKey):
            if self.ignore_unpopulated_attribute:
                return NO_VALUE
            warnings.warn(
                f"Attribute keyed dictionary value for attribute {self._changed_by(initiator)!r} was None; all objects "
                f"without a {self.keyfunc.attr_name!r} share that key. Set it before the object joins the collection, "
                "or give ignore_unpopulated_attribute=True to leave such objects out",
                LectWarning,
                stacklevel=3,
            )
        return key

    def _changed_by(self, initiator: Any) -> str:
        """Return the name of the attribute that is being changed: that of another class by its class too."""
        own = getattr(self, "_lect_impl", None)
        impl = getattr(initiator, "impl", None)
        if impl is not None and impl is not own:
            return str(impl)
        return "unknown relationship" if own is None else str(getattr(own, "key", "unknown relationship"))


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


class _ColumnName(NamedTuple):
    """A column as it is pickled: the name of its table, None for one without a name, and its key."""

    table: str | None
    key: str


def _column_name(column: Any) -> _ColumnName:
    return _ColumnName(getattr(getattr(column, "table", None), "key", None), column.key)


class _ColumnKey:
    """Gives the value of one or several columns of a member."""

    def __init__(self, columns: list[Any]) -> None:
        self.columns = columns
        self.attr_name = ", ".join(c.key if isinstance(c, _ColumnName) else str(c) for c in columns)

    def __call__(self, member: Any) -> Any:
        mapper = instance_state(member).mapper
        found = [_AttributeKey(self._attribute(mapper, column))(member) for column in self.columns]
        if any(v is NO_VALUE for v in found):
            return NO_VALUE
        return found[0] if len(found) == 1 else tuple(found)

    def _attribute(self, mapper: Any, column: Any) -> str:
        prop = None if isinstance(column, _ColumnName) else mapper.column_to_prop.get(column)
        if prop is None:
            name = column if isinstance(column, _ColumnName) else _column_name(column)
            prop = next((p for c, p in mapper.column_to_prop.items() if _column_name(c) == name), None)
        return str(mapper._props[column.key].key if prop is None else prop.key)

    def __reduce__(self) -> Any:
        return (_ColumnKey, ([c if isinstance(c, _ColumnName) else _column_name(c) for c in self.columns],))


def _keyed_by(keyfunc: Callable[[Any], Any], ignore: bool) -> type[KeyFuncDict[Any, Any]]:
    """Return a class of dictionaries with this function, which are made as plain ones are: of nothing, of pairs."""

    class Keyed(KeyFuncDict[Any, Any]):
        _made_here = True

        def __init__(self, *dict_args: Any) -> None:
            super().__init__(keyfunc, *dict_args, ignore_unpopulated_attribute=ignore)

    Keyed.__name__ = Keyed.__qualname__ = KeyFuncDict.__name__
    return Keyed


def keyfunc_mapping(keyfunc: Callable[[Any], Any], *, ignore_unpopulated_attribute: bool = False) -> Any:
    """Return a ``collection_class`` whose keys `keyfunc` makes of members."""
    return _keyed_by(keyfunc, ignore_unpopulated_attribute)


def attribute_keyed_dict(attr_name: str, *, ignore_unpopulated_attribute: bool = False) -> Any:
    """Return a ``collection_class`` keyed by an attribute of the members."""
    return _keyed_by(_AttributeKey(attr_name), ignore_unpopulated_attribute)


def column_keyed_dict(mapping_spec: Any, *, ignore_unpopulated_attribute: bool = False) -> Any:
    """Return a ``collection_class`` keyed by one or several columns of the members.

    Raises:
        ArgumentError: something else than a column was given.
    """
    given = mapping_spec if isinstance(mapping_spec, list | tuple) else [mapping_spec]
    columns = [c.__clause_element__() if hasattr(c, "__clause_element__") else c for c in given]
    for column in columns:
        if not getattr(column, "_is_column_element", False):
            shown = repr(column) if isinstance(column, str) else type(column).__name__
            raise ArgumentError(
                f"Column expression expected for argument 'mapping_spec'; got {shown}. Give a column of the table or "
                "an attribute of the class; attribute_keyed_dict() takes names"
            )
    return _keyed_by(_ColumnKey(columns), ignore_unpopulated_attribute)


kind_of(KeyFuncDict)  # unpickled dictionaries are of this class

mapped_collection = keyfunc_mapping
attribute_mapped_collection = attribute_keyed_dict
column_mapped_collection = column_keyed_dict
