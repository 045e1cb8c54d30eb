"""Copying keys from the object that has them to the object that refers to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lect_orm.base import NO_VALUE, PASSIVE_NO_INITIALIZE, STATE_KEY, state_str
from lect_orm.exc import FlushError, UnmappedColumnError
from lect_orm.unitofwork.changes import old_value
from lect_orm.unitofwork.context import SAVE

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["Copier", "attribute_of", "clear", "populate_dict", "source_modified", "update_dict"]

#: (column of the row that is referred to, column of the row that refers)
Pairs = list[tuple[Any, Any]]


def attribute_of(mapper: Any, column: Any, prop: Any = None) -> str:
    """Return the attribute key under which a mapper has a column.

    Raises:
        UnmappedColumnError: it has none, so that the relationship `prop` cannot be written.
    """
    key: str | None = mapper.column_to_key.get(column)
    if key is None:
        for column_mapper in mapper.base_mapper.self_and_descendants:
            if column in column_mapper.column_to_key:
                raise UnmappedColumnError(
                    f"Can't execute sync rule for column '{column}'; mapper '{mapper}' does not map this column, its "
                    f"relative '{column_mapper}' does"
                )
        raise UnmappedColumnError(
            f"Can't execute sync rule for {'relationship ' + repr(str(prop)) if prop is not None else 'column'}: "
            "mapper "
            f"'{mapper}' does not map column '{column}'.  Map the column to an attribute, or make the relationship "
            "viewonly."
        )
    return key


def _set(state: InstanceState, dict_: dict[str, Any], key: str, value: Any) -> None:
    """Change a column attribute during a flush: with history, without events of relationships."""
    committed = state.committed_state
    if committed is None:
        committed = state.committed_state = {}
    if key not in committed:
        committed[key] = dict_.get(key, NO_VALUE)
        expired = state.expired_attributes
        if expired and key in expired:
            state.expired_attributes = expired.difference((key,)) or None
    dict_[key] = value
    if not state.modified:
        obj = state()
        if obj is not None:
            state.mark_modified(obj)


#: Steps between classes that have not been looked at: something that no object has.
_UNKNOWN: Any = ((STATE_KEY, "", False),)


class Copier:
    """Copies the key that one side of a relationship has to the attributes of the other side.

    Which attributes these are is worked out once for each pair of classes.
    """

    __slots__ = ("_steps", "dest_mapper", "pairs", "prop", "source_mapper")

    def __init__(self, prop: Any, source_mapper: Any, dest_mapper: Any, pairs: Pairs) -> None:
        self.prop = prop
        self.source_mapper = source_mapper
        self.dest_mapper = dest_mapper
        self.pairs = pairs
        self._steps: dict[tuple[Any, Any], list[tuple[str, str, bool]]] = {}

    def _find(self, source: Any, dest: Any) -> list[tuple[str, str, bool]]:
        found = []
        for left, right in self.pairs:
            source_key = attribute_of(source if left in source.column_to_key else self.source_mapper, left, self.prop)
            dest_key = attribute_of(dest if right in dest.column_to_key else self.dest_mapper, right, self.prop)
            found.append((source_key, dest_key, bool(left.primary_key and right.primary_key)))
        self._steps[source, dest] = found
        return found

    def copy(self, source: InstanceState, dest: InstanceState, pks_changed: bool = False) -> None:
        """Copy the key of `source` to `dest`; `pks_changed`: even where `dest` seems to have it."""
        source_dict, dest_dict = source.dict, dest.dict
        for source_key, dest_key, primary in self._steps.get((source.mapper, dest.mapper)) or self._find(
            source.mapper, dest.mapper
        ):
            value = source_dict.get(source_key, NO_VALUE)
            if value is NO_VALUE:
                value = source.mapper.impls[source_key].get(source, source_dict)
            old = dest_dict.get(dest_key, NO_VALUE)
            if old is value and not pks_changed:
                continue
            if primary and pks_changed and dest.pk is not None and old == value:
                continue
            _set(dest, dest_dict, dest_key, value)

    def is_copied(
        self, source: InstanceState, source_dict: dict[str, Any], dest: InstanceState, dest_dict: dict[str, Any]
    ) -> bool:
        """Whether `dest` has the key of `source`, which is in memory: a quick look that may say no by mistake."""
        for source_key, dest_key, _primary in self._steps.get((source.mapper, dest.mapper), _UNKNOWN):
            if source_dict.get(source_key, NO_VALUE) is not dest_dict.get(dest_key, _UNKNOWN):
                return False
        return True

    def copy_to_new(
        self,
        source: InstanceState,
        members: list[InstanceState],
        taking_part: dict[InstanceState, int],
        fitting: set[Any],
    ) -> list[InstanceState]:
        """Copy the key of `source` to those of its members that are saved too and are of a class known to fit; return
        the others.
        """
        rest: list[InstanceState] = []
        mapper = None
        steps: list[tuple[str, Any]] | None = None
        source_dict = source.dict
        for dest in members:
            if dest.mapper is not mapper:
                mapper = dest.mapper
                steps = None
                if mapper in fitting:
                    found = self._steps.get((source.mapper, mapper)) or self._find(source.mapper, mapper)
                    steps = [(dest_key, source_dict.get(key, NO_VALUE)) for key, dest_key, _primary in found]
                    if any(value is NO_VALUE for _key, value in steps):
                        steps = None
            if steps is None or taking_part.get(dest) is not SAVE:
                rest.append(dest)
                continue
            obj = dest()
            if obj is None:
                continue
            dict_ = obj.__dict__
            for key, value in steps:
                if dict_.get(key, NO_VALUE) is not value:
                    _set(dest, dict_, key, value)
        return rest


def clear(dest: InstanceState, dest_mapper: Any, pairs: Pairs, prop: Any = None) -> None:
    """Set the columns that refer to None.

    Raises:
        AssertionError: one of them is part of the primary key, so that the row cannot be without the other.
    """
    dict_ = dest.dict
    mapper = dest.mapper
    for _left, right in pairs:
        if _left is right:
            continue  # equal to itself on both sides: it refers to nothing by itself
        key = attribute_of(mapper if right in mapper.column_to_key else dest_mapper, right, prop)
        if right.primary_key and dict_.get(key) not in (None, NO_VALUE):
            raise AssertionError(
                f"Dependency rule on column '{_left}' tried to blank-out primary key column '{right}' on instance "
                f"'{state_str(dest)}'"
            )
        if dict_.get(key, NO_VALUE) is None and not (dest.committed_state and key in dest.committed_state):
            continue
        _set(dest, dict_, key, None)


def populate_dict(
    source: InstanceState,
    source_mapper: Any,
    row: dict[str, Any],
    pairs: Pairs,
    prop: Any = None,
    *,
    as_loaded: bool = False,
) -> None:
    """Copy key values from an object into a row of a secondary table.

    Args:
        source: the object's state.
        source_mapper: the relationship's mapper on that side.
        row: column key -> value, filled here.
        pairs: what is copied where.
        prop: the relationship.
        as_loaded: take the key that the database still has, where it has changed in memory.
    """
    source_dict = source.dict
    for left, right in pairs:
        key = attribute_of(source.mapper if left in source.mapper.column_to_key else source_mapper, left, prop)
        value = source_dict.get(key, NO_VALUE)
        if value is NO_VALUE:
            value = source.mapper.impls[key].get(source, source_dict)
        row[right.key] = old_value(source, source_dict, key) if as_loaded else value


def update_dict(
    source: InstanceState, source_mapper: Any, row: dict[str, Any], old_prefix: str, pairs: Pairs, prop: Any = None
) -> None:
    """Copy new and old key values of an object whose key has changed into the parameters of an UPDATE."""
    source_dict = source.dict
    for left, right in pairs:
        key = attribute_of(source.mapper if left in source.mapper.column_to_key else source_mapper, left, prop)
        current = source_dict.get(key)
        if key not in source_dict:
            current = source.mapper.impls[key].get(source, source_dict)
        row[right.key] = current
        row[old_prefix + right.key] = old_value(source, source_dict, key)


def source_modified(state: InstanceState, source_mapper: Any, pairs: Pairs) -> bool:
    """Whether the key that others refer to has changed since the last flush."""
    committed = state.committed_state
    if not committed or state.pk is None:
        return False
    for left, _right in pairs:
        key = attribute_of(state.mapper if left in state.mapper.column_to_key else source_mapper, left)
        if key in committed:
            history = state.mapper.impls[key].get_history(state, state.dict, PASSIVE_NO_INITIALIZE)
            if history.deleted:
                return True
    return False


def require_loadable(prop: Any, state: InstanceState) -> None:
    """Refuse an object of a class that the relationship would not give back when it is read.

    Raises:
        FlushError: its class is not the relationship's target, nor a subclass that is told from it by a column.
    """
    target = prop.mapper
    if state.mapper is target or not prop.enable_typechecks:
        return
    if state.mapper.isa(target) and target.polymorphic_on is not None:
        return
    hint = (
        f'Attempting to flush an item of type {state.mapper.class_} as a member of collection "{prop}". '
        f"Expected an object of type {target.class_} or a polymorphic subclass of this type."
    )
    if state.mapper.isa(target):
        hint += (
            f" If {state.mapper.class_} is a subclass of {target.class_}, configure mapper "
            f'"{target}" to load this subtype polymorphically, or set enable_typechecks=False to allow any '
            "subtype to be accepted for flush."
        )
    raise FlushError(hint)
