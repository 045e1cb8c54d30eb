"""The events of engines, connections and dialects."""

from __future__ import annotations

import weakref
from typing import Any

from lect.dialects.contract import Dialect
from lect.event.dispatch import Dispatch, Events, dispatcher
from lect.event.registry import EventKey
from lect.exc import ArgumentError, InvalidRequestError

__all__ = ["ConnectionEvents", "DialectEvents", "DialectHooks", "hooks_of"]

#: Events of :class:`ConnectionEvents` whose listeners may replace what they are given, with ``retval=True``.
_REPLACING = ("before_execute", "before_cursor_execute")


class ConnectionEvents(Events[Any]):
    """What happens on connections. Targets: an engine, a connection, or one of their classes."""

    def before_execute(
        self, conn: Any, clauseelement: Any, multiparams: Any, params: Any, execution_options: Any
    ) -> Any:
        """A statement is about to be compiled and run; with ``retval=True`` returns (statement, multiparams,
        params)."""

    def after_execute(
        self, conn: Any, clauseelement: Any, multiparams: Any, params: Any, execution_options: Any, result: Any
    ) -> None:
        """A statement was run; `result` is its result, of which nothing has been fetched."""

    def before_cursor_execute(
        self, conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> Any:
        """SQL is about to be handed to the driver; with ``retval=True`` returns (statement, parameters)."""

    def after_cursor_execute(
        self, conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        """The driver has run SQL."""

    def engine_connect(self, conn: Any) -> None:
        """A Connection was made."""

    def set_connection_execution_options(self, conn: Any, opts: dict[str, Any]) -> None:
        """``Connection.execution_options()`` was called; `opts` may be changed in place."""

    def set_engine_execution_options(self, engine: Any, opts: dict[str, Any]) -> None:
        """``Engine.execution_options()`` was called."""

    def engine_disposed(self, engine: Any) -> None:
        """``Engine.dispose()`` was called."""

    def begin(self, conn: Any) -> None:
        """A transaction begins."""

    def rollback(self, conn: Any) -> None:
        """A transaction is rolled back."""

    def commit(self, conn: Any) -> None:
        """A transaction is committed."""

    def savepoint(self, conn: Any, name: str) -> None:
        """A savepoint is set."""

    def rollback_savepoint(self, conn: Any, name: str, context: Any) -> None:
        """Everything since a savepoint is undone."""

    def release_savepoint(self, conn: Any, name: str, context: Any) -> None:
        """A savepoint is given up."""

    def begin_twophase(self, conn: Any, xid: Any) -> None:
        """A two-phase transaction begins."""

    def prepare_twophase(self, conn: Any, xid: Any) -> None:
        """A two-phase transaction is prepared."""

    def rollback_twophase(self, conn: Any, xid: Any, is_prepared: bool) -> None:
        """A two-phase transaction is rolled back."""

    def commit_twophase(self, conn: Any, xid: Any, is_prepared: bool) -> None:
        """A two-phase transaction is committed."""

    @classmethod
    def _accept_with(cls, target: Any, identifier: str) -> Any:
        # Listening to the class of connections is listening to every engine.
        redirect = target.__dict__.get("_engine_class") if isinstance(target, type) else None
        if isinstance(target, type) and target.__dict__.get("_is_option_engine"):
            raise InvalidRequestError(
                f"Can't assign an event directly to the {target} class; listen to an engine or to the class of engines"
            )
        return redirect if redirect is not None else super()._accept_with(target, identifier)

    @classmethod
    def _listen(cls, key: EventKey, **options: Any) -> None:
        retval = options.pop("retval", False)
        if options.pop("named", False):
            key = key.with_wrapper(cls._by_name(key.identifier, key.call))
        if not retval:
            if key.identifier in _REPLACING:
                key = key.with_wrapper(_returning_nothing(key.call))
        elif key.identifier not in _REPLACING:
            raise ArgumentError(
                f"Only the {' and '.join(repr(name) for name in _REPLACING)} engine event listeners "
                "accept the 'retval=True' argument."
            )
        key.place(**options)


def _returning_nothing(fn: Any) -> Any:
    def call(*args: Any) -> None:
        fn(*args)

    return call


class DialectEvents(Events[Any]):
    """What happens between engine and driver. Targets: an engine, a dialect object, or one of their classes."""

    def do_connect(self, dialect: Any, conn_rec: Any, cargs: list[Any], cparams: dict[str, Any]) -> Any:
        """A connection is about to be opened; `cargs` and `cparams` may be changed, a returned connection is used."""

    def do_execute(self, cursor: Any, statement: str, parameters: Any, context: Any) -> Any:
        """The cursor's ``execute`` is about to be called; return True when it has been done."""

    def do_executemany(self, cursor: Any, statement: str, parameters: Any, context: Any) -> Any:
        """The cursor's ``executemany`` is about to be called; return True when it has been done."""

    def do_execute_no_params(self, cursor: Any, statement: str, context: Any) -> Any:
        """The cursor's ``execute`` is about to be called without parameters; return True when it has been done."""

    def do_setinputsizes(self, inputsizes: Any, cursor: Any, statement: str, parameters: Any, context: Any) -> None:
        """Parameter types are about to be told to the driver; `inputsizes` may be changed."""

    def handle_error(self, exception_context: Any) -> Any:
        """The driver raised; return or raise an exception to replace what will be raised."""

    @classmethod
    def _accept_with(cls, target: Any, identifier: str) -> Any:
        if hasattr(target, "exec_driver_sql"):
            raise InvalidRequestError(
                f"{identifier} is an event of a whole Engine or Dialect, not of one Connection; listen to "
                f"connection.engine, and look at the connection the listener is told of"
            )
        redirect = getattr(target, "_dialect_event_target", None)
        if redirect is not None:
            return redirect()
        if isinstance(target, Dialect):
            return hooks_of(target)
        if isinstance(target, type) and issubclass(target, Dialect):
            return DialectHooks
        return super()._accept_with(target, identifier)

    @classmethod
    def _listen(cls, key: EventKey, **options: Any) -> None:
        options.pop("retval", None)
        key.place(**options)


class DialectHooks:
    """Carries the listeners of :class:`DialectEvents` of one engine; a dialect itself stays free of state."""

    dispatch = dispatcher(DialectEvents)

    def __init__(self, *sources: DialectHooks) -> None:
        if sources:
            self.__dict__["dispatch"] = Dispatch(
                DialectEvents, DialectHooks, DialectHooks.dispatch, *[source.dispatch for source in sources]
            )


_HOOKS: weakref.WeakKeyDictionary[Any, DialectHooks] = weakref.WeakKeyDictionary()


def hooks_of(dialect: Any) -> DialectHooks:
    """Return the listeners of a dialect object; a settled or composed copy shares those of the one it was made from."""
    found = _HOOKS.get(dialect)
    if found is None:
        found = _HOOKS.setdefault(dialect, DialectHooks())
    return found


def share_hooks(dialect: Any, other: Any) -> None:
    """Let `other`, a copy of `dialect`, have the same listeners."""
    _HOOKS[other] = hooks_of(dialect)
