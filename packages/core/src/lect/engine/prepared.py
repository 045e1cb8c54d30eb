"""Statements with their plan in hand: the lower door for mappers, see ``ARCHITECTURE.md`` section 6."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lect.engine.cursor import CursorResult
from lect.engine.row import Columns
from lect.exc import InvalidRequestError
from lect.limits import current as _deadline

__all__ = ["Prepared"]


class Prepared:
    """A statement on a connection, with plan and bound values, to be run any number of times.

    Attributes:
        connection: where it runs.
        statement: what was prepared.
        plan: the Compiled.
        binds: bound parameters whose values are used, in the order of the statement's key.
    """

    __slots__ = ("_options", "_plan", "binds", "connection", "statement")

    def __init__(
        self, connection: Any, statement: Any, plan: Any, binds: Sequence[Any], options: Mapping[str, Any]
    ) -> None:
        self.connection = connection
        self.statement = statement
        self._plan = plan
        self.binds = binds
        self._options = options

    @property
    def plan(self) -> Any:
        """The compiled statement."""
        return self._plan.compiled

    @property
    def columns(self) -> Columns:
        """Columns of the result.

        Raises:
            InvalidRequestError: they are not known before the first execution (plain text).
        """
        columns: Columns | None = self._plan.columns
        if columns is not None:
            return columns
        known = self._plan.compiled.result_columns
        if known is None:
            raise InvalidRequestError("the columns of this statement are known only when it has been executed")
        # Type codes of the driver are not known yet; converters that ask for them are chosen again at execution.
        return self._plan._by_position(known, [(c.name, None) for c in known])  # type: ignore[no-any-return]

    @property
    def processors(self) -> tuple[Callable[[Any], Any] | None, ...]:
        """For each column of the result what converts the driver's value, or None."""
        columns = self.columns
        return columns.processors or (None,) * len(columns.keys)

    def execute(self, params: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Run it; `params` are values by parameter name in place of the bound ones.

        Under events, logging or options the statement goes the ordinary way; `params` too.
        """
        connection = self.connection
        plan = self._plan
        if (
            not plan.plain
            or params
            or self._options
            or connection._listened._any
            or connection._log_level
            or connection.engine._cautious
            or _deadline.get() is not None
        ):
            from lect.engine import running

            return running.run_prepared(self, plan, params, self._options)
        lent, transaction = connection._lent, connection._transaction
        if (
            transaction is None
            or not transaction.is_active
            or connection._nested is not None
            or connection._managed is not None
            or lent is None
            or lent.dbapi_connection is None
        ):
            connection._ready()
            lent = connection._lent
        try:
            values = plan.collect(self.binds, None)
        except Exception as error:
            connection._handle_error(error, plan.text, None, None, None, preparing=True, plan=plan)
            raise
        cursor = None
        try:
            cursor = lent.dbapi_connection.cursor()
            cursor.execute(plan.text, values)
        except BaseException as error:
            connection._handle_error(error, plan.text, values, cursor, None, calling=True, plan=plan)
            raise
        columns = plan.columns
        run = (plan, self.binds, None)
        if columns is None:
            description = cursor.description
            if description is None:
                from lect.engine import running

                return running.without_rows(connection, cursor, run)
            columns = plan.columns_for(description)
        return CursorResult(connection, cursor, columns, cursor, run)
