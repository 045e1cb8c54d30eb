"""Numbers the server hands out: sequences, and identity columns, which are sequences of their own column."""

from __future__ import annotations

from typing import Any

from lect.exc import ArgumentError
from lect.schema.base import SchemaArgument, schema_argument
from lect.schema.defaults import DefaultGenerator, FetchedValue
from lect.sql.dialect_options import DialectKWArgs
from lect.sql.names import quoted_name

__all__ = ["Identity", "IdentityOptions", "Sequence"]

_NUMBERS = ("start", "increment", "minvalue", "maxvalue", "cache")
_OPTIONS = ("start", "increment", "minvalue", "maxvalue", "nominvalue", "nomaxvalue", "cycle", "cache", "order")


class IdentityOptions(DialectKWArgs):
    """The options that sequences and identity columns share; None means that nothing was said.

    Attributes:
        start, increment, minvalue, maxvalue: numbers of the sequence.
        nominvalue, nomaxvalue: ``NO MINVALUE``, ``NO MAXVALUE``.
        cycle: start again at the end.
        cache: how many numbers the server prepares at a time.
        order: hand numbers out in order of request (where the server distinguishes).
    """

    start: int | None
    increment: int | None
    minvalue: int | None
    maxvalue: int | None
    nominvalue: bool | None
    nomaxvalue: bool | None
    cycle: bool | None
    cache: int | None
    order: bool | None

    def _set_options(self, dialect_kw: dict[str, Any], **options: Any) -> None:
        for name in _NUMBERS:
            value = options[name]
            # These are written into DDL, where no parameter can stand: nothing but a number may pass.
            if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
                raise ArgumentError(f"{type(self).__name__}({name}=...) must be an integer, got {value!r}")
        for name in _OPTIONS:
            setattr(self, name, options[name])
        self._set_dialect_kwargs(dialect_kw)

    @property
    def _increment_is_negative(self) -> bool:
        return self.increment is not None and self.increment < 0

    def _options(self) -> dict[str, Any]:
        """Return the options that were given, and the dialects' ones."""
        given = {name: getattr(self, name) for name in _OPTIONS if getattr(self, name) is not None}
        given.update(self._all_dialect_kwargs())
        return given


class Sequence(IdentityOptions, DefaultGenerator):
    """A sequence of the database; as a column's default it gives the number of the row.

    Args:
        name: name of the sequence.
        schema: schema it is in; that of `metadata` if nothing is said.
        data_type: type of its numbers.
        optional: only for databases that have no other way to number rows.
        metadata: the MetaData that creates and drops it, also when no column uses it.
    """

    __visit_name__ = "sequence"
    is_sequence = True
    data_type: Any = None
    metadata: Any = None

    def __init__(
        self,
        name: str,
        start: int | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        nominvalue: bool | None = None,
        nomaxvalue: bool | None = None,
        cycle: bool | None = None,
        schema: SchemaArgument = None,
        cache: int | None = None,
        order: bool | None = None,
        data_type: Any = None,
        optional: bool = False,
        quote: bool | None = None,
        metadata: Any = None,
        quote_schema: bool | None = None,
        for_update: bool = False,
        **dialect_kw: Any,
    ) -> None:
        DefaultGenerator.__init__(self, for_update)
        self._set_options(
            dialect_kw,
            start=start,
            increment=increment,
            minvalue=minvalue,
            maxvalue=maxvalue,
            nominvalue=nominvalue,
            nomaxvalue=nomaxvalue,
            cycle=cycle,
            cache=cache,
            order=order,
        )
        self.name = quoted_name(name, quote)
        self.optional = optional
        self._explicit_schema = schema
        self._quote_schema = quote_schema
        inherited = metadata.schema if metadata is not None else None
        self.schema = schema_argument(schema, quote_schema, inherited)
        self._key = _sequence_key(self.name, self.schema)
        if data_type is not None:
            self.data_type = data_type() if isinstance(data_type, type) else data_type
        if metadata is not None:
            self._set_metadata(metadata)

    def _set_metadata(self, metadata: Any) -> None:
        self.metadata = metadata
        metadata._sequences[self._key] = self

    def _set_parent(self, parent: Any, **how: Any) -> None:
        if parent.__visit_name__ == "metadata":
            self._set_metadata(parent)
            return
        super()._set_parent(parent)
        parent._when_in_table(self._column_attached)

    def _column_attached(self, column: Any, table: Any) -> None:
        """The column this is the default of is in `table` now: its MetaData creates the sequence."""
        self._reschema(table.schema)
        self._set_metadata(table.metadata)

    def _reschema(self, schema: str | None) -> None:
        """Move to the table's schema, unless this sequence was told its own."""
        if self._explicit_schema is None and self.metadata is None and schema is not None:
            self.schema = quoted_name.construct(schema, None)
            self._key = _sequence_key(self.name, self.schema)

    def _copy(self) -> Sequence:
        return Sequence(
            self.name,
            schema=self._explicit_schema,
            data_type=self.data_type,
            optional=self.optional,
            metadata=None,
            for_update=self.for_update,
            quote_schema=self._quote_schema,
            **self._options(),
        )

    def next_value(self) -> Any:
        """Return the SQL function that takes the next number."""
        from lect.sql.functions import next_value

        return next_value(self)

    def create(self, bind: Any, checkfirst: Any = True) -> None:
        """Create the sequence; with `checkfirst`, unless it is there."""
        bind._run_ddl("create", self, checkfirst=checkfirst)

    def drop(self, bind: Any, checkfirst: Any = True) -> None:
        """Drop the sequence; with `checkfirst`, if it is there."""
        bind._run_ddl("drop", self, checkfirst=checkfirst)

    def __repr__(self) -> str:
        parts = [repr(str(self.name))]
        parts += [f"{key}={value!r}" for key, value in self._options().items()]
        if self.schema is not None:
            parts.append(f"schema={str(self.schema)!r}")
        return f"Sequence({', '.join(parts)})"


