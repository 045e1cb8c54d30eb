"""From the parts of a URL to an ODBC connection string, every value escaped."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from lect import exc
from lect.dialects.contract import ConnectRequest
from lect_pyodbc.profile import Profile

__all__ = ["connection_string", "escape"]

_KEYWORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_ .\-]*")
# What the ODBC specification lets stand without braces (SQLDriverConnect, "Comments"), and the comma of "host,port".
_PLAIN: Final = re.compile(r"[^\[\]{}();?*=!@\s\x00](?:[^\[\]{}();?*=!@\x00]*[^\[\]{}();?*=!@\s\x00])?")


def escape(value: str) -> str:
    """Return a value as it stands in a connection string: in braces if need be, with ``}`` doubled inside.

    Raises ArgumentError for a value with NUL, which ends the string for every driver.
    """
    if "\x00" in value:
        raise exc.ArgumentError("a value in an ODBC connection string cannot hold NUL")
    if _PLAIN.fullmatch(value):
        return value
    return "{" + value.replace("}", "}}") + "}"


def connection_string(request: ConnectRequest, profile: Profile, installed: Callable[[], list[str]]) -> str:
    """Return the connection string for an address.

    Forms, first match: ``?odbc_connect=<connection string>`` is used as it is; ``?dsn=name``, or a host without
    database, port and driver, is a data source name; else a driver is named (``?driver=``, or the profile's), with
    server and database. Query parameters become keywords, and win over everything else.

    Args:
        installed: returns the names of the ODBC drivers of this machine; called only when the URL names none.
    """
    given = {key: value if isinstance(value, str) else value[-1] for key, value in request.query.items()}
    for key in given:
        if not _KEYWORD.fullmatch(key):
            raise exc.ArgumentError(f"{key!r} cannot be a keyword of an ODBC connection string")
    by_name = {key.lower(): key for key in given}
    complete = given.pop(by_name.pop("odbc_connect", ""), None)
    if complete is not None:
        if given:
            raise exc.ArgumentError(
                f"odbc_connect is a whole connection string; write {sorted(given)[0]!r} into it instead of beside it"
            )
        return complete
    keywords: dict[str, tuple[str, str]] = {}  # lower-case keyword -> (keyword, value), in the order of the string

    def put(keyword: str, value: str | None) -> None:
        if value is not None and keyword.lower() not in by_name:
            keywords.setdefault(keyword.lower(), (keyword, value))

    only_host = request.host and not request.database and not request.port and "driver" not in by_name
    dsn = "dsn" in by_name or bool(only_host)
    if dsn:
        put("DSN", request.host)
        if "dsn" in by_name:
            name = by_name.pop("dsn")
            keywords["dsn"] = ("DSN", given.pop(name))
        put(profile.database_keyword, request.database or None)
    else:
        driver = given.pop(by_name.pop("driver", ""), None) or _choose(profile, installed)
        if driver is not None:
            keywords["driver"] = ("DRIVER", "{" + driver.strip("{}").replace("}", "}}") + "}")
        _put_server(request, profile, put)
        put(profile.database_keyword, request.database or None)
    if request.username:
        put("UID", request.username)
        put("PWD", None if request.password is None else str(request.password))
    elif not profile.authentication_keywords.intersection(by_name):
        for keyword, value in profile.without_user:
            put(keyword, value)
    if not dsn:
        for keyword, value in profile.defaults:
            put(keyword, value)
    text = [f"{key}={value if key == 'DRIVER' else escape(value)}" for key, value in keywords.values()]
    text += [f"{key}={escape(value)}" for key, value in given.items()]
    return ";".join(text)


def _put_server(request: ConnectRequest, profile: Profile, put: Callable[[str, str | None], None]) -> None:
    if profile.server_keyword is None:
        if request.host or request.port:
            raise exc.ArgumentError(
                "the URL names a host, and the database has none: write the path after three slashes, "
                "dialect+pyodbc:///path"
            )
        return
    if request.port is None:
        put(profile.server_keyword, request.host)
    elif profile.port_keyword is None:
        put(profile.server_keyword, f"{request.host or 'localhost'},{request.port}")
    else:
        put(profile.server_keyword, request.host)
        put(profile.port_keyword, str(request.port))


def _choose(profile: Profile, installed: Callable[[], list[str]]) -> str | None:
    if not profile.odbc_drivers:
        return None
    present = {name.lower(): name for name in installed()}
    for name in profile.odbc_drivers:
        if name.lower() in present:
            return present[name.lower()]
    return profile.odbc_drivers[0]
