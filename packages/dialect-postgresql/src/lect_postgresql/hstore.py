"""HSTORE, pairs of strings, of the extension of that name: postgresql.org/docs/current/hstore.html."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lect import types as t
from lect.operators import OperatorClass, OperatorType, getitem
from lect.sql.bind import BindParameter
from lect.sql.function import GenericFunction
from lect.types.concatenable import ConcatenableComparator, IndexableComparator
from lect.types.string import quote_literal
from lect.types.type_engine import LiteralProcessor, Processor, TypeEngine, to_instance
from lect_postgresql import operators as pg
from lect_postgresql.arrays import ARRAY
from lect_postgresql.text_forms import hstore_text, parse_hstore

__all__ = ["HSTORE", "hstore"]


class HstoreOperators(IndexableComparator, ConcatenableComparator):
    """Elements, keys, and what is in it."""

    type: Any

    def _setup_getitem(self, index: Any) -> tuple[OperatorType, Any, TypeEngine[Any]]:
        key = self.expr._bind_param(getitem, index, type_=t.String()) if isinstance(index, str) else index
        return getitem, key, self.type.text_type

    def _typed(self, op: OperatorType, value: Any, type_: TypeEngine[Any]) -> Any:
        """Return a plain value as a parameter of `type_`, an expression as it is."""
        if isinstance(value, (list, tuple)) or (isinstance(value, str) and not type_._is_array):
            return self.expr._bind_param(op, list(value) if isinstance(value, tuple) else value, type_=type_)
        return value

    def has_key(self, other: Any) -> Any:
        """True where there is the key, whatever its value."""
        return self.operate(pg.HAS_KEY, self._typed(pg.HAS_KEY, other, t.String()))

    def has_all(self, other: Any) -> Any:
        """True where all of the keys are there: a list, or an array."""
        return self.operate(pg.HAS_ALL, self._typed(pg.HAS_ALL, other, ARRAY(t.Text())))

    def has_any(self, other: Any) -> Any:
        """True where any of the keys is there: a list, or an array."""
        return self.operate(pg.HAS_ANY, self._typed(pg.HAS_ANY, other, ARRAY(t.Text())))

    def contains(self, other: Any, **kw: Any) -> Any:
        """True where all pairs of the other one are in it."""
        return self.operate(pg.CONTAINS, other)

    def contained_by(self, other: Any) -> Any:
        """True where all of its pairs are in the other one."""
        return self.operate(pg.CONTAINED_BY, other)

    def defined(self, key: Any) -> Any:
        """True where the key is there and its value is not NULL."""
        return _defined(self.expr, key)

    def delete(self, key: Any) -> Any:
        """Without a key, a list of keys, or the pairs of another one."""
        if isinstance(key, Mapping):
            key = BindParameter(None, dict(key), type_=self.type, unique=True)
        return _delete(self.expr, _typed(key, ARRAY(t.Text())))

    def slice(self, array: Any) -> Any:
        """The pairs of some keys."""
        return _slice(self.expr, _typed(array, ARRAY(t.Text())))

    def keys(self) -> Any:
        """Its keys, as an array."""
        return _keys(self.expr)

    def vals(self) -> Any:
        """Its values, as an array."""
        return _vals(self.expr)

    def array(self) -> Any:
        """Keys and values in turn, as an array."""
        return _array(self.expr)

    def matrix(self) -> Any:
        """Arrays of a key and a value, as an array."""
        return _matrix(self.expr)


def _typed(value: Any, type_: TypeEngine[Any]) -> Any:
    if isinstance(value, (list, tuple)) or (isinstance(value, str) and not type_._is_array):
        return BindParameter(None, list(value) if isinstance(value, tuple) else value, type_=type_, unique=True)
    return value


class HSTORE(TypeEngine[dict[str, "str | None"]]):
    """Pairs of strings; a value may be None.

    Args:
        text_type: type of an element; Text without it.
    """

    __visit_name__ = "HSTORE"
    operator_classes = (
        OperatorClass.BASE
        | OperatorClass.EQUALITY
        | OperatorClass.INDEXABLE
        | OperatorClass.CONTAINS
        | OperatorClass.CONCATENABLE
        | OperatorClass.MATH
    )
    hashable = False
    comparator_factory = HstoreOperators
    Comparator = HstoreOperators
    _concatenates = True

    def __init__(self, text_type: Any = None) -> None:
        self.text_type: TypeEngine[Any] = to_instance(t.Text() if text_type is None else text_type)

    @property
    def python_type(self) -> type[Any]:
        return dict

    def bind_processor(self, dialect: Any) -> Processor | None:
        """As text, which every driver passes."""
        return lambda value: hstore_text(value) if isinstance(value, Mapping) else value

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """As text."""
        return lambda value: quote_literal(hstore_text(value) if isinstance(value, Mapping) else value, dialect)

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        """From text, where the driver was not told to make dictionaries."""
        return lambda value: parse_hstore(value) if isinstance(value, str) else value


class hstore(GenericFunction[Any]):
    """``hstore(key, value)``, ``hstore(array of keys, array of values)``, ``hstore(row)``."""

    type = HSTORE()
    name = "hstore"
    inherit_cache = True


class _defined(GenericFunction[Any]):
    type = t.Boolean()
    name = "defined"
    inherit_cache = True
    _register = False


class _delete(GenericFunction[Any]):
    type = HSTORE()
    name = "delete"
    inherit_cache = True
    _register = False


class _slice(GenericFunction[Any]):
    type = HSTORE()
    name = "slice"
    inherit_cache = True
    _register = False


class _keys(GenericFunction[Any]):
    type = ARRAY(t.Text())
    name = "akeys"
    inherit_cache = True
    _register = False


class _vals(GenericFunction[Any]):
    type = ARRAY(t.Text())
    name = "avals"
    inherit_cache = True
    _register = False


class _array(GenericFunction[Any]):
    type = ARRAY(t.Text())
    name = "hstore_to_array"
    inherit_cache = True
    _register = False


class _matrix(GenericFunction[Any]):
    type = ARRAY(t.Text(), dimensions=2)
    name = "hstore_to_matrix"
    inherit_cache = True
    _register = False
