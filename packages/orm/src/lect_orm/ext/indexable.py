"""Attributes that are one element of a list, array or JSON value in another attribute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lect_orm.attributes.access import flag_modified
from lect_orm.base import instance_state
from lect_orm.ext.hybrid import hybrid_property

__all__ = ["index_property"]

_T = TypeVar("_T")


class _NoDefault:
    def __repr__(self) -> str:
        return "no default"


_NO_DEFAULT = _NoDefault()


class index_property(hybrid_property[_T]):
    """An element of an indexed attribute as an attribute: ``name = index_property("document", "name")``.

    On an object it reads and writes ``document["name"]`` (and notes that `document` has changed); on the class it is
    the SQL expression ``document["name"]``. Override :meth:`expr` to cast it.

    Args:
        attr_name: name of the attribute with the list, array or JSON value; another index_property will do.
        index: number or key of the element.
        default: what is read where there is none; without it that is an AttributeError.
        datatype: makes the value when there is none and an element is set; a dictionary for keys, else a list long
            enough.
        mutable: whether the element can be set and deleted.
        onebased: whether elements are counted from 1 in SQL, as those of arrays are.
    """

    def __init__(
        self,
        attr_name: str,
        index: Any,
        default: Any = _NO_DEFAULT,
        datatype: Callable[[], Any] | None = None,
        mutable: bool = True,
        onebased: bool = True,
    ) -> None:
        super().__init__(
            self._read,
            self._write if mutable else None,
            self._delete if mutable else None,
            self.expr,
        )
        self.attr_name = attr_name
        self.index = index
        self.default = default
        self.onebased = onebased
        if datatype is not None:
            self.datatype = datatype
        elif isinstance(index, int):
            self.datatype = lambda: [None] * (index + 1)
        else:
            self.datatype = dict

    def _missing(self, error: Exception | None = None) -> Any:
        if self.default is _NO_DEFAULT:
            raise AttributeError(f"{self.attr_name!r} has no element {self.index!r}") from error
        return self.default

    def _read(self, instance: Any) -> Any:
        whole = getattr(instance, self.attr_name)
        if whole is None:
            return self._missing()
        try:
            return whole[self.index]
        except (KeyError, IndexError) as error:
            return self._missing(error)

    def _write(self, instance: Any, value: Any) -> None:
        name = self.attr_name
        whole = getattr(instance, name, None)
        if whole is None:
            whole = self.datatype()
            setattr(instance, name, whole)
        whole[self.index] = value
        self._changed(instance, whole)

    def _delete(self, instance: Any) -> None:
        whole = getattr(instance, self.attr_name)
        if whole is None:
            raise AttributeError(f"{self.attr_name!r} has no element {self.index!r}")
        try:
            del whole[self.index]
        except (KeyError, IndexError) as error:
            raise AttributeError(f"{self.attr_name!r} has no element {self.index!r}") from error
        self._changed(instance, whole)

    def _changed(self, instance: Any, whole: Any) -> None:
        # Another index_property is set, so that the innermost attribute learns of the change.
        setattr(instance, self.attr_name, whole)
        if self.attr_name in instance_state(instance).mapper.impls:
            flag_modified(instance, self.attr_name)

    def expr(self, model: Any) -> Any:
        """Return the SQL expression, for the class or an alias."""
        index = self.index
        if isinstance(index, int) and self.onebased:
            index += 1
        return getattr(model, self.attr_name)[index]
