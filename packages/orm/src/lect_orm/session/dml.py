"""INSERT, UPDATE and DELETE of entities: executed in the session's transaction, with the objects in memory kept
true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from lect.dialects.capabilities import Returning
from lect.exc import ArgumentError, CompileError, InvalidRequestError, nearest
from lect.sql.node import statement_key
from lect_orm.identity import bucket_of
from lect_orm.session.bulk import insert_mappings, update_mappings
from lect_orm.session.bulk_rows import column_rows
from lect_orm.session.evaluator import EXPIRED, Evaluator, UnevaluatableError

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["BulkDelete", "BulkUpdate", "run"]

#: The session, seen from below: its module imports this one.
Session: TypeAlias = Any

#: Number of inserted rows that one SELECT reads back.
_ROWS_SELECTED = 500
_MODES = ("auto", "evaluate", "fetch", False)


class BulkChange:
    """What listeners of ``after_bulk_update`` and ``after_bulk_delete`` receive.

    Attributes:
        session: the session.
        mapper: mapper of the entity.
        statement: the statement as it was given.
        result: the core result.
        matched_objects: objects in the session that the criteria matched; None when that was not asked for.
        values: for an UPDATE: attribute key or column -> value.
    """

    def __init__(self, session: Session, plan: Any, mode: Any) -> None:
        self.session = session
        self.plan = plan
        self.mapper = plan.mapper
        self.statement = plan.source
        self.synchronize_session = mode
        self.result: Any = None
        self.matched_objects: list[Any] | None = None
        self.matched_keys: list[Any] | None = None
        self.values: dict[Any, Any] = {}

    @property
    def rowcount(self) -> int:
        """Number of rows that matched."""
        return int(self.result.rowcount)


class BulkUpdate(BulkChange):
    """An UPDATE of an entity."""


class BulkDelete(BulkChange):
    """A DELETE of an entity."""


def run(
    session: Session, plan: Any, params: Any = None, execution_options: Any = None, bind_arguments: Any = None
) -> Any:
    """Execute a data-changing statement of an entity.

    Args:
        session: the session.
        plan: made by ``query.dml``: `kind` ("insert", "update", "delete"), `mapper`, `statement` (for the tables),
            `source` (as given), `where` (criteria against the tables' columns), `values` (UPDATE: attribute key ->
            value or
            expression; keys that are no attributes are columns), `returning` (whether rows come back), `wrap(session,
            result,
            options)` (core rows -> result of entities).
        params: values of named parameters, or a list of rows.
        execution_options: options of this execution; ``synchronize_session``, ``autoflush``, ``render_nulls``,
            ``dml_strategy``, ``populate_existing``.
        bind_arguments: arguments for ``Session.get_bind``.
    """
    options = {**_statement_options(plan.source), **(execution_options or {})}
    arguments = dict(bind_arguments or {})
    arguments.setdefault("mapper", plan.mapper)
    arguments.setdefault("clause", plan.statement)
    if options.get("autoflush", True):
        session._autoflush()
    if plan.kind == "insert":
        return _run_insert(session, plan, params, options, arguments)
    many = isinstance(params, (list, tuple))
    if plan.kind == "update" and many:
        return _run_update_by_key(session, plan, params, options, arguments)
    if many:
        raise InvalidRequestError(
            "Bulk ORM DELETE not supported right now. Statement may be invoked at the Core level using "
            "session.connection().execute(stmt, parameters)"
        )
    return _run_criteria(session, plan, params, options, arguments)


def _statement_options(statement: Any) -> dict[str, Any]:
    getter = getattr(statement, "get_execution_options", None)
    return dict(getter()) if getter is not None else {}


def _core_options(options: dict[str, Any]) -> dict[str, Any]:
    ours = ("synchronize_session", "autoflush", "render_nulls", "dml_strategy", "populate_existing", "is_delete_using")
    return {key: value for key, value in options.items() if key not in ours and not key.startswith("_lect")}


# -- INSERT -----------------------------------------------------------------------------------------------------------


def _run_insert(session: Session, plan: Any, params: Any, options: dict[str, Any], arguments: dict[str, Any]) -> Any:
    strategy = options.get("dml_strategy", "auto")
    if strategy not in ("auto", "orm", "bulk", "raw"):
        raise ArgumentError("Valid strategies for ORM insert strategy are 'raw', 'orm', 'bulk', 'auto'")
    connection = session.connection(bind_arguments=arguments)
    core_options = _core_options(options)
    bulk = strategy == "bulk" or (strategy == "auto" and isinstance(params, (list, tuple)))
    if not bulk:
        result = connection.execute(plan.statement, params, execution_options=core_options)
        return plan.wrap(session, result, options) if plan.returning else result
    rows = column_rows(
        plan.mapper, [dict(row) for row in (params if isinstance(params, (list, tuple)) else [params or {}])]
    )
    _check_keys(plan, rows)
    render_nulls = bool(options.get("render_nulls", False))
    if plan.returning:
        if len(plan.mapper.tables) > 1:
            return _insert_joined_returning(session, plan, rows, options, arguments, render_nulls)
        rows = [_column_row(plan.mapper, row) for row in rows]
        statement = plan.statement
        if len(rows) > 1 and connection.dialect.capabilities.insert_returning in (Returning.NONE, Returning.ONE_ROW):
            raise InvalidRequestError(
                f"Can't use explicit RETURNING for bulk INSERT operation with {connection.dialect.name} backend; "
                "executemany "
                "with RETURNING is not enabled for this dialect."
            )
        result = connection.execute(statement, rows if len(rows) != 1 else rows[0], execution_options=core_options)
        return plan.wrap(session, result, options)
    if len(plan.mapper.tables) == 1 and any(not bind.unique for bind in statement_key(plan.statement)[1]):
        # Parameters that the statement has by name are no columns: it is executed as it stands.
        rows = [_column_row(plan.mapper, row) for row in rows]
        return connection.execute(plan.statement, rows, execution_options=core_options)
    return _insert_bulk(plan, rows, connection, core_options, render_nulls)


def _check_keys(plan: Any, rows: list[dict[str, Any]]) -> None:
    """Refuse a name that is neither an attribute or column of the class nor a parameter of the statement.

    Raises:
        CompileError: there is one, as it is for a single row.
    """
    mapper = plan.mapper
    known: frozenset[str] | None = mapper.memo.get("bulk_keys")
    if known is None:
        names = {name for column in mapper.column_to_key for name in (column.key, getattr(column, "name", None))}
        known = mapper.memo["bulk_keys"] = frozenset(names | mapper._props.keys())
    for row in rows:
        if not known.issuperset(row):
            parameters = {bind.key for bind in statement_key(plan.statement)[1]}
            unknown = sorted(str(key) for key in row.keys() - known - parameters)
            if unknown:
                hint = nearest(unknown[0], mapper._props)
                raise CompileError(f"Unconsumed column names: {', '.join(unknown)}{hint}")


def _insert_bulk(plan: Any, rows: list[dict[str, Any]], connection: Any, options: dict[str, Any], nulls: bool) -> Any:
    mapper = plan.mapper
    base = mapper.tables[0] if len(mapper.tables) == 1 else None

    def statement_of(table: Any) -> Any:
        return plan.statement if table is base else table.insert()

    insert_mappings(mapper, rows, connection, render_nulls=nulls, statement_of=statement_of, execution_options=options)
    from lect.engine.result import null_result

    return null_result()


def _insert_joined_returning(
    session: Session,
    plan: Any,
    rows: list[dict[str, Any]],
    options: dict[str, Any],
    arguments: dict[str, Any],
    nulls: bool,
) -> Any:
    """Insert rows of several tables, then select what was to be returned, in the order of the rows.

    One RETURNING says what is in one table.
    """
    mapper = plan.mapper
    core_options = _core_options(options)
    connection = session.connection(bind_arguments=arguments)
    insert_mappings(mapper, rows, connection, render_nulls=nulls, return_defaults=True, execution_options=core_options)
    keys = [tuple([row[key] for key in mapper.pk_keys]) for row in rows]
    found: dict[tuple[Any, ...], Any] = {}
    loading = {**core_options, "populate_existing": True, "autoflush": False}
    for start in range(0, len(keys), _ROWS_SELECTED):
        statement = plan.select_returned(keys[start : start + _ROWS_SELECTED])
        for row in session.execute(statement, execution_options=loading, bind_arguments=arguments).unique():
            found[tuple(row[-len(mapper.pk_keys) :])] = row[: -len(mapper.pk_keys)]
    return plan.wrap_rows([found[key] for key in keys])


def _column_row(mapper: Any, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row given by attribute name, by column key."""
    columns = {key: column for column, key in reversed(list(mapper.column_to_key.items()))}
    return {(columns[key].key if key in columns else key): value for key, value in row.items()}


