"""Columns that are left out of a SELECT and loaded when they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lect.exc import InvalidRequestError
from lect_orm.base import ATTR_EMPTY, ATTR_WAS_SET, NO_AUTOFLUSH, NO_RAISE, PASSIVE_NO_RESULT, SQL_OK, state_str
from lect_orm.exc import DetachedInstanceError
from lect_orm.loading.refresh import load_columns
from lect_orm.mapping.column_property import DEFERRED

__all__ = ["deferred_loader"]


def deferred_loader(prop: Any, raiseload: bool) -> Callable[[Any, int], Any]:
    """Return what loads one deferred column (with the others of its group), or refuses to."""
    key, group = prop.key, prop.group

    def load(state: Any, passive: int) -> Any:
        if state.pk is None:
            return ATTR_EMPTY
        if not passive & SQL_OK:
            return PASSIVE_NO_RESULT
        if raiseload and not passive & NO_RAISE:
            raise InvalidRequestError(
                f"'{prop}' is not available due to raiseload=True; load it with undefer({prop}) in the statement"
            )
        if prop.is_query_expression and prop.query_expression_default is None:
            return None  # only a statement gives a value
        if state.session is None:
            raise DetachedInstanceError(
                f"Parent instance {state_str(state)} is not bound to a Session; deferred load operation of "
                f"attribute '{key}' cannot "
                "proceed"
            )
        if not passive & NO_AUTOFLUSH:
            state.session._autoflush()
        names = [key]
        if group is not None:
            values = state.dict
            names = [
                p.key for p in state.mapper._props.values() if p.is_column and p.group == group and p.key not in values
            ]
        load_columns(state, names)
        return ATTR_WAS_SET

    return load


DEFERRED[:] = [deferred_loader]
