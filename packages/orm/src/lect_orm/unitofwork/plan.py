"""The first step of a flush: which objects take part, as what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lect_orm.base import MANYTOONE, object_state
from lect_orm.unitofwork import sync
from lect_orm.unitofwork.context import DELETE, LISTED, LISTED_DELETE, SAVE, FlushContext
from lect_orm.unitofwork.dependencies import dependencies_of
from lect_orm.unitofwork.orphans import delete_orphan_props, is_orphan

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["expand", "fill"]


def fill(context: FlushContext, objects: Sequence[Any] | None, expunge: bool = True) -> None:
    """Register what is new, changed and deleted in the session.

    Args:
        context: the flush.
        objects: only these objects; None: all.
        expunge: pending orphans leave the session (a mere look at the plan leaves them there).
    """
    session = context.session
    deleted = session._deleted
    only = {object_state(obj) for obj in objects} if objects else None
    states = context.states
    watched: dict[Any, bool] = {}  # mapper -> whether its objects may be orphans
    for held in (session._new, session._dirty):
        for state in list(held):
            if state in deleted or (only is not None and state not in only):
                continue
            mapper = state.mapper
            may_be_orphan = watched.get(mapper)
            if may_be_orphan is None:
                mapper._check_configure()
                may_be_orphan = watched[mapper] = bool(delete_orphan_props(mapper))
            if may_be_orphan and is_orphan(state):
                if state.pk is not None:
                    states[state] = DELETE
                    continue
                if state.orphaned:
                    if expunge:
                        session._expunge_states([state])
                    continue
            states[state] = SAVE
    for state in list(deleted):
        if only is None or state in only:
            states[state] = DELETE
    context.fresh = list(states)


def expand(context: FlushContext) -> None:
    """Ask the relationships of each object who else takes part, until nobody comes in any more."""
    states = context.states
    if not any(dependencies_of(mapper) or _key_switchers(mapper) for mapper in {state.mapper for state in states}):
        context.fresh = []
        return
    looked: set[tuple[InstanceState, bool]] = set()
    saving: dict[Any, tuple[list[Any], tuple[Any, ...]]] = {}
    while context.fresh:
        batch, context.fresh = context.fresh, []
        for state in batch:
            kind = states[state]
            if kind is LISTED or kind is LISTED_DELETE:
                continue
            mapper = state.mapper
            asked = saving.get(mapper)
            if asked is None:
                asked = saving[mapper] = (
                    [dependency for dependency in dependencies_of(mapper) if dependency.plans_saves],
                    _key_switchers(mapper),
                )
            deleting = kind is DELETE
            if not deleting and not asked[0] and not asked[1]:
                continue
            if (state, deleting) in looked:
                continue
            looked.add((state, deleting))
            if deleting:
                for dependency in dependencies_of(mapper):
                    dependency.plan_delete(context, state)
                continue
            dict_ = state.dict
            for dependency in asked[0]:
                if dependency.concerns(state, dict_):
                    dependency.plan_save(context, state)
            for dependency in asked[1]:
                _find_referrers(context, dependency, state)


def _key_switchers(mapper: Any) -> tuple[Any, ...]:
    """Return many-to-one relationships to this mapper that no collection mirrors, and whose keys the database does
    not update.
    """
    found: tuple[Any, ...] | None = mapper.memo.get("key_switchers")
    if found is None:
        made = []
        registry = getattr(mapper, "registry", None)
        for other in list(getattr(registry, "mappers", ())):
            for prop in other.relationships:
                if (
                    prop.direction is MANYTOONE
                    and not prop.viewonly
                    and not prop.passive_updates
                    and mapper.isa(prop.mapper)
                    and not prop._reverse_property
                ):
                    made.extend([d for d in dependencies_of(other) if d.prop is prop])
        found = mapper.memo["key_switchers"] = tuple(made)
    return found


def _find_referrers(context: FlushContext, dependency: Any, state: InstanceState) -> None:
    """The key of `state` has changed: objects in the session that refer to it get the new one."""
    if not sync.source_modified(state, dependency.mapper, dependency.pairs):
        return
    target = state()
    session = context.session
    for other in session.identity_map.all_states():
        if not other.mapper.isa(dependency.parent):
            continue
        if other.dict.get(dependency.key) is target and target is not None:
            context.register_object(other)
            dependency.copier.copy(state, other)
