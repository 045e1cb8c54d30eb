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
        sequenced: it is the next number of the sequence that is the column's default.
    """

    __slots__ = ("column", "param", "sequenced", "text")

    def __init__(self, column: Any, text: str, param: str | None = None, *, sequenced: bool = False) -> None:
        self.column = column
        self.text = text
        self.param = param
        self.sequenced = sequenced


def column_bind(column: Any, *, required: bool, key: str | None = None) -> BindParameter[Any]:
    """Return the parameter for a value of `column` that comes with the execution."""
    bind: BindParameter[Any] = BindParameter(key or column.key, None, type_=column.type, required=required)
    bind.__dict__["_is_value_of_column"] = True
    return bind


def value_text(value: Any, column: Any, writer: Any, key: str | None = None) -> Written:
    """Write one value. Inside of another statement a bound value gets a name of its own."""
    if value._is_bind_parameter:
        own = value.__dict__.get("_is_value_of_column", False)
        if own and (writer.scope.nested or key is not None) and not writer.literal_only:
            writer.rename(value, None if writer.scope.nested else key)
        return Written(column, writer.render(value), writer.bind_names.get(value))
    return Written(column, writer.render_value(value.self_group()))


def writable(table: Any) -> list[Any]:
    """Return the columns a statement writes unless told otherwise: all but those kept out of statements."""
    return [c for c in table.c if not getattr(c, "_omit_from_statements", False)]


#: Key of one of the statement's own columns, or the expression itself that a value is given for -> (column or None,
#: value).
_Given = dict[Any, tuple[Any, Any]]


def _given(statement: Any, plan: DmlPlan, extra: Sequence[Any] = ()) -> _Given:
    """Return the statement's own values. A column of the table that an UPDATE's alias stands for is the alias's."""
    row = statement._values
    out: _Given = {}
    for column, value in row.cells if row is not None else ():
        if isinstance(column, str):
            out[column] = (None, value)
            continue
        table = column.__dict__.get("table")
        if column.__visit_name__ != "column":
            out[column] = (column, value)
        elif table is None or plan.table.c.get(column.key) is column:
            out[column.key] = (column, value)
        elif table is plan.table.__dict__.get("element") and all(table is not f for f in extra):
            out[column.key] = (None, value)
        else:
            out[column] = (column, value)
    return out


class _Cells:
    """The values of one row before they are written: what ``from_dml_column()`` looks into.

    A value that comes with the execution, or from a default that Python calls, is one parameter wherever it stands.
    """

    __slots__ = ("binds", "default", "given", "requested", "writer")

    def __init__(self, given: _Given, requested: set[str], default: str, writer: Any) -> None:
        self.given = given
        self.requested = requested
        #: Name of the attribute of columns that has their default: ``default`` or ``onupdate``.
        self.default = default
        self.binds: dict[str, BindParameter[Any]] = {}
        self.writer = writer
        writer.scope.facts["value_of"] = self.value_of

    def bind(self, column: Any, *, required: bool) -> BindParameter[Any]:
        """Return the parameter for the value of `column`."""
        found = self.binds.get(column.key)
        if found is None:
            found = self.binds[column.key] = column_bind(column, required=required)
        return found

    def value_of(self, column: Any) -> Any:
        """Return what is written into `column`, None when nothing is."""
        key = column.key
        if key in self.given:
            return self.given[key][1]
        if key in self.requested:
            return self.bind(column, required=True)
        default = getattr(column, self.default, None)
        if default is None or default.is_sequence or getattr(default, "is_sentinel", False):
            return None
        return default.arg if default.is_clause_element else self.bind(column, required=False)


def _requested(statement: Any, writer: Any, given: _Given, table: Any) -> set[str]:
    """Return keys of columns whose values come with the execution."""
    keys = writer.options.column_keys
    if writer.scope.nested:
        keys = None
    if keys is None:
        if statement._values is None and not getattr(statement, "_multi_values", ()):
            return {c.key for c in writable(table)}
        return set()
    return set(keys) - set(given)


def _check_known(names: Sequence[Any], table: Any) -> None:
    names = [n if isinstance(n, str) else str(n) for n in names]
    if names:
        hints = nearest(names[0], [c.key for c in table.c]) if len(names) == 1 else ""
        raise CompileError(f"Unconsumed column names: {', '.join(sorted(names))}{hints}")


