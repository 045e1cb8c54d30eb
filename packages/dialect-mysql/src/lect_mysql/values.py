"""How values pass through the drivers that speak the text protocol (PyMySQL, asyncmy)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from lect import types as t
from lect.dialects.contract import Conversion, ConversionRequest
from lect.types.numeric import bound_integer, to_decimal

__all__ = ["conversion_of", "naive", "result_of", "time_of"]

#: Type codes of results (dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html): numbers that drivers make
#: decimals of, dates; None: the driver gives no code.
_DECIMALS: Final = (None, 0, 246)
_DATES: Final = (None, 7, 10, 12)


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _uuid(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    from uuid import UUID

    return UUID(value)


def time_of(value: Any) -> Any:
    """Turn the duration in which drivers give TIME into a time of day; what is none stays a duration."""
    from datetime import timedelta

    if not isinstance(value, timedelta) or value.days:
        return value
    from datetime import time

    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return time(hours, minutes, seconds, value.microseconds)


def naive(value: Any) -> Any:
    """Leave the offset of a date-time or time out: neither server keeps one."""
    return value if getattr(value, "tzinfo", None) is None else value.replace(tzinfo=None)


def _time_or_text(value: Any) -> Any:
    if isinstance(value, str):
        from datetime import time

        return time.fromisoformat(value)
    return time_of(value)


def result_of(type_: Any) -> Callable[[Any], Any]:
    """Return what makes the type's value of what comes under the code of another type: a parameter alone is text."""
    if isinstance(type_, t.Numeric):
        return to_decimal(type_._effective_decimal_return_scale)
    if isinstance(type_, t.Time):
        return _time_or_text
    import datetime as dt

    read: Any = dt.date.fromisoformat if isinstance(type_, t.Date) else dt.datetime.fromisoformat
    return lambda value: read(value) if isinstance(value, str) else value


def conversion_of(request: ConversionRequest) -> Conversion | None:
    """Return how `request.type_` passes where the driver's own conversion is exact; None: by the type's processors."""
    type_, code = request.type_, request.native_code
    if isinstance(type_, t.Integer):
        return Conversion(bind=bound_integer(type_))
    if isinstance(type_, t.Float):
        return None if type_.asdecimal else Conversion()
    if isinstance(type_, t.Numeric):
        if not type_.asdecimal:
            return Conversion(result=_float)
        return Conversion(result=None if code in _DECIMALS else result_of(type_))
    if isinstance(type_, (t.Date, t.DateTime)):
        return Conversion(result=None if code in _DATES else result_of(type_))
    if isinstance(type_, t.Time):
        return Conversion(result=time_of if code in (None, 11) else result_of(type_))
    if isinstance(type_, t.Uuid) and type_.native_uuid and request.dialect.capabilities.native_uuid:
        return Conversion(bind=_text, result=_uuid if type_.as_uuid else _text)
    return None
