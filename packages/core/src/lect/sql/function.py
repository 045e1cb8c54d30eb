"""SQL functions: ``func.anything(...)``, and the functions whose results Lect knows the type of.

Window and aggregate forms (OVER, FILTER, WITHIN GROUP) are in :mod:`lect.sql.window`, known functions in
:mod:`lect.sql.known_functions`.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from operator import getitem
from typing import Any, ClassVar, Final, TypeVar

from lect.exc import ArgumentError, LectWarning
from lect.operators import OperatorType, comma_op, function_as_comparison_op
from lect.shape import Shape, intern
from lect.sql.alias import TableValuedAlias
from lect.sql.binary import BinaryExpression
from lect.sql.bind import BindParameter
from lect.sql.coercions import column_or_value, resolve
from lect.sql.column import ColumnClause
from lect.sql.element import ColumnElement
from lect.sql.executable import Executable
from lect.sql.from_clause import MAKE_FROM, FromClause
from lect.sql.grouping import Grouping
from lect.sql.lists import ClauseList
from lect.sql.node import Field, child, scalar, typed
from lect.sql.window import AggregateOrderBy, FunctionFilter, Over, Window, WithinGroup
from lect.types.boolean import BOOLEANTYPE
from lect.types.null import NULLTYPE
from lect.types.tuple_type import TableValueType
from lect.types.type_engine import TypeEngine, to_instance

__all__ = [
    "Function",
    "FunctionAsBinary",
    "FunctionElement",
    "GenericFunction",
    "ScalarFunctionColumn",
    "func",
    "modifier",
    "register_function",
]

_T = TypeVar("_T")
_F = TypeVar("_F", bound="FunctionElement[Any]")


class FunctionElement(Executable, ColumnElement[_T]):
    """A function with its arguments; the base of functions of one's own."""

    __visit_name__ = "function"
    _fields: ClassVar[tuple[Field, ...]] = (child("clause_expr"), typed("type"), scalar("_with_ordinality"))

    packagenames: tuple[str, ...] = ()
    name: str = ""
    _has_args: bool = False
    _with_ordinality: bool = False
    supports_execution: ClassVar[bool] = True
    _wears_attribute_key: ClassVar[bool] = False
    _is_implicitly_boolean = False

    def __init__(self, *clauses: Any) -> None:
        own_name = getattr(self, "name", None) or None
        arguments = [column_or_value(c, own_name) for c in clauses]
        self._set_arguments(arguments)

    def _set_arguments(self, arguments: Sequence[Any]) -> None:
        self._has_args = self._has_args or bool(arguments)
        self.clause_expr: Grouping[Any] = Grouping(ClauseList(*arguments, operator=comma_op))

    # -- arguments -----------------------------------------------------------------------------------------------------

    @property
    def clauses(self) -> ClauseList:
        """The arguments."""
        listed: ClauseList = self.clause_expr.element
        return listed

    def _bind_param(self, operator: OperatorType | None, obj: Any, type_: Any = None, expanding: bool = False) -> Any:
        return BindParameter(
            self.name or None,
            obj,
            type_=type_,
            unique=True,
            expanding=expanding,
            _compared_to_operator=operator,
            _compared_to_type=self.type,
        )

    @property
    def _anon_base(self) -> str | None:  # type: ignore[override]
        return self.name or None

    @property
    def _proxy_key(self) -> str | None:
        return None

    @property
    def _is_collection_aggregate(self) -> bool:  # type: ignore[override]
        return self.name in ("any", "all", "some")

    def self_group(self, against: OperatorType | None = None) -> Any:
        if against is getitem and self.type._is_array:
            return Grouping(self)
        return super().self_group(against)

    def _clone(self: _F) -> _F:
        copy = object.__new__(type(self))
        state = self.__dict__.copy()
        for memo in ("_shape", "_leaves", "_memo", "_proxy_set", "_as_from", "_anonymous_label"):
            state.pop(memo, None)
        copy.__dict__ = state
        return copy

    def _generate(self: _F) -> _F:
        return self._clone()

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        state.pop("_as_from", None)
        return state

    # -- forms of aggregates and window functions ----------------------------------------------------------------------

    def over(
        self,
        partition_by: Any = None,
        order_by: Any = None,
        rows: Any = None,
        range_: Any = None,
        groups: Any = None,
        exclude: str | None = None,
        window: Window | None = None,
    ) -> Over[Any]:
        """Return ``function OVER (...)``; see :class:`~lect.sql.window.Over`."""
        return Over(self, partition_by, order_by, range_, rows, groups, exclude, window)

    def within_group(self, *order_by: Any) -> WithinGroup[Any]:
        """Return ``function WITHIN GROUP (ORDER BY ...)``."""
        return WithinGroup(self, *order_by)

    def filter(self, *criterion: Any) -> Any:
        """Return ``function FILTER (WHERE ...)``; the function itself without a criterion."""
        return FunctionFilter(self, *criterion) if criterion else self

    def aggregate_order_by(self, *order_by: Any) -> AggregateOrderBy[Any]:
        """Return ``function(arguments ORDER BY ...)``."""
        return AggregateOrderBy(self, *order_by)

    def within_group_type(self, within_group: WithinGroup[Any]) -> TypeEngine[Any] | None:
        """Return the type of the function with WITHIN GROUP; None for its own."""
        return None

    def as_comparison(self, left_index: int, right_index: int) -> FunctionAsBinary:
        """Return the function as a comparison of two of its arguments, counted from 1; for joins of a mapper."""
        return FunctionAsBinary(self, left_index, right_index)

    # -- rows ----------------------------------------------------------------------------------------------------------

    def table_valued(self, *expr: Any, **kw: Any) -> TableValuedAlias:
        """Return the function as a FROM element with the columns given, as names or columns.

        `name` names it; `with_ordinality` is the name of one more column that counts rows; with `joins_implicitly`
        nobody warns that nothing joins it.
        """
        made = self._clone()
        with_ordinality = kw.pop("with_ordinality", None)
        joins_implicitly = kw.pop("joins_implicitly", None)
        name = kw.pop("name", None)
        if kw:
            raise TypeError(f"table_valued() got an unexpected keyword argument {sorted(kw)[0]!r}")
        columns = [_table_column(e) for e in expr]
        if with_ordinality:
            columns.append(_table_column(with_ordinality))
            made._with_ordinality = True
        made.type = TableValueType(*columns)
        return TableValuedAlias(made, name, made.type, bool(joins_implicitly))

    def column_valued(self, name: str | None = None, joins_implicitly: bool = False) -> Any:
        """Return the function as a FROM element, and of it the one column."""
        return self.alias(name=name, joins_implicitly=joins_implicitly).column

    def scalar_table_valued(self, name: str, type_: Any = None) -> ScalarFunctionColumn:
        """Return one column of the function's row: ``(function(...)).name``."""
        return ScalarFunctionColumn(self, name, type_)

    def alias(self, name: str | None = None, joins_implicitly: bool = False) -> TableValuedAlias:
        """Return the function as a FROM element under a name."""
        return TableValuedAlias(self, name, self.type, joins_implicitly)

    def select(self) -> Any:
        """Return ``SELECT function(...)``."""
        made = MAKE_FROM.select(self)
        return made.execution_options(**self._execution_options) if self._execution_options else made

    @property
    def columns(self) -> Any:
        """The one column of the function as a FROM element."""
        return self._as_from_of.c

    c = columns
    exported_columns = columns

    @property
    def _as_from_of(self) -> Any:
        """The function as a FROM element without a name: ``select_from(func.f())``."""
        found = self.__dict__.get("_as_from")
        if found is None:
            found = self.__dict__["_as_from"] = FunctionFrom(self)
        return found

    @property
    def entity_namespace(self) -> Any:
        return self.clause_expr.element.clauses[0].entity_namespace


