"""How a pool treats the connections of a driver: end a transaction, close, ask whether one is alive."""

from __future__ import annotations

from typing import Any

__all__ = ["Manners"]


class Manners:
    """The plain manners of PEP 249. The engine gives its pool an object that asks the connector instead."""

    is_async = False
    #: reset_session() does something.
    resets_sessions = False

    def rollback(self, connection: Any) -> None:
        """End the transaction of a connection that comes back."""
        connection.rollback()

    def commit(self, connection: Any) -> None:
        """End the transaction with ``reset_on_return="commit"``."""
        connection.commit()

    def close(self, connection: Any) -> None:
        """Close a connection in good order; may wait for the server."""
        connection.close()

    def terminate(self, connection: Any) -> None:
        """Close a connection without waiting: it is broken, or nobody can wait."""
        self.close(connection)

    def ping(self, connection: Any) -> bool:
        """Whether the connection is alive."""
        cursor = connection.cursor()
        try:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        except Exception:
            return False
        finally:
            cursor.close()
        return True

    def reset_session(self, connection: Any, terminating: bool) -> None:
        """Undo what a rollback does not."""

    def describe(self, connection: Any) -> str:
        """Return how a log shows the connection."""
        return f"{type(connection).__module__}.{type(connection).__name__} at {id(connection):#x}"
