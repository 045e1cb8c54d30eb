"""Which columns an INSERT or UPDATE writes, and with what: values of the statement, of the execution, defaults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lect.compile.compiled import DmlPlan
from lect.exc import CompileError, nearest
from lect.sql.bind import BindParameter

__all__ = ["Written", "added_columns", "insert_cells", "update_cells", "value_text"]


class Written:
    """A column that is written.

    Attributes:
        column: the column.
        text: the expression.
        param: name of the parameter when it is just one, else None.
    """

    __slots__ = ("column", "param", "text")

    def __init__(self, column: Any, text: str, param: str | None = None) -> None:
        self.column = column
        self.text = text
        self.param = param


def column_bind(column: Any, *, required: bool, key: str | None = None) -> BindParameter[Any]:
    """Return the parameter for a value of `column` that comes with the execution."""
    bind: BindParameter[Any] = BindParameter(key or column.key, None, type_=column.type, required=required)
    bind.__dict__["_is_value_of_column"] = True
    return bind


def value_text(value: Any, column: Any, writer: Any, key: str | None = None) -> Written:
    """Write one value. Inside of another statement a bound value gets a name of its own."""
    if value._is_bind_parameter:
        own = value.__dict__.get("_is_value_of_column", False)
        if own and (writer.scope.nested or key is not None):
            writer.rename(value, None if writer.scope.nested else key)
        return Written(column, writer.render(value), writer.bind_names.get(value))
    return Written(column, writer.render_value(value.self_group()))


def writable(table: Any) -> list[Any]:
    """Return the columns a statement writes unless told otherwise: all but those kept out of statements."""
    return [c for c in table.c if not getattr(c, "_omit_from_statements", False)]


def _given(statement: Any, plan: DmlPlan) -> dict[str, tuple[Any, Any]]:
    """Return key -> (column or None, value) of the statement's own values; of other tables' columns ``table.key``."""
    row = statement._values
    out: dict[str, tuple[Any, Any]] = {}
    for column, value in row.cells if row is not None else ():
        if isinstance(column, str):
            out[column] = (None, value)
        elif column.table is None or plan.table.c.get(column.key) is column:
            out[column.key] = (column, value)
        else:
            out[f"{column.table.description}.{column.key}"] = (column, value)
    return out


def _requested(statement: Any, writer: Any, given: dict[str, Any], table: Any) -> set[str]:
    """Return keys of columns whose values come with the execution."""
    keys = writer.options.column_keys
    if writer.scope.nested:
        keys = None
    if keys is None:
        if statement._values is None and not getattr(statement, "_multi_values", ()):
            return {c.key for c in writable(table)}
        return set()
    return set(keys) - set(given)


def _check_known(names: Sequence[str], statement: Any, table: Any) -> None:
    if names:
        hints = nearest(names[0], [c.key for c in table.c]) if len(names) == 1 else ""
        raise CompileError(f"Unconsumed column names: {', '.join(sorted(names))}{hints}")


def insert_cells(statement: Any, writer: Any, plan: DmlPlan) -> list[Written]:
    """Return the columns one row of an INSERT writes, in the table's order, and enter defaults into the plan."""
    table = plan.table
    given = _given(statement, plan)
    first = statement._multi_values[0] if statement._multi_values else None
    if first is not None:
        given = {(c if isinstance(c, str) else c.key): (None if isinstance(c, str) else c, v) for c, v in first.cells}
    requested = _requested(statement, writer, given, table)
    out: list[Written] = []
    prefetch: list[tuple[Any, str]] = []
    postfetch: list[Any] = []
    seen: set[str] = set()
    for column in writable(table):
        key = column.key
        if key in given:
            seen.add(key)
            suffix = f"{key}_m0" if first is not None else None
            out.append(value_text(given[key][1], column, writer, suffix))
        elif key in requested:
            seen.add(key)
            bind = column_bind(column, required=True)
            out.append(Written(column, writer.render(bind), writer.bind_names.get(bind)))
        else:
            written = _default(column, column.default, writer, prefetch)
            if written is not None:
                out.append(written)
                if written.param is None and column not in postfetch:
                    postfetch.append(column)
            elif _is_made_by_server(column):
                postfetch.append(column)
    unknown = [k for k in given if k not in seen]
    _check_known(unknown, statement, table)
    plan.unconsumed = tuple([k for k in requested if k not in seen])
    plan.prefetch = tuple(prefetch)
    plan.postfetch = tuple(postfetch)
    plan.written = tuple([w.column for w in out])
    return out


def _is_made_by_server(column: Any) -> bool:
    return (
        column.server_default is not None
        or getattr(column, "computed", None) is not None
        or (getattr(column, "identity", None) is not None)
    )


def _default(column: Any, default: Any, writer: Any, prefetch: list[tuple[Any, str]]) -> Written | None:
    """Return what a column's default writes; enter it for the engine when it must be called."""
    if default is None:
        return None
    if default.is_sequence:
        if not writer.capabilities.sequences or (default.optional and _numbers_itself(column)):
            return None
        return Written(column, writer.render(default.next_value()))
    if default.is_clause_element:
        return Written(column, writer.render(default.arg.self_group()))
    if getattr(default, "is_sentinel", False):
        return None
    bind = column_bind(column, required=False)
    if writer.scope.nested:
        writer.rename(bind, None)
    text = writer.render(bind)
    name = writer.bind_names.get(bind, column.key)
    prefetch.append((column, name))
    return Written(column, text, name)


