"""Dates and times."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from lect.exc import CompileError
from lect.operators import OperatorClass
from lect.types.adaptation import AdaptingComparator
from lect.types.string import quote_literal
from lect.types.type_engine import LiteralProcessor, TypeEngine, affinity_root

__all__ = ["DATETIMETYPE", "DATETYPE", "TIMETYPE", "Date", "DateTime", "Time"]


class _Temporal(TypeEngine[Any]):
    """What dates and times have in common."""

    operator_classes = OperatorClass.DATETIME
    comparator_factory = AdaptingComparator
    _value_class: type[Any] = object

    @property
    def python_type(self) -> type[Any]:
        return self._value_class

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        wanted = self._value_class
        aware = dialect.capabilities.timezone_aware_datetimes

        def process(value: Any) -> str:
            if not isinstance(value, wanted):
                raise CompileError(f"{value!r} is no {wanted.__name__}; it cannot be written as a literal of {self!r}")
            if not aware and getattr(value, "tzinfo", None) is not None:
                value = value.replace(tzinfo=None)  # as drivers bind it: the database keeps no offset
            return quote_literal(self._literal_text(value), dialect)

        return process

    def _literal_text(self, value: Any) -> str:
        return str(value.isoformat())


@affinity_root
class Date(_Temporal):
    """A day; ``datetime.date``."""

    __visit_name__ = "date"
    _value_class = dt.date

    def _literal_text(self, value: Any) -> str:
        if isinstance(value, dt.datetime):
            value = value.date()
        return str(value.isoformat())


@affinity_root
class DateTime(_Temporal):
    """A point in time; ``datetime.datetime``, aware of its offset where `timezone` is true and the database can."""

    __visit_name__ = "datetime"
    _value_class = dt.date  # a date is taken for its midnight

    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone

    @property
    def python_type(self) -> type[dt.datetime]:
        return dt.datetime

    def _literal_text(self, value: Any) -> str:
        return str(value.isoformat(" ")) if isinstance(value, dt.datetime) else str(value.isoformat())


@affinity_root
class Time(_Temporal):
    """A time of day; ``datetime.time``."""

    __visit_name__ = "time"
    _value_class = dt.time

    def __init__(self, timezone: bool = False) -> None:
        self.timezone = timezone


DATETYPE: Final = Date()
DATETIMETYPE: Final = DateTime()
AWARE_DATETIMETYPE: Final = DateTime(timezone=True)
TIMETYPE: Final = Time()
AWARE_TIMETYPE: Final = Time(timezone=True)
