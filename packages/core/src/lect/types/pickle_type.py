"""Any Python object, pickled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lect.types.decorator import TypeDecorator
from lect.types.large_binary import LargeBinary
from lect.types.type_engine import LiteralProcessor, Processor, to_instance

__all__ = ["PickleType"]


class PickleType(TypeDecorator[object]):
    """Stores Python objects as pickles.

    Unpickling runs code that the pickle names: use this type only for data that nobody else can write.

    `protocol` is pickle's, `pickler` an object with ``dumps`` and ``loads`` in its place, `comparator` a function that
    says whether two values are equal, `impl` a type of bytes other than LargeBinary.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(
        self,
        protocol: int = 5,
        pickler: Any = None,
        comparator: Callable[[Any, Any], bool] | None = None,
        impl: Any = None,
    ) -> None:
        self.protocol = protocol
        self.pickler = pickler
        self.comparator = comparator
        super().__init__()
        if impl is not None:
            # The given class takes the place of LargeBinary.
            self.impl = to_instance(impl)

    @property
    def python_type(self) -> type[Any]:
        return object

    def _pickler(self) -> Any:
        if self.pickler is not None:
            return self.pickler
        import pickle

        return pickle

    def bind_processor(self, dialect: Any) -> Processor | None:
        inner = self._inner(dialect)._cached_bind_processor(dialect)
        dumps, protocol = self._pickler().dumps, self.protocol

        def process(value: Any) -> Any:
            packed = None if value is None else dumps(value, protocol)
            return packed if inner is None else inner(packed)

        return process

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        inner = self._inner(dialect)._cached_literal_processor(dialect)
        dumps, protocol = self._pickler().dumps, self.protocol
        return None if inner is None else lambda value: inner(dumps(value, protocol))

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        inner = self._inner(dialect)._cached_result_processor(dialect, coltype)
        loads = self._pickler().loads

        def process(value: Any) -> Any:
            packed = value if inner is None else inner(value)
            return None if packed is None else loads(packed)

        return process

    def compare_values(self, x: Any, y: Any) -> bool:
        if self.comparator is not None:
            return self.comparator(x, y)
        return bool(x == y)
