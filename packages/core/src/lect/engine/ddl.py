"""What ``create_all()``, ``drop_all()``, ``create()`` and ``drop()`` send over a connection, and in which order."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterable
from typing import Any

from lect.dialects.variants import Comments
from lect.engine.reflection import Inspector
from lect.exc import ArgumentError, CircularDependencyError, LectWarning
from lect.schema.checkfirst import CheckFirst, checkfirst_flags
from lect.schema.ddl import (
    AddConstraint,
    CreateIndex,
    CreateSequence,
    CreateTable,
    DropConstraint,
    DropIndex,
    DropSequence,
    DropTable,
    SetColumnComment,
    SetConstraintComment,
    SetTableComment,
)
from lect.schema.events import fire
from lect.schema.ordering import sort_tables_and_constraints
from lect.schema.typed_constraints import schema_type_of

__all__ = ["SchemaDropper", "SchemaGenerator", "run_ddl"]


def run_ddl(connection: Any, action: str, element: Any, **options: Any) -> None:
    """Create or drop `element` (a MetaData, Table, Index, Sequence or constraint) on `connection`.

    This is what ``Engine._run_ddl`` and ``Connection._run_ddl`` call. `action` is ``"create"`` or ``"drop"``;
    `options` are `checkfirst` and, for a MetaData, `tables`.
    """
    runner: SchemaGenerator | SchemaDropper
    runner = (SchemaGenerator if action == "create" else SchemaDropper)(connection, **options)
    runner.run(element)


class _Runner:
    """Sends DDL for schema objects, looking first for those it was told to look for."""

    def __init__(
        self,
        connection: Any,
        *,
        checkfirst: bool | CheckFirst = False,
        tables: Collection[Any] | None = None,
    ) -> None:
        self.connection = connection
        self.dialect = connection.dialect
        self.capabilities = self.dialect.capabilities
        self.checkfirst = checkfirst_flags(checkfirst)
        self.tables = tables
        #: (schema, name) of tables and sequences -> whether they are in the database.
        self._known: dict[tuple[str, str | None, str], bool] = {}
        self._types_done: set[tuple[Any, ...]] = set()

    # -- what is there already ----------------------------------------------------------------------------------------

    def schema_of(self, thing: Any) -> str | None:
        """Return the schema `thing` is in for this connection, which may translate schema names."""
        translate = self.connection.get_execution_options().get("schema_translate_map")
        schema: str | None = thing.schema
        return translate.get(schema, schema) if translate else schema

    def look(self, kind: str, things: Iterable[Any]) -> None:
        """Find out which of `things` exist, asking once per schema."""
        wanted: dict[str | None, list[str]] = {}
        for thing in things:
            schema = self.schema_of(thing)
            if (kind, schema, thing.name) not in self._known:
                wanted.setdefault(schema, []).append(thing.name)
        if not wanted:
            return
        inspector = Inspector(self.connection)
        for schema, names in wanted.items():
            existing = inspector._existing(kind, names, schema)
            for name in names:
                self._known[(kind, schema, name)] = name in existing

    def exists(self, kind: str, thing: Any) -> bool:
        """Whether `thing` exists."""
        self.look(kind, [thing])
        return self._known[(kind, self.schema_of(thing), thing.name)]

    def wants_check(self, table: Any) -> bool:
        """Whether this table (or view) is to be looked for."""
        return bool(self.checkfirst & (CheckFirst.VIEWS if table.is_view else CheckFirst.TABLES))

    def has_index(self, index: Any) -> bool:
        """Whether an index of this name exists in its table."""
        inspector = Inspector(self.connection)
        return inspector.has_index(index.table.name, index.name, schema=self.schema_of(index.table))

    # -- sending ------------------------------------------------------------------------------------------------------

    def send(self, ddl: Any) -> None:
        """Execute a DDL element, if its own condition holds."""
        if ddl._should_execute(ddl.target, self.connection, checkfirst=self.checkfirst, tables=self.tables):
            self.connection.execute(ddl)

    def told(self, name: str, target: Any, **more: Any) -> None:
        """Tell listeners of `target`."""
        fire(target, name, target, self.connection, checkfirst=self.checkfirst, _ddl_runner=self, **more)

    def of_metadata(self, metadata: Any) -> list[Any]:
        """Return the tables to deal with."""
        if self.tables is None:
            return sorted(metadata.tables.values(), key=lambda table: table.key)
        tables = list(self.tables)
        for table in tables:
            if getattr(table, "__visit_name__", None) != "table":
                raise ArgumentError(
                    f"create_all(tables=...) and drop_all(tables=...) need Table objects, got {table!r}"
                )
        return tables

    def run(self, element: Any) -> None:
        """Deal with `element` by what it is."""
        method: Callable[[Any], None] | None = getattr(self, f"do_{element.__visit_name__}", None)
        if method is None:
            raise ArgumentError(f"{element!r} is nothing that can be created or dropped by itself")
        method(element)

    # -- named types --------------------------------------------------------------------------------------------------

    def types_of(self, tables: Iterable[Any]) -> list[Any]:
        """Return the types in use that are database objects by themselves, or may be, each once, in order."""
        found: list[Any] = []
        for table in tables:
            for column in table.columns:
                type_ = schema_type_of(column.type)
                variant = column.type._variant_for(self.dialect)
                if variant is not None:
                    type_ = schema_type_of(variant)
                if type_ is not None and not any(type_ is each for each in found):
                    found.append(type_)
        return found

    def do_types(self, types: Iterable[Any], what: str) -> None:
        """Create or drop types, where the dialect has such objects."""
        for type_ in types:
            key = (type(type_), type_.schema, type_.name or id(type_))
            if type_.create_type and key not in self._types_done:
                self._types_done.add(key)
                getattr(type_, what)(self.connection, checkfirst=bool(self.checkfirst & CheckFirst.TYPES))

    @property
    def can_alter(self) -> bool:
        """Whether foreign keys can be added to and dropped from tables that exist."""
        return bool(self.capabilities.alter_add_constraint)


class SchemaGenerator(_Runner):
    """Creates."""

    def do_metadata(self, metadata: Any) -> None:
        """Create sequences, types, tables with their indexes and comments, foreign keys that had to wait, views."""
        tables = self.of_metadata(metadata)
        self.look("table", [table for table in tables if self.wants_check(table)])
        tables = [table for table in tables if self.wanted(table)]
        views = [table for table in tables if table.is_view]
        ordered = sort_tables_and_constraints([table for table in tables if not table.is_view])
        sequences = [s for s in metadata._sequences.values() if s.column is None and self.tables is None]
        present = [table for table, _ in ordered if table is not None] + views
        self.told("before_create", metadata, tables=present)
        for sequence in sequences:
            self.do_sequence(sequence)
        if self.tables is None:
            self.do_types([t for t in metadata._objects if t.metadata is metadata], "create")
        self.do_types(self.types_of(present), "create")
        for table, foreign_keys in ordered:
            if table is not None:
                self.create_table(table, foreign_keys if self.can_alter else None, in_metadata=True)
        for view in views:
            self.create_table(view, None, in_metadata=True)
        for table, foreign_keys in ordered:
            if table is None:
                for constraint in foreign_keys:
                    self.do_foreign_key_constraint(constraint)
        self.told("after_create", metadata, tables=present)

    def wanted(self, table: Any) -> bool:
        """Whether `table` is to be created."""
        return not (self.wants_check(table) and self.exists("table", table))

    def do_table(self, table: Any) -> None:
        """Create one table."""
        if self.wanted(table):
            self.do_types(self.types_of([table]), "create")
            self.create_table(table, None, in_metadata=False)

    def create_table(self, table: Any, foreign_keys: Any, *, in_metadata: bool) -> None:
        """Send CREATE TABLE (or what the table has in its place), indexes and comments."""
        self.told("before_create", table, _is_metadata_operation=in_metadata)
        for column in table.columns:
            if column.default is not None and column.default.is_sequence:
                self.do_sequence(column.default)
        creator = table._creator_ddl
        if creator is None:
            creator = CreateTable(table, include_foreign_key_constraints=foreign_keys)
        self.send(creator)
        for index in sorted(table.indexes, key=lambda i: str(i.name)):
            self.create_index(index, look=False)
        self.set_comments(table)
        self.told("after_create", table, _is_metadata_operation=in_metadata)

    def set_comments(self, table: Any) -> None:
        """Send the statements that set comments, where comments are statements."""
        if self.capabilities.comments is not Comments.STATEMENT:
            return
        if table.comment is not None:
            self.send(SetTableComment(table))
        for column in table.columns:
            if column.comment is not None:
                self.send(SetColumnComment(column))
        if self.capabilities.constraint_comments:
            for constraint in table._sorted_constraints:
                if constraint.comment is not None:
                    self.send(SetConstraintComment(constraint))

    def do_index(self, index: Any) -> None:
        """Create one index."""
        self.create_index(index, look=bool(self.checkfirst & CheckFirst.INDEXES))

    def create_index(self, index: Any, *, look: bool) -> None:
        """Send CREATE INDEX, after looking for it when told to."""
        if look and self.has_index(index):
            return
        self.told("before_create", index)
        self.send(CreateIndex(index))
        self.told("after_create", index)

    def do_sequence(self, sequence: Any) -> None:
        """Create one sequence, where there are sequences and this one is needed."""
        if not self.capabilities.sequences or (sequence.optional and self.capabilities.identity_columns):
            return
        if self.checkfirst & CheckFirst.SEQUENCES and self.exists("sequence", sequence):
            return
        self._known[("sequence", self.schema_of(sequence), sequence.name)] = True
        self.told("before_create", sequence)
        self.send(CreateSequence(sequence))
        self.told("after_create", sequence)

    def do_foreign_key_constraint(self, constraint: Any) -> None:
        """Add a foreign key to its table."""
        if self.can_alter:
            self.told("before_create", constraint)
            self.send(AddConstraint(constraint, isolate_from_table=False))
            self.told("after_create", constraint)


class SchemaDropper(_Runner):
    """Drops, in reverse."""

    def do_metadata(self, metadata: Any) -> None:
        """Drop views, foreign keys that tie tables in a circle, tables in reverse order, types, sequences."""
        tables = self.of_metadata(metadata)
        self.look("table", [table for table in tables if self.wants_check(table)])
        tables = [table for table in tables if self.wanted(table)]
        views = [table for table in tables if table.is_view]
        ordered = self.in_order([table for table in tables if not table.is_view])
        present = [table for table, _ in ordered if table is not None] + views
        sequences = self._sequences_to_drop(metadata, present)
        self.told("before_drop", metadata, tables=present)
        for table, foreign_keys in ordered:
            if table is None:
                for constraint in foreign_keys:
                    self.do_foreign_key_constraint(constraint)
        for view in reversed(views):
            self.drop_table(view, in_metadata=True)
        for table, _ in ordered:
            if table is not None:
                self.drop_table(table, in_metadata=True)
        self.do_types(self.types_of(present), "drop")
        if self.tables is None:
            self.do_types([t for t in metadata._objects if t.metadata is metadata], "drop")
        for sequence in sequences:
            self.do_sequence(sequence)
        self.told("after_drop", metadata, tables=present)

    def _sequences_to_drop(self, metadata: Any, present: list[Any]) -> list[Any]:
        """Return the sequences that go with these tables, each once: several columns may number from one of them."""
        found = {_id_of(s): s for table in present for s in _sequences_of(table)}
        if self.tables is None:
            found.update({_id_of(s): s for s in metadata._sequences.values()})
        else:
            for table in metadata.tables.values():
                if table not in self.tables:  # it stays, and goes on to number
                    for sequence in _sequences_of(table):
                        found.pop(_id_of(sequence), None)
        return list(found.values())

    def in_order(self, tables: list[Any]) -> list[tuple[Any, Any]]:
        """Return tables and foreign keys in the order in which they can be dropped.

        Raises CircularDependencyError when tables refer to each other by foreign keys without a name, which cannot be
        dropped one by one, on a database that can drop them at all.
        """

        def nameless_stay(constraint: Any) -> bool | None:
            return False if not self.can_alter or constraint.name is None else None

        try:
            ordered = sort_tables_and_constraints(tables, nameless_stay)
        except CircularDependencyError as circle:
            names = ", ".join(sorted(table.fullname for table in circle.cycles))
            if not self.can_alter:
                warnings.warn(
                    "Can't sort tables for DROP; an unresolvable foreign key dependency exists between tables: "
                    f"{names}; and backend does not support ALTER.  To restore at least a partial sort, apply "
                    "use_alter=True to ForeignKey and ForeignKeyConstraint objects involved in the cycle to mark these "
                    "as known cycles that will be ignored.",
                    LectWarning,
                    stacklevel=6,
                )
                return [(table, ()) for table in tables]
            message = (
                "Can't sort tables for DROP; an unresolvable foreign key dependency exists between tables: "
                f"{names}.  Please ensure that the ForeignKey and ForeignKeyConstraint objects involved in the cycle "
                "have names so that they can be dropped using DROP CONSTRAINT."
            )
            raise CircularDependencyError(message, circle.cycles, circle.edges, msg=message) from None
        return list(reversed(ordered))

    def wanted(self, table: Any) -> bool:
        """Whether `table` is there to be dropped."""
        return not self.wants_check(table) or self.exists("table", table)

    def do_table(self, table: Any) -> None:
        """Drop one table."""
        if self.wanted(table):
            self.drop_table(table, in_metadata=False)

    def drop_table(self, table: Any, *, in_metadata: bool) -> None:
        """Send DROP TABLE, or what the table has in its place.

        The sequences of its columns are dropped too; with a whole metadata that is done once all tables are gone.
        """
        self.told("before_drop", table, _is_metadata_operation=in_metadata)
        self.send(table._dropper_ddl if table._dropper_ddl is not None else DropTable(table))
        if not in_metadata:
            for sequence in _sequences_of(table):
                self.do_sequence(sequence)
        self.told("after_drop", table, _is_metadata_operation=in_metadata)

    def do_index(self, index: Any) -> None:
        """Drop one index."""
        if self.checkfirst & CheckFirst.INDEXES and not self.has_index(index):
            return
        self.told("before_drop", index)
        self.send(DropIndex(index))
        self.told("after_drop", index)

    def do_sequence(self, sequence: Any) -> None:
        """Drop one sequence."""
        if not self.capabilities.sequences or (sequence.optional and self.capabilities.identity_columns):
            return
        if self.checkfirst & CheckFirst.SEQUENCES and not self.exists("sequence", sequence):
            return
        self.told("before_drop", sequence)
        self.send(DropSequence(sequence))
        self.told("after_drop", sequence)

    def do_foreign_key_constraint(self, constraint: Any) -> None:
        """Drop a foreign key of a table that stays for now."""
        if self.can_alter:
            self.told("before_drop", constraint)
            self.send(DropConstraint(constraint, isolate_from_table=False))
            self.told("after_drop", constraint)


def _sequences_of(table: Any) -> list[Any]:
    """Return the sequences that number columns of `table`."""
    defaults = [column.default for column in table.columns]
    return [default for default in defaults if default is not None and default.is_sequence]


def _id_of(sequence: Any) -> tuple[Any, Any]:
    return sequence.schema, sequence.name
