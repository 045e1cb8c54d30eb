"""The database URL: ``dialect+connector://user:password@host:port/database?option=value``, immutable, its password
secret.

The password is shown by `render_as_string(hide_password=False)` and by the attribute `password` only: not by ``str()``,
``repr()``, pickles, or the message of any error, a parse error included. The same holds for query parameters that are
known to be secrets, except that pickles keep the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NoReturn

from lect import exc

__all__ = ["URL", "Query", "make_url"]

QueryValue = str | tuple[str, ...]

_FORM: Final = "dialect[+connector]://[user[:password]@][host][:port][/database][?option=value]"

_URL = re.compile(
    r"""
    (?P<drivername>[\w+]+)://
    (?:
        (?P<username>[^:/]*)
        (?: : (?P<password>[^@]*) )?
    @)?
    (?:
        (?: \[ (?P<ipv6host>[^/?]+) \] | (?P<host>[^/:?]+) )?
        (?: : (?P<port>[^/?]*) )?
    )?
    (?: / (?P<database>[^?]*) )?
    (?: \? (?P<query>.*) )?
    """,
    re.VERBOSE | re.DOTALL,
)


#: Query parameters of drivers whose value is a secret.
_SECRET_PARAMETERS: Final = frozenset(
    {"password", "passwd", "pwd", "passfile_password", "sslpassword", "ssl_key_password", "access_token", "secret"}
)

#: PWD=... and the like inside an ODBC connection string; a braced value ends at a single closing brace.
_SECRET_KEYWORDS = r"(?i)((?:^|;)\s*(?:pwd|password|accesstoken)\s*=)\s*(?:\{(?:[^}]|\}\})*\}?|[^;]*)"


def _hide_secret(key: str, value: str) -> str:
    if key.casefold() in _SECRET_PARAMETERS:
        return "***"
    return re.sub(_SECRET_KEYWORDS, r"\1***", value)


class _Lost:
    """Stands where a password was before the URL went through a pickle."""

    def __repr__(self) -> str:
        return "***"


_LOST: Final = _Lost()


class Query(dict[str, QueryValue]):
    """The query parameters of a URL: an immutable, hashable mapping of names to a string or a tuple of strings."""

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise TypeError("the query of a URL is immutable; url.update_query_dict() and url.set() return a changed URL")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))

    def __repr__(self) -> str:
        return f"Query({dict.__repr__(self)})"

    def __reduce__(self) -> Any:
        return Query, (dict(self),)

    def __copy__(self) -> Query:
        return self

    def __deepcopy__(self, memo: Any) -> Query:
        return Query(self)

    def __or__(self, other: Any) -> Query:  # type: ignore[override]
        return Query({**self, **other})


class URL:
    """An immutable database address. Made by :func:`make_url` and :meth:`create`; changed copies come from `set` and
    the ``update_query…`` methods.

    Attributes:
        drivername: ``dialect`` or ``dialect+connector``.
        username, password, host, database: strings or None. A password may also be an object whose ``str()`` is it.
        port: int or None.
        query: :class:`Query`.
    """

    __slots__ = ("_password", "database", "drivername", "host", "port", "query", "username")

    drivername: str
    username: str | None
    host: str | None
    port: int | None
    database: str | None
    query: Query

    def __new__(
        cls,
        drivername: str,
        username: str | None = None,
        password: Any = None,
        host: str | None = None,
        port: int | None = None,
        database: str | None = None,
        query: Mapping[str, Sequence[str] | str] = Query(),
    ) -> URL:
        """The same as :meth:`create`."""
        return cls.create(drivername, username, password, host, port, database, query)

    @classmethod
    def create(
        cls,
        drivername: str,
        username: str | None = None,
        password: Any = None,
        host: str | None = None,
        port: int | None = None,
        database: str | None = None,
        query: Mapping[str, Sequence[str] | str] = Query(),
    ) -> URL:
        """Return a URL made of parts, none of which is escaped or unescaped.

        Raises TypeError for a part of the wrong type.
        """
        return cls._make(
            _need_str(drivername, "drivername"),
            _may_str(username, "username"),
            password,
            _may_str(host, "host"),
            _port(port),
            _may_str(database, "database"),
            _query(query),
        )

    @classmethod
    def _make(
        cls,
        drivername: str,
        username: str | None,
        password: Any,
        host: str | None,
        port: int | None,
        database: str | None,
        query: Query,
    ) -> URL:
        self = object.__new__(cls)
        put = object.__setattr__
        put(self, "drivername", drivername)
        put(self, "username", username)
        put(self, "_password", password)
        put(self, "host", host)
        put(self, "port", port)
        put(self, "database", database)
        put(self, "query", query)
        return self

    @property
    def password(self) -> Any:
        """The password, or None. Raises InvalidRequestError after the URL went through a pickle, which drops it."""
        if self._password is _LOST:
            raise exc.InvalidRequestError(
                "this URL was unpickled, and passwords do not travel in pickles; set it with url.set(password=...)"
            )
        return self._password

    _password: Any

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a URL is immutable; url.set({name}=...) returns a changed copy")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a URL is immutable")

    # -- changed copies -----------------------------------------------------------------------------------------------

    def set(
        self,
        drivername: str | None = None,
        username: str | None = None,
        password: Any = None,
        host: str | None = None,
        port: int | None = None,
        database: str | None = None,
        query: Mapping[str, Sequence[str] | str] | None = None,
    ) -> URL:
        """Return a copy with parts replaced. A part that is None stays as it is."""
        return self._make(
            self.drivername if drivername is None else _need_str(drivername, "drivername"),
            self.username if username is None else _may_str(username, "username"),
            self._password if password is None else password,
            self.host if host is None else _may_str(host, "host"),
            self.port if port is None else _port(port),
            self.database if database is None else _may_str(database, "database"),
            self.query if query is None else _query(query),
        )

    def _with_query(self, query: Query) -> URL:
        return self._make(self.drivername, self.username, self._password, self.host, self.port, self.database, query)

    def update_query_string(self, query_string: str, append: bool = False, *, keep_blank_values: bool = False) -> URL:
        """Return a copy with the parameters of ``"a=1&b=2"`` replaced.

        Args:
            append: values are added to those of the same name.
            keep_blank_values: a parameter without a value (``a=``) is kept, as an empty string.
        """
        from urllib.parse import parse_qsl

        return self.update_query_pairs(parse_qsl(query_string, keep_blank_values=keep_blank_values), append=append)

    def update_query_pairs(
        self, key_value_pairs: Iterable[tuple[str, str | list[str] | tuple[str, ...]]], append: bool = False
    ) -> URL:
        """Return a copy with parameters replaced by `key_value_pairs`; a name given twice has a tuple of values."""
        new: dict[str, list[str]] = {}
        for key, value in key_value_pairs:
            new.setdefault(_query_key(key), []).extend(_query_values(value))
        joined: dict[str, QueryValue] = dict(self.query)
        for key, values in new.items():
            if append and key in joined:
                values = [*_query_values(joined[key]), *values]
            joined[key] = values[0] if len(values) == 1 else tuple(values)
        return self._with_query(Query(joined))

    def update_query_dict(
        self, query_parameters: Mapping[str, str | list[str] | tuple[str, ...]], append: bool = False
    ) -> URL:
        """Return a copy with the parameters in `query_parameters` replaced, or extended with `append`."""
        return self.update_query_pairs(query_parameters.items(), append=append)

    def difference_update_query(self, names: Iterable[str]) -> URL:
        """Return a copy without the query parameters `names`; the same URL when it has none of them."""
        drop = frozenset(names)
        if not drop.intersection(self.query):
            return self
        return self._with_query(Query({key: value for key, value in self.query.items() if key not in drop}))

    @property
    def normalized_query(self) -> Mapping[str, Sequence[str]]:
        """The query with every value as a tuple of strings."""
        return Query({key: tuple(_query_values(value)) for key, value in self.query.items()})

    # -- text ---------------------------------------------------------------------------------------------------------

    def render_as_string(self, hide_password: bool = True) -> str:
        """Return the URL as text that :func:`make_url` reads back; the password as ``***`` unless asked for."""
        from urllib.parse import quote, quote_plus

        text = self.drivername + "://"
        if self.username is not None:
            text += quote(self.username, safe=" +")
            if self._password is not None:
                text += ":" + ("***" if hide_password else quote(str(self.password), safe=" +"))
            text += "@"
        if self.host is not None:
            text += f"[{self.host}]" if ":" in self.host else self.host
        if self.port is not None:
            text += f":{self.port}"
        if self.database is not None:
            text += "/" + quote(self.database, safe=" +/")
        if self.query:
            pairs = [(key, value) for key in sorted(self.query) for value in _query_values(self.query[key])]
            if hide_password:
                pairs = [(key, _hide_secret(key, value)) for key, value in pairs]
            text += "?" + "&".join([f"{quote_plus(key)}={quote_plus(value, safe='*')}" for key, value in pairs])
        return text

    def __str__(self) -> str:
        return self.render_as_string(hide_password=True)

    def __repr__(self) -> str:
        return self.render_as_string(hide_password=True)

    # -- parts --------------------------------------------------------------------------------------------------------

    def get_backend_name(self) -> str:
        """Return the dialect's name: what is before ``+``."""
        return self.drivername.partition("+")[0]

    def get_driver_name(self) -> str:
        """Return the connector's name: what is behind ``+``, or the dialect's default (which loads the dialect)."""
        name = self.drivername.partition("+")[2]
        return name or self.get_dialect().default_connector

    def get_dialect(self) -> Any:
        """Return the dialect class, loading its plugin.

        Raises NoSuchModuleError when it is not installed, PluginError when it cannot be used.
        """
        from lect.plugins import load_dialect

        return load_dialect(self.get_backend_name())

    def translate_connect_args(self, **names: str) -> dict[str, Any]:
        """Return the parts that are set as keyword arguments, renamed by `names` (``username="user"``)."""
        parts = {
            "host": self.host,
            "database": self.database,
            "username": self.username,
            "password": self.password,
            "port": self.port,
        }
        return {names.get(key, key): value for key, value in parts.items() if value is not None and value != ""}

    # -- identity -----------------------------------------------------------------------------------------------------

    def _parts(self) -> tuple[Any, ...]:
        return (self.drivername, self.username, self._password, self.host, self.port, self.database, self.query)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, URL):
            return NotImplemented
        return self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def __copy__(self) -> URL:
        return self._make(*self._parts())

    def __deepcopy__(self, memo: Any) -> URL:
        return self.set(query=dict(self.query))

    def __reduce__(self) -> Any:
        return _unpickle, (
            self.drivername,
            self.username,
            self._password is not None,
            self.host,
            self.port,
            self.database,
            self.query,
        )


