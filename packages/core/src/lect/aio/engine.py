"""The asyncio front: engines, connections and transactions whose methods are awaited.

Each object here holds a synchronous one and runs its methods in a greenlet; asynchronous connectors await from inside
(:mod:`lect.bridge`). The synchronous objects are at hand as ``sync_engine``, ``sync_connection``,
``sync_transaction``: events are
registered on them, and ``run_sync()`` hands them to a function.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from lect.aio.exc import AsyncContextAlreadyStarted, AsyncContextNotStarted, AsyncMethodRequired, SyncConnector
from lect.aio.result import AsyncResult, AsyncScalarResult
from lect.bridge import greenlet_spawn, require_greenlet
from lect.dialects.asynchronous import PATIENCE_S
from lect.engine import URL, Connection, CursorResult, Engine, NestedTransaction, Transaction
from lect.engine.create import config_options, make_engine, pool_options
from lect.engine.result import ScalarResult
from lect.engine.retry import Attempts, Retry
from lect.engine.sources import Buffered
from lect.exc import ArgumentError, LectError
from lect.log import Log
from lect.pool import Pool, PoolProxiedConnection

if TYPE_CHECKING:
    from typing import Self

__all__ = [
    "AsyncConnection",
    "AsyncEngine",
    "AsyncTransaction",
    "async_engine_from_config",
    "create_async_engine",
    "create_async_pool_from_url",
]

_T = TypeVar("_T")
_P = TypeVar("_P")


def create_async_engine(url: str | URL, **kw: Any) -> AsyncEngine:
    """Return an asynchronous engine; arguments are those of :func:`lect.create_engine`, and `async_creator`.

    A URL that names a connector whose driver has an asyncio side as well serves both kinds of engine.

    Raises:
        InvalidRequestError: the greenlet package is missing; names the extra to install.
        SyncConnector: the connector of the URL is not asynchronous; names those that are.
    """
    require_greenlet()
    return AsyncEngine(make_engine(url, kw, asynchronous=True))


def async_engine_from_config(configuration: Mapping[str, Any], prefix: str = "lect.", **kwargs: Any) -> AsyncEngine:
    """Return an asynchronous engine described by a dictionary of strings."""
    options = config_options(configuration, prefix, kwargs)
    return create_async_engine(options.pop("url"), **options)


def create_async_pool_from_url(url: str | URL, **kwargs: Any) -> Pool:
    """Return the pool of an asynchronous engine."""
    return make_engine(url, pool_options(kwargs), asynchronous=True).pool


class Startable(Awaitable[_P], Generic[_P]):
    """Something that is awaited, or entered with ``async with``, before it can be used."""

    async def start(self, is_ctxmanager: bool = False) -> Any:
        """Start it."""
        raise NotImplementedError

    def __await__(self) -> Generator[Any, Any, _P]:
        return self.start().__await__()

    async def __aenter__(self) -> _P:
        started: _P = await self.start(is_ctxmanager=True)
        return started

    def _not_started(self) -> AsyncContextNotStarted:
        return AsyncContextNotStarted(
            f"{type(self).__name__} context has not been started and object has not been awaited."
        )


#: pool -> what goes on giving its connections back although the task that began it was cancelled
_ENDING: weakref.WeakKeyDictionary[Pool, set[asyncio.Task[Any]]] = weakref.WeakKeyDictionary()


async def undisturbed(work: Coroutine[Any, Any, Any], *pools: Pool) -> None:
    """Await what gives something back to `pools`; it goes on to its end when the task is cancelled meanwhile."""
    task = asyncio.get_running_loop().create_task(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            for pool in pools:
                ending = _ENDING.setdefault(pool, set())
                ending.add(task)
                task.add_done_callback(ending.discard)
            task.add_done_callback(_noted)
        raise


def _noted(task: asyncio.Task[Any]) -> None:
    """Tell of an error that no task is there for."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        Log("lect.pool.Pool").error("Error while a cancelled task gave its connection back", exc_info=error)


async def _ended(pool: Pool) -> None:
    """Wait for what cancelled tasks give back, as long as the server is likely to answer."""
    tasks = list(_ENDING.get(pool, ()))
    if tasks:
        await asyncio.wait(tasks, timeout=PATIENCE_S)