# -- UPDATE by primary key --------------------------------------------------------------------------------------------


def _run_update_by_key(
    session: Session, plan: Any, params: Any, options: dict[str, Any], arguments: dict[str, Any]
) -> Any:
    mode = _mode(options)
    if plan.where:
        raise InvalidRequestError(
            "bulk ORM UPDATE does not support additional WHERE criteria; pass the rows' primary keys in the "
            "dictionaries, or "
            "execute on session.connection() to use a WHERE with bound names"
        )
    if plan.values:
        raise InvalidRequestError(
            "bulk ORM UPDATE by primary key takes its values from the dictionaries, not from values()"
        )
    if mode == "fetch":
        raise InvalidRequestError(
            "The 'fetch' synchronization strategy is not available for 'bulk' ORM updates (i.e. multiple parameter "
            "sets)"
        )
    rows = column_rows(plan.mapper, [dict(row) for row in params])
    _check_keys(plan, rows)
    connection = session.connection(bind_arguments=arguments)
    update_mappings(plan.mapper, rows, connection, options=_core_options(options))
    if mode is not False:
        _refresh_by_key(session, plan.mapper, rows)
    from lect.engine.result import null_result

    return null_result()


def _refresh_by_key(session: Session, mapper: Any, rows: list[dict[str, Any]]) -> None:
    bucket = session.identity_map.buckets.get(mapper.identity_mapper)
    if not bucket:
        return
    for row in rows:
        pk = bucket_of(mapper, tuple([row[key] for key in mapper.pk_keys]))
        state = bucket.get(pk)
        if state is None or state() is None:
            continue
        _apply(session, state, {key: value for key, value in row.items() if key in mapper.impls}, set())