class FunctionFrom(FromClause):
    """A function in FROM, without a name."""

    __visit_name__ = "function_from"
    _fields: ClassVar[tuple[Field, ...]] = (child("element"),)

    def __init__(self, element: FunctionElement[Any]) -> None:
        self.element = element

    def _collect_columns(self) -> Any:
        element = self.element
        column: ColumnClause[Any] = ColumnClause(element.name, type_=element.type)
        yield element.name, column

    @property
    def name(self) -> str:
        """The function's name."""
        return self.element.name


def _table_column(given: Any) -> Any:
    if isinstance(given, str):
        return ColumnClause(given)
    found = resolve(given)
    if found is None or not found._is_column_element:
        raise ArgumentError(f"table_valued() takes names and columns, not {given!r}")
    return found


class ScalarFunctionColumn(ColumnElement[Any]):
    """``(function(...)).name``"""

    __visit_name__ = "scalar_function_column"
    _fields: ClassVar[tuple[Field, ...]] = (scalar("name"), typed("type"), child("fn"))

    def __init__(self, fn: FunctionElement[Any], name: str, type_: Any = None) -> None:
        self.fn = fn
        self.name = name
        self.key = name
        self.type = to_instance(type_) if type_ is not None else NULLTYPE

    @property
    def _name_for_select(self) -> str | None:
        return self.name


