"""The long way of running a statement: plan, defaults, events, logging, one or many parameter sets, results.

Functions here take the Connection first; :mod:`lect.engine.connection` holds the short way and falls back to these.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from lect.compile import CompileOptions, compile_statement
from lect.dialects.variants import GeneratedKey
from lect.engine.bulk import run_batches
from lect.engine.cursor import CursorResult, StreamedResult
from lect.engine.elision import HIDDEN
from lect.engine.execution import ExecutionContext
from lect.engine.guard import LimitedReader, within
from lect.engine.options import check_options, merged
from lect.engine.parameters import driver_parameters, parameter_sets
from lect.engine.plan import Plan, columns_of_description
from lect.engine.result import converted
from lect.engine.row import Columns
from lect.engine.sources import NO_ROWS, Buffered, GrowingBuffer
from lect.exc import CompileError, InvalidRequestError, format_parameters
from lect.log import DEBUG, INFO
from lect.sql.node import statement_key

__all__ = [
    "plan_of",
    "run_compiled",
    "run_ddl_element",
    "run_default",
    "run_driver_sql",
    "run_prepared",
    "run_statement",
    "without_rows",
]

#: No names: an INSERT without parameters writes its own values and defaults, not every column.
_PLAIN = CompileOptions(column_keys=())
#: The same, with a warning at the first compilation: an engine does one or the other, so both have the short key.
_LINTED = CompileOptions(column_keys=(), linting=True)
_Options = Mapping[str, Any]


# -- plans -------------------------------------------------------------------------------------------------------------


def _compile_options(names: tuple[str, ...], many: bool, options: _Options, linting: bool) -> CompileOptions:
    translate = options.get("schema_translate_map")
    if not names and not many and not translate:
        return _LINTED if linting else _PLAIN
    return CompileOptions(
        column_keys=names,
        for_executemany=many,
        schema_translate_map=translate,
        linting=linting,
        batch=many,
    )


def plan_of(
    connection: Any, statement: Any, sets: Sequence[Mapping[str, Any]], options: _Options, origin: Any = None
) -> tuple[Plan, Sequence[Any]]:
    """Return the plan of a statement and the bound parameters inside it, from the cache or compiled now.

    Args:
        origin: what `statement` is a kept translation of; an audit translates it anew.
    """
    engine = connection.engine
    key, binds = statement_key(statement)
    names = tuple(sets[0]) if sets else ()
    many = len(sets) > 1
    # DDL in a statement's clothes is rare, and linting shows itself at the first compilation only.
    how = _compile_options(names, many, options, engine._linting)
    cache = engine._plans
    if "compiled_cache" in options:
        cache = _given_cache(options["compiled_cache"], connection.dialect)
    if key is None or cache is None:
        if key is None:
            engine._plans.uncacheable += 1
        return Plan(compile_statement(statement, connection.dialect, how, binds)), binds
    if how is not _PLAIN and how is not _LINTED:
        key = (key, names, how.key)
    plan = cache.get(key)
    if plan is None:
        compiled = compile_statement(statement, connection.dialect, how, binds)
        plan = Plan(compiled, time.monotonic())
        cache.put(key, plan)
    elif engine._audit is not None and engine._audit():
        audited = statement if origin is None else origin
        cache.check(key, plan, lambda: compile_statement(audited, connection.dialect, how, statement_key(audited)[1]))
    return plan, binds


class _GivenCache:
    """A dictionary of the user's (``compiled_cache``), with the dialect in its keys so that engines may share it."""

    __slots__ = ("_dialect", "_plans")

    def __init__(self, plans: Any, dialect: Any) -> None:
        self._plans = plans
        self._dialect = dialect

    def get(self, key: Any) -> Any:
        return self._plans.get((self._dialect, key))

    def put(self, key: Any, plan: Any) -> None:
        self._plans[self._dialect, key] = plan

    def check(self, key: Any, plan: Any, again: Any) -> None:
        """Audits are for the engine's own cache."""


def _given_cache(plans: Any, dialect: Any) -> Any:
    return None if plans is None else _GivenCache(plans, dialect)


# -- entry points ------------------------------------------------------------------------------------------------------