# -- UPDATE and DELETE by criteria ------------------------------------------------------------------------------------


def _mode(options: dict[str, Any]) -> Any:
    mode = options.get("synchronize_session", "auto")
    if mode is None:
        return False
    if mode not in _MODES:
        raise ArgumentError(
            f"Valid strategies for session synchronization are 'auto', 'evaluate', 'fetch', False; not {mode!r}"
        )
    return mode


def _run_criteria(session: Session, plan: Any, params: Any, options: dict[str, Any], arguments: dict[str, Any]) -> Any:
    mode = _mode(options)
    change = (BulkUpdate if plan.kind == "update" else BulkDelete)(session, plan, mode)
    matched: list[tuple[Any, InstanceState, bool]] = []
    values: dict[str, Any] = {}
    unknown: set[str] = set()
    if mode in ("auto", "evaluate"):
        try:
            matched = _evaluate(session, plan, params)
            mode = "evaluate"
        except UnevaluatableError as error:
            if mode == "evaluate":
                raise InvalidRequestError(
                    f"Could not evaluate current criteria in Python: \"{error}\". Specify 'fetch' or False for the "
                    "synchronize_session execution option."
                ) from error
            mode = "fetch"
    connection = session.connection(bind_arguments=arguments)
    core_options = _core_options(options)
    statement = plan.statement
    fetched: list[Any] | None = None
    keys: list[Any] = []
    result: Any
    if mode == "fetch":
        result, keys, fetched = _execute_fetching(session, plan, params, connection, core_options)
        matched = _in_session(session, plan.mapper, keys)
    else:
        result = connection.execute(statement, params, execution_options=core_options)
    change.result = result
    if plan.kind == "update":
        values, unknown = _new_values(plan, params)
        change.values = dict(plan.values)
    if mode is not False:
        change.matched_objects = [obj for obj, _state, _expired in matched]
        change.matched_keys = keys or None
        if plan.kind == "update":
            for obj, state, expired in matched:
                _update_in_memory(session, plan, obj, state, expired, values, unknown)
        else:
            _delete_in_memory(session, matched)
    listeners = session.dispatch.after_bulk_update if plan.kind == "update" else session.dispatch.after_bulk_delete
    if listeners:
        listeners(change)
    if plan.returning:
        return plan.wrap(session, result if fetched is None else fetched, options)
    return result


def _evaluate(session: Session, plan: Any, params: Any) -> list[tuple[Any, InstanceState, bool]]:
    """Return (object, state, whether it cannot be told) for objects in the session that the criteria match."""
    mapper = plan.mapper
    if plan.reads_other_tables:
        raise UnevaluatableError("the statement reads other tables")
    evaluator = Evaluator(mapper, params if isinstance(params, dict) else None)
    matches = evaluator.process(*plan.own_where)
    found: list[tuple[Any, InstanceState, bool]] = []
    bucket = session.identity_map.buckets.get(mapper.identity_mapper)
    for state in list((bucket or {}).values()):
        obj = state()
        if obj is None or not isinstance(obj, mapper.class_):
            continue
        answer = matches(obj)
        if answer is EXPIRED:
            found.append((obj, state, True))
        elif answer:
            found.append((obj, state, False))
    return found


