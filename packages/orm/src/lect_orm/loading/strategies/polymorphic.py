"""Columns of subclasses loaded by further statements, one per subclass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lect.sql._select import Select
from lect_orm.base import STATE_KEY
from lect_orm.loading.strategies.selectin import CHUNK, _chunks, _in, _primary_key, _with_keys
from lect_orm.loading.tree_option import TreeOption
from lect_orm.query.entities import entity_node
from lect_orm.query.execute import run
from lect_orm.query.readers import POST_LOADERS

__all__ = ["SelectInPolymorphicLoader"]


class SelectInPolymorphicLoader:
    """Completes objects of the subclasses asked for."""

    def __init__(self, mapper: Any, step: Any, reader: Any) -> None:
        self.mapper = mapper
        self.mappers = [m for m in step.argument("mappers") if m is not mapper]
        self.node = reader.node
        self.path = reader.path

    def load(self, ctx: Any, objects: Sequence[Any]) -> None:
        """Load what objects of the subclasses lack."""
        groups: dict[Any, list[Any]] = {}
        for obj in objects:
            state = obj.__dict__[STATE_KEY]
            best = None
            for mapper in self.mappers:
                if state.mapper.isa(mapper) and (best is None or mapper.isa(best)):
                    best = mapper
            if best is not None and (state.expired_attributes or ctx.populate_existing):
                groups.setdefault(best, []).append(state)
        for mapper, states in groups.items():
            columns = [mapper.adapt_own_column(c) for c in mapper.primary_key]
            statement: Any = (
                Select(entity_node(mapper))
                .where(_in(columns))
                .options(TreeOption(mapper, _only_columns(self.node), self.path))
            )
            options: dict[str, Any] = {"autoflush": False, "_lect_lenient_options": True}
            if ctx.given is not None:
                options["_lect_given"] = ctx.given
            if ctx.token is not None:
                options["identity_token"] = ctx.token
            for chunk in _chunks([_primary_key(s) for s in states], CHUNK):
                run(ctx.session, _with_keys(statement, chunk), None, options, ctx.bind_arguments).unique().all()


def _only_columns(node: Any) -> Any:
    from lect_orm.loading.options import OptionNode

    made = OptionNode()
    made.steps, made.children, made.wildcards = node.steps, node.children, node.wildcards
    made.everywhere = node.everywhere
    made.only, made.groups, made.criteria = node.only, node.groups, node.criteria
    return made


POST_LOADERS["selectin_polymorphic"] = SelectInPolymorphicLoader
