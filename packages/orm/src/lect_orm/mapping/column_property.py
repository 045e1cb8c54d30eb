"""Columns and SQL expressions as attributes."""

from __future__ import annotations

import itertools
from typing import Any, TypeVar

from lect.exc import ArgumentError
from lect.sql.element import ColumnElement
from lect.sql.literal import NULL
from lect_orm.attributes.descriptor import ANNOTATE, COLUMN_COMPARATORS, PropComparator
from lect_orm.attributes.impl import ScalarImpl
from lect_orm.mapping.property import MapperProperty

__all__ = ["ColumnProperty", "MappedSQLExpression", "QueryExpression"]

_T = TypeVar("_T")
#: ``(property, raiseload) -> callable(state, passive)`` for columns that are left out; entered by the loading room
DEFERRED: list[Any] = []
creation_order = itertools.count(1)


class ColumnProperty(MapperProperty):
    """An attribute whose value comes from a column, from several equal columns of joined tables, or from an expression.

    Attributes:
        columns: the columns; the first is the one the attribute means in SQL.
        deferred: left out of the SELECT until it is read.
        group: deferred together with others of the same name.
    """

    is_column = True
    strategy_wildcard_key = "column"
    inherit_cache = True

    def __init__(
        self,
        column: Any,
        *additional_columns: Any,
        attribute_options: Any = None,
        group: str | None = None,
        deferred: bool = False,
        raiseload: bool = False,
        comparator_factory: type[PropComparator[Any]] | None = None,
        active_history: bool = False,
        expire_on_flush: bool = True,
        info: dict[Any, Any] | None = None,
        doc: str | None = None,
        _instrument: bool = True,
    ) -> None:
        super().__init__(info)
        self.columns: list[Any] = [_expression(c) for c in (column, *additional_columns)]
        self.attribute_options = attribute_options
        self.group = group
        self.deferred = deferred
        self.raiseload = raiseload
        self.comparator_factory = comparator_factory or self.__class__.Comparator
        self.active_history = active_history
        self.expire_on_flush = expire_on_flush
        self.instrument = _instrument
        self.query_expression_default: Any = None
        self.is_query_expression = False
        if doc is not None:
            self.doc = doc
        else:
            for col in reversed(self.columns):
                found = getattr(col, "doc", None)
                if found is not None:
                    self.doc = found
                    break
        self._order = next(creation_order)

    def copy(self) -> ColumnProperty:
        """Return the same for an inheriting mapper, to which columns may be added; histories regard them as one."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.columns = list(self.columns)
        made._configure_started = made._configure_finished = False
        made.__dict__.pop("_comparators", None)
        return made

    @property
    def expression(self) -> Any:
        """The column or expression."""
        return self.columns[0]

    @property
    def _is_polymorphic_discriminator(self) -> bool:
        mapper = self.parent
        return any(m.polymorphic_on is not None and m.polymorphic_on in self.columns for m in mapper.iterate_to_root())

    @property
    def column_is_mappable(self) -> bool:
        """Whether the first column belongs to a table, so that it can be written."""
        return getattr(self.columns[0], "table", None) is not None

    def __clause_element__(self) -> Any:
        """The expression: the property stands for it in constraints and indexes of the class."""
        return self.expression

    def instrument_class(self, mapper: Any) -> None:
        if not self.instrument:
            return
        comparator = self.comparator_factory(self, mapper)
        # A column that the mapping leaves out stays so when what a statement's options said is forgotten.
        loader = DEFERRED[0](self, bool(self.raiseload)) if self.deferred and DEFERRED else None
        impl = ScalarImpl(
            mapper,
            self.key,
            self,
            active_history=self.active_history
            or (self.columns[0].primary_key and any(c in mapper.primary_key_set for c in self.columns))
            or (mapper.version_id_col is not None and mapper.version_id_col in self.columns)
            or (mapper.version_id_col is None and False),
            compare=_compare(self.columns[0]),
            callable_=loader,
            expire_missing=not self.is_query_expression or self.query_expression_default is not None,
        )
        mapper.install_attribute(self.key, impl, comparator, self)

    @property
    def info(self) -> dict[Any, Any]:
        """The user's own facts: those of the column, unless some were given to the property."""
        column = self.columns[0]
        if "_info" not in self.__dict__ and getattr(column, "table", None) is not None and hasattr(column, "info"):
            found: dict[Any, Any] = column.info
            return found
        return super().info

    class Comparator(PropComparator[_T]):
        """Operators of a column attribute: those of the column."""

        def __clause_element__(self) -> Any:
            found = self.__dict__.get("_element")
            if found is None:
                element = self.prop.columns[0]
                if self._adapt_to_entity is not None:
                    element = self._adapt_to_entity.attribute_element(element, self.prop.key)
                else:
                    element = self._parententity.adapt_own_column(element)
                if element._is_column_element:
                    # A condition on it brings the class into a statement, and with it which rows are of the class, and
                    # the join of its tables.
                    element = ANNOTATE[0](element, self._parententity, self.prop.key)
                found = self.__dict__["_element"] = element
            return found

        @property
        def expressions(self) -> list[Any]:
            """All columns of the attribute, as the entity shows them."""
            if self._adapt_to_entity is not None:
                return [self._adapt_to_entity._adapt_element(c, self.prop.key) for c in self.prop.columns]
            return list(self.prop.columns)

        @property
        def info(self) -> Any:
            """The property's dictionary of the user's own facts."""
            return self.prop.info

        def _fallback_getattr(self, key: str) -> Any:
            return getattr(self.__clause_element__(), key)

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            return op(self.__clause_element__(), *other, **kwargs)

        def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
            column = self.__clause_element__()
            return column.reverse_operate(op, other, **kwargs)

    COLUMN_COMPARATORS.add(Comparator)


class MappedSQLExpression(ColumnProperty):
    """What ``column_property()`` makes: an expression as an attribute that is only read."""


def QueryExpression(default_expr: Any = None, **kw: Any) -> ColumnProperty:
    """Return a property whose value each query gives (``with_expression``); None otherwise."""
    element = default_expr if default_expr is not None else NULL
    prop = MappedSQLExpression(element, **kw)
    prop.is_query_expression = True
    prop.query_expression_default = default_expr
    return prop


def _says_more(entity: Any) -> bool:
    """Whether a statement has to know whose column it has: one table of several, or rows of some classes only."""
    mapper = entity.mapper
    if mapper.inherits is not None:
        return not mapper.concrete
    if entity.is_mapper:
        return mapper.own_with_polymorphic is not None or mapper.polymorphic_on is not None
    return bool(getattr(entity.selectable, "_is_join", False))


def _expression(column: Any) -> Any:
    """Return the SQL expression meant by what was given for a column."""
    if isinstance(column, ColumnElement):
        return column
    hook = getattr(column, "__clause_element__", None)
    if hook is not None and not isinstance(column, type):
        element = hook()
        scalar = getattr(element, "scalar_subquery", None)
        return element if isinstance(element, ColumnElement) or scalar is None else scalar()
    scalar = getattr(column, "scalar_subquery", None)
    if scalar is not None:
        return scalar()
    if getattr(column, "is_clause_element", False):
        return column
    raise ArgumentError(f"Column expression or FROM clause expected, got {column!r}.")


def _compare(column: Any) -> Any:
    type_ = getattr(column, "type", None)
    return getattr(type_, "compare_values", None)