def insert_cells(statement: Any, writer: Any, plan: DmlPlan, *, asks_first: bool = False) -> list[Written]:
    """Return the columns one row of an INSERT writes, in the table's order, and enter defaults into the plan.

    Args:
        asks_first: the engine runs SQL defaults of the primary key before the INSERT.
    """
    table = plan.table
    given = _given(statement, plan)
    first = statement._multi_values[0] if statement._multi_values else None
    if first is not None:
        given = {(c if isinstance(c, str) else c.key): (None if isinstance(c, str) else c, v) for c, v in first.cells}
    requested = _requested(statement, writer, given, table)
    cells = _Cells(given, requested, "default", writer)
    out: list[Written] = []
    prefetch: list[tuple[Any, str]] = []
    postfetch: list[Any] = []
    seen: set[Any] = set()
    for column in _written(table, given, _sentinel_to_fill(statement, table, writer)):
        key = column.key
        if key in given:
            seen.add(key)
            suffix = f"{key}_m0" if first is not None else None
            cell = value_text(given[key][1], column, writer, suffix)
            out.append(cell)
            if cell.param is None and not column.primary_key:
                postfetch.append(column)
        elif key in requested:
            seen.add(key)
            bind = cells.bind(column, required=True)
            out.append(Written(column, writer.render(bind), writer.bind_names.get(bind)))
        else:
            written = _default(
                column, column.default, writer, prefetch, cells, asks_first=asks_first and column.primary_key
            )
            if written is not None:
                out.append(written)
                if written.param is None and not column.primary_key:
                    postfetch.append(column)
            elif _is_made_by_server(column):
                postfetch.append(column)
    unknown = [k for k in given if k not in seen]
    _check_known(unknown, table)
    plan.unconsumed = tuple([k for k in requested if k not in seen])
    plan.prefetch = tuple(prefetch)
    plan.postfetch = tuple(postfetch)
    plan.written = tuple([w.column for w in out])
    return out


def _written(table: Any, given: _Given, sentinel: Any = None) -> list[Any]:
    """Return the columns that may be written: those kept out of statements only when a value is given, or when it is
    the one that numbers the rows."""
    return [c for c in table.c if not getattr(c, "_omit_from_statements", False) or c.key in given or c is sentinel]


def _sentinel_to_fill(statement: Any, table: Any, writer: Any) -> Any:
    """Return the column made by ``insert_sentinel()`` when the rows of this INSERT must be known apart, else None."""
    column = getattr(table, "_sentinel_column", None)
    if (
        column is None
        or not writer.options.batch
        or writer.scope.nested
        or getattr(statement, "_select", None) is not None
    ):
        return None
    return column if statement._sort_by_parameter_order or statement._return_defaults else None


def _is_made_by_server(column: Any) -> bool:
    return (
        column.server_default is not None
        or getattr(column, "computed", None) is not None
        or (getattr(column, "identity", None) is not None)
    )


def _default(
    column: Any,
    default: Any,
    writer: Any,
    prefetch: list[tuple[Any, str]],
    cells: _Cells | None = None,
    asks_first: bool = False,
) -> Written | None:
    """Return what a column's default writes; enter it for the engine when it must be called."""
    if default is None:
        return None
    if default.is_sequence:
        if not writer.capabilities.sequences or (default.optional and _numbers_itself(column)):
            return None
        if not asks_first:
            return Written(column, writer.render(default.next_value()), sequenced=True)
    elif default.is_clause_element and not asks_first:
        return Written(column, writer.render(default.arg.self_group()))
    if getattr(default, "is_sentinel", False) and column is not _sentinel_to_fill(
        writer.scope.statement, column.table, writer
    ):
        return None
    if cells is not None:
        bind = cells.bind(column, required=False)
    else:
        bind = column_bind(column, required=False, key=writer.name(f"{column.table.name}_{column.key}", "bindparam"))
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
    """Return the cells of row `number` (from 1) of an INSERT of several rows; its columns are those of the first
    row."""
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
    if values:
        raise CompileError(
            f"Unconsumed column names: {', '.join(sorted(values))}: row {number + 1} of values() gives them and the "
            "first row, which decides the columns, does not"
        )
    plan.prefetch = (*plan.prefetch, *more)
    return out


