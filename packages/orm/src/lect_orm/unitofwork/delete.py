"""DELETE of objects: few rows by one parameterized statement, many with one-column keys by ``IN`` lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lect.exc import LectWarning
from lect_orm.base import state_str
from lect_orm.exc import FlushError, StaleDataError
from lect_orm.unitofwork.changes import old_value
from lect_orm.unitofwork.facts import Row, TableFacts
from lect_orm.unitofwork.update import COUNTED

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["delete_rows"]

#: From this many rows on, keys go into IN lists of `IN_SIZE`: one statement per list instead of one per row.
IN_FROM: Final = 50
IN_SIZE: Final = 500


def delete_rows(facts: TableFacts, states: list[InstanceState], connection: Any) -> None:
    """Delete the rows of objects in one table."""
    if not states:
        return
    keys = [_values(facts, states, key, column) for column, key in facts.primary]
    if len(states) >= IN_FROM and len(keys) == 1 and facts.version is None:
        matched, counted = _delete_in(facts, keys[0], connection)
    else:
        names = [facts.names[column] for column, _key in facts.primary]
        if facts.version is not None and facts.version_key is not None:
            version = facts.version_key
            keys.append([old_value(state, state.dict, version) for state in states])
            names.append(facts.names[facts.version])
        rows = [dict(zip(names, values, strict=True)) for values in zip(*keys, strict=True)]
        matched, counted = _delete_by_key(facts, rows, connection)
    if counted and matched != len(states):
        _report(facts, len(states), matched)
    elif not counted and facts.version is not None:
        import warnings

        warnings.warn(
            f"Dialect {connection.dialect.name} does not support deleted rowcount - versioning cannot be verified.",
            LectWarning,
            stacklevel=7,
        )


def _values(facts: TableFacts, states: list[InstanceState], key: str, column: Any) -> list[Any]:
    """Return the value of one column of the primary key for each object, as the rows have it.

    Raises:
        FlushError: an object has none.
    """
    found = []
    for state in states:
        dict_ = state.dict
        value = dict_.get(key) if not state.committed_state else None
        if value is None:
            value = old_value(state, dict_, key)
            if value is None:
                raise FlushError(
                    f"Can't delete from table {facts.table.description} using NULL for primary key value on column "
                    f"{column} "
                    f"of {state_str(state)}"
                )
        found.append(value)
    return found


def _delete_in(facts: TableFacts, keys: list[Any], connection: Any) -> tuple[int, bool]:
    column = facts.primary[0][0]
    matched, counted = 0, True
    for start in range(0, len(keys), IN_SIZE):
        result = connection.execute(facts.table.delete().where(column.in_(keys[start : start + IN_SIZE])))
        counted = counted and result.supports_sane_rowcount()
        matched += result.rowcount
    return matched, counted


def _delete_by_key(facts: TableFacts, rows: list[Row], connection: Any) -> tuple[int, bool]:
    statement = facts.delete
    if len(rows) == 1:
        result = connection.execute(statement, rows[0])
        return result.rowcount, result.supports_sane_rowcount()
    result = connection.execute(statement, rows, execution_options=COUNTED)
    return result.rowcount, result.supports_sane_multi_rowcount() and result.rowcount != -1


def _report(facts: TableFacts, expected: int, matched: int) -> None:
    message = f"expected to delete {expected} row(s); {matched} were matched."
    if facts.version is not None:
        raise StaleDataError(f"DELETE statement on table '{facts.table.description}' {message}")
    if facts.mapper.confirm_deleted_rows:
        import warnings

        warnings.warn(
            f"DELETE statement on table {facts.table.description!r} {message}  Please set confirm_deleted_rows=False "
            "within "
            "the mapper configuration to prevent this warning.",
            LectWarning,
            stacklevel=8,
        )
