"""Attributes of mapped classes as the class shows them: SQL expressions on the class, nothing at all on a loaded
object.

`InstrumentedAttribute` is a *non-data* descriptor: a value in the object's ``__dict__`` is found before Python looks
at the class, so that reading a loaded attribute calls nothing. Writing goes through the class's ``__setattr__`` hook
(:mod:`lect_orm.attributes.hooks`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from lect.event import EventKey
from lect.exc import InvalidRequestError
from lect.operators import ColumnOperators, OperatorType
from lect.sql.element import ClauseElement, SQLColumnExpression
from lect_orm.base import STATE_KEY, InspectionAttrInfo, _MappedAttribute, init_state

__all__ = ["DataInstrumentedAttribute", "InstrumentedAttribute", "Mapped", "PropComparator", "QueryableAttribute"]

#: ``(element, entity, key)`` -> the element marked with the entity; set by the query room.
ANNOTATE: list[Callable[[Any, Any, str], Any]] = []

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", bound=Any, covariant=True)


class Mapped(SQLColumnExpression[_T_co], _MappedAttribute, Generic[_T_co]):
    """The annotation of a mapped attribute: ``name: Mapped[str]``. An expression on the class, a value on an object."""

    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[_T_co]: ...

        @overload
        def __get__(self, instance: object, owner: Any) -> _T_co: ...

        def __get__(self, instance: object | None, owner: Any) -> InstrumentedAttribute[_T_co] | _T_co: ...

        # Writing goes through the class's hook; were there a __set__ at run time, reading would be slow.
        def __set__(self, instance: Any, value: SQLColumnExpression[_T_co] | _T_co) -> None: ...

        def __delete__(self, instance: Any) -> None: ...

    @classmethod
    def _empty_constructor(cls, arg1: Any) -> Mapped[_T_co]:
        raise InvalidRequestError("Mapped is an annotation; it is not called")


#: Comparators (these classes, not subclasses of them) whose operators are those of their column.
COLUMN_COMPARATORS: set[type] = set()


class PropComparator(ColumnOperators, Generic[_T]):
    """The operators of one mapped attribute, as seen from one entity (a mapper or an alias of it).

    Subclasses override operators (``__eq__``, ``operate``) or ``__clause_element__``; they are given as
    ``comparator_factory``.
    """

    def __init__(self, prop: Any, parententity: Any, adapt_to_entity: Any = None) -> None:
        self.prop = prop
        self._parententity = adapt_to_entity or parententity
        self._adapt_to_entity = adapt_to_entity

    @property
    def parent(self) -> Any:
        """The entity whose attribute this is."""
        return self._parententity

    @property
    def _parentmapper(self) -> Any:
        return self._parententity.mapper

    def adapt_to_entity(self, adapt_to_entity: Any) -> PropComparator[_T]:
        """Return the same operators for an alias."""
        return self.__class__(self.prop, self._parententity, adapt_to_entity)

    @property
    def adapter(self) -> Callable[[Any], Any] | None:
        """A function that turns columns of the mapper into those of the alias; None without an alias."""
        if self._adapt_to_entity is None:
            return None
        found: Callable[[Any], Any] = self._adapt_to_entity._adapt_element
        return found

    def __clause_element__(self) -> Any:
        raise NotImplementedError(f"{self!r}")

    def _bulk_update_tuples(self, value: Any) -> list[tuple[Any, Any]]:
        return [(self.__clause_element__(), value)]

    def _fallback_getattr(self, key: str) -> Any:
        raise AttributeError(key)

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        return op(self.__clause_element__(), *other, **kwargs)

    def reverse_operate(self, op: OperatorType, other: Any, **kwargs: Any) -> Any:
        return op(other, self.__clause_element__(), **kwargs)

    @staticmethod
    def any_op(a: Any, b: Any, **kwargs: Any) -> Any:
        """The operator behind :meth:`any`."""
        return a.any(b, **kwargs)

    @staticmethod
    def has_op(a: Any, b: Any, **kwargs: Any) -> Any:
        """The operator behind :meth:`has`."""
        return a.has(b, **kwargs)

    @staticmethod
    def of_type_op(a: Any, class_: Any) -> Any:
        """The operator behind :meth:`of_type`."""
        return a.of_type(class_)

    def of_type(self, class_: Any) -> Any:
        """The attribute narrowed to a subclass, or led to an alias."""
        return self.operate(PropComparator.of_type_op, class_)

    def and_(self, *criteria: Any) -> Any:
        """The relationship with further conditions in its ON clause."""
        return self.operate(_and_op, *criteria)

    def any(self, criterion: Any = None, **kwargs: Any) -> Any:
        """True for rows that have a related row (which meets `criterion` and has the values given)."""
        return self.operate(PropComparator.any_op, criterion, **kwargs)

    def has(self, criterion: Any = None, **kwargs: Any) -> Any:
        """:meth:`any` for a reference to one object."""
        return self.operate(PropComparator.has_op, criterion, **kwargs)

    @property
    def property(self) -> Any:
        """The mapped property."""
        return self.prop


def _and_op(a: Any, *criteria: Any) -> Any:
    return a.and_(*criteria)


class QueryableAttribute(InspectionAttrInfo, PropComparator[_T], Mapped[_T]):
    """An attribute of a mapped class or of an alias of one, as an SQL expression."""

    is_attribute = True

    def __init__(
        self,
        class_: Any,
        key: str,
        parententity: Any,
        impl: Any = None,
        comparator: Any = None,
        of_type: Any = None,
        extra_criteria: tuple[Any, ...] = (),
        prop: Any = None,
    ) -> None:
        self.class_ = class_
        self.key = key
        self._parententity = parententity
        self.impl = impl
        self.comparator: Any = comparator
        self._of_type = of_type
        self._extra_criteria = extra_criteria
        self._adapt_to_entity = None
        self.prop = prop if prop is not None else getattr(comparator, "prop", None)
        #: listeners given with propagate=True: subclasses mapped later take them over
        self.propagated: list[Any] = []

    @property
    def parent(self) -> Any:
        """The mapper, or alias inspection, whose attribute this is."""
        return self._parententity

    @property
    def _impl_uses_objects(self) -> bool:
        return bool(self.impl is not None and self.impl.uses_objects)

    @property
    def _supports_population(self) -> bool:
        return self.impl is not None

    @property
    def info(self) -> dict[Any, Any]:
        found: dict[Any, Any] = self.prop.info
        return found

    def get_history(self, instance: Any, passive: int = 0) -> Any:
        """Return the history of this attribute of an object."""
        from lect_orm.attributes.history import get_history

        return get_history(instance, self.key, passive) if passive else get_history(instance, self.key)

    def hasparent(self, state: Any, optimistic: bool = False) -> bool:
        """Whether an object is a member of this attribute of some parent."""
        return bool(self.impl.hasparent(state, optimistic=optimistic))

    # -- as an expression ----------------------------------------------------------------------------------------------

    @property
    def expression(self) -> Any:
        """The column (or other SQL expression) of this attribute, marked with the entity it belongs to."""
        found = self.__dict__.get("_expression")
        if found is None:
            found = self._make_expression()
            self.__dict__["_expression"] = found
        return found

    def _make_expression(self) -> Any:
        element = self.comparator.__clause_element__()
        while not isinstance(element, ClauseElement):
            element = element.__clause_element__()
        if not element._is_column_element:
            return element
        return ANNOTATE[0](element, self._parententity, self.key)

    def __clause_element__(self) -> Any:
        return self.expression

    def _as_expression(self) -> Any:
        return self.expression

    @property
    def _from_objects(self) -> Any:
        return self.expression._from_objects

    @property
    def expressions(self) -> Any:
        """All columns of this attribute."""
        return self.comparator.expressions

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        comparator = self.comparator
        kind: type = type(comparator)
        if kind in COLUMN_COMPARATORS:
            return op(comparator.__clause_element__(), *other, **kwargs)
        return op(comparator, *other, **kwargs)

    def reverse_operate(self, op: OperatorType, other: Any, **kwargs: Any) -> Any:
        return op(other, self.comparator, **kwargs)

    def _bulk_update_tuples(self, value: Any) -> list[tuple[Any, Any]]:
        found: list[tuple[Any, Any]] = self.comparator._bulk_update_tuples(value)
        return found

    def label(self, name: str | None) -> Any:
        """Return the expression under a name."""
        return self.expression.label(name)

    def of_type(self, entity: Any) -> QueryableAttribute[Any]:
        """Narrow a relationship to a subclass, or lead it to an alias."""
        comparator = self.comparator.of_type(entity)
        return self._derive(comparator=comparator, of_type=getattr(comparator, "_of_type", entity))

    def and_(self, *criteria: Any) -> QueryableAttribute[Any]:
        """Add conditions to the ON clause of a relationship."""
        return self._derive(
            comparator=self.comparator.and_(*criteria), extra_criteria=(*self._extra_criteria, *criteria)
        )

    def _derive(self, *, comparator: Any, of_type: Any = None, extra_criteria: Any = None) -> QueryableAttribute[Any]:
        return type(self)(
            self.class_,
            self.key,
            self._parententity,
            impl=self.impl,
            comparator=comparator,
            of_type=of_type if of_type is not None else self._of_type,
            extra_criteria=self._extra_criteria if extra_criteria is None else extra_criteria,
            prop=self.prop,
        )

    def adapt_to_entity(self, adapt_to_entity: Any) -> QueryableAttribute[Any]:
        """Return the same attribute of an alias."""
        # Of the same class, so that Python asks the left side of a comparison first.
        return type(self)(
            adapt_to_entity.entity,
            self.key,
            adapt_to_entity,
            impl=self.impl,
            comparator=self.comparator.adapt_to_entity(adapt_to_entity),
            of_type=self._of_type,
            extra_criteria=self._extra_criteria,
            prop=self.prop,
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "comparator":
            raise AttributeError(name)
        comparator = self.__dict__.get("comparator")
        if comparator is None:
            raise AttributeError(name)
        try:
            return getattr(comparator, name)
        except AttributeError:
            pass
        try:
            return comparator._fallback_getattr(name)
        except AttributeError:
            kind = type(self).__name__
            prop: Any = self.__dict__.get("prop")
            hint = ""
            if getattr(prop, "is_relationship", False) and name in prop.mapper._props:
                how = "any" if prop.uselist else "has"
                hint = (
                    f"; it is one of {prop.mapper.class_.__name__}: join({self}), or use "
                    f"{self}.{how}({prop.mapper.class_.__name__}.{name} == ...)"
                )
            raise AttributeError(
                f"Neither {kind!r} object nor {type(comparator).__name__!r} object associated with {self} has an "
                f"attribute {name!r}{hint}"
            ) from None

    def __str__(self) -> str:
        name = getattr(self.class_, "__name__", None) or str(self._parententity)
        return f"{name}.{self.key}"

    def __repr__(self) -> str:
        return f"<{self.__class__.__module__}.{self.__class__.__name__} object at {id(self):#x}>"

    # -- listening -----------------------------------------------------------------------------------------------------

    @property
    def dispatch(self) -> Any:
        """Listeners of the attribute."""
        return self.impl.dispatch

    def _listen_target(self) -> QueryableAttribute[Any]:
        return self

    def _listen_targets(self, propagate: bool) -> list[Any]:
        """Return the class attributes that a listener concerns: this one, with `propagate` those of subclasses too."""
        mapper = self._parententity.mapper
        if not propagate:
            return [mapper.class_attribute(self.key)]
        return [m.class_attribute(self.key) for m in mapper.self_and_descendants if self.key in m.impls]

    def listeners_changed(self) -> None:
        """Let the class's write hook use the impl that tells listeners."""
        self._parententity.mapper.refresh_setter(self.key)

    def take_over(self, parent: QueryableAttribute[Any]) -> None:
        """Listen as `parent`, the same attribute of the base class, with what was given ``propagate=True``."""
        for key, active_history, options in parent.propagated:
            if active_history:
                self.impl.active_history = True
            wrapped: EventKey = key.with_dispatch_target(self.impl)
            wrapped.place(propagate=True, **options)
            self.propagated.append((key, active_history, options))

    @property
    def property(self) -> Any:
        """The mapped property."""
        prop = self.prop
        mapper = getattr(self._parententity, "mapper", None)
        if mapper is not None and not mapper.configured and getattr(prop, "is_relationship", False):
            mapper._check_configure()
        return prop


