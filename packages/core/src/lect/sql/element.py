"""The base of everything that can be written as SQL, and of everything that has a value in SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import and_, inv, or_
from typing import Any, ClassVar, Final, Generic, TypeVar

from lect.exc import ArgumentError, InvalidRequestError
from lect.operators import ColumnOperators, OperatorType, all_op, any_op, asbool, is_false, is_true
from lect.sql.node import CHILD, CHILDREN, PAIRS, TYPED, Node
from lect.types.boolean import Boolean
from lect.types.null import NULLTYPE
from lect.types.type_engine import TypeEngine

__all__ = ["MAKE", "ClauseElement", "ColumnElement", "CompilerElement", "SQLColumnExpression", "set_compile_hook"]

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)
_E = TypeVar("_E", bound="ClauseElement")

#: (element, dialect or None, keyword arguments of ``compile()``) -> compiled form. Set by :mod:`lect.compile`.
_compile: list[Callable[[Any, Any, dict[str, Any]], Any]] = []

_NO_ANNOTATIONS: Final[Mapping[str, Any]] = {}


def set_compile_hook(hook: Callable[[Any, Any, dict[str, Any]], Any]) -> None:
    """Say what turns an element into its compiled form. Called once, by :mod:`lect.compile` when it is imported."""
    _compile[:] = [hook]


class Makers:
    """What an element makes of itself with constructs that are defined above this module.

    Each attribute is set once, by the module that defines the construct.
    """

    apply: Callable[..., Any]
    apply_reversed: Callable[..., Any]
    as_boolean: Callable[[Any, OperatorType, OperatorType], Any]
    grouping: Callable[[Any], Any]
    negation: Callable[[Any], Any]
    label: Callable[[Any, Any], Any]
    cast: Callable[[Any, Any], Any]
    bind: Callable[..., Any]
    proxy: Callable[..., Any]


MAKE: Final = Makers()


class ClauseElement(Node):
    """A part of a statement, or a whole one."""

    __visit_name__: ClassVar[str] = "clause"

    is_clause_element: ClassVar[bool] = True
    is_selectable: ClassVar[bool] = False
    is_select: ClassVar[bool] = False
    is_dml: ClassVar[bool] = False
    is_text: ClassVar[bool] = False
    _is_bind_parameter: ClassVar[bool] = False
    _is_column_element: ClassVar[bool] = False
    _is_from_clause: ClassVar[bool] = False
    #: ANY or ALL of something: a comparison with it is negated by NOT only.
    _is_collection_aggregate: bool = False
    _is_returns_rows: ClassVar[bool] = False
    _is_text_clause: ClassVar[bool] = False
    _is_entity: ClassVar[bool] = False
    _is_column_list: ClassVar[bool] = False
    #: A column as such: no label, no ordering, nothing around it.
    _is_nothing_but_column: ClassVar[bool] = False
    #: FROM elements that an element brings in by itself, when it is not to be searched for columns (subqueries).
    _own_froms: ClassVar[Any] = None
    #: Conditions that are true or false by themselves, and hence need no "= 1" where booleans are numbers.
    _is_implicitly_boolean: bool = False

    #: Facts that a mapper attaches to a part of a statement; they change no text.
    _annotations: Mapping[str, Any] = _NO_ANNOTATIONS

    description: Any = None

    # -- text --------------------------------------------------------------------------------------------------------

    def compile(self, bind: Any = None, dialect: Any = None, **kw: Any) -> Any:
        """Return the compiled form: text, parameters, what the result will be.

        `bind` is an engine or connection whose dialect is used, `dialect` names one directly; without both, SQL is
        written in the default dialect. ``compile_kwargs={"literal_binds": True}`` writes values into the text.
        """
        if not _compile:
            raise InvalidRequestError("statements are written by lect.compile, which is not imported")
        if dialect is None and bind is not None:
            dialect = bind.dialect
        return _compile[0](self, dialect, kw)

    def __str__(self) -> str:
        return str(self.compile())

    # -- structure -----------------------------------------------------------------------------------------------------

    def self_group(self, against: OperatorType | None = None) -> Any:
        """Return this element, in parentheses where `against`, the operator outside, needs them."""
        return self

    def compare(self, other: Any, **kw: Any) -> bool:
        """True when `other` is the same SQL with the same values."""
        return isinstance(other, ClauseElement) and _same(self, other)

    def params(self: _E, __optionaldict: Mapping[str, Any] | None = None, /, **kwargs: Any) -> _E:
        """Return this element with values for its named bound parameters."""
        return self._with_values(__optionaldict, kwargs, False)

    def unique_params(self: _E, __optionaldict: Mapping[str, Any] | None = None, /, **kwargs: Any) -> _E:
        """Like :meth:`params`; the parameters get names of their own, so that the result can be used twice."""
        return self._with_values(__optionaldict, kwargs, True)

    def _with_values(self: _E, given: Mapping[str, Any] | None, more: Mapping[str, Any], unique: bool) -> _E:
        values = {**(given or {}), **more}
        if not values:
            return self

        def change(node: Node) -> Node:
            if getattr(node, "_is_bind_parameter", False) and node.key in values:  # type: ignore[attr-defined]
                return node._with_value(values[node.key], unique)  # type: ignore[attr-defined, no-any-return]
            return node

        result: _E = replace(self, change)
        return result

    def _replaced(self: _E, change: Callable[[Node], Node]) -> _E:
        result: _E = replace(self, change)
        return result

    # -- annotations ---------------------------------------------------------------------------------------------------

    def _annotate(self: _E, values: Mapping[str, Any]) -> _E:
        """Return a copy that carries further facts. Same text, same place in the statement."""
        return self._with_annotations({**self._annotations, **values})

    def _with_annotations(self: _E, values: Mapping[str, Any]) -> _E:
        copy = self._clone()
        copy._annotations = dict(values)
        if "_origin" not in copy.__dict__:
            copy.__dict__["_origin"] = self
        return copy

    def _deannotate(self: _E, values: Iterable[str] | None = None, clone: bool = False) -> _E:
        """Return the element without the facts named, or without any."""
        if not self._annotations:
            return self
        if values is None:
            origin: _E = self.__dict__.get("_origin", self)
            return origin
        left = {k: v for k, v in self._annotations.items() if k not in set(values)}
        return self._with_annotations(left)

    # -- what it is in an expression -----------------------------------------------------------------------------------

    def _as_expression(self) -> Any:
        """Return what stands for this element inside an expression; None when nothing can."""
        return None

    def _as_in_list(self) -> Any:
        """Return what stands for this element on the right of IN; None when nothing can."""
        return None

    @property
    def entity_namespace(self) -> Any:
        """Where ``filter_by(name=...)`` looks for names."""
        raise AttributeError(f"{type(self).__name__!r} has no names to filter by")

    def __bool__(self) -> bool:
        raise TypeError("Boolean value of this clause is not defined")

    def __and__(self, other: Any) -> Any:
        return MAKE.apply(self, and_, other)

    def __or__(self, other: Any) -> Any:
        return MAKE.apply(self, or_, other)

    def __invert__(self) -> Any:
        return self._negate()

    def _negate(self) -> Any:
        return MAKE.negation(self.self_group(against=inv))

    def __repr__(self) -> str:
        label = self.description
        if label is None:
            return object.__repr__(self)
        return f"<{type(self).__module__}.{type(self).__name__} at {id(self):#x}; {label}>"


class CompilerElement(ClauseElement):
    """A construct of one's own that is written by a rule given with ``@compiles``."""