def _execute_fetching(
    session: Session, plan: Any, params: Any, connection: Any, options: dict[str, Any]
) -> tuple[Any, list[Any], list[Any] | None]:
    """Execute, and return (result, primary keys of the rows, rows for the caller when RETURNING was used for both)."""
    mapper = plan.mapper
    capabilities = connection.dialect.capabilities
    able = capabilities.update_returning if plan.kind == "update" else capabilities.delete_returning
    if plan.kind == "delete" and plan.reads_other_tables and not capabilities.delete_returning_joined:
        able = Returning.NONE
    table = mapper.local_table
    own_keys = list(table.primary_key) if hasattr(table, "primary_key") else []
    able = able if getattr(table, "implicit_returning", True) else Returning.NONE
    usable = able is not Returning.NONE and len(own_keys) == len(mapper.primary_key) and not plan.returning
    if usable and getattr(plan.statement, "table", None) is table:
        statement = plan.statement.returning(*own_keys)
        result = connection.execute(statement, params, execution_options=options)
        rows = result.all()
        counted = _Counted(result, len(rows))
        return counted, [tuple(row) for row in rows], None
    rows = connection.execute(plan.select_keys(), params).all()
    result = connection.execute(plan.statement, params, execution_options=options)
    return result, [tuple(row) for row in rows], None


class _Counted:
    """The result of a statement whose rows were read for synchronisation: its count, and no rows."""

    def __init__(self, result: Any, rowcount: int) -> None:
        self._result = result
        self.rowcount = rowcount
        self.returns_rows = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._result, name)


def _in_session(session: Session, mapper: Any, keys: list[Any]) -> list[tuple[Any, InstanceState, bool]]:
    bucket = session.identity_map.buckets.get(mapper.identity_mapper)
    if not bucket:
        return []
    found: list[tuple[Any, InstanceState, bool]] = []
    for key in keys:
        state = bucket.get(bucket_of(mapper, tuple(key)))
        obj = None if state is None else state()
        if state is not None and obj is not None:
            found.append((obj, state, False))
    return found


def _new_values(plan: Any, params: Any) -> tuple[dict[str, Any], set[str]]:
    """Return functions for the values that Python can compute by attribute key, and the keys of those it cannot."""
    evaluator = Evaluator(plan.mapper, params if isinstance(params, dict) else None)
    known: dict[str, Any] = {}
    unknown: set[str] = set()
    for key, value in plan.values.items():
        key = key if isinstance(key, str) else plan.mapper.column_to_key.get(key)
        if key is None or key not in plan.mapper.impls:
            continue
        if hasattr(value, "_structure"):
            try:
                known[key] = evaluator.compile(value)
            except UnevaluatableError:
                unknown.add(key)
        else:
            known[key] = _constant(value)
    if isinstance(params, dict):
        for key, value in params.items():
            if key in plan.mapper.impls and key not in plan.values and key in getattr(plan, "param_values", ()):
                known[key] = _constant(value)
    for table in plan.mapper.tables:
        for column in table.c:
            key = plan.mapper.column_to_key.get(column)
            if (
                key is not None
                and key not in known
                and (column.onupdate is not None or column.server_onupdate is not None)
            ):
                unknown.add(key)
    version = plan.mapper.version_id_prop
    if version is not None and version.key not in known:
        unknown.add(version.key)
    return known, unknown


def _constant(value: Any) -> Any:
    return lambda obj: value


def _update_in_memory(
    session: Session,
    plan: Any,
    obj: Any,
    state: InstanceState,
    expired: bool,
    values: dict[str, Any],
    unknown: set[str],
) -> None:
    if expired:
        _note_written(session, state)
        keys = [key for key in (*values, *unknown) if key in obj.__dict__]
        if keys:
            state._expire_attributes(obj.__dict__, keys)
        return
    computed: dict[str, Any] = {}
    expire = set(unknown)
    for key, function in values.items():
        value = function(obj)
        if value is EXPIRED:
            expire.add(key)
        else:
            computed[key] = value
    _apply(session, state, computed, expire)


def _apply(session: Session, state: InstanceState, values: dict[str, Any], expire: set[str]) -> None:
    """Store new column values in an object as the database has them now.

    A change of the object's own that was not flushed is not what the statement worked on: such an attribute is loaded
    when it is read next.
    """
    _note_written(session, state)
    dict_ = state.dict
    unmodified = state.unmodified
    done = [key for key in values if key in unmodified and key in dict_]
    for key in done:
        dict_[key] = values[key]
    if done:
        state._commit(dict_, done)
        for call in state.mapper.instance_dispatch.refresh:
            call(state, None, done)
    late = [key for key in (*values, *expire) if key in dict_ and (key in expire or key not in unmodified)]
    if late:
        state._expire_attributes(dict_, late)


def _note_written(session: Session, state: InstanceState) -> None:
    transaction = session._transaction
    if transaction is not None:
        transaction.note_written((state,))


def _delete_in_memory(session: Session, matched: list[tuple[Any, InstanceState, bool]]) -> None:
    gone: list[InstanceState] = []
    for obj, state, expired in matched:
        if expired:
            state._expire(obj.__dict__, session._dirty)
        else:
            gone.append(state)
    session._remove_newly_deleted(gone)