class InstrumentedAttribute(QueryableAttribute[_T]):
    """A mapped attribute in its class."""

    inherit_cache = True

    if not TYPE_CHECKING:  # checkers know it from Mapped

        def __get__(self, instance: Any, owner: Any = None) -> Any:
            if instance is None:
                return self
            # Reached only when the value is not in __dict__.
            values = instance.__dict__
            state = values.get(STATE_KEY)
            if state is None:
                state = init_state(instance)
            return self.impl.get(state, values)


class DataInstrumentedAttribute(InstrumentedAttribute[_T]):
    """A mapped attribute of a class that has a ``__setattr__`` of its own: the descriptor itself hears of writes."""

    if not TYPE_CHECKING:

        def __get__(self, instance: Any, owner: Any = None) -> Any:
            if instance is None:
                return self
            values = instance.__dict__
            if self.key in values:
                return values[self.key]
            state = values.get(STATE_KEY)
            if state is None:
                state = init_state(instance)
            return self.impl.get(state, values)

        def __set__(self, instance: Any, value: Any) -> None:
            self.impl.setter()(instance, value)

        def __delete__(self, instance: Any) -> None:
            values = instance.__dict__
            state = values.get(STATE_KEY)
            if state is None:
                state = init_state(instance)
            self.impl.delete(state, values)
