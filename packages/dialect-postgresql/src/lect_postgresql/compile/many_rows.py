"""INSERT of many rows: one array per column, where the types allow it; else a list of rows with their types.

postgresql.org/docs/current/functions-srf.html (unnest), postgresql.org/docs/current/queries-table-expressions.html
(WITH ORDINALITY).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from lect import types as t
from lect.compile.ansi.many_rows import ordered_rows
from lect.compile.batch import MARK, ROWS
from lect.compile.clauses import ManyRows
from lect.exc import CompileError
from lect_postgresql.bulk import array_list, array_text, form_of
from lect_postgresql.casts import Casts
from lect_postgresql.compile.bind_cast import cast_name
from lect_postgresql.compile.table import RULES


@RULES.rule(ManyRows)
def many_rows(node: ManyRows, writer: Any) -> str:
    """`` VALUES (…)``, or `` SELECT p0::VARCHAR FROM (VALUES (…, 0)) AS … ORDER BY nth`` where the order is to be
    kept; columnwise `` SELECT p0 FROM unnest(…::text[]) WITH ORDINALITY AS … ORDER BY nth``.
    """
    _columnwise(node, writer)
    if not node.ordered:
        node.row = f"({', '.join([c.text for c in node.cells])})"
        return f" VALUES {ROWS}"
    casts = _casts(node, writer)
    return "" if casts is None else ordered_rows(node, lambda cell, name: name + casts[cell.column])


def _is_plain(cell: Any) -> bool:
    """Whether a cell is one parameter, with nothing but a cast."""
    found = MARK.match(cell.text)
    rest = cell.text[found.end() :] if found is not None else "-"
    return cell.param is not None and (not rest or (rest.startswith("::") and MARK.search(rest) is None))


def _columnwise(node: ManyRows, writer: Any) -> None:
    make: Callable[..., Any] = array_list if writer.dialect.sends_lists else array_text
    names: list[str] = []
    places: list[str] = []
    wanted: list[str] = []
    arrays: dict[str, Any] = {}
    for cell in node.cells:
        if MARK.search(cell.text) is None:
            wanted.append(cell.text)
            continue
        form, cast = _form(cell, writer) if _is_plain(cell) else (None, "")
        if form is None:
            return
        name = f"p{len(names)}"
        names.append(name)
        wanted.append(f"{name}{cast}")
        mark = MARK.match(cell.text)
        assert mark is not None
        places.append(f"{mark.group()}::{form.cast}[]")
        arrays[cell.param] = partial(make, form=form)
    order = " ORDER BY nth" if node.ordered else ""
    columns = ", ".join([*names, "nth"])
    node.columnwise = (
        f" SELECT {', '.join(wanted)} FROM unnest({', '.join(places)}) WITH ORDINALITY AS given_rows ({columns}){order}"
    )
    node.arrays = arrays


def _form(cell: Any, writer: Any) -> tuple[Any, str]:
    """Return the form of a cell's values as elements of an array, and the cast behind an element; (None, "") when
    there is none.
    """
    impl = cell.column.type._unwrapped_dialect_impl(writer.dialect)
    form = form_of(impl)
    if form is None and isinstance(impl, (t.JSON, t.Enum)) and not impl._has_bind_expression:
        # Their values are bound as text.
        return form_of(t.Text()), f"::{cast_name(impl, writer, Casts.ALL)}"
    return form, ""


def _casts(node: ManyRows, writer: Any) -> Mapping[Any, str] | None:
    """Return what is written behind each column of a list of rows: there the server does not see what it is for."""
    found: dict[Any, str] = {}
    for cell in node.cells:
        found[cell.column] = ""
        if not _is_plain(cell):
            continue
        impl = cell.column.type._unwrapped_dialect_impl(writer.dialect)
        name = cast_name(cell.column.type, writer, Casts.ALL)
        if name is None:
            try:
                name = writer.render(impl)
            except CompileError:  # no type was given
                return None
        found[cell.column] = f"::{name}"
    return found
