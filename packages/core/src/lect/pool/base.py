"""What every pool does: open, lend, take back, reset and close connections. Which one is lent is each pool's own
affair."""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, Literal

from lect.event.dispatch import Dispatch, dispatcher
from lect.exc import ArgumentError, DisconnectionError, InvalidRequestError
from lect.log import EchoFlag, Log
from lect.pool.events import PoolEvents, PoolResetState
from lect.pool.leaks import LeakWatch
from lect.pool.lent import ConnectionPoolEntry, Lent
from lect.pool.manners import Manners

__all__ = ["Counts", "Pool", "PoolStats", "ResetStyle"]

ResetStyle = Literal["rollback", "commit"] | bool | None

#: Every pool alive, for the child of a fork.
_POOLS: weakref.WeakSet[Pool] = weakref.WeakSet()

#: Connections a forked child got from its parent: never used, never closed, because the parent talks through their
#: sockets.
_INHERITED: list[Any] = []


class Counts:
    """What a pool counts; see :class:`PoolStats`. Counting is not exact when threads collide."""

    __slots__ = ("closed", "created", "invalidations", "timeouts", "wait_time_s", "waits")

    def __init__(self) -> None:
        self.created = self.closed = self.invalidations = self.timeouts = self.waits = 0
        self.wait_time_s = 0.0