def replace(node: Any, change: Callable[[Node], Node]) -> Any:
    """Return `node` with every node inside replaced for which ``change(n)`` gives another; shared parts stay shared.

    A replaced node is not searched further.
    """
    done: dict[int, Node] = {}
    keep: list[Node] = []

    def visit(n: Node) -> Node:
        found = done.get(id(n))
        if found is None:
            found = change(n)
            if found is n:
                found = n._map_children(visit)
            done[id(n)] = found
            keep.append(n)
        return found

    return visit(node)


def _same(a: Any, b: Any) -> bool:
    """Compare structure and values of two nodes."""
    if a is b:
        return True
    if a.__class__ is not b.__class__:
        return False
    compare = getattr(a, "_same_as", None)
    if compare is not None:
        return bool(compare(b, _same))
    fields = a._fields
    if not fields:
        return False
    for field in fields:
        x, y = getattr(a, field.name), getattr(b, field.name)
        if x is y:
            continue
        if x is None or y is None or not _same_field(field.kind, x, y):
            return False
    return True


def _same_field(kind: str, x: Any, y: Any) -> bool:
    if kind == CHILD:
        return _same(x, y)
    if kind == CHILDREN:
        return len(x) == len(y) and all(map(_same, x, y))
    if kind == PAIRS:
        if len(x) != len(y):
            return False
        flat = [(m, n) for p, q in zip(x, y, strict=True) for m, n in zip(p, q, strict=True)]
        return all(_same(m, n) if isinstance(m, Node) else not isinstance(n, Node) and m == n for m, n in flat)
    if kind == TYPED:
        return (x._shape or x._structure()) is (y._shape or y._structure())
    return bool(x == y)


class SQLColumnExpression(ColumnOperators, Generic[_T_co]):
    """Whatever can stand where a column expression is wanted: column expressions, and attributes of mapped classes."""

    __slots__ = ()


