"""Types that PostgreSQL has beside the generic ones: postgresql.org/docs/current/datatype.html."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from lect import text
from lect import types as t
from lect.types.array import ARRAY as GenericArray
from lect.types.array import ArrayComparator
from lect.types.interval import AbstractInterval
from lect.types.type_engine import NativeForEmulated, Processor, TypeEngine
from lect_postgresql.ddl import CreateEnumType, DropEnumType

__all__ = [
    "ARRAY",
    "BIT",
    "BYTEA",
    "CIDR",
    "CITEXT",
    "DOMAIN",
    "ENUM",
    "HSTORE",
    "INET",
    "INTERVAL",
    "JSON",
    "JSONB",
    "MACADDR",
    "MACADDR8",
    "MONEY",
    "OID",
    "REGCLASS",
    "REGCONFIG",
    "TIME",
    "TIMESTAMP",
    "TSQUERY",
    "TSVECTOR",
    "TYPE_ADAPTATIONS",
]


class BYTEA(t.LargeBinary):
    """Bytes."""

    __visit_name__ = "BYTEA"


class _Named(TypeEngine[str]):
    """A type without arguments whose values pass as text, or as what the driver makes of them."""

    @property
    def python_type(self) -> type[str]:
        return str


class INET(_Named):
    """An address of a host, with the length of its network or without."""

    __visit_name__ = "INET"


class CIDR(_Named):
    """An address of a network."""

    __visit_name__ = "CIDR"


class MACADDR(_Named):
    """A MAC address of six bytes."""

    __visit_name__ = "MACADDR"


class MACADDR8(_Named):
    """A MAC address of eight bytes."""

    __visit_name__ = "MACADDR8"


class MONEY(_Named):
    """An amount, written as the server's locale has it; NUMERIC is the better choice for calculations."""

    __visit_name__ = "MONEY"


class OID(TypeEngine[int]):
    """An object identifier of the catalogue."""

    __visit_name__ = "OID"


class REGCLASS(_Named):
    """The name of a table, an index or a sequence, as the catalogue resolves it."""

    __visit_name__ = "REGCLASS"


class REGCONFIG(_Named):
    """The name of a text search configuration."""

    __visit_name__ = "REGCONFIG"


class TSVECTOR(t.String):
    """A document prepared for text search."""

    __visit_name__ = "TSVECTOR"


class TSQUERY(t.String):
    """A text search."""

    __visit_name__ = "TSQUERY"


class CITEXT(t.TEXT):
    """Text compared without regard to case; of the extension of the same name."""

    __visit_name__ = "CITEXT"


class HSTORE(TypeEngine[dict[str, str]]):
    """Pairs of strings; of the extension of the same name."""

    __visit_name__ = "HSTORE"


class BIT(TypeEngine[str]):
    """A string of bits: `length` of them, at most `length` when `varying`."""

    __visit_name__ = "BIT"

    def __init__(self, length: int | None = None, varying: bool = False) -> None:
        self.length = length or (None if varying else 1)
        self.varying = varying