class PoolStats(dict[str, Any]):
    """Figures of a pool at one moment.

    Keys: ``created``, ``closed``, ``invalidations``, ``waits``, ``wait_time_s``, ``timeouts`` since the pool was made;
    ``in_use``, ``idle``, ``waiting``, ``size``, ``max_size`` (None: no limit) now. Also readable as attributes.
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def _reset_style(value: Any) -> str | None:
    if value is True or value == "rollback":
        return "rollback"
    if value == "commit":
        return "commit"
    if value is None or value is False or value == "none":
        return None
    raise ArgumentError(f"reset_on_return must be 'rollback', 'commit', None or a boolean, not {value!r}")


def _takes_record(creator: Callable[..., Any]) -> bool:
    """Whether a creator wants the pool's entry as its argument."""
    code = getattr(creator, "__code__", None)
    defaults = getattr(creator, "__defaults__", None) or ()
    if code is not None:
        bound = 1 if getattr(creator, "__self__", None) is not None else 0
        return bool(code.co_argcount - bound - len(defaults) == 1)
    import inspect

    try:
        parameters = inspect.signature(creator).parameters.values()
    except (TypeError, ValueError):
        return False
    needed = [p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(needed) == 1


class Pool:
    """Lends connections. Abstract; see the subclasses.

    Args:
        creator: opens a connection of the driver; may take the pool's entry as its only argument.
        recycle: seconds after which a connection is replaced when it is next lent; -1: never. Each connection gets
        up to
            a tenth less, so that those opened together do not expire together.
        echo: log what happens; ``"debug"`` for each loan.
        logging_name: appended to the name of the logger.
        reset_on_return: end the transaction of a connection that comes back, by rollback or commit, or not at all.
        Nothing
            is sent when no statement has run since the last commit or rollback.
        events: pairs (listener, event name) to register.
        dialect: gives manners and exists for programs that pass it; optional.
        pre_ping: ask each connection that was idle whether it is alive before it is lent.
        manners: how to treat the driver's connections; plain PEP 249 by default.
        leak_after: seconds after which a connection that has not come back is reported by a warning in the log.
    """

    dispatch = dispatcher(PoolEvents)
    _is_asyncio = False

    def __init__(
        self,
        creator: Callable[..., Any],
        recycle: float = -1,
        echo: EchoFlag = None,
        logging_name: str | None = None,
        reset_on_return: ResetStyle = True,
        events: Any = None,
        dialect: Any = None,
        pre_ping: bool = False,
        _dispatch: Dispatch | None = None,
        manners: Manners | None = None,
        leak_after: float | None = None,
    ) -> None:
        self._creator = creator
        self._with_record = _takes_record(creator)
        self._recycle = recycle
        self.echo = echo
        self.logging_name = logging_name
        self._log = Log(f"lect.pool.{type(self).__name__}", logging_name, echo)
        self._reset = _reset_style(reset_on_return)
        self._reset_given = reset_on_return
        self._pre_ping = pre_ping
        self._dialect = dialect
        self._manners = manners or Manners()
        self._leak_after = leak_after
        if leak_after is not None and leak_after <= 0:
            raise ArgumentError(f"leak_after must be a positive number of seconds, not {leak_after!r}")
        self._leaks = LeakWatch(self, leak_after) if leak_after is not None else None
        self._counts = Counts()
        #: Every place made, of earlier generations too, and every loan that left: for the child of a fork.
        self._places: weakref.WeakSet[ConnectionPoolEntry] = weakref.WeakSet()
        self._detached: weakref.WeakSet[Lent] = weakref.WeakSet()
        self._generation = 0
        self._invalid_before = 0.0
        self._first_lock = threading.RLock()
        self._first_begun = self._first_done = False
        if _dispatch is not None:
            self.dispatch._update(_dispatch, only_propagate=False)
        for listener, name in events or ():
            from lect.event import listen

            listen(self, name, listener)
        _POOLS.add(self)

    # -- what a kind of pool decides ----------------------------------------------------------------------------------

    def _take(self) -> ConnectionPoolEntry:
        """Return an entry for one loan; wait for one where the kind of pool waits."""
        raise NotImplementedError

    def _put(self, entry: ConnectionPoolEntry) -> None:
        """Take back an entry whose loan is over."""
        raise NotImplementedError

    def _options(self) -> dict[str, Any]:
        return {
            "recycle": self._recycle,
            "echo": self.echo,
            "logging_name": self.logging_name,
            "reset_on_return": self._reset_given,
            "dialect": self._dialect,
            "pre_ping": self._pre_ping,
            "_dispatch": self.dispatch,
            "manners": self._manners,
            "leak_after": self._leak_after,
        }

    def recreate(self) -> Pool:
        """Return an empty pool with the same arguments and listeners."""
        self._log_recreate()
        return type(self)(self._creator, **self._options())

    def _log_recreate(self) -> None:
        if self._log.level():
            self._log.info("Pool recreating")

    def dispose(self) -> None:
        """Close the connections that are not lent; those that are lent are closed when they come back."""
        raise NotImplementedError

    def status(self) -> str:
        """Return one line about the state of the pool."""
        return type(self).__name__

    def stats(self) -> PoolStats:
        """Return figures: see :class:`PoolStats`."""
        counts = self._counts
        return PoolStats({name: getattr(counts, name) for name in sorted(counts.__slots__)} | self._now())

    def _now(self) -> dict[str, Any]:
        return {"in_use": 0, "idle": 0, "waiting": 0, "size": 0, "max_size": None}

    # -- lending ------------------------------------------------------------------------------------------------------

    def connect(self) -> Lent:
        """Lend a connection; ``close()`` gives it back.

        Raises:
            TimeoutError: none came free in time.
        """
        entry = self._take()
        try:
            connection = entry._ready()
        except BaseException:
            self._put(entry)
            raise
        return self._lend(entry, connection)

    def _lend(self, entry: ConnectionPoolEntry, connection: Any) -> Lent:
        entry._in_use = True
        quiet = not self._log.level()
        lent = Lent(self, entry, connection, quiet)
        entry._lent = weakref.ref(lent)
        if self._leaks is not None:
            self._leaks.watch(lent)
        if self._pre_ping or self.dispatch.checkout or not quiet:
            self._inspect(entry, lent)
        entry.fresh = False
        return lent

    def _inspect(self, entry: ConnectionPoolEntry, lent: Lent) -> None:
        """Ping, tell listeners, and try again with another connection when this one turns out dead."""
        log = self._log
        if log.level():
            log.debug("Connection %s checked out from pool", self._manners.describe(lent.dbapi_connection))
        attempts = 2
        while True:
            try:
                if self._pre_ping and not entry.fresh and not self._manners.ping(lent.dbapi_connection):
                    if log.level():
                        log.info("Pool pre-ping on connection %s failed", self._manners.describe(lent.dbapi_connection))
                    raise _PingFailed
                for listener in self.dispatch.checkout:
                    listener(lent.dbapi_connection, entry, lent)
            except DisconnectionError as error:
                if error.invalidate_pool:
                    if log.level():
                        log.info("Disconnection detected on checkout, invalidating all pooled connections")
                    entry.invalidate(error)
                    self._invalid_before = time.monotonic()
                else:
                    if log.level():
                        log.info("Disconnection detected on checkout, invalidating individual connection")
                    entry.invalidate(error)
                attempts -= 1
                if attempts < 0:
                    self._give_up(entry, lent)
                    raise InvalidRequestError("This connection is closed", code="connection-closed") from error
                try:
                    lent.dbapi_connection = entry._ready()
                except BaseException:
                    self._give_up(entry, lent)
                    raise
            except BaseException as error:
                # A listener failed, or the task was cancelled in the middle: the connection's state is unknown.
                entry.invalidate(error)
                self._give_up(entry, lent)
                raise
            else:
                return

    def _give_up(self, entry: ConnectionPoolEntry, lent: Lent) -> None:
        lent._entry = None
        lent.dbapi_connection = None
        self._came_back(entry)

    # -- taking back --------------------------------------------------------------------------------------------------

    def _return(self, lent: Lent) -> None:
        """End a loan: reset the connection and put it back, or close it when it is detached."""
        entry = lent._entry
        connection = lent.dbapi_connection
        if entry is None:
            if connection is not None:
                lent.dbapi_connection = None
                self._close_detached(connection, lent)
            return
        lent._entry = None
        lent.dbapi_connection = None
        if connection is not None and entry.dbapi_connection is connection:
            if lent.touched or self.dispatch.reset or entry.undo or (lent.used and self._manners.resets_sessions):
                try:
                    self._reset_connection(connection, entry, lent._reset_state(False, True))
                except BaseException as error:
                    entry.invalidate(error)
                    self._came_back(entry)
                    if isinstance(error, Exception):
                        self._log_reset_error(error)
                        return
                    raise
            log = self._log
            if log.level():
                log.debug("Connection %s being returned to pool", self._manners.describe(connection))
        self._came_back(entry)

    def _log_reset_error(self, error: Exception) -> None:
        self._log.error("Exception during reset or similar", exc_info=error)

    def _reset_connection(self, connection: Any, entry: ConnectionPoolEntry, state: PoolResetState) -> None:
        if self.dispatch.reset:
            self.dispatch.reset(connection, entry, state)
        manners = self._manners
        log = self._log
        if self._reset == "rollback":
            if not state.transaction_was_reset:
                if log.level():
                    log.debug("Connection %s rollback-on-return", manners.describe(connection))
                manners.rollback(connection)
        elif self._reset == "commit" and not state.transaction_was_reset:
            if log.level():
                log.debug("Connection %s commit-on-return", manners.describe(connection))
            manners.commit(connection)
        if entry.undo is not None:
            undo, entry.undo = entry.undo, None
            undo(connection)
        if manners.resets_sessions:
            manners.reset_session(connection, state.terminate_only)

    def _came_back(self, entry: ConnectionPoolEntry) -> None:
        entry._in_use = False
        entry._lent = None
        if self.dispatch.checkin:
            self.dispatch.checkin(entry.dbapi_connection, entry)
        if entry._generation != self._generation:
            entry._close_connection()  # the pool was disposed of, or the process forked, in the meantime
            self._gone(entry)
        else:
            self._put(entry)

    def _gone(self, entry: ConnectionPoolEntry) -> None:
        """An entry of an earlier generation ended; it is not counted any more."""

    def _forgotten(self, lent: Lent) -> None:
        """A loan was garbage collected: take the connection back and say where it had been taken."""
        entry, connection = lent._entry, lent.dbapi_connection
        if entry is None:
            if connection is not None:
                lent.dbapi_connection = None
                self._close_detached(connection, lent, terminate=self._is_asyncio)
            return
        lent._entry = None
        lent.dbapi_connection = None
        message = (
            f"a connection taken from the pool at {lent.taken_at} was never given back; the garbage collector found "
            "it. Close connections explicitly, or use them in a with statement"
        )
        try:
            if self._is_asyncio:
                # Nobody can await here: cut the connection.
                if connection is not None:
                    entry.invalidate()
            elif connection is not None:
                self._reset_connection(connection, entry, PoolResetState(False, False, True))
        except Exception as error:
            entry.invalidate(error)
        finally:
            self._came_back(entry)
        self._log.error("%s", message)
        if self._is_asyncio:
            import warnings

            from lect.exc import LectWarning

            warnings.warn(message, LectWarning, stacklevel=1)

    # -- opening and closing ------------------------------------------------------------------------------------------

    def _open(self, entry: ConnectionPoolEntry) -> Any:
        try:
            connection = self._creator(entry) if self._with_record else self._creator()
        except BaseException as error:
            if self._log.level():
                self._log.debug("Error on connect(): %s", error)
            raise
        self._counts.created += 1
        return connection

    def _opened(self, connection: Any, entry: ConnectionPoolEntry) -> None:
        """Tell listeners of a new connection; the very first one of the pool alone, while others wait."""
        try:
            if not self._first_done:
                with self._first_lock:
                    # Tasks of one thread are not kept out by the lock.
                    if not self._first_done and not self._first_begun:
                        self._first_begun = True
                        try:
                            self.dispatch.first_connect(connection, entry)
                            self._first_done = True
                        finally:
                            self._first_begun = False
            if self.dispatch.connect:
                self.dispatch.connect(connection, entry)
        except BaseException:
            entry._close_connection(terminate=True)
            raise

    def _expiry(self, opened: float) -> float | None:
        if self._recycle < 0:
            return None
        import random

        return opened + self._recycle * (1.0 - random.random() / 10)

    def _close(self, connection: Any, terminate: bool = False) -> None:
        log = self._log
        if log.level():
            log.debug("%s connection %s", "Terminating" if terminate else "Closing", self._manners.describe(connection))
        self._counts.closed += 1
        try:
            if terminate:
                self._manners.terminate(connection)
            else:
                self._manners.close(connection)
        except BaseException as error:
            if log.level():
                log.error("Exception closing connection %s", self._manners.describe(connection), exc_info=error)
            if not isinstance(error, Exception):
                if not terminate:  # a task was cancelled while it said good-bye
                    self._manners.terminate(connection)
                raise

    def _close_all(self, entries: list[ConnectionPoolEntry]) -> None:
        """Close connections in good order; when that is interrupted, the rest is cut off."""
        left = entries[::-1]
        try:
            while left:
                left.pop()._close_connection()
        except BaseException:
            for entry in left:
                entry._close_connection(terminate=True)
            raise

    def _close_detached(self, connection: Any, lent: Lent, terminate: bool = False) -> None:
        if self.dispatch.close_detached:
            self.dispatch.close_detached(connection)
        if not terminate and lent.touched and self._reset is not None:
            try:
                self._manners.rollback(connection)
            except Exception:
                terminate = True
        self._close(connection, terminate)

    def _invalidate(self, lent: Lent, exception: BaseException | None = None) -> None:
        """Throw away `lent` and treat every connection opened before it as lost too."""
        entry = lent._entry
        if entry is None or entry._opened > self._invalid_before:
            self._invalid_before = time.monotonic()
        if lent.is_valid:
            lent.invalidate(exception)

    # -- after a fork -------------------------------------------------------------------------------------------------

    def _forked(self) -> None:
        """Run in the child: forget every connection without touching it."""
        for lent in list(self._detached):
            _leave_to_parent(lent.dbapi_connection)
            lent.dbapi_connection = None
        for entry in list(self._places):
            loan: Lent | None = entry._lent() if entry._lent is not None else None
            _leave_to_parent(entry.dbapi_connection)
            entry.dbapi_connection = None
            entry._in_use = False
            if loan is not None:
                loan.dbapi_connection = None
                loan._entry = None
        self._places = weakref.WeakSet()
        self._detached = weakref.WeakSet()
        self._generation += 1
        self._first_lock = threading.RLock()
        if self._leaks is not None and self._leak_after is not None:
            self._leaks = LeakWatch(self, self._leak_after)
        self._restart()

    def _restart(self) -> None:
        """Become empty, with new locks."""


class _PingFailed(DisconnectionError):
    invalidate_pool = True


def _leave_to_parent(connection: Any) -> None:
    """In the child of a fork: make sure that nothing that is done with `connection` reaches the parent's session.

    The child's descriptor of the socket is replaced by a dead one, so that objects which say goodbye to the server when
    they are deleted (cursors too) say it to nobody, and so that the server sees the end of the connection when the
    parent ends it. Connections of drivers that do not show their socket are kept as they are until the process ends.
    """
    if connection is None:
        return
    _INHERITED.append(connection)
    try:
        number = connection.fileno()
    except Exception:
        return
    import socket

    one, other = socket.socketpair()
    other.close()
    os.dup2(one.fileno(), number, inheritable=False)
    one.close()


def _after_fork() -> None:
    for pool in list(_POOLS):
        pool._forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