def run_statement(
    connection: Any, statement: Any, parameters: Any, execution_options: _Options | None
) -> CursorResult[Any]:
    """Run a SQL construct."""
    if execution_options:
        check_options(execution_options)
    options = merged(statement._execution_options, connection._options, execution_options)
    sets, _ = parameter_sets(parameters)
    listened = connection._listened
    many: Any = None
    single: Any = None
    if listened._any:
        many, single = _as_told(sets)
        for listener in listened.before_execute:
            answer = listener(connection, statement, many, single, options)
            if answer is not None:
                statement, many, single = answer
                sets = _told_sets(many, single)
    return _run_told(connection, statement, sets, many, single, options)


def _run_told(
    connection: Any, statement: Any, sets: list[Mapping[str, Any]], many: Any, single: Any, options: _Options
) -> CursorResult[Any]:
    """Run a SQL construct of which listeners know, and tell them that it has run."""
    listened = connection._listened
    before = connection.engine._plans.misses
    plan, binds = plan_of(connection, statement, sets, options)
    result = _run_plan(connection, plan, binds, sets, options, fresh=connection.engine._plans.misses != before)
    if listened._any and listened.after_execute:
        listened.after_execute(connection, statement, many, single, options, result)
    return result


def _as_told(sets: list[Mapping[str, Any]]) -> tuple[Any, Any]:
    return (sets, {}) if len(sets) > 1 else ([], dict(sets[0]) if sets else {})


def _told_sets(many: Any, single: Any) -> list[Mapping[str, Any]]:
    if many and single:
        raise InvalidRequestError("Event handler can't return non-empty multiparams and params at the same time")
    if many:
        return parameter_sets(many)[0]
    return parameter_sets(single)[0]


def run_prepared(prepared: Any, plan: Plan, params: Any, options: _Options) -> CursorResult[Any]:
    """Run a prepared statement that cannot take the short way."""
    connection = prepared.connection
    sets, _ = parameter_sets(params)
    if sets and (plan.dml is not None or len(sets) > 1):
        # Names given at execution change the text of data-changing statements.
        return run_statement(connection, _with_values_at_hand(prepared.statement, prepared.binds), params, None)
    listened = connection._listened
    statement = prepared.statement
    many: Any = None
    single: Any = None
    if listened._any and (listened.before_execute or listened.after_execute):
        statement = _with_values_at_hand(statement, prepared.binds)
        many, single = _as_told(sets)
        replaced = False
        for listener in listened.before_execute:
            answer = listener(connection, statement, many, single, options)
            if answer is not None:
                statement, many, single = answer
                replaced = True
        if replaced:
            told = merged(statement._execution_options, connection._options, options)
            return _run_told(connection, statement, _told_sets(many, single), many, single, told)
    if sets and not plan.expands:
        compiled = plan.compiled
        plan = Plan(compiled)
        result = _run_values(connection, plan, prepared.binds, sets[0], options)
    else:
        result = _run_plan(connection, plan, prepared.binds, sets, options)
    if listened._any and listened.after_execute:
        listened.after_execute(connection, statement, many, single, options, result)
    return result


def _with_values_at_hand(statement: Any, binds: Sequence[Any]) -> Any:
    """Return a kept statement with the values that this execution has: listeners compile it, or hand it back."""
    _, own = statement_key(statement)
    given = {id(kept): bind for kept, bind in zip(own, binds, strict=True) if kept is not bind}
    if not given:
        return statement

    def change(node: Any) -> Any:
        bind = given.get(id(node))
        return node if bind is None else node._with_value(bind.effective_value)

    return statement._replaced(change)


def _run_values(
    connection: Any, plan: Plan, binds: Sequence[Any], values: Mapping[str, Any], options: _Options
) -> CursorResult[Any]:
    """Run a plan that was compiled without parameter names with values for some of its parameters."""
    given = dict(values)
    replaced = []
    for bind in binds:
        name = plan.compiled.bind_names.get(bind, bind.key)
        if bind.key in given or name in given:
            replaced.append(_Given(bind, given[bind.key] if bind.key in given else given[name]))
        else:
            replaced.append(bind)
    return _run_plan(connection, plan, replaced, [], options)


class _Given:
    """A bound parameter with a value of one execution."""

    __slots__ = ("callable", "effective_value", "key", "required", "type", "unique", "value")

    def __init__(self, bind: Any, value: Any) -> None:
        self.key, self.type, self.unique = bind.key, bind.type, bind.unique
        self.value = self.effective_value = value
        self.callable = None
        self.required = False


