"""Engines: a database's pool, dialect and plan cache, and where connections come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from lect.compile.cache import PlanCache
from lect.engine.connection import Connection
from lect.engine.driver import Driver
from lect.engine.events import ConnectionEvents
from lect.engine.failures import ExceptionContext, wrap_failure
from lect.engine.options import check_options
from lect.engine.retry import Retry, run
from lect.engine.transaction import RootTransaction
from lect.engine.url import URL
from lect.event.dispatch import Dispatch, dispatcher
from lect.exc import ArgumentError
from lect.limits import deadline
from lect.log import EchoFlag, Log
from lect.pool import Pool, PoolProxiedConnection

__all__ = ["Engine", "OptionEngine"]

_C = TypeVar("_C", bound="Engine")
_T = TypeVar("_T")


class _Begin(Generic[_C]):
    """``with engine.begin() as connection``: a connection with a transaction that ends with the block."""

    __slots__ = ("_connection", "_engine", "_transaction")

    def __init__(self, engine: _C) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._transaction: RootTransaction | None = None

    def __enter__(self) -> Connection:
        connection = self._connection = self._engine.connect()
        try:
            transaction = self._transaction = connection.begin()
            transaction.__enter__()
        except BaseException:
            connection.close()
            raise
        return connection

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        assert self._connection is not None and self._transaction is not None
        try:
            self._transaction.__exit__(kind, error, trace)
        finally:
            self._connection.close()


class Engine:
    """A database as a program uses it; made by :func:`create_engine`, shared by all threads.

    Attributes:
        pool: the connections.
        url: where the database is; its password is never shown.
        hide_parameters: values of parameters appear in no log and no error.
    """

    dispatch = dispatcher(ConnectionEvents)
    _is_option_engine = False

    def __init__(
        self,
        pool: Pool,
        driver: Driver,
        url: URL,
        *,
        logging_name: str | None = None,
        echo: EchoFlag = None,
        query_cache_size: int = 500,
        execution_options: Mapping[str, Any] | None = None,
        hide_parameters: bool = False,
        page_size: int = 1000,
        skip_autocommit_rollback: bool = False,
        linting: bool = False,
        cache_audit: float = 0.0,
    ) -> None:
        self.pool = pool
        self._driver = driver
        self.url = url
        self.logging_name = logging_name
        self._log = Log("lect.engine.Engine", logging_name, echo)
        self.hide_parameters = hide_parameters
        self._page_size = page_size
        self._skip_autocommit_rollback = skip_autocommit_rollback
        self._linting = linting
        self._plans = PlanCache(query_cache_size)
        self._plan_caches: dict[int, PlanCache] = {}
        self._audit: Callable[[], bool] | None = _sampler(cache_audit) if cache_audit else None
        #: The short way of execution is not taken: every statement is looked at.
        self._cautious = bool(cache_audit)
        self._options: Mapping[str, Any] = {}
        driver.on_settled = self._settled
        if pool._leak_after is not None:
            from lect.event import listen

            listen(self, "before_cursor_execute", _note_statement)
        if execution_options:
            self.update_execution_options(**execution_options)

    def _settled(self, dialect: Any) -> None:
        # What was compiled before the server was known may be wrong for it.
        self._plans.clear()

    # -- who it is ----------------------------------------------------------------------------------------------------

    @property
    def dialect(self) -> Any:
        """The dialect; from the first connection on with the capabilities of this server."""
        return self._driver.dialect

    @property
    def engine(self) -> Engine:
        """The engine itself, for code that takes engines and connections."""
        return self

    @property
    def name(self) -> str:
        """Name of the dialect."""
        name: str = self.dialect.name
        return name

    @property
    def driver(self) -> str:
        """Name of the connector."""
        driver: str = self.dialect.driver
        return driver

    @property
    def echo(self) -> EchoFlag:
        """What is logged of this engine: False, True (SQL) or ``"debug"`` (rows too). May be set at any time."""
        return self._log.echo or False

    @echo.setter
    def echo(self, value: EchoFlag) -> None:
        self._log = Log("lect.engine.Engine", self.logging_name, value)

    @property
    def cache(self) -> PlanCache:
        """The plans of compiled statements; ``engine.cache.report()`` shows how it does."""
        return self._plans

    def clear_compiled_cache(self) -> None:
        """Forget all compiled statements."""
        self._plans.clear()

    def __repr__(self) -> str:
        return f"Engine({self.url!r})"

    def _pool_event_target(self) -> Any:
        return self.pool

    def _dialect_event_target(self) -> Any:
        return self._driver.hooks

    # -- options ------------------------------------------------------------------------------------------------------

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the options every connection of this engine begins with."""
        return self._options

    def update_execution_options(self, **opt: Any) -> None:
        """Change the options of this engine in place."""
        if self.dispatch.set_engine_execution_options:
            self.dispatch.set_engine_execution_options(self, opt)
        check_options(opt)
        if opt.get("isolation_level") is not None:
            opt["isolation_level"] = self.dialect.check_isolation_level(opt["isolation_level"])
        self._options = {**self._options, **opt}

    def execution_options(self, **opt: Any) -> OptionEngine:
        """Return an engine with further options that shares pool, dialect and plans with this one."""
        return OptionEngine(self, opt)

    # -- connections --------------------------------------------------------------------------------------------------

    def connect(self) -> Connection:
        """Return a connection; use it in a ``with`` statement, or close it."""
        return Connection(self)

    def begin(self) -> _Begin[Engine]:
        """Return a context manager that gives a connection in a transaction: committed at the end, rolled back on
        error."""
        return _Begin(self)

    def run(
        self,
        fn: Callable[[Connection], _T],
        *,
        retry: Retry | None = None,
        isolation_level: str | None = None,
        execution_options: Mapping[str, Any] | None = None,
    ) -> _T:
        """Return ``fn(connection)``, run in a transaction that is committed after it, and replayed when the server
        gave it up for others.

        `fn` is called anew for each attempt, so everything it does must be in the transaction or harmless twice.

        Args:
            fn: plain function; it neither commits nor keeps the connection, and returns no unfetched result.
            retry: how often and after what; ten attempts after deadlocks and serialization failures by default.
            isolation_level: of the transaction. AUTOCOMMIT cannot be replayed and is refused.
            execution_options: of the connection.

        Raises:
            CommitOutcomeUnknown: the connection broke during COMMIT; not replayed unless `retry` says so.
            LectError: what the last attempt failed with; its message tells how many there were.
        """
        options = dict(execution_options or {})
        if isolation_level is not None:
            options["isolation_level"] = isolation_level
        return run(self, fn, retry, options)

    def raw_connection(self) -> PoolProxiedConnection:
        """Return a connection of the pool without anything around it: the driver's own methods; ``close()`` gives it
        back.

        Raises:
            OperationalError: the driver could not connect.
            TimeoutError: the pool had none to lend in time.
        """
        return self._lend(None)

    def _lend(self, connection: Connection | None) -> PoolProxiedConnection:
        timeout = self._options.get("timeout")
        try:
            if timeout is not None:
                with deadline(timeout):
                    return self.pool.connect()
            return self.pool.connect()
        except Exception as error:
            self._connect_failed(error, connection)
            raise

    def _connect_failed(self, error: BaseException, connection: Connection | None = None) -> None:
        """Raise the exception for a failed connect."""
        dialect = self.dialect
        failure = dialect.read_failure(error)
        if failure is None:
            return
        lost = dialect.is_disconnect(error)
        if lost != failure.disconnected:
            failure = failure.replace(disconnected=lost)
        wrapped = wrap_failure(
            failure, error, None, None, hide_parameters=self.hide_parameters, connecting=True
        )
        replaced: BaseException | None = None
        if self._driver.hooks.dispatch.handle_error:
            facts = ExceptionContext(
                connection=connection,
                engine=self,
                dialect=dialect,
                original_exception=error,
                lect_exception=wrapped,
                is_disconnect=failure.disconnected,
                failure=failure,
            )
            for listener in self._driver.hooks.dispatch.handle_error:
                try:
                    answer = listener(facts)
                except Exception as raised:
                    replaced = raised
                    break
                if answer is not None:
                    replaced = facts.chained_exception = answer
            wrapped.connection_invalidated = facts.is_disconnect
        chosen = replaced if replaced is not None else wrapped
        raise chosen.with_traceback(error.__traceback__) from error

    def dispose(self, close: bool = True) -> None:
        """Give up the pool and begin a new, empty one.

        Args:
            close: close the idle connections. False leaves them as they are, for a child process that inherited them;
                pools see to that by themselves after ``os.fork()``.
        """
        old = self.pool
        if close:
            old.dispose()
        self.pool = old.recreate()
        if self.dispatch.engine_disposed:
            self.dispatch.engine_disposed(self)

    # -- services for schema objects ----------------------------------------------------------------------------------

    def _run_ddl(self, verb: str, item: Any, **options: Any) -> None:
        with self.begin() as connection:
            connection._run_ddl(verb, item, **options)

    def _inspection_context(self) -> Any:
        from lect.engine.reflection import inspection_context

        return inspection_context(self)


