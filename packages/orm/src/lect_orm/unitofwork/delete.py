"""DELETE of objects: few rows by one parameterized statement, many with one-column keys by ``IN`` lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lect.exc import LectWarning
from lect_orm.base import state_str
from lect_orm.exc import FlushError, StaleDataError
from lect_orm.unitofwork.facts import Row, TableFacts
from lect_orm.unitofwork.update import COUNTED, old_value

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["delete_rows"]

#: From this many rows on, keys go into IN lists of `IN_SIZE`: one statement per list instead of one per row.
IN_FROM: Final = 50
IN_SIZE: Final = 500


def delete_rows(facts: TableFacts, states: list[InstanceState], connection: Any) -> None:
    """Delete the rows of objects in one table."""
    rows: list[Row] = []
    for state in states:
        dict_ = state.dict
        row: Row = {}
        for column, key in facts.primary:
            value = old_value(state, dict_, key)
            if value is None:
                raise FlushError(
                    f"Can't delete from table {facts.table.description} using NULL for primary key value on column "
                    f"{column} "
                    f"of {state_str(state)}"
                )
            row[column.key] = value
        if facts.version is not None and facts.version_key is not None:
            row[facts.version.key] = old_value(state, dict_, facts.version_key)
        rows.append(row)
    if not rows:
        return
    if len(rows) >= IN_FROM and len(facts.primary) == 1 and facts.version is None:
        matched, counted = _delete_in(facts, rows, connection)
    else:
        matched, counted = _delete_by_key(facts, rows, connection)
    if counted and matched != len(rows):
        _report(facts, len(rows), matched)
    elif not counted and facts.version is not None:
        import warnings

        warnings.warn(
            f"Dialect {connection.dialect.name} does not support deleted rowcount - versioning cannot be verified.",
            LectWarning,
            stacklevel=7,
        )


def _delete_in(facts: TableFacts, rows: list[Row], connection: Any) -> tuple[int, bool]:
    column = facts.primary[0][0]
    matched, counted = 0, True
    for start in range(0, len(rows), IN_SIZE):
        values = [row[column.key] for row in rows[start : start + IN_SIZE]]
        result = connection.execute(facts.table.delete().where(column.in_(values)))
        counted = counted and result.supports_sane_rowcount()
        matched += result.rowcount
    return matched, counted


def _delete_by_key(facts: TableFacts, rows: list[Row], connection: Any) -> tuple[int, bool]:
    statement = facts.delete
    if len(rows) == 1:
        result = connection.execute(statement, rows[0])
        return result.rowcount, result.supports_sane_rowcount()
    options = COUNTED if facts.version is not None else None
    result = connection.execute(statement, rows, execution_options=options)
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