def run_compiled(connection: Any, compiled: Any, parameters: Any, execution_options: Any) -> CursorResult[Any]:
    """Run what ``statement.compile()`` returned."""
    options = merged(compiled.execution_options, connection._options, execution_options)
    sets, _ = parameter_sets(parameters)
    binds = statement_key(compiled.statement)[1]
    names = tuple(sets[0]) if sets else ()
    if names != (compiled.options.column_keys or ()) or len(sets) > 1:
        # Which parameters come with the execution is part of a plan.
        given = compiled.options
        how = CompileOptions(
            literal_binds=given.literal_binds,
            render_postcompile=given.render_postcompile,
            column_keys=names,
            for_executemany=len(sets) > 1,
            schema_translate_map=given.schema_translate_map,
            batch=len(sets) > 1,
            extra=given.extra,
        )
        compiled = compile_statement(compiled.statement, connection.dialect, how, binds)
    return _run_plan(connection, Plan(compiled), binds, sets, options)


def run_ddl_element(
    connection: Any, element: Any, parameters: Any, execution_options: _Options | None
) -> CursorResult[Any]:
    """Run a DDL construct."""
    if parameters:
        raise InvalidRequestError("a DDL statement takes no parameters")
    options = merged(getattr(element, "_execution_options", None), connection._options, execution_options)
    listened = connection._listened
    if listened._any and listened.before_execute:
        for listener in listened.before_execute:
            answer = listener(connection, element, [], {}, options)
            if answer is not None:
                element = answer[0]
    translate = options.get("schema_translate_map")
    how = CompileOptions(schema_translate_map=translate) if translate else _PLAIN
    plan = Plan(compile_statement(element, connection.dialect, how))
    context = ExecutionContext(connection, plan, (), [], options)
    context.statement = plan.text
    connection._ready()
    cursor = _execute(connection, context, plan.text, None, options)
    result = _result(connection, context, cursor, plan, (plan, (), None), options)
    if listened._any and listened.after_execute:
        listened.after_execute(connection, element, [], {}, options, result)
    return result


def run_default(connection: Any, default: Any, execution_options: _Options | None) -> Any:
    """Run a default or a sequence by itself; the result has one row with its value."""
    from lect.engine.result import buffered_result

    if default.is_sequence:
        value = connection._next_value(default)
    elif default.is_clause_element:
        value = connection._default_expression(default.arg, None)
    elif default.is_callable:
        value = default.arg(ExecutionContext(connection, None))
    else:
        value = default.arg
    return buffered_result(Columns(["value"]), [(value,)])


def run_driver_sql(connection: Any, statement: str, parameters: Any, options: _Options) -> CursorResult[Any]:
    """Run text in the driver's own parameter style."""
    sets, many = driver_parameters(parameters)
    many = many and len(sets) > 1
    context = ExecutionContext(connection, None, (), [], options)
    context.statement = statement
    context.executemany = many
    connection._ready()
    if many:
        cursor = _execute_many(connection, context, statement, sets, options)
    else:
        cursor = _execute(connection, context, statement, sets[0] if sets else None, options)
    return _result(connection, context, cursor, None, None, options)


# -- running a plan ----------------------------------------------------------------------------------------------------


def _run_plan(
    connection: Any,
    plan: Plan,
    binds: Sequence[Any],
    sets: list[Mapping[str, Any]],
    options: _Options,
    fresh: bool = False,
) -> CursorResult[Any]:
    context = ExecutionContext(connection, plan, binds, sets, options)
    connection._ready()
    many = len(sets) > 1
    if connection._log_level:
        context.cache_hit = _cache_words(plan, fresh)
    try:
        if plan.dml is not None and plan.dml.prefetch:
            context.fill_defaults()
        given = context.given
        text = plan.text
        values: Any
        if many:
            if plan.expands:
                raise InvalidRequestError(
                    "'literal_execute' or 'expanding' parameters can't be used with executemany()"
                )
            values = plan.compiled.collect_many(binds, given)
        elif plan.expands:
            text, values = plan.compiled.expand(binds, given[0] if given else None)
        else:
            values = plan.collect(binds, given[0] if given else None)
        if plan.appended and not many:
            text = f"{text}; {plan.appended}"
    except Exception as error:
        if isinstance(error, CompileError):
            raise
        connection._handle_error(error, plan.text, list(sets) or None, None, context, preparing=True)
        raise
    context.statement = text
    context.parameters = values if many else [values]
    run = (plan, binds, given[0] if given else None)
    if plan.brackets is not None:
        _run_all(connection, plan.brackets.before)
    try:
        if many:
            return _run_many(connection, context, plan, values, run, options)
        cursor = _execute(connection, context, text, values, options)
        return _result(connection, context, cursor, plan, run, options)
    finally:
        if plan.brackets is not None and not connection.invalidated:
            _run_all(connection, plan.brackets.after)


