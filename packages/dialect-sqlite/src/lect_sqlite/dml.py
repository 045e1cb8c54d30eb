"""INSERT with SQLite's ON CONFLICT, of which there may be several, for different unique indexes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from lect.exc import InvalidRequestError
from lect.sql._insert import Insert as CoreInsert
from lect.sql.node import Node, children
from lect.sql.on_conflict import OnConflict

__all__ = ["Insert", "OnConflicts", "insert"]

_I = TypeVar("_I", bound="Insert")


class OnConflicts(Node):
    """Several ON CONFLICT clauses, tried in this order."""

    _fields = (children("clauses"),)
    _annotations: Mapping[str, Any] = {}

    def __init__(self, clauses: tuple[OnConflict, ...]) -> None:
        self.clauses = clauses


class Insert(CoreInsert):
    """An INSERT for SQLite.

    See https://sqlite.org/lang_upsert.html. ``excluded`` are the columns of the row that could not be inserted.
    """

    stringify_dialect: ClassVar[str] = "sqlite"
    inherit_cache = True

    def on_conflict_do_nothing(  # type: ignore[override]
        self: _I, index_elements: Any = None, index_where: Any = None
    ) -> _I:
        """Return this INSERT leaving rows alone that are there already.

        Args:
            index_elements: columns (or names) of the unique index whose conflict is meant; None: any.
            index_where: condition of a partial unique index.
        """
        return super().on_conflict_do_nothing(None, index_elements, index_where)

    def on_conflict_do_update(  # type: ignore[override]
        self: _I, index_elements: Any = None, index_where: Any = None, set_: Any = None, where: Any = None
    ) -> _I:
        """Return this INSERT updating rows that are there already.

        Args:
            index_elements, index_where: which conflict, as for :meth:`on_conflict_do_nothing`.
            set_: new values by column or key.
            where: rows for which it does not hold stay as they are.
        """
        return super().on_conflict_do_update(None, index_elements, index_where, set_, where)

    def _with_conflict(self: _I, clause: OnConflict) -> _I:
        present: Any = self._on_conflict
        if present is None:
            return super()._with_conflict(clause)
        last = present.clauses[-1] if isinstance(present, OnConflicts) else present
        if not last.elements and not last.element_names:
            raise InvalidRequestError(
                "an ON CONFLICT without index_elements stands for every conflict and must be the last one"
            )
        copy = self._generate()
        before = present.clauses if isinstance(present, OnConflicts) else (present,)
        copy._on_conflict = OnConflicts((*before, clause))  # type: ignore[assignment]
        return copy


def insert(table: Any) -> Insert:
    """Return ``INSERT INTO table`` with SQLite's ON CONFLICT."""
    return Insert(table)
