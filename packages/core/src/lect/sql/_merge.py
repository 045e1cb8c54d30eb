"""MERGE: rows of a source inserted into, updated in or deleted from a table by one statement."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from lect.exc import ArgumentError, InvalidRequestError
from lect.sql.arguments import condition, from_argument
from lect.sql.dml import UpdateBase, ValuesBase, ValuesRow
from lect.sql.node import Node, child, children, scalar

__all__ = ["Merge", "MergeBranch", "merge"]

_M = TypeVar("_M", bound="Merge")


class MergeBranch(Node):
    """One WHEN of a MERGE.

    Attributes:
        when: ``"matched"``, ``"not_matched"`` (by the target) or ``"not_matched_by_source"``.
        action: ``"update"``, ``"delete"``, ``"insert"`` or ``"nothing"``.
        row: values for UPDATE and INSERT, else None.
        where: a further condition, or None.
    """

    _fields = (scalar("when"), scalar("action"), child("row"), child("where"))

    def __init__(self, when: str, action: str, row: ValuesRow | None, where: Any) -> None:
        self.when = when
        self.action = action
        self.row = row
        self.where = where


class Merge(UpdateBase):
    """A MERGE statement; made with :func:`merge`, completed by ``using()`` and at least one branch.

    Branches are tried in the order in which they were given; the first that applies to a row is taken.
    """

    __visit_name__ = "merge"
    is_merge: ClassVar[bool] = True
    _kind: ClassVar[str] = "merge"
    _fields = (
        child("table"),
        child("_source"),
        child("_onclause"),
        children("_branches"),
        children("_returning"),
        children("_prefixes"),
        children("_hints"),
        children("_added_ctes"),
        children("_with_options"),
    )

    _source: Any = None
    _onclause: Any = None
    _branches: tuple[MergeBranch, ...] = ()

    def __init__(self, table: Any) -> None:
        self._set_table(table)

    def using(self: _M, source: Any, on: Any) -> _M:
        """Return this MERGE with its source, a table, alias, subquery or ``values()``, and the condition that
        matches rows."""
        copy = self._generate()
        copy._source = from_argument(source)
        copy._onclause = condition(on, "the ON clause of a MERGE")
        copy._note_entities([copy._source, copy._onclause])
        return copy

    def _with_branch(self: _M, when: str, action: str, values: Any, where: Any) -> _M:
        row = None
        if values is not None:
            if not values:
                raise ArgumentError(f"MERGE: {action.upper()} needs values for at least one column")
            row = ValuesBase._row(self, values)  # type: ignore[arg-type]
        branch = MergeBranch(when, action, row, None if where is None else condition(where))
        if self._branches and any(b.when == when and b.where is None for b in self._branches):
            raise InvalidRequestError(
                f"MERGE: a branch for {when.replace('_', ' ')} rows comes after one without a condition and would "
                f"never apply"
            )
        copy = self._generate()
        copy._branches = (*self._branches, branch)
        return copy

    _column_for = ValuesBase._column_for

    def when_matched_then_update(self: _M, values: Any, where: Any = None) -> _M:
        """Rows of the target that match are updated with `values` (by column or key), as far as `where` holds."""
        return self._with_branch("matched", "update", values, where)

    def when_matched_then_delete(self: _M, where: Any = None) -> _M:
        """Rows of the target that match are deleted, as far as `where` holds."""
        return self._with_branch("matched", "delete", None, where)

    def when_matched_then_do_nothing(self: _M, where: Any = None) -> _M:
        """Rows of the target that match stay as they are, as far as `where` holds."""
        return self._with_branch("matched", "nothing", None, where)

    def when_not_matched_then_insert(self: _M, values: Any, where: Any = None) -> _M:
        """Rows of the source that match nothing are inserted as `values`, as far as `where` holds."""
        return self._with_branch("not_matched", "insert", values, where)

    def when_not_matched_by_source_then_update(self: _M, values: Any, where: Any = None) -> _M:
        """Rows of the target that nothing matches are updated, as far as `where` holds."""
        return self._with_branch("not_matched_by_source", "update", values, where)

    def when_not_matched_by_source_then_delete(self: _M, where: Any = None) -> _M:
        """Rows of the target that nothing matches are deleted, as far as `where` holds."""
        return self._with_branch("not_matched_by_source", "delete", None, where)


def merge(table: Any) -> Merge:
    """Return ``MERGE INTO table``."""
    return Merge(table)