def _sequence_key(name: str, schema: str | None) -> str:
    return name if schema is None else f"{schema}.{name}"


class Identity(IdentityOptions, FetchedValue):
    """``GENERATED { ALWAYS | BY DEFAULT } AS IDENTITY`` of a column.

    Args:
        always: True for ALWAYS, False for BY DEFAULT, None to say neither where the database allows it.
        on_null: BY DEFAULT ON NULL, where the database knows it.
    """

    __visit_name__ = "identity_column"
    is_identity = True

    def __init__(
        self,
        always: bool | None = False,
        on_null: bool | None = None,
        start: int | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        nominvalue: bool | None = None,
        nomaxvalue: bool | None = None,
        cycle: bool | None = None,
        cache: int | None = None,
        order: bool | None = None,
        **dialect_kw: Any,
    ) -> None:
        FetchedValue.__init__(self)
        self._set_options(
            dialect_kw,
            start=start,
            increment=increment,
            minvalue=minvalue,
            maxvalue=maxvalue,
            nominvalue=nominvalue,
            nomaxvalue=nomaxvalue,
            cycle=cycle,
            cache=cache,
            order=order,
        )
        self.always = always
        self.on_null = on_null
        self.column = None

    def _set_parent(self, parent: Any, **how: Any) -> None:
        other = parent.server_default
        if parent.server_onupdate is not None or (other is not None and other is not self):
            raise ArgumentError(
                "A column with an Identity object cannot specify a server_default or a server_onupdate argument; "
                f"column {str(parent.name)!r} does, or is Computed"
            )
        if parent.autoincrement is False:
            raise ArgumentError(
                f"A column with an Identity object cannot specify autoincrement=False; column {str(parent.name)!r} does"
            )
        self.column = parent
        parent.identity = self
        if parent._user_defined_nullable is parent._nullable_unsaid:
            parent.nullable = False
        parent.server_default = self

    def _as_for_update(self, for_update: bool) -> FetchedValue:
        return self

    def _copy(self) -> Identity:
        copy = Identity(self.always, on_null=self.on_null, **self._options())
        self._copy_info_to(copy)
        return copy

    def __repr__(self) -> str:
        parts = ["always=True"] if self.always else []
        parts += [f"on_null={self.on_null!r}"] if self.on_null is not None else []
        parts += [f"{key}={value!r}" for key, value in self._options().items()]
        return f"Identity({', '.join(parts)})"
