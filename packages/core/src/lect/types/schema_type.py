"""Types that the schema has to do with: those that are database objects themselves, or that want a constraint."""

from __future__ import annotations

from typing import Any

from lect.exc import UnboundExecutionError
from lect.types.type_engine import TypeEngine

__all__ = ["SchemaType"]


class SchemaType:
    """A type with a name in a schema, or with a CHECK constraint.

    The schema package reads these attributes when a column of the type joins a table; nothing happens here.

    Attributes:
        name: of the type, and of the constraint.
        schema: the type is created in; None: the search path decides.
        metadata: the MetaData that the type belongs to by itself, without any table.
        inherit_schema: the type's schema is its table's.
        create_constraint: a CHECK constraint is wanted where the type is not native.
        create_type: tables that use the type create and drop it.
    """

    name: str | None = None
    schema: str | None = None
    metadata: Any = None
    inherit_schema: bool = False
    create_constraint: bool = False
    create_type: bool = True

    def _constraint_values(self) -> tuple[object, ...]:
        """The values that a CHECK constraint for this type lists."""
        return ()

    def _constraint_wanted(self, dialect: Any) -> bool:
        """True when the constraint is needed on `dialect`: nothing native refuses other values."""
        return self.create_constraint

    def create(self, bind: Any, checkfirst: bool = True) -> None:
        """Create the type in the database, where types are created."""
        self._run(bind, "create", checkfirst)

    def drop(self, bind: Any, checkfirst: bool = True) -> None:
        """Drop the type from the database."""
        self._run(bind, "drop", checkfirst)

    def _run(self, bind: Any, what: str, checkfirst: bool) -> None:
        if bind is None:
            raise UnboundExecutionError(f"{what}() of a type needs an engine or a connection")
        native = self.dialect_impl(bind.dialect) if isinstance(self, TypeEngine) else self
        if isinstance(native, SchemaType) and type(native) is not type(self):
            getattr(native, what)(bind=bind, checkfirst=checkfirst)