def _unpickle(
    drivername: str,
    username: str | None,
    had_password: bool,
    host: str | None,
    port: int | None,
    database: str | None,
    query: Query,
) -> URL:
    return URL._make(drivername, username, _LOST if had_password else None, host, port, database, query)


def make_url(name_or_url: str | URL, *, keep_blank_values: bool = False) -> URL:
    """Return the URL in a string; a URL is returned as it is.

    User name, password and database are percent-decoded: a password with ``@``, ``:`` or ``/`` in it is written with
    ``%40``, ``%3A``, ``%2F`` (``urllib.parse.quote``). Query parameters without a value are left out, unless
    `keep_blank_values`.

    Raises ArgumentError for anything else. The message never repeats the text, because it may hold a password.
    """
    if isinstance(name_or_url, URL):
        return name_or_url
    if not isinstance(name_or_url, str):
        render = getattr(name_or_url, "render_as_string", None)
        if render is None:
            harmless = name_or_url is None or isinstance(name_or_url, (int, float))
            shown = repr(name_or_url) if harmless else f"an object of {type(name_or_url).__name__}"
            raise exc.ArgumentError(f"Expected string or URL object, got {shown}")
        name_or_url = render(hide_password=False)
    found, problem = _parse(name_or_url, keep_blank_values)
    if found is None:
        name_or_url = "***"  # a traceback that prints local variables must not show it either
        raise exc.ArgumentError(f"Could not parse database URL: {problem}. The form is {_FORM}")
    return found


