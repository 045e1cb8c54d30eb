"""Transactions of a connection: the outer one, savepoints inside it, and two-phase ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lect.dialects.requests import FailureKind
from lect.exc import DBAPIError, InvalidRequestError, LectWarning, PendingRollbackError

if TYPE_CHECKING:
    from typing import Self

__all__ = ["NestedTransaction", "RootTransaction", "Transaction", "TwoPhaseTransaction"]


#: Characters of a statement that are shown where another one fails because of it.
_SHOWN = 200


class Transaction:
    """One transaction; ends with :meth:`commit`, :meth:`rollback` or :meth:`close`, or as a context manager.

    Attributes:
        connection: whose it is.
        is_active: it was begun and has not ended.
    """

    __slots__ = ("_managing", "_outer", "connection", "is_active")
    _word = "transaction"

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.is_active = True
        self._managing = False
        self._outer: Transaction | None = None

    # -- what each kind does ------------------------------------------------------------------------------------------

    def _commit(self) -> None:
        raise NotImplementedError

    def _rollback(self) -> None:
        raise NotImplementedError

    def _belongs(self) -> bool:
        """Whether the connection still counts this transaction as begun."""
        raise NotImplementedError

    # -- for users ----------------------------------------------------------------------------------------------------

    @property
    def is_valid(self) -> bool:
        """Whether it is active and its connection has not been lost."""
        return self.is_active and not self.connection.invalidated

    def commit(self) -> None:
        """Make the changes permanent.

        Raises:
            InvalidRequestError: it has ended already.
            PendingRollbackError: the connection was lost; call ``rollback()``.
        """
        self._commit()

    def rollback(self) -> None:
        """Undo the changes; when it has ended already, only a warning is given."""
        if not self._belongs() and not self.is_active:
            import warnings

            warnings.warn(f"{self._word} already deassociated from connection", LectWarning, stacklevel=2)
        self._rollback()

    def close(self) -> None:
        """Roll back if it has not ended."""
        if self.is_active or self._belongs():
            self._rollback()

    def __enter__(self) -> Self:
        connection = self.connection
        self._outer = connection._managed
        connection._managed = self
        self._managing = True
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        connection = self.connection
        self._managing = False
        # Set aside for the end itself, so that it may run what it must.
        connection._managed = self._outer
        if kind is None and self.is_active:
            try:
                self._commit()
            except BaseException:
                if self._belongs():
                    self._rollback()
                raise
        elif not self.is_active and kind is None:
            # Ended by hand inside the block; if the connection still counts it, its rollback is due.
            if self._belongs():
                self._rollback()
        elif self._belongs():
            self._rollback()


class RootTransaction(Transaction):
    """The transaction of the connection itself."""

    __slots__ = ("_failed", "_given_up")

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        #: The first failure since the beginning or the last return to a savepoint, in words; values do not appear.
        self._failed: str | None = None
        #: That failure was one at which every server gives the whole transaction up.
        self._given_up = False
        # Listeners of "begin" may run statements in the transaction that begins.
        connection._transaction = self
        try:
            connection._begin_impl(self)
        except BaseException:
            self.is_active = False
            try:
                # A listener may have run statements, so that the driver has begun what nobody would end.
                connection._undo_begin()
            finally:
                connection._transaction = None
            raise

    def _belongs(self) -> bool:
        return self.connection._transaction is self

    def _end(self) -> None:
        connection = self.connection
        self.is_active = False
        nested = connection._nested
        while nested is not None:
            nested.is_active = False
            nested = nested._previous
        connection._nested = None
        if connection._transaction is self:
            connection._transaction = None

    def _note_failure(self, error: Any, failure: Any) -> None:
        """Remember the first failure of a statement; tell it with one that came of it (SQLSTATE class 25)."""
        if self._failed is None:
            text = " ".join(str(error.statement).split())
            if len(text) > _SHOWN:
                text = f"{text[:_SHOWN]} ..."
            self._failed = f"{type(error).__name__} at: {text}"
            self._given_up = failure.kind is FailureKind.DEADLOCK
        elif str(failure.sqlstate or "").startswith("25"):
            error.add_detail(f"the transaction failed first with {self._failed}")

    def _start_anew(self) -> None:
        """The transaction went back to a savepoint: what failed behind it does not count any more."""
        self._failed = None
        self._given_up = False

    def _commit(self) -> None:
        connection = self.connection
        if not self.is_active:
            if connection._transaction is self:
                connection._invalid_transaction()
            raise InvalidRequestError("This transaction is inactive")
        if connection.invalidated:
            connection._invalid_transaction()
        if self._failed is not None and (self._given_up or connection._transaction_failed()):
            # COMMIT would be answered by a rollback, and no driver says so.
            raise PendingRollbackError(
                "This transaction cannot be committed: the server has given it up. It failed first with "
                f"{self._failed}. Please rollback(); a statement that may fail goes into a savepoint, begin_nested()"
            )
        self._commit_driver()
        self._end()

    def _commit_driver(self) -> None:
        try:
            self.connection._commit_impl()
        except BaseException as error:
            # Whether it took effect is not known to us; what is certain is that a rollback is due.
            self.is_active = False
            if self._failed is not None and isinstance(error, DBAPIError):
                error.add_detail(f"the transaction failed first with {self._failed}")
            raise

    def _rollback(self) -> None:
        connection = self.connection
        try:
            if self._belongs() and not connection.closed and not connection.invalidated:
                self._rollback_driver()
        finally:
            if self._belongs():
                self._end()
            self.is_active = False

    def _rollback_driver(self) -> None:
        self.connection._rollback_impl()


class NestedTransaction(Transaction):
    """A savepoint."""

    __slots__ = ("_previous", "_savepoint")
    _word = "nested transaction"

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self._savepoint: str = connection._savepoint_impl()
        self._previous: NestedTransaction | None = connection._nested
        connection._nested = self

    def _belongs(self) -> bool:
        return self.connection._nested is self

    def _end(self) -> None:
        connection = self.connection
        self.is_active = False
        # Savepoints set inside this one end with it.
        inner = connection._nested
        chain = []
        while inner is not None and inner is not self:
            chain.append(inner)
            inner = inner._previous
        if inner is self:
            for nested in chain:
                nested.is_active = False
            connection._nested = self._previous

    def _within(self) -> bool:
        nested = self.connection._nested
        while nested is not None:
            if nested is self:
                return True
            nested = nested._previous
        return False

    def _commit(self) -> None:
        connection = self.connection
        if not self.is_active:
            if connection._nested is self:
                connection._invalid_transaction()
            raise InvalidRequestError("This nested transaction is inactive")
        if connection.invalidated:
            connection._invalid_transaction()
        try:
            connection._release_savepoint_impl(self._savepoint)
        except BaseException:
            self.is_active = False
            raise
        self._end()

    def _rollback(self) -> None:
        connection = self.connection
        try:
            transaction = connection._transaction
            usable = transaction is not None and transaction.is_active and not connection.invalidated
            if usable and self._within() and not connection.closed:
                connection._rollback_to_savepoint_impl(self._savepoint)
        finally:
            if self._within():
                self._end()
            self.is_active = False


class TwoPhaseTransaction(RootTransaction):
    """A transaction that can be prepared before it is committed.

    Attributes:
        xid: its identifier.
    """

    __slots__ = ("_prepared", "xid")

    def __init__(self, connection: Any, xid: Any) -> None:
        self._prepared = False
        self.xid = xid
        super().__init__(connection)

    def prepare(self) -> None:
        """Make everything durable without making it visible; only commit or rollback may follow."""
        if not self.is_active:
            raise InvalidRequestError("This transaction is inactive")
        self.connection._prepare_twophase_impl(self.xid)
        self._prepared = True

    def _commit_driver(self) -> None:
        self.connection._commit_twophase_impl(self.xid, self._prepared)

    def _rollback_driver(self) -> None:
        self.connection._rollback_twophase_impl(self.xid, self._prepared)
