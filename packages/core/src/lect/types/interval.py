"""Durations."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar, Final

from lect.exc import CompileError
from lect.operators import OperatorClass, OperatorType
from lect.types.adaptation import AdaptingComparator
from lect.types.decorator import TypeDecorator
from lect.types.string import quote_literal
from lect.types.temporal import DateTime
from lect.types.type_engine import (
    Emulated,
    LiteralProcessor,
    Processor,
    TypeEngine,
    adapt_type,
    affinity_root,
)

__all__ = ["Interval"]

#: Durations are stored as the distance to this point where there is no type for them.
EPOCH: Final = dt.datetime(1970, 1, 1)


class AbstractInterval(TypeEngine[dt.timedelta]):
    """What durations have in common, whether the database has them or not."""

    operator_classes = OperatorClass.DATETIME
    comparator_factory: Any = AdaptingComparator


@affinity_root
class Interval(Emulated, AbstractInterval, TypeDecorator[dt.timedelta]):
    """A duration; ``datetime.timedelta``.

    Where the database has no such type (or `native` is false) the value is stored as a point in time, counted from the
    beginning of 1970. `second_precision` and `day_precision` are for databases that ask for them.
    """

    __visit_name__ = "interval"
    impl = DateTime
    cache_ok = True
    operator_classes = OperatorClass.DATETIME
    comparator_factory: Any = AdaptingComparator
    epoch: ClassVar[dt.datetime] = EPOCH
    _plain_comparison = True
    _is_type_decorator = True

    def __init__(
        self, native: bool = True, second_precision: int | None = None, day_precision: int | None = None
    ) -> None:
        super().__init__()
        self.native = native
        self.second_precision = second_precision
        self.day_precision = day_precision

    @property
    def _type_affinity(self) -> type[TypeEngine[Any]]:
        return Interval

    @property
    def python_type(self) -> type[dt.timedelta]:
        return dt.timedelta

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        return self._compared_value_type(op, value)

    def _make_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        variant = self._variant_for(dialect)
        if variant is not None:
            return variant.dialect_impl(dialect)
        if self.native:
            adapted = adapt_type(self, dialect.type_adaptations)
            if adapted is not self and not isinstance(adapted, Interval):
                return adapted
        return super()._make_dialect_impl(dialect)

    def bind_processor(self, dialect: Any) -> Processor | None:
        inner = self._inner(dialect)._cached_bind_processor(dialect)

        def process(value: Any) -> Any:
            moment = None if value is None else EPOCH + value
            return moment if inner is None else inner(moment)

        return process

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        inner = self._inner(dialect)._cached_result_processor(dialect, coltype)

        def process(value: Any) -> Any:
            moment = value if inner is None else inner(value)
            return None if moment is None else moment - EPOCH

        return process

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        inner = self._inner(dialect)._cached_literal_processor(dialect)

        def process(value: Any) -> str:
            if not isinstance(value, dt.timedelta):
                raise CompileError(f"{value!r} is no timedelta; it cannot be written as a literal of {self!r}")
            # As the moment is kept: a text that differs in its zeros would be another value for some databases.
            return quote_literal((EPOCH + value).isoformat(" "), dialect) if inner is None else inner(EPOCH + value)

        return process