def _note_statement(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
    """Keep a statement's text for the report of a connection that does not come back."""
    connection._lent.last_statement = statement


def _sampler(share: float) -> Callable[[], bool]:
    if not isinstance(share, (int, float)) or not 0.0 <= share <= 1.0:
        raise ArgumentError(f"cache_audit is a share between 0 and 1, not {share!r}")
    every = max(round(1.0 / share), 1) if share else 0
    count = [0]

    def sample() -> bool:
        count[0] += 1
        return count[0] % every == 0

    return sample


class OptionEngine(Engine):
    """An engine with execution options of its own; everything else is that of the engine it was made from."""

    _is_option_engine = True

    def __init__(self, proxied: Engine, options: Mapping[str, Any]) -> None:
        self._proxied = proxied
        self._driver = proxied._driver
        self.url = proxied.url
        self.logging_name = proxied.logging_name
        self._log = proxied._log
        self.hide_parameters = proxied.hide_parameters
        self._page_size = proxied._page_size
        self._skip_autocommit_rollback = proxied._skip_autocommit_rollback
        self._linting = proxied._linting
        self._plans = proxied._plans
        self._audit = proxied._audit
        self._cautious = proxied._cautious
        self._options = proxied._options
        self.__dict__["dispatch"] = Dispatch(ConnectionEvents, type(self), trailing=(proxied.dispatch,))
        self.update_execution_options(**options)

    def _pool_get(self) -> Pool:
        return self._proxied.pool

    def _pool_set(self, pool: Pool) -> None:
        self._proxied.pool = pool

    pool = property(_pool_get, _pool_set)

    @property
    def echo(self) -> EchoFlag:
        """What is logged; see :attr:`Engine.echo`."""
        return self._log.echo or False

    @echo.setter
    def echo(self, value: EchoFlag) -> None:
        self._log = Log("lect.engine.Engine", self.logging_name, value)

    def dispose(self, close: bool = True) -> None:
        """Dispose of the pool that is shared."""
        self._proxied.dispose(close=close)


Connection._engine_class = Engine  # type: ignore[attr-defined]


def pool_class_target() -> type[Pool]:
    """Return what pool events of the class of engines mean: every pool."""
    return Pool
