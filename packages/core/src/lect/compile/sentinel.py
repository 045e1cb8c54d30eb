"""How the rows that a many-row INSERT returns are matched to its parameter sets; chosen when it is compiled.

By value where the parameter set has what identifies the row (a primary key, a column made for the purpose, the columns
of ON CONFLICT) and its type gives back what it got; by a key that the server counts up, where it takes the rows in a
known order. Where neither can be proved there is no sentinel, and the engine runs one statement per parameter set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lect.compile.batch import Sentinel
from lect.sql.on_conflict import OnConflict
from lect.types.boolean import Boolean
from lect.types.decorator import TypeDecorator
from lect.types.enumerated import Enum
from lect.types.large_binary import LargeBinary
from lect.types.numeric import Integer
from lect.types.sql_types import NVARCHAR, TEXT, VARCHAR
from lect.types.string import String, Text, Unicode, UnicodeText
from lect.types.temporal import Date
from lect.types.uuid_type import Uuid

__all__ = ["choose_sentinel", "is_asked"]

#: Types whose values come back equal to what went in. Not those that round, pad, or drop a zone.
_EXACT = (Integer, Boolean, Date, LargeBinary, Enum)
_TEXTS = {String, VARCHAR, NVARCHAR, Text, TEXT, Unicode, UnicodeText}


def is_asked(statement: Any, plan: Any) -> bool:
    """Whether each returned row must be known to belong to its parameter set."""
    return plan.returning == "implicit" or bool(statement._sort_by_parameter_order)


def choose_sentinel(statement: Any, plan: Any, cells: Sequence[Any], writer: Any) -> Sentinel | None:
    """Return what tells the rows of an INSERT apart, None when nothing is sure to."""
    if statement._prefixes:  # IGNORE, OR REPLACE: which rows are made is not known
        return None
    table = plan.table
    by_column = {id(c.column): c for c in cells}
    if statement._on_conflict is not None:
        columns = _conflict_columns(statement._on_conflict, table)
        return _by_value(columns, by_column, plan, writer, may_lack=True) if columns else None
    marked = getattr(table, "_sentinel_column", None)
    if marked is not None:
        found = _by_value((marked,), by_column, plan, writer)
        if found is not None:
            return found
    keys = tuple(table.primary_key)
    found = _by_value(keys, by_column, plan, writer) if keys else None
    return found or _by_key(table, by_column, plan, writer)


def _positions(columns: Iterable[Any], plan: Any) -> tuple[int, ...]:
    """Return the places of columns in the returned row; columns that are not asked for come behind the others."""
    found = []
    more = len(plan.returned)
    for column in columns:
        place = next((i for i, c in enumerate(plan.returned) if c is column), None)
        if place is None:
            place, more = more, more + 1
        found.append(place)
    return tuple(found)


def _by_value(
    columns: Sequence[Any], by_column: Any, plan: Any, writer: Any, *, may_lack: bool = False
) -> Sentinel | None:
    given = {*(writer.options.column_keys or ()), *[name for _, name in plan.prefetch]}
    names, makers = [], []
    for column in columns:
        cell = by_column.get(id(column))
        if cell is None or cell.param is None or cell.param not in given:
            return None
        exact, make = _comparable(column.type, writer.dialect)
        if not exact:
            return None
        names.append(cell.param)
        makers.append(make)
    return Sentinel(
        _positions(columns, plan), tuple(columns), names=tuple(names), makers=tuple(makers), may_lack=may_lack
    )


def _by_key(table: Any, by_column: Any, plan: Any, writer: Any) -> Sentinel | None:
    if writer.capabilities.key_order.name == "UNKNOWN":
        return None
    marked = getattr(table, "_sentinel_column", None)
    for column in (*table.primary_key, *(() if marked is None else (marked,))):
        cell = by_column.get(id(column))
        sequence = column.default if column.default is not None and column.default.is_sequence else None
        if cell is None:
            numbered = column is marked and getattr(column, "identity", None) is not None
            counts = numbered or column is getattr(table, "autoincrement_column", None)
        else:
            counts = cell.sequenced
        if counts and isinstance(column.type.dialect_impl(writer.dialect), Integer):
            made_by = sequence if sequence is not None else getattr(column, "identity", None)
            if made_by is None or ((made_by.increment or 1) > 0 and not made_by.cycle):
                return Sentinel(_positions((column,), plan), (column,))
    return None


def _conflict_columns(clause: Any, table: Any) -> tuple[Any, ...]:
    """Return the columns whose values meet in a conflict, and stay what they are; () when that is not known."""
    if type(clause) is not OnConflict or clause.index_where is not None:
        return ()
    if clause.constraint is not None:
        named = [c for c in table.constraints if c.name == clause.constraint and hasattr(c, "columns")]
        columns = tuple(named[0].columns) if len(named) == 1 else ()
    else:
        columns = (*clause.elements, *[table.c.get(name) for name in clause.element_names])
    if any(c is None or table.c.get(getattr(c, "key", None)) is not c for c in columns):
        return ()
    changed = {key for key, _ in clause.updates}
    return () if any(c.key in changed for c in columns) else columns


def _comparable(type_: Any, dialect: Any) -> tuple[bool, Callable[[Any], Any] | None]:
    """Return whether values of a type are known again when they come back, and what makes the value that comes back
    of the one that was given (None: it is the same)."""
    if type_._is_type_decorator:
        cls = type(type_)
        if (
            cls.bind_processor is not TypeDecorator.bind_processor
            or cls.result_processor is not TypeDecorator.result_processor
        ):
            return False, None
        inner, make = _comparable(type_.load_dialect_impl(dialect), dialect)
        if not inner:
            return False, None
        bound = type_.process_bind_param if cls.process_bind_param is not TypeDecorator.process_bind_param else None
        shown = cls.process_result_value is not TypeDecorator.process_result_value

        def through(value: Any) -> Any:
            kept = value if bound is None else bound(value, dialect)
            if make is not None and kept is not None:
                kept = make(kept)
            return type_.process_result_value(kept, dialect) if shown else kept

        return True, through
    if type_._has_bind_expression or type_._has_column_expression:
        return False, None
    if isinstance(type_, Uuid):
        return True, None if type_.as_uuid else _same_uuid
    if isinstance(type_, _EXACT):
        return True, bytes if isinstance(type_, LargeBinary) else None
    return type(type_) in _TEXTS and type_.collation is None, None


def _same_uuid(value: Any) -> str:
    from uuid import UUID

    return str(UUID(str(value)))