class TIMESTAMP(t.TIMESTAMP):
    """A point in time, `precision` digits after the second."""

    __visit_name__ = "TIMESTAMP"

    def __init__(self, timezone: bool = False, precision: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.precision = precision


class TIME(t.TIME):
    """A time of day, `precision` digits after the second."""

    __visit_name__ = "TIME"

    def __init__(self, timezone: bool = False, precision: int | None = None) -> None:
        super().__init__(timezone=timezone)
        self.precision = precision


class INTERVAL(NativeForEmulated, AbstractInterval):
    """A duration; ``datetime.timedelta``, which counts a month as 30 days.

    Args:
        precision: digits after the second.
        fields: what is kept of it: ``"YEAR"``, ``"DAY TO SECOND"`` …
    """

    __visit_name__ = "INTERVAL"
    native: ClassVar[bool] = True

    def __init__(self, precision: int | None = None, fields: str | None = None) -> None:
        self.precision = precision
        self.fields = fields

    @property
    def python_type(self) -> type[dt.timedelta]:
        return dt.timedelta

    @classmethod
    def adapt_emulated_to_native(cls, interval: Any, **kw: Any) -> INTERVAL:
        """Return the type for a generic Interval."""
        return cls(precision=getattr(interval, "second_precision", None))


class JSON(t.JSON):
    """A document, kept as the text it came in."""


class JSONB(JSON):
    """A document, kept decomposed: faster to search, keys in no order, without duplicates."""

    __visit_name__ = "JSONB"


class ENUM(t.Enum):
    """A type of labels, created in the schema under its name.

    Args:
        create_type: the type is created and dropped with the tables that use it; False: only by its own
            ``create()`` and ``drop()``.
    """

    def __init__(self, *enums: Any, name: str | None = None, create_type: bool = True, **kw: Any) -> None:
        self.create_type = create_type
        super().__init__(*enums, name=name, **kw)

    def create(self, bind: Any, checkfirst: bool = True) -> None:
        """Create the type, unless it is there already and `checkfirst` says to look."""
        if self.native_enum and not (checkfirst and self._exists(bind)):
            _execute(bind, CreateEnumType(self))

    def drop(self, bind: Any, checkfirst: bool = True) -> None:
        """Drop the type, unless it is not there and `checkfirst` says to look."""
        if self.native_enum and not (checkfirst and not self._exists(bind)):
            _execute(bind, DropEnumType(self))

    def _exists(self, bind: Any) -> bool:
        statement = text(
            "SELECT 1 FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
            "WHERE t.typname = :name AND "
            + ("n.nspname = :schema" if self.schema else "pg_catalog.pg_type_is_visible(t.oid)")
        )
        parameters = {"name": str(self.name), **({"schema": str(self.schema)} if self.schema else {})}
        return _execute(bind, statement, parameters).first() is not None


def _execute(bind: Any, statement: Any, parameters: Any = None) -> Any:
    """Execute on a connection, or on a connection of an engine that is committed."""
    if hasattr(bind, "begin_nested"):
        return bind.execute(statement, parameters)
    with bind.begin() as connection:
        return connection.execute(statement, parameters).freeze()() if parameters else connection.execute(statement)


class DOMAIN(_Named):
    """A type with constraints of its own, made from another.

    Args:
        name: of the domain.
        data_type: it is made from.
        schema, collation, default, not_null, check, constraint_name: as in CREATE DOMAIN.
    """

    __visit_name__ = "DOMAIN"

    def __init__(
        self,
        name: str,
        data_type: Any,
        *,
        schema: str | None = None,
        collation: str | None = None,
        default: Any = None,
        not_null: bool | None = None,
        check: Any = None,
        constraint_name: str | None = None,
    ) -> None:
        self.name = name
        self.data_type = data_type
        self.schema = schema
        self.collation = collation
        self.default = default
        self.not_null = not_null
        self.check = check
        self.constraint_name = constraint_name


class ARRAY(GenericArray):
    """An array, with PostgreSQL's operators for what it contains."""

    class Comparator(ArrayComparator):
        """``@>``, ``<@`` and ``&&`` beside what every array has."""

        def contains(self, *arg: Any, **kw: Any) -> Any:
            """True where the array holds all elements of the other."""
            return self.expr.op("@>", precedence=5, is_comparison=True)(arg[0])

        def contained_by(self, other: Any) -> Any:
            """True where the other array holds all elements of this one."""
            return self.expr.op("<@", precedence=5, is_comparison=True)(other)

        def overlap(self, other: Any) -> Any:
            """True where the arrays have an element in common."""
            return self.expr.op("&&", precedence=5, is_comparison=True)(other)

    comparator_factory = Comparator

    def bind_processor(self, dialect: Any) -> Processor | None:
        item = self.item_type.dialect_impl(dialect)._cached_bind_processor(dialect)
        if item is None:
            return None
        return lambda value: None if value is None else _mapped(value, item)


def _mapped(value: Any, item: Processor) -> Any:
    return [_mapped(v, item) if isinstance(v, (list, tuple)) else item(v) for v in value]


class JSONPathType(t.JSON.JSONPathType):
    """A path as an array of text: ``{"a",1}``."""

    def _formatted(self, value: Any) -> str:
        return "{" + ",".join([_path_step(step) for step in value]) + "}"


def _path_step(step: Any) -> str:
    if isinstance(step, int):
        return str(step)
    escaped = step.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


#: Generic class -> PostgreSQL's class for it.
TYPE_ADAPTATIONS: dict[type, type] = {
    t.JSON.JSONPathType: JSONPathType,
    t.ARRAY: ARRAY,
    t.Interval: INTERVAL,
    t.Enum: ENUM,
    t.JSON: JSON,
}
