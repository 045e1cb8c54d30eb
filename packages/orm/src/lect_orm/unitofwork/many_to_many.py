"""Rows of a secondary table: inserted when members come into a collection, deleted when they go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lect.sql.bind import BindParameter
from lect_orm.exc import StaleDataError
from lect_orm.unitofwork import sync
from lect_orm.unitofwork.context import IN_MEMORY, LOADED, FlushContext
from lect_orm.unitofwork.dependency import Dependency, Edge, states_of

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["ManyToMany", "SecondaryRows"]

Row = dict[str, Any]


class SecondaryRows:
    """Rows to delete, update and insert in one secondary table, and new keys of members in all their rows."""

    __slots__ = ("delete", "insert", "members", "update")

    def __init__(self) -> None:
        self.delete: list[Row] = []
        self.update: list[Row] = []
        self.members: list[Row] = []
        self.insert: list[Row] = []


class ManyToMany(Dependency):
    """Rows of a third table refer to both sides."""

    def __init__(self, prop: Any) -> None:
        super().__init__(prop)
        self.secondary = prop.secondary
        self.secondary_pairs = self.referred = prop.secondary_synchronize_pairs

    def mapper_edge(self) -> tuple[Any, Any] | None:
        return None

    def plan_delete(self, context: FlushContext, state: InstanceState) -> None:
        if not self.passive_deletes:
            # Read now, while nothing has been written.
            self.history(context, state, LOADED)

    def plan_save(self, context: FlushContext, state: InstanceState) -> None:
        if not self.passive_updates and self.key_changed(state):
            self.history(context, state, LOADED)
        history = self.history(context, state, IN_MEMORY)
        self.refuse_none(history.added)
        if not self.cascade_orphans:
            return
        for child in states_of(history.deleted):
            if not self.has_parent(child):
                self.delete_with_cascade(context, child)

    def save_edges(self, context: FlushContext, state: InstanceState) -> Iterator[Edge]:
        return iter(())

    # -- rows ---------------------------------------------------------------------------------------------------------

    def collect(
        self,
        context: FlushContext,
        saves: list[InstanceState],
        deletes: list[InstanceState],
        members: list[InstanceState],
    ) -> SecondaryRows:
        """Return what has to be done in the secondary table.

        Args:
            context: the flush.
            saves: objects that have this relationship and are saved.
            deletes: and deleted.
            members: saved objects on the other side, where nobody else tells of their new keys (``one_sided_to``).
        """
        rows = SecondaryRows()
        for state in members:
            if sync.source_modified(state, self.mapper, self.secondary_pairs):
                renamed: Row = {}
                sync.update_dict(state, self.mapper, renamed, "old_", self.secondary_pairs, self.prop)
                rows.members.append(renamed)
        done = context.pairs_done(self.prop)
        mine: set[tuple[Any, Any]] = set()
        for state in deletes:
            history = self.history(context, state, IN_MEMORY if self.passive_deletes else LOADED)
            for child in states_of(history.non_added()):
                if not child.deleted:  # else its rows went with it in an earlier flush
                    self._row(context, state, child, rows.delete, done, mine)
        for state in saves:
            changed = self.key_changed(state) and not self.passive_updates
            if not changed and not self.concerns(state, state.dict):
                continue
            history = self.history(context, state, LOADED if changed else IN_MEMORY)
            for child in states_of(history.added):
                self._row(context, state, child, rows.insert, done, mine, "add")
            for child in states_of(history.deleted):
                self._row(context, state, child, rows.delete, done, mine, "delete")
            if changed:
                for child in states_of(history.unchanged):
                    if done is not None and (child, state) in done:
                        continue  # the other side, whose key has changed as well
                    mine.add((state, child))
                    row: Row = {}
                    sync.update_dict(state, self.parent, row, "old_", self.pairs, self.prop)
                    sync.update_dict(child, self.mapper, row, "old_", self.secondary_pairs, self.prop)
                    rows.update.append(row)
        if done is not None:
            done.update(mine)
        return rows

    def _row(
        self,
        context: FlushContext,
        state: InstanceState,
        child: InstanceState,
        rows: list[Row],
        done: set[tuple[Any, Any]] | None,
        mine: set[tuple[Any, Any]],
        operation: str | None = None,
    ) -> None:
        if done is not None and (child, state) in done:
            return  # the other side has seen to it
        if operation is not None and not context.session._contains_state(child):
            if not child.deleted:
                context._not_in_session(child, operation, self.prop)
            return
        row: Row = {}
        if operation == "add":
            sync.require_loadable(self.prop, child)
        # Unless the database carries changed keys over by itself, a row to be deleted still has the old ones.
        as_loaded = operation != "add" and not self.passive_updates
        sync.populate_dict(state, self.parent, row, self.pairs, self.prop, as_loaded=as_loaded)
        sync.populate_dict(child, self.mapper, row, self.secondary_pairs, self.prop, as_loaded=as_loaded)
        rows.append(row)
        mine.add((state, child))

    def write(self, context: FlushContext, rows: SecondaryRows) -> None:
        """Delete, update and insert rows of the secondary table."""
        connection = context.connection(self.parent)
        table = self.secondary
        if rows.delete:
            keys = list(rows.delete[0])
            where = [c == _bind(c.key, c) for c in table.c if c.key in keys]
            result = connection.execute(table.delete().where(*where), rows.delete)
            self._check(result, len(rows.delete), "DELETE", "delete")
        if rows.update:
            result = self._update(connection, rows.update)
            self._check(result, len(rows.update), "UPDATE", "update")
        if rows.members:
            # However many rows there are; those that were written just now have the new key already.
            self._update(connection, rows.members)
        if rows.insert:
            connection.execute(table.insert(), rows.insert)

    def _update(self, connection: Any, rows: list[Row]) -> Any:
        table = self.secondary
        where = [c == _bind("old_" + c.key, c) for c in table.c if "old_" + c.key in rows[0]]
        return connection.execute(table.update().where(*where), rows)

    def _check(self, result: Any, expected: int, statement: str, verb: str) -> None:
        sane = result.supports_sane_rowcount() if expected == 1 else result.supports_sane_multi_rowcount()
        if sane and result.rowcount not in (expected, -1):
            raise StaleDataError(
                f"{statement} statement on table '{self.secondary.description}' expected to {verb} {expected} row(s); "
                f"Only {result.rowcount} were matched."
            )


def _bind(key: str, column: Any) -> Any:
    return BindParameter(key, type_=column.type, required=True)
