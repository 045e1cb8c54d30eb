"""Objects by primary key, by a statement that is built once per class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lect.sql._select import Select
from lect.sql.bind import BindParameter
from lect_orm.loading.origin import LoadOrigin
from lect_orm.query.entities import entity_node
from lect_orm.query.execute import execute_plan, plan_for, run

__all__ = ["load_by_key", "statement_by_key"]

_ROOT = "_lect_by_key"


def load_by_key(
    session: Any,
    entity: Any,
    pk: Sequence[Any],
    *,
    options: Sequence[Any] = (),
    populate_existing: bool = False,
    with_for_update: Any = None,
    execution_options: Mapping[str, Any] | None = None,
    bind_arguments: dict[str, Any] | None = None,
    identity_token: Any = None,
    refresh_state: Any = None,
    only: frozenset[str] | None = None,
    kind: str | None = None,
    autoflush: bool = True,
) -> Any:
    """Emit a SELECT by primary key and return the object, or None when there is no such row.

    Args:
        pk: values in the order of ``mapper.primary_key``.
        refresh_state: state of the object whose values are overwritten.
        only: attributes to load; None for all.
        kind: "columns" when an object in memory is read again; `refresh_state` says so too.

    Raises:
        StaleDataError: the row was to be locked and has another version than the object in memory.
    """
    how: dict[str, Any] = dict(execution_options or {})
    if populate_existing:
        how["populate_existing"] = True
    if identity_token is not None:
        how["identity_token"] = identity_token
        bind_arguments = session._bind_arguments_of_token(identity_token, bind_arguments)
    if refresh_state is not None:
        how["_lect_refresh"] = refresh_state
    if not autoflush:
        how["autoflush"] = False
    statement = statement_by_key(entity, pk)
    if options:
        statement = statement.options(*options)
    if with_for_update is not None:
        how["_lect_checks_version"] = True
        statement = (
            statement.with_for_update(**with_for_update) if with_for_update is not True else statement.with_for_update()
        )
    if session.dispatch.do_orm_execute:
        if only is not None:
            how["_lect_only"] = only
        if refresh_state is not None or kind is not None:
            how["_lect_load"] = LoadOrigin(None, "columns")
        result = session.execute(statement, execution_options=how, bind_arguments=bind_arguments)
    elif only is None:
        result = run(session, statement, None, how, bind_arguments)
    else:
        if how.get("autoflush", True):
            session._autoflush()
        plan, binds = plan_for(statement, only)
        result = execute_plan(session, statement, plan, binds, None, how, bind_arguments)
    found = result.unique().scalars().all()
    return found[0] if found else None


def statement_by_key(entity: Any, pk: Sequence[Any]) -> Any:
    """Return ``select(entity) WHERE primary key = :pk_1``; its shape is the same at each call."""
    mapper = entity.mapper
    shown = [entity.adapt_own_column(c) for c in mapper.primary_key]
    base = mapper.memo.get(_ROOT) if entity.is_mapper else None
    if base is None:
        base = Select(entity_node(entity))
        if entity.is_mapper:
            mapper.memo[_ROOT] = base
    conditions = []
    for number, (column, value) in enumerate(zip(shown, pk, strict=True), 1):
        if value is None:
            conditions.append(column.is_(None))
        else:
            conditions.append(column == BindParameter(f"pk_{number}", value, type_=column.type))
    return base.where(*conditions)
