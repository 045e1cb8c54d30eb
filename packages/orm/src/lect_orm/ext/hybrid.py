"""Hybrids: attributes and methods that compute in Python on an object and are an SQL expression on its class."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, Literal, TypeVar, overload

from lect.exc import InvalidRequestError
from lect.operators import OperatorType
from lect.sql.element import ClauseElement
from lect.sql.entity import register, registered
from lect_orm.attributes.descriptor import ANNOTATE, PropComparator, QueryableAttribute
from lect_orm.base import InspectionAttrExtensionType, InspectionAttrInfo, mapper_of

__all__ = [
    "HYBRID_METHOD",
    "HYBRID_PROPERTY",
    "Comparator",
    "ExprComparator",
    "HybridAttribute",
    "HybridExtensionType",
    "hybrid_method",
    "hybrid_property",
]

_T = TypeVar("_T")
_R = TypeVar("_R")
_SELF = TypeVar("_SELF")
_F = TypeVar("_F", bound=Callable[..., Any])


class HybridExtensionType(InspectionAttrExtensionType):
    """What ``inspect(cls).all_orm_descriptors`` says of hybrids."""

    HYBRID_METHOD = "HYBRID_METHOD"
    HYBRID_PROPERTY = "HYBRID_PROPERTY"


HYBRID_METHOD = HybridExtensionType.HYBRID_METHOD
HYBRID_PROPERTY = HybridExtensionType.HYBRID_PROPERTY


def _function(fn: Any) -> Any:
    """Return the function inside a classmethod: both spellings are accepted for what works on the class."""
    return fn.__func__ if isinstance(fn, classmethod) else fn


class hybrid_method(InspectionAttrInfo, Generic[_R]):
    """Decorates a method that may be called on an object (plain Python) and on its class (an SQL expression).

    Without ``@method.expression`` the same function serves both; it then gets the class, or an alias, as ``self``.
    """

    is_attribute = True
    extension_type = HYBRID_METHOD

    def __init__(self, func: Callable[..., _R], expr: Any = None) -> None:
        self.func: Callable[..., Any] = func
        self.expr: Callable[..., Any] = func
        self.__doc__ = func.__doc__
        if expr is not None:
            self._set_expression(expr)

    def _set_expression(self, expr: Any) -> None:
        self.expr = _function(expr)
        if not self.expr.__doc__:
            self.expr.__doc__ = self.func.__doc__

    @property
    def inplace(self) -> hybrid_method[_R]:
        """This method; ``@method.inplace.expression`` lets the decorated function have a name of its own."""
        return _InplaceMethod(self)  # type: ignore[return-value]

    @overload
    def __get__(self, instance: None, owner: type[object]) -> Callable[..., Any]: ...

    @overload
    def __get__(self, instance: object, owner: type[object]) -> Callable[..., _R]: ...

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return types.MethodType(self.expr, owner)
        return types.MethodType(self.func, instance)

    def expression(self, expr: Any) -> hybrid_method[_R]:
        """Say what the method is in SQL: a function of the class and the arguments."""
        self._set_expression(expr)
        return self


class _InplaceMethod:
    def __init__(self, method: hybrid_method[Any]) -> None:
        self._method = method

    def expression(self, expr: Any) -> hybrid_method[Any]:
        return self._method.expression(expr)


class hybrid_property(InspectionAttrInfo, Generic[_T]):
    """Decorates a property that computes on an object and is an SQL expression on its class.

    ``@name.setter``, ``@name.deleter``, ``@name.expression``, ``@name.comparator``, ``@name.update_expression`` and
    ``@name.bulk_dml`` return changed copies (so that a subclass may extend the property of its base); with
    ``@name.inplace.…`` they change this very property, and the decorated function may have any name.

    Args:
        fget: value on an object; without `expr` and `custom_comparator` it also makes the expression, from the class.
        fset, fdel: as of ``property``.
        expr: expression, from the class or an alias.
        custom_comparator: operators, from the class or an alias.
        update_expr: ``(cls, value) -> [(attribute, value), ...]``: what setting the property means in an UPDATE or
            INSERT.
        bulk_dml_setter: ``(cls, mapping, value)``: enters the columns' values into one row of a bulk INSERT or UPDATE.
    """

    is_attribute = True
    extension_type = HYBRID_PROPERTY
    __name__: str

    def __init__(
        self,
        fget: Callable[[Any], _T],
        fset: Callable[[Any, _T], None] | None = None,
        fdel: Callable[[Any], None] | None = None,
        expr: Any = None,
        custom_comparator: Any = None,
        update_expr: Any = None,
        bulk_dml_setter: Any = None,
    ) -> None:
        self.fget = fget
        self.fset = fset
        self.fdel = fdel
        self.expr = _function(expr)
        self.custom_comparator = _function(custom_comparator)
        self.update_expr = _function(update_expr)
        self.bulk_dml_setter = _function(bulk_dml_setter)
        self.__name__ = getattr(fget, "__name__", "hybrid")
        self.__doc__ = getattr(fget, "__doc__", None)

    def __set_name__(self, owner: type, name: str) -> None:
        # The name of the function wins, because in-place decorations enter the same property under further names.
        if not self.__name__.isidentifier() or self.__name__ not in owner.__dict__:
            self.__name__ = name

    # -- on an object
    # -----------------------------------------------------------------------------------------------------------

    @overload
    def __get__(self, instance: Any, owner: Literal[None]) -> hybrid_property[_T]: ...

    @overload
    def __get__(self, instance: Literal[None], owner: type[object]) -> HybridAttribute[_T]: ...

    @overload
    def __get__(self, instance: object, owner: type[object]) -> _T: ...

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is not None:
            return self.fget(instance)
        return self if owner is None else HybridAttribute(self, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        if self.fset is None:
            raise AttributeError(f"can't set attribute {self.__name__!r}: the hybrid has no setter")
        self.fset(instance, value)

    def __delete__(self, instance: Any) -> None:
        if self.fdel is None:
            raise AttributeError(f"can't delete attribute {self.__name__!r}: the hybrid has no deleter")
        self.fdel(instance)

    # -- decorators
    # -------------------------------------------------------------------------------------------------------------

    def _copy(self, **changes: Any) -> hybrid_property[_T]:
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.__dict__.pop("_info", None)
        made.__dict__.update(changes)
        return made

    @property
    def overrides(self) -> hybrid_property[_T]:
        """This property: ``@Base.name.overrides.expression`` in a subclass, ``Base.name`` being an expression."""
        return self

    @property
    def inplace(self) -> _Inplace[_T]:
        """Decorators that change this property in place of a copy."""
        return _Inplace(self)

    def getter(self, fget: Callable[[Any], _T]) -> hybrid_property[_T]:
        """Return a copy with another function for the value on an object."""
        return self._copy(fget=fget, __doc__=getattr(fget, "__doc__", None) or self.__doc__)

    def setter(self, fset: Callable[[Any, _T], None]) -> hybrid_property[_T]:
        """Return a copy that can be set."""
        return self._copy(fset=fset)

    def deleter(self, fdel: Callable[[Any], None]) -> hybrid_property[_T]:
        """Return a copy that can be deleted."""
        return self._copy(fdel=fdel)

    def expression(self, expr: Any) -> hybrid_property[_T]:
        """Return a copy whose SQL expression is ``expr(cls)``."""
        return self._copy(expr=_function(expr))

    def comparator(self, comparator: Any) -> hybrid_property[_T]:
        """Return a copy whose operators are those of the :class:`Comparator` that ``comparator(cls)`` returns."""
        return self._copy(custom_comparator=_function(comparator))

    def update_expression(self, meth: Any) -> hybrid_property[_T]:
        """Return a copy that says what setting it means in an UPDATE or INSERT: ``meth(cls, value)`` gives pairs."""
        return self._copy(update_expr=_function(meth))

    def bulk_dml(self, meth: Any) -> hybrid_property[_T]:
        """Return a copy for rows of a bulk INSERT or UPDATE: ``meth(cls, mapping, value)`` enters columns."""
        return self._copy(bulk_dml_setter=_function(meth))

    # -- on a class
    # -------------------------------------------------------------------------------------------------------------

    def comparator_for(self, owner: Any) -> Any:
        """Return the operators of the property as `owner`, a class or an alias of one, has them."""
        if self.custom_comparator is not None:
            return self.custom_comparator(owner)
        return ExprComparator(owner, (self.expr or self.fget)(owner), self)

    @property
    def class_doc(self) -> str | None:
        """The docstring that the class shows."""
        # None has a docstring of its own since Python 3.13.
        own: str | None = None if self.expr is None else getattr(self.expr, "__doc__", None)
        return own or self.__doc__

    def dml_values(self, owner: Any, value: Any) -> list[tuple[Any, Any]]:
        """Return pairs (attribute or expression, value): what a value means in an UPDATE or INSERT."""
        if self.update_expr is not None:
            return _flat(self.update_expr(owner, value))
        return _flat(self.comparator_for(owner)._bulk_update_tuples(value))

    def enter_bulk_values(self, owner: Any, mapping: dict[str, Any], value: Any) -> None:
        """Enter what the property means into one row of a bulk INSERT or UPDATE.

        Raises:
            InvalidRequestError: nobody said what it means.
        """
        if self.bulk_dml_setter is None:
            raise InvalidRequestError(
                "Can't evaluate bulk DML statement; please supply a bulk_dml decorated function "
                f"for the hybrid {owner.__name__}.{self.__name__}"
            )
        self.bulk_dml_setter(owner, mapping, value)


def _flat(pairs: Any) -> list[tuple[Any, Any]]:
    """Return pairs with hybrids among the keys replaced by what they mean."""
    found: list[tuple[Any, Any]] = []
    items: Iterable[tuple[Any, Any]] = pairs.items() if isinstance(pairs, Mapping) else pairs
    for key, value in items:
        if isinstance(key, HybridAttribute):
            found.extend(key._bulk_update_tuples(value))
        else:
            found.append((key, value))
    return found


class _Inplace(Generic[_T]):
    """The decorators of a hybrid property, changing the property itself."""

    def __init__(self, attr: hybrid_property[_T]) -> None:
        self.attr = attr

    def _set(self, **changes: Any) -> hybrid_property[_T]:
        self.attr.__dict__.update(changes)
        return self.attr

    def getter(self, fget: Callable[[Any], _T]) -> hybrid_property[_T]:
        """Set the function for the value on an object."""
        return self._set(fget=fget)

    def setter(self, fset: Callable[[Any, _T], None]) -> hybrid_property[_T]:
        """Set the setter."""
        return self._set(fset=fset)

    def deleter(self, fdel: Callable[[Any], None]) -> hybrid_property[_T]:
        """Set the deleter."""
        return self._set(fdel=fdel)

    def expression(self, expr: Any) -> hybrid_property[_T]:
        """Set the SQL expression."""
        return self._set(expr=_function(expr))

    def comparator(self, comparator: Any) -> hybrid_property[_T]:
        """Set the operators."""
        return self._set(custom_comparator=_function(comparator))

    def update_expression(self, meth: Any) -> hybrid_property[_T]:
        """Set what setting the property means in an UPDATE or INSERT."""
        return self._set(update_expr=_function(meth))

    def bulk_dml(self, meth: Any) -> hybrid_property[_T]:
        """Set what the property means in rows of a bulk INSERT or UPDATE."""
        return self._set(bulk_dml_setter=_function(meth))


class Comparator(PropComparator[_T]):
    """Base of operators for a hybrid: override ``__eq__``, ``operate`` or ``__clause_element__``.

    Attributes:
        expression: what was given: an expression, a mapped attribute, or the class.
    """

    expression: Any = None

    def __init__(self, expression: Any) -> None:
        self.expression = expression

    def __clause_element__(self) -> Any:
        return _element(self.expression)

    @property
    def prop(self) -> Any:
        """As :attr:`property`."""
        return self.property

    @property
    def property(self) -> Any:
        """The mapped property behind the expression, when there is one."""
        return self.expression.property

    def adapt_to_entity(self, adapt_to_entity: Any) -> Comparator[_T]:
        """Return these: for an alias the hybrid asks its function again."""
        return self


class ExprComparator(Comparator[_T]):
    """The operators of whatever a hybrid's function returned for the class."""

    def __init__(self, cls: Any, expression: Any, hybrid: hybrid_property[_T]) -> None:
        self.cls = cls
        self.expression = expression
        self.hybrid = hybrid

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__") or key == "expression":
            raise AttributeError(key)
        return getattr(self.expression, key)

    @property
    def info(self) -> dict[Any, Any]:
        """The hybrid's dictionary of the user's own facts."""
        return self.hybrid.info

    def _bulk_update_tuples(self, value: Any) -> list[tuple[Any, Any]]:
        if isinstance(self.expression, QueryableAttribute):
            return self.expression._bulk_update_tuples(value)
        return [(self.expression, value)]

    @property
    def property(self) -> Any:
        """The mapped property of the attribute that the hybrid returns."""
        return self.expression.property

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        return op(self.expression, *other, **kwargs)

    def reverse_operate(self, op: OperatorType, other: Any, **kwargs: Any) -> Any:
        return op(other, self.expression, **kwargs)


