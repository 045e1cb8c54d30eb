"""INSERT with ON DUPLICATE KEY UPDATE, and UPDATE and DELETE of a limited number of rows.

https://dev.mysql.com/doc/refman/8.4/en/insert-on-duplicate.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from lect.exc import ArgumentError, InvalidRequestError
from lect.sql._insert import Insert as CoreInsert
from lect.sql.alias import Alias
from lect.sql.arguments import resolve
from lect.sql.bind import BindParameter
from lect.sql.node import Node, pairs

__all__ = ["Insert", "OnDuplicateKeyUpdate", "insert"]

_I = TypeVar("_I", bound="Insert")


class OnDuplicateKeyUpdate(Node):
    """What an INSERT sets in a row that is there already: pairs (column key, expression), in order."""

    _fields = (pairs("updates"),)
    _annotations: Mapping[str, Any] = {}

    def __init__(self, updates: tuple[tuple[str, Any], ...]) -> None:
        self.updates = updates


class Insert(CoreInsert):
    """An INSERT for MySQL and MariaDB; `inserted` are the columns of the row that could not be inserted."""

    stringify_dialect: ClassVar[str] = "mysql"
    inherit_cache = True

    @property
    def inserted(self) -> Any:
        """The columns of the row that could not be inserted: ``on_duplicate_key_update(x=stmt.inserted.x)``."""
        return self.inserted_alias.c

    @property
    def inserted_alias(self) -> Alias:
        """The FROM element those columns belong to."""
        table = self._core_table
        memo: Alias | None = table.__dict__.get("_inserted")
        if memo is None:
            memo = table.__dict__["_inserted"] = Alias(table, "inserted")
        return memo

    def on_duplicate_key_update(self: _I, *args: Any, **kw: Any) -> _I:
        """Return this INSERT updating rows whose key is there already.

        Args:
            args: one dictionary of new values by column or key, set in the table's order; or one list of pairs, set in
                the list's order, which matters where a value reads a column that is set before.
            kw: new values by key, in place of `args`.
        """
        if args and kw:
            raise ArgumentError("Can't pass kwargs and positional arguments simultaneously")
        if len(args) > 1:
            raise ArgumentError("Only a single dictionary or list of tuples is accepted positionally.")
        given = args[0] if args else kw
        if not given:
            raise ArgumentError("The ON DUPLICATE KEY UPDATE parameter cannot be empty")
        if self._on_conflict is not None:
            raise InvalidRequestError("This INSERT already says what to do about rows that are there already")
        copy = self._generate()
        copy._on_conflict = OnDuplicateKeyUpdate(tuple(_cells(self._core_table, given)))  # type: ignore[assignment]
        return copy


def _cells(table: Any, given: Any) -> list[tuple[str, Any]]:
    """Return (key, expression) of what is set, in order."""
    in_table_order = isinstance(given, Mapping) or hasattr(given, "items")
    try:
        items = [(key, value) for key, value in (given.items() if in_table_order else given)]
    except (TypeError, ValueError):
        raise ArgumentError(
            "on_duplicate_key_update() takes a dictionary or a list of pairs (column, value), "
            f"not {type(given).__name__}"
        ) from None
    cells = {}
    for key, value in items:
        name = key if isinstance(key, str) else resolve(key).key
        column = table.c.get(name)
        node = resolve(value)
        if not isinstance(node, Node):
            node = BindParameter(None, value, type_=None if column is None else column.type, unique=True)
        elif node._is_bind_parameter and column is not None and node.type._isnull:  # type: ignore[attr-defined]
            node = node._with_type(column.type)  # type: ignore[attr-defined]
        cells[str(name)] = node
    if not in_table_order:
        return list(cells.items())
    known = [column.key for column in table.c if column.key in cells]
    return [(key, cells[key]) for key in [*known, *[key for key in cells if key not in known]]]


def insert(table: Any) -> Insert:
    """Return ``INSERT INTO table`` with ON DUPLICATE KEY UPDATE."""
    return Insert(table)
