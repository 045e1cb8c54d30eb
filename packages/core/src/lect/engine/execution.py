"""One execution: its context, the defaults computed for it, and what is learned from the driver afterwards."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from lect.engine.guard import limit_of
from lect.engine.row import Columns, Row
from lect.exc import InvalidRequestError

__all__ = ["ExecuteStyle", "ExecutionContext"]

_NOTHING: Mapping[str, Any] = {}


class ExecuteStyle(Enum):
    """How parameters reach the driver."""

    EXECUTE = 0  #: one set, ``cursor.execute()``
    EXECUTEMANY = 1  #: many sets, ``cursor.executemany()``
    INSERTMANYVALUES = 2  #: many sets in few statements with many rows each


class ExecutionContext:
    """What is known about one execution; handed to events and to default functions.

    Attributes:
        connection, root_connection, engine, dialect: where it runs.
        compiled: the compiled statement, None for SQL text given to the driver.
        statement: the text handed to the driver; `parameters` the list of parameter sets that go with it.
        compiled_parameters: the statement's parameters by name before conversion, one dictionary per parameter set.
        execution_options: the options in force.
        executemany: several parameter sets were given.
        isinsert, isupdate, isdelete, isddl, is_text: the kind of statement.
        cursor: the driver's cursor.
        invoked_statement: the statement as it was given.
        current_parameters: within a default function, the parameter set at hand.
    """

    def __init__(
        self,
        connection: Any,
        plan: Any,
        binds: Sequence[Any] = (),
        given: Sequence[Mapping[str, Any]] = (),
        options: Mapping[str, Any] = _NOTHING,
    ) -> None:
        self.connection = self.root_connection = connection
        self.engine = connection.engine
        self.dialect = connection.dialect
        self.plan = plan
        self.binds = binds
        self.given: Sequence[Mapping[str, Any]] = given
        self.execution_options = options
        self.limit = limit_of(options)  # monotonic seconds, None without a deadline
        self.compiled: Any = plan.compiled if plan is not None else None
        self.dml: Any = plan.dml if plan is not None else None
        self.statement: str | None = plan.text if plan is not None else None
        self.parameters: Any = None
        self.executemany = len(given) > 1
        self.cursor: Any = None
        self.current_parameters: dict[str, Any] | None = None
        self.cache_hit: str = ""
        self._rows: list[Any] = []  # raw rows an implicit RETURNING gave, one per parameter set
        self._row_columns: Columns | None = None
        self._key_rows: list[Row[Any]] | None = None
        self.lastrowid: Any = None
        self.generated: list[Any] = []
        self.sentinel_values: list[Any] | None = None
        self.is_prefetching: Any = None

    @classmethod
    def of_result(cls, result: Any) -> ExecutionContext:
        """Return the context for a result that was made on the short way."""
        plan, binds, params = result._run if result._run is not None else (None, (), None)
        context = cls(result.connection, plan, binds, () if params is None else [params])
        context.cursor = result.cursor
        return context

    @property
    def shown_parameters(self) -> Any:
        """The driver's parameters as errors show them: one set, or the list of sets."""
        parameters = self.parameters
        if not self.executemany and isinstance(parameters, list) and len(parameters) == 1:
            return parameters[0]
        return parameters

    # -- facts --------------------------------------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        """``"select"``, ``"insert"`` ...; ``"driver"`` for text that was handed through."""
        return "driver" if self.compiled is None else self.compiled.kind

    @property
    def execute_style(self) -> ExecuteStyle:
        """How the parameters reach the driver."""
        if not self.executemany:
            return ExecuteStyle.EXECUTE
        batched = self.dml is not None and self.dml.batch is not None and self.dml.returning is not None
        return ExecuteStyle.INSERTMANYVALUES if batched else ExecuteStyle.EXECUTEMANY

    @property
    def isinsert(self) -> bool:
        """An INSERT."""
        return self.kind == "insert"

    @property
    def isupdate(self) -> bool:
        """An UPDATE."""
        return self.kind == "update"

    @property
    def isdelete(self) -> bool:
        """A DELETE."""
        return self.kind == "delete"

    @property
    def isddl(self) -> bool:
        """A DDL statement."""
        return self.kind == "ddl"

    @property
    def is_text(self) -> bool:
        """Text, by ``text()`` or for the driver."""
        return self.kind in ("text", "driver")

    @property
    def invoked_statement(self) -> Any:
        """The statement as it was given; None for driver-level SQL."""
        return None if self.compiled is None else self.compiled.statement

    @property
    def rowcount(self) -> int:
        """The cursor's row count."""
        return -1 if self.cursor is None else self.cursor.rowcount

    @property
    def compiled_parameters(self) -> list[dict[str, Any]]:
        """Parameters by name before conversion, one dictionary per parameter set."""
        if self.compiled is None:
            return []
        return [self._values(params) for params in (self.given or (None,))]

    def _values(self, params: Mapping[str, Any] | None) -> dict[str, Any]:
        compiled = self.compiled
        found: dict[str, Any] = {}
        for name, bind in compiled.binds.items():
            if params is not None and name in params:
                found[name] = params[name]
            elif params is not None and not bind.unique and bind.key in params:
                found[name] = params[bind.key]
            else:
                position = compiled._index.get(bind)
                found[name] = (bind if position is None else self.binds[position]).effective_value
        return found

    def _given_parameters(self) -> Any:
        values = self.compiled_parameters
        return values if self.executemany else values[0]

    # -- defaults -----------------------------------------------------------------------------------------------------

    def get_current_parameters(self, isolate_multiinsert_groups: bool = True) -> dict[str, Any]:
        """Return the parameters of the row for which a default function is being called, by column key.

        Args:
            isolate_multiinsert_groups: with ``insert().values([...])`` return those of the row at hand only.

        Raises:
            InvalidRequestError: called from anywhere but a default function.
        """
        if self.current_parameters is None or self.is_prefetching is None:
            raise InvalidRequestError(
                "get_current_parameters() can only be invoked in the context of a Python side column default function"
            )
        values = self._values(self.current_parameters)
        for name, value in self.current_parameters.items():
            values.setdefault(name, value)
        column, name = self.is_prefetching
        if isolate_multiinsert_groups:
            found = re.fullmatch(re.escape(str(column.key)) + r"_m(\d+)", str(name))
            several = any(re.search(r"_m1$", str(key)) for key in values)
            if found or several:
                suffix = f"_m{found.group(1) if found else 0}"
                return {key[: -len(suffix)]: value for key, value in values.items() if key.endswith(suffix)}
        return values

    def fill_defaults(self) -> None:
        """Put the values of Python-side defaults into each parameter set that lacks them."""
        prefetch = self.dml.prefetch
        if not prefetch:
            return
        update = self.isupdate
        filled = []
        plan = []
        for column, name in prefetch:
            default = column.onupdate if update else column.default
            plan.append((column, name, default))
        for number, params in enumerate(self.given or ({},)):
            params = dict(params)
            self.current_parameters = params
            for column, name, default in plan:
                if name not in params:
                    self.is_prefetching = (column, name)
                    params[name] = self._default_value(default, number, column)
            filled.append(params)
        self.current_parameters = None
        self.is_prefetching = None
        self.given = filled

    def _default_value(self, default: Any, number: int, column: Any) -> Any:
        if default is None:
            return None
        if default.is_callable:
            return default.arg(self)
        if default.is_scalar:
            return default.arg
        if default.is_sequence:
            return self.connection._next_value(default, column.type)
        if default.is_sentinel:
            return number
        if default.is_clause_element:
            return self.connection._default_expression(default.arg, column)
        raise InvalidRequestError(f"default {default!r} of column {column} is of no known kind")

    # -- after execution ----------------------------------------------------------------------------------------------

    def learn(self, columns: Columns, rows: list[Any]) -> None:
        """Keep the rows, converted, of a RETURNING that the plan added."""
        self._row_columns = columns
        self._rows = rows

    @property
    def returned_columns(self) -> Columns:
        """Names of what an implicit RETURNING gives."""
        if self._row_columns is None:
            returned = self.dml.returned
            self._row_columns = Columns([c.key for c in returned], [(c,) for c in returned])
        return self._row_columns

    @property
    def returned_rows(self) -> list[Row[Any]] | None:
        """Rows of an implicit RETURNING, converted."""
        if self.dml is None or self.dml.returning != "implicit" or not self._rows:
            return None
        return list(map(self.returned_columns.row_class, self._rows))

    @property
    def inserted_primary_key_rows(self) -> list[Row[Any]]:
        """Primary keys of the rows an INSERT made."""
        if self._key_rows is None:
            self._key_rows = self._find_keys()
        return self._key_rows

    def _find_keys(self) -> list[Row[Any]]:
        dml = self.dml
        keys = list(dml.table.primary_key)
        columns = Columns([c.key for c in keys], [(c,) for c in keys])
        make = columns.row_class
        # Only several executions, or one statement that says so, give several rows.
        values = self.compiled_parameters
        found = []
        for number, params in enumerate(values):
            row = []
            for column, how in zip(keys, dml.primary_key or (None,) * len(keys), strict=False):
                row.append(self._key_value(column, how, params, number))
            found.append(make(row))
        return found

    def _key_value(self, column: Any, how: Any, params: Mapping[str, Any], number: int) -> Any:
        if how is None:
            if self.dml.inline or getattr(self.compiled.statement, "_select", None) is not None:
                return None
            own = column is getattr(column.table, "autoincrement_column", None)
            return self._lastrowid(number) if own else None
        source, where = how
        if source in ("param", "value"):
            value = params.get(where)
            if value is not None:
                return value
            own = column is getattr(column.table, "autoincrement_column", None)
            return self._lastrowid(number) if own else None
        if source == "returned":
            return self._rows[number][where] if number < len(self._rows) else None
        if source == "lastrowid":
            return self._lastrowid(number)
        return None

    def _lastrowid(self, number: int) -> Any:
        return None if self.executemany else self.lastrowid
