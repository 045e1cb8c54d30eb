"""Default rules for INSERT."""

from __future__ import annotations

import warnings
from typing import Any

from lect.compile.ansi.cte import prepare_added, with_clause, words_of
from lect.compile.ansi.dml_values import Written, added_columns, check_consumed, insert_cells, row_cells
from lect.compile.ansi.hints import hints_of, with_hint
from lect.compile.ansi.many_rows import batch_of
from lect.compile.ansi.returning import returning, returning_columns
from lect.compile.ansi.syntax_extension import extensions_at
from lect.compile.clauses import InsertParts
from lect.compile.compiled import DmlPlan
from lect.compile.table import ANSI
from lect.exc import CompileError, InvalidRequestError, LectWarning
from lect.sql._insert import Insert
from lect.sql._select import Select

__all__ = ["column_names", "insert", "rows_of_values"]


@ANSI.rule(Insert)
def insert(node: Insert, writer: Any) -> str:
    """``INSERT INTO t (a, b) VALUES (…)``, or from a SELECT, with RETURNING where it is asked for or needed."""
    node = node._translated()
    results = writer.take_results()
    with writer.enter(node) as scope:
        scope.froms = scope.visible = frozenset()
        table = node.table
        scope.target = table
        plan = DmlPlan("insert", table)
        plan.inline = node._inline
        if results:
            writer.dml = plan
        if node._hints:
            scope.facts["hints"] = hints_of(node, writer)
        prepare_added(node, writer)
        head = f"INSERT {words_of(node._prefixes, writer)}INTO "
        head += with_hint(table, writer.format_table(table), writer)
        if node._select is not None:
            columns, source, cells = *_from_select(node, plan, writer), None
        else:
            columns, source, cells = rows_of_values(node, plan, writer)
        conflict = writer.render(node._on_conflict) if node._on_conflict is not None else ""
        conflict += extensions_at(node, "post_values", writer)
        returned = _returning(node, plan, writer, results)
        parts = InsertParts(node, head, columns, source, conflict, returned)
        own = writer.render(parts)
        text = with_clause(own, scope, writer)
        check_consumed(plan, writer)
        if cells is not None and results and writer.options.batch:
            plan.batch = batch_of(plan, parts, cells, text.removesuffix(own), writer)
        return text


@ANSI.rule(InsertParts)
def insert_parts(node: InsertParts, writer: Any) -> str:
    """RETURNING stands at the end."""
    return f"{node.head}{node.columns}{node.source}{node.conflict}{node.returning}"


def column_names(cells: list[Written], writer: Any) -> str:
    """Return ``(a, b)``."""
    return f"({', '.join([writer.quote(c.column.name) for c in cells])})"


def _from_select(node: Insert, plan: DmlPlan, writer: Any) -> tuple[str, str]:
    table = plan.table
    columns = []
    for name in node._select_names:
        column = table.c.get(name)
        if column is None:
            raise CompileError(f"Unconsumed column names: {name}")
        columns.append(column)
    select = node._select
    if node._include_defaults:
        added = added_columns(node, writer, plan, node._select_names)
        if added and not isinstance(select, Select):
            lacking = ", ".join([repr(str(c.key)) for c, _ in added])
            raise CompileError(
                "Can't extend statement for INSERT..FROM SELECT to include additional default-holding column(s) "
                f"{lacking}.  Convert the selectable to a subquery() first, or pass include_defaults=False to "
                "Insert.from_select() to skip these columns."
            )
        if added:
            columns.extend([c for c, _ in added])
            select = select.add_columns(*[e for _, e in added])
    plan.written = tuple(columns)
    names = ", ".join([writer.quote(c.name) for c in columns])
    text = writer.render(select)
    if (
        writer.capabilities.cte_in_dml.name == "BEFORE_SELECT"
        and writer.scope.parent is None
        and writer.ctes is not None
    ):
        text = with_clause(text, writer.scope, writer)
    return f" ({names})", f" {text}"


def rows_of_values(node: Insert, plan: DmlPlan, writer: Any) -> tuple[str, str, list[Written] | None]:
    """Return the columns, VALUES, and what is written when it is one row with values."""
    if node._values is not None and node._multi_values:
        raise InvalidRequestError("Can't mix single and multiple VALUES formats in one INSERT statement")
    if node._sort_by_parameter_order and node._multi_values:
        raise CompileError(
            "RETURNING cannot be deterministically sorted when using an INSERT of several rows of VALUES; give the "
            "rows to execute() as a list of dictionaries"
        )
    cells = insert_cells(node, writer, plan, asks_first=_asks_for_key_first(node, plan, writer))
    if not cells:
        _find_primary_key(node, plan, cells, writer)
        keys = list(plan.table.primary_key)
        keys = keys or list(plan.table.c)[:1]
        if writer.options.for_executemany and keys and writer.capabilities.default_in_values:
            # Drivers repeat a statement for each parameter set only where it has a place for values.
            return f" ({writer.quote(keys[0].name)})", " VALUES (DEFAULT)", None
        return "", empty_row(writer), None
    names = column_names(cells, writer)
    row = f"({', '.join([c.text for c in cells])})"
    plan.valued = tuple([c.column for c in cells if c.param is not None])
    _find_primary_key(node, plan, cells, writer)
    if not node._multi_values:
        return f" {names}", f" VALUES {row}", cells
    if not writer.capabilities.multi_values:
        raise CompileError(
            f"The {writer.dialect.name!r} dialect with current database version settings does not support in-place "
            "multirow inserts.  Give the rows to execute() as a list of dictionaries."
        )
    rows = [row]
    for number in range(1, len(node._multi_values)):
        more = row_cells(node, writer, plan, number, cells)
        rows.append(f"({', '.join([c.text for c in more])})")
    return f" {names}", f" VALUES {', '.join(rows)}", None


