"""The result of a statement run on a database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVarTuple

from lect.engine.result import Result
from lect.engine.row import Columns, Row
from lect.engine.sources import CLOSED, EXHAUSTED, NO_ROWS, Source
from lect.exc import InvalidRequestError, LectError

if TYPE_CHECKING:
    from lect.engine.execution import ExecutionContext

__all__ = ["CursorResult", "StreamedResult"]

_Ts = TypeVarTuple("_Ts")

_NO_COLUMNS = Columns(())


class CursorResult(Result[*_Ts]):
    """Rows of a statement as they come from the driver's cursor, and what the statement did.

    Attributes:
        connection: the Connection it was run on.
        cursor: the driver's cursor; None once everything was fetched or the result was closed.
    """

    _closes_connection = False
    _rowcount: int | None = None
    _lastrowid: Any = None
    _context: ExecutionContext | None = None

    def __init__(
        self, connection: Any, cursor: Any, columns: Columns | None, source: Source, run: tuple[Any, Any, Any] | None
    ) -> None:
        self.connection = connection
        self.cursor = cursor
        self._metadata = columns  # type: ignore[assignment]
        self._source = source
        self._run = run  # (plan, binds, parameters): what the context is made from when somebody asks

    # -- the context --------------------------------------------------------------------------------------------------

    @property
    def context(self) -> ExecutionContext:
        """What is known about the execution."""
        found = self._context
        if found is None:
            from lect.engine.execution import ExecutionContext

            found = self._context = ExecutionContext.of_result(self)
        return found

    @property
    def dialect(self) -> Any:
        """The dialect of the connection."""
        return self.connection.dialect

    # -- sources and ends ---------------------------------------------------------------------------------------------

    def _columns_checked(self) -> Columns:
        columns: Columns | None = self._metadata
        if columns is None:
            NO_ROWS._refuse()
        return columns

    def _soft_close(self) -> None:
        cursor = self.cursor
        if cursor is not None:
            self.cursor = None
            self._source = EXHAUSTED
            try:
                cursor.close()
            except BaseException as error:
                self.connection._cursor_close_failed(error)
        elif self._source is not NO_ROWS and self._source is not CLOSED:
            self._source = EXHAUSTED

    def _close_hard(self) -> None:
        cursor = self.cursor
        self.cursor = None
        if self._metadata is not None:
            self._source = CLOSED
        self._hard_closed = True
        if cursor is not None:
            try:
                cursor.close()
            except BaseException as error:
                self.connection._cursor_close_failed(error)

    @property
    def _soft_closed(self) -> bool:
        return self.cursor is None

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, LectError):
            return
        run = self._run
        text = params = None
        if self._context is not None:
            text, params = self._context.statement, self._context.shown_parameters
        elif run is not None:
            text = run[0].text
        plan = None if run is None else run[0]
        self.connection._handle_error(error, text, params, self.cursor, self._context, fetching=True, plan=plan)

    def failed(self, error: BaseException) -> None:
        """Translate an error that reading :meth:`raw_cursor` raised.

        Raises the exception of :mod:`lect.exc` for an error of the driver; returns for any other, to be raised as it
        is.
        """
        self._failed(error)

    def raw_cursor(self) -> Source:
        """Return the source of unconverted rows, as the driver makes them; see ``ARCHITECTURE.md`` section 6."""
        self._columns_checked()
        return self._source

    # -- what the statement did ---------------------------------------------------------------------------------------

    @property
    def returns_rows(self) -> bool:
        """Whether there are rows, if only zero of them."""
        return self._metadata is not None

    @property
    def is_insert(self) -> bool:
        """Whether it was an INSERT construct."""
        return self._run is not None and self._run[0].compiled.kind == "insert"

    @property
    def rowcount(self) -> int:
        """Rows matched by an UPDATE or DELETE; -1 where the driver does not tell."""
        count = self._rowcount
        if count is None:
            cursor = self.cursor
            if cursor is None:
                return -1
            try:
                count = cursor.rowcount
            except Exception as error:
                self.connection._handle_error(error, None, None, cursor, self._context)
                raise
        return -1 if count is None else count

    @property
    def lastrowid(self) -> Any:
        """The driver's ``cursor.lastrowid``; ``inserted_primary_key`` is the portable way."""
        if self.cursor is not None:
            return getattr(self.cursor, "lastrowid", None)
        return self._lastrowid

    def supports_sane_rowcount(self) -> bool:
        """Whether `rowcount` can be relied on."""
        return bool(self.dialect.supports_sane_rowcount)

    def supports_sane_multi_rowcount(self) -> bool:
        """Whether `rowcount` after many parameter sets can be relied on."""
        return bool(self.dialect.supports_sane_multi_rowcount)

    def _dml(self, *kinds: str) -> ExecutionContext:
        kind = self._run[0].compiled.kind if self._run is not None else None
        if kind not in kinds:
            names = " or ".join(f"{k}()" for k in kinds)
            raise InvalidRequestError(f"Statement is not an {names} expression construct.")
        return self.context

    @property
    def inserted_primary_key(self) -> Row[Any] | None:
        """The primary key of the row that an INSERT of one row made, as a named tuple.

        Raises:
            InvalidRequestError: no INSERT, an INSERT with RETURNING, or one of many rows.
        """
        context = self._dml_key()
        if context.executemany:
            raise InvalidRequestError(
                "This statement was an executemany call; if primary key returning is supported, "
                "please use .inserted_primary_key_rows."
            )
        rows = context.inserted_primary_key_rows
        return rows[0] if rows else None

    @property
    def inserted_primary_key_rows(self) -> Sequence[Row[Any]]:
        """The primary keys of all rows an INSERT made, in order of the parameters."""
        return self._dml_key().inserted_primary_key_rows

    def _dml_key(self) -> ExecutionContext:
        context = self._dml("insert")
        if context.dml.returning == "explicit":
            raise InvalidRequestError("Can't call inserted_primary_key when returning() is used.")
        return context

    def last_inserted_params(self) -> Any:
        """Return the parameters of an INSERT, one dictionary or a list of them."""
        return self._dml("insert")._given_parameters()

    def last_updated_params(self) -> Any:
        """Return the parameters of an UPDATE, one dictionary or a list of them."""
        return self._dml("update")._given_parameters()

    def lastrow_has_defaults(self) -> bool:
        """Whether the server filled columns of the row whose values were not sent back."""
        run = self._run
        if run is None or run[0].dml is None:
            return False
        return bool(run[0].dml.postfetch)

    def postfetch_cols(self) -> Sequence[Any] | None:
        """Return the columns whose values the server made and that have to be read back."""
        context = self._dml("insert", "update")
        return list(context.dml.postfetch)

    def prefetch_cols(self) -> Sequence[Any] | None:
        """Return the columns whose defaults were computed before the statement ran."""
        context = self._dml("insert", "update")
        return [column for column, _ in context.dml.prefetch]

    @property
    def returned_defaults(self) -> Row[Any] | None:
        """The values that ``return_defaults()`` fetched for one row, or None."""
        if self._run is None or self._run[0].dml is None:
            return None
        rows = self.context.returned_rows
        if self.context.executemany:
            raise InvalidRequestError(
                "This statement was an executemany call; if return defaults is supported, "
                "please use .returned_defaults_rows."
            )
        return rows[0] if rows else None

    @property
    def returned_defaults_rows(self) -> Sequence[Row[Any]] | None:
        """The values that ``return_defaults()`` fetched, one row per parameter set, or None."""
        if self._run is None or self._run[0].dml is None:
            return None
        return self.context.returned_rows

    # -- splicing -----------------------------------------------------------------------------------------------------

    def splice_horizontally(self, other: CursorResult[Any]) -> CursorResult[Any]:
        """Return a result whose rows are the rows of this and of `other`, side by side."""
        from lect.engine.sources import Buffered

        mine, theirs = self._columns_checked(), other._columns_checked()
        objects = [*_objects_by_position(mine), *_objects_by_position(theirs)]
        rows = [(*left, *right) for left, right in zip(self._raw_all(), other._raw_all(), strict=True)]
        return CursorResult(
            self.connection, None, Columns([*mine.keys, *theirs.keys], objects), Buffered(rows), self._run
        )

    def splice_vertically(self, other: CursorResult[Any]) -> CursorResult[Any]:
        """Return a result of the rows of this and then those of `other`."""
        from lect.engine.result import converted
        from lect.engine.sources import Buffered

        columns = converted(self._columns_checked())
        rows = [*self._raw_all(), *other._raw_all()]
        return CursorResult(self.connection, None, columns, Buffered(rows), self._run)


def _objects_by_position(columns: Columns) -> list[list[object]]:
    found: list[list[object]] = [[] for _ in columns.keys]
    for obj, index in columns.lookup.items():
        if not isinstance(obj, str):
            found[index].append(obj)
    return found


class StreamedResult(CursorResult[*_Ts]):
    """Rows that the server still holds."""

    def __del__(self) -> None:
        # A result that was dropped before its end gives the server's cursor back at once.
        cursor = self.__dict__.get("cursor")
        if cursor is not None:
            try:
                cursor.close()
            except Exception:
                pass
