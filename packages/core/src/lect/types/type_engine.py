"""What every type is: a value's way to the database and back, and the operators that a column of it has."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Generic, TypeAlias, TypeVar

from lect.exc import ArgumentError
from lect.operators import ColumnOperators, OperatorClass, OperatorType
from lect.shape import Shape, intern, uncacheable
from lect.types.construction import argument_names, construct_like, constructor_repr

__all__ = ["Comparator", "Emulated", "NativeForEmulated", "TypeEngine", "Variants", "adapt_type", "to_instance"]

_T = TypeVar("_T")
_CT = TypeVar("_CT")
_TE = TypeVar("_TE", bound="TypeEngine[Any]")
_C = TypeVar("_C")

#: Turns one value into another; None in place of a processor means "as it is".
Processor: TypeAlias = Callable[[Any], Any]
LiteralProcessor: TypeAlias = Callable[[Any], str]
Variants: TypeAlias = Mapping[str, "TypeEngine[Any]"]

_NO_VARIANTS: Final[Variants] = {}

#: Set by :mod:`lect.compile`: writes a type's name in DDL, for ``str(type)`` and ``type.compile(dialect)``.
compile_hook: Callable[[TypeEngine[Any], Any], str] | None = None


class Comparator(ColumnOperators, Generic[_CT]):
    """The operators of a column whose type brings this comparator.

    A subclass in a type of one's own overrides operators, or adds methods that then exist on every column of the type.

    Attributes:
        expr: the column expression.
        type: its type.
    """

    __slots__ = ("expr", "type")

    def __init__(self, expr: Any) -> None:
        self.expr = expr
        self.type: TypeEngine[_CT] = expr.type

    def __clause_element__(self) -> Any:
        return self.expr

    __hash__ = ColumnOperators.__hash__

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        """Apply `op` as SQL understands it."""
        return self.expr._apply(op, *other, **kwargs)

    def reverse_operate(self, op: OperatorType, other: Any, **kwargs: Any) -> Any:
        """Apply `op` with the expression on the right."""
        return self.expr._apply_reversed(op, other, **kwargs)

    def _adapt_expression(self, op: OperatorType, other_comparator: Any) -> tuple[OperatorType, TypeEngine[Any]]:
        """Return the operator and the type of ``self op other``."""
        return op, self.type


def _standard(factory: Any) -> bool:
    """True when a comparator leaves comparison operators as they are, so that the short way may be taken."""
    for name in _PLAIN_OPERATORS:
        found = getattr(factory, name, None)
        if found is not getattr(Comparator, name):
            return False
    return True


#: Methods for which columns have a short way (:mod:`lect.sql.fast_comparison`), and the one behind them all.
_PLAIN_OPERATORS: Final = (
    "operate",
    "__eq__",
    "__ne__",
    "__lt__",
    "__le__",
    "__gt__",
    "__ge__",
    "in_",
    "not_in",
    "notin_",
    "between",
    "like",
    "not_like",
    "notlike",
    "ilike",
    "startswith",
    "endswith",
    "contains",
    "desc",
    "asc",
)

_standard_seen: dict[Any, bool] = {}

#: What a dialect made of a type, by dialect and then by the type's shape. Equal types share the entry.
_memos: weakref.WeakKeyDictionary[Any, dict[Any, Any]] = weakref.WeakKeyDictionary()


class _Loose:
    """Entries of types that have no shareable shape, kept as long as the type lives."""

    def __init__(self) -> None:
        self.by_type: weakref.WeakKeyDictionary[Any, dict[Any, Any]] = weakref.WeakKeyDictionary()


class TypeEngine(Generic[_T]):
    """The base of all types.

    What a type means to a value is in its processors: :meth:`bind_processor`, :meth:`result_processor` and
    :meth:`literal_processor` return a function of one value, or None when values pass as they are.
    """

    __visit_name__: ClassVar[str] = "type_engine"

    operator_classes: ClassVar[OperatorClass] = OperatorClass.UNSPECIFIED
    comparator_factory: Any = Comparator
    #: The comparator to derive one of one's own from: ``class Comparator(Integer.Comparator)``.
    Comparator: Any = Comparator

    #: False for types whose values cannot be hashed (rows of them are not made unique by hash).
    hashable: bool = True
    #: True when Python's None is a value of this type and not NULL; see :meth:`evaluates_none`.
    should_evaluate_none: bool = False
    #: Sorts values of this type in Python where the values cannot be compared themselves.
    sort_key_function: Callable[[Any], Any] | None = None
    #: A cast is written around bound values, for drivers that cannot say a parameter's type.
    render_bind_cast: ClassVar[bool] = False
    #: A cast is written around literal values.
    render_literal_cast: ClassVar[bool] = False

    _isnull: ClassVar[bool] = False
    _is_tuple_type: ClassVar[bool] = False
    _is_table_value: ClassVar[bool] = False
    _is_array: ClassVar[bool] = False
    _is_type_decorator: ClassVar[bool] = False
    #: ``+`` means concatenation.
    _concatenates: ClassVar[bool] = False
    #: Among types of one kind, the one of higher rank holds the values of both.
    _rank: ClassVar[int] = 0

    #: Values are not to be shown in logs, errors and representations; see :meth:`as_sensitive`.
    sensitive: bool = False

    _variant_mapping: Variants = _NO_VARIANTS
    _shape: Shape | None = None

    # -- class-level facts ---------------------------------------------------------------------------------------------

    #: True when comparisons with plain values need nothing from the comparator.
    _plain_comparison: bool = True

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        if "comparator_factory" in cls.__dict__ and not isinstance(cls.__dict__["comparator_factory"], property):
            cls._plain_comparison = _standard(cls.comparator_factory)
            if "Comparator" not in cls.__dict__:
                cls.Comparator = cls.comparator_factory

    @property
    def _type_affinity(self) -> type[TypeEngine[Any]]:
        """The generic class this type is a kind of: the one below TypeEngine in its ancestry, library types only."""
        return affinity(self.__class__)

    @property
    def _generic_type_affinity(self) -> type[TypeEngine[Any]]:
        best: type[TypeEngine[Any]] | None = None
        best_camel: type[TypeEngine[Any]] | None = None
        for t in self.__class__.__mro__:
            if t.__module__.startswith("lect.types.") and issubclass(t, TypeEngine) and t is not TypeEngine:
                if t.__dict__.get("__visit_name__") is None:
                    continue
                if best is None:
                    best = t
                if not t.__name__.isupper() and best_camel is None:
                    best_camel = t
        return best_camel or best or TypeEngine

    # -- values --------------------------------------------------------------------------------------------------------

    def bind_processor(self, dialect: Any) -> Processor | None:
        """Return what turns a Python value into what the driver is given."""
        return None

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        """Return what turns the driver's value into the Python value; `coltype` is the driver's type code."""
        return None

    def literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        """Return what writes a value (never None) as SQL text."""
        return None

    def bind_expression(self, bindvalue: Any) -> Any:
        """Return the SQL to write in place of a bound value, given the bound value; None for the value alone."""
        return None

    def column_expression(self, colexpr: Any) -> Any:
        """Return the SQL to write in place of a column in a SELECT's list; None for the column alone."""
        return None

    @property
    def _has_bind_expression(self) -> bool:
        """True when bound values may be written inside of more SQL."""
        return type(self).bind_expression is not TypeEngine.bind_expression or any(
            v._has_bind_expression for v in self._variant_mapping.values()
        )

    @property
    def _has_column_expression(self) -> bool:
        """True when columns in a SELECT's list may be written inside of more SQL."""
        return type(self).column_expression is not TypeEngine.column_expression or any(
            v._has_column_expression for v in self._variant_mapping.values()
        )

    @property
    def python_type(self) -> type[Any]:
        """The class of this type's values, where there is one."""
        raise NotImplementedError(f"{type(self).__name__} does not say a Python type")

    def compare_values(self, x: Any, y: Any) -> bool:
        """True when two Python values are the same value."""
        return bool(x == y)

    def copy_value(self, value: Any) -> Any:
        """Return a copy of a value, for types whose values can be changed in place."""
        return value

    def get_dbapi_type(self, dbapi: Any) -> Any:
        """Return the driver's type object for ``setinputsizes``, or None."""
        return None

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """Return the type of a plain value that stands opposite a column of this type."""
        return self._compared_value_type(op, value)

    def _compared_value_type(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        found = resolve_value_type(value)
        if found._isnull or affinity(found.__class__) is self._type_affinity:
            return self
        return found

    def _resolve_value_to_type(self, value: Any) -> TypeEngine[Any]:
        """Return the type of a plain value, whatever this type."""
        return resolve_value_type(value)

    def _resolve_values_to_types(self, value: Any) -> Any:
        return resolve_value_type(value)

    # -- variants, copies ----------------------------------------------------------------------------------------------

    def evaluates_none(self: _TE) -> _TE:
        """Return a copy for which None is a value that is processed and sent, instead of NULL being left out."""
        copy = self.copy()
        copy.should_evaluate_none = True
        copy._shape = None
        return copy

    def as_sensitive(self: _TE) -> _TE:
        """Return a copy whose values, bound or returned, appear in no log, error message or representation."""
        if self.sensitive:
            return self
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.sensitive = True
        copy._shape = None
        return copy

    def copy(self: _TE, **kw: Any) -> _TE:
        """Return a copy."""
        return self.adapt(self.__class__)  # type: ignore[return-value]

    def adapt(self, cls: type[Any], **kw: Any) -> TypeEngine[Any]:
        """Return a type of class `cls` with this type's arguments."""
        adapted: TypeEngine[Any] = construct_like(self, cls, **kw)
        if self._variant_mapping:
            adapted._variant_mapping = self._variant_mapping
        if self.should_evaluate_none:
            adapted.should_evaluate_none = True
        if self.sensitive:
            adapted.sensitive = True
        return adapted

    def with_variant(self: _TE, type_: TypeEngine[Any] | type[TypeEngine[Any]], *dialect_names: str) -> _TE:
        """Return a copy of this type that is `type_` on the dialects named."""
        if not dialect_names:
            raise ArgumentError("At least one dialect name is required")
        for name in dialect_names:
            if name in self._variant_mapping:
                raise ArgumentError(f"Dialect {name!r} is already present in the mapping for this {self!r}")
        variant = to_instance(type_)
        if variant._variant_mapping:
            raise ArgumentError("can't pass a type that already has variants as a dialect-level type to with_variant()")
        copy = self.copy()
        copy._shape = None
        copy._variant_mapping = {**self._variant_mapping, **dict.fromkeys(dialect_names, variant)}
        return copy

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        """Return the generic type that this type of one database is a kind of."""
        if not allow_nulltype and self._generic_type_affinity is TypeEngine:
            raise NotImplementedError(
                f"Default TypeEngine.as_generic() heuristic method was unsuccessful for {type(self).__module__}."
                f"{type(self).__name__}. A custom as_generic() method must be implemented for this type class."
            )
        return construct_like(self, self._generic_type_affinity)

    # -- dialects ------------------------------------------------------------------------------------------------------

    def load_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """Return the type to use on `dialect`; a decorator overrides it."""
        return self

    def _memo(self, dialect: Any) -> dict[Any, Any]:
        """What this type is on `dialect`, kept under its shape and shared by all equal types."""
        memos = _memos.get(dialect)
        if memos is None:
            memos = _memos.setdefault(dialect, {})
        shape = self._shape or self._structure()
        key: Any = shape
        if not shape.cacheable:
            loose = memos.setdefault(None, _Loose())
            found: dict[Any, Any] | None = loose.by_type.get(self)
            if found is None:
                found = loose.by_type.setdefault(self, {})
            return found
        found = memos.get(key)
        if found is None:
            found = memos.setdefault(key, {})
        return found

    def dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """Return this type as `dialect` has it."""
        memo = self._memo(dialect)
        impl: TypeEngine[Any] | None = memo.get("impl")
        if impl is None:
            impl = memo["impl"] = self._make_dialect_impl(dialect)
        return impl

    def _unwrapped_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """Like :meth:`dialect_impl`, and through decorators to the type that the driver sees."""
        return self.dialect_impl(dialect)

    def _variant_for(self, dialect: Any) -> TypeEngine[Any] | None:
        """Return the variant given for `dialect`, or for one whose variants hold for it too; None without."""
        variants = self._variant_mapping
        if not variants:
            return None
        for name in (dialect.name, *getattr(dialect, "fallback_names", ())):
            if name in variants:
                return variants[name]
        return None

    def _make_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        variant = self._variant_for(dialect)
        if variant is not None:
            return variant.dialect_impl(dialect)
        return adapt_type(self, dialect.type_adaptations)

    def _conversion(self, dialect: Any, coltype: Any = None) -> Any:
        """What the driver's connector has to say about this type, or None."""
        ask = getattr(dialect, "conversion", None)
        return ask(self, coltype) if ask is not None else None

    def _cached_bind_processor(self, dialect: Any) -> Processor | None:
        memo = self._memo(dialect)
        try:
            found: Processor | None = memo["bind"]
        except KeyError:
            found = memo["bind"] = self._make_bind_processor(dialect)
        return found

    def _make_bind_processor(self, dialect: Any) -> Processor | None:
        impl = self.dialect_impl(dialect)
        if impl._is_type_decorator:
            return impl.bind_processor(dialect)
        conversion = impl._conversion(dialect)
        if conversion is not None:  # replaces both directions; None in it means "as it is"
            processor: Processor | None = conversion.bind
            return processor
        return impl.bind_processor(dialect)

    def _cached_result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        memo = self._memo(dialect)
        by_code = memo.get("result")
        if by_code is None:
            by_code = memo["result"] = {}
        try:
            found: Processor | None = by_code[coltype]
        except KeyError:
            found = by_code[coltype] = self._make_result_processor(dialect, coltype)
        except TypeError:  # a driver whose type codes cannot be hashed
            found = self._make_result_processor(dialect, coltype)
        return found

    def _make_result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        impl = self.dialect_impl(dialect)
        if impl._is_type_decorator:
            return impl.result_processor(dialect, coltype)
        conversion = impl._conversion(dialect, coltype)
        if conversion is not None:
            processor: Processor | None = conversion.result
            return processor
        return impl.result_processor(dialect, coltype)

    def _cached_literal_processor(self, dialect: Any) -> LiteralProcessor | None:
        memo = self._memo(dialect)
        try:
            found: LiteralProcessor | None = memo["literal"]
        except KeyError:
            found = memo["literal"] = self.dialect_impl(dialect).literal_processor(dialect)
        return found

    # -- structure -----------------------------------------------------------------------------------------------------

    def _structure(self) -> Shape:
        """Compute, keep and return the interned structure of this type."""
        parts = self._shape_parts()
        if parts is None:
            self._shape = uncacheable(type(self))
        else:
            if self.sensitive:
                parts = ("sensitive", *parts)
            try:
                self._shape = intern(parts)
            except TypeError:  # an argument that cannot be hashed
                self._shape = uncacheable(type(self))
        return self._shape

    def _shape_parts(self) -> tuple[object, ...] | None:
        """What tells this type from others: class and constructor arguments. None when that cannot be said."""
        state = self.__dict__
        parts: list[object] = [self.__class__]
        for name in argument_names(self.__class__):
            if name in state:
                parts.append(name)
                parts.extend(_fact(state[name]))
        if self.should_evaluate_none:
            parts.append("evaluates none")
        for dialect_name, variant in self._variant_mapping.items():
            parts.append(dialect_name)
            parts.append(variant._shape or variant._structure())
        return tuple(parts)

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        state.pop("_shape", None)
        return state

    def _compare_type_affinity(self, other: TypeEngine[Any]) -> bool:
        return self._type_affinity is other._type_affinity

    def _has_literal_processor(self) -> bool:
        return type(self).literal_processor is not TypeEngine.literal_processor

    # -- text ----------------------------------------------------------------------------------------------------------

    def compile(self, dialect: Any = None) -> str:
        """Return the type's name as `dialect` (the default one without) writes it in DDL."""
        if compile_hook is None:
            raise ArgumentError("types are written by lect.compile, which is not imported")
        return compile_hook(self, dialect)

    def __str__(self) -> str:
        return self.compile() if compile_hook is not None else repr(self)

    def __repr__(self) -> str:
        return constructor_repr(self)


def _fact(value: object) -> tuple[object, ...]:
    """Turn a constructor argument into hashable parts that tell 1 from True and one type from another."""
    if isinstance(value, TypeEngine):
        return ("type", value._shape or value._structure())
    if isinstance(value, type):
        return ("class", value)
    if isinstance(value, dict):
        return ("dict", tuple([(k, _fact(v)) for k, v in value.items()]))
    if isinstance(value, (list, tuple)):
        inside = tuple([_fact(v) for v in value])
        return (type(value).__name__, inside)
    if isinstance(value, (set, frozenset)):
        return ("set", frozenset(value))
    return (value.__class__, value)


_affinities: dict[type, type[TypeEngine[Any]]] = {}

#: Classes at which the search for a type's affinity ends: the first one met, going from TypeEngine down.
_AFFINITY_ROOTS: set[type] = set()


def affinity(cls: type[TypeEngine[Any]]) -> type[TypeEngine[Any]]:
    """Return the broad class that `cls` belongs to: Integer for SMALLINT, String for Text, itself for a class apart."""
    known = _affinities.get(cls)
    if known is not None:
        return known
    answer: type[TypeEngine[Any]] = cls
    for base in cls.__mro__:
        if base in _AFFINITY_ROOTS:
            answer = base
            break
        if base is TypeEngine or base in _ABSTRACT:
            break
        if issubclass(base, TypeEngine):
            answer = base
    _affinities[cls] = answer
    return answer


#: Bases that are no kind of type by themselves; what derives from them is.
_ABSTRACT: set[type] = set()


def abstract_base(cls: type[_C]) -> type[_C]:
    """Mark a class as one whose subclasses are kinds of their own."""
    _ABSTRACT.add(cls)
    return cls


def affinity_root(cls: type[_C]) -> type[_C]:
    """Mark a class as one of the broad kinds that :func:`affinity` answers."""
    _AFFINITY_ROOTS.add(cls)
    return cls


class Emulated:
    """A generic type that some databases have natively and others have made up of another type."""


class NativeForEmulated:
    """A type of one database that is the native form of a generic type.

    `adapts_to` names the generic class; :meth:`adapt_emulated_to_native` takes over its arguments.
    """

    adapts_to: ClassVar[type[TypeEngine[Any]] | None] = None

    @classmethod
    def adapt_emulated_to_native(cls, impl: TypeEngine[Any], **kw: Any) -> TypeEngine[Any]:
        """Return the native type for the generic `impl`."""
        return impl.adapt(cls, **kw)


def to_instance(typeobj: Any, *args: Any, **kw: Any) -> Any:
    """Return a type given as an instance, a class or a callable; the type of NULL for None."""
    if typeobj is None:
        return null_type()
    if isinstance(typeobj, TypeEngine):
        return typeobj
    if callable(typeobj):
        made = typeobj(*args, **kw)
        if isinstance(made, TypeEngine):
            return made
    raise ArgumentError(f"a type was expected (Integer, String(50) ...), not {typeobj!r}")


def adapt_type(typeobj: Any, adaptations: Mapping[type[Any], Any]) -> TypeEngine[Any]:
    """Return the type that a table of adaptations (generic class -> a dialect's class) has for `typeobj`."""
    type_: TypeEngine[Any] = to_instance(typeobj)
    for base in type(type_).__mro__:
        target = adaptations.get(base)
        if target is None:
            continue
        if issubclass(type(type_), target):
            return type_
        native: Any = target
        if issubclass(target, NativeForEmulated):
            return native.adapt_emulated_to_native(type_)  # type: ignore[no-any-return]
        return type_.adapt(target)
    return type_


# -- types of plain values: filled by lect.types.registry --------------------------------------------------------------

#: Class of a Python value -> type. Subclasses are found through the MRO and remembered.
VALUE_TYPES: dict[type, TypeEngine[Any]] = {}
#: Python class -> function of the value, where the class alone does not tell.
VALUE_RULES: dict[type, Callable[[Any], TypeEngine[Any]]] = {}
#: (module, name) of a class -> type, for classes that are not imported here.
VALUES_BY_NAME: dict[tuple[str, str], TypeEngine[Any]] = {}
_null: list[TypeEngine[Any]] = []


def null_type() -> TypeEngine[Any]:
    """The type of what has no type."""
    return _null[0]


def resolve_value_type(value: Any) -> TypeEngine[Any]:
    """Return the type of a plain value of Python; the null type when there is none for it.

    A subclass of a known class counts as that class, but for enumerations and for subclasses of ``tuple`` and the like.
    """
    cls = value.__class__
    found = VALUE_TYPES.get(cls)
    if found is not None:
        return found
    rule = VALUE_RULES.get(cls)
    if rule is not None:
        return rule(value)
    for base in cls.__mro__:
        if base in VALUE_RULES:
            return VALUE_RULES[base](value)
        found = VALUE_TYPES.get(base) or VALUES_BY_NAME.get((base.__module__, base.__qualname__))
        if found is not None:
            if len(VALUE_TYPES) < 1000:
                VALUE_TYPES[cls] = found
            return found
    return _null[0]
