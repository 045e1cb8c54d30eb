"""UPDATE of changed objects: in batches by the set of columns that changed; row counts prove that nobody was faster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lect.dialects.capabilities import Returning
from lect.exc import LectWarning
from lect_orm.base import NO_VALUE, state_str
from lect_orm.exc import FlushError, StaleDataError
from lect_orm.unitofwork.changes import Change, old_value
from lect_orm.unitofwork.facts import Row, TableFacts, has_expressions, is_expression
from lect_orm.unitofwork.insert import DefaultContext

if TYPE_CHECKING:
    from lect_orm.state import InstanceState
    from lect_orm.unitofwork.context import FlushContext

__all__ = ["COUNTED", "Update", "check_matched", "post_update_rows", "update_rows"]


#: Execution options of a batch whose row count must be right.
COUNTED: Final = {"preserve_rowcount": True}


class Update(NamedTuple):
    """One row to be updated."""

    state: InstanceState
    params: Row  # new values by column key, and the key's old values by their parameter names
    expressions: dict[Any, Any]  # column -> SQL expression
    attributes: tuple[str, ...]  # attributes whose new value the database computes


def update_rows(context: FlushContext, facts: TableFacts, states: list[InstanceState], connection: Any) -> None:
    """Update the rows of changed objects in one table; objects without a net change there are left alone."""
    if not context.switched:
        states = _update_plainly(facts, states, connection)
    batches: dict[Any, list[Update]] = {}
    for state in states:
        update = _collect(context, facts, state, connection)
        if update is None:
            continue
        key: Any = tuple(update.params) if not update.expressions else (state,)
        batches.setdefault(key, []).append(update)
    for batch in batches.values():
        _write(context, facts, batch, connection)


def _update_plainly(facts: TableFacts, states: list[InstanceState], connection: Any) -> list[InstanceState]:
    """Update the objects of the ordinary kind; return the others: with SQL expressions, changed keys, versions, or some
    attribute that was set to what it was.
    """
    groups: dict[int, tuple[Change, list[InstanceState]]] = {}
    changes = facts.changes
    find = changes.known.get
    for state in states:
        committed = state.committed_state
        if not committed:
            continue
        keys = tuple(committed)
        change = find(keys) or changes.of(keys)
        known = groups.get(id(change))
        if known is None:
            groups[id(change)] = (change, [state])
        else:
            known[1].append(state)
    others: list[InstanceState] = []
    for change, group in groups.values():
        if change.rows is None:
            others += group
            continue
        rows, rest = change.rows(group)
        if rows and any(has_expressions([row[name] for row in rows]) for name in change.columns):
            others += group
            continue
        if rows:
            _send(facts, rows, connection)
        others += rest
    if len(groups) > 1 and others:
        kept = set(others)
        return [state for state in states if state in kept]
    return others


def _send(facts: TableFacts, rows: list[Row], connection: Any) -> None:
    """Send one UPDATE for rows of which nothing but the row count comes back."""
    versioned = facts.version is not None
    if len(rows) == 1:
        result = connection.execute(facts.update(versioned), rows[0])
    else:
        result = connection.execute(facts.update(versioned), rows, execution_options=COUNTED)
    check_matched(result, len(rows), facts, versioned)


def _changes(
    facts: TableFacts, state: InstanceState, dict_: dict[str, Any], switched: bool
) -> tuple[Row, dict[Any, Any], list[str]]:
    params: Row = {}
    expressions: dict[Any, Any] = {}
    computed: list[str] = []
    impls = state.mapper.impls
    columns_of = facts.same_key
    for key, old in (state.committed_state or {}).items():
        columns = columns_of.get(key)
        if columns is None:
            continue
        value: Any = dict_.get(key)
        if is_expression(value):
            element = value.__clause_element__() if hasattr(type(value), "__clause_element__") else value
            for column in columns:
                expressions[column] = element
            computed.append(key)
        elif old is NO_VALUE or switched or impls[key].is_equal(value, old) is not True:
            for column in columns:
                params[facts.names[column]] = value
    return params, expressions, computed


def _collect(context: FlushContext, facts: TableFacts, state: InstanceState, connection: Any) -> Update | None:
    dict_ = state.dict
    existing = context.switched.get(state)
    params, expressions, computed = _changes(facts, state, dict_, existing is not None)
    row_state = state if existing is None else existing
    row_dict = dict_ if existing is None else existing.dict
    mapper = facts.mapper
    version = facts.version
    if version is not None:
        if not params and not expressions and not _changed_elsewhere(state, dict_):
            return None
        assert facts.version_key is not None
        old = old_value(row_state, row_dict, facts.version_key)
        params[facts.where_names[version]] = old
        if mapper.version_id_generator is False:
            if not (params.keys() - {facts.where_names[version]}) and not expressions and version.onupdate is None:
                # The database counts versions: some column has to be written for it to notice.
                column, key = facts.primary[0]
                params[facts.names[column]] = old_value(state, dict_, key)
            if facts.names[version] not in params and version not in expressions:
                computed.append(facts.version_key)
        elif facts.names[version] not in params:
            params[facts.names[version]] = mapper.version_id_generator(old)
        if params.get(facts.names[version], old) is None:
            raise FlushError("Instance does not contain a non-NULL version value")
    elif not params and not expressions:
        return None
    _add_onupdate(facts, params, expressions, computed, connection)
    for column, key in facts.primary:
        if existing is not None:
            value = old_value(existing, row_dict, key)
        elif column in facts.cascaded and state.committed_state and key in state.committed_state:
            # The database has carried the new key over from the base table's row.
            value = dict_.get(key)
            params.pop(facts.names[column], None)
        else:
            value = old_value(state, dict_, key)
        if value is None:
            raise FlushError(
                f"Can't update table {facts.table.description} using NULL for primary key value on column {column}"
            )
        params[facts.where_names[column]] = value
        if existing is not None:
            params.pop(facts.names[column], None)
    sets_nothing = not expressions and not (params.keys() - set(facts.where_names.values()))
    if sets_nothing and (version is None or version.onupdate is None):
        return None
    return Update(state, params, expressions, tuple(computed))


def _changed_elsewhere(state: InstanceState, dict_: dict[str, Any]) -> bool:
    """Whether a column attribute has changed: the version of a row counts changes in the tables of subclasses too."""
    committed = state.committed_state
    if not committed:
        return False
    mapper = state.mapper
    for prop in mapper.column_attrs:
        if prop.key in committed and prop.key not in mapper.readonly_columns:
            history = mapper.impls[prop.key].get_history(state, dict_, 0)
            if history.added or history.deleted:
                return True
    return False


def _add_onupdate(
    facts: TableFacts, params: Row, expressions: dict[Any, Any], computed: list[str], connection: Any
) -> None:
    for column, key in facts.onupdate:
        if facts.names[column] in params or column in expressions:
            continue
        onupdate = column.onupdate
        if onupdate is not None and (onupdate.is_scalar or onupdate.is_callable):
            if onupdate.is_callable:
                context = DefaultContext(connection)
                context.current_parameters = params
                context.isinsert, context.isupdate = False, True
                value = onupdate.arg(context)
            else:
                value = onupdate.arg
            params[facts.names[column]] = value
        else:
            computed.append(key)


def _write(context: FlushContext, facts: TableFacts, batch: list[Update], connection: Any) -> None:
    versioned = facts.version is not None
    statement = facts.update(versioned)
    first = batch[0]
    if versioned and facts.mapper.version_id_generator is False and _returns(facts, connection):
        for update in batch:
            _update_returning_version(facts, statement, update, connection)
    elif first.expressions:
        result = connection.execute(statement.values(first.expressions), first.params)
        check_matched(result, 1, facts, versioned)
    else:
        _send(facts, [update.params for update in batch], connection)
    for update in batch:
        _after(context, facts, update, connection)


def _returns(facts: TableFacts, connection: Any) -> bool:
    if not getattr(facts.table, "implicit_returning", True):
        return False
    return connection.dialect.capabilities.update_returning is not Returning.NONE


def _update_returning_version(facts: TableFacts, statement: Any, update: Update, connection: Any) -> None:
    """Update one row whose version the database counts, and take the new version from RETURNING."""
    if update.expressions:
        statement = statement.values(update.expressions)
    row = connection.execute(statement.returning(facts.version), update.params).first()
    if row is None:
        raise StaleDataError(
            f"UPDATE statement on table '{facts.table.description}' expected to update 1 row(s); 0 were matched."
        )
    assert facts.version_key is not None
    state = update.state
    state.dict[facts.version_key] = row[0]
    if state.committed_state:
        state.committed_state.pop(facts.version_key, None)


def check_matched(result: Any, expected: int, facts: TableFacts, versioned: bool) -> None:
    """Compare the number of rows that matched with the number of objects.

    Raises:
        StaleDataError: some row is gone, or has another version.
    """
    sane = result.supports_sane_rowcount() if expected == 1 else result.supports_sane_multi_rowcount()
    # -1: the driver says that it cannot count.
    if not sane and versioned:
        import warnings

        warnings.warn(
            f"Dialect {result.dialect.name} does not support updated rowcount - versioning cannot be verified.",
            LectWarning,
            stacklevel=9,
        )
    if sane and result.rowcount not in (expected, -1):
        raise StaleDataError(
            f"UPDATE statement on table '{facts.table.description}' expected to update {expected} row(s); "
            f"{result.rowcount} were matched."
        )


def _after(context: FlushContext, facts: TableFacts, update: Update, connection: Any) -> None:
    """Give the object what the statement wrote without being asked: version and ``onupdate`` values."""
    state = update.state
    dict_ = state.dict
    for column, key in facts.onupdate:
        if facts.names[column] in update.params:
            dict_[key] = update.params[facts.names[column]]
    counted = facts.version is not None and facts.mapper.version_id_generator is not False
    if counted and facts.version_key and facts.names[facts.version] in update.params:
        dict_[facts.version_key] = update.params[facts.names[facts.version]]
    fetched = facts.version_key if facts.mapper.version_id_generator is False and _returns(facts, connection) else None
    later = [key for key in update.attributes if key != fetched]
    if later:
        for key in later:
            dict_.pop(key, None)
            if state.committed_state:
                state.committed_state.pop(key, None)
        state.expired_attributes = (state.expired_attributes or frozenset()).union(later)
        if facts.mapper.eager_defaults is True or facts.version_key in later:
            context.load_now.setdefault(state, set()).update(later)


def post_update_rows(
    context: FlushContext, facts: TableFacts, wanted: list[tuple[InstanceState, list[Any]]], connection: Any
) -> None:
    """Update only the given columns of rows that have been written or are about to be deleted."""
    batches: dict[Any, list[tuple[InstanceState, Row]]] = {}
    versioned = facts.version is not None
    for state, columns in wanted:
        dict_ = state.dict
        params: Row = {}
        for column in columns:
            key = state.mapper.column_to_key.get(column)
            if key is None or column.table is not facts.table:
                continue
            params[facts.names[column]] = dict_.get(key)
        if not params:
            continue
        computed: list[str] = []
        _add_onupdate(facts, params, {}, computed, connection)
        for column, key in facts.primary:
            # A row that has been written has the new key; the key of an expired object is known without its row.
            value = dict_[key] if state in context.saved and key in dict_ else old_value(state, dict_, key)
            if value is None:
                raise FlushError(f"Can't post-update {state_str(state)}: its primary key attribute '{key}' is None")
            params[facts.where_names[column]] = value
        if versioned and facts.version is not None and facts.version_key:
            # The version that the row has by now; one that is not in memory is read.
            current = dict_.get(facts.version_key) or old_value(state, dict_, facts.version_key)
            params[facts.where_names[facts.version]] = current
            if state.pk is not None and facts.mapper.version_id_generator is not False:
                params[facts.names[facts.version]] = facts.mapper.version_id_generator(current)
        batches.setdefault(tuple(params), []).append((state, params))
    for batch in batches.values():
        _send(facts, [params for _state, params in batch], connection)
        for state, params in batch:
            if versioned and facts.version is not None and facts.version_key and facts.names[facts.version] in params:
                state.dict[facts.version_key] = params[facts.names[facts.version]]
            for column, key in facts.onupdate:
                if facts.names[column] in params:
                    state.dict[key] = params[facts.names[column]]
