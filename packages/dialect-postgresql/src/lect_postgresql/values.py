"""How values pass through the drivers that adapt Python's types (psycopg2, psycopg), and libpq's addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from lect import exc
from lect import types as t
from lect.dialects.contract import ConnectRequest, Conversion, ConversionRequest
from lect.types.numeric import bound_integer, to_decimal

__all__ = ["conversion_of", "multihost"]

_AS_IS = Conversion()

#: Type codes (OIDs) of results; None: the driver gives none.
_FLOATS: Final = (None, 700, 701)
_DECIMALS: Final = (None, 1700)


def _bytes(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def conversion_of(request: ConversionRequest) -> Conversion | None:
    """Return how `request.type_` passes where the driver's own adaptation is exact; None: by the type's processors."""
    type_ = request.type_
    if isinstance(type_, t.Integer):
        return Conversion(bind=bound_integer(type_))
    if isinstance(type_, t.Float):
        return None if type_.asdecimal else Conversion(result=_result_of(request, _FLOATS, _float))
    if isinstance(type_, t.Numeric):
        if not type_.asdecimal:
            return Conversion(result=_float)
        return Conversion(result=_result_of(request, _DECIMALS, to_decimal(type_._effective_decimal_return_scale)))
    if isinstance(type_, (t.Date, t.DateTime, t.Time)):
        return _AS_IS
    if isinstance(type_, t.LargeBinary):
        return Conversion(result=_bytes)
    if isinstance(type_, t.Uuid) and type_.native_uuid:
        return Conversion(bind=_text) if type_.as_uuid else Conversion(result=_text)
    return None


def _result_of(
    request: ConversionRequest, native: tuple[int | None, ...], convert: Callable[[Any], Any]
) -> Callable[[Any], Any] | None:
    """Convert what comes as another type of number than the expression's: a parameter alone, a function's result."""
    return None if request.native_code in native else convert


def multihost(request: ConnectRequest) -> dict[str, Any]:
    """Return libpq's keywords `host` and `port`, and the URL's query parameters.

    Several servers are given as ``?host=a:5432&host=b:5433`` (or ``host=a,b&port=5432,5433``, as libpq has it); see
    postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS.
    """
    query = dict(request.query)
    given = query.pop("host", ())
    hosts = [part for text in ((given,) if isinstance(given, str) else given) for part in text.split(",")]
    given = query.pop("port", ())
    ports = [part for text in ((given,) if isinstance(given, str) else given) for part in text.split(",")]
    kwargs: dict[str, Any] = {key: value if isinstance(value, str) else value[-1] for key, value in query.items()}
    if not hosts:
        if request.host:
            kwargs["host"] = request.host
        if request.port is not None:
            kwargs["port"] = request.port
        elif len(ports) == 1:
            kwargs["port"] = _port(ports[0])
        return kwargs
    if request.host:
        raise exc.ArgumentError("the URL names a host both before the path and as ?host=; use one of them")
    names, numbers = [], []
    for i, host in enumerate(hosts):
        name, colon, number = host.rpartition(":") if not host.startswith("/") and "]" not in host else (host, "", "")
        names.append(name if colon else host)
        numbers.append(number if colon else ports[i] if i < len(ports) else ports[0] if len(ports) == 1 else "")
    for number in numbers:
        if number:
            _port(number)
    kwargs["host"] = ",".join(names)
    if any(numbers):
        kwargs["port"] = ",".join(numbers)
    return kwargs


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise exc.ArgumentError(f"the URL's port {text!r} is not a number")
    return int(text)
