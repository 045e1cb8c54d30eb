"""Types that the schema has to do with: those that are database objects themselves, or that want a constraint."""

from __future__ import annotations

from typing import Any

from lect.absent import NO_ARG
from lect.exc import ArgumentError, UnboundExecutionError
from lect.types.construction import argument_names
from lect.types.type_engine import TypeEngine

__all__ = ["SchemaType"]


class SchemaType:
    """A type with a name in a schema, or with a CHECK constraint.

    The schema package asks :meth:`_place_in` when a column of the type joins a table.

    Args:
        name: of the type, and of the constraint.
        schema: the type is created in; None: the search path decides. Not given: that of `metadata`; without one, that
            of the MetaData of the first table that uses the type.
        metadata: the MetaData that the type belongs to by itself, without any table.
        inherit_schema: the type's schema is its table's.
        quote: force or forbid quoting of the name.

    Attributes:
        create_constraint: a CHECK constraint is wanted where the type is not native.
        create_type: tables that use the type create and drop it.
    """

    name: str | None = None
    schema: str | None = None
    metadata: Any = None
    inherit_schema: bool = False
    create_constraint: bool = False
    create_type: bool = True
    quote: bool | None = None
    #: The schema was said, and stays whatever table uses the type.
    _schema_given: bool = False
    #: A table has decided on the schema.
    _placed: bool = False

    def __init__(
        self,
        name: str | None = None,
        schema: Any = NO_ARG,
        metadata: Any = None,
        inherit_schema: bool = False,
        quote: bool | None = None,
    ) -> None:
        self.name = name
        self.quote = quote
        self._live_in(schema, metadata, inherit_schema)
        if metadata is not None:
            metadata._register_object(self)

    # -- where it lives ------------------------------------------------------------------------------------------------

    def _live_in(self, schema: Any, metadata: Any, inherit_schema: bool) -> None:
        """Take the arguments that say in which schema the type is created.

        Raises:
            ArgumentError: a schema is named and to be inherited as well.
        """
        said = schema is not NO_ARG
        if inherit_schema and said and schema is not None:
            raise ArgumentError(
                "Ambiguously setting inherit_schema=True while also passing a schema argument; leave one of them out"
            )
        self.inherit_schema = inherit_schema
        self.metadata = metadata
        self._schema_given = said and not inherit_schema
        self.schema = schema if said else metadata.schema if metadata is not None and not inherit_schema else None

    def _schema_in(self, table: Any) -> str | None:
        """The schema that the type is in when `table` uses it."""
        if self.inherit_schema:
            schema: str | None = table.schema
        elif self._schema_given or self.metadata is not None:
            schema = self.schema
        else:
            schema = table.metadata.schema
        return schema

    def _carry_schema(self, copy: Any, changed: Any) -> Any:
        """Make `copy` live where this type lives, unless the arguments `changed` say otherwise."""
        if isinstance(copy, SchemaType) and not {"schema", "metadata", "inherit_schema"} & set(changed):
            copy.schema, copy._schema_given, copy._placed = self.schema, self._schema_given, self._placed
        return copy

    def _schema_argument(self) -> Any:
        """The argument `schema` of a copy."""
        return self.schema if self._schema_given else NO_ARG

    def adapt(self, cls: Any, **kw: Any) -> Any:
        """Return a type of class `cls` with this type's arguments, in the same schema."""
        given = dict(kw)
        if issubclass(cls, SchemaType) and "schema" in argument_names(cls):
            kw.setdefault("schema", self._schema_argument())
        made: Any = super().adapt(cls, **kw)  # type: ignore[misc]
        return self._carry_schema(made, given)

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
