"""Types that are objects of the schema: enumerations and domains."""

from __future__ import annotations

from typing import Any, ClassVar

from lect import text
from lect import types as t
from lect.absent import NO_ARG
from lect.exc import ArgumentError, UnboundExecutionError
from lect.types.schema_type import SchemaType
from lect.types.type_engine import NativeForEmulated, Processor, TypeEngine, to_instance
from lect_postgresql.ddl import CreateDomainType, CreateEnumType, DropDomainType, DropEnumType

__all__ = ["DOMAIN", "ENUM", "NamedType"]

_EXISTS = (
    "SELECT 1 FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
    "WHERE t.typname = :name AND "
)


class NamedType(SchemaType):
    """A type that is created and dropped under its name.

    Attributes:
        create_type: it is created and dropped with the tables that use it; False: only by its own `create` and `drop`,
            and with its MetaData if it was given one.
    """

    create_type: bool = True
    DDLGenerator: ClassVar[Any]
    DDLDropper: ClassVar[Any]

    @property
    def _is_created(self) -> bool:
        """Whether there is such an object at all."""
        return True

    def create(self, bind: Any, checkfirst: bool = True) -> None:
        """Create the type, unless it is there already and `checkfirst` says to look."""
        self._change(bind, self.DDLGenerator, checkfirst, there=False)

    def drop(self, bind: Any, checkfirst: bool = True) -> None:
        """Drop the type, unless it is not there and `checkfirst` says to look."""
        self._change(bind, self.DDLDropper, checkfirst, there=True)

    def _change(self, bind: Any, ddl: Any, checkfirst: bool, there: bool) -> None:
        if bind is None:
            raise UnboundExecutionError("create() and drop() of a type need an engine or a connection")
        if not self._is_created:
            return
        if not hasattr(bind, "begin_nested"):
            with bind.begin() as connection:
                self._change(connection, ddl, checkfirst, there)
        elif not checkfirst or self._exists(bind) is there:
            bind.execute(ddl(self))

    def _exists(self, connection: Any) -> bool:
        schema = self.schema
        translate = connection.get_execution_options().get("schema_translate_map")
        if translate:
            schema = translate.get(schema, schema)
        if schema is None:
            query, parameters = _EXISTS + "pg_catalog.pg_type_is_visible(t.oid)", {"name": str(self.name)}
        else:
            query, parameters = _EXISTS + "n.nspname = :schema", {"name": str(self.name), "schema": str(schema)}
        return connection.execute(text(query), parameters).first() is not None


class ENUM(NamedType, NativeForEmulated, t.Enum):
    """A type of labels: postgresql.org/docs/current/datatype-enum.html.

    Args:
        enums: the labels, or one class of :class:`enum.Enum`.
        name: of the type; required but for a class, whose name in lower case is the default.
        create_type: as for :class:`NamedType`.
        kw: as for :class:`lect.Enum`.
    """

    DDLGenerator = CreateEnumType
    DDLDropper = DropEnumType

    def __init__(self, *enums: Any, name: str | None = None, create_type: bool = True, **kw: Any) -> None:
        if kw.get("native_enum") is False and "_enums" not in kw:
            raise ArgumentError(
                "the native_enum flag does not apply to postgresql.ENUM; use lect.Enum to decide about native types"
            )
        self.create_type = create_type
        super().__init__(*enums, name=name, **kw)

    @property
    def _is_created(self) -> bool:
        return bool(self.native_enum)

    @classmethod
    def adapt_emulated_to_native(cls, impl: Any, **kw: Any) -> TypeEngine[Any]:
        """Return the native type of a generic Enum."""
        return impl.adapt(cls, **kw)  # type: ignore[no-any-return]

    def _arguments(self) -> dict[str, Any]:
        return {**super()._arguments(), "create_type": self.create_type}

    def adapt_to_emulated(self, cls: type[Any], **kw: Any) -> Any:
        """Return an Enum of class `cls` with this one's values; what only this dialect knows is left out for others."""
        arguments = {**self._arguments(), **kw}
        if not issubclass(cls, ENUM):
            arguments.pop("create_type")
        return self._carry_schema(cls(**arguments), kw)


class DOMAIN(NamedType, TypeEngine[Any]):
    """A type with rules of its own, made from another: postgresql.org/docs/current/domains.html.

    Args:
        name: of the domain.
        data_type: it is made from.
        collation, default, not_null, check, constraint_name: as in CREATE DOMAIN; `default` and `check` are SQL text
            or ``text()``. The name is that of the check, or of NOT NULL when there is no check.
        collation_schema: schema of the collation.
        create_type: as for :class:`NamedType`.
        schema, metadata, inherit_schema, quote: where it lives.
    """

    __visit_name__ = "DOMAIN"
    DDLGenerator = CreateDomainType
    DDLDropper = DropDomainType

    def __init__(
        self,
        name: str,
        data_type: Any,
        *,
        collation: str | None = None,
        collation_schema: str | None = None,
        default: Any = None,
        constraint_name: str | None = None,
        not_null: bool | None = None,
        check: Any = None,
        create_type: bool = True,
        schema: Any = NO_ARG,
        metadata: Any = None,
        inherit_schema: bool = False,
        quote: bool | None = None,
    ) -> None:
        self.name: str = name
        self.data_type: TypeEngine[Any] = to_instance(data_type)
        self.collation = collation
        self.collation_schema = collation_schema
        if collation is None and collation_schema is not None:
            raise ArgumentError(
                "the 'collation_schema' parameter of DOMAIN requires the 'collation' parameter to also be present"
            )
        self.default = default
        self.constraint_name = constraint_name
        self.not_null = not_null
        self.check = check
        if check is None and not not_null and constraint_name is not None:
            raise ArgumentError(
                "constraint_name is the name of the check, or of NOT NULL; give check or not_null as well"
            )
        self.create_type = create_type
        self.quote = quote
        self._live_in(schema, metadata, inherit_schema)
        if metadata is not None:
            metadata._register_object(self)

    @property
    def python_type(self) -> type[Any]:
        return self.data_type.python_type

    def bind_processor(self, dialect: Any) -> Processor | None:
        return self.data_type._cached_bind_processor(dialect)

    def result_processor(self, dialect: Any, coltype: Any) -> Processor | None:
        return self.data_type._cached_result_processor(dialect, coltype)

    def literal_processor(self, dialect: Any) -> Any:
        return self.data_type._cached_literal_processor(dialect)

    def as_generic(self, allow_nulltype: bool = False) -> TypeEngine[Any]:
        """Return the generic form of the type that the domain is made from."""
        return self.data_type.as_generic(allow_nulltype)

    @property
    def comparator_factory(self) -> Any:
        """A domain has the operators of what it is made from."""
        return self.data_type.comparator_factory
