"""Arrays."""

from __future__ import annotations

from typing import Any

from lect.exc import LectDeprecationWarning
from lect.operators import OperatorClass, OperatorType, eq, getitem, mirror
from lect.types.concatenable import ConcatenableComparator, IndexableComparator
from lect.types.type_engine import LiteralProcessor, Processor, TypeEngine, affinity_root, to_instance

__all__ = ["ARRAY", "ArrayComparator"]


class ArrayComparator(IndexableComparator, ConcatenableComparator):
    """Element access and the questions ANY and ALL."""

    type: Any

    def _setup_getitem(self, index: Any) -> tuple[OperatorType, Any, TypeEngine[Any]]:
        array = self.type
        if isinstance(index, slice):
            if array.zero_indexes:
                index = slice(
                    None if index.start is None else index.start + 1,
                    None if index.stop is None else index.stop + 1,
                    index.step,
                )
            return getitem, index, array
        if array.zero_indexes:
            index = index + 1
        if array.dimensions is None or array.dimensions == 1:
            return getitem, index, array.item_type
        return getitem, index, array.adapt(type(array), dimensions=array.dimensions - 1)

    def contains(self, *arg: Any, **kw: Any) -> Any:
        """True where the array holds all of another's elements, in databases that can tell."""
        raise NotImplementedError("ARRAY.contains() not implemented for the base ARRAY type; use the dialect's ARRAY")

    def any(self, other: Any, operator: OperatorType | None = None) -> Any:
        """``other = ANY (array)``, or with another operator in place of ``=``."""
        return self._question(self.expr.any_(), other, operator)

    def all(self, other: Any, operator: OperatorType | None = None) -> Any:
        """``other = ALL (array)``, or with another operator in place of ``=``."""
        return self._question(self.expr.all_(), other, operator)

    def _question(self, collection: Any, other: Any, operator: OperatorType | None) -> Any:
        import warnings

        warnings.warn(
            "The ARRAY.Comparator.any() and ARRAY.Comparator.all() methods for arrays are deprecated for removal, "
            "along with the PG-specific Any() and All() functions. See any_() and all_() functions for modern use. ",
            LectDeprecationWarning,
            stacklevel=4,
        )
        chosen = operator or eq
        if not hasattr(type(other), "__clause_element__") and not getattr(type(other), "is_clause_element", False):
            other = self.expr._bind_param(chosen, other, type_=self.type.item_type)
        return collection.operate(mirror(chosen), other)


@affinity_root
class ARRAY(TypeEngine[Any]):
    """An array of `item_type`, in databases that have arrays.

    `dimensions` is how many there are (any number without it), `as_tuple` returns tuples, which can be hashed,
    `zero_indexes` counts elements in Python's way.
    """

    __visit_name__ = "ARRAY"
    operator_classes = OperatorClass.ARRAY
    comparator_factory = ArrayComparator
    Comparator = ArrayComparator
    _is_array = True
    _concatenates = True

    def __init__(
        self, item_type: Any, as_tuple: bool = False, dimensions: int | None = None, zero_indexes: bool = False
    ) -> None:
        item = to_instance(item_type)
        if item._is_array:
            raise ValueError("Do not nest ARRAY types; ARRAY(basetype) handles multi-dimensional arrays of basetype")
        self.item_type: TypeEngine[Any] = item
        self.as_tuple = as_tuple
        self.dimensions = dimensions
        self.zero_indexes = zero_indexes

    @property
    def python_type(self) -> type[Any]:
        return list

    @property
    def hashable(self) -> bool:  # type: ignore[override]
        return self.as_tuple

    def compare_values(self, x: Any, y: Any) -> bool:
        return bool(x == y)

    def _walk(self, value: Any, convert: Processor | None, make: Any, depth: int | None) -> Any:
        """Return `value` with `convert` applied to each element, `depth` levels down (None: as deep as it goes)."""
        if depth is None:
            deeper = bool(value) and isinstance(value[0] if isinstance(value, (list, tuple)) else None, (list, tuple))
        else:
            deeper = depth > 1
        if deeper:
            inner = None if depth is None else depth - 1
            return make([None if v is None else self._walk(v, convert, make, inner) for v in value])
        if convert is None:
            return make(value)
        return make([convert(v) for v in value])

    def bind_processor(self, dialect: Any) -> Processor | None:
        convert = self.item_type._cached_bind_processor(dialect)

        def process(value: Any) -> Any:
            return None if value is None else self._walk(value, convert, list, self.dimensions)

        return process

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        convert = self.item_type._cached_result_processor(dialect, coltype)
        make = tuple if self.as_tuple else list
        if convert is None and make is list:
            return None

        def process(value: Any) -> Any:
            return None if value is None else self._walk(value, convert, make, self.dimensions)

        return process

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        convert = self.item_type._cached_literal_processor(dialect)
        if convert is None:
            return None
        write = convert

        def element(value: Any) -> str:
            if isinstance(value, (list, tuple)):
                return f"[{', '.join([element(v) for v in value])}]"
            return "NULL" if value is None else write(value)

        return lambda value: element(list(value))
