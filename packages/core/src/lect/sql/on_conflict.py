"""INSERT of rows that may be there already: the portable clause, which each dialect writes its own way or refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lect.exc import ArgumentError
from lect.sql.alias import Alias
from lect.sql.arguments import condition, resolve
from lect.sql.bind import BindParameter
from lect.sql.node import Node, child, children, pairs, scalar

__all__ = ["OnConflict", "excluded_of"]


class OnConflict(Node):
    """What an INSERT does about rows that are there already.

    Attributes:
        constraint: name of the constraint whose conflict is meant, or None.
        elements: columns (nodes) or names of the unique index meant, () for any conflict.
        index_where: condition of the index, or None.
        updates: pairs (column key, expression) of what is set; None: nothing is done.
        where: rows for which it does not hold stay as they are.
    """

    _fields = (
        scalar("constraint"),
        children("elements"),
        scalar("element_names"),
        child("index_where"),
        pairs("updates"),
        scalar("does_nothing"),
        child("where"),
    )
    _annotations: Mapping[str, Any] = {}

    def __init__(
        self,
        constraint: Any,
        index_elements: Any,
        index_where: Any,
        updates: tuple[tuple[str, Any], ...],
        does_nothing: bool,
        where: Any,
    ) -> None:
        if constraint is not None and index_elements is not None:
            raise ArgumentError("'constraint' and 'index_elements' are mutually exclusive")
        self.constraint = None
        elements: list[Any] = []
        if constraint is not None and not isinstance(constraint, str):
            name = getattr(constraint, "name", None)
            if name is not None and not getattr(constraint, "is_index", hasattr(constraint, "expressions")):
                constraint = name
            else:
                # An index, or a constraint without a name, is said by its columns.
                elements = list(getattr(constraint, "expressions", None) or constraint.columns)
                where_of = getattr(constraint, "dialect_options", None)
                if index_where is None and where_of is not None:
                    index_where = _index_condition(constraint)
                if index_where is None:
                    index_where = getattr(constraint, "where", None)
                constraint = None
        self.constraint = constraint
        for each in index_elements or ():
            elements.append(each)
        self.elements = tuple([resolve(e) for e in elements if not isinstance(e, str)])
        self.element_names = tuple([str(e) for e in elements if isinstance(e, str)])
        self.index_where = None if index_where is None else condition(index_where, "index_where")
        self.updates = updates
        self.does_nothing = does_nothing
        self.where = None if where is None else condition(where, "where")

    @classmethod
    def nothing(cls, constraint: Any, index_elements: Any, index_where: Any) -> OnConflict:
        """Return the clause that leaves rows alone."""
        return cls(constraint, index_elements, index_where, (), True, None)

    @classmethod
    def update(
        cls, table: Any, constraint: Any, index_elements: Any, index_where: Any, set_: Any, where: Any
    ) -> OnConflict:
        """Return the clause that updates rows."""
        if not set_:
            raise ArgumentError("set_ must be a dictionary of new values by column, and not be empty")
        given = set_.items() if isinstance(set_, Mapping) else _of_collection(set_)
        cells = []
        for key, value in given:
            name = key if isinstance(key, str) else resolve(key).key
            column = table.c.get(name)
            node = resolve(value)
            if not isinstance(node, Node):
                node = BindParameter(None, value, type_=None if column is None else column.type, unique=True)
            elif node._is_bind_parameter and column is not None and node.type._isnull:  # type: ignore[attr-defined]
                node = node._with_type(column.type)  # type: ignore[attr-defined]
            cells.append((str(name), node))
        return cls(constraint, index_elements, index_where, tuple(cells), False, where)


def _of_collection(given: Any) -> Any:
    if hasattr(given, "items"):
        return given.items()
    raise ArgumentError(f"set_ must be a dictionary of new values by column, got {given!r}")


def _index_condition(index: Any) -> Any:
    """Return the condition of a partial index, by whichever dialect's option it was given."""
    for name in list(index.dialect_options):
        found = index.dialect_options[name].get("where")
        if found is not None:
            return found
    return None


def excluded_of(table: Any) -> Alias:
    """Return the alias under which the row that could not be inserted is known."""
    memo = table.__dict__.get("_excluded")
    if memo is None:
        memo = table.__dict__["_excluded"] = Alias(table, "excluded")
    return memo  # type: ignore[no-any-return]