def _run_all(connection: Any, statements: Sequence[str]) -> None:
    for statement in statements:
        context = ExecutionContext(connection, None)
        context.statement = statement
        _execute(connection, context, statement, None, {}).close()


def _run_many(
    connection: Any, context: ExecutionContext, plan: Plan, values: list[Any], run: Any, options: _Options
) -> CursorResult[Any]:
    dml = plan.dml
    returning = dml is not None and dml.returning is not None
    if returning and dml.batch is not None:
        batched = run_batches(connection, context, plan, values, options, _execute)
        if batched is not None:
            return _returned(connection, context, plan, run, *batched)
    if returning or (dml is None and plan.compiled.returns_rows):
        if not returning:
            cursor = _execute_many(connection, context, plan.text, values, options)
            return _result(connection, context, cursor, plan, run, options)
        # One statement per parameter set: the rows then belong to their sets beyond doubt.
        rows = []
        columns = None
        affected = 0
        for each in values:
            cursor = _execute(connection, context, plan.text, each, options)
            if cursor.description is not None:
                columns = plan.columns_for(cursor.description)
                rows.extend(_fetch_all(connection, context, cursor))
            affected += max(cursor.rowcount, 0)
            cursor.close()
        return _returned(connection, context, plan, run, columns or plan.columns_undescribed(), rows, affected)
    cursor = _execute_many(connection, context, plan.text, values, options)
    return _result(connection, context, cursor, plan, run, options)


def _fetch_all(connection: Any, context: ExecutionContext, cursor: Any) -> list[Any]:
    try:
        rows: list[Any] = within(connection, context.limit, cursor.fetchall, cursor=cursor)
    except BaseException as error:
        connection._handle_error(error, context.statement, context.shown_parameters, cursor, context, fetching=True)
        raise
    return rows


def _returned(
    connection: Any, context: ExecutionContext, plan: Plan, run: Any, columns: Columns | None, rows: list[Any],
    affected: int
) -> CursorResult[Any]:
    """Return the result of rows that RETURNING gave for many parameter sets."""
    result: CursorResult[Any]
    if plan.dml.returning == "implicit":
        assert columns is not None
        result = _learned(connection, context, plan, run, columns, rows)
    else:
        result = CursorResult(connection, None, columns, Buffered(rows), run)
    result._rowcount = affected
    result._context = context
    return result


def _learned(
    connection: Any, context: ExecutionContext, plan: Plan, run: Any, columns: Columns, rows: list[Any]
) -> CursorResult[Any]:
    """Keep the rows of a RETURNING that the plan added; show them as a result only if ``return_defaults()`` asked."""
    context.learn(converted(columns), [tuple(row) for row in columns.rows_maker()(rows)])
    if getattr(plan.compiled.statement, "_return_defaults", False):
        return CursorResult(connection, None, context.returned_columns, Buffered(context._rows), run)
    return CursorResult(connection, None, None, NO_ROWS, run)


# -- the driver's calls ------------------------------------------------------------------------------------------------


def _cursor(connection: Any, context: ExecutionContext, text: str, options: _Options) -> Any:
    lent = connection._lent
    if options and (options.get("stream_results") or options.get("yield_per")) and _may_stream(context, text):
        size = options.get("yield_per") or options.get("max_row_buffer")
        cursor = connection._driver.streaming_cursor(lent.dbapi_connection, text, size)
        if cursor is not None:
            return cursor
    return lent.dbapi_connection.cursor()


def _may_stream(context: ExecutionContext, text: str) -> bool:
    """Whether the rows of a statement can be left on the server: queries only."""
    if context.kind in ("text", "driver"):
        return text.lstrip("( \n\t").upper().startswith(("SELECT", "WITH", "VALUES"))
    return context.kind == "select"


