"""From a URL to an engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lect import plugins
from lect.dialects.contract import ConnectRequest, PoolChoice
from lect.engine.credentials import Passwords
from lect.engine.driver import Driver
from lect.engine.engine import Engine
from lect.engine.url import URL, make_url
from lect.exc import ArgumentError, UnknownArgumentError, nearest
from lect.log import EchoFlag
from lect.pool import AsyncAdaptedQueuePool, NullPool, Pool, QueuePool, SingletonThreadPool, StaticPool

__all__ = ["create_engine", "create_pool_from_url", "engine_from_config"]

_QUEUE_OPTIONS = (
    "pool_size",
    "max_overflow",
    "pool_timeout",
    "pool_use_lifo",
    "pool_max_waiting",
    "pool_min_idle",
    "pool_warm_start",
    "pool_keepalive",
)
_POOL_OPTIONS = (
    "echo_pool",
    "pool_recycle",
    "pool_pre_ping",
    "pool_reset_on_return",
    "pool_events",
    "pool_logging_name",
    "pool_leak_after",
)
_ENGINE_OPTIONS = (
    "echo",
    "logging_name",
    "execution_options",
    "hide_parameters",
    "query_cache_size",
    "insertmanyvalues_page_size",
    "use_insertmanyvalues",
    "enable_from_linting",
    "cache_audit",
    "isolation_level",
    "connect_args",
    "creator",
    "async_creator",
    "password",
    "pool",
    "poolclass",
    "module",
    "plugins",
    "future",
    "max_identifier_length",
    "skip_autocommit_rollback",
)


def create_engine(url: str | URL, **kwargs: Any) -> Engine:
    """Return an engine for the database at `url`. Nothing is connected before the first use.

    Args:
        url: ``dialect[+connector]://user:password@host/database?option=value``.
        echo: log SQL through ``logging`` to standard output; ``"debug"``: rows too.
        logging_name: appended to the name of the engine's logger.
        hide_parameters: show no parameter values in logs and errors.
        isolation_level: level of every connection, ``"AUTOCOMMIT"`` included where there is such a thing.
        execution_options: options of every connection.
        connect_args: further arguments of the driver's ``connect()``.
        password: function that returns the password, asked whenever a connection is opened; may return a
            :class:`~lect.engine.credentials.Credential` with a time to live, and may be a coroutine function where the
            connector is asynchronous.
        creator: function that opens the driver's connections instead.
        query_cache_size: number of compiled statements kept.
        insertmanyvalues_page_size: rows per statement of a many-row INSERT with RETURNING; `use_insertmanyvalues`
            False: one row per statement.
        skip_autocommit_rollback: send no rollback that could have no effect, in autocommit mode.
        enable_from_linting: warn of FROM elements that nothing joins (the default).
        cache_audit: share of executions, between 0 and 1, for which the cached plan is compared with a new compilation.
        plugins: names of cross-cutting plugins.
        pool: a pool to use; poolclass: its class. pool_size, max_overflow, pool_timeout, pool_use_lifo,
        pool_max_waiting, pool_min_idle, pool_warm_start, pool_keepalive,
            pool_recycle, pool_pre_ping, pool_reset_on_return, pool_events, pool_logging_name, pool_leak_after,
            echo_pool: see :mod:`lect.pool`.
        paramstyle, label_length, max_identifier_length, json_serializer, json_deserializer, and what dialect and
        connector
            take.

    Raises:
        ArgumentError: the URL cannot be read, or an argument is unknown.
        NoSuchModuleError: the dialect, the connector or its driver is not installed; says what to install.
    """
    return make_engine(url, kwargs)


def make_engine(url: str | URL, kwargs: Mapping[str, Any], asynchronous: bool = False) -> Engine:
    """See :func:`create_engine`.

    Args:
        url: where the database is.
        kwargs: the keyword arguments.
        asynchronous: for asyncio: where the URL names a connector whose driver has an asyncio side, take that.
    """
    options = dict(kwargs)
    u, found = _with_plugins(make_url(url), options)
    options.pop("future", None)
    dialect, connector = _compose(u, options, asynchronous)
    request = _request(u, options.pop("connect_args", None))
    creator = _creator(options.pop("creator", None), options.pop("async_creator", None), connector)
    arguments = connector.arguments(request) if creator is None else None
    driver = Driver(
        dialect,
        request,
        arguments,
        creator=creator,
        settle=options.pop("_initialize", True),
        passwords=_passwords(options.pop("password", None), u, connector),
    )
    isolation = options.pop("isolation_level", None)
    if isolation is not None:
        driver.isolation_level = dialect.isolation_level = dialect.check_isolation_level(isolation)
    pool = _make_pool(options, driver, connector)
    engine = _make_engine(options, pool, driver, u)
    if options:
        _refuse(options, dialect, connector, pool)
    found.engine_created(engine)
    return engine


def _with_plugins(url: URL, options: dict[str, Any]) -> tuple[URL, Any]:
    """Load the plugins that URL and arguments ask for, and let them change both."""
    names: list[str] = []
    in_url = url.query.get("plugin", ())
    names.extend([in_url] if isinstance(in_url, str) else in_url)
    given = options.pop("plugins", None) or ()
    if isinstance(given, str):
        raise ArgumentError(f"plugins must be a list of names, not the string {given!r}")
    names.extend(given)
    if in_url:
        url = url.difference_update_query(["plugin"])
    found = plugins.load_plugins(names)
    url = found.update_url(url)
    found.update_options(url, options)
    return url, found


def _compose(url: URL, options: dict[str, Any], asynchronous: bool = False) -> tuple[Any, Any]:
    """Make the dialect and the connector of a URL and put them together."""
    dialect_class = plugins.load_dialect(url.get_backend_name())
    _, _, connector_name = url.drivername.partition("+")
    if not connector_name:
        connector_name = dialect_class.default_connector
        if not connector_name:
            raise ArgumentError(
                f"dialect {dialect_class.name!r} has no connector of its own; name one in the URL: "
                f"{url.get_backend_name()}+CONNECTOR://"
            )
    connector_class, profile = plugins.load_connector(url.get_backend_name(), connector_name)
    if asynchronous and connector_class.asynchronous:
        connector_class, profile = plugins.load_connector(url.get_backend_name(), connector_class.asynchronous)
    wanted = dialect_class.options | dialect_class.common_options
    dialect_options = {name: options.pop(name) for name in list(options) if name in wanted}
    connector_options = {name: options.pop(name) for name in list(options) if name in connector_class.options}
    connector = connector_class(profile=profile, module=options.pop("module", None), **connector_options)
    plugins.load_driver(connector)
    dialect = dialect_class(**dialect_options)
    return dialect.compose(connector), connector


def _request(url: URL, connect_args: Any) -> ConnectRequest:
    if connect_args is not None and not isinstance(connect_args, Mapping):
        raise ArgumentError(f"connect_args must be a dictionary, not {type(connect_args).__name__}")
    return ConnectRequest.of_url(url, connect_args)


def _passwords(ask: Any, url: URL, connector: Any) -> Passwords | None:
    if ask is None:
        return None
    if url.password is not None:
        raise ArgumentError("a password stands in the URL and a password function is given; which one is meant?")
    return Passwords(ask, connector.is_async)


def _creator(creator: Any, async_creator: Any, connector: Any) -> Callable[[Any], Any] | None:
    if async_creator is not None:
        if not connector.is_async:
            raise ArgumentError(f"async_creator is for asynchronous connectors; {connector.name!r} is not one")
        creator = lambda: connector.adapt_created(async_creator)  # noqa: E731
    if creator is None:
        return None
    if not callable(creator):
        raise ArgumentError(f"creator must be a function that opens a connection, not {creator!r}")
    from lect.pool.base import _takes_record

    if _takes_record(creator):
        return creator  # type: ignore[no-any-return]
    return lambda entry: creator()


def _pool_class(connector: Any, driver: Driver) -> type[Pool]:
    choice = connector.pool_choice(driver.request)
    if choice is PoolChoice.QUEUE:
        return AsyncAdaptedQueuePool if connector.is_async else QueuePool
    return {
        PoolChoice.PER_THREAD: SingletonThreadPool,
        PoolChoice.ONE: StaticPool,
        PoolChoice.NONE: NullPool,
    }[choice]


def _make_pool(options: dict[str, Any], driver: Driver, connector: Any) -> Pool:
    pool: Pool | None = options.pop("pool", None)
    poolclass = options.pop("poolclass", None)
    if pool is not None:
        options.pop("pool_events", None)
        pool._manners = driver
        return pool
    if poolclass is None:
        poolclass = _pool_class(connector, driver)
        # Whoever sizes the pool wants one that has a size.
        if poolclass is StaticPool and any(name in options for name in _QUEUE_OPTIONS):
            poolclass = QueuePool
    if connector.is_async and issubclass(poolclass, QueuePool) and not poolclass._is_asyncio:
        raise ArgumentError(f"Pool class {poolclass.__name__} cannot be used with asyncio engine")
    arguments: dict[str, Any] = {"manners": driver, "dialect": driver.dialect}
    names = {"echo_pool": "echo", "max_overflow": "max_overflow", "pool_size": "pool_size"}
    allowed = list(_POOL_OPTIONS)
    if issubclass(poolclass, QueuePool):
        allowed.extend(_QUEUE_OPTIONS)
    elif issubclass(poolclass, SingletonThreadPool):
        allowed.append("pool_size")
    for name in allowed:
        if name in options:
            arguments[names.get(name, name.removeprefix("pool_"))] = options.pop(name)
    made: Pool = poolclass(driver.open, **arguments)
    return made


def _make_engine(options: dict[str, Any], pool: Pool, driver: Driver, url: URL) -> Engine:
    size = options.pop("query_cache_size", 500)
    page = options.pop("insertmanyvalues_page_size", 1000)
    echo: EchoFlag = options.pop("echo", None)
    return Engine(
        pool,
        driver,
        url,
        logging_name=options.pop("logging_name", None),
        echo=echo,
        query_cache_size=size,
        execution_options=options.pop("execution_options", None),
        hide_parameters=bool(options.pop("hide_parameters", False)),
        page_size=page if options.pop("use_insertmanyvalues", True) else 1,
        skip_autocommit_rollback=bool(options.pop("skip_autocommit_rollback", False)),
        linting=bool(options.pop("enable_from_linting", True)),
        cache_audit=options.pop("cache_audit", 0.0),
    )


def _refuse(options: dict[str, Any], dialect: Any, connector: Any, pool: Pool) -> None:
    """Refuse arguments that nobody took."""
    names = ",".join(repr(name) for name in sorted(options))
    known = {*_ENGINE_OPTIONS, *_POOL_OPTIONS, *_QUEUE_OPTIONS, *dialect.options, *dialect.common_options}
    hint = nearest(next(iter(sorted(options))), (known | set(connector.options)) - set(options))
    raise UnknownArgumentError(
        f"Invalid argument(s) {names} sent to create_engine(), using configuration "
        f"{type(dialect).__name__}/{type(connector).__name__}/{type(pool).__name__}.  Please check that the keyword "
        f"arguments are appropriate for this combination of components{hint}"
    )


def create_pool_from_url(url: str | URL, **kwargs: Any) -> Pool:
    """Return the pool that ``create_engine`` would make.

    Args:
        kwargs: arguments of the pool, written without ``pool_`` (``timeout``, ``pre_ping``, ``echo`` ...) or with it;
            and those of :func:`create_engine` that concern connecting (``connect_args``, ``creator``, ``module`` ...).
    """
    # Nobody compiles for it, so the server is asked no questions.
    return create_engine(url, **pool_options(kwargs), _initialize=False).pool


def pool_options(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pool's arguments under the names that :func:`create_engine` has for them."""
    pool_names = {*_POOL_OPTIONS, *_QUEUE_OPTIONS}
    options = {(f"pool_{name}" if f"pool_{name}" in pool_names else name): value for name, value in kwargs.items()}
    if "echo" in options:
        options["echo_pool"] = options.pop("echo")
    return options


