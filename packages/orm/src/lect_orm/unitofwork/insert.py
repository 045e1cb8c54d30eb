"""INSERT of new objects: in batches; values that the database makes come back by RETURNING, matched to their
objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lect.dialects.capabilities import Returning
from lect_orm.exc import FlushError
from lect_orm.unitofwork.facts import Row, TableFacts, are_plain, has_expressions, is_expression

if TYPE_CHECKING:
    from lect_orm.state import InstanceState
    from lect_orm.unitofwork.context import FlushContext

__all__ = ["insert_rows"]


class DefaultContext:
    """What a default function that takes a context receives during a flush.

    Attributes:
        connection: the connection of the flush.
        current_parameters: parameters of the row, by column key.
    """

    def __init__(self, connection: Any) -> None:
        self.connection = self.root_connection = connection
        self.engine = connection.engine
        self.dialect = connection.dialect
        self.current_parameters: Row = {}
        self.isinsert = True
        self.isupdate = False

    def get_current_parameters(self, isolate_multiinsert_groups: bool = True) -> Row:
        """Return the parameters of the row for which the default is called."""
        return self.current_parameters


def insert_rows(context: FlushContext, facts: TableFacts, states: list[InstanceState], connection: Any) -> None:
    """Insert the rows of new objects into one table, and give the objects what the database made.

    Args:
        context: the flush.
        facts: of the mapper and the table.
        states: the new objects, all of one mapper, in order.
        connection: where.
    """
    rows, masks = facts.extract(states)
    if facts.version is not None and facts.mapper.version_id_generator is not False:
        _first_versions(facts, states, rows)
    if any(masks):
        _python_defaults(facts, states, rows, masks, connection)
    if facts.version is not None:
        _require_versions(facts, rows)
    for mask, part_states, part_rows, expressions in _batches(facts, states, rows, masks):
        if expressions:
            for state, row in zip(part_states, part_rows, strict=True):
                _insert_with_expressions(context, facts, state, row, mask, connection)
        else:
            _insert_batch(context, facts, part_states, part_rows, mask, connection)


def _first_versions(facts: TableFacts, states: list[InstanceState], rows: list[Row]) -> None:
    key, column = facts.version_key, facts.version
    assert column is not None
    generator = facts.mapper.version_id_generator
    for state, row in zip(states, rows, strict=True):
        row[facts.names[column]] = value = generator(None)
        if key is not None:
            state.dict[key] = value


def _require_versions(facts: TableFacts, rows: list[Row]) -> None:
    """Refuse rows whose version is neither given nor made by the database: they could never be updated."""
    column = facts.version
    if column is None or column.default is not None or column.server_default is not None:
        return
    name = facts.names[column]
    if any(row.get(name) is None for row in rows):
        raise FlushError("Instance does not contain a non-NULL version value")


def _python_defaults(
    facts: TableFacts, states: list[InstanceState], rows: list[Row], masks: list[int], connection: Any
) -> None:
    """Call the Python-side defaults of omitted columns; the values go to the rows and to the objects."""
    defaults = [(1 << n, o) for n, o in enumerate(facts.omissible) if o.default is not None]
    if not defaults:
        return
    context = DefaultContext(connection)
    for n, (state, row) in enumerate(zip(states, rows, strict=True)):
        mask = masks[n]
        if not mask:
            continue
        context.current_parameters = row
        for bit, omissible in defaults:
            if mask & bit:
                default = omissible.default
                value = default.arg(context) if default.is_callable else default.arg
                row[facts.names[omissible.column]] = value
                state.dict[omissible.key] = value
                mask ^= bit
        masks[n] = mask


def _batches(
    facts: TableFacts, states: list[InstanceState], rows: list[Row], masks: list[int]
) -> Iterator[tuple[int, list[InstanceState], list[Row], bool]]:
    """Yield runs of rows that one statement can insert: (mask, states, rows, whether they hold SQL expressions)."""
    single = not facts.mapper.batch
    start = 0
    total = len(rows)
    # All rows at once, as there is hardly ever an expression in one of them.
    met: set[type] = set()
    for row in rows:
        met.update(map(type, row.values()))
    some = not are_plain(met)
    if not single and not some and masks.count(masks[0]) == total:
        yield masks[0], states, rows, False
        return
    expressions = [some and has_expressions(row.values()) for row in rows]
    while start < total:
        end = start + 1
        while not single and end < total and masks[end] == masks[start] and expressions[end] == expressions[start]:
            end += 1
        yield masks[start], states[start:end], rows[start:end], expressions[start]
        start = end


def _fetched(facts: TableFacts, mask: int, dialect: Any) -> tuple[list[tuple[Any, str]], list[str], bool]:
    """Return (columns to fetch with their attributes, attributes left to be loaded later, whether keys are among
    them).
    """
    eager = facts.mapper.eager_defaults
    returning = dialect.capabilities.insert_returning is not Returning.NONE
    fetch: list[tuple[Any, str]] = []
    later: list[str] = []
    keys = False
    for n, omissible in enumerate(facts.omissible):
        if not mask >> n & 1:
            continue
        if omissible.primary:
            keys = True
            fetch.append((omissible.column, omissible.key))
        elif omissible.column is facts.version or (eager and returning):
            fetch.append((omissible.column, omissible.key))
        elif omissible.key:
            later.append(omissible.key)
    return fetch, later, keys


def _insert_batch(
    context: FlushContext, facts: TableFacts, states: list[InstanceState], rows: list[Row], mask: int, connection: Any
) -> None:
    dialect = connection.dialect
    fetch, later, keys = _fetched(facts, mask, dialect) if mask else ([], [], False)
    if not fetch:
        connection.execute(facts.insert, rows if len(rows) > 1 else rows[0])
    else:
        returning = dialect.capabilities.insert_returning
        usable = facts.table.implicit_returning if hasattr(facts.table, "implicit_returning") else True
        only_keys = all(column.primary_key for column, _key in fetch)
        if len(rows) > 1 and usable and returning in (Returning.UNORDERED, Returning.ORDERED):
            found = connection.execute(facts.insert_returning(mask, fetch), rows).all()
            _give(states, found, [key for _column, key in fetch])
        elif usable and returning is not Returning.NONE and not only_keys:
            for state, row in zip(states, rows, strict=True):
                found = connection.execute(facts.insert_returning(mask, fetch), row).all()
                _give([state], found, [key for _column, key in fetch])
        else:
            for state, row in zip(states, rows, strict=True):
                result = connection.execute(facts.insert, row)
                if keys:
                    _give_key(facts, state, result.inserted_primary_key)
            later = [*later, *[key for column, key in fetch if not column.primary_key]]
    if later:
        for state in states:
            _load_later(context, facts, state, later)


def _give(states: list[InstanceState], rows: Any, keys: list[str]) -> None:
    """Store fetched values, row by row in the order of the objects."""
    if len(keys) == 1:
        key = keys[0]
        if key:
            for state, (value,) in zip(states, rows, strict=True):
                state().__dict__[key] = value
        return
    for state, row in zip(states, rows, strict=True):
        dict_ = state().__dict__
        for key, value in zip(keys, row, strict=True):
            if key:
                dict_[key] = value


def _give_key(facts: TableFacts, state: InstanceState, primary_key: Any) -> None:
    dict_ = state.dict
    for (_column, key), value in zip(facts.primary, primary_key, strict=False):
        if value is not None:
            dict_[key] = value


def _load_later(context: FlushContext, facts: TableFacts, state: InstanceState, keys: list[str]) -> None:
    dict_ = state.dict
    for key in keys:
        dict_.pop(key, None)
    state.expired_attributes = (state.expired_attributes or frozenset()).union(keys)
    if facts.mapper.eager_defaults is True:
        context.load_now.setdefault(state, set()).update(keys)


def _insert_with_expressions(
    context: FlushContext, facts: TableFacts, state: InstanceState, row: Row, mask: int, connection: Any
) -> None:
    """Insert one row in which SQL expressions stand for values; what they give is fetched, or loaded when asked for."""
    by_key = {column.key: (column, key) for column, key in facts.columns}
    values: dict[Any, Any] = {}
    params: Row = {}
    computed: list[tuple[Any, str]] = []
    for name, value in row.items():
        if is_expression(value):
            element = value.__clause_element__() if hasattr(type(value), "__clause_element__") else value
            column, key = by_key[name]
            values[column] = element
            computed.append((column, key))
        else:
            params[name] = value
    dialect = connection.dialect
    fetch, later, keys = _fetched(facts, mask, dialect)
    returning = dialect.capabilities.insert_returning is not Returning.NONE
    for column, key in computed:
        if column.primary_key or (facts.mapper.eager_defaults and returning):
            fetch.append((column, key))
        else:
            later.append(key)
        keys = keys or column.primary_key
    statement = facts.insert.values(values)
    if fetch and returning:
        found = connection.execute(statement.returning(*[c for c, _key in fetch]), params).all()
        _give([state], found, [key for _column, key in fetch])
    else:
        result = connection.execute(statement, params)
        if keys:
            _give_key(facts, state, result.inserted_primary_key)
        later += [key for column, key in fetch if not column.primary_key]
    if later:
        _load_later(context, facts, state, later)
