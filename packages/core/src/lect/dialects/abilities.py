"""What a driver can do beside PEP 249: a protocol per ability, asked for once per engine.

A connector has an ability by having its methods; nothing is declared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from lect.dialects.requests import (
    BulkRequest,
    CancelRequest,
    CursorRequest,
    InputSizesRequest,
    LockWaitRequest,
    SessionRequest,
)

__all__ = [
    "Abilities",
    "BeginsTransactions",
    "Cancels",
    "CancelsStatements",
    "ExecutesInBulk",
    "KnowsFailedTransactions",
    "KnowsServer",
    "LimitsLockWaits",
    "Pings",
    "PreparesConnections",
    "ResetsSessions",
    "SetsAutocommit",
    "SetsInputSizes",
    "SetsIsolation",
    "StreamsRows",
    "SupportsSavepoints",
    "SupportsTwoPhase",
]


@runtime_checkable
class BeginsTransactions(Protocol):
    """The driver does not begin a transaction by itself, or not reliably."""

    def begin(self, connection: Any) -> None:
        """Begin a transaction now. Called when a transaction starts, outside of one, never in autocommit mode."""


@runtime_checkable
class SetsAutocommit(Protocol):
    """A connection can be switched to autocommit, which makes AUTOCOMMIT an isolation level of the engine."""

    def set_autocommit(self, connection: Any, on: bool) -> None:
        """Switch autocommit on or off; outside a transaction. Switching to the present mode does nothing."""


@runtime_checkable
class SetsIsolation(Protocol):
    """The driver sets the isolation level itself, so that the dialect's SQL is not used."""

    def set_isolation(self, connection: Any, level: str) -> None:
        """Set the level (upper case, spaces) for the transactions to come; outside a transaction."""


@runtime_checkable
class SupportsSavepoints(Protocol):
    """The driver has calls of its own for savepoints, to be used instead of the dialect's SQL."""

    def savepoint(self, connection: Any, name: str) -> None:
        """Set savepoint `name`."""

    def rollback_to_savepoint(self, connection: Any, name: str) -> None:
        """Undo everything since savepoint `name` and keep it."""

    def release_savepoint(self, connection: Any, name: str) -> None:
        """Give up savepoint `name`."""


@runtime_checkable
class SupportsTwoPhase(Protocol):
    """Transactions can be prepared and finished later, possibly by another process."""

    def create_xid(self) -> Any:
        """Return a new transaction identifier, unique across machines."""

    def begin_two_phase(self, connection: Any, xid: Any) -> None:
        """Begin transaction `xid`; outside a transaction."""

    def prepare_two_phase(self, connection: Any, xid: Any) -> None:
        """Make everything done under `xid` durable without making it visible."""

    def commit_two_phase(self, connection: Any, xid: Any, prepared: bool, recovered: bool) -> None:
        """Commit `xid`. `recovered`: this connection did not begin it."""

    def rollback_two_phase(self, connection: Any, xid: Any, prepared: bool, recovered: bool) -> None:
        """Roll `xid` back. `recovered`: this connection did not begin it."""

    def recover_two_phase(self, connection: Any) -> Sequence[Any]:
        """Return identifiers of the transactions that are prepared and not finished."""


@runtime_checkable
class StreamsRows(Protocol):
    """Rows can be left on the server and fetched in portions."""

    def streaming_cursor(self, request: CursorRequest) -> Any:
        """Return a new cursor that does not fetch everything at execution."""


@runtime_checkable
class ExecutesInBulk(Protocol):
    """The driver has a way of running a statement for many parameter sets that beats its ``executemany``.

    A connector whose way can also tell exactly how many rows there were, when it is asked to (`BulkRequest.counted`),
    has an attribute ``counts_in_bulk = True``; with others, ``executemany`` is called where the number is needed. Where
    not even that tells (``counts_many = False`` in the connector), the statement is run for one parameter set after the
    other.
    """

    def execute_in_bulk(self, request: BulkRequest) -> int:
        """Run it; returns the number of affected rows or -1. Called instead of ``executemany``."""


@runtime_checkable
class SetsInputSizes(Protocol):
    """The driver wants to be told parameter types before a statement runs."""

    def set_input_sizes(self, request: InputSizesRequest) -> None:
        """Tell them; called before every execution with parameters. Types without opinion are left to the driver."""


@runtime_checkable
class Pings(Protocol):
    """The driver can tell cheaply whether a connection is alive."""

    def ping(self, connection: Any) -> None:
        """Return when it is; raise the driver's error when not. May leave no transaction open. Without this ability the
        engine runs ``SELECT 1``."""


