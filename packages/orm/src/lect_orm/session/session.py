"""The session: one conversation with the database, about objects."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, TypeVarTuple, overload

from lect.engine.url import URL
from lect.event import dispatcher
from lect.exc import ArgumentError, InvalidRequestError, StatementError
from lect_orm.events.session import SessionEvents
from lect_orm.identity import IdentityMap
from lect_orm.loading.n_plus_one import Guard
from lect_orm.session.access import SessionAccess, identity_key
from lect_orm.session.binds import SessionBinds
from lect_orm.session.budget import Budget
from lect_orm.session.bulk import SessionBulk
from lect_orm.session.membership import SessionMembership
from lect_orm.session.merge import SessionMerge
from lect_orm.session.orm_execute import ORMExecuteState
from lect_orm.session.registry import SESSIONS, numbers, object_session
from lect_orm.session.transaction import SessionTransaction, SessionTransactionOrigin
from lect_orm.state import InstanceState
from lect_orm.unitofwork import flush as unit_of_work
from lect_orm.unitofwork import tracking as _tracking  # installs what relationships tell sessions

_O = TypeVar("_O")

if TYPE_CHECKING:
    from types import TracebackType

    from lect.engine import Result
    from lect.engine.result import ScalarResult
    from lect.engine.row import Row
    from lect.sql._select import Select
    from lect.sql.element import SQLColumnExpression
    from lect_orm.query.query import Query
    from lect_orm.unitofwork.report import FlushPlan

    #: what a query gives values of one type for
    _Selected: TypeAlias = type[_O] | SQLColumnExpression[_O]

__all__ = ["JoinTransactionMode", "Session"]

_S = TypeVar("_S", bound="Session")
_T = TypeVar("_T")
_T1 = TypeVar("_T1")
_T2 = TypeVar("_T2")
_Ts = TypeVarTuple("_Ts")
_Rest = TypeVarTuple("_Rest")

JoinTransactionMode = Literal["conditional_savepoint", "rollback_only", "control_fully", "create_savepoint"]
_JOIN_MODES = ("conditional_savepoint", "rollback_only", "control_fully", "create_savepoint")

del _tracking

_GUARDS = ("raise", "warn", None)
_NOTHING: dict[str, Any] = {}


class Session(SessionMembership, SessionAccess, SessionMerge, SessionBulk, SessionBinds):
    """A conversation with the database: an identity map, a unit of work, a transaction.

    A session belongs to one thread (or task) at a time. It is made per unit of work (a request, a job), used as a
    context manager, and closed; it takes a connection from the pool when it first needs one.

    Args:
        bind: engine or connection for everything that `binds` does not send elsewhere.
        autoflush: flush before each query.
        expire_on_commit: let objects be read again after each commit.
        autobegin: begin transactions when needed; False: ``begin()`` must be called.
        twophase: commit in two phases, over several engines.
        binds: engine per mapped class, mapper, table, or base class.
        info: the application's own notes.
        query_cls: class that :meth:`query` makes.
        join_transaction_mode: what to do with a connection that has a transaction already: ``conditional_savepoint``
            (a savepoint when it is in one, else ``rollback_only``), ``rollback_only``, ``control_fully``,
            ``create_savepoint``.
        close_resets_only: False: a closed session cannot be used again.
        execution_options: given to every statement of this session.
        n_plus_one: what happens when objects of one result are loaded further one by one: "raise", "warn", or None for
            nothing.
    """

    _is_asyncio = False
    dispatch: Any = dispatcher(SessionEvents, shared=True)
    #: Pause the cyclic collector while many objects are loaded at once (see :mod:`lect_orm.loading`).
    gc_pause: bool = True
    connection_callable: Callable[..., Any] | None = None

    def __init__(
        self,
        bind: Any = None,
        *,
        autoflush: bool = True,
        future: Literal[True] = True,
        expire_on_commit: bool = True,
        autobegin: bool = True,
        twophase: bool = False,
        binds: dict[Any, Any] | None = None,
        enable_baked_queries: bool = True,
        info: dict[Any, Any] | None = None,
        query_cls: type[Any] | None = None,
        autocommit: Literal[False] = False,
        join_transaction_mode: JoinTransactionMode = "conditional_savepoint",
        close_resets_only: bool = True,
        execution_options: Any = None,
        n_plus_one: Literal["raise", "warn"] | None = None,
    ) -> None:
        if autocommit:
            raise ArgumentError("autocommit=True is no longer supported: use engine options for autocommit isolation")
        if not future:
            raise ArgumentError("The 'future' parameter passed to Session() may only be set to True.")
        if join_transaction_mode not in _JOIN_MODES:
            raise ArgumentError(
                f'invalid selection for join_transaction_mode: "{join_transaction_mode}"; '
                f"one of {', '.join(_JOIN_MODES)}"
            )
        del enable_baked_queries  # every statement is kept compiled
        self._ref = weakref.ref(self)
        self.identity_map = IdentityMap()
        self._new: dict[InstanceState, Any] = {}
        self._dirty: dict[InstanceState, Any] = {}
        self._deleted: dict[InstanceState, Any] = {}
        self._insert_count = 0
        if n_plus_one not in _GUARDS:
            raise ArgumentError(f'n_plus_one must be "raise", "warn" or None, got {n_plus_one!r}')
        self._guard: Guard | None = None if n_plus_one is None else Guard(n_plus_one)
        self._budget: Budget | None = None
        self._flushing = False
        self._warn_on_events = False
        self._closed = False
        self._transaction: SessionTransaction | None = None
        self._nested_transaction: SessionTransaction | None = None
        self._transaction_context: SessionTransaction | None = None
        self.bind = bind
        if isinstance(bind, str | URL):  # a URL may contain a password: it is not shown
            raise ArgumentError(
                "a Session takes an Engine or a Connection as bind, not an address; create_engine(address) makes one"
            )
        if type(bind).__module__.startswith("lect.aio"):
            raise ArgumentError(f"a Session takes an Engine or a Connection as bind; {bind!r} is for an AsyncSession")
        self._binds: dict[Any, Any] = {}
        self.autoflush = autoflush
        self.expire_on_commit = expire_on_commit
        self.autobegin = autobegin
        self.twophase = twophase
        self.join_transaction_mode = join_transaction_mode
        self.close_resets_only = close_resets_only
        self.execution_options = dict(execution_options) if execution_options else _NOTHING
        self._query_cls = query_cls
        self._info: dict[Any, Any] | None = dict(info) if info else None
        self.hash_key = next(numbers)
        SESSIONS[self.hash_key] = self
        if binds is not None:
            for key, target in binds.items():
                self._add_bind(key, target)

    # -- facts --------------------------------------------------------------------------------------------------------

    @property
    def info(self) -> dict[Any, Any]:
        """The application's own notes."""
        if self._info is None:
            self._info = {}
        return self._info

    @property
    def is_active(self) -> bool:
        """Whether the session can be used: False after a failed flush, until :meth:`rollback`."""
        transaction = self._transaction
        if transaction is None:
            return self.autobegin
        return transaction.is_active

    def in_transaction(self) -> bool:
        """Whether a transaction has begun."""
        return self._transaction is not None

    def in_nested_transaction(self) -> bool:
        """Whether a savepoint is set."""
        return self._nested_transaction is not None

    def get_transaction(self) -> SessionTransaction | None:
        """Return the root transaction, or None."""
        transaction = self._transaction
        while transaction is not None and transaction.parent is not None:
            transaction = transaction.parent
        return transaction

    def get_nested_transaction(self) -> SessionTransaction | None:
        """Return the innermost savepoint, or None."""
        return self._nested_transaction

    #: Finds the asyncio session in front of this one; set by it.
    _front: Callable[[Session], Any] | None = None
    #: execution options of a statement whose relationships are being read right after its objects
    _carried_options: dict[str, Any] | None = None

    def _async_front(self) -> Any:
        return None if self._front is None else self._front(self)

    object_session = staticmethod(object_session)
    identity_key = staticmethod(identity_key)

    # -- transaction --------------------------------------------------------------------------------------------------

    def _autobegin(self) -> SessionTransaction:
        """Begin a transaction because something needs one."""
        if self._transaction is None:
            if not self.autobegin:
                raise InvalidRequestError(
                    "Autobegin is disabled on this Session; please call session.begin() to start a new transaction"
                )
            return self._begin_root(SessionTransactionOrigin.AUTOBEGIN)
        return self._transaction

    _autobegin_t = _autobegin

    def _begin_root(self, origin: SessionTransactionOrigin) -> SessionTransaction:
        context = self._transaction_context
        if context is not None and not context.is_active:
            cause = context._rollback_exception
            why = "" if cause is None else f"The transaction was rolled back due to an exception: {cause}.  "
            raise InvalidRequestError(
                f"Can't operate on closed transaction inside context manager.  {why}Please complete the context "
                "manager "
                "before emitting further commands."
            )
        if self._closed and not self.close_resets_only:
            raise InvalidRequestError(
                "This Session has been permanently closed and is unable to handle any more transaction requests."
            )
        return SessionTransaction(self, origin)

    def begin(self, nested: bool = False) -> SessionTransaction:
        """Begin a transaction; a context manager that commits, or rolls back on an error.

        Args:
            nested: set a savepoint, as :meth:`begin_nested`.

        Raises:
            InvalidRequestError: one has begun already.
        """
        if self._transaction is None:
            transaction = self._begin_root(
                SessionTransactionOrigin.AUTOBEGIN if nested else SessionTransactionOrigin.BEGIN
            )
            return transaction._begin(nested=True) if nested else transaction
        if nested:
            return self._transaction._begin(nested=True)
        raise InvalidRequestError("A transaction is already begun on this Session.")

    def begin_nested(self) -> SessionTransaction:
        """Flush and set a savepoint; a context manager that releases it, or rolls back to it on an error."""
        return self.begin(nested=True)

    def commit(self) -> None:
        """Flush and commit, the savepoints too; begins a transaction when there is none."""
        transaction = self._transaction
        if transaction is None:
            transaction = self._autobegin()
        transaction.commit(_to_root=True)

    def rollback(self) -> None:
        """Roll everything back; new objects become transient, the others are read again when next used."""
        if self._transaction is not None:
            self._transaction.rollback(_to_root=True)

    def prepare(self) -> None:
        """First phase of a two-phase commit."""
        transaction = self._transaction
        if transaction is None:
            transaction = self._autobegin()
        transaction.prepare()

    def close(self) -> None:
        """Let go of every object and connection; what was not committed is rolled back. The session can be used
        again.
        """
        self._close(invalidate=False)

    def reset(self) -> None:
        """Do what :meth:`close` does, also for a session made with ``close_resets_only=False``, which stays usable."""
        self._close(invalidate=False, is_reset=True)

    def invalidate(self) -> None:
        """Close, and throw the connections away: they may be in an unknown state (a cancelled task, a timeout)."""
        self._close(invalidate=True)

    def _close(self, invalidate: bool, is_reset: bool = False) -> None:
        if not is_reset and not self.close_resets_only:
            self._closed = True
        self.expunge_all()
        transaction = self._transaction
        if transaction is not None:
            for inner in list(transaction._up_to()):
                inner.close(invalidate)

    def __enter__(self: _S) -> _S:
        return self

    def __exit__(
        self, type_: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _maker_context(self: _S) -> Iterator[_S]:
        with self, self.begin():
            yield self

    # -- statements ---------------------------------------------------------------------------------------------------

    @overload
    def execute(
        self,
        statement: Select[tuple[*_Ts]],
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        _parent_execute_state: Any = None,
        _add_event: Any = None,
    ) -> Result[*_Ts]: ...

    @overload
    def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        _parent_execute_state: Any = None,
        _add_event: Any = None,
    ) -> Result[Any]: ...

    def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        _parent_execute_state: Any = None,
        _add_event: Any = None,
    ) -> Result[Any]:
        """Execute a statement, with entities or without, in the session's transaction.

        Args:
            statement: a statement object; a string must be wrapped in ``text()``.
            params: a dictionary of values, or a list of them.
            execution_options: options of this execution.
            bind_arguments: arguments for :meth:`get_bind`.

        Returns:
            A result; rows of entities for a SELECT of entities.
        """
        if self._closed or self._transaction is None:
            self._autobegin()
        options = execution_options or _NOTHING
        if self.execution_options:
            # Options of the statement win over the session's, those of the call over both.
            own = getattr(statement, "_execution_options", None) or _NOTHING
            options = {**{k: v for k, v in self.execution_options.items() if k not in own}, **options}
        listeners = list(self.dispatch.do_orm_execute) if self.dispatch.do_orm_execute else []
        if _add_event is not None:
            listeners.append(_add_event)
        if listeners:
            return self._execute_past(statement, params, dict(options), dict(bind_arguments or {}), listeners)  # type: ignore[no-any-return]
        return _run(self, statement, params, options, bind_arguments)  # type: ignore[no-any-return]

    def _execute_past(
        self, statement: Any, params: Any, options: dict[str, Any], bind_arguments: dict[str, Any], listeners: list[Any]
    ) -> Any:
        """Offer a statement to the listeners left, then execute it."""
        state = ORMExecuteState(self, statement, params, options, bind_arguments, list(listeners))
        while state._remaining:
            listener = state._remaining.pop(0)
            answer = listener(state)
            if answer is not None:
                return answer
        return _run(self, state.statement, state.parameters, state.local_execution_options, state.bind_arguments)

    @overload
    def scalar(
        self,
        statement: Select[tuple[_T, *_Rest]],
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> _T | None: ...

    @overload
    def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> Any: ...

    def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> Any:
        """Execute and return the first column of the first row, or None."""
        return self.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        ).scalar()

    @overload
    def scalars(
        self,
        statement: Select[tuple[_T, *_Rest]],
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> ScalarResult[_T]: ...

    @overload
    def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> ScalarResult[Any]: ...

    def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
        **kw: Any,
    ) -> ScalarResult[Any]:
        """Execute and return the first column (or entity) of every row."""
        return self.execute(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments, **kw
        ).scalars()

    @overload
    def query(self, entity: type[_O], /) -> Query[_O]: ...

    @overload
    def query(self, e0: SQLColumnExpression[_T], /) -> Query[Row[_T]]: ...

    @overload
    def query(self, e0: _Selected[_T], e1: _Selected[_T1], /) -> Query[Row[_T, _T1]]: ...

    @overload
    def query(self, e0: _Selected[_T], e1: _Selected[_T1], e2: _Selected[_T2], /) -> Query[Row[_T, _T1, _T2]]: ...

    @overload
    def query(self, *entities: Any, **kwargs: Any) -> Query[Any]: ...

    def query(self, *entities: Any, **kwargs: Any) -> Query[Any]:
        """Return a :class:`Query` of this session."""
        cls = self._query_cls
        if cls is None:
            from lect_orm.query.query import Query

            cls = Query
        return cls(entities, self, **kwargs)  # type: ignore[no-any-return]

    def budget(self, statements: int | None = None, n_plus_one: Literal["raise", "warn"] | None = "raise") -> Budget:
        """Return a context manager within which the session may do so much and no more.

        Args:
            statements: number of statements; the next one raises `StatementBudgetExceeded`, before it is executed.
            n_plus_one: what happens when objects are loaded further one by one: "raise" (`NPlusOneError`), "warn", or
                None for nothing.
        """
        return Budget(self, statements, n_plus_one)

    # -- flush --------------------------------------------------------------------------------------------------------

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write pending changes.

        Args:
            objects: only these objects (for narrow cases: what they depend on is not flushed with them).

        Raises:
            InvalidRequestError: called from within a flush.
        """
        if self._flushing:
            raise InvalidRequestError("Session is already flushing")
        if self._is_clean():
            return
        self._flushing = True
        try:
            unit_of_work.flush(self, objects)
        finally:
            self._flushing = False

    def flush_plan(self, objects: Sequence[Any] | None = None) -> FlushPlan:
        """Return what a flush would do now, as a tree that prints: mappers, batches, dependencies, and rows in cycles.

        Nothing is written. Planning may load what a cascade needs to know, as the flush would.
        """
        from lect_orm.unitofwork.report import plan_of

        return plan_of(self, objects)

    def _autoflush(self) -> None:
        if self.autoflush and not self._flushing and (self._new or self._dirty or self._deleted):
            try:
                self.flush()
            except StatementError as error:
                error.add_detail(
                    "raised as a result of Query-invoked autoflush; consider using a session.no_autoflush block if "
                    "this "
                    "flush is occurring prematurely"
                )
                raise

    @property
    @contextmanager
    def no_autoflush(self: _S) -> Iterator[_S]:
        """A context manager within which queries do not flush."""
        before = self.autoflush
        self.autoflush = False
        try:
            yield self
        finally:
            self.autoflush = before

    def _remove_newly_deleted(self, states: Iterable[InstanceState]) -> None:
        """Objects whose rows were deleted leave the map; the transaction remembers them."""
        transaction = self._transaction
        listeners = self.dispatch.persistent_to_deleted
        buckets, deleted, dirty = self.identity_map.buckets, self._deleted, self._dirty
        gone = {} if transaction is None else transaction._deleted
        remembered = bool(self.dispatch.deleted_to_detached or self.dispatch.deleted_to_persistent)
        for state in states:
            bucket = buckets.get(state.mapper.identity_mapper)
            if bucket is not None and bucket.get(state.pk) is state:
                del bucket[state.pk]
            held = deleted.pop(state, None)
            if state.modified:
                dirty.pop(state, None)
                state.modified = False
            state.is_deleted = True
            obj = state() if listeners or remembered else None
            # Who is to be told how it ends has to find the object then.
            gone[state] = obj if remembered else True
            if listeners and obj is not None:
                listeners(self, obj)
            del held

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self):#x}>"


def _run(session: Session, statement: Any, params: Any, options: Any, bind_arguments: Any) -> Any:
    from lect_orm.query.execute import run

    # Statements are executed by a room above this one; from now on without asking for it each time.
    globals()["_run"] = run
    return run(session, statement, params, options, bind_arguments)
