"""Which of the rows that are about to be deleted refer to which, by what the rows themselves hold.

Deleting writes nothing into a row first, so what the row holds decides, and not what was changed in memory since. It is
known of most objects; of those that are expired it is read, for all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from lect.sql._select import Select
from lect.sql.boolean import and_, or_
from lect_orm.base import NO_VALUE
from lect_orm.identity import public_key
from lect_orm.unitofwork import sync
from lect_orm.unitofwork.changes import old_value
from lect_orm.unitofwork.context import FlushContext
from lect_orm.unitofwork.dependencies import dependencies_of
from lect_orm.unitofwork.dependency import Dependency, ManyToOne, OneToMany

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["references"]

#: Rows that are read by one statement.
_SIZE: Final = 500

_Values = tuple[Any, ...]


def references(context: FlushContext, states: list[InstanceState]) -> Iterator[tuple[InstanceState, InstanceState]]:
    """Yield (object whose row refers, object whose row it refers to), both among `states`."""
    if len(states) < 2:
        return
    concerned: dict[ManyToOne, list[InstanceState]] = {}
    for state in states:
        for dependency in dependencies_of(state.mapper):
            if type(dependency) is ManyToOne and not dependency.post_update:
                concerned.setdefault(dependency, []).append(state)
    for dependency, referring in concerned.items():
        targets = _targets(dependency, states)
        if not targets:
            continue
        unknown: list[InstanceState] = []
        for state in referring:
            values = dependency.row_values(state)
            if any(value is NO_VALUE for value in values):
                unknown.append(state)
            elif values in targets:
                yield state, targets[values]
        if unknown and not _seen_from_the_other_side(dependency):
            for state, values in _read(context, dependency, unknown):
                if values in targets:
                    yield state, targets[values]


def _targets(dependency: ManyToOne, states: list[InstanceState]) -> dict[_Values, InstanceState]:
    """Return the objects that may be referred to, by what a reference to them holds."""
    found: dict[_Values, InstanceState] = {}
    for state in states:
        if dependency.leads_to(state.mapper):
            dict_ = state.dict
            keys = [sync.attribute_of(state.mapper, left, dependency.prop) for left, _right in dependency.pairs]
            found[tuple([old_value(state, dict_, key) for key in keys])] = state
    return found


def _seen_from_the_other_side(dependency: Dependency) -> bool:
    """Whether a collection of the other side tells the same, and is read for a deletion anyway."""
    return any(
        type(other) is OneToMany and not other.passive_deletes
        for reverse in dependency.prop._reverse_property
        for other in dependencies_of(reverse.parent)
        if other.prop is reverse
    )


def _read(
    context: FlushContext, dependency: Dependency, states: list[InstanceState]
) -> Iterator[tuple[InstanceState, _Values]]:
    """Yield objects with what their rows hold as their reference."""
    groups: dict[Any, dict[_Values, InstanceState]] = {}
    for state in states:
        connection = context.connection(state.mapper, state)
        groups.setdefault((connection, state.mapper.base_mapper), {})[public_key(state.mapper, state.pk)[1]] = state
    for (connection, _base), by_key in groups.items():
        mapper = dependency.parent
        keys = list(mapper.primary_key)
        wanted_columns = [*keys, *[right for _left, right in dependency.pairs]]
        statement: Any = Select(*wanted_columns).select_from(mapper.persist_selectable)
        wanted = list(by_key)
        for start in range(0, len(wanted), _SIZE):
            part = wanted[start : start + _SIZE]
            if len(keys) == 1:
                condition: Any = keys[0].in_([pk[0] for pk in part])
            else:
                condition = or_(*[and_(*[c == v for c, v in zip(keys, pk, strict=True)]) for pk in part])
            for row in connection.execute(statement.where(condition)):
                referring = by_key.get(tuple(row[: len(keys)]))
                if referring is not None:
                    yield referring, tuple(row[len(keys) :])
