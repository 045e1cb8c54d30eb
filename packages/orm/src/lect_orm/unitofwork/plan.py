"""The first step of a flush: which objects take part, as what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lect_orm.base import NO_VALUE, object_state
from lect_orm.unitofwork import sync
from lect_orm.unitofwork.changes import old_value
from lect_orm.unitofwork.context import DELETE, LISTED, LISTED_DELETE, SAVE, FlushContext
from lect_orm.unitofwork.dependencies import dependencies_of, one_sided_to
from lect_orm.unitofwork.dependency import ManyToOne
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
    states.update([(state, DELETE) for state in deleted if only is None or state in only])
    context.fresh = list(states)


def expand(context: FlushContext) -> None:
    """Ask the relationships of each object who else takes part, until nobody comes in any more."""
    states = context.states
    if not any(dependencies_of(mapper) or one_sided_to(mapper) for mapper in {state.mapper for state in states}):
        context.fresh = []
        return
    looked: set[tuple[InstanceState, bool]] = set()
    saving: dict[Any, tuple[list[Any], list[ManyToOne]]] = {}
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


def _key_switchers(mapper: Any) -> list[ManyToOne]:
    """Return many-to-one relationships whose objects get a new key of this class from nobody else."""
    return [dependency for dependency in one_sided_to(mapper) if isinstance(dependency, ManyToOne)]


def _find_referrers(context: FlushContext, dependency: Any, state: InstanceState) -> None:
    """The key of `state` has changed: objects in the session that refer to it get the new one."""
    if not sync.source_modified(state, dependency.mapper, dependency.pairs):
        return
    target = state()
    earlier = [
        (right, old_value(state, state.dict, sync.attribute_of(_mapper_of(state, dependency, left), left)))
        for left, right in dependency.pairs
    ]
    for other in list(context.session.identity_map.all_states()):
        if target is None or dependency not in dependencies_of(other.mapper):
            continue
        held = other.dict.get(dependency.key, NO_VALUE)
        if held is target or (held is NO_VALUE and _referred(context, dependency, other, earlier)):
            context.register_object(other)
            dependency.copier.copy(state, other)


def _mapper_of(state: InstanceState, dependency: Any, column: Any) -> Any:
    return state.mapper if column in state.mapper.column_to_key else dependency.mapper


def _referred(context: FlushContext, dependency: Any, other: InstanceState, earlier: list[tuple[Any, Any]]) -> bool:
    """Whether an object that has no related object in memory refers to a row by its `earlier` key; what is expired is
    read.
    """
    if context.is_deleted(other) or dependency.key in (other.committed_state or ()):
        return False
    impls, mapper = other.mapper.impls, other.mapper
    keys = [(sync.attribute_of(mapper, column), value) for column, value in earlier]
    return all(impls[key].get(other, other.dict) == value for key, value in keys)