def _before_cursor(
    connection: Any, context: ExecutionContext, cursor: Any, text: str, values: Any, many: bool
) -> tuple[str, Any]:
    listened = connection._listened
    if listened._any and listened.before_cursor_execute:
        shown = values if values is not None else ()
        for listener in listened.before_cursor_execute:
            answer = listener(connection, cursor, text, shown, context, many)
            if answer is not None:
                text, values = answer
                shown = values
    if connection._log_level:
        _log_statement(connection, context, text, values, many)
    return text, values


def _log_statement(connection: Any, context: ExecutionContext, text: str, values: Any, many: bool) -> None:
    log, token = connection._log, connection._token
    log.write(INFO, token + "%s", text)
    words = context.cache_hit or "raw sql"
    if connection.engine.hide_parameters:
        log.write(INFO, token + "[%s] [SQL parameters hidden due to hide_parameters=True]", words)
    else:
        plan = context.plan
        if plan is not None and plan.hidden is not None:
            values = plan.hidden.parameters(values)
        shown = format_parameters(values if values is not None else (), ismulti=many)
        log.write(INFO, token + "[%s] %s", words, shown)


def _cache_words(plan: Plan, fresh: bool) -> str:
    if not plan.born:
        return "no key"
    age = time.monotonic() - plan.born
    return f"generated in {age:.5f}s" if fresh else f"cached since {age:.4g}s ago"


def _sizes(connection: Any, context: ExecutionContext, cursor: Any, text: str, values: Any, many: bool) -> None:
    """Tell the driver parameter types, where it wants to know."""
    sizes = connection._driver.sizes
    compiled = context.compiled
    if sizes is None or compiled is None or (compiled.positiontup is None and not compiled.binds):
        return
    from lect.dialects.contract import InputSizesRequest

    names = compiled.positiontup if compiled.positiontup is not None else list(compiled.binds)
    first = values[0] if many and values else values
    types = []
    for position, name in enumerate(names):
        bind = compiled.binds.get(name)
        if bind is None or not first:
            return
        value = first[position] if isinstance(first, (tuple, list)) and position < len(first) else None
        if isinstance(first, Mapping):
            value = first.get(compiled.escaped_names.get(name, name))
        types.append((name, bind.type.dialect_impl(connection.dialect), value is None))
    listeners = connection._driver.hooks.dispatch.do_setinputsizes
    if listeners:
        told = {bind[0]: bind[1] for bind in types}
        listeners(told, cursor, text, values, context)
        types = [(name, type_, null) for name, type_, null in types if name in told]
    sizes.set_input_sizes(InputSizesRequest(cursor=cursor, statement=text, types=types, many=many))


def _execute(connection: Any, context: ExecutionContext, text: str, values: Any, options: _Options) -> Any:
    """Run text for one parameter set on a new cursor and return the cursor."""
    cursor = None
    calling = False
    try:
        cursor = context.cursor = _cursor(connection, context, text, options)
        text, values = _before_cursor(connection, context, cursor, text, values, False)
        context.statement, context.parameters = text, [values if values is not None else _no_values(context)]
        if connection._driver.sizes is not None and values:
            _sizes(connection, context, cursor, text, values, False)
        hooks = connection._driver.hooks.dispatch
        if not values and options.get("no_parameters"):
            if not any(listener(cursor, text, context) for listener in hooks.do_execute_no_params):
                calling = True
                within(connection, context.limit, cursor.execute, text, cursor=cursor)
        elif not hooks._any or not any(
            listener(cursor, text, values if values is not None else (), context) for listener in hooks.do_execute
        ):
            calling = True
            shown = _no_values(context) if values is None else values
            if context.limit is None:
                cursor.execute(text, shown)
            else:
                within(connection, context.limit, cursor.execute, text, shown, cursor=cursor)
        calling = False
        listened = connection._listened
        if listened._any and listened.after_cursor_execute:
            shown = values if values is not None else ()
            listened.after_cursor_execute(connection, cursor, text, shown, context, False)
    except BaseException as error:
        connection._handle_error(error, text, values, cursor, context, calling=calling)
        raise
    return cursor


def _no_values(context: ExecutionContext) -> Any:
    return () if context.dialect.positional else {}


