"""Bundles: several columns that come as one thing in a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from lect.sql.entity import register, registered
from lect.sql.lists import ClauseList
from lect_orm.base import InspectionAttr
from lect_orm.mapping.keyed import KeyedView
from lect_orm.query.entities import BundleEntity

__all__ = ["Bundle", "CompositeBundle"]

_T = TypeVar("_T")


class Bundle(InspectionAttr, Generic[_T]):
    """``Bundle("name", User.id, User.name)``: selected as one value per row.

    Override :meth:`create_row_processor` to make something else of the values than a row.
    """

    is_bundle = True
    is_clause_element = True
    #: with a single bundle in a query, return its values themselves
    single_entity = False
    proxy_set = frozenset()  # type: ignore[var-annotated]

    def __init__(self, name: str, *exprs: Any, single_entity: bool = False) -> None:
        self.name = self._label = name
        self.exprs = tuple(exprs)
        self.columns = tuple([_node(e) for e in exprs])
        self.c = KeyedView({_key(e, n): e for e, n in zip(exprs, self.columns, strict=True)})
        self.single_entity = single_entity or self.single_entity

    @property
    def mapper(self) -> Any:
        """The mapper of the first column."""
        return self.columns[0]._annotations.get("parentmapper")

    @property
    def entity(self) -> Any:
        """The entity of the first column."""
        return self.columns[0]._annotations.get("parententity")

    @property
    def entity_namespace(self) -> Any:
        """Where ``filter_by`` looks: the columns."""
        return self.c

    def __clause_element__(self) -> Any:
        return BundleEntity(self, self.columns)

    @property
    def clauses(self) -> Any:
        """The columns as a list of expressions."""
        return ClauseList(*self.columns)

    def label(self, name: str) -> Bundle[_T]:
        """Return the same under another name."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        made.name = made._label = name
        return made

    def create_row_processor(
        self, query: Any, procs: Sequence[Callable[[Any], Any]], labels: Sequence[str]
    ) -> Callable[[Any], Any]:
        """Return what makes the bundle's value of a database row; `procs` give the values of its columns.

        Args:
            query: the statement.
            procs: one function per column: ``proc(row) -> value``.
            labels: names of the columns.
        """
        from lect.engine.row import Columns

        columns = Columns(list(labels))
        make = columns.row_class if hasattr(columns, "row_class") else tuple
        proc_list = list(procs)

        def process(row: Any) -> Any:
            return make([p(row) for p in proc_list])

        return process


class CompositeBundle(Bundle[Any]):
    """The columns of a composite attribute, selected as the composite object."""

    def __init__(self, prop: Any, expressions: Sequence[Any], entity: Any) -> None:
        super().__init__(prop.key, *expressions)
        self.prop = prop
        self._entity = entity

    def create_row_processor(
        self, query: Any, procs: Sequence[Callable[[Any], Any]], labels: Sequence[str]
    ) -> Callable[[Any], Any]:
        proc_list = list(procs)
        prop = self.prop

        def process(row: Any) -> Any:
            values = [p(row) for p in proc_list]
            none_on = prop.none_on()
            if none_on is not None and none_on(*values):
                return None
            return prop.composite_class(*values)

        return process


def _node(expr: Any) -> Any:
    found = registered(expr)
    if found is not None:
        return found
    hook = getattr(expr, "__clause_element__", None)
    return expr if hook is None else hook()


def _key(expr: Any, node: Any) -> str:
    key = getattr(expr, "key", None) or getattr(node, "key", None) or getattr(node, "name", None)
    return key if key is not None else getattr(expr, "name", str(id(expr)))


register(Bundle, lambda b: b.__clause_element__())
