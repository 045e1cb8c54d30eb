"""Two-phase commit for drivers with PEP 249's ``tpc_*`` methods (psycopg2, psycopg)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["TwoPhase"]


class TwoPhase:
    """The ability to prepare transactions: postgresql.org/docs/current/sql-prepare-transaction.html."""

    def create_xid(self) -> Any:
        """Return a new transaction identifier."""
        import uuid

        return f"lect_{uuid.uuid4().hex}"

    def begin_two_phase(self, connection: Any, xid: Any) -> None:
        """Begin a transaction that can be prepared."""
        connection.tpc_begin(xid)

    def prepare_two_phase(self, connection: Any, xid: Any) -> None:
        """PREPARE TRANSACTION."""
        connection.tpc_prepare()

    def commit_two_phase(self, connection: Any, xid: Any, prepared: bool, recovered: bool) -> None:
        """COMMIT PREPARED."""
        connection.tpc_commit(*((xid,) if recovered else ()))

    def rollback_two_phase(self, connection: Any, xid: Any, prepared: bool, recovered: bool) -> None:
        """ROLLBACK PREPARED."""
        connection.tpc_rollback(*((xid,) if recovered else ()))

    def recover_two_phase(self, connection: Any) -> Sequence[Any]:
        """Return identifiers of prepared transactions of this database."""
        return [str(xid) for xid in connection.tpc_recover()]
