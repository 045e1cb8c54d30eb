"""JSON and JSONB, and the paths that lead into them: postgresql.org/docs/current/functions-json.html."""

from __future__ import annotations

from typing import Any

from lect import types as t
from lect.operators import json_path_getitem_op
from lect.sql._cast import cast
from lect.sql.bind import BindParameter
from lect.types.json_type import JSONComparator
from lect.types.type_engine import TypeEngine, to_instance
from lect_postgresql import operators as pg
from lect_postgresql.arrays import ARRAY, array
from lect_postgresql.text_forms import quoted

__all__ = ["JSON", "JSONB", "JSONPATH"]


class JSONPathType(t.JSON.JSONPathType):
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

    def has_key(self, other: Any) -> Any:
        """True where the document has the key, or an array the string."""
        return self.operate(pg.HAS_KEY, _typed(other, t.Text()))

    def has_all(self, other: Any) -> Any:
        """True where it has all of the keys: a list, or an array."""
        return self.operate(pg.HAS_ALL, _typed(other, ARRAY(t.Text())))

    def has_any(self, other: Any) -> Any:
        """True where it has any of the keys: a list, or an array."""
        return self.operate(pg.HAS_ANY, _typed(other, ARRAY(t.Text())))

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
        return self.operate(pg.PATH_EXISTS, _typed(other, JSONPATH()))

    def path_match(self, other: Any) -> Any:
        """True where the path's predicate is true."""
        return self.operate(pg.PATH_MATCH, _typed(other, JSONPATH()))


class JSONB(JSON):
    """A document, kept decomposed: faster to search, keys in no order, without duplicates."""

    __visit_name__ = "JSONB"
    comparator_factory = JSONBOperators
    Comparator = JSONBOperators

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """What stands opposite a document is one; but for keys, which are text."""
        if op in (pg.PATH_MATCH, pg.PATH_EXISTS):
            return JSONPATH()
        return super().coerce_compared_value(op, value)


def _typed(value: Any, type_: TypeEngine[Any]) -> Any:
    """Return a plain value as a parameter of `type_`, an expression as it is."""
    if isinstance(value, (str, list, tuple)):
        return BindParameter(None, list(value) if isinstance(value, tuple) else value, type_=type_, unique=True)
    return value
