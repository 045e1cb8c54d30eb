"""``with_loader_criteria()``: a condition that holds wherever an entity is selected from.

A condition given as an expression is a part of its statement like any other: its structure belongs to the statement's,
its values are bound anew. One that a function makes is known when the function has been called for each entity that it
concerns; :mod:`lect_orm.query.criteria_functions` does that and puts options that are *settled* in the place of those
that were given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lect.exc import ArgumentError
from lect.shape import Shape, intern, uncacheable
from lect_orm.base import mapper_of
from lect_orm.loading.orm_option import ORMOption
from lect_orm.query.entities import entity_node

__all__ = ["LoaderCriteriaOption", "at_hand", "with_criteria_of"]


class LoaderCriteriaOption(ORMOption):
    """``with_loader_criteria(User, User.active == True)``: a condition wherever the entity is selected from."""

    #: entity -> condition that the function has made for it; None as long as nobody has called it
    settled: Mapping[Any, Any] | None = None
    #: called with each entity and condition that the function is asked for
    recorder: Callable[[Any, Any], None] | None = None
    #: the option as it was given, of which this is a changed copy
    original: LoaderCriteriaOption | None = None

    def __init__(
        self,
        entity_or_base: Any,
        where_criteria: Any,
        loader_only: bool = False,
        include_aliases: bool = False,
        propagate_to_loaders: bool = True,
        track_closure_variables: bool = True,
    ) -> None:
        found = mapper_of(entity_or_base) if isinstance(entity_or_base, type) else None
        aliased = getattr(entity_or_base, "_lect_aliased", None)
        self.entity: Any = found if found is not None and "__mapper__" in entity_or_base.__dict__ else aliased
        self.root_class: Any = None if self.entity is not None else entity_or_base
        if self.entity is None and not isinstance(entity_or_base, type):
            raise ArgumentError(
                f"with_loader_criteria(): a mapped class, an alias or a mixin expected, got {entity_or_base!r}"
            )
        self.where_criteria = where_criteria
        self.deferred_criteria = (
            callable(where_criteria)
            and not hasattr(where_criteria, "__clause_element__")
            and not getattr(where_criteria, "is_clause_element", False)
        )
        self.loader_only = loader_only
        self.include_aliases = include_aliases
        self.propagate_to_loaders = propagate_to_loaders

    # -- structure -----------------------------------------------------------------------------------------------------

    def _structure(self) -> Shape:
        parts = self._facts()
        self._leaves: tuple[Any, ...] = () if self.entity is None else entity_node(self.entity)._leaves
        if not self.deferred_criteria:
            made = {None: _element(self.where_criteria)}
        elif self.settled is not None and self.recorder is None:
            made = dict(self.settled)
        else:
            self._shape = uncacheable(LoaderCriteriaOption)
            return self._shape
        for entity, element in made.items():
            if entity is not None:
                node = entity_node(entity)
                parts.append(node._shape or node._structure())
                self._leaves += node._leaves
            if not getattr(element, "is_clause_element", False):
                self._shape = uncacheable(LoaderCriteriaOption)
                return self._shape
            parts.append(element._shape or element._structure())
            self._leaves += element._leaves
        self._shape = intern(tuple(parts))
        return self._shape

    def _facts(self) -> list[Any]:
        if self.entity is None:
            concerned: Any = self.root_class
        else:
            node = entity_node(self.entity)
            concerned = node._shape or node._structure()
        return [LoaderCriteriaOption, concerned, self.loader_only, self.include_aliases, self.propagate_to_loaders]

    # -- copies --------------------------------------------------------------------------------------------------------

    def _changed(self, **changes: Any) -> LoaderCriteriaOption:
        made = self._clone()
        made.original = self.root
        made.__dict__.update(changes)
        return made

    @property
    def root(self) -> LoaderCriteriaOption:
        """The option as it was given."""
        return self.original or self

    @property
    def movable(self) -> bool:
        """Whether the condition of another statement's option can take this one's place: it knows no alias."""
        return self.deferred_criteria or self.entity is None or bool(self.entity.is_mapper)

    @property
    def unsettled(self) -> bool:
        """Whether a function makes the condition and has not been called yet."""
        return self.deferred_criteria and self.settled is None

    def placeholder(self) -> LoaderCriteriaOption:
        """Return an option that stands for this one in the key under which it is kept what the function is called
        for; a function without code of its own has none and stays uncacheable.
        """
        code = getattr(getattr(self.where_criteria, "__func__", self.where_criteria), "__code__", None)
        if code is None:
            return self
        made = self._changed()
        made._shape = intern((*self._facts(), code))
        made._leaves = () if self.entity is None else entity_node(self.entity)._leaves
        return made

    def recording(self, recorder: Callable[[Any, Any], None]) -> LoaderCriteriaOption:
        """Return an option that tells `recorder` what its function is called for, and what it makes."""
        return self._changed(recorder=recorder, settled={})

    def settled_with(self, made: Mapping[Any, Any]) -> LoaderCriteriaOption:
        """Return an option with what its function has made for each entity."""
        return self._changed(settled=made)

    def for_loader(self) -> LoaderCriteriaOption:
        """Return the option as the statement of a relationship's loader gets it."""
        return self._changed(loader_only=False, settled=None)

    def for_reload(self) -> LoaderCriteriaOption:
        """Return the option as the statement gets it that reads an object again, with what belongs to it."""
        return self._changed(loader_only=True, settled=None)

    # -- conditions ----------------------------------------------------------------------------------------------------

    def applies_to(self, entity: Any) -> bool:
        """Whether the condition concerns an entity."""
        mapper = entity.mapper
        if self.root_class is not None:
            return issubclass(mapper.class_, self.root_class) and (entity.is_mapper or self.include_aliases)
        if not self.entity.is_mapper:
            return self.entity is entity
        if not mapper.isa(self.entity):
            return False
        return bool(entity.is_mapper or self.include_aliases)

    def criterion_for(self, entity: Any) -> Any:
        """Return the condition over the columns of an entity."""
        if not self.deferred_criteria:
            element = _element(self.where_criteria)
            return element if entity.is_mapper else entity._adapt_element(element)
        settled = self.settled
        if settled is not None and entity in settled:
            return settled[entity]
        made = self.call(entity)
        if self.recorder is not None:
            self.settled = {**(settled or {}), entity: made}
            self.recorder(entity, made)
        return made

    def call(self, entity: Any) -> Any:
        """Return what the function makes for an entity now."""
        return _element(self.where_criteria(entity.mapper.class_ if entity.is_mapper else entity.entity))


def _element(given: Any) -> Any:
    return given.__clause_element__() if hasattr(given, "__clause_element__") else given


def at_hand(statement: Any, given: Mapping[Any, Any] | None) -> Any:
    """Return the statement of a loader with the conditions of the statement that is being executed.

    The loader was made with the plan, of another statement of the same structure. Values of other options are exchanged
    when the loader's statement is executed; what functions make has to be known before.
    """
    if given is None:
        return statement
    return statement._replace(_with_options=with_criteria_of(statement._with_options, given))


def with_criteria_of(options: Sequence[Any], given: Mapping[Any, Any] | None) -> tuple[Any, ...]:
    """Return options with the conditions of the statement that is being executed."""
    return tuple([_with_criteria(o, given) if given is not None else o for o in options])


def _with_criteria(option: Any, given: Mapping[Any, Any]) -> Any:
    if isinstance(option, LoaderCriteriaOption):
        criteria = given.get(option.root)
        if criteria is not None:
            return option._changed(where_criteria=criteria)
    return option