def empty_row(writer: Any) -> str:
    """Return what inserts one row of defaults."""
    form = writer.capabilities.default_row.name
    if form == "DEFAULT_VALUES":
        return " DEFAULT VALUES"
    if form == "EMPTY_VALUES":
        return " () VALUES ()"
    raise CompileError(
        f"The {writer.dialect.name!r} dialect with current database version settings does not support empty inserts.  "
        "Give a value for at least one column."
    )


def _find_primary_key(node: Insert, plan: DmlPlan, cells: list[Written], writer: Any) -> None:
    """Note where the values of the primary key come from."""
    if node._multi_values:
        return
    by_column = {id(c.column): c for c in cells}
    found: list[tuple[str, Any] | None] = []
    for column in plan.table.primary_key:
        cell = by_column.get(id(column))
        if cell is not None and cell.param is not None:
            given = writer.options.column_keys or ()
            prefetched = any(c is column for c, _ in plan.prefetch)
            found.append(("param", cell.param) if cell.param in given or prefetched else ("value", cell.param))
        elif cell is None and column is getattr(plan.table, "autoincrement_column", None):
            # On servers without another way the driver says it; RETURNING takes the place of this where there is one.
            found.append(("lastrowid", None))
        else:
            if cell is None and not writer.scope.nested:
                _warn_without_key(column)
            found.append(None)
    plan.primary_key = tuple(found)


def _warn_without_key(column: Any) -> None:
    """Tell that a primary key column gets no value from anybody."""
    if column.default is not None or column.server_default is not None or getattr(column, "nullable", True):
        return
    warnings.warn(
        f"Column '{column.table.fullname}.{column.name}' is marked as a member of the primary key for table "
        f"'{column.table.fullname}', but has no Python-side or server-side default generator indicated, nor does it "
        "indicate 'autoincrement=True' or 'nullable=True', and no explicit value is passed.  Primary key columns "
        "typically may not store NULL.",
        LectWarning,
        stacklevel=2,
    )


def adds_returning(dialect: Any) -> bool:
    """Say whether RETURNING is added to fetch what the server makes: not where it was switched off, nor only shown."""
    return getattr(dialect, "implicit_returning", True) and not getattr(dialect, "only_shows", False)


def _can_return(table: Any, writer: Any) -> bool:
    """Say whether RETURNING may be added to an INSERT into `table`."""
    return (
        getattr(table, "implicit_returning", False)
        and writer.capabilities.insert_returning.name != "NONE"
        and adds_returning(writer.dialect)
    )


def _asks_for_key_first(node: Insert, plan: DmlPlan, writer: Any) -> bool:
    """Say whether SQL defaults of the primary key are asked for before one row is inserted, so that its key is known.

    That is so where no RETURNING can tell them afterwards.
    """
    return not (
        node._inline
        or node._multi_values
        or node._returning
        or writer.scope.nested
        or writer.options.for_executemany
        or getattr(writer.dialect, "only_shows", False)
        or _can_return(plan.table, writer)
    )


def _needed(node: Insert, plan: DmlPlan, writer: Any) -> list[Any]:
    """Return the columns that RETURNING must fetch although nobody wrote returning()."""
    table = plan.table
    options = writer.options
    if (
        node._inline
        or node._select is not None
        or node._multi_values
        or writer.scope.nested
        or not _can_return(table, writer)
        or (options.for_executemany and not (options.batch and node._return_defaults))
    ):
        return []
    wanted: list[Any] = []
    lastrowid = writer.capabilities.generated_key.name == "CURSOR" and not options.for_executemany
    if node._return_defaults:
        return _asked_for(node, plan)
    written = {id(c) for c in plan.written}
    for column, source in zip(table.primary_key, plan.primary_key or [None] * len(table.primary_key), strict=True):
        if source is None:
            # Nobody gives a value to a key without a default: there is nothing to fetch.
            made = id(column) in written or _has_default(column)
            if made and not (lastrowid and column.server_default is None and column.default is None):
                wanted.append(column)
        elif source[0] == "lastrowid" and not lastrowid:
            wanted.append(column)
    return wanted


def _has_default(column: Any) -> bool:
    return (
        column.server_default is not None
        or column.default is not None
        or column is getattr(column.table, "autoincrement_column", None)
    )


def _asked_for(node: Insert, plan: DmlPlan) -> list[Any]:
    """Return what ``return_defaults()`` fetches: the key, and all columns (or those named) whose values were not given.
    """
    given = {id(c) for c in plan.valued}
    named = node._return_defaults_columns
    wanted: list[Any] = []
    for column in (*node._supplemental_columns, *plan.table.primary_key, *(named or plan.table.c)):
        asked = id(column) not in given or any(column is s for s in node._supplemental_columns)
        if asked and all(column is not w for w in wanted):
            wanted.append(column)
    return wanted


def _returning(node: Insert, plan: DmlPlan, writer: Any, results: bool) -> str:
    if node._returning:
        plan.returning = "explicit"
        plan.returned = tuple(node._column_expressions())
        return returning(node, writer, results)
    wanted = _needed(node, plan, writer)
    if not wanted:
        return ""
    plan.returning = "implicit"
    plan.returned = tuple(wanted)
    places = {id(c): i for i, c in enumerate(wanted)}
    plan.primary_key = tuple(
        [
            ("returned", places[id(c)]) if id(c) in places else source
            for c, source in zip(
                plan.table.primary_key, plan.primary_key or [None] * len(plan.table.primary_key), strict=True
            )
        ]
    )
    plan.postfetch = tuple([c for c in plan.postfetch if id(c) not in places])
    return returning_columns(wanted, writer, results)
