"""Hybrids: attributes and methods that compute a value on an object and an SQL expression on its class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from lect.exc import InvalidRequestError
from lect.sql.element import ClauseElement
from lect.sql.entity import registered
from lect_orm.attributes.descriptor import PropComparator, QueryableAttribute
from lect_orm.base import InspectionAttrExtensionType, InspectionAttrInfo, mapper_of
from lect_orm.query.entities import annotated_column

__all__ = ["Comparator", "ExprComparator", "HybridExtensionType", "hybrid_method", "hybrid_property"]

_T = TypeVar("_T")


class HybridExtensionType(InspectionAttrExtensionType):
    """What ``inspect(User).all_orm_descriptors`` says of hybrids."""

    HYBRID_METHOD = "HYBRID_METHOD"
    HYBRID_PROPERTY = "HYBRID_PROPERTY"


class hybrid_method(InspectionAttrInfo, Generic[_T]):  # noqa: N801 - a public name
    """A method that is called with the object, or with the class to give an SQL expression."""

    is_attribute = True
    extension_type = HybridExtensionType.HYBRID_METHOD

    def __init__(self, func: Callable[..., Any], expr: Callable[..., Any] | None = None) -> None:
        self.func = func
        self.expr = expr if expr is not None else func

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self.expr.__get__(owner, type(owner))  # type: ignore[attr-defined]
        return self.func.__get__(instance, owner)  # type: ignore[attr-defined]

    def expression(self, expr: Callable[..., Any]) -> hybrid_method[_T]:
        """Give the method for the class: a decorator."""
        self.expr = expr
        return self

    @property
    def inplace(self) -> Any:
        """Where ``@x.inplace.expression`` decorates without making a copy."""
        return self


class hybrid_property(InspectionAttrInfo, Generic[_T]):  # noqa: N801 - a public name
    """A property of objects that is an SQL expression on the class."""

    is_attribute = True
    extension_type = HybridExtensionType.HYBRID_PROPERTY

    def __init__(
        self,
        fget: Callable[[Any], Any],
        fset: Callable[[Any, Any], None] | None = None,
        fdel: Callable[[Any], None] | None = None,
        expr: Callable[[Any], Any] | None = None,
        custom_comparator: Any = None,
        update_expr: Callable[..., Any] | None = None,
        bulk_dml_setter: Callable[..., Any] | None = None,
    ) -> None:
        self.fget = fget
        self.fset = fset
        self.fdel = fdel
        self.expr = expr
        self.custom_comparator = custom_comparator
        self.update_expr = update_expr
        self.bulk_dml_setter_function = bulk_dml_setter
        self.__doc__ = getattr(fget, "__doc__", None)
        self.__name__ = getattr(fget, "__name__", None) or ""

    def __set_name__(self, owner: Any, name: str) -> None:
        if not self.__name__:
            self.__name__ = name

    def __get__(self, instance: Any, owner: Any) -> Any:
        if owner is None:
            return self
        if instance is None:
            return self._on_class(owner)
        return self.fget(instance)

    def __set__(self, instance: Any, value: Any) -> None:
        if self.fset is None:
            raise AttributeError("can't set attribute")
        self.fset(instance, value)

    def __delete__(self, instance: Any) -> None:
        if self.fdel is None:
            raise AttributeError("can't delete attribute")
        self.fdel(instance)

    def _copy(self, **changed: Any) -> hybrid_property[_T]:
        given = {
            "fget": self.fget,
            "fset": self.fset,
            "fdel": self.fdel,
            "expr": self.expr,
            "custom_comparator": self.custom_comparator,
            "update_expr": self.update_expr,
            "bulk_dml_setter": self.bulk_dml_setter_function,
            **changed,
        }
        made = type(self)(**given)
        if "_info" in self.__dict__:
            made.__dict__["_info"] = self.__dict__["_info"]
        return made

    @property
    def overrides(self) -> Any:
        """Begins a hybrid that overrides one of a base class: ``@Base.x.overrides.setter``."""
        return self

    class _InPlace:
        """Decorators that change the hybrid rather than return a copy."""

        def __init__(self, attr: hybrid_property[Any]) -> None:
            self.attr = attr

        def _set(self, **changed: Any) -> hybrid_property[Any]:
            for key, value in changed.items():
                setattr(self.attr, key, value)
            return self.attr

        def getter(self, fget: Any) -> hybrid_property[Any]:
            """Replace the getter."""
            return self._set(fget=fget)

        def setter(self, fset: Any) -> hybrid_property[Any]:
            """Give a setter."""
            return self._set(fset=fset)

        def deleter(self, fdel: Any) -> hybrid_property[Any]:
            """Give a deleter."""
            return self._set(fdel=fdel)

        def expression(self, expr: Any) -> hybrid_property[Any]:
            """Give the expression for the class."""
            return self._set(expr=expr)

        def comparator(self, comparator: Any) -> hybrid_property[Any]:
            """Give the comparator for the class."""
            return self._set(custom_comparator=comparator)

        def update_expression(self, meth: Any) -> hybrid_property[Any]:
            """Give what an UPDATE sets."""
            return self._set(update_expr=meth)

        def bulk_dml_setter(self, meth: Any) -> hybrid_property[Any]:
            """Give what a bulk statement sets."""
            return self._set(bulk_dml_setter_function=meth)

    @property
    def inplace(self) -> Any:
        """Where ``@x.inplace.setter`` decorates without making a copy."""
        return hybrid_property._InPlace(self)

    def getter(self, fget: Any) -> hybrid_property[_T]:
        """Return a copy with another getter."""
        return self._copy(fget=fget)

    def setter(self, fset: Any) -> hybrid_property[_T]:
        """Return a copy with a setter."""
        return self._copy(fset=fset)

    def deleter(self, fdel: Any) -> hybrid_property[_T]:
        """Return a copy with a deleter."""
        return self._copy(fdel=fdel)

    def expression(self, expr: Any) -> hybrid_property[_T]:
        """Return a copy with an expression for the class."""
        return self._copy(expr=expr)

    def comparator(self, comparator: Any) -> hybrid_property[_T]:
        """Return a copy with a comparator for the class."""
        return self._copy(custom_comparator=comparator)

    def update_expression(self, meth: Any) -> hybrid_property[_T]:
        """Return a copy with what an UPDATE sets: ``(cls, value) -> [(attribute, value)]``."""
        return self._copy(update_expr=meth)

    def bulk_dml_setter(self, meth: Any) -> hybrid_property[_T]:
        """Return a copy with what a bulk INSERT or UPDATE sets: ``(cls, mapping, value)`` changes the mapping."""
        return self._copy(bulk_dml_setter=meth)

    # -- on the class ---------------------------------------------------------------------------------------------------------------

    def _on_class(self, owner: Any) -> Any:
        comparator = self._comparator(owner)
        if comparator is None:
            return None
        return HybridAttribute(owner, self, comparator)

    def _comparator(self, owner: Any) -> Any:
        if self.custom_comparator is not None:
            return self.custom_comparator(owner)
        expr = self.expr if self.expr is not None else self.fget
        return ExprComparator(owner, expr(owner), self)


class Comparator(PropComparator[_T]):
    """Base of comparators of hybrids: override operators, or ``__clause_element__``."""

    def __init__(self, expression: Any) -> None:
        self.expression = expression

    def __clause_element__(self) -> Any:
        expr = self.expression
        while not isinstance(expr, ClauseElement):
            found = registered(expr)
            if found is not None:
                return found
            hook = getattr(expr, "__clause_element__", None)
            if hook is None:
                break
            expr = hook()
        return expr

    def adapt_to_entity(self, adapt_to_entity: Any) -> Comparator[_T]:
        return self

    @property
    def property(self) -> Any:
        """The property of the expression."""
        raise NotImplementedError


class ExprComparator(Comparator[_T]):
    """The comparator of a hybrid without one of its own: operators of its expression."""

    def __init__(self, cls: Any, expression: Any, hybrid: hybrid_property[Any]) -> None:
        self.cls = cls
        self.expression = expression
        self.hybrid = hybrid

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        return getattr(self.expression, key)

    @property
    def info(self) -> Any:
        """The hybrid's dictionary of the user's own facts."""
        return self.hybrid.info

    def _bulk_update_tuples(self, value: Any) -> Any:
        if isinstance(self.expression, QueryableAttribute):
            return self.expression._bulk_update_tuples(value)
        return [(self.expression, value)]

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return op(self.expression, *other, **kwargs)

    def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
        return op(other, self.expression, **kwargs)

    @property
    def property(self) -> Any:
        """The property of the expression."""
        return self.expression.property


class HybridAttribute(QueryableAttribute[Any]):
    """A hybrid as the class (or an alias of it) shows it."""

    def __init__(self, owner: Any, hybrid: hybrid_property[Any], comparator: Any) -> None:
        aliased = getattr(owner, "_lect_aliased", None)
        entity = aliased if aliased is not None else (mapper_of(owner) if isinstance(owner, type) else None)
        super().__init__(owner, hybrid.__name__, entity, comparator=comparator, prop=None)
        self.hybrid = hybrid
        self.__doc__ = hybrid.__doc__
        self.prop = _HybridProp(hybrid, entity)

    @property
    def info(self) -> dict[Any, Any]:
        return self.hybrid.info

    def _make_expression(self) -> Any:
        element = self.comparator.__clause_element__()
        while not isinstance(element, ClauseElement):
            element = element.__clause_element__()
        if self._parententity is None or not getattr(element, "_is_column_element", False):
            return element
        return annotated_column(element, self._parententity, self.key)

    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
        return op(self.comparator, *other, **kwargs)

    def _bulk_update_tuples(self, value: Any) -> Any:
        if self.hybrid.update_expr is not None:
            return self.hybrid.update_expr(self.class_, value)
        return self.comparator._bulk_update_tuples(value)

    def adapt_to_entity(self, adapt_to_entity: Any) -> Any:
        return self.hybrid._on_class(adapt_to_entity.entity)

    def label(self, name: str | None) -> Any:
        return self.expression.label(name)

    @property
    def property(self) -> Any:
        """The property of the expression."""
        return self.comparator.property


class _HybridProp:
    """What is asked of the property of a hybrid."""

    is_relationship = False
    is_column = False
    is_synonym = False
    is_descriptor = True

    def __init__(self, hybrid: hybrid_property[Any], parent: Any) -> None:
        self.key = hybrid.__name__
        self.info = hybrid.info
        self.parent = parent


def missing_expression(name: str) -> InvalidRequestError:
    """Return the error for a hybrid that has no expression."""
    return InvalidRequestError(f"hybrid {name!r} has no expression for its class; give one with @{name}.expression")
