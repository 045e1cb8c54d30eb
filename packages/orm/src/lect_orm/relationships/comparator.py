"""The operators of a relationship: comparing with an object, ``any``, ``has``, ``contains``, ``of_type``."""

from __future__ import annotations

from typing import Any

from lect.exc import ArgumentError, InvalidRequestError
from lect.operators import ColumnOperators
from lect.sql.bind import BindParameter
from lect.sql.boolean import and_, not_, or_
from lect.sql.exists import Exists
from lect_orm.attributes.descriptor import PropComparator
from lect_orm.base import (
    LOAD_AGAINST_COMMITTED,
    MANYTOMANY,
    MANYTOONE,
    NO_VALUE,
    PASSIVE_NO_FETCH,
    PASSIVE_NO_RESULT,
    PASSIVE_OFF,
    instance_state,
    mapper_of,
)
from lect_orm.mapping.equality import is_column, replace_columns
from lect_orm.relationships.join_condition import plain

__all__ = ["RelationshipComparator", "instance_criterion", "relationship_exists"]


#: conditions that need aliases: "onclause" and "exists", functions of a comparator; entered by the query room
CONDITIONS: dict[str, Any] = {}


class RelationshipComparator(PropComparator[Any]):
    """What ``User.addresses`` can do in SQL."""

    def __init__(
        self, prop: Any, parentmapper: Any, adapt_to_entity: Any = None, of_type: Any = None, extra_criteria: Any = ()
    ) -> None:
        super().__init__(prop, parentmapper, adapt_to_entity)
        self._of_type = of_type
        self._extra_criteria: tuple[Any, ...] = tuple(extra_criteria)

    def adapt_to_entity(self, adapt_to_entity: Any) -> RelationshipComparator:
        return self.__class__(
            self.prop, self._parententity, adapt_to_entity, of_type=self._of_type, extra_criteria=self._extra_criteria
        )

    @property
    def entity(self) -> Any:
        """The Mapper, or alias inspection, on the other side."""
        self._settle()
        return self.prop.entity

    @property
    def mapper(self) -> Any:
        """The Mapper of the other side."""
        self._settle()
        return self.prop.mapper

    def _settle(self) -> None:
        parent = self.prop.parent
        if not self.prop._configure_finished:
            parent._check_configure()

    @property
    def target_entity(self) -> Any:
        """The entity on the other side, with `of_type` applied."""
        self._settle()
        return self._of_type if self._of_type is not None else self.prop.entity

    def __clause_element__(self) -> Any:
        self._settle()
        return CONDITIONS["onclause"](self)

    def of_type(self, class_: Any) -> RelationshipComparator:
        return self.__class__(
            self.prop,
            self._parententity,
            self._adapt_to_entity,
            of_type=_entity(class_),
            extra_criteria=self._extra_criteria,
        )

    def and_(self, *criteria: Any) -> RelationshipComparator:
        return self.__class__(
            self.prop,
            self._parententity,
            self._adapt_to_entity,
            of_type=self._of_type,
            extra_criteria=(*self._extra_criteria, *criteria),
        )

    def in_(self, other: Any) -> Any:
        raise NotImplementedError(
            "in_() not yet supported for relationships.  For a simple many-to-one, use in_() against the set of "
            "foreign key values."
        )

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        name = getattr(op, "__name__", str(op))
        raise NotImplementedError(
            f"{self.prop} is a relationship, which has no operator {name!r}; compare a column of the other class "
            "inside of any() or has(), or after a join"
        )

    reverse_operate = operate

    __hash__ = object.__hash__

    def __eq__(self, other: Any) -> Any:
        self._settle()
        prop = self.prop
        if other is None or getattr(other, "__visit_name__", None) == "null":
            if prop.uselist or prop.direction is not MANYTOONE:
                return not_(self._exists(None))
            return and_(*[c == None for c in self._local_columns()])  # noqa: E711
        if prop.uselist:
            raise InvalidRequestError(
                "Can't compare a collection to an object or collection; use contains() to test for membership."
            )
        return instance_criterion(self, other)

    def __ne__(self, other: Any) -> Any:
        self._settle()
        prop = self.prop
        if other is None or getattr(other, "__visit_name__", None) == "null":
            if prop.direction is MANYTOONE:
                return or_(*[c != None for c in self._local_columns()])  # noqa: E711
            return self._exists(None)
        if prop.uselist:
            raise InvalidRequestError(
                "Can't compare a collection to an object or collection; use contains() to test for membership."
            )
        return self._differs(other)

    def is_(self, other: Any) -> Any:
        return self == other

    def is_not(self, other: Any) -> Any:
        return self != other

    isnot = is_not

    def _local_columns(self) -> list[Any]:
        return [self._adapt_parent(c) for c in self.prop.join_condition.local_columns]

    def _adapt_parent(self, column: Any) -> Any:
        if self._adapt_to_entity is not None:
            return self._adapt_to_entity._adapt_element(column)
        return self._parententity.adapt_own_column(column)

    def _differs(self, other: Any) -> Any:
        prop = self.prop
        _checked_object(self, other)
        if prop.direction is MANYTOONE and prop.join_condition.secondaryjoin is None:
            state = instance_state(other)
            parts = []
            for local, remote in prop.local_remote_pairs:
                column = self._adapt_parent(local)
                parts.append(or_(column != _committed_bind(state, prop.mapper, remote, column.key), column == None))  # noqa: E711
            return and_(*parts)
        criterion = and_(*[c == _bind_value(instance_state(other), prop.mapper, c) for c in prop.mapper.primary_key])
        return not_(self._exists(criterion))

    def any(self, criterion: Any = None, **kwargs: Any) -> Any:
        self._settle()
        if not self.prop.uselist:
            raise InvalidRequestError("'any()' not implemented for scalar attributes. Use has().")
        return self._exists(criterion, **kwargs)

    def has(self, criterion: Any = None, **kwargs: Any) -> Any:
        self._settle()
        if self.prop.uselist:
            raise InvalidRequestError("'has()' not implemented for collections.  Use any().")
        return self._exists(criterion, **kwargs)

    def _exists(self, criterion: Any = None, **kwargs: Any) -> Any:
        return relationship_exists(self, criterion, kwargs)

    def contains(self, other: Any, **kwargs: Any) -> Any:
        """True for rows of which `other`, an object, is a member of the collection."""
        self._settle()
        prop = self.prop
        if not prop.uselist:
            raise InvalidRequestError("'contains' not implemented for scalar attributes.  Use ==")
        if isinstance(other, PropComparator | ColumnOperators) and not hasattr(other, "__mapper__"):
            raise ArgumentError("contains() of a relationship takes an object of the related class")
        if prop.direction is MANYTOMANY:
            return _secondary_contains(self, other)
        return instance_criterion(self, other)