class FunctionAsBinary(BinaryExpression[Any]):
    """A function seen as a comparison of two of its arguments."""

    __visit_name__ = "function_as_binary"
    _fields: ClassVar[tuple[Field, ...]] = (
        child("sql_function"),
        scalar("left_index"),
        scalar("right_index"),
        typed("type"),
    )

    def __init__(self, fn: FunctionElement[Any], left_index: int, right_index: int) -> None:
        count = len(fn.clauses.clauses)
        for index in (left_index, right_index):
            if not 1 <= index <= count:
                raise ArgumentError(f"{fn.name}() has {count} arguments; as_comparison() was given the number {index}")
        self.sql_function = fn
        self.left_index = left_index
        self.right_index = right_index
        self.operator = function_as_comparison_op
        self.type = BOOLEANTYPE
        self.negate = None
        self._is_implicitly_boolean = True

    @property
    def left_expr(self) -> Any:
        """The argument that is compared."""
        return self.sql_function.clauses.clauses[self.left_index - 1]

    @property
    def right_expr(self) -> Any:
        """The argument it is compared with."""
        return self.sql_function.clauses.clauses[self.right_index - 1]

    @property
    def left(self) -> Any:
        """The argument that is compared."""
        return self.left_expr

    @property
    def right(self) -> Any:
        """The argument it is compared with."""
        return self.right_expr

    def self_group(self, against: OperatorType | None = None) -> Any:
        return self

    def __bool__(self) -> bool:
        raise TypeError("Boolean value of this clause is not defined")

    def _same_as(self, other: Any, same: Any) -> bool:
        facts = (self.left_index, self.right_index) == (other.left_index, other.right_index)
        return facts and bool(same(self.sql_function, other.sql_function))

    def _negate(self) -> Any:
        return ColumnElement._negate(self)


class Function(FunctionElement[_T]):
    """A function by its name: what ``func.name(...)`` makes of a name that is not registered."""

    __visit_name__ = "function"
    _fields: ClassVar[tuple[Field, ...]] = (*FunctionElement._fields, scalar("packagenames"), scalar("name"))

    def __init__(self, name: str, *clauses: Any, type_: Any = None, packagenames: Sequence[str] | None = None) -> None:
        self.packagenames = tuple(packagenames or ())
        self.name = name
        self.type = to_instance(type_) if type_ is not None else NULLTYPE
        super().__init__(*clauses)

    def _structure(self) -> Shape:
        # A quoted name is another name.
        inner = self.clause_expr._shape or self.clause_expr._structure()
        shape = self._shape = intern(
            (
                self.__class__,
                inner,
                self.type._shape or self.type._structure(),
                self._with_ordinality,
                self.packagenames,
                str(self.name),
                getattr(self.name, "quote", None),
            )
        )
        self._leaves = self.clause_expr._leaves
        return shape

    @property
    def description(self) -> str:
        return str(self.name)