def _element(expression: Any) -> Any:
    """Return the innermost thing that ``__clause_element__`` leads to."""
    for _ in range(20):
        if isinstance(expression, ClauseElement):
            break
        hook = getattr(expression, "__clause_element__", None)
        if hook is None or isinstance(expression, type):
            break
        expression = hook()
    return expression


class HybridAttribute(QueryableAttribute[_T]):
    """A hybrid property on a class or an alias: an SQL expression, with the property's decorators."""

    def __init__(self, hybrid: hybrid_property[_T], owner: Any) -> None:
        # The function of the hybrid runs when the first operator asks; each access to the class asks anew, because the
        # expression may follow from more than the class.
        self.descriptor = hybrid
        self.class_ = owner
        self.key = hybrid.__name__
        self._parententity = _entity_of(owner)
        self._adapt_to_entity = None
        self.impl = None
        self._of_type = None
        self._extra_criteria = ()
        self.propagated = []
        self.__doc__ = hybrid.class_doc

    @property
    def comparator(self) -> Any:
        """The operators; the hybrid's function runs when they are first asked for."""
        found = self.__dict__.get("_comparator")
        if found is None:
            found = self.__dict__["_comparator"] = self.descriptor.comparator_for(self.class_)
        return found

    @property
    def prop(self) -> Any:
        """The mapped property of the attribute that the hybrid returns, None when it returns something else."""
        return getattr(self.comparator, "prop", None)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        descriptor = self.__dict__["descriptor"]
        if name == "comparator":
            # The hybrid's function raised AttributeError: raise it again, from here.
            return descriptor.comparator_for(self.__dict__["class_"])
        comparator = self.comparator
        try:
            return getattr(comparator, name)
        except AttributeError:
            pass
        if name in descriptor.__dict__:
            return descriptor.__dict__[name]
        raise AttributeError(
            f"Neither 'HybridAttribute' object nor {type(comparator).__name__!r} object associated with {self} has "
            "an attribute "
            f"{name!r}"
        )

    # -- decorators, for a subclass: ``@Base.name.setter`` -----------------------------------------------------------

    @property
    def overrides(self) -> _Inplace[_T]:
        """The hybrid property, for decorators in a subclass whose names mean something else on an expression."""
        # Said to be what has the same decorators: a property's type would be taken for a descriptor.
        return self.descriptor  # type: ignore[return-value]

    @property
    def inplace(self) -> _Inplace[_T]:
        """As ``hybrid_property.inplace``."""
        return self.descriptor.inplace

    def getter(self, fget: Callable[[Any], _T]) -> hybrid_property[_T]:
        """As ``hybrid_property.getter``."""
        return self.descriptor.getter(fget)

    def setter(self, fset: Callable[[Any, _T], None]) -> hybrid_property[_T]:
        """As ``hybrid_property.setter``."""
        return self.descriptor.setter(fset)

    def deleter(self, fdel: Callable[[Any], None]) -> hybrid_property[_T]:
        """As ``hybrid_property.deleter``."""
        return self.descriptor.deleter(fdel)

    def update_expression(self, meth: Any) -> hybrid_property[_T]:
        """As ``hybrid_property.update_expression``."""
        return self.descriptor.update_expression(meth)

    def bulk_dml(self, meth: Any) -> hybrid_property[_T]:
        """As ``hybrid_property.bulk_dml``."""
        return self.descriptor.bulk_dml(meth)

    # -- the expression ------------------------------------------------------------------------------------------------

    @property
    def info(self) -> dict[Any, Any]:
        return self.descriptor.info

    def get_history(self, instance: Any, passive: int = 0) -> Any:
        """Return the history of the attribute that the hybrid returns."""
        expression = self.comparator.expression
        return expression.get_history(instance, passive) if passive else expression.get_history(instance)

    @property
    def expression(self) -> Any:
        """The SQL expression, under the property's name and marked with the class or alias.

        Raises:
            InvalidRequestError: the hybrid's function returned something else.
        """
        element = _element(self.comparator)
        if not isinstance(element, ClauseElement):
            raise InvalidRequestError(
                f'When interpreting attribute "{self}" as a SQL expression, expected __clause_element__() to return a '
                f"ClauseElement object, got: {element!r}"
            )
        if not element._is_column_element or self._parententity is None:
            return element
        return ANNOTATE[0](element, self._parententity, self.key)

    def _bulk_update_tuples(self, value: Any) -> list[tuple[Any, Any]]:
        return self.descriptor.dml_values(self.class_, value)

    def adapt_to_entity(self, adapt_to_entity: Any) -> HybridAttribute[_T]:
        return HybridAttribute(self.descriptor, adapt_to_entity.entity)

    def of_type(self, entity: Any) -> Any:
        return self.comparator.expression.of_type(entity)

    def and_(self, *criteria: Any) -> Any:
        return self.comparator.expression.and_(*criteria)

    @property
    def property(self) -> Any:
        """The mapped property of the attribute that the hybrid returns."""
        return self.comparator.property


def _entity_of(owner: Any) -> Any:
    aliased = getattr(owner, "__dict__", {}).get("_lect_aliased")
    if aliased is not None:
        return aliased
    return mapper_of(owner) if isinstance(owner, type) else None


def _node_of_hybrid(attribute: Any) -> Any:
    expression = getattr(attribute.comparator, "expression", None)
    if isinstance(expression, QueryableAttribute) and getattr(expression.prop, "is_relationship", False):
        return registered(expression)
    return attribute.expression


register(HybridAttribute, _node_of_hybrid)
