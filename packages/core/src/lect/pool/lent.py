"""Connections of a pool: the entry that stays with the pool, and the handle that is lent."""

from __future__ import annotations

import sys
import time
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lect.exc import InvalidRequestError
from lect.pool.events import PoolResetState

if TYPE_CHECKING:
    from types import CodeType

__all__ = ["ConnectionPoolEntry", "ManagesConnection", "PoolProxiedConnection", "Lent"]


_OURS = ("lect.", "lect_", "contextlib")


class ManagesConnection:
    """What an entry and a lent connection have in common.

    Attributes:
        dbapi_connection: the driver's connection; None when it is invalidated.
    """

    __slots__ = ()
    dbapi_connection: Any

    @property
    def driver_connection(self) -> Any:
        """The innermost connection: below an adapted asyncio driver, the asynchronous one."""
        connection = self.dbapi_connection
        return getattr(connection, "driver_connection", connection)


class ConnectionPoolEntry(ManagesConnection):
    """One place of a pool, with the connection that fills it.

    Attributes:
        info: a dictionary for the life of the connection.
        record_info: a dictionary for the life of the place.
    """

    def __init__(self, pool: Any, connect: bool = True) -> None:
        self._pool = pool
        self._generation = pool._generation
        self.dbapi_connection: Any = None
        self._lent: weakref.ref[Any] | None = None
        self._in_use = False
        self._info: dict[Any, Any] | None = None
        self._record_info: dict[Any, Any] | None = None
        self._opened = 0.0  # monotonic seconds
        self._expires: float | None = None
        self._stale = False
        self._last_used = 0.0  # monotonic seconds; kept only by pools with a keepalive
        self.fresh = False
        #: Takes back what the user of the connection changed in the session; called when it comes back.
        self.undo: Callable[[Any], None] | None = None
        pool._places.add(self)
        if connect:
            self._connect()

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary that lives as long as the driver's connection."""
        if self._info is None:
            self._info = {}
        return self._info

    @property
    def record_info(self) -> dict[Any, Any]:
        """A dictionary that lives as long as this entry."""
        if self._record_info is None:
            self._record_info = {}
        return self._record_info

    @property
    def in_use(self) -> bool:
        """Whether the connection is lent at the moment."""
        return self._in_use

    def undo_later(self, act: Callable[[Any], None]) -> None:
        """Call `act` with the driver's connection when it comes back to the pool; what was asked last is done first."""
        earlier = self.undo
        if earlier is None:
            self.undo = act
            return

        def both(connection: Any) -> None:
            act(connection)
            earlier(connection)

        self.undo = both

    @property
    def last_connect_time(self) -> float:
        """When the connection was opened, by the monotonic clock."""
        return self._opened

    def _connect(self) -> None:
        pool = self._pool
        self._stale = False
        self._info = None
        self.undo = None
        self._opened = time.monotonic()
        connection = pool._open(self)
        self.dbapi_connection = connection
        self.fresh = True
        self._expires = pool._expiry(self._opened)
        log = pool._log
        if log.level():
            log.debug("Created new connection %s", pool._manners.describe(connection))
        pool._opened(connection, self)

    def _ready(self) -> Any:
        """Return a connection that is not known to be stale, opening one when needed."""
        connection = self.dbapi_connection
        if connection is None:
            self._connect()
            return self.dbapi_connection
        pool = self._pool
        expired = self._expires is not None and time.monotonic() >= self._expires
        if expired or self._stale or self._opened <= pool._invalid_before:
            log = pool._log
            if log.level():
                reason = "exceeded timeout" if expired else "invalidated"
                log.info("Connection %s %s; recycling", pool._manners.describe(connection), reason)
            self._close_connection(terminate=self._stale or not expired)
            self._connect()
            return self.dbapi_connection
        return connection

    def _close_connection(self, terminate: bool = False) -> None:
        connection = self.dbapi_connection
        if connection is None:
            return
        self.dbapi_connection = None
        self.fresh = False
        pool = self._pool
        if pool.dispatch.close:
            pool.dispatch.close(connection, self)
        pool._close(connection, terminate)

    def close(self) -> None:
        """Close the driver's connection; the entry stays and opens another when it is lent."""
        self._close_connection()

    def invalidate(self, e: BaseException | None = None, soft: bool = False) -> None:
        """Throw the driver's connection away: now, or (`soft`) when it is next lent."""
        connection = self.dbapi_connection
        if connection is None:
            return
        pool = self._pool
        if soft:
            if pool.dispatch.soft_invalidate:
                pool.dispatch.soft_invalidate(connection, self, e)
        elif pool.dispatch.invalidate:
            pool.dispatch.invalidate(connection, self, e)
        pool._counts.invalidations += 1
        log = pool._log
        if log.level():
            reason = f" (reason: {type(e).__name__}:{e})" if e is not None else ""
            verb = "Soft invalidate" if soft else "Invalidate"
            log.info("%s connection %s%s", verb, pool._manners.describe(connection), reason)
        self._stale = True
        if not soft:
            self._close_connection(terminate=True)