def _check_other_tables(others: _Given, table: Any, extra: Sequence[Any], writer: Any) -> None:
    """Refuse columns in SET that are not the UPDATE's own, where the database or the statement has no place for them.

    Raises:
        CompileError: names the tables.
    """
    known = {f for each in (table, *extra) for f in each._from_objects}
    several = writer.capabilities.multi_table_update.name == "TABLE_LIST"
    if several:
        foreign = [c.table for c, _ in others.values() if c.table not in known]
    else:
        foreign = [c.table for c, _ in others.values() if c.table is not table.__dict__.get("element")]
    if not foreign:
        return
    tables = ", ".join(sorted({repr(str(t.description)) for t in foreign}))
    if not several:
        raise CompileError(
            "Backend does not support additional tables in the SET clause; cannot include columns from table(s) "
            f"{tables} in SET clause; update that table by a statement of its own"
        )
    if not extra:
        raise CompileError(
            f"Statement is not a multi-table UPDATE statement; cannot include columns from table(s) {tables} in SET "
            "clause; update that table by a statement of its own, or name it in WHERE"
        )
    raise CompileError(f"Multi-table UPDATE statement does not include table(s) {tables}")


def _of_other_tables(others: _Given, writer: Any, prefetch: list[tuple[Any, str]]) -> list[Written]:
    """Write values for columns of other tables than the UPDATE's own, and what these tables set at every update."""
    out = []
    tables: dict[Any, set[str]] = {}
    for column, value in others.values():
        tables.setdefault(column.table, set()).add(column.key)
        if value._is_bind_parameter and value.__dict__.get("_is_value_of_column") and not writer.literal_only:
            writer.rename(value, writer.name(f"{column.table.name}_{column.key}", "bindparam"))
        out.append(value_text(value, column, writer))
    for table, done in tables.items():
        for column in writable(table):
            written = None if column.key in done else _default(column, column.onupdate, writer, prefetch)
            if written is not None:
                out.append(written)
    return out


def check_consumed(plan: DmlPlan, writer: Any) -> None:
    """Refuse names given for the execution that are neither columns nor parameters of the complete statement.

    Raises:
        CompileError: names them.
    """
    if writer.options.strict_keys:
        _check_known([name for name in plan.unconsumed if name not in writer.binds], plan.table)


def _update_order(statement: Any, table: Any, given: _Given) -> list[Any]:
    """Return what an UPDATE may set, in order: own columns, and keys of `given` that are other expressions."""
    columns = _written(table, given)
    if not statement._ordered:
        return columns
    first = [table.c[k] if isinstance(k, str) else k for k in given if not isinstance(k, str) or k in table.c]
    return first + [c for c in columns if all(c is not f for f in first)]


def update_cells(statement: Any, writer: Any, plan: DmlPlan, extra: Sequence[Any] = ()) -> list[Written]:
    """Return what an UPDATE sets, in the table's order (or the given one), and enter defaults into the plan.

    Args:
        extra: FROM elements that the statement reads beside its table.
    """
    table = plan.table
    given = _given(statement, plan, extra)
    others = {k: v for k, v in given.items() if not isinstance(k, str) and k.__visit_name__ == "column"}
    if others:
        _check_other_tables(others, table, extra, writer)
    requested = _requested(statement, writer, given, table)
    cells = _Cells(given, requested, "onupdate", writer)
    prefetch: list[tuple[Any, str]] = []
    postfetch: list[Any] = []
    out: list[Written] = _of_other_tables(others, writer, prefetch) if others else []
    seen: set[Any] = set(others)
    ordered = _update_order(statement, table, given)
    for key in given:
        if not isinstance(key, str) and key not in seen and all(key is not o for o in ordered):
            ordered.append(key)
    for column in ordered:
        if column.__visit_name__ != "column":  # an element of an array, for instance
            seen.add(column)
            out.append(value_text(given[column][1], column, writer))
            continue
        key = column.key
        entry = given.get(key)
        if entry is not None and (entry[0] is None or entry[0] is column):
            if key not in seen:  # a join may have two columns of one key: the first is meant
                seen.add(key)
                cell = value_text(entry[1], column, writer)
                out.append(cell)
                if cell.param is None:
                    postfetch.append(column)
        elif key in requested:
            seen.add(key)
            bind = cells.bind(column, required=True)
            out.append(Written(column, writer.render(bind), writer.bind_names.get(bind)))
        else:
            written = _default(column, column.onupdate, writer, prefetch, cells)
            if written is not None:
                out.append(written)
                if written.param is None:
                    postfetch.append(column)
            elif getattr(column, "server_onupdate", None) is not None or getattr(column, "computed", None) is not None:
                postfetch.append(column)
    _check_known([k for k in given if k not in seen], table)
    plan.unconsumed = tuple([k for k in requested if k not in seen])
    plan.prefetch = tuple(prefetch)
    plan.postfetch = tuple(postfetch)
    plan.written = tuple([w.column for w in out])
    return out