class AsyncTransaction(Startable["AsyncTransaction"]):
    """A transaction of an :class:`AsyncConnection`."""

    def __init__(self, connection: AsyncConnection, nested: bool = False) -> None:
        self.connection = connection
        self.nested = nested
        self.sync_transaction: Transaction | None = None

    def _started(self) -> Transaction:
        if self.sync_transaction is None:
            raise self._not_started()
        return self.sync_transaction

    @property
    def is_valid(self) -> bool:
        """Whether it is active and its connection is alive."""
        return self._started().is_valid

    @property
    def is_active(self) -> bool:
        """Whether it has begun and not ended."""
        return self._started().is_active

    async def start(self, is_ctxmanager: bool = False) -> AsyncTransaction:
        """Begin."""
        connection = self.connection._started()
        begin = connection.begin_nested if self.nested else connection.begin
        self.sync_transaction = await greenlet_spawn(begin)
        if is_ctxmanager:
            self.sync_transaction.__enter__()
        return self

    async def close(self) -> None:
        """Roll back if it has not ended."""
        await greenlet_spawn(self._started().close)

    async def commit(self) -> None:
        """Make the changes permanent."""
        await greenlet_spawn(self._started().commit)

    async def rollback(self) -> None:
        """Undo the changes."""
        await greenlet_spawn(self._started().rollback)

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        await greenlet_spawn(self._started().__exit__, kind, error, trace)