class ColumnElement(ClauseElement, SQLColumnExpression[_T]):
    """Something that has a value in SQL: a column, a function, a comparison, a bound value.

    Attributes:
        type: the type of the value.
        key: name under which the element is found in a collection of columns, None when it has no name.
    """

    __visit_name__: ClassVar[str] = "column_element"
    _is_column_element: ClassVar[bool] = True

    type: TypeEngine[Any] = NULLTYPE
    key: str | None = None

    primary_key: bool = False
    foreign_keys: Any = frozenset()
    #: The columns of inner selects that this one passes on.
    _proxies: tuple[ColumnElement[Any], ...] = ()
    #: Base of the name made up for this element when it has none: ``anon_1``, ``count_1``.
    _anon_base: str | None = None
    #: A mapped class that has this element under a name has it called so in the result too.
    _wears_attribute_key: ClassVar[bool] = True

    __hash__ = object.__hash__

    # -- operators -----------------------------------------------------------------------------------------------------

    @property
    def comparator(self) -> Any:
        """The operators of this element's type, applied to this element."""
        return self.type.comparator_factory(self)

    def operate(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        """Apply `op`, by way of the type's comparator."""
        return op(self.comparator, *other, **kwargs)

    def reverse_operate(self, op: OperatorType, other: Any, **kwargs: Any) -> Any:
        """Apply `op` with this element on the right."""
        return op(other, self.comparator, **kwargs)

    def _apply(self, op: OperatorType, *other: Any, **kwargs: Any) -> Any:
        return MAKE.apply(self, op, *other, **kwargs)

    def _apply_reversed(self, op: OperatorType, other: Any, **kwargs: Any) -> Any:
        return MAKE.apply_reversed(self, op, other, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        comparator = self.type.comparator_factory(self)
        try:
            return getattr(comparator, name)
        except AttributeError:
            kind = type(comparator)
            known = "Comparator" if kind.__module__.startswith("lect.") else kind.__name__
            raise AttributeError(
                f"Neither {type(self).__name__!r} object nor {known!r} object has an attribute {name!r}"
            ) from None

    #: __getitem__ exists, so that Python would otherwise try 0, 1, 2 ... for ever.
    __iter__: Any = None

    # -- structure -----------------------------------------------------------------------------------------------------

    def self_group(self, against: OperatorType | None = None) -> Any:
        if against is and_ or against is or_ or against is asbool:
            if isinstance(self.type, Boolean) and not self._is_implicitly_boolean:
                return MAKE.as_boolean(self, is_true, is_false)
        elif against is any_op or against is all_op:
            return MAKE.grouping(self)
        return self

    def _negate(self) -> Any:
        if isinstance(self.type, Boolean) and not self._is_implicitly_boolean:
            return MAKE.as_boolean(self, is_false, is_true)
        return MAKE.negation(self.self_group(against=inv))

    def __invert__(self) -> Any:
        return self.operate(inv)

    __and__ = ColumnOperators.__and__
    __or__ = ColumnOperators.__or__

    def _as_expression(self) -> Any:
        return self

    @property
    def expression(self) -> ColumnElement[_T]:
        """This element: what mapped attributes answer with their column."""
        return self

    def _bind_param(self, operator: OperatorType | None, obj: Any, type_: Any = None, expanding: bool = False) -> Any:
        """Return the bound parameter for a value that stands opposite this element."""
        return MAKE.bind(
            None,
            obj,
            type_=type_,
            unique=True,
            expanding=expanding,
            _compared_to_operator=operator,
            _compared_to_type=self.type,
        )

    def label(self, name: str | None) -> Any:
        """Return this element under a name: ``x AS name``. None makes a name up."""
        return MAKE.label(name, self)

    def cast(self, type_: Any) -> Any:
        """Return ``CAST(self AS type_)``."""
        return MAKE.cast(self, type_)

    # -- lineage: which columns of inner selects this one is -----------------------------------------------------------

    @property
    def base_columns(self) -> frozenset[ColumnElement[Any]]:
        """The columns at the bottom: those that pass nothing on."""
        return frozenset([c for c in self.proxy_set if not c._proxies])

    @property
    def proxy_set(self) -> frozenset[ColumnElement[Any]]:
        """This element and everything that it passes on, however deep."""
        found: frozenset[ColumnElement[Any]] | None = self.__dict__.get("_proxy_set")
        if found is None:
            origin = self.__dict__.get("_origin", self)
            inner = [origin]
            for proxied in self._proxies:
                inner.extend(proxied.proxy_set)
            found = frozenset(inner)
            self.__dict__["_proxy_set"] = found
        return found

    def shares_lineage(self, othercolumn: ColumnElement[Any]) -> bool:
        """True when both come from a common column."""
        return not self.proxy_set.isdisjoint(othercolumn.proxy_set)

    def _make_proxy(self, selectable: Any, name: str | None = None, key: str | None = None, **kw: Any) -> Any:
        """Return ``(key, column)``: the column that stands for this element in a selectable around it."""
        return MAKE.proxy(self, selectable, name, key, **kw)

    @property
    def _proxy_key(self) -> str | None:
        """Key of the column that stands for this element outside of its select; None: one is made up."""
        key = self.key
        if key is not None:
            return key
        name: str | None = getattr(self, "name", None)
        return name

    @property
    def _name_for_select(self) -> str | None:
        """Name of this element in the result when the select gives it none; None: one is made up."""
        return None

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        state.pop("_proxy_set", None)
        return state

    def _clone(self: _C) -> _C:
        copy = super()._clone()
        copy.__dict__.pop("_proxy_set", None)
        return copy


_C = TypeVar("_C", bound="ColumnElement[Any]")


def check_element(value: Any, what: str) -> Any:
    """Return `value` when it is an element; raise when it is not."""
    if not isinstance(value, ClauseElement):
        raise ArgumentError(f"{what} expected, got {value!r}")
    return value