def _unquoted(text: str | None) -> str | None:
    if text is None or "%" not in text:
        return text
    from urllib.parse import unquote

    return unquote(text)


def _parse(text: str, keep_blank_values: bool) -> tuple[URL | None, str]:
    """Return ``(url, "")`` or ``(None, what is wrong)``; the second never quotes what may be a secret."""
    match = _URL.fullmatch(text)
    if match is None:
        return None, _why_not(text)
    part = match.groupdict()
    port = part["port"]
    if port is not None and not (port.isascii() and port.isdigit() and int(port) < 65536):
        if port == "":
            return None, "the port behind ':' is missing"
        return None, (
            "the port is not a number from 0 to 65535 (if it is part of a password: a password stands before '@', and "
            "'@', ':' and '/' in it are written %40, %3A and %2F)"
        )
    host = part["host"]
    if host is not None and "@" in host:
        return None, "there is a second '@' before the host (in a password, '@' is written %40)"
    username, password, database = part["username"], part["password"], part["database"]
    query: dict[str, list[str]] = {}
    if part["query"]:
        from urllib.parse import parse_qsl

        for key, value in parse_qsl(part["query"], keep_blank_values=keep_blank_values):
            query.setdefault(key, []).append(value)
    return (
        URL._make(
            part["drivername"],
            _unquoted(username),
            _unquoted(password),
            host or part["ipv6host"],
            None if port is None else int(port),
            _unquoted(database),
            Query({key: values[0] if len(values) == 1 else tuple(values) for key, values in query.items()}),
        ),
        "",
    )


def _why_not(text: str) -> str:
    scheme, separator, _ = text.partition("://")
    if not text.strip():
        return "it is empty"
    if not separator:
        return "'://' is missing"
    if not scheme:
        return "the dialect's name before '://' is missing"
    if not re.fullmatch(r"[\w+]+", scheme):
        return "the name before '://' may hold letters, digits, '_' and '+' only"
    return "the part behind '://' cannot be read ('@', ':' and '/' in a password are written %40, %3A and %2F)"


def _need_str(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string")
    return value


def _may_str(value: Any, name: str) -> str | None:
    return None if value is None else _need_str(value, name)


def _port(value: Any) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool):
        raise TypeError("port must be an integer")
    try:
        return int(value)
    except (TypeError, ValueError):
        raise TypeError("port must be an integer") from None


def _query_key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("Query dictionary keys must be strings")
    return key


def _query_values(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        return
    if not isinstance(value, (list, tuple)) or not all(isinstance(member, str) for member in value):
        raise TypeError("Query dictionary values must be strings or sequences of strings")
    yield from value


def _query(query: Any) -> Query:
    if isinstance(query, Query):
        return query
    pairs = query.items() if isinstance(query, Mapping) else query
    out: dict[str, QueryValue] = {}
    for key, value in pairs:
        values = tuple(_query_values(value))
        out[_query_key(key)] = value if isinstance(value, str) else values
    return Query(out)
