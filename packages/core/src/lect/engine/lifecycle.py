"""The life of a Connection: taking it from the pool, transactions on it, errors, giving it back.

:class:`lect.engine.connection.Connection` adds the running of statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lect.engine.advice import about_refused_values
from lect.engine.events import ConnectionEvents
from lect.engine.failures import (
    ExceptionContext,
    cut_off,
    refusal,
    unknown_outcome,
    wrap_failure,
    wrap_statement_error,
)
from lect.engine.options import check_options
from lect.engine.session_state import NO_SWITCHES, SessionState
from lect.engine.transaction import NestedTransaction, RootTransaction, Transaction, TwoPhaseTransaction
from lect.event.dispatch import Dispatch, dispatcher
from lect.exc import (
    ConnectionLost,
    DontWrapMixin,
    InvalidRequestError,
    LectError,
    PendingRollbackError,
    ResourceClosedError,
)
from lect.log import INFO

if TYPE_CHECKING:
    from typing import Self

__all__ = ["ConnectionLife"]

NO_OPTIONS: Mapping[str, Any] = {}

_CLOSED = "This Connection is closed; take another one with engine.connect()"
_COMMIT_WITHOUT_EFFECT = "COMMIT using DBAPI connection.commit(), has no effect due to autocommit mode"
_ROLLBACK_WITHOUT_EFFECT = "ROLLBACK using DBAPI connection.rollback(), has no effect due to autocommit mode"


class ConnectionLife(SessionState):
    """Everything a connection does apart from running statements."""

    _transaction: RootTransaction | None = None
    _nested: NestedTransaction | None = None
    #: The transaction used as a context manager at the moment; statements are refused once it has ended.
    _managed: Transaction | None = None
    _savepoints = 0
    _closed = False
    _allow_autobegin = True
    _token: str = ""
    _handling = False
    #: A deadline ran out during the driver's call that has just failed.
    _too_late = False

    dispatch = dispatcher(ConnectionEvents)

    def __init__(self, engine: Any, connection: Any = None) -> None:
        self.engine = engine
        self._driver = engine._driver
        self._lent = engine.raw_connection() if connection is None else connection
        self._dialect_now = engine.dialect
        self._options: Mapping[str, Any] = engine._options
        self._log = engine._log
        self._log_level = engine._log.level()
        if self._options:
            self._apply_engine_options()
        if engine.dispatch.engine_connect:
            engine.dispatch.engine_connect(self)

    # -- who it is ----------------------------------------------------------------------------------------------------

    @property
    def dialect(self) -> Any:
        """The dialect, settled for the server at hand."""
        return self.engine.dialect

    @property
    def _listened(self) -> Dispatch:
        """Listeners of the engine, and of this connection when there are any."""
        found: Dispatch = self.__dict__.get("dispatch") or self.engine.dispatch
        return found

    def _dispatch_parents(self) -> tuple[Dispatch, ...]:
        return (self.engine.dispatch,)

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed

    @property
    def invalidated(self) -> bool:
        """Whether the driver's connection was lost; the next statement outside a transaction takes another."""
        lent = self._lent
        return not self._closed and (lent is None or lent.dbapi_connection is None)

    @property
    def connection(self) -> Any:
        """The pool's connection; taken anew when the one before was lost."""
        return self._usable()

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary for as long as the driver's connection lives."""
        found: dict[Any, Any] = self._usable().info
        return found

    @property
    def should_close_with_result(self) -> bool:
        """Always False; connections are closed by whoever opened them."""
        return False

    def _usable(self) -> Any:
        lent = self._lent
        if lent is not None and lent.dbapi_connection is not None:
            return lent
        return self._revalidate()

    def _revalidate(self) -> Any:
        if self._closed:
            raise ResourceClosedError(_CLOSED, code="connection-closed")
        if self._transaction is not None:
            self._invalid_transaction()
        self._lent = self.engine._lend(self)
        if self._options:
            # What was asked for holds for the connection that takes the lost one's place, too.
            level = self._options.get("isolation_level")
            if level is not None:
                self._change_isolation(level)
            self._change_settings(self._options)
            self._turn_switches(self._options)
        return self._lent

    # -- options ------------------------------------------------------------------------------------------------------

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the options in force for every statement of this connection."""
        return self._options

    def execution_options(self, **opt: Any) -> Self:
        """Set options for all statements to come, in place, and return this connection.

        ``isolation_level``, ``read_only`` (no transaction may write), ``schema_path`` and ``role`` are set now, in the
        session, and taken back when the connection is closed; None takes one of the last two back at once. The others:
        ``stream_results``,
        ``yield_per``, ``max_row_buffer``, ``schema_translate_map``, ``compiled_cache``,
        ``logging_token``, ``no_parameters``, ``insertmanyvalues_page_size``, ``preserve_rowcount``,
        ``driver_column_names``, and names of one's own.
        """
        listened = self._listened
        if listened.set_connection_execution_options:
            listened.set_connection_execution_options(self, opt)
        check_options(opt)
        if "isolation_level" in opt:
            self._change_isolation(opt["isolation_level"])
        self._change_settings(opt)
        self._turn_switches(opt)
        self._options = {**self._options, **opt}
        if "logging_token" in opt:
            self._token = f"[{opt['logging_token']}] " if opt["logging_token"] else ""
        return self

    def _apply_engine_options(self) -> None:
        options = self._options
        level = options.get("isolation_level")
        if level is not None:
            self._change_isolation(level)
        self._change_settings(options)
        self._turn_switches(options)
        token = options.get("logging_token")
        if token:
            self._token = f"[{token}] "

    # -- transactions -------------------------------------------------------------------------------------------------

    def begin(self) -> RootTransaction:
        """Begin the transaction explicitly.

        Raises:
            InvalidRequestError: one has begun already, by a statement or by this method.
        """
        if self._transaction is None:
            self._check_managed()
            self._usable()
            return RootTransaction(self)
        raise InvalidRequestError(
            "This connection has already initialized a Transaction() object via begin() or autobegin; "
            "can't call begin() here unless rollback() or commit() is called first."
        )

    def begin_nested(self) -> NestedTransaction:
        """Set a savepoint and return the transaction inside it; begins the outer transaction when there is none."""
        if self._transaction is None:
            self._autobegin()
        self._check_managed()
        return NestedTransaction(self)

    def begin_twophase(self, xid: Any = None) -> TwoPhaseTransaction:
        """Begin a transaction that can be prepared; `xid` is its identifier, made when not given."""
        if self._transaction is not None:
            raise InvalidRequestError(
                "Cannot start a two phase transaction when a transaction is already in progress."
            )
        self._check_managed()
        self._usable()
        if xid is None:
            xid = self._driver.two_phase.create_xid()
        return TwoPhaseTransaction(self, xid)

    def commit(self) -> None:
        """Commit the transaction in progress; nothing happens when there is none."""
        if self._transaction is not None:
            self._transaction.commit()

    def rollback(self) -> None:
        """Roll back the transaction in progress; nothing happens when there is none."""
        if self._transaction is not None:
            self._transaction.rollback()

    def recover_twophase(self) -> list[Any]:
        """Return identifiers of the transactions that are prepared and wait."""
        return list(self._driver.two_phase.recover_two_phase(self._usable().dbapi_connection))

    def rollback_prepared(self, xid: Any, recover: bool = False) -> None:
        """Roll a prepared transaction back."""
        self._on_driver(lambda c: self._driver.two_phase.rollback_two_phase(c, xid, True, recover))

    def commit_prepared(self, xid: Any, recover: bool = False) -> None:
        """Commit a prepared transaction."""
        self._on_driver(lambda c: self._driver.two_phase.commit_two_phase(c, xid, True, recover))

    def in_transaction(self) -> bool:
        """Whether a transaction is in progress."""
        return self._transaction is not None and self._transaction.is_active

    def in_nested_transaction(self) -> bool:
        """Whether a savepoint is in force."""
        return self._nested is not None and self._nested.is_active

    def get_transaction(self) -> RootTransaction | None:
        """Return the transaction in progress."""
        return self._transaction

    def get_nested_transaction(self) -> NestedTransaction | None:
        """Return the innermost savepoint in force."""
        return self._nested

    def _autobegin(self) -> None:
        if not self._allow_autobegin:
            raise InvalidRequestError("Autobegin is disabled for this connection; call begin() first")
        self._usable()
        RootTransaction(self)

    def _check_managed(self) -> None:
        managed = self._managed
        if managed is not None and not managed.is_active:
            raise InvalidRequestError(
                "Can't operate on closed transaction inside context manager.  Please complete the context manager "
                "before emitting further commands."
            )

    def _invalid_transaction(self) -> None:
        first = None if self._transaction is None else self._transaction._failed
        why = "" if first is None else f". It failed first with {first}"
        raise PendingRollbackError(
            f"Can't reconnect until invalid {'savepoint ' if self._nested is not None else ''}transaction is rolled "
            f"back.  Please rollback() fully before proceeding{why}"
        )

    # -- what transactions do on the driver ---------------------------------------------------------------------------

    def _say(self, message: str, *args: Any) -> None:
        if self._log_level:
            self._log.write(INFO, self._token + message, *args)

    def _on_driver(self, act: Any) -> None:
        lent = self._usable()
        lent.touched = lent.used = True
        try:
            act(lent.dbapi_connection)
        except BaseException as error:
            self._handle_error(error, None, None, None, None)
            raise

    def _begin_impl(self, transaction: RootTransaction) -> None:
        lent = self._lent
        listened = self._listened
        if isinstance(transaction, TwoPhaseTransaction):
            self._say("BEGIN TWOPHASE (implicit)")
            if listened.begin_twophase:
                listened.begin_twophase(self, transaction.xid)
            self._on_driver(lambda c: self._driver.two_phase.begin_two_phase(c, transaction.xid))
            return
        if self._log_level:
            auto = self._autocommitting()
            self._say("BEGIN (implicit; DBAPI should not BEGIN due to autocommit mode)" if auto else "BEGIN (implicit)")
        lent.touched = lent.used = True  # listeners may run statements
        if listened.begin:
            listened.begin(self)
        if self._driver.begins and not self._autocommitting():
            try:
                self._driver.dialect.do_begin(lent.dbapi_connection)
            except BaseException as error:
                self._handle_error(error, None, None, None, None)
                raise

    def _undo_begin(self) -> None:
        """Roll back what listeners of ``begin`` did in a transaction that could not be begun."""
        lent = self._lent
        if lent is None or lent.dbapi_connection is None or not lent.touched:
            return
        try:
            self.dialect.do_rollback(lent.dbapi_connection)
        except BaseException as error:
            self._handle_error(error, None, None, None, None)
            raise
        lent.touched = False

    def _autocommitting(self) -> bool:
        return (self._isolation or self._driver.isolation_level) == "AUTOCOMMIT"

    def _transaction_failed(self) -> bool:
        """Whether the driver knows that the server would answer COMMIT by rolling back."""
        able = self._driver.dialect.abilities.failed
        lent = self._lent
        if able is None or lent is None or lent.dbapi_connection is None:
            return False
        return bool(able.transaction_failed(lent.dbapi_connection))

    def _commit_impl(self) -> None:
        listened = self._listened
        if listened.commit:
            listened.commit(self)
        if self._log_level:
            self._say(_COMMIT_WITHOUT_EFFECT if self._autocommitting() else "COMMIT")
        lent = self._usable()
        try:
            self._driver.dialect.do_commit(lent.dbapi_connection)
        except BaseException as error:
            self._handle_error(error, None, None, None, None, committing=not self._autocommitting())
            raise
        lent.touched = False

    def _rollback_impl(self) -> None:
        listened = self._listened
        if listened.rollback:
            listened.rollback(self)
        lent = self._lent
        if lent is None or lent.dbapi_connection is None:
            return
        if self.engine._skip_autocommit_rollback and self._autocommitting():
            lent.touched = False
            return
        if self._log_level:
            self._say(_ROLLBACK_WITHOUT_EFFECT if self._autocommitting() else "ROLLBACK")
        try:
            self._driver.dialect.do_rollback(lent.dbapi_connection)
        except BaseException as error:
            self._handle_error(error, None, None, None, None)
            raise
        lent.touched = False

    def _savepoint_impl(self) -> str:
        self._savepoints += 1
        name = f"lect_savepoint_{self._savepoints}"
        listened = self._listened
        if listened.savepoint:
            listened.savepoint(self, name)
        self._say("SAVEPOINT %s", name)
        self._on_driver(lambda c: self._driver.savepoint(c, name))
        return name

    def _rollback_to_savepoint_impl(self, name: str) -> None:
        listened = self._listened
        if listened.rollback_savepoint:
            listened.rollback_savepoint(self, name, None)
        self._say("ROLLBACK TO SAVEPOINT %s", name)
        self._on_driver(lambda c: self._driver.rollback_to_savepoint(c, name))
        if self._transaction is not None:
            self._transaction._start_anew()

    def _release_savepoint_impl(self, name: str) -> None:
        listened = self._listened
        if listened.release_savepoint:
            listened.release_savepoint(self, name, None)
        self._say("RELEASE SAVEPOINT %s", name)
        self._on_driver(lambda c: self._driver.release_savepoint(c, name))

    def _prepare_twophase_impl(self, xid: Any) -> None:
        listened = self._listened
        if listened.prepare_twophase:
            listened.prepare_twophase(self, xid)
        self._on_driver(lambda c: self._driver.two_phase.prepare_two_phase(c, xid))

    def _commit_twophase_impl(self, xid: Any, prepared: bool) -> None:
        listened = self._listened
        if listened.commit_twophase:
            listened.commit_twophase(self, xid, prepared)
        lent = self._usable()
        try:
            self._driver.two_phase.commit_two_phase(lent.dbapi_connection, xid, prepared, False)
        except BaseException as error:
            self._handle_error(error, None, None, None, None, committing=True)
            raise

    def _rollback_twophase_impl(self, xid: Any, prepared: bool) -> None:
        listened = self._listened
        if listened.rollback_twophase:
            listened.rollback_twophase(self, xid, prepared)
        self._on_driver(lambda c: self._driver.two_phase.rollback_two_phase(c, xid, prepared, False))

    # -- errors -------------------------------------------------------------------------------------------------------

    def _handle_error(
        self,
        error: BaseException,
        statement: str | None,
        parameters: Any,
        cursor: Any,
        context: Any,
        *,
        preparing: bool = False,
        fetching: bool = False,
        calling: bool = False,
        committing: bool = False,
        plan: Any = None,
    ) -> None:
        """Raise what an exception becomes; return when it is to be raised as it is.

        Args:
            preparing: it happened before the driver was called.
            fetching: it happened while rows were read.
            calling: it came out of the driver's ``execute()``.
            committing: it happened during COMMIT, so that after a lost connection nobody knows what became of it.
            plan: of the statement, where there is no context.
        """
        if self._handling:  # an error while handling one: the driver is beyond help
            return
        failure = self.dialect.read_failure(error)
        if failure is not None:
            failure = self._judged(error, failure, cursor)
        elif calling:
            failure = refusal(error)
        late, self._too_late = self._too_late, False
        if late:
            failure = cut_off(failure)
        interrupted = not isinstance(error, Exception)
        if committing and interrupted:
            error.add_note("interrupted during COMMIT: whether it took effect is not known")
        if context is not None:
            plan = context.plan
        if failure is not None and failure.disconnected:
            # A deadline changes nothing about it: the request to cancel may have come too late.
            alone = statement is not None and not preparing and self._autocommitting()
            if committing or (alone and (plan is None or plan.compiled.kind != "select")):
                failure = unknown_outcome(failure)
        hidden = None if plan is None else plan.hidden
        shown: Any = parameters
        cause: Any = error
        if hidden is not None and hidden.names:
            shown = hidden.parameters(parameters)
            if isinstance(error, Exception):
                cause = hidden.original(error, parameters)
            if failure is not None:
                failure = failure.replace(message=hidden.scrub(failure.message, parameters))
        wrapped: LectError | None = None
        many = bool(context is not None and context.executemany)
        hide = self.engine.hide_parameters
        if failure is not None:
            wrapped = wrap_failure(failure, cause, statement, shown, hide_parameters=hide, ismulti=many or None)
            if failure.sqlstate is None and failure.kind is None and not failure.disconnected and parameters:
                wrapped.detail.extend(about_refused_values(plan, parameters))
            if statement is not None and self._transaction is not None:
                self._transaction._note_failure(wrapped, failure)
        elif (
            preparing
            and statement is not None
            and isinstance(error, Exception)
            and not isinstance(error, DontWrapMixin)
        ):
            wrapped = wrap_statement_error(cause, statement, shown, hide_parameters=hide, ismulti=many or None)
        disconnected = (failure is not None and failure.disconnected) or (interrupted and not self._closed)
        spread = not interrupted
        self._handling = True
        replaced: BaseException | None = None
        try:
            listeners = self._driver.hooks.dispatch.handle_error
            told = not preparing or wrapped is not None
            if listeners and told and not self._options.get("skip_user_error_events"):
                facts = ExceptionContext(
                    connection=self,
                    engine=self.engine,
                    dialect=self.dialect,
                    cursor=cursor,
                    statement=statement,
                    parameters=parameters,
                    execution_context=context,
                    original_exception=error,
                    lect_exception=wrapped,
                    is_disconnect=disconnected,
                    invalidate_pool_on_disconnect=spread,
                    failure=failure,
                )
                for listener in listeners:
                    try:
                        answer = listener(facts)
                    except Exception as raised:
                        replaced = raised
                        break
                    if answer is not None:
                        replaced = facts.chained_exception = answer
                if facts.is_disconnect != disconnected:
                    disconnected = facts.is_disconnect
                    if wrapped is not None and hasattr(wrapped, "connection_invalidated"):
                        wrapped.connection_invalidated = disconnected
                spread = facts.invalidate_pool_on_disconnect
            # A lost connection's too: drivers may choke on a cursor that outlives its connection.
            if cursor is not None and not (disconnected and (interrupted or self._driver.is_async)):
                try:
                    cursor.close()
                except Exception:
                    pass
        finally:
            self._handling = False
            if disconnected:
                self._lost(error, spread)
        if replaced is not None:
            raise replaced.with_traceback(error.__traceback__) from error
        if wrapped is not None:
            raise wrapped.with_traceback(error.__traceback__) from cause

    def _judged(self, error: BaseException, failure: Any, cursor: Any) -> Any:
        """Return the failure with what the dialect says about the connection."""
        driver_connection = None if self._lent is None else self._lent.dbapi_connection
        lost = bool(self.dialect.is_disconnect(error, driver_connection, cursor))
        return failure if lost == failure.disconnected else failure.replace(disconnected=lost)

    def _lost(self, error: BaseException, spread: bool) -> None:
        """The driver's connection is unusable: throw it away, and with `spread` every other that is older than now."""
        lent = self._lent
        if lent is None or lent.dbapi_connection is None:
            return
        if spread:
            self.engine.pool._invalidate(lent, error)
        self.invalidate(error)

    def _cursor_close_failed(self, error: BaseException) -> None:
        if not isinstance(error, Exception):
            # A task was cancelled while it waited for that: what the server says next is not known.
            self._lost(error, False)
            raise error
        if not self.invalidated:
            self._log.error("Error closing cursor", exc_info=error)

    # -- going away ---------------------------------------------------------------------------------------------------

    def invalidate(self, exception: BaseException | None = None) -> None:
        """Throw the driver's connection away. The Connection stays usable: it takes another once the transaction
        ends."""
        if self.invalidated:
            return
        if self._closed:
            raise ResourceClosedError(_CLOSED, code="connection-closed")
        lent = self._lent
        if lent is not None and lent.is_valid:
            lent.invalidate(exception)
        self._lent = None
        self._isolation = None
        self._switched = self._settings_before = NO_SWITCHES

    def detach(self) -> None:
        """Take the driver's connection out of the pool; it will be closed, not given back."""
        if self._closed:
            raise ResourceClosedError(_CLOSED, code="connection-closed")
        if self._lent is None:
            raise InvalidRequestError("Can't detach an invalidated Connection")
        self._lent.detach()

    def close(self) -> None:
        """Roll back what is in progress and give the driver's connection back; again is allowed.

        That the connection is lost in this moment is no error: the server rolls back.
        """
        if self._closed:
            return
        transaction = self._transaction
        try:
            if transaction is not None:
                transaction.close()
        except ConnectionLost as error:
            # What was not committed is rolled back all the same, and what took effect (in autocommit mode) stays: no
            # statement has failed, so none is reported to have.
            self._log.error("Connection lost while it was given back", exc_info=error)
        finally:
            lent, self._lent = self._lent, None
            self._closed = True
            self._transaction = self._nested = None
            if lent is not None:
                lent.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()