class Lent(ManagesConnection):
    """A connection on loan. Has the methods of the driver's connection; ``close()`` gives it back.

    Attributes:
        dbapi_connection: the driver's connection.
        last_statement: the text that an engine ran on it last; kept, and there at all, only with `leak_after`.
        touched: statements may have run since the last commit or rollback, so that a rollback is needed at return.
        Whoever
            finishes a transaction through :class:`~lect.engine.connection.Connection` clears it.
    """

    __slots__ = (
        "__weakref__",
        "_detached_info",
        "_entry",
        "_place",
        "_pool",
        "_quiet",
        "_uses",
        "dbapi_connection",
        "last_statement",
        "touched",
        "used",
    )

    def __init__(self, pool: Any, entry: ConnectionPoolEntry, connection: Any, quiet: bool = False) -> None:
        self._pool = pool
        self._entry: ConnectionPoolEntry | None = entry
        self.dbapi_connection = connection
        self._uses = 1
        self._detached_info: dict[Any, Any]
        self.last_statement: str | None
        self.touched = False
        self.used = False
        self._quiet = quiet  # nobody logs what the pool does
        # Where the program took it: code and instruction, from which file and line are worked out when they are needed.
        frame = sys._getframe(2)
        while frame.f_globals.get("__name__", "").startswith(_OURS) and frame.f_back is not None:
            frame = frame.f_back
        self._place: tuple[CodeType, int] = (frame.f_code, frame.f_lasti)

    # -- state --------------------------------------------------------------------------------------------------------

    @property
    def is_valid(self) -> bool:
        """Whether the driver's connection is there."""
        return self.dbapi_connection is not None

    @property
    def is_detached(self) -> bool:
        """Whether it belongs to no pool any more."""
        return self._entry is None

    @property
    def info(self) -> dict[Any, Any]:
        """A dictionary that lives as long as the driver's connection."""
        if self._entry is None:
            if not hasattr(self, "_detached_info"):
                self._detached_info = {}
            return self._detached_info
        return self._entry.info

    @property
    def record_info(self) -> dict[Any, Any] | None:
        """A dictionary of the pool's entry; None when detached."""
        return None if self._entry is None else self._entry.record_info

    @property
    def _connection_record(self) -> ConnectionPoolEntry | None:
        return self._entry

    @property
    def taken_at(self) -> str:
        """Where the program took this connection: ``file:line in function``."""
        code, instruction = self._place
        line = code.co_firstlineno
        for start, end, number in code.co_lines():
            if start <= instruction < end and number is not None:
                line = number
                break
        return f"{code.co_filename}:{line} in {code.co_name}"

    # -- what the driver's connection can do --------------------------------------------------------------------------

    def _need(self) -> Any:
        connection = self.dbapi_connection
        if connection is None:
            raise InvalidRequestError("This connection is closed", code="connection-closed")
        return connection

    def cursor(self, *args: Any, **kw: Any) -> Any:
        """Return a cursor of the driver."""
        connection = self._need()
        self.touched = self.used = True
        return connection.cursor(*args, **kw)

    def commit(self) -> None:
        """Commit with the driver."""
        self._need().commit()

    def rollback(self) -> None:
        """Roll back with the driver."""
        self._need().rollback()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.touched = self.used = True
        return getattr(self.dbapi_connection, name)

    # -- going away ---------------------------------------------------------------------------------------------------

    def invalidate(self, e: BaseException | None = None, soft: bool = False) -> None:
        """Throw the driver's connection away and give the place back; `soft`: only mark it, it stays usable."""
        if self.dbapi_connection is None:
            import warnings

            warnings.warn("Can't invalidate an already-closed connection.", RuntimeWarning, stacklevel=2)
            return
        entry = self._entry
        if entry is not None:
            entry.invalidate(e, soft=soft)
        elif not soft:
            self._pool._close(self.dbapi_connection, True)
        if not soft:
            self.dbapi_connection = None
            if entry is not None:
                self._entry = None
                self._pool._came_back(entry)

    def detach(self) -> None:
        """Keep the connection and leave the pool: its place becomes free, ``close()`` will close the connection."""
        entry = self._entry
        if entry is not None:
            self._detached_info = dict(entry.info)
            self._entry = None
            self._pool._detached.add(self)
            connection, entry.dbapi_connection = entry.dbapi_connection, None
            if self._pool.dispatch.detach:
                self._pool.dispatch.detach(connection, entry)
            entry._info = None
            self._pool._came_back(entry)

    def close(self) -> None:
        """Give the connection back to its pool, or close it when it is detached; again is allowed."""
        self._uses -= 1
        if self._uses > 0:
            return
        pool = self._pool
        entry = self._entry
        if (
            self._quiet
            and not self.touched
            and entry is not None
            and entry.undo is None
            and not pool.dispatch._any
            and entry._generation == pool._generation
            and not (self.used and pool._manners.resets_sessions)
        ):
            # Nothing to reset and nobody to tell.
            self._entry = self.dbapi_connection = None
            entry._in_use = False
            entry._lent = None
            pool._put(entry)
        else:
            pool._return(self)

    def __enter__(self) -> Lent:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __del__(self) -> None:
        if (self._entry is not None or self.dbapi_connection is not None) and not sys.is_finalizing():
            self._pool._forgotten(self)

    def _reset_state(self, terminating: bool, asyncio_safe: bool) -> PoolResetState:
        return PoolResetState(not self.touched, terminating, asyncio_safe)


PoolProxiedConnection = Lent