_BOOLEANS = ("pool_pre_ping", "pool_warm_start", "pool_use_lifo", "hide_parameters", "enable_from_linting", "future")
_NUMBERS = (
    "pool_size",
    "pool_min_idle",
    "max_overflow",
    "pool_recycle",
    "query_cache_size",
    "insertmanyvalues_page_size",
)
_TRUE, _FALSE = ("true", "yes", "on", "y", "t", "1"), ("false", "no", "off", "n", "f", "0")


def _boolean(name: str, text: str) -> bool:
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(f"String is not true/false: {text!r} (for {name})")


def _from_text(name: str, value: Any) -> Any:
    """Turn a value of a configuration file into what the argument `name` is."""
    if not isinstance(value, str):
        return value
    if name in _BOOLEANS:
        return _boolean(name, value)
    if name in ("echo", "echo_pool", "pool_reset_on_return"):
        return value if value in ("debug", "rollback", "commit", "none") else _boolean(name, value)
    if name in _NUMBERS:
        return int(value)
    if name in ("pool_timeout", "pool_keepalive", "pool_leak_after"):
        return float(value)
    return value


def engine_from_config(configuration: Mapping[str, Any], prefix: str = "lect.", **kwargs: Any) -> Engine:
    """Return an engine described by a dictionary of strings, as configuration files give it.

    Args:
        configuration: keys that begin with `prefix` are arguments of :func:`create_engine`; ``<prefix>url`` is the URL.
            Values are converted from text.
        kwargs: further arguments; they win.
    """
    options = config_options(configuration, prefix, kwargs)
    return create_engine(options.pop("url"), **options)


def config_options(configuration: Mapping[str, Any], prefix: str, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of :func:`create_engine`, `url` among them, that a configuration describes."""
    options = {
        key[len(prefix) :]: _from_text(key[len(prefix) :], value)
        for key, value in configuration.items()
        if key.startswith(prefix)
    }
    options.update(kwargs)
    if "url" not in options:
        raise ArgumentError(f"the configuration has no key {prefix + 'url'!r}")
    return options
