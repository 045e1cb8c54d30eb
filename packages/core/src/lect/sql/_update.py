"""UPDATE and DELETE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from lect.exc import ArgumentError, InvalidRequestError
from lect.sql.arguments import from_argument
from lect.sql.dml import DmlWhere, ValuesBase
from lect.sql.from_clause import MAKE_FROM
from lect.sql.node import child, children, pairs, scalar

__all__ = ["Delete", "Update", "delete", "update"]

_U = TypeVar("_U", bound="Update")
_D = TypeVar("_D", bound="Delete")


class Update(DmlWhere, ValuesBase):
    """An UPDATE statement; made with :func:`update` or ``table.update()``."""

    __visit_name__ = "update"
    is_update: ClassVar[bool] = True
    _kind: ClassVar[str] = "update"
    _fields = (
        child("table"),
        child("_values"),
        scalar("_ordered"),
        children("_where"),
        scalar("_inline"),
        children("_returning"),
        scalar("_return_defaults"),
        children("_return_defaults_columns"),
        children("_supplemental_columns"),
        children("_prefixes"),
        children("_hints"),
        children("_added_ctes"),
        children("_with_options"),
        pairs("_extensions"),
        scalar("_dialect_facts"),
    )

    #: Columns are set in the order in which values were given, not in the table's.
    _ordered: bool = False
    _inline: bool = False

    def __init__(self, table: Any) -> None:
        self._set_table(table)

    def ordered_values(self: _U, *args: Any) -> _U:
        """Return this UPDATE setting columns in exactly this order: pairs (column, value)."""
        if self._values is not None:
            raise ArgumentError(
                "This statement already has ordered values present"
                if self._ordered
                else "This statement already has values present"
            )
        given = args[0].items() if len(args) == 1 and isinstance(args[0], Mapping) else args
        for pair in given:
            if not isinstance(pair, tuple) or len(pair) != 2:
                raise ArgumentError(f"ordered_values() takes pairs (column, value), got {pair!r}")
        copy = self._generate()
        copy._values = self._row(dict(given))
        copy._ordered = True
        return copy

    def values(self: _U, *args: Any, **kwargs: Any) -> _U:
        if self._ordered:
            raise InvalidRequestError("This statement already has ordered values present; values() cannot add to them")
        return super().values(*args, **kwargs)

    def inline(self: _U) -> _U:
        """Return this UPDATE without fetching values that the server makes."""
        copy = self._generate()
        copy._inline = True
        return copy


class Delete(DmlWhere):
    """A DELETE statement; made with :func:`delete` or ``table.delete()``."""

    __visit_name__ = "delete"
    is_delete: ClassVar[bool] = True
    _kind: ClassVar[str] = "delete"
    _fields = (
        child("table"),
        children("_where"),
        children("_using"),
        children("_returning"),
        scalar("_return_defaults"),
        children("_return_defaults_columns"),
        children("_supplemental_columns"),
        children("_prefixes"),
        children("_hints"),
        children("_added_ctes"),
        children("_with_options"),
        pairs("_extensions"),
        scalar("_dialect_facts"),
    )
    _using: tuple[Any, ...] = ()

    def __init__(self, table: Any) -> None:
        self._set_table(table)

    def using(self: _D, *froms: Any) -> _D:
        """Return this DELETE reading these further FROM elements, whether or not its WHERE mentions them."""
        copy = self._generate()
        copy._using = self._using + tuple([from_argument(f) for f in froms])
        return copy


def update(table: Any) -> Update:
    """Return ``UPDATE table``."""
    return Update(table)


def delete(table: Any) -> Delete:
    """Return ``DELETE FROM table``."""
    return Delete(table)


MAKE_FROM.update = Update
MAKE_FROM.delete = Delete
