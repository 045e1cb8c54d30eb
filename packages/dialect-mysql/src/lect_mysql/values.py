"""How values pass through the drivers that speak the text protocol (PyMySQL, asyncmy)."""

from __future__ import annotations

from typing import Any

from lect import types as t
from lect.dialects.contract import Conversion, ConversionRequest

__all__ = ["conversion_of", "time_of"]

_AS_IS = Conversion()


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


def conversion_of(request: ConversionRequest) -> Conversion | None:
    """Return how `request.type_` passes where the driver's own conversion is exact; None: by the type's processors."""
    type_ = request.type_
    if isinstance(type_, t.Float):
        return None if type_.asdecimal else _AS_IS
    if isinstance(type_, t.Numeric):
        return _AS_IS if type_.asdecimal else Conversion(result=_float)
    if isinstance(type_, (t.Date, t.DateTime)):
        return _AS_IS
    if isinstance(type_, t.Time):
        return Conversion(result=time_of)
    if isinstance(type_, t.Uuid) and type_.native_uuid and request.dialect.capabilities.native_uuid:
        return Conversion(bind=_text, result=_uuid if type_.as_uuid else _text)
    return None