def _execute_many(
    connection: Any, context: ExecutionContext, text: str, values: Sequence[Any], options: _Options
) -> Any:
    """Run text for many parameter sets and return the cursor."""
    cursor = None
    calling = False
    try:
        cursor = context.cursor = connection._lent.dbapi_connection.cursor()
        text, values = _before_cursor(connection, context, cursor, text, values, True)
        context.statement, context.parameters = text, values
        if connection._driver.sizes is not None:
            _sizes(connection, context, cursor, text, values, True)
        hooks = connection._driver.hooks.dispatch
        done = hooks._any and any(listener(cursor, text, values, context) for listener in hooks.do_executemany)
        if not done:
            # The bulk path is faster and may not count; who asks for the count gets one that does, or the plain way.
            counted = bool(options.get("preserve_rowcount"))
            bulk = connection._driver.counted_bulk if counted else connection._driver.bulk
            if bulk is not None:
                from lect.dialects.contract import BulkRequest

                request = BulkRequest(
                    cursor=cursor,
                    statement=text,
                    parameters=values,
                    types=_bulk_types(context),
                    independent=context.dml is not None and context.dml.independent,
                    counted=counted,
                )
                affected = within(connection, context.limit, bulk.execute_in_bulk, request, cursor=cursor)
                context.generated = [affected]
            elif counted and not connection._driver.counts_many:
                affected = within(connection, context.limit, _run_each, cursor, text, values, cursor=cursor)
                context.generated = [affected]
            else:
                within(connection, context.limit, cursor.executemany, text, values, cursor=cursor)
        calling = False
        listened = connection._listened
        if listened._any and listened.after_cursor_execute:
            listened.after_cursor_execute(connection, cursor, text, values, context, True)
    except BaseException as error:
        connection._handle_error(error, text, values, cursor, context, calling=calling)
        raise
    return cursor


def _run_each(cursor: Any, text: str, values: Sequence[Any]) -> int:
    """Run text once for each parameter set; return how many rows there were, -1 when the driver does not tell."""
    total = 0
    for value in values:
        cursor.execute(text, value)
        if cursor.rowcount < 0:
            total = -1
        elif total >= 0:
            total += cursor.rowcount
    return total


def _bulk_types(context: ExecutionContext) -> Any:
    compiled = context.compiled
    if compiled is None:
        return ()
    dialect = context.dialect
    if compiled.positiontup is not None:
        return [compiled.binds[name].type.dialect_impl(dialect) for name in compiled.positiontup]
    return {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}


# -- results -----------------------------------------------------------------------------------------------------------


def without_rows(connection: Any, cursor: Any, run: Any) -> CursorResult[Any]:
    """Return the result of a statement that gives no rows; its cursor is closed."""
    result: CursorResult[Any] = CursorResult(connection, None, None, NO_ROWS, run)
    result._rowcount = cursor.rowcount
    result._lastrowid = getattr(cursor, "lastrowid", None)
    try:
        cursor.close()
    except Exception as error:
        connection._cursor_close_failed(error)
    return result


def _result(
    connection: Any, context: ExecutionContext, cursor: Any, plan: Plan | None, run: Any, options: _Options
) -> CursorResult[Any]:
    """Return the result of what `cursor` has run; the cursor is closed when that fails."""
    try:
        return _make_result(connection, context, cursor, plan, run, options)
    except BaseException:
        try:
            cursor.close()
        except Exception:
            pass  # the first error is the one to report
        raise


def _make_result(
    connection: Any, context: ExecutionContext, cursor: Any, plan: Plan | None, run: Any, options: _Options
) -> CursorResult[Any]:
    dml = None if plan is None else plan.dml
    if dml is not None and dml.kind == "insert" and not context.executemany:
        if plan is not None and plan.appended:
            return _with_appended_key(connection, context, cursor, run)
        _learn_key(connection, context, cursor, dml)
    streaming = bool(options and dml is None and (options.get("yield_per") or options.get("stream_results")))
    source: Any = cursor
    if context.limit is not None:
        source = LimitedReader(connection, cursor, context.limit, _piece(options) if streaming else None)
    if streaming:
        source = GrowingBuffer(source, _piece(options), growth=0 if options.get("yield_per") else 5)
    try:
        description = cursor.description
        if description is None and streaming and _may_stream(context, context.statement or ""):
            # Some drivers describe a server-side cursor only when something was fetched.
            source.fill()
            description = cursor.description
    except BaseException as error:
        connection._handle_error(error, context.statement, context.shown_parameters, cursor, context)
        raise
    if description is None:
        if plan is not None and dml is not None and dml.returning is not None and not context.executemany:
            # Some drivers describe what RETURNING gives only when it gives a row.
            result = _returned(connection, context, plan, run, plan.columns_undescribed(), [], cursor.rowcount)
            context._rows = []
            cursor.close()
            return result
        result = without_rows(connection, cursor, run)
        if context.generated and context.executemany:
            result._rowcount = context.generated[0]
        result._context = context
        return result
    columns = columns_of_description(description) if plan is None else plan.columns_for(description)
    if dml is not None and dml.returning == "implicit":
        assert plan is not None
        rows = _fetch_all(connection, context, cursor)
        result = _learned(connection, context, plan, run, columns, rows)
        result._rowcount = cursor.rowcount
        result._lastrowid = getattr(cursor, "lastrowid", None)
        cursor.close()
        result._context = context
        return result
    result = (StreamedResult if streaming else CursorResult)(connection, cursor, columns, source, run)
    result._context = context
    if options.get("yield_per"):
        result._set_yield_per_size(options["yield_per"])
    if dml is not None or options.get("preserve_rowcount"):
        _buffer_dml(connection, context, result, cursor, dml)
    if connection._log_level == DEBUG:
        _log_rows(connection, result, description, columns.hidden)
    return result


