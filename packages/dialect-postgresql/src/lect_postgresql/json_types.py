"""JSON and JSONB, and the paths that lead into them: postgresql.org/docs/current/functions-json.html."""

from __future__ import annotations

from typing import Any

from lect import types as t
from lect.operators import OperatorClass, json_path_getitem_op
from lect.sql._cast import cast
from lect.types import json_type
from lect.types.json_type import JSONComparator
from lect.types.type_engine import TypeEngine, to_instance
from lect_postgresql import operators as pg
from lect_postgresql.arrays import ARRAY, array
from lect_postgresql.text_forms import quoted

__all__ = ["JSON", "JSONB", "JSONPATH"]


class JSONPathType(json_type.JSONPathType):
    """A path as an array of text: ``{"a",1}``."""

    def _formatted(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        return "{" + ",".join([str(step) if isinstance(step, int) else quoted(step) for step in value]) + "}"


class JSONPATH(TypeEngine[str]):
    """A path in SQL/JSON's own language: ``$.a[*] ? (@ > 1)``."""

    __visit_name__ = "JSONPATH"

    @property
    def python_type(self) -> type[str]:
        return str


class JSONOperators(JSONComparator):
    """What every document has, and its elements as text."""

    @property
    def astext(self) -> Any:
        """The element as text, by ``->>`` in place of ``->``: ``column["key"].astext``."""
        expr = self.expr
        left = getattr(expr, "left", None)
        if left is None or not isinstance(getattr(left, "type", None), t.JSON):
            raise AttributeError("astext is of an element: column['key'].astext")
        op = pg.PATH_TEXT if expr.operator is json_path_getitem_op else pg.ELEMENT_TEXT
        made = left.operate(op, expr.right)
        made.type = left.type.astext_type if isinstance(left.type, JSON) else t.Text()
        return made


class JSON(t.JSON):
    """A document, kept as the text it came in.

    Args:
        none_as_null: None is NULL instead of JSON's ``null``.
        astext_type: type of ``column["key"].astext``; Text without it.
    """

    comparator_factory = JSONOperators
    Comparator = JSONOperators

    def __init__(self, none_as_null: bool = False, astext_type: Any = None) -> None:
        super().__init__(none_as_null=none_as_null)
        self.astext_type: TypeEngine[Any] = to_instance(t.Text() if astext_type is None else astext_type)


class JSONBOperators(JSONOperators):
    """What JSONB has besides: what is in it."""

    def _with(self, op: Any, other: Any, type_: TypeEngine[Any]) -> Any:
        """Apply `op`; a plain value on the right is of `type_`."""
        if isinstance(other, (str, list, tuple)):
            value = list(other) if isinstance(other, tuple) else other
            other = self.expr._bind_param(op, value, type_=type_)
        return self.operate(op, other)

    def has_key(self, other: Any) -> Any:
        """True where the document has the key, or an array the string."""
        return self._with(pg.HAS_KEY, other, t.String())

    def has_all(self, other: Any) -> Any:
        """True where it has all of the keys: a list, or an array."""
        return self._with(pg.HAS_ALL, other, ARRAY(t.Text()))

    def has_any(self, other: Any) -> Any:
        """True where it has any of the keys: a list, or an array."""
        return self._with(pg.HAS_ANY, other, ARRAY(t.Text()))

    def contains(self, other: Any, **kw: Any) -> Any:
        """True where the document holds the other one."""
        return self.operate(pg.CONTAINS, other)

    def contained_by(self, other: Any) -> Any:
        """True where the other document holds this one."""
        return self.operate(pg.CONTAINED_BY, other)

    def delete_path(self, path: Any) -> Any:
        """The document without what is at the path: a list of keys and indexes, or an array."""
        if isinstance(path, (list, tuple)):
            path = array([str(step) for step in path])
        return self.operate(pg.DELETE_PATH, cast(path, ARRAY(t.TEXT())))

    def path_exists(self, other: Any) -> Any:
        """True where the path in SQL/JSON's language leads to something."""
        return self._with(pg.PATH_EXISTS, other, JSONPATH())

    def path_match(self, other: Any) -> Any:
        """True where the path's predicate is true."""
        return self._with(pg.PATH_MATCH, other, JSONPATH())


class JSONB(JSON):
    """A document, kept decomposed: faster to search, keys in no order, without duplicates."""

    __visit_name__ = "JSONB"
    operator_classes = OperatorClass.JSON | OperatorClass.CONCATENABLE | OperatorClass.ORDERING | OperatorClass.MATH
    comparator_factory = JSONBOperators
    Comparator = JSONBOperators