def _entity(class_: Any) -> Any:
    found = getattr(class_, "_lect_aliased", None)
    if found is not None:
        return found
    if getattr(class_, "is_mapper", False) or getattr(class_, "is_aliased_class", False):
        return class_
    mapper = mapper_of(class_) if isinstance(class_, type) else None
    if mapper is None:
        raise ArgumentError(f"of_type(): a mapped class or an alias of one expected, got {class_!r}")
    return mapper


def relationship_exists(comparator: RelationshipComparator, criterion: Any, values: dict[str, Any]) -> Any:
    """Return ``EXISTS (SELECT 1 FROM target WHERE <join> AND <criterion>)``."""
    target, froms, onclause, own_criteria = CONDITIONS["exists"](comparator)
    parts = [onclause, *own_criteria]
    entity = target.entity if not target.is_mapper else target.class_
    for key, value in values.items():
        if not hasattr(entity, key):
            raise InvalidRequestError(f"{target.mapper} has no attribute {key!r} to compare in any()/has()")
        parts.append(getattr(entity, key) == value)
    adapt = froms.adapt
    if criterion is not None:
        parts.append(_where(criterion, adapt))
    parts[1 + len(own_criteria) :] = [
        _where(p, adapt) if i < len(values) else p for i, p in enumerate(parts[1 + len(own_criteria) :])
    ]
    made = Exists(1).select_from(*froms.selectables).where(*parts)
    return made.correlate_except(*froms.selectables)


def _where(criterion: Any, adapt: Any) -> Any:
    hook = getattr(criterion, "__clause_element__", None)
    element = hook() if hook is not None else criterion
    if adapt is None or not getattr(element, "is_clause_element", False):
        return element
    return replace_columns(element, lambda n: adapt(n) if is_column(n) else None)


