"""``AsyncSession``: the synchronous session run in greenlets, so that drivers of asyncio can be awaited underneath."""

from __future__ import annotations

import weakref
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, TypeVarTuple, overload

from lect.aio.engine import AsyncConnection, AsyncEngine, Startable, undisturbed
from lect.aio.exc import AsyncContextNotStarted
from lect.aio.result import AsyncResult, AsyncScalarResult
from lect.bridge import greenlet_spawn
from lect.exc import ArgumentError
from lect_orm.session.access import identity_key
from lect_orm.session.registry import close_all_sessions as close_all_sync_sessions
from lect_orm.session.registry import object_session
from lect_orm.session.session import Session
from lect_orm.session.transaction import SessionTransaction

if TYPE_CHECKING:
    from lect.engine import Result
    from lect.engine.result import ScalarResult
    from lect.sql._select import Select
    from lect_orm.session.access import _Entity

__all__ = [
    "AsyncSession",
    "AsyncSessionTransaction",
    "async_object_session",
    "async_session",
    "close_all_sessions",
]

_O = TypeVar("_O")
_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")
_Rest = TypeVarTuple("_Rest")
_P = ParamSpec("_P")
_R = TypeVar("_R")
_AS = TypeVar("_AS", bound="AsyncSession")

#: synchronous session -> the session for asyncio in front of it
_FRONTS: weakref.WeakKeyDictionary[Session, AsyncSession] = weakref.WeakKeyDictionary()


def _sync(bind: Any) -> Any:
    """Return the synchronous engine or connection inside an asynchronous one."""
    if isinstance(bind, AsyncEngine):
        return bind.sync_engine
    if isinstance(bind, AsyncConnection):
        return bind._started()
    if bind is None:
        return None
    raise ArgumentError(f"AsyncEngine or AsyncConnection expected as bind of an AsyncSession, got {bind!r}")


def _awaited(
    method: Callable[Concatenate[Session, _P], _R],
) -> Callable[Concatenate[AsyncSession, _P], Awaitable[_R]]:
    """Return a coroutine method that runs the synchronous session's method."""
    name = method.__name__

    async def call(self: AsyncSession, /, *args: _P.args, **kw: _P.kwargs) -> _R:
        run: Any = greenlet_spawn
        found: _R = await run(getattr(self.sync_session, name), *args, **kw)
        return found

    call.__name__ = name
    call.__qualname__ = f"AsyncSession.{name}"
    call.__doc__ = method.__doc__
    return call


def _direct(method: Callable[Concatenate[Session, _P], _R]) -> Callable[Concatenate[AsyncSession, _P], _R]:
    """Return a method that calls the synchronous session's, which asks no database."""
    name = method.__name__

    def call(self: AsyncSession, /, *args: _P.args, **kw: _P.kwargs) -> _R:
        return getattr(self.sync_session, name)(*args, **kw)  # type: ignore[no-any-return]

    call.__name__ = name
    call.__qualname__ = f"AsyncSession.{name}"
    call.__doc__ = method.__doc__
    return call


def _attribute(name: str, settable: bool = False) -> Any:
    def get(self: AsyncSession) -> Any:
        return getattr(self.sync_session, name)

    def set_(self: AsyncSession, value: Any) -> None:
        setattr(self.sync_session, name, value)

    return property(get, set_ if settable else None, doc=f"``{name}`` of the synchronous session.")