def _buffer_dml(connection: Any, context: ExecutionContext, result: CursorResult[Any], cursor: Any, dml: Any) -> None:
    """Take what a data-changing statement returns at once: the statement must have finished before anything else."""
    if dml is not None:
        rows = _fetch_all(connection, context, cursor)
        result._source = Buffered(rows)
        # Some drivers count the rows of RETURNING only when they were fetched.
        result._rowcount = cursor.rowcount
        context._rows = rows
    else:
        result._rowcount = cursor.rowcount


def _piece(options: _Options) -> int:
    """How many rows of a stream are fetched at a time, at most."""
    return options.get("yield_per") or options.get("max_row_buffer") or 1000


def _with_appended_key(connection: Any, context: ExecutionContext, cursor: Any, run: Any) -> CursorResult[Any]:
    """Return the result of an INSERT whose key is told by the query behind it: the next result but the row count."""
    try:
        affected = cursor.rowcount
        while cursor.description is None and cursor.nextset():
            pass
        row = cursor.fetchone() if cursor.description is not None else None
    except BaseException as error:
        connection._handle_error(error, context.statement, context.shown_parameters, cursor, context)
        raise
    context.lastrowid = None if row is None else row[0]
    result = without_rows(connection, cursor, run)
    result._rowcount = affected
    result._context = context
    return result


def _learn_key(connection: Any, context: ExecutionContext, cursor: Any, dml: Any) -> None:
    """Learn the key that the server generated, the way it has."""
    # A key given as SQL is known to nobody but the server, too.
    wanted = any(how is None or how[0] == "lastrowid" for how in dml.primary_key)
    way = connection.dialect.capabilities.generated_key
    if way is GeneratedKey.CURSOR:
        if wanted or cursor.description is None:
            context.lastrowid = getattr(cursor, "lastrowid", None)
    elif not wanted:
        return
    elif way is GeneratedKey.QUERY:
        sql = connection.dialect.generated_key_sql(context.compiled)
        if sql:
            asked = ExecutionContext(connection, None)
            asked.statement = sql
            second = _execute(connection, asked, sql, None, {})
            row = second.fetchone()
            second.close()
            context.lastrowid = None if row is None else row[0]


def _log_rows(
    connection: Any, result: CursorResult[Any], description: Sequence[Any], hidden: frozenset[int]
) -> None:
    log, token = connection._log, connection._token
    log.write(DEBUG, token + "Col %r", tuple([d[0] for d in description]))
    source = result._source

    class Shown:
        """A source that logs each row it gives."""

        def _show(self, row: Any) -> Any:
            if row is not None:
                shown = tuple([HIDDEN if i in hidden else value for i, value in enumerate(row)])
                log.write(DEBUG, token + "Row %s", format_parameters(shown))
            return row

        def fetchone(self) -> Any:
            return self._show(source.fetchone())

        def fetchmany(self, *size: int) -> Any:
            return [self._show(row) for row in source.fetchmany(*size)]

        def fetchall(self) -> Any:
            return [self._show(row) for row in source.fetchall()]

        def __iter__(self) -> Any:
            return map(self._show, source)

        def fix_size(self, size: int) -> None:
            fix = getattr(source, "fix_size", None)
            if fix is not None:
                fix(size)

    result._source = Shown()
