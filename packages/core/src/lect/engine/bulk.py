"""Many rows per INSERT with RETURNING: few statements with many rows each, whose rows come back to their parameter
sets.

Order is never assumed: rows are matched by a sentinel (:class:`lect.compile.batch.Sentinel`), unless the server
promises to return rows in the order of the VALUES.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from lect.engine.guard import within
from lect.exc import InvalidRequestError

__all__ = ["run_batches"]

_Execute = Callable[[Any, Any, str, Any, Any], Any]
_Cut = tuple[int, int]


def run_batches(
    connection: Any, context: Any, plan: Any, values: Sequence[Any], options: Mapping[str, Any], execute: _Execute
) -> tuple[Any, list[Any], int] | None:
    """Run an INSERT for all parameter sets.

    Returns:
        ``(columns, raw rows in order of the parameter sets, number of rows)``; None when nothing was done: each
        parameter set is to have a statement of its own, or one lacks the value by which its row would be known.
    """
    template = plan.dml.batch
    size = _batch_size(connection, template, options)
    if size == 1:
        return None
    sentinel = template.sentinel
    keys = None
    if sentinel is not None and not sentinel.by_key:
        keys = sentinel.keys(context.given)
        if keys is None:
            return None
    statements = _Statements(template, plan.compiled)
    columns: Any = None
    rows: list[Any] = []
    known = plan.compiled.result_columns
    width = len(known) if known is not None else None
    for start, end in _cuts(len(values), size, keys):
        text, parameters = statements.of(values[start:end])
        cursor = execute(connection, context, text, parameters, options)
        try:
            description = cursor.description
            came = within(connection, context.limit, cursor.fetchall, cursor=cursor)
        except BaseException as error:
            connection._handle_error(error, text, None, cursor, context, fetching=True)
            raise
        cursor.close()
        if columns is None:
            columns = plan.columns_for(description[:width] if width is not None else description)
        if sentinel is not None:
            if keys is None:
                came = _sorted(came, sentinel, end - start)
            else:
                came = _matched(came, sentinel, keys[start:end], description, connection.dialect)
        if width is not None and len(description) > width:
            came = [row[:width] for row in came]
        rows.extend(came)
    return columns, rows, len(rows)


def _batch_size(connection: Any, template: Any, options: Mapping[str, Any]) -> int:
    size = options.get("insertmanyvalues_page_size") or connection.engine._page_size
    if template.columnwise is None:
        capabilities = connection.dialect.capabilities
        if capabilities.max_rows_per_insert:
            size = min(size, capabilities.max_rows_per_insert)
        if capabilities.max_parameters and template.row_names:
            fixed = len(template.head_names) + len(template.tail_names)
            size = min(size, max((capabilities.max_parameters - fixed) // len(template.row_names), 1))
    return max(int(size), 1)


def _cuts(total: int, size: int, keys: Sequence[Any] | None) -> list[_Cut]:
    """Return where the parameter sets are cut into statements; in none is a key given twice, as an upsert may."""
    cuts: list[_Cut] = []
    for start in range(0, total, size):
        end = min(start + size, total)
        if keys is not None and len(set(keys[start:end])) != end - start:
            seen: set[Any] = set()
            for at in range(start, end):
                if keys[at] in seen:
                    cuts.append((start, at))
                    start = at
                    seen.clear()
                seen.add(keys[at])
        cuts.append((start, end))
    return cuts


class _Statements:
    """Makes the statements of one execution."""

    __slots__ = ("_compiled", "_fill", "_template", "_texts")

    def __init__(self, template: Any, compiled: Any) -> None:
        self._template = template
        self._compiled = compiled
        self._fill: Callable[[Sequence[Any]], Any] | None = None
        self._texts: dict[int, str] = {}

    def of(self, part: Sequence[Any]) -> tuple[str, Any]:
        """Return text and parameters for the driver's parameters of some rows."""
        template = self._template
        if template.columnwise is not None:
            parameters = _columnwise(template.columnwise, self._compiled, part)
            if parameters is not None:
                return template.columnwise.text, parameters
        fill = self._fill
        if fill is None:
            fill = self._fill = _filler(template, self._compiled)
        count = len(part)
        text = self._texts.get(count)
        if text is None:
            text = self._texts[count] = template.text(count)
        return text, fill(part)


def _columnwise(form: Any, compiled: Any, part: Sequence[Any]) -> Any:
    """Return one parameter per column, None when a column's values cannot be given so."""
    positions = None if compiled.positiontup is None else _positions(compiled.positiontup)
    found: list[Any] = []
    for name in form.names:
        place: Any = compiled.escaped_names.get(name, name) if positions is None else positions[name]
        make = form.arrays.get(name)
        value = part[0][place] if make is None else make([row[place] for row in part])
        if value is None and make is not None:
            return None
        found.append(value)
    if positions is not None:
        return tuple(found)
    return dict(zip([compiled.escaped_names.get(n, n) for n in form.names], found, strict=True))


def _positions(order: Sequence[str]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for index, name in enumerate(order):
        positions.setdefault(name, index)
    return positions


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
    positions = _positions(order)
    head, tail = _picker(template.head_names, positions), _picker(template.tail_names, positions)
    if not template.head_names and not template.tail_names and list(template.row_names) == list(order):

        def fill_plain(part: Sequence[Any]) -> tuple[Any, ...]:
            return tuple([value for row in part for value in row])

        return fill_plain
    pick = _picker(template.row_names, positions)

    def fill(part: Sequence[Any]) -> tuple[Any, ...]:
        return (*head(part[0]), *[value for row in part for value in pick(row)], *tail(part[0]))

    return fill


_WAY_OUT = (
    "To have each parameter set inserted by a statement of its own, give the execution option "
    "insertmanyvalues_page_size=1"
)


def _miscounted(count: int, came: int) -> InvalidRequestError:
    return InvalidRequestError(
        f"Sentinel-keyed result set did not produce correct number of rows {count}; produced {came}. A trigger may "
        f"have left rows out, or given two rows one key. {_WAY_OUT}"
    )


def _sorted(came: list[Any], sentinel: Any, count: int) -> list[Any]:
    """Return the rows of one batch by the key that the server counted up: the order in which it took them."""
    key = itemgetter(sentinel.positions[0])
    if len(came) != count or len(set(map(key, came))) != count:
        raise _miscounted(count, len(set(map(key, came))))
    return sorted(came, key=key)


def _matched(
    came: list[Any], sentinel: Any, keys: Sequence[Any], description: Sequence[Any], dialect: Any
) -> list[Any]:
    """Return the rows of one batch in the order of the keys that its parameter sets have."""
    parts = []
    for position, column in zip(sentinel.positions, sentinel.columns, strict=True):
        convert = column.type._cached_result_processor(dialect, description[position][1])
        values = [row[position] for row in came]
        parts.append(values if convert is None else list(map(convert, values)))
    found = dict(zip(parts[0] if len(parts) == 1 else zip(*parts, strict=True), came, strict=True))
    if len(found) != len(came) or (len(came) != len(keys) and not sentinel.may_lack):
        raise _miscounted(len(keys), len(found))
    rows = [found.pop(key) for key in keys if key in found]
    if found:
        known = set(keys)
        key = next(key for key in found if key not in known)
        raise InvalidRequestError(
            f"Can't match sentinel values in result set to parameter sets; key {key!r} was not found. "
            "There may be a mismatch between the datatype passed to the driver vs. that which it returns in a row. "
            f"Ensure the given value matches the expected result type. {_WAY_OUT}"
        )
    return rows