def _numbers_itself(column: Any) -> bool:
    return column.table is not None and getattr(column.table, "autoincrement_column", None) is column


def added_columns(statement: Any, writer: Any, plan: DmlPlan, names: Sequence[str]) -> list[tuple[Any, Any]]:
    """Return (column, expression) of defaults that become part of an INSERT's SELECT."""
    prefetch: list[tuple[Any, str]] = list(plan.prefetch)
    out: list[tuple[Any, Any]] = []
    for column in plan.table.c:
        default = column.default
        if column.key in names or default is None or getattr(default, "is_sentinel", False):
            continue
        if default.is_sequence:
            if writer.capabilities.sequences and not default.optional:
                out.append((column, default.next_value()))
        elif default.is_clause_element:
            out.append((column, default.arg))
        else:
            bind = column_bind(column, required=False)
            prefetch.append((column, column.key))
            out.append((column, bind))
    plan.prefetch = tuple(prefetch)
    return out


def row_cells(statement: Any, writer: Any, plan: DmlPlan, number: int, columns: Sequence[Written]) -> list[Written]:
    """Return the cells of row `number` (from 1) of an INSERT of several rows; its columns are those of the first "
    "row."""
    row = statement._multi_values[number]
    values = {(c if isinstance(c, str) else c.key): v for c, v in row.cells}
    out: list[Written] = []
    prefetched = {id(c): name for c, name in plan.prefetch}
    more: list[tuple[Any, str]] = []
    for first in columns:
        column = first.column
        key = column.key
        if key in values:
            out.append(value_text(values.pop(key), column, writer, f"{key}_m{number}"))
        elif id(column) in prefetched:
            bind = column_bind(column, required=False, key=f"{key}_m{number}")
            text = writer.render(bind)
            more.append((column, writer.bind_names[bind]))
            out.append(Written(column, text, f"{key}_m{number}"))
        elif first.param is None:
            out.append(Written(column, first.text))
        else:
            raise CompileError(
                f"INSERT value for column {column.table.description}.{column.name} is explicitly rendered as a "
                "boundparameter in the VALUES clause; a Python-side value or SQL expression is required"
            )
    _check_known(list(values), statement, plan.table)
    plan.prefetch = (*plan.prefetch, *more)
    return out


def _of_other_tables(given: dict[str, tuple[Any, Any]], writer: Any) -> list[Written]:
    """Write values for columns of other tables than the UPDATE's own, where a database changes several at once."""
    if writer.capabilities.multi_table_update.name != "TABLE_LIST" and not getattr(writer.dialect, "only_shows", False):
        tables = ", ".join(sorted({repr(str(c.table.description)) for c, _ in given.values()}))
        raise CompileError(
            "Backend does not support additional tables in the SET clause; cannot include columns from table(s) "
            f"{tables} in SET clause"
        )
    out = []
    for column, value in given.values():
        if value._is_bind_parameter and value.__dict__.get("_is_value_of_column"):
            writer.rename(value, writer.name(f"{column.table.name}_{column.key}", "bindparam"))
        out.append(value_text(value, column, writer))
    return out


def check_consumed(plan: DmlPlan, writer: Any) -> None:
    """Refuse names given for the execution that are neither columns nor parameters of the complete statement.

    Raises:
        CompileError: names them.
    """
    _check_known([name for name in plan.unconsumed if name not in writer.binds], None, plan.table)


def update_cells(statement: Any, writer: Any, plan: DmlPlan) -> list[Written]:
    """Return the columns an UPDATE sets, in the table's order (or the given one), and enter defaults into the plan."""
    table = plan.table
    given = _given(statement, plan)
    requested = _requested(statement, writer, given, table)
    out: list[Written] = []
    prefetch: list[tuple[Any, str]] = []
    postfetch: list[Any] = []
    seen: set[str] = set()
    ordered = writable(table)
    if statement._ordered:
        first = [table.c[k] for k in given if k in table.c]
        ordered = first + [c for c in ordered if all(c is not f for f in first)]
    for column in ordered:
        key = column.key
        entry = given.get(key)
        if entry is not None and (entry[0] is None or entry[0] is column):
            seen.add(key)
            out.append(value_text(entry[1], column, writer))
        elif key in requested:
            seen.add(key)
            bind = column_bind(column, required=True)
            out.append(Written(column, writer.render(bind), writer.bind_names.get(bind)))
        else:
            onupdate = column.onupdate
            written = _default(column, onupdate, writer, prefetch)
            if written is not None:
                out.append(written)
                if written.param is None:
                    postfetch.append(column)
            elif getattr(column, "server_onupdate", None) is not None or getattr(column, "computed", None) is not None:
                postfetch.append(column)
    others = {k: v for k, v in given.items() if k not in seen and v[0] is not None and v[0].table is not None}
    if others:
        seen.update(others)
        out[:0] = _of_other_tables(others, writer)
    _check_known([k for k in given if k not in seen], statement, table)
    plan.unconsumed = tuple([k for k in requested if k not in seen])
    plan.prefetch = tuple(prefetch)
    plan.postfetch = tuple(postfetch)
    plan.written = tuple([w.column for w in out])
    return out