class AsyncSession:
    """A session for asyncio; arguments are those of :class:`Session`.

    One task uses it at a time. What a session does in the background of an attribute (lazy loading) cannot be awaited
    there:
    load it beforehand (``selectinload``), or read it by :class:`AsyncAttrs` or :meth:`run_sync`.

    Args:
        bind: AsyncEngine or AsyncConnection.
        binds: the same per class, mapper or table.
        sync_session_class: class of the session inside.
        kw: other arguments of the session inside.

    Attributes:
        sync_session: the session inside; events are registered on its class.
    """

    _is_asyncio = True
    sync_session_class: type[Session] = Session
    _session_events_refused = (
        "asynchronous events are not implemented at this time.  Apply synchronous listeners to the "
        "AsyncSession.sync_session."
    )

    def __init__(
        self,
        bind: Any = None,
        *,
        binds: dict[Any, Any] | None = None,
        sync_session_class: type[Session] | None = None,
        **kw: Any,
    ) -> None:
        if sync_session_class is not None:
            self.sync_session_class = sync_session_class
        self._bind = bind
        self._given_binds = binds
        self.sync_session: Session = self.sync_session_class(
            bind=_sync(bind),
            binds=None if binds is None else {key: _sync(one) for key, one in binds.items()},
            **kw,
        )
        _FRONTS[self.sync_session] = self
        self.sync_session._front = _front_of

    @property
    def bind(self) -> Any:
        """The engine or connection it was given."""
        return self._bind

    @bind.setter
    def bind(self, value: Any) -> None:
        self._bind = value
        self.sync_session.bind = _sync(value)

    @property
    def binds(self) -> Any:
        """Engines per class or table, as given."""
        return self._given_binds

    def bind_mapper(self, mapper: Any, bind: Any) -> None:
        """Send statements about a mapper or class to `bind`."""
        self.sync_session.bind_mapper(mapper, _sync(bind))

    def bind_table(self, table: Any, bind: Any) -> None:
        """Send statements about a table to `bind`."""
        self.sync_session.bind_table(table, _sync(bind))

    # -- with and begin -----------------------------------------------------------------------------------------------

    async def __aenter__(self: _AS) -> _AS:
        return self

    async def __aexit__(self, type_: Any, value: Any, traceback: Any) -> None:
        # Closing must not be cut short by the cancellation that may have brought us here.
        await undisturbed(self.close(), *self._pools())

    def _pools(self) -> list[Any]:
        """Return the pools that connections of the transaction in progress go back to."""
        transaction = self.sync_session.get_transaction()
        held = () if transaction is None else transaction._connections.values()
        return list({connection.engine.pool: None for connection, *_ in held})

    def _maker_context(self: _AS) -> _AsyncMakerContext[_AS]:
        return _AsyncMakerContext(self)

    def begin(self) -> AsyncSessionTransaction:
        """Begin a transaction: ``async with session.begin(): …``, or await it."""
        return AsyncSessionTransaction(self)

    def begin_nested(self) -> AsyncSessionTransaction:
        """Set a savepoint: ``async with session.begin_nested(): …``, or await it."""
        return AsyncSessionTransaction(self, nested=True)

    def get_transaction(self) -> AsyncSessionTransaction | None:
        """Return the root transaction, or None."""
        return self._front_transaction(self.sync_session.get_transaction())

    def get_nested_transaction(self) -> AsyncSessionTransaction | None:
        """Return the innermost savepoint, or None."""
        return self._front_transaction(self.sync_session.get_nested_transaction())

    def _front_transaction(self, sync: SessionTransaction | None) -> AsyncSessionTransaction | None:
        if sync is None:
            return None
        known: AsyncSessionTransaction | None = sync.__dict__.get("_async_front")
        if known is None:
            known = AsyncSessionTransaction(self, nested=sync.nested)
            known.sync_transaction = sync
            sync.__dict__["_async_front"] = known
        return known

    # -- statements ---------------------------------------------------------------------------------------------------

    async def run_sync(self, fn: Callable[Concatenate[Session, _P], _T], *arg: _P.args, **kw: _P.kwargs) -> _T:
        """Call ``fn(sync_session, *arg, **kw)`` where it may load as a synchronous program does."""
        run: Any = greenlet_spawn
        found: _T = await run(fn, self.sync_session, *arg, **kw)
        return found

    @overload
    async def execute(
        self,
        statement: Select[tuple[*_Ts]],
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> Result[*_Ts]: ...

    @overload
    async def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> Result[Any]: ...

    async def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> Any:
        """Execute a statement and return a result whose rows are all there."""
        options = {**(execution_options or {}), "prebuffer_rows": True}
        return await greenlet_spawn(
            self.sync_session.execute,
            statement,
            params,
            execution_options=options,
            bind_arguments=bind_arguments,
            **kw,
        )

    @overload
    async def scalar(
        self,
        statement: Select[tuple[_T, *_Rest]],
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> _T | None: ...

    @overload
    async def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> Any: ...

    async def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> Any:
        """Execute and return the first column of the first row, or None."""
        return await greenlet_spawn(
            self.sync_session.scalar,
            statement,
            params,
            execution_options=execution_options,
            bind_arguments=bind_arguments,
            **kw,
        )

    @overload
    async def scalars(
        self,
        statement: Select[tuple[_T, *_Rest]],
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> ScalarResult[_T]: ...

    @overload
    async def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> ScalarResult[Any]: ...

    async def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> Any:
        """Execute and return the first column (or entity) of every row."""
        result = await self.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        )
        return result.scalars()

    async def stream(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> AsyncResult[Any]:
        """Execute and return a result whose rows are fetched as they are awaited."""
        options = {**(execution_options or {}), "stream_results": True}
        result = await greenlet_spawn(
            self.sync_session.execute,
            statement,
            params,
            execution_options=options,
            bind_arguments=bind_arguments,
            **kw,
        )
        return AsyncResult(result)

    @overload
    async def stream_scalars(
        self,
        statement: Select[tuple[_T, *_Rest]],
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> AsyncScalarResult[_T]: ...

    @overload
    async def stream_scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> AsyncScalarResult[Any]: ...

    async def stream_scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> AsyncScalarResult[Any]:
        """The same as :meth:`stream`, with the first column of each row."""
        result = await self.stream(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        )
        return result.scalars()

    async def get(self, entity: _Entity[_O], ident: Any, **how: Any) -> _O | None:
        """Return the object with this primary key, or None; arguments as for :meth:`Session.get`."""
        found: _O | None = await greenlet_spawn(self.sync_session.get, entity, ident, **how)
        return found

    async def get_one(self, entity: _Entity[_O], ident: Any, **how: Any) -> _O:
        """Return the object with this primary key; an error when there is no such row."""
        found: _O = await greenlet_spawn(self.sync_session.get_one, entity, ident, **how)
        return found

    async def merge(self, instance: _O, *, load: bool = True, options: Sequence[Any] | None = None) -> _O:
        """Merge an object; see :meth:`Session.merge`."""
        return await greenlet_spawn(self.sync_session.merge, instance, load=load, options=options)

    async def merge_all(
        self, instances: Iterable[_O], *, load: bool = True, options: Sequence[Any] | None = None
    ) -> Sequence[_O]:
        """Merge several objects."""
        return await greenlet_spawn(self.sync_session.merge_all, instances, load=load, options=options)

    async def connection(
        self, bind_arguments: dict[str, Any] | None = None, execution_options: Any = None, **kw: Any
    ) -> AsyncConnection:
        """Return the connection of the current transaction."""
        sync = await greenlet_spawn(
            self.sync_session.connection,
            bind_arguments={**(bind_arguments or {}), **kw} or None,
            execution_options=execution_options,
        )
        return AsyncConnection(AsyncEngine(sync.engine), sync)

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        """Return the synchronous engine for a mapper or statement.

        To route, override ``get_bind`` in a Session class and give it as `sync_session_class`.
        """
        return self.sync_session.get_bind(mapper, clause=clause, bind=bind, **kw)

    commit = _awaited(Session.commit)
    delete = _awaited(Session.delete)
    delete_all = _awaited(Session.delete_all)
    flush = _awaited(Session.flush)
    invalidate = _awaited(Session.invalidate)
    refresh = _awaited(Session.refresh)
    reset = _awaited(Session.reset)
    rollback = _awaited(Session.rollback)

    async def close(self) -> None:
        """Let go of objects and connection."""
        await greenlet_spawn(self.sync_session.close)

    async def aclose(self) -> None:
        """The same as :meth:`close`."""
        await self.close()

    @classmethod
    async def close_all(cls) -> None:
        """Close every session of the process; use :func:`close_all_sessions`."""
        await close_all_sessions()

    # -- what asks no database ----------------------------------------------------------------------------------------

    def __contains__(self, instance: object) -> bool:
        return instance in self.sync_session

    def __iter__(self) -> Iterator[Any]:
        return iter(self.sync_session)

    add = _direct(Session.add)
    add_all = _direct(Session.add_all)
    expire = _direct(Session.expire)
    expire_all = _direct(Session.expire_all)
    expunge = _direct(Session.expunge)
    expunge_all = _direct(Session.expunge_all)
    in_nested_transaction = _direct(Session.in_nested_transaction)
    in_transaction = _direct(Session.in_transaction)
    is_modified = _direct(Session.is_modified)

    autoflush = _attribute("autoflush", settable=True)
    deleted = _attribute("deleted")
    dirty = _attribute("dirty")
    execution_options = _attribute("execution_options", settable=True)
    identity_map = _attribute("identity_map", settable=True)
    info = _attribute("info")
    is_active = _attribute("is_active")
    new = _attribute("new")
    no_autoflush = _attribute("no_autoflush")

    object_session = staticmethod(object_session)
    identity_key = staticmethod(identity_key)


def _front_of(session: Session) -> AsyncSession | None:
    return _FRONTS.get(session)


class _AsyncMakerContext(Generic[_AS]):
    """``async with maker.begin() as session``: a session in a transaction, closed at the end."""

    def __init__(self, session: _AS) -> None:
        self.session = session
        self.transaction: AsyncSessionTransaction | None = None

    async def __aenter__(self) -> _AS:
        self.transaction = await self.session.begin().__aenter__()
        return self.session

    async def __aexit__(self, type_: Any, value: Any, traceback: Any) -> None:
        async def end() -> None:
            assert self.transaction is not None
            try:
                await self.transaction.__aexit__(type_, value, traceback)
            finally:
                await self.session.close()

        await undisturbed(end(), *self.session._pools())


class AsyncSessionTransaction(Startable["AsyncSessionTransaction"]):
    """A transaction or savepoint of an :class:`AsyncSession`; awaited or used with ``async with``."""

    def __init__(self, session: AsyncSession, nested: bool = False) -> None:
        self.session = session
        self.nested = nested
        self.sync_transaction: SessionTransaction | None = None

    @property
    def is_active(self) -> bool:
        """Whether statements may be executed in it."""
        return self.sync_transaction is not None and self.sync_transaction.is_active

    def _started(self) -> SessionTransaction:
        if self.sync_transaction is None:
            raise AsyncContextNotStarted(
                "AsyncSessionTransaction context has not been started and object has not been awaited."
            )
        return self.sync_transaction

    async def start(self, is_ctxmanager: bool = False) -> AsyncSessionTransaction:
        """Begin."""
        sync = self.session.sync_session
        begun: SessionTransaction = await greenlet_spawn(sync.begin_nested if self.nested else sync.begin)
        self.sync_transaction = begun.__enter__() if is_ctxmanager else begun
        begun.__dict__["_async_front"] = self
        return self

    async def commit(self) -> None:
        """Commit, or release the savepoint."""
        await greenlet_spawn(self._started().commit)

    async def rollback(self) -> None:
        """Roll back, or roll back to the savepoint."""
        await greenlet_spawn(self._started().rollback)

    async def __aexit__(self, type_: Any, value: Any, traceback: Any) -> None:
        await greenlet_spawn(self._started().__exit__, type_, value, traceback)


def async_object_session(instance: object) -> AsyncSession | None:
    """Return the AsyncSession that an object belongs to, or None."""
    session = object_session(instance)
    return None if session is None else _FRONTS.get(session)


def async_session(session: Session) -> AsyncSession | None:
    """Return the AsyncSession in front of a synchronous session, or None."""
    return _FRONTS.get(session)


async def close_all_sessions() -> None:
    """Close every session of the process."""
    await greenlet_spawn(close_all_sync_sessions)
