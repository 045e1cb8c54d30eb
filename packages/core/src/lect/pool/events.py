"""The events of connection pools."""

from __future__ import annotations

from typing import Any

from lect.event.dispatch import Events

__all__ = ["PoolEvents", "PoolResetState"]


class PoolResetState:
    """Why a connection is reset.

    Attributes:
        transaction_was_reset: the connection's transaction was finished already by the one who used it.
        terminate_only: the connection is about to be closed; nothing may wait for the server.
        asyncio_safe: the reset may wait (it does not run in the garbage collector of an asyncio program).
    """

    __slots__ = ("asyncio_safe", "terminate_only", "transaction_was_reset")

    def __init__(self, transaction_was_reset: bool, terminate_only: bool, asyncio_safe: bool) -> None:
        self.transaction_was_reset = transaction_was_reset
        self.terminate_only = terminate_only
        self.asyncio_safe = asyncio_safe


class PoolEvents(Events[Any]):
    """What happens to the connections of a pool. Targets: a pool, an engine, or one of their classes."""

    def connect(self, dbapi_connection: Any, connection_record: Any) -> None:
        """A new connection was opened."""

    def first_connect(self, dbapi_connection: Any, connection_record: Any) -> None:
        """The first connection of this pool was opened; before ``connect``."""

    def checkout(self, dbapi_connection: Any, connection_record: Any, connection_proxy: Any) -> None:
        """A connection is being lent. Raise ``DisconnectionError`` to have another one tried."""

    def checkin(self, dbapi_connection: Any, connection_record: Any) -> None:
        """A connection came back; `dbapi_connection` is None when it was invalidated."""

    def reset(self, dbapi_connection: Any, connection_record: Any, reset_state: PoolResetState) -> None:
        """A connection is about to be reset before it goes back."""

    def invalidate(self, dbapi_connection: Any, connection_record: Any, exception: BaseException | None) -> None:
        """A connection is being thrown away; `exception` is the reason if there is one."""

    def soft_invalidate(self, dbapi_connection: Any, connection_record: Any, exception: BaseException | None) -> None:
        """A connection will be replaced the next time it is lent."""

    def close(self, dbapi_connection: Any, connection_record: Any) -> None:
        """A connection is about to be closed."""

    def detach(self, dbapi_connection: Any, connection_record: Any) -> None:
        """A connection leaves the pool for good."""

    def close_detached(self, dbapi_connection: Any) -> None:
        """A detached connection is about to be closed."""

    @classmethod
    def _accept_with(cls, target: Any, identifier: str) -> Any:
        accepted = super()._accept_with(target, identifier)
        if accepted is not None:
            return accepted
        # An engine answers which pool events are meant with: its pool, for its class the class of pools.
        redirect = getattr(target, "_pool_event_target", None)
        return None if redirect is None else redirect()