#: package -> lower-case name -> class
_registry: Final[dict[str, dict[str, Any]]] = {}


def register_function(identifier: str, fn: Any, package: str = "_default") -> None:
    """Say what ``func.identifier(...)`` makes, or ``func.package.identifier(...)``."""
    known = _registry.setdefault(package, {})
    name = str(identifier).lower()
    if name in known:
        warnings.warn(
            f"The GenericFunction {name!r} is already registered and is going to be overridden.",
            LectWarning,
            stacklevel=3,
        )
    known[name] = fn


class GenericFunction(Function[_T]):
    """A function with a class of its own. A subclass is found as ``func.<name>``.

    Class attributes: `type` of the result, `name` as written, `identifier` under which ``func`` finds it, `package`;
    `inherit_cache` is to be true when objects of the class differ in nothing but their arguments; without it statements
    that contain one are compiled at every execution.
    """

    coerce_arguments: ClassVar[bool] = True
    identifier: ClassVar[str]
    package: ClassVar[str | None] = None
    _fields: ClassVar[tuple[Field, ...]] = Function._fields

    def __init_subclass__(cls, **kw: Any) -> None:
        super().__init_subclass__(**kw)
        own = cls.__dict__
        if cls.__name__.startswith("_") or own.get("_register") is False:
            return
        name = own.get("name")
        cls.name = name if name is not None else cls.__name__
        identifier = own.get("identifier") or cls.name
        cls.identifier = identifier
        package = own.get("package") or cls.package or "_default"
        register_function(identifier, cls, package)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        parsed = kwargs.pop("_parsed_args", None)
        if parsed is None:
            parsed = [column_or_value(a, self.name) for a in args]
        self._has_args = self._has_args or bool(parsed)
        self.packagenames = ()
        self.clause_expr = Grouping(ClauseList(*parsed, operator=comma_op))
        type_ = kwargs.pop("type_", None)
        if type_ is None:
            # The second name is what such classes said long ago.
            type_ = getattr(type(self), "type", None)
            if type_ is NULLTYPE:
                type_ = getattr(type(self), "__return_type__", None)
        self.type = to_instance(type_)
        kwargs.pop("packagenames", None)
        if kwargs:
            raise TypeError(f"{self.name}() got an unexpected keyword argument {sorted(kwargs)[0]!r}")


class _FunctionGenerator:
    """``func``: every attribute is a function."""

    __slots__ = ("__names", "__options")

    def __init__(self, names: tuple[str, ...] = (), **options: Any) -> None:
        self.__names = names
        self.__options = options

    def __getattr__(self, name: str) -> _FunctionGenerator:
        if name.startswith("__"):
            raise AttributeError(name)
        if name.endswith("_"):
            name = name[:-1]
        return _FunctionGenerator((*self.__names, name), **self.__options)

    def __call__(self, *c: Any, **kwargs: Any) -> Any:
        options = {**self.__options, **kwargs} if self.__options else kwargs
        names = self.__names
        if not names:
            raise TypeError("func needs the name of a function: func.count(...)")
        if len(names) <= 2:
            package = names[0] if len(names) == 2 else "_default"
            found = _registry.get(package, _NOTHING).get(str(names[-1]).lower())
            if found is not None:
                return found(*c, **options)
        return Function(names[-1], *c, packagenames=names[:-1], **options)


_NOTHING: Final[dict[str, Any]] = {}

func: Any = _FunctionGenerator()
modifier: Any = _FunctionGenerator()
