"""Connections: where statements are run.

The short way, for a statement whose plan is in the cache and that needs nothing done around it, is in
:meth:`Connection._run` and costs a key, a look-up, the collection of parameters and the driver's call. Everything else
(events, logging, defaults, many parameter sets, options) goes the long way through :mod:`lect.engine.running`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, overload

from lect.engine import running
from lect.engine.cursor import CursorResult
from lect.engine.lifecycle import ConnectionLife
from lect.engine.options import check_options, merged
from lect.engine.prepared import Prepared
from lect.engine.result import ScalarResult
from lect.exc import ArgumentError, ObjectNotExecutableError
from lect.limits import current as _deadline
from lect.sql.node import Node, statement_key

if TYPE_CHECKING:
    from lect.sql._select import Select

__all__ = ["Connection"]

_Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")
_Rest = TypeVarTuple("_Rest")
_NO_OPTIONS: Mapping[str, Any] = {}


class Connection(ConnectionLife):
    """A connection of an engine, and its transaction. Made by :meth:`Engine.connect`; not for several threads at
    once."""

    @overload
    def execute(
        self,
        statement: Select[tuple[*_Ts]],
        parameters: _Parameters = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> CursorResult[*_Ts]: ...

    @overload
    def execute(
        self,
        statement: Any,
        parameters: _Parameters = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> CursorResult[Any]: ...

    def execute(
        self,
        statement: Any,
        parameters: _Parameters = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> CursorResult[Any]:
        """Run a statement and return its result.

        Args:
            statement: a construct: ``select()``, ``insert()``, ``text()``, DDL, a function, a sequence.
            parameters: a dictionary; or a list of them, to run it once for each.
            execution_options: for this execution only, see :meth:`execution_options`.

        Raises:
            ObjectNotExecutableError: it is no statement; strings go through ``text()`` or :meth:`exec_driver_sql`.
            StatementError: preparing or running it failed; the subclasses say how.
        """
        how = _WAYS.get(statement.__class__)
        if how is None:
            how = _find_way(statement)
        return how(self, statement, parameters, execution_options)

    @overload
    def scalar(
        self,
        statement: Select[tuple[_T, *_Rest]],
        parameters: Mapping[str, Any] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> _T | None: ...

    @overload
    def scalar(
        self,
        statement: Any,
        parameters: Mapping[str, Any] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> Any: ...

    def scalar(
        self,
        statement: Any,
        parameters: Mapping[str, Any] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run a statement and return the first column of its first row, or None."""
        how = _WAYS.get(statement.__class__)
        if how is None:
            how = _find_way(statement)
        result: Any = how(self, statement, parameters, execution_options)
        return result.scalar()

    @overload
    def scalars(
        self,
        statement: Select[tuple[_T, *_Rest]],
        parameters: _Parameters = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> ScalarResult[_T]: ...

    @overload
    def scalars(
        self,
        statement: Any,
        parameters: _Parameters = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> ScalarResult[Any]: ...

    def scalars(
        self,
        statement: Any,
        parameters: _Parameters = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
    ) -> ScalarResult[Any]:
        """Run a statement and return the values of its first column."""
        return self.execute(statement, parameters, execution_options=execution_options).scalars()

    def exec_driver_sql(
        self,
        statement: str,
        parameters: Any = None,
        execution_options: Mapping[str, Any] | None = None,
    ) -> CursorResult[Any]:
        """Run SQL text in the driver's own parameter style.

        Args:
            statement: text, passed as it is.
            parameters: a tuple or dictionary; a list of them to run it once for each.
        """
        return running.run_driver_sql(self, statement, parameters, self._merged_options(execution_options))

    def prepare(
        self,
        statement: Any,
        binds: Sequence[Any] | None = None,
        *,
        execution_options: Mapping[str, Any] | None = None,
        origin: Any = None,
    ) -> Prepared:
        """Return a statement with its plan, to be run without looking the plan up again.

        Args:
            binds: bound parameters that stand for the statement's own, in the order of ``statement_key(statement)[1]``;
                None: the statement's own.
            origin: the statement that `statement` is a kept translation of: what ``cache_audit`` compiles to compare.
        """
        own_options = getattr(statement, "_execution_options", None)
        if binds is not None and not (own_options or self._options or execution_options or self.engine._cautious):
            # A mapper keeps the statement and gives other values each time: its key is kept with it.
            memo = statement._memo
            key = None if memo is None else memo.get("key")
            if key is None:
                key = statement._memoized("key", lambda: statement_key(statement)[0])
            plan = None if key is None else self.engine._plans.get(key)
            if plan is not None:
                return Prepared(self, statement, plan, binds, _NO_OPTIONS)
        options = merged(own_options, self._options, execution_options)
        plan, own = running.plan_of(self, statement, (), options, origin)
        return Prepared(self, statement, plan, own if binds is None else binds, options)

    def schema_for_object(self, obj: Any) -> str | None:
        """Return the schema of a table or sequence under the ``schema_translate_map`` in force."""
        schema: str | None = obj.schema
        translate = self._options.get("schema_translate_map")
        if translate and schema in translate:
            found: str | None = translate[schema]
            return found
        return schema

    # -- the short way ------------------------------------------------------------------------------------------------

    def _merged_options(self, execution_options: Mapping[str, Any] | None) -> Mapping[str, Any]:
        if not execution_options:
            return self._options
        check_options(execution_options)
        return {**self._options, **execution_options}

    def _run(
        self, statement: Any, parameters: _Parameters, execution_options: Mapping[str, Any] | None
    ) -> CursorResult[Any]:
        if (
            parameters
            or execution_options
            or self._options
            or statement._execution_options
            or (self.__dict__.get("dispatch") or self.engine.dispatch)._any  # self._listened, without the call
            or self._log_level
            or _deadline.get() is not None
        ):
            return running.run_statement(self, statement, parameters, execution_options)
        key, binds = statement_key(statement)
        plans = self.engine._plans
        entry = plans.entries.get(key) if key is not None else None
        if entry is None or not entry[0].plain or self.engine._cautious:
            return running.run_statement(self, statement, parameters, execution_options)
        plan = entry[0]
        plans._tick = entry[1] = plans._tick + 1
        plans.hits += 1
        lent = self._lent
        transaction = self._transaction
        if (
            transaction is None
            or not transaction.is_active
            or self._nested is not None
            or self._managed is not None
            or lent is None
            or lent.dbapi_connection is None
        ):
            self._ready()
            lent = self._lent
        try:
            params = plan.collect(binds, None)
        except Exception as error:
            self._handle_error(error, plan.text, None, None, None, preparing=True, plan=plan)
            raise
        cursor = None
        try:
            cursor = lent.dbapi_connection.cursor()
            cursor.execute(plan.text, params)
        except BaseException as error:
            self._handle_error(error, plan.text, params, cursor, None, calling=True, plan=plan)
            raise
        columns = plan.columns
        if columns is None:
            description = cursor.description
            if description is None:
                return running.without_rows(self, cursor, (plan, binds, None))
            columns = plan.columns_for(description)
        return CursorResult(self, cursor, columns, cursor, (plan, binds, None))

    def _ready(self) -> None:
        """Make sure that a statement may run: a live connection, and a transaction begun."""
        self._usable()
        if self._managed is not None:
            self._check_managed()
        transaction = self._transaction
        if transaction is None:
            self._autobegin()
        elif not transaction.is_active:
            self._invalid_transaction()
        nested = self._nested
        if nested is not None and not nested.is_active:
            self._invalid_transaction()

    # -- services for contexts ----------------------------------------------------------------------------------------

    def _default_expression(self, expression: Any, column: Any) -> Any:
        """Return the value of a SQL default that is needed before the statement runs."""
        from lect.sql import _select

        return self.scalar(_select.select(expression))

    def _next_value(self, sequence: Any, type_: Any = None) -> Any:
        """Take the next number of a sequence."""
        from lect.sql import _select

        return self.scalar(_select.select(sequence.next_value()))

    def _run_ddl(self, verb: str, item: Any, **options: Any) -> None:
        from lect.engine.ddl import run_ddl

        run_ddl(self, verb, item, **options)

    def _inspection_context(self) -> Any:
        from lect.engine.reflection import inspection_context

        return inspection_context(self)


_Way = Callable[[Any, Any, Any, Any], CursorResult[Any]]


def _run_compiled(connection: Any, compiled: Any, parameters: Any, options: Any) -> CursorResult[Any]:
    return running.run_compiled(connection, compiled, parameters, options)


def _run_function(connection: Any, function: Any, parameters: Any, options: Any) -> CursorResult[Any]:
    from lect.sql import _select

    result: CursorResult[Any] = connection.execute(_select.select(function), parameters, execution_options=options)
    return result


def _run_default(connection: Any, default: Any, parameters: Any, options: Any) -> CursorResult[Any]:
    result: CursorResult[Any] = running.run_default(connection, default, options)
    return result


def _run_own(connection: Any, statement: Any, parameters: Any, options: Any) -> CursorResult[Any]:
    result: CursorResult[Any] = statement._execute_on_connection(connection, parameters, options)
    return result


def _find_way(statement: Any) -> _Way:
    """Decide how objects of a class are run, and remember it."""
    from lect.compile.compiled import Compiled
    from lect.schema.defaults import DefaultGenerator
    from lect.sql.executable import Executable
    from lect.sql.function import FunctionElement

    cls = statement.__class__
    way: _Way | None = None
    if isinstance(statement, Compiled):
        # Fragments compile too; what may be run is said by the statement inside.
        _find_way(statement.statement)
        return _run_compiled
    elif hasattr(cls, "_execute_on_connection"):
        way = _run_own
    elif isinstance(statement, DefaultGenerator):
        way = _run_default
    elif isinstance(statement, Node):
        kind = getattr(cls, "_kind", None)
        if isinstance(statement, FunctionElement):
            way = _run_function
        elif kind == "ddl":
            way = running.run_ddl_element
        elif isinstance(statement, Executable) or kind == "text":
            way = Connection._run
    if way is None:
        if isinstance(statement, (dict, list)):
            what = type(statement).__name__
            raise ArgumentError(f"execute() takes the statement first, then the parameters; got {what}")
        raise ObjectNotExecutableError(statement)
    _WAYS[cls] = way
    return way


#: Class of a statement -> how it is run.
_WAYS: dict[type, _Way] = {}