@runtime_checkable
class Cancels(Protocol):
    """A running statement can be stopped from another thread."""

    def cancel(self, connection: Any) -> None:
        """Ask the server to stop what `connection` runs; do nothing when it runs nothing. The statement's own call then
        raises, with a failure of kind STATEMENT_TIMEOUT or the driver's cancellation error."""


@runtime_checkable
class CancelsStatements(Protocol):
    """A running statement can be stopped from another thread, and the driver wants to know its cursor."""

    def cancel_statement(self, request: CancelRequest) -> None:
        """Ask the server to stop what ``request.cursor`` runs; the same as :meth:`Cancels.cancel` otherwise."""


@runtime_checkable
class KnowsFailedTransactions(Protocol):
    """The driver knows without asking the server whether a failed statement has spoilt the transaction."""

    def transaction_failed(self, connection: Any) -> bool:
        """Whether the server has given the transaction up and would answer COMMIT by rolling back. No I/O.

        Called before a commit, and only when a statement of the transaction has failed.
        """


@runtime_checkable
class LimitsLockWaits(Protocol):
    """Waiting for a lock of another connection happens inside of the driver, where cancelling does not reach it."""

    def limit_lock_wait(self, request: LockWaitRequest) -> Callable[[], None] | None:
        """Wait for locks no longer than that; returns what takes it back, None: nothing was changed.

        Called under a deadline, before each call of the driver.
        """


@runtime_checkable
class PreparesConnections(Protocol):
    """A new connection needs something that only the driver's API can do (encodings, converters, functions)."""

    def prepare_connection(self, request: SessionRequest) -> None:
        """Do it; called once per connection, right after it was opened and before ``Dialect.session_sql``."""


@runtime_checkable
class ResetsSessions(Protocol):
    """Something beside a rollback must be undone before a connection is lent again."""

    def reset_session(self, request: SessionRequest) -> None:
        """Undo it; called when a connection goes back to the pool, after the rollback."""


@runtime_checkable
class KnowsServer(Protocol):
    """The driver knows facts of the server without a query."""

    def server_facts(self, connection: Any) -> Mapping[str, Any]:
        """Return them: ``"version"`` (tuple of int), ``"product"`` (str), and names of the driver's own. Called once
        per engine; the dialect reads the answer in :meth:`Dialect.settle`."""


def _as(connector: Any, protocol: Any) -> Any:
    # What isinstance() answers; on Python 3.12 and newer that would import `inspect` for the first protocol.
    methods = [name for name in vars(protocol) if not name.startswith("_")]
    return connector if all(callable(getattr(connector, name, None)) for name in methods) else None


class Abilities:
    """The abilities of one connector, each looked for once; None where it has not that one."""

    __slots__ = (
        "autocommit",
        "begin",
        "bulk",
        "counted_bulk",
        "counts_many",
        "cancel",
        "cancel_statement",
        "failed",
        "isolation",
        "lock_wait",
        "ping",
        "prepare",
        "reset",
        "savepoints",
        "server",
        "sizes",
        "stream",
        "two_phase",
    )

    def __init__(self, connector: Any) -> None:
        self.begin: BeginsTransactions | None = _as(connector, BeginsTransactions)
        self.autocommit: SetsAutocommit | None = _as(connector, SetsAutocommit)
        self.isolation: SetsIsolation | None = _as(connector, SetsIsolation)
        self.savepoints: SupportsSavepoints | None = _as(connector, SupportsSavepoints)
        self.two_phase: SupportsTwoPhase | None = _as(connector, SupportsTwoPhase)
        self.stream: StreamsRows | None = _as(connector, StreamsRows)
        self.bulk: ExecutesInBulk | None = _as(connector, ExecutesInBulk)
        #: the same where the number of rows must be exact
        self.counted_bulk = self.bulk if getattr(connector, "counts_in_bulk", False) else None
        #: the driver's ``executemany`` tells the number of all rows, not of the last ones
        self.counts_many: bool = getattr(connector, "counts_many", True)
        self.sizes: SetsInputSizes | None = _as(connector, SetsInputSizes)
        self.ping: Pings | None = _as(connector, Pings)
        self.cancel: Cancels | None = _as(connector, Cancels)
        self.cancel_statement: CancelsStatements | None = _as(connector, CancelsStatements)
        self.failed: KnowsFailedTransactions | None = _as(connector, KnowsFailedTransactions)
        self.lock_wait: LimitsLockWaits | None = _as(connector, LimitsLockWaits)
        self.prepare: PreparesConnections | None = _as(connector, PreparesConnections)
        self.reset: ResetsSessions | None = _as(connector, ResetsSessions)
        self.server: KnowsServer | None = _as(connector, KnowsServer)
