"""A type made of another type: values are changed on the way, the database sees the other one."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from lect.operators import OperatorClass, OperatorType
from lect.types.construction import argument_names, constructor_repr
from lect.types.type_engine import Comparator as TypeComparator
from lect.types.type_engine import LiteralProcessor, Processor, TypeEngine, _fact, to_instance

__all__ = ["ExternalType", "TypeDecorator", "Variant"]

_T = TypeVar("_T")
_TD = TypeVar("_TD", bound="TypeDecorator[Any]")


class ExternalType:
    """A type written outside of Lect.

    `cache_ok` says whether statements that contain it may be kept compiled: True when everything that tells two such
    types apart is in their constructor's arguments (kept under the arguments' names, hashable); False when not.
    As long as it is not said, statements that contain the type are compiled at every execution.
    """

    cache_ok: bool | None = None

    def _shape_parts(self) -> tuple[object, ...] | None:
        if not self.cache_ok:
            return None
        state = self.__dict__
        parts: list[object] = [self.__class__]
        for name in argument_names(self.__class__):
            if name in state:
                parts.append(name)
                parts.extend(_fact(state[name]))
        impl = state.get("impl")
        if isinstance(impl, TypeEngine):
            parts.append(impl._shape or impl._structure())
        if state.get("should_evaluate_none"):
            parts.append("evaluates none")
        variants = state.get("_variant_mapping")
        if variants:
            for dialect_name, variant in variants.items():
                parts.append(dialect_name)
                parts.append(variant._shape or variant._structure())
        return tuple(parts)


class TypeDecorator(ExternalType, TypeEngine[_T]):
    """Wraps the type named by `impl` and changes values between the program and that type.

    A subclass sets `impl` and, usually, `cache_ok`, and overrides :meth:`process_bind_param` and
    :meth:`process_result_value`.
    """

    __visit_name__ = "type_decorator"
    _is_type_decorator = True

    impl: Any
    #: ``==`` with a value of one of these classes is written with IS.
    coerce_to_is_types: ClassVar[tuple[type[Any], ...]] = (type(None),)

    class Comparator(TypeComparator[Any]):
        """Tells the operators which values are compared with IS."""

        def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
            kwargs.setdefault("_python_is_types", self.expr.type.coerce_to_is_types)
            return super().operate(op, *other, **kwargs)

        def reverse_operate(self, op: OperatorType, other: Any, **kwargs: Any) -> Any:
            kwargs.setdefault("_python_is_types", self.expr.type.coerce_to_is_types)
            return super().reverse_operate(op, other, **kwargs)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not hasattr(type(self), "impl"):
            raise AttributeError(
                "TypeDecorator implementations require a class-level variable 'impl' which refers to the class of "
                f"type being decorated; {type(self).__name__} has none"
            )
        self.impl = to_instance(type(self).impl, *args, **kwargs)

    # -- the decorated type --------------------------------------------------------------------------------------------

    @property
    def impl_instance(self) -> TypeEngine[Any]:
        """The decorated type."""
        impl: TypeEngine[Any] = self.impl
        return impl if isinstance(impl, TypeEngine) else to_instance(impl)

    @property
    def operator_classes(self) -> OperatorClass:  # type: ignore[override]
        return self.impl_instance.operator_classes

    @property
    def comparator_factory(self) -> Any:
        return _combined(TypeDecorator.Comparator, self.impl_instance.comparator_factory)

    @property
    def _plain_comparison(self) -> bool:  # type: ignore[override]
        return self.coerce_to_is_types == TypeDecorator.coerce_to_is_types and self.impl_instance._plain_comparison

    @property
    def _concatenates(self) -> bool:  # type: ignore[override]
        return self.impl_instance._concatenates

    @property
    def _is_array(self) -> bool:  # type: ignore[override]
        return self.impl_instance._is_array

    @property
    def _is_tuple_type(self) -> bool:  # type: ignore[override]
        return self.impl_instance._is_tuple_type

    @property
    def _rank(self) -> int:  # type: ignore[override]
        return self.impl_instance._rank

    @property
    def _type_affinity(self) -> type[TypeEngine[Any]]:
        return self.impl_instance._type_affinity

    @property
    def _has_bind_expression(self) -> bool:
        own = type(self).bind_expression is not TypeDecorator.bind_expression
        return own or self.impl_instance._has_bind_expression or self._variants_have("_has_bind_expression")

    @property
    def _has_column_expression(self) -> bool:
        own = type(self).column_expression is not TypeDecorator.column_expression
        return own or self.impl_instance._has_column_expression or self._variants_have("_has_column_expression")

    def _variants_have(self, name: str) -> bool:
        return any(getattr(v, name) for v in self._variant_mapping.values())

    @property
    def sort_key_function(self) -> Any:  # type: ignore[override]
        return self.impl_instance.sort_key_function

    @property
    def hashable(self) -> bool:  # type: ignore[override]
        return self.impl_instance.hashable

    @property
    def python_type(self) -> type[Any]:
        return self.impl_instance.python_type

    def __getattr__(self, key: str) -> Any:
        # Arguments of the decorated type (length, timezone ...) are seen through.
        if key.startswith("__") or "impl" not in self.__dict__:
            raise AttributeError(key)
        return getattr(self.__dict__["impl"], key)

    # -- what a subclass overrides -------------------------------------------------------------------------------------

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        """Turn the program's value into a value of the decorated type."""
        raise NotImplementedError

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        """Turn a value of the decorated type into the program's value."""
        raise NotImplementedError

    def process_literal_param(self, value: Any, dialect: Any) -> Any:
        """Turn the program's value into one that is written as a literal; :meth:`process_bind_param` without it."""
        raise NotImplementedError

    def load_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """Return the type to decorate on `dialect`."""
        return self.impl_instance

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """Return this type: a value opposite such a column is thought to be one of its own."""
        return self

    # -- copies --------------------------------------------------------------------------------------------------------

    def copy(self: _TD, **kw: Any) -> _TD:
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.__dict__.pop("_shape", None)
        return copy

    def _copied_for_column(self: _TD, **kw: Any) -> _TD:
        # Each copy of a column (of a mixin, to another MetaData) has a type that may be changed by itself.
        return self.copy(**kw)

    def adapt(self, cls: type[Any], **kw: Any) -> TypeEngine[Any]:
        return self.copy() if cls is type(self) else super().adapt(cls, **kw)

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        """Return this type: it decorates what each database has for the decorated type."""
        return self

    def with_variant(self: _TD, type_: Any, *dialect_names: str) -> _TD:
        return super().with_variant(type_, *dialect_names)

    # -- dialects ------------------------------------------------------------------------------------------------------

    def _make_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        variant = self._variant_for(dialect)
        if variant is not None:
            return variant.dialect_impl(dialect)
        inner = self.load_dialect_impl(dialect).dialect_impl(dialect)
        copy = self.copy()
        copy.__dict__["impl"] = inner
        copy.__dict__["_on_dialect"] = True
        return copy

    def type_engine(self, dialect: Any) -> TypeEngine[Any]:
        """Return the decorated type as `dialect` has it."""
        variant = self._variant_for(dialect)
        if variant is not None:
            return variant.dialect_impl(dialect)
        return self.load_dialect_impl(dialect).dialect_impl(dialect)

    def _unwrapped_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        inner = self.dialect_impl(dialect)
        if isinstance(inner, TypeDecorator):
            return inner.impl_instance._unwrapped_dialect_impl(dialect)
        return inner

    def _inner(self, dialect: Any) -> TypeEngine[Any]:
        return self.impl_instance if self.__dict__.get("_on_dialect") else self.type_engine(dialect)

    # -- values --------------------------------------------------------------------------------------------------------

    def bind_processor(self, dialect: Any) -> Processor | None:
        inner = self._inner(dialect)._cached_bind_processor(dialect)
        if type(self).process_bind_param is TypeDecorator.process_bind_param:
            return inner
        own = self.process_bind_param
        if inner is None:
            return lambda value: own(value, dialect)
        return lambda value: inner(own(value, dialect))

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        inner = self._inner(dialect)._cached_result_processor(dialect, coltype)
        if type(self).process_result_value is TypeDecorator.process_result_value:
            return inner
        own = self.process_result_value
        if inner is None:
            return lambda value: own(value, dialect)
        return lambda value: own(inner(value), dialect)

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        inner = self._inner(dialect)._cached_literal_processor(dialect)
        cls = type(self)
        if cls.process_literal_param is not TypeDecorator.process_literal_param:
            own = self.process_literal_param
        elif cls.process_bind_param is not TypeDecorator.process_bind_param:
            own = self.process_bind_param
        else:
            return inner
        if inner is None:
            # Whoever overrides process_literal_param for a type without literals writes the text itself.
            return lambda value: str(own(value, dialect))

        def process(value: Any) -> str:
            changed = own(value, dialect)
            return "NULL" if changed is None else inner(changed)

        return process

    def bind_expression(self, bindvalue: Any) -> Any:
        return self.impl_instance.bind_expression(bindvalue)

    def column_expression(self, colexpr: Any) -> Any:
        return self.impl_instance.column_expression(colexpr)

    def compare_values(self, x: Any, y: Any) -> bool:
        return self.impl_instance.compare_values(x, y)

    def copy_value(self, value: Any) -> Any:
        return self.impl_instance.copy_value(value)

    def get_dbapi_type(self, dbapi: Any) -> Any:
        return self.impl_instance.get_dbapi_type(dbapi)

    def __repr__(self) -> str:
        own = constructor_repr(self)
        inner = repr(self.impl_instance)
        arguments = inner[inner.find("(") :]
        return f"{type(self).__name__}{arguments}" if own.endswith("()") else own


_combinations: dict[tuple[Any, Any], Any] = {}


def _combined(own: Any, inner: Any) -> Any:
    """Return one comparator class made of a decorator's and its decorated type's."""
    key = (own, inner)
    found = _combinations.get(key)
    if found is None:
        if issubclass(inner, own):
            found = inner
        elif issubclass(own, inner) and inner is not TypeComparator:
            found = own
        else:
            found = type("TDComparator", (own, inner), {"__slots__": ()})
        _combinations[key] = found
    return found


class Variant(TypeDecorator[Any]):
    """Kept as a name only: types carry their variants themselves, see :meth:`TypeEngine.with_variant`."""

    def __init__(self, *arg: Any, **kw: Any) -> None:
        raise NotImplementedError("Variant is no longer used; write type_.with_variant(other_type, dialect_name)")
