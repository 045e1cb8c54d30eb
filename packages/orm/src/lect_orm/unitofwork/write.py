"""The third step of a flush: rows are written, batch by batch, in the order of the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from lect.exc import LectWarning
from lect_orm.base import state_str
from lect_orm.exc import FlushError
from lect_orm.identity import bucket_of, public_key
from lect_orm.unitofwork.changes import old_value
from lect_orm.unitofwork.context import DELETE, LISTED_DELETE, SAVE, FlushContext
from lect_orm.unitofwork.delete import delete_rows
from lect_orm.unitofwork.dependencies import dependencies_of, one_sided_to
from lect_orm.unitofwork.dependency import Dependency, ManyToOne, OneToMany
from lect_orm.unitofwork.facts import facts_of, tables_of
from lect_orm.unitofwork.insert import insert_rows
from lect_orm.unitofwork.many_to_many import ManyToMany
from lect_orm.unitofwork.order import Component, generations, mapper_order
from lect_orm.unitofwork.references import references
from lect_orm.unitofwork.update import post_update_rows, update_rows

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["Steps", "steps_of", "write"]

States = list["InstanceState"]


class Steps:
    """The second step's outcome: what is written, in which order.

    Attributes:
        saves: (base mapper, objects) batches, in order.
        deletes: (base mapper, objects) batches, in order.
        order: components of mappers.
        mappers: exact mappers of the objects.
    """

    def __init__(self, context: FlushContext) -> None:
        saves: dict[Any, States] = {}
        deletes: dict[Any, States] = {}
        mappers: dict[Any, tuple[States, States]] = {}
        last: Any = None
        for state, kind in context.states.items():
            mapper = state.mapper
            if mapper is not last:
                last = mapper
                lists = mappers.get(mapper)
                if lists is None:
                    base = mapper.base_mapper
                    lists = mappers[mapper] = (saves.setdefault(base, []), deletes.setdefault(base, []))
                saved, deleted = lists
            if kind is SAVE:
                saved.append(state)
            elif kind is DELETE:
                deleted.append(state)
        self.mappers = list(mappers)
        self.order: tuple[Component, ...] = mapper_order(sorted(mappers, key=_number))
        self.saves: list[tuple[Any, States]] = []
        self.deletes: list[tuple[Any, States]] = []
        for component in self.order:
            self._batches(context, component, saves, self.saves, Dependency.save_edges)
        for component in reversed(self.order):
            self._batches(context, component, deletes, self.deletes, Dependency.delete_edges)

    @staticmethod
    def _batches(
        context: FlushContext,
        component: Component,
        states_by_base: dict[Any, States],
        batches: list[tuple[Any, States]],
        edges_of: Callable[[Dependency, FlushContext, InstanceState], Iterator[tuple[InstanceState, InstanceState]]],
    ) -> None:
        present = [(base, states_by_base[base]) for base in component.mappers if states_by_base.get(base)]
        if not present:
            return
        if not component.cyclic:
            batches.extend(present)
            return
        states = [state for _base, members in present for state in members]
        name = edges_of.__name__
        edges = [] if edges_of is Dependency.save_edges else list(references(context, states))
        edges += [
            edge
            for state in states
            for dependency in dependencies_of(state.mapper)
            if not dependency.post_update
            for edge in getattr(dependency, name)(context, state)
        ]
        for generation in generations(states, edges):
            for base in component.mappers:
                members = [state for state in generation if state.mapper.base_mapper is base]
                if members:
                    batches.append((base, members))


def _number(mapper: Any) -> int:
    return int(mapper.number)


def steps_of(context: FlushContext) -> Steps:
    """Order what the plan registered.

    Raises:
        CircularDependencyError: rows refer to each other in a circle.
    """
    return Steps(context)


def write(context: FlushContext, steps: Steps) -> None:
    """Write everything."""
    deleting = [state for _base, states in steps.deletes for state in states]
    for dependency, states in _by_dependency(deleting, OneToMany):
        dependency.process_deletes(context, states)
    _let_go(context, steps)
    for base, states in steps.saves:
        linked = base.memo.get("linked")
        if linked is None:
            linked = base.memo["linked"] = any(dependencies_of(m) for m in base.self_and_descendants)
        if not linked:
            save_batch(context, base, states)
            continue
        for dependency, part in _by_dependency(states, ManyToOne):
            dependency.process_saves(context, part)
        save_batch(context, base, states)
        for dependency, part in _by_dependency(states, OneToMany):
            dependency.process_saves(context, part)
    _secondary_and_post_updates(context, steps, deleting)
    for base, states in steps.deletes:
        delete_batch(context, base, states)


def _let_go(context: FlushContext, steps: Steps) -> None:
    """Members that have left a collection lose their reference before anything is written: their own rows may be
    written before those of the object that held them.
    """
    holders = [
        state
        for _base, states in steps.saves
        for state in states
        if state.pk is not None and (state.committed_state or state.pending_changes)
    ]
    if holders:
        for dependency, states in _by_dependency(holders, OneToMany):
            assert isinstance(dependency, OneToMany)
            dependency.process_removals(context, states)


def _secondary_and_post_updates(context: FlushContext, steps: Steps, deleting: States) -> None:
    dependencies = [dependency for mapper in steps.mappers for dependency in dependencies_of(mapper)]
    saving = [state for _base, states in steps.saves for state in states]
    if any(dependency.post_update for dependency in dependencies):
        # Not of those whose row another object has taken over: it is not deleted, and what it holds is the other's.
        leaving = [state for state in deleting if context.states[state] is DELETE]
        for kind in (ManyToOne, OneToMany):
            for dependency, states in _by_dependency(saving, kind, post_update=True):
                dependency.process_saves(context, states)
            for dependency, states in _by_dependency(leaving, kind, post_update=True):
                dependency.process_deletes(context, states)
        _write_post_updates(context)
    many: dict[ManyToMany, tuple[States, States, States]] = {}
    if any(type(dependency) is ManyToMany for dependency in dependencies):
        for number, states in enumerate((saving, deleting)):
            for dependency, part in _by_dependency(states, ManyToMany):
                assert isinstance(dependency, ManyToMany)
                many.setdefault(dependency, ([], [], []))[number].extend(part)
    for mapper in steps.mappers:
        others = [other for other in one_sided_to(mapper) if isinstance(other, ManyToMany)]
        members = [state for state in saving if state.mapper is mapper] if others else []
        for other in others:
            many.setdefault(other, ([], [], []))[2].extend(members)
    for secondary, states_of_kinds in many.items():
        secondary.write(context, secondary.collect(context, *states_of_kinds))


def _by_dependency(
    states: Iterable[InstanceState], kind: type[Dependency], post_update: bool = False
) -> list[tuple[Dependency, States]]:
    """Group objects by the relationships of one direction that they have; `post_update`: those that are written by
    statements of their own.
    """
    of_mapper: dict[Any, list[Dependency]] = {}
    found: dict[Dependency, States] = {}
    for state in states:
        mapper = state.mapper
        dependencies = of_mapper.get(mapper)
        if dependencies is None:
            dependencies = of_mapper[mapper] = [
                d for d in dependencies_of(mapper) if type(d) is kind and d.post_update is post_update
            ]
        if not dependencies:
            continue
        if kind is ManyToOne:
            # Looks at what has changed by itself, and quickly.
            for dependency in dependencies:
                found.setdefault(dependency, []).append(state)
            continue
        dict_ = state.dict
        for dependency in dependencies:
            if state.is_deleted or dependency.key not in dict_ or dependency.concerns(state, dict_):
                found.setdefault(dependency, []).append(state)
    return list(found.items())


def _write_post_updates(context: FlushContext) -> None:
    wanted: dict[Any, list[tuple[InstanceState, list[Any]]]] = {}
    for state, columns in context.pending_post_updates.items():
        wanted.setdefault(state.mapper, []).append((state, list(columns)))
    if context.transaction is not None:
        # of those that are deleted, too: they may come back with a savepoint, which takes this back
        context.transaction.note_written(context.pending_post_updates)
    context.pending_post_updates.clear()
    for mapper, rows in wanted.items():
        for table in mapper.tables:
            mine = [(state, columns) for state, columns in rows if any(c.table is table for c in columns)]
            if mine:
                post_update_rows(context, facts_of(mapper, table), _sorted_pairs(mine), context.connection(mapper))


def _sorted_pairs(pairs: list[tuple[InstanceState, list[Any]]]) -> list[tuple[InstanceState, list[Any]]]:
    order = {state: n for n, state in enumerate(sorted_states([state for state, _columns in pairs]))}
    return sorted(pairs, key=lambda pair: order[pair[0]])


def sorted_states(states: States) -> States:
    """Sort objects of one batch: new ones as they were added, then the others by primary key.

    Two sessions that update the same rows then lock them in the same order.
    """
    new = [state for state in states if state.pk is None]
    try:
        new.sort(key=attrgetter("insert_order"))
    except TypeError:  # one of them has come in by itself
        new.sort(key=_insert_order)
    if len(new) == len(states):
        return new
    old = [state for state in states if state.pk is not None]
    try:
        old.sort(key=attrgetter("pk"))
    except TypeError:  # keys of mixed or unordered types: any order that is always the same
        old.sort(key=lambda state: repr(state.pk))
    return new + old


def _insert_order(state: InstanceState) -> int:
    return state.insert_order or 0


# -- saving -----------------------------------------------------------------------------------------------------------


def save_batch(context: FlushContext, base: Any, states: States) -> None:
    """Insert and update the rows of objects of one hierarchy, in all of its tables."""
    states = sorted_states(states)
    for connection, part in _by_connection(context, base, states):
        for batch in [part] if base.batch else [[state] for state in part]:
            _save(context, base, batch, connection)


def _by_connection(context: FlushContext, base: Any, states: States) -> list[tuple[Any, States]]:
    if context.session.connection_callable is None:
        return [(context.connection(base), states)]
    found: list[tuple[Any, States]] = []
    for state in states:
        connection = context.connection(base, state)
        if found and found[-1][0] is connection:
            found[-1][1].append(state)
        else:
            found.append((connection, [state]))
    return found


def _save(context: FlushContext, base: Any, states: States, connection: Any) -> None:
    mappers = {state.mapper: None for state in states}
    listened = any(m.dispatch.before_insert or m.dispatch.before_update for m in mappers)
    if listened:
        for state in states:
            dispatch = state.mapper.dispatch
            for call in dispatch.before_insert if state.pk is None else dispatch.before_update:
                call(state.mapper, connection, state)
    new: States = []
    old: States = []
    buckets = context.session.identity_map.buckets
    # A class with a table to itself (concrete) has its own keys, and so its own objects by key.
    known = {mapper: buckets.get(mapper.identity_mapper) for mapper in mappers}
    for state in states:
        if state.pk is not None or ((bucket := known[state.mapper]) and _takes_over_row(context, state, bucket)):
            old.append(state)
        else:
            new.append(state)
    for table in tables_of(list(mappers)):
        if not any(m.pks_by_table.get(table) for m in mappers):
            continue
        for mine, act in ((old, update_rows), (new, insert_rows)):
            for facts, part in _by_facts(mine, table):
                if facts.carried:
                    _carry_keys(part, facts.mapper, facts.carried)
                act(context, facts, part, connection)
    context.saved.update(states)
    _after_save(context, states, connection)


def _by_facts(states: States, table: Any) -> list[tuple[Any, States]]:
    """Split a batch into runs that are written into a table in the same way; objects that have no row there are left
    out.
    """
    found: list[tuple[Any, States]] = []
    last_mapper = None
    facts = None
    if len({state.mapper for state in states}) == 1:
        mapper = states[0].mapper
        return [(facts_of(mapper, table), states)] if table in mapper.pks_by_table else []
    for state in states:
        mapper = state.mapper
        if mapper is not last_mapper:
            last_mapper = mapper
            facts = facts_of(mapper, table) if table in mapper.pks_by_table else None
        if facts is None:
            continue
        if found and found[-1][0] is facts:
            found[-1][1].append(state)
        else:
            found.append((facts, [state]))
    return found


def _carry_keys(states: States, mapper: Any, pairs: list[tuple[Any, Any]]) -> None:
    """Copy the key of the base table's row to the attribute that the sub table's key has, where that is another one."""
    keys = mapper.column_to_key
    for left, right in pairs:
        source, target = keys.get(left), keys.get(right)
        if source is None or target is None or source == target:
            continue
        for state in states:
            dict_ = state.dict
            if source not in dict_:
                continue
            committed = state.committed_state
            if committed is not None and state.pk is not None and source in committed:
                committed.setdefault(target, dict_.get(target))  # the row is found by its old key
            dict_[target] = dict_[source]


def _takes_over_row(context: FlushContext, state: InstanceState, bucket: dict[Any, InstanceState]) -> bool:
    """Whether a new object has the key of one that the same flush deletes: then its row is updated instead.

    Raises:
        FlushError: an object with this key is persistent and stays so.
    """
    mapper = state.mapper
    pk = mapper.pk_of(state.dict)
    if pk is None:
        return False
    try:
        existing = bucket.get(bucket_of(mapper, mapper.pk_tuple(pk), state.identity_token))
    except TypeError:  # an expression as key
        return False
    if existing is None or existing() is None or context.was_already_deleted(existing):
        return False
    if not context.is_deleted(existing):
        import warnings

        warnings.warn(
            f"New instance {state_str(state)} with identity key {existing.key} conflicts with persistent instance "
            f"{state_str(existing)}",
            LectWarning,
            stacklevel=9,
        )
        return False
    context.remove_state_actions(existing)
    context.switched[state] = existing
    return True


def _after_save(context: FlushContext, states: States, connection: Any) -> None:
    for mapper in {state.mapper for state in states}:
        readonly = [p for p in mapper.readonly_props if p.key in mapper.impls]
        listened = mapper.dispatch.after_insert or mapper.dispatch.after_update
        if not readonly and not listened:
            continue
        for state in states:
            if state.mapper is not mapper:
                continue
            dict_ = state.dict
            if readonly:
                keys = [p.key for p in readonly if p.expire_on_flush or p.key not in dict_]
                if keys:
                    state._expire_attributes(dict_, keys)
            if listened:
                events = mapper.dispatch.after_insert if state.pk is None else mapper.dispatch.after_update
                for call in events:
                    call(mapper, connection, state)


# -- deleting ---------------------------------------------------------------------------------------------------------


def delete_batch(context: FlushContext, base: Any, states: States) -> None:
    """Delete the rows of objects of one hierarchy, from sub tables to base tables."""
    states = [state for state in sorted_states(states) if context.states[state] is DELETE and state.pk is not None]
    for connection, part in _by_connection(context, base, states):
        _delete(part, connection)


def _delete(states: States, connection: Any) -> None:
    mappers = list({state.mapper: None for state in states})
    if any(mapper.dispatch.before_delete for mapper in mappers):
        for state in states:
            for call in state.mapper.dispatch.before_delete:
                call(state.mapper, connection, state)
    _read_versions(states)
    for table in reversed(tables_of(mappers)):
        for facts, part in _by_facts(states, table):
            owner = facts.mapper.table_to_mapper.get(table)
            if owner is not None and owner.inherits is not None and owner.passive_deletes and not owner.concrete:
                continue  # the database deletes the sub row with its base row
            if not facts.primary:
                continue
            delete_rows(facts, part, connection)
    if any(mapper.dispatch.after_delete for mapper in mappers):
        for state in states:
            for call in state.mapper.dispatch.after_delete:
                call(state.mapper, connection, state)


def _read_versions(states: States) -> None:
    """Versions that are not in memory are read while the rows are there, in all of their tables."""
    if all(mapper.version_id_prop is None for mapper in {state.mapper for state in states}):
        return
    for state in states:
        version = state.mapper.version_id_prop
        if version is not None:
            old_value(state, state.dict, version.key)


# -- the end of a flush -----------------------------------------------------------------------------------------------


def finish(context: FlushContext) -> None:
    """Make new objects persistent and deleted ones gone, and forget old values: objects and rows are alike now."""
    session = context.session
    transaction = context.transaction
    by_mapper: dict[Any, tuple[States, States]] = {}
    gone: States = []
    for state, kind in context.states.items():
        if kind is DELETE or kind is LISTED_DELETE:
            gone.append(state)
            continue
        lists = by_mapper.get(state.mapper)
        if lists is None:
            lists = by_mapper[state.mapper] = ([], [])
        lists[state.pk is not None].append(state)
    if gone:
        session._remove_newly_deleted(gone)
    born: States = []
    for mapper, (new, old) in by_mapper.items():
        bucket = session.identity_map.bucket(mapper.identity_mapper)
        if new:
            _make_persistent(mapper, new, bucket, session.connection_callable is not None)
            born.extend(new)
        if old:
            _settle(context, mapper, old, bucket)
        if _has_collections(mapper):
            for state in (*new, *old):
                if state.pending_changes:
                    state.pending_changes = None
    if len(born) == len(session._new):
        session._new.clear()
    else:
        for state in born:
            session._new.pop(state, None)
    if transaction is not None:
        transaction._new.update(dict.fromkeys(born, True))
        for new, old in by_mapper.values():
            transaction.note_written(new)
            transaction.note_written(old)
    if session.dispatch.pending_to_persistent:
        for state in born:
            session.dispatch.pending_to_persistent(session, state())


def _make_persistent(mapper: Any, states: States, bucket: dict[Any, InstanceState], with_tokens: bool) -> None:
    """Give new objects their identity and their place in the identity map."""
    pk_of = mapper.pk_of
    for state in states:
        obj = state()
        if obj is None:
            continue
        dict_ = obj.__dict__
        pk = pk_of(dict_)
        if pk is None:
            pk = _late_key(mapper, state)
        if with_tokens and state.identity_token is not None:
            pk = bucket_of(mapper, mapper.pk_tuple(pk), state.identity_token)
        if pk in bucket:
            _enter(bucket, state, pk)
        else:
            state.pk = pk
            bucket[pk] = state
        state.committed_state = None
        state.modified = False
        expired = state.expired_attributes
        if expired is not None:
            state.expired_attributes = expired.difference(dict_) or None


def _settle(context: FlushContext, mapper: Any, states: States, bucket: dict[Any, InstanceState]) -> None:
    """Forget what has changed in persistent objects; the place of each in the identity map follows its key."""
    dirty = context.session._dirty
    unchanged_key = frozenset(mapper.pk_keys).isdisjoint
    for state in states:
        obj = state()
        if obj is None:
            continue
        committed = state.committed_state
        if committed:
            if not unchanged_key(committed):
                _follow_key(context, state, obj.__dict__, bucket)
            state.committed_state = None
        if state.modified:
            state.modified = False
            dirty.pop(state, None)
        if state.expired_attributes is not None:
            state.expired_attributes = state.expired_attributes.difference(obj.__dict__) or None


def _has_collections(mapper: Any) -> bool:
    has = mapper.memo.get("has_collections")
    if has is None:
        has = mapper.memo["has_collections"] = any(impl.collection or impl.dynamic for impl in mapper.impls.values())
    return bool(has)


def _enter(bucket: dict[Any, InstanceState], state: InstanceState, pk: Any) -> None:
    there = bucket.get(pk)
    other = None if there is None or there is state else there()
    if other is not None and state.mapper.pk_of(other.__dict__) == pk:
        import warnings

        warnings.warn(
            f"Identity map already had an identity for {state.mapper.class_.__name__} with key {pk!r}, replacing it "
            "with "
            "newly flushed object.   Are there load operations occurring inside of an event handler within the flush?",
            LectWarning,
            stacklevel=8,
        )
    state.pk = pk
    bucket[pk] = state


def _late_key(mapper: Any, state: InstanceState) -> Any:
    """The key is not complete in memory: it may have to be read (a key made of what the database computed), or is NULL.

    Raises:
        FlushError: it is NULL.
    """
    values = mapper.primary_key_from_instance(state())
    allowed = mapper.allow_partial_pks and any(value is not None for value in values)
    if any(value is None for value in values) and not allowed:
        raise FlushError(
            f"Instance {state_str(state)} has a NULL identity key.  If this is an auto-generated value, check that the "
            "database table allows generation of new primary key values, and that the mapped Column object is "
            "configured to "
            "expect these generated values.  Ensure also that this flush() is not occurring at an inappropriate "
            "time, such "
            "as within a load() event."
        )
    return mapper.bucket_key(tuple(values))


def _follow_key(
    context: FlushContext, state: InstanceState, dict_: dict[str, Any], bucket: dict[Any, InstanceState]
) -> None:
    """The primary key of a persistent object was set: its place in the identity map changes with it."""
    mapper = state.mapper
    pk = mapper.pk_of(dict_)
    if pk is not None:
        values = mapper.pk_tuple(pk)
    else:  # a part that is expired is what it was
        known = public_key(mapper, state.pk)[1]
        values = tuple([dict_.get(key, part) for key, part in zip(mapper.pk_keys, known, strict=True)])
        if None in values:
            return
    pk = bucket_of(mapper, values, state.identity_token)
    old = state.pk
    if pk == old:
        return
    if bucket.get(old) is state:
        del bucket[old]
    transaction = context.transaction
    if transaction is not None:
        first = transaction._key_switches.get(state)
        transaction._key_switches[state] = (old if first is None else first[0], pk)
    _enter(bucket, state, pk)
