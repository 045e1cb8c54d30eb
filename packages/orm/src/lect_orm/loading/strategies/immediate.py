"""Relationships loaded right after their objects, one by one, using what is in the session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lect_orm.base import PASSIVE_OFF, STATE_KEY
from lect_orm.loading.strategies.selectin import carried_options
from lect_orm.query.readers import POST_LOADERS

__all__ = ["ImmediateLoader"]


class ImmediateLoader:
    """Reads one relationship of each object."""

    def __init__(self, prop: Any, step: Any, reader: Any) -> None:
        self.prop = prop

    def load(self, ctx: Any, objects: Sequence[Any]) -> None:
        """Read the relationship where it is not loaded."""
        key = self.prop.key
        session = ctx.session
        before, session._carried_options = session._carried_options, carried_options(ctx.execution_options)
        try:
            for obj in objects:
                values = obj.__dict__
                state = values[STATE_KEY]
                impl = state.mapper.impls.get(key)
                if impl is not None and key not in values:
                    impl.get(state, values, PASSIVE_OFF)
        finally:
            session._carried_options = before


POST_LOADERS["immediate"] = ImmediateLoader