class AsyncConnection(Startable["AsyncConnection"]):
    """A connection whose methods are awaited.

    Attributes:
        engine: the asynchronous engine.
        sync_connection: the connection inside, once started.
    """

    def __init__(self, async_engine: AsyncEngine, sync_connection: Connection | None = None) -> None:
        self.engine = async_engine
        self.sync_engine = async_engine.sync_engine
        self.sync_connection = sync_connection

    def _started(self) -> Connection:
        if self.sync_connection is None:
            raise self._not_started()
        return self.sync_connection

    @property
    def dialect(self) -> Any:
        """The dialect."""
        return self.sync_engine.dialect

    async def start(self, is_ctxmanager: bool = False) -> AsyncConnection:
        """Take a connection from the pool."""
        if self.sync_connection is not None:
            raise AsyncContextAlreadyStarted("connection is already started")
        self.sync_connection = await greenlet_spawn(self.sync_engine.connect)
        return self

    async def __aexit__(self, *exc: object) -> None:
        await undisturbed(self.close(), self.sync_engine.pool)

    # -- state ---------------------------------------------------------------------------------------------------------

    @property
    def connection(self) -> Any:
        """Not available here.

        Raises:
            InvalidRequestError: always; ``await get_raw_connection()`` is the way.
        """
        raise AsyncMethodRequired(
            "AsyncConnection.connection accessor is not implemented as the attribute may need to reconnect on an "
            "invalidated connection.  Use the get_raw_connection() method."
        )

    async def get_raw_connection(self) -> PoolProxiedConnection:
        """Return the pool's connection; ``.driver_connection`` is the driver's asynchronous one."""
        found: PoolProxiedConnection = await greenlet_spawn(lambda: self._started().connection)
        return found

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary for the life of the driver's connection."""
        return self._started().info

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._started().closed

    @property
    def invalidated(self) -> bool:
        """Whether the driver's connection was lost."""
        return self._started().invalidated

    @property
    def default_isolation_level(self) -> Any:
        """The level of a connection nobody has changed."""
        return self._started().default_isolation_level

    async def get_isolation_level(self) -> str:
        """Ask the server for the isolation level."""
        return await greenlet_spawn(self._started().get_isolation_level)

    def in_transaction(self) -> bool:
        """Whether a transaction is in progress."""
        return self._started().in_transaction()

    def in_nested_transaction(self) -> bool:
        """Whether a savepoint is in force."""
        return self._started().in_nested_transaction()

    def get_transaction(self) -> AsyncTransaction | None:
        """Return the transaction in progress."""
        return self._wrap(self._started().get_transaction())

    def get_nested_transaction(self) -> AsyncTransaction | None:
        """Return the innermost savepoint in force."""
        return self._wrap(self._started().get_nested_transaction())

    def _wrap(self, transaction: Transaction | None) -> AsyncTransaction | None:
        if transaction is None:
            return None
        wrapped = AsyncTransaction(self, isinstance(transaction, NestedTransaction))
        wrapped.sync_transaction = transaction
        return wrapped

    # -- transactions
    # ---------------------------------------------------------------------------------------------------

    def begin(self) -> AsyncTransaction:
        """Begin a transaction, when awaited or entered."""
        self._started()
        return AsyncTransaction(self)

    def begin_nested(self) -> AsyncTransaction:
        """Set a savepoint, when awaited or entered."""
        self._started()
        return AsyncTransaction(self, nested=True)

    async def commit(self) -> None:
        """Commit the transaction in progress."""
        await greenlet_spawn(self._started().commit)

    async def rollback(self) -> None:
        """Roll back the transaction in progress."""
        await greenlet_spawn(self._started().rollback)

    async def close(self) -> None:
        """Give the connection back."""
        await greenlet_spawn(self._started().close)

    async def aclose(self) -> None:
        """The same as :meth:`close`, for ``contextlib.aclosing``."""
        await self.close()

    async def invalidate(self, exception: BaseException | None = None) -> None:
        """Throw the driver's connection away."""
        await greenlet_spawn(self._started().invalidate, exception)

    async def detach(self) -> None:
        """Take the driver's connection out of the pool."""
        await greenlet_spawn(self._started().detach)

    # -- statements
    # ------------------------------------------------------------------------------------------------------

    async def execution_options(self, **opt: Any) -> Self:
        """Set options for all statements to come."""
        await greenlet_spawn(self._started().execution_options, **opt)
        return self

    async def execute(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a statement; all rows are fetched before this returns. :meth:`stream` fetches while they are read."""
        connection = self._started()
        return await greenlet_spawn(_run_buffered, connection, statement, parameters, execution_options)

    async def exec_driver_sql(
        self, statement: str, parameters: Any = None, execution_options: Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run SQL text in the driver's parameter style."""
        connection = self._started()

        def run() -> CursorResult[Any]:
            return _buffered(connection.exec_driver_sql(statement, parameters, execution_options))

        return await greenlet_spawn(run)

    async def scalar(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> Any:
        """Run a statement and return the first column of its first row."""
        result = await self.execute(statement, parameters, execution_options=execution_options)
        return result.scalar()

    async def scalars(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> ScalarResult[Any]:
        """Run a statement and return the values of its first column."""
        result = await self.execute(statement, parameters, execution_options=execution_options)
        return result.scalars()

    def stream(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> _Streaming[AsyncResult[Any]]:
        """Run a statement, when awaited or entered, and return a result whose rows are fetched while they are read."""
        connection = self._started()
        options = {**(execution_options or {}), "stream_results": True}

        async def run() -> AsyncResult[Any]:
            result = await greenlet_spawn(
                lambda: connection.execute(statement, parameters, execution_options=options)
            )
            return AsyncResult(result)

        return _Streaming(run, self.sync_engine.pool)

    def stream_scalars(
        self, statement: Any, parameters: Any = None, *, execution_options: Mapping[str, Any] | None = None
    ) -> _Streaming[AsyncScalarResult[Any]]:
        """Like :meth:`stream`, for the values of the first column."""
        streaming = self.stream(statement, parameters, execution_options=execution_options)

        async def run() -> AsyncScalarResult[Any]:
            return (await streaming).scalars()

        return _Streaming(run, self.sync_engine.pool)

    async def run_sync(self, fn: Callable[..., _T], *arg: Any, **kw: Any) -> _T:
        """Call ``fn(sync_connection, …)`` in a greenlet, for synchronous code such as ``metadata.create_all``."""
        return await greenlet_spawn(fn, self._started(), *arg, **kw)


def _buffered(result: CursorResult[Any]) -> CursorResult[Any]:
    """Fetch all rows while waiting is possible."""
    cursor = result.cursor
    if cursor is not None and result.returns_rows:
        rows = result._source.fetchall()
        result.cursor = None
        result._source = Buffered(rows)
        result._rowcount = cursor.rowcount
        cursor.close()
    return result


def _run_buffered(connection: Connection, statement: Any, parameters: Any, options: Any) -> CursorResult[Any]:
    result = connection.execute(statement, parameters, execution_options=options)
    if not isinstance(result, CursorResult):
        return result
    try:
        return _buffered(result)
    except BaseException as error:
        result._failed(error)
        raise


class _Streaming(Startable[_T]):
    """A streamed result: awaited to begin, or entered so that it is closed at the end."""

    def __init__(self, run: Callable[[], Awaitable[_T]], pool: Pool) -> None:
        self._run = run
        self._pool = pool
        self._result: Any = None

    async def start(self, is_ctxmanager: bool = False) -> _T:
        """Run the statement."""
        self._result = await self._run()
        result: _T = self._result
        return result

    async def __aexit__(self, *exc: object) -> None:
        await undisturbed(self._result.close(), self._pool)


class AsyncEngine:
    """An engine whose connections are asynchronous.

    Attributes:
        sync_engine: the engine inside; events are registered on it.
    """

    def __init__(self, sync_engine: Engine) -> None:
        if not sync_engine._driver.is_async:
            known = sync_engine.dialect.async_connectors
            names = " or ".join(f"{sync_engine.name}+{name}://" for name in known)
            raise SyncConnector(
                "The asyncio extension requires an async driver to be used. "
                f"The loaded {sync_engine.driver!r} is not async."
                + (f" Write {names} in the URL for one that is." if known else "")
            )
        if sync_engine.dialect is None:
            raise ArgumentError("an engine is needed")
        self.sync_engine = sync_engine

    def __repr__(self) -> str:
        return f"AsyncEngine({self.url!r})"

    @property
    def url(self) -> URL:
        """Where the database is."""
        return self.sync_engine.url

    @property
    def pool(self) -> Pool:
        """The connections."""
        return self.sync_engine.pool

    @property
    def dialect(self) -> Any:
        """The dialect."""
        return self.sync_engine.dialect

    @property
    def name(self) -> str:
        """Name of the dialect."""
        return self.sync_engine.name

    @property
    def driver(self) -> str:
        """Name of the connector."""
        return self.sync_engine.driver

    @property
    def echo(self) -> Any:
        """What is logged."""
        return self.sync_engine.echo

    @echo.setter
    def echo(self, value: Any) -> None:
        self.sync_engine.echo = value

    def clear_compiled_cache(self) -> None:
        """Forget compiled statements."""
        self.sync_engine.clear_compiled_cache()

    def update_execution_options(self, **opt: Any) -> None:
        """Change the options of this engine."""
        self.sync_engine.update_execution_options(**opt)

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the options in force."""
        return self.sync_engine.get_execution_options()

    def execution_options(self, **opt: Any) -> AsyncEngine:
        """Return an engine with further options that shares the pool."""
        return AsyncEngine(self.sync_engine.execution_options(**opt))

    def connect(self) -> AsyncConnection:
        """Return a connection, to be awaited or entered."""
        return AsyncConnection(self)

    def begin(self) -> _AsyncBegin:
        """Return a context manager: a connection in a transaction."""
        return _AsyncBegin(self)

    async def run(
        self,
        fn: Callable[[AsyncConnection], Awaitable[_T]],
        *,
        retry: Retry | None = None,
        isolation_level: str | None = None,
        execution_options: Mapping[str, Any] | None = None,
    ) -> _T:
        """Return ``await fn(connection)``, run in a transaction that is replayed when the server gave it up for
        others; see :meth:`lect.engine.engine.Engine.run`."""
        options = dict(execution_options or {})
        if isolation_level is not None:
            options["isolation_level"] = isolation_level
        attempts = Attempts(self.sync_engine, fn, retry, options)
        while True:
            try:
                async with self.connect() as connection:
                    await greenlet_spawn(attempts.prepare, connection._started())
                    async with connection.begin() as transaction:
                        try:
                            found: _T = attempts.check(await fn(connection))
                        finally:
                            attempts.ended_by_itself = not transaction.is_active
                return found
            except LectError as error:
                pause = attempts.pause_after(error)
            await asyncio.sleep(pause)

    async def raw_connection(self) -> PoolProxiedConnection:
        """Return a connection of the pool."""
        found: PoolProxiedConnection = await greenlet_spawn(self.sync_engine.raw_connection)
        return found

    async def dispose(self, close: bool = True) -> None:
        """Give up the pool, after connections that cancelled tasks are giving back are there."""
        await _ended(self.pool)
        await greenlet_spawn(self.sync_engine.dispose, close=close)


class _AsyncBegin:
    """``async with engine.begin() as connection``."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._connection = AsyncConnection(engine)
        self._transaction: AsyncTransaction | None = None

    async def __aenter__(self) -> AsyncConnection:
        self._connection = await self._connection.start()
        try:
            transaction = AsyncTransaction(self._connection)
            self._transaction = await transaction.start(is_ctxmanager=True)
        except BaseException:
            await undisturbed(self._connection.close(), self._connection.sync_engine.pool)
            raise
        return self._connection

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        assert self._transaction is not None
        try:
            await self._transaction.__aexit__(kind, error, trace)
        finally:
            await undisturbed(self._connection.close(), self._connection.sync_engine.pool)


