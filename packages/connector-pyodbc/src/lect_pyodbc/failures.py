"""What a pyodbc exception says: SQLSTATE, native number, the server's own words."""

from __future__ import annotations

import re
from typing import Final

from lect.dialects.contract import Failure, FailureKind
from lect_pyodbc.profile import Profile

__all__ = ["read_failure"]

# pyodbc writes "[SQLSTATE] message (native number) (ODBC function)", and "; [SQLSTATE] message (native number)" for
# each further record of the driver (pyodbc 4 and 5, src/errors.cpp). A message can quote what a user typed, so that
# only the last place that looks like the end of the first record counts.
_END: Final = re.compile(r" \((-?\d+)\) \((SQL\w+)\)(?=$|; \[\w{5}\] )", re.DOTALL)
_START: Final = re.compile(r"^\[\w{5}\] ((?:\[[^\]]*\])*)")

#: SQLSTATEs of ISO 9075 and ODBC whose meaning does not depend on the server.
_KINDS: Final[dict[str, FailureKind]] = {
    "40001": FailureKind.SERIALIZATION_FAILURE,
    "42S02": FailureKind.UNDEFINED_TABLE,
    "42S22": FailureKind.UNDEFINED_COLUMN,
    "HY008": FailureKind.QUERY_CANCELED,
    "HYT00": FailureKind.STATEMENT_TIMEOUT,
    "HYT01": FailureKind.CONNECT_FAILED,
    "08001": FailureKind.CONNECT_FAILED,
    "08004": FailureKind.CONNECT_FAILED,
    "28000": FailureKind.CONNECT_FAILED,
    "IM002": FailureKind.CONNECT_FAILED,  # data source name not found and no default driver
    "01000": FailureKind.CONNECT_FAILED,  # unixODBC: "Can't open lib '...'": raised only while connecting
}
#: The ODBC function that opens connections, as pyodbc names it behind each message.
_CONNECTING: Final = "SQLDriverConnect"

_LOST: Final = frozenset({"08S01", "08003", "08007", "01002"})

#: What pyodbc itself says about a connection that was closed; it gives no code (pyodbc 4 and 5).
_CLOSED: Final = ("The cursor's connection has been closed.", "Attempt to use a closed connection.")


def read_failure(exception: BaseException, pep249: str, profile: Profile) -> Failure:
    """Return what `exception` says; `pep249` is the name of its PEP 249 class."""
    args = exception.args
    if len(args) < 2 or not isinstance(args[0], str):
        message = str(args[0]) if args else ""
        return Failure(pep249=pep249, message=message, disconnected=message in _CLOSED)
    sqlstate, text = args[0], str(args[1])
    ends = list(_END.finditer(text))
    end = ends[-1] if ends else None
    native = int(end[1]) if end is not None else None
    message = text[: end.start()] if end is not None else text
    message = _START.sub("", message)
    if profile.clean_message is not None:
        message = profile.clean_message(message)
    lost = (
        sqlstate in _LOST
        or sqlstate in profile.disconnect_sqlstates
        or (native is not None and native in profile.disconnect_codes)
    )
    kind = profile.kinds.get(sqlstate) or _KINDS.get(sqlstate)
    if end is not None and end[2] == _CONNECTING and kind in (None, FailureKind.STATEMENT_TIMEOUT):
        kind = FailureKind.CONNECT_FAILED  # HYT00 is then "Login timeout expired"
    if lost and kind is None:
        kind = FailureKind.CONNECTION_LOST
    return Failure(pep249=pep249, kind=kind, sqlstate=sqlstate, native_code=native, message=message, disconnected=lost)