def _secondary_contains(comparator: RelationshipComparator, other: Any) -> Any:
    """Return ``EXISTS (SELECT 1 FROM secondary WHERE parent.id = secondary.parent_id AND <other's key> =
    secondary.other_id)``: it can be negated and combined, and repeats no rows.
    """
    prop = comparator.prop
    join = prop.join_condition
    state = instance_state(other)
    between = prop.secondary.alias(flat=True) if prop.secondary._is_join else prop.secondary.alias()

    def through(column: Any) -> Any:
        found = between.corresponding_column(column)
        return plain(column) if found is None else found

    primary = join.adapted(join.primaryjoin, comparator._adapt_parent, through)

    def value(column: Any) -> Any:
        return _committed_bind(state, prop.mapper, column)

    secondary = join.adapted(join.secondaryjoin, value, through)
    return Exists(1).select_from(between).where(primary, secondary).correlate_except(between)


def _checked_object(comparator: Any, other: Any) -> Any:
    if isinstance(other, type) or mapper_of(type(other)) is None:
        prop = comparator.prop
        given = f"the class {other.__name__}" if isinstance(other, type) else f"{type(other).__name__} {other!r:.60}"
        raise ArgumentError(
            "Mapped instance expected for relationship comparison to object.   Classes, queries and other SQL "
            "elements are not "
            f"accepted in this context: {prop} is compared with an object of {prop.mapper.class_.__name__}, not with "
            f"{given}; for comparison with a subquery, use {prop}.{'any' if prop.uselist else 'has'}()"
        )
    return instance_state(other)


def instance_criterion(comparator: RelationshipComparator, other: Any) -> Any:
    """Return the condition that a row is related to the object `other`."""
    _checked_object(comparator, other)
    prop = comparator.prop
    join = prop.join_condition
    state = instance_state(other)

    def value(column: Any) -> Any:
        return _committed_bind(state, prop.mapper, column)

    if join.secondaryjoin is not None:
        return _secondary_contains(comparator, other)
    return join.adapted(join.primaryjoin, comparator._adapt_parent, value)


def _bind_value(state: Any, mapper: Any, column: Any) -> Any:
    return BindParameter(None, _value_of(state, mapper, column), type_=column.type, unique=True)


def _committed_bind(state: Any, mapper: Any, column: Any, name: str | None = None) -> Any:
    """Return a bound parameter with the value that the row of an object has now, found when the statement runs."""
    return BindParameter(name, None, callable_=_value_later(state, mapper, column), type_=column.type, unique=True)


def _value_later(state: Any, mapper: Any, column: Any) -> Any:
    # The value is looked up when the statement runs, so that a flush before it is seen.
    last = _peek(state, mapper, column)

    def value() -> Any:
        found = _value_or_missing(state, mapper, column)
        if found is NO_VALUE or found is PASSIVE_NO_RESULT:
            if last is not NO_VALUE and last is not PASSIVE_NO_RESULT:
                return last
            raise InvalidRequestError(
                f"Can't resolve value for column {column} on object {_described(state)}; no value has been set for "
                "this column"
                if not state.has_identity
                else f"Can't resolve value for column {column} on object {_described(state)}; the object is detached "
                "and the value was expired"
            )
        return found

    return value


def _described(state: Any) -> str:
    return f"<{state.mapper.class_.__name__} at {hex(id(state.obj()))}>"


def _peek(state: Any, mapper: Any, column: Any) -> Any:
    prop = mapper.column_to_prop.get(column)
    if prop is None:
        return NO_VALUE
    return state.dict.get(prop.key, NO_VALUE)


def _value_or_missing(state: Any, mapper: Any, column: Any) -> Any:
    prop = state.mapper.column_to_prop.get(column) or mapper.column_to_prop.get(column)
    if prop is None:
        raise InvalidRequestError(f"column {column} is not mapped by {mapper}")
    dict_ = state.dict
    committed = state.committed_state
    if state.pk is not None and committed and prop.key in committed:
        old = committed[prop.key]
        if old is not NO_VALUE and old is not PASSIVE_NO_RESULT:
            return old
    passive = PASSIVE_OFF if state.session is not None and state.has_identity else PASSIVE_NO_FETCH
    return state.mapper.impls[prop.key].get(state, dict_, (passive & ~8) | LOAD_AGAINST_COMMITTED)


def _value_of(state: Any, mapper: Any, column: Any) -> Any:
    found = _value_or_missing(state, mapper, column)
    return None if found is NO_VALUE or found is PASSIVE_NO_RESULT else found
