"""Many rows per INSERT with RETURNING: batches of ``VALUES (…), (…)`` whose rows come back to their parameter sets.

Order is never assumed: rows are matched by a sentinel, values that the row has and the parameter set had, unless the
server promises to return rows in the order of the VALUES.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from lect.engine.guard import within
from lect.exc import InvalidRequestError

__all__ = ["run_batches"]

_Execute = Callable[[Any, Any, str, Any, Any], Any]


def run_batches(
    connection: Any, context: Any, plan: Any, values: Sequence[Any], options: Mapping[str, Any], execute: _Execute
) -> tuple[Any, list[Any], int]:
    """Run an INSERT for all parameter sets.

    Returns:
        ``(columns, raw rows in order of the parameter sets, number of rows)``.
    """
    template = plan.dml.batch
    compiled = plan.compiled
    size = _batch_size(connection, template, options)
    fill = _filler(template, compiled)
    text_of: dict[int, str] = {}
    columns: Any = None
    rows: list[Any] = []
    known = compiled.result_columns
    width = len(known) if known is not None else None
    for start in range(0, len(values), size):
        part = values[start : start + size]
        text = text_of.get(len(part))
        if text is None:
            text = text_of[len(part)] = template.text(len(part))
        cursor = execute(connection, context, text, fill(part), options)
        try:
            description = cursor.description
            came = within(connection, context.limit, cursor.fetchall)
        except BaseException as error:
            connection._handle_error(error, text, None, cursor, context, fetching=True)
            raise
        cursor.close()
        if columns is None:
            columns = plan.columns_for(description[:width] if width is not None else description)
        if template.sentinel is not None and not template.ordered:
            came = _match(connection, context, plan, came, description, start, len(part))
        if width is not None and len(description) > width:
            came = [row[:width] for row in came]
        rows.extend(came)
    return columns, rows, len(rows)


def _batch_size(connection: Any, template: Any, options: Mapping[str, Any]) -> int:
    size = options.get("insertmanyvalues_page_size") or connection.engine._page_size
    capabilities = connection.dialect.capabilities
    if capabilities.max_rows_per_insert:
        size = min(size, capabilities.max_rows_per_insert)
    if capabilities.max_parameters and template.row_names:
        fixed = len(template.head_names) + len(template.tail_names)
        size = min(size, max((capabilities.max_parameters - fixed) // len(template.row_names), 1))
    return max(int(size), 1)


def _picker(names: Sequence[str], positions: Mapping[str, int]) -> Callable[[Any], tuple[Any, ...]]:
    indexes = [positions[name] for name in names]
    if not indexes:
        return lambda row: ()
    if len(indexes) == 1:
        only = indexes[0]
        return lambda row: (row[only],)
    return itemgetter(*indexes)


def _filler(template: Any, compiled: Any) -> Callable[[Sequence[Any]], Any]:
    """Return what makes one batch's parameters from the parameters of its rows."""
    if not template.positional:
        row_names = [compiled.escaped_names.get(name, name) for name in template.row_names]
        fixed = [compiled.escaped_names.get(n, n) for n in (*template.head_names, *template.tail_names)]

        def fill_named(part: Sequence[Any]) -> dict[str, Any]:
            filled = {name: part[0][name] for name in fixed}
            for i, row in enumerate(part):
                for name in row_names:
                    filled[f"{name}__{i}"] = row[name]
            return filled

        return fill_named
    order = compiled.positiontup
    positions: dict[str, int] = {}
    for index, name in enumerate(order):
        positions.setdefault(name, index)
    head, tail = _picker(template.head_names, positions), _picker(template.tail_names, positions)
    if not template.head_names and not template.tail_names and list(template.row_names) == list(order):

        def fill_plain(part: Sequence[Any]) -> tuple[Any, ...]:
            return tuple([value for row in part for value in row])

        return fill_plain
    pick = _picker(template.row_names, positions)

    def fill(part: Sequence[Any]) -> tuple[Any, ...]:
        return (*head(part[0]), *[value for row in part for value in pick(row)], *tail(part[0]))

    return fill


def _match(
    connection: Any, context: Any, plan: Any, came: list[Any], description: Any, start: int, count: int
) -> list[Any]:
    """Put the rows of one batch into the order of its parameter sets."""
    sentinel = plan.dml.batch.sentinel
    known = plan.compiled.result_columns or ()
    dialect = connection.dialect
    convert = []
    for position, _ in sentinel:
        type_ = known[position].type if position < len(known) else None
        convert.append(None if type_ is None else type_._cached_result_processor(dialect, description[position][1]))
    by_value: dict[tuple[Any, ...], Any] = {}
    for row in came:
        key = tuple(
            [row[p] if c is None else c(row[p]) for (p, _), c in zip(sentinel, convert, strict=True)]
        )
        by_value[key] = row
    statement = plan.compiled.statement
    asked = plan.dml.returning != "explicit" or getattr(statement, "_sort_by_parameter_order", False)
    if len(by_value) != len(came) or len(came) != count:
        if not asked:  # an upsert may return fewer rows; nobody asked whose they are
            return came
        raise InvalidRequestError(
            f"Sentinel-keyed result set did not produce correct number of rows {count}; produced {len(by_value)}. "
            "The sentinel's values must be unique for each row"
        )
    found = []
    for params in context.given[start : start + count]:
        key = tuple([params[name] for _, name in sentinel])
        try:
            found.append(by_value[key])
        except KeyError:
            if not asked:
                return came
            raise InvalidRequestError(
                f"Can't match sentinel values in result set to parameter sets; key {key!r} was not found. "
                "There may be a mismatch between the datatype passed to the driver vs. that which it returns in a row. "
                "Ensure the given value matches the expected result type"
            ) from None
    return found
