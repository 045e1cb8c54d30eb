"""FOREIGN KEY: references by name, found when the table they name is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from lect.exc import (
    ArgumentError,
    InvalidRequestError,
    NoReferencedColumnError,
    NoReferencedTableError,
    nearest,
)
from lect.schema.base import SchemaItem
from lect.schema.constraints import ColumnCollectionConstraint
from lect.schema.expressions import described
from lect.schema.table_key import table_key
from lect.sql.dialect_options import DialectKWArgs

__all__ = ["ForeignKey", "ForeignKeyConstraint", "ForeignKeyTarget"]


class ForeignKeyTarget(NamedTuple):
    """What a foreign key points at, in parts that are taken as they are (a name with a dot in it is one name)."""

    schema: str | None
    table_name: str
    column_name: str | None

    @property
    def full_name(self) -> str:
        """The parts joined with dots."""
        return ".".join(str(part) for part in self if part is not None)


def _target_of(column: Any) -> Any:
    """Return what a ForeignKey was given as a string, a ForeignKeyTarget or a column object."""
    if isinstance(column, (str, ForeignKeyTarget)):
        return column
    if hasattr(type(column), "__clause_element__"):
        column = column.__clause_element__()
    if getattr(column, "__visit_name__", None) != "column":
        raise ArgumentError(
            f"String column name or Column object for DDL foreign key constraint expected, got {column!r}."
        )
    table = getattr(column, "table", None)
    if table is not None and getattr(table, "__visit_name__", None) != "table":
        raise ArgumentError(f"ForeignKey received Column not bound to a Table, got: {table!r}")
    return column


class ForeignKey(DialectKWArgs, SchemaItem):
    """One column's reference to another.

    Args:
        column: ``"table.column"``, ``"schema.table.column"``, a Column, or a :class:`ForeignKeyTarget`. A bare table
            name refers to its column of the same key.
        use_alter: create the constraint with ALTER, after the tables.
        name, onupdate, ondelete, deferrable, initially, match: of the constraint.
        link_to_name: the string names the column's `name`, not its `key`.
    """

    __visit_name__ = "foreign_key"
    parent: Any = None
    constraint: ForeignKeyConstraint | None = None
    _found: Any = None

    def __init__(
        self,
        column: Any,
        _constraint: ForeignKeyConstraint | None = None,
        use_alter: bool = False,
        name: str | None = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        link_to_name: bool = False,
        match: str | None = None,
        info: dict[Any, Any] | None = None,
        comment: str | None = None,
        _unresolvable: bool = False,
        **dialect_kw: Any,
    ) -> None:
        self._target = _target_of(column)
        self._unresolvable = _unresolvable
        self.constraint = _constraint
        self.use_alter = use_alter
        self.name = name
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.deferrable = deferrable
        self.initially = initially
        self.link_to_name = link_to_name
        self.match = match
        self.comment = comment
        if info is not None:
            self.info = info
        # Kept for the constraint that is made when the column gets into a table; checked there.
        self._dialect_kw = dialect_kw

    # -- what it points at --------------------------------------------------------------------------------------------

    @property
    def _table_column(self) -> Any:
        """The Column object this was given, None when it was given a name."""
        return None if isinstance(self._target, (str, ForeignKeyTarget)) else self._target

    @property
    def target_tokens(self) -> ForeignKeyTarget:
        """Schema, table and column as they were given; the schema is that of the MetaData when none was."""
        return self._tokens()

    def _tokens(self) -> ForeignKeyTarget:
        target = self._target
        if isinstance(target, ForeignKeyTarget):
            tokens = target
        elif isinstance(target, str):
            parts = target.split(".")
            if len(parts) == 1:
                tokens = ForeignKeyTarget(None, parts[0], None)
            else:
                tokens = ForeignKeyTarget(".".join(parts[:-2]) or None, parts[-2], parts[-1])
        else:
            if target.table is None:
                raise InvalidRequestError(
                    f"ForeignKey to column {str(target.name)!r} cannot say what it refers to: that Column is in no "
                    "table yet"
                )
            return ForeignKeyTarget(target.table.schema, target.table.name, target.key)
        if tokens.schema is None:
            metadata = self._metadata
            if metadata is not None and metadata.schema is not None:
                return tokens._replace(schema=metadata.schema)
        return tokens

    @property
    def _metadata(self) -> Any:
        table = getattr(self.parent, "table", None)
        return getattr(table, "metadata", None)

    @property
    def target_table_key(self) -> str:
        """The key in ``MetaData.tables`` of the table this points at."""
        tokens = self._tokens()
        return table_key(tokens.table_name, tokens.schema)

    @property
    def target_fullname(self) -> str:
        """``schema.table.column`` as a string, as far as it was given."""
        return self._spec()

    @property
    def _colspec(self) -> Any:
        return self._target

    @property
    def _column_tokens(self) -> tuple[str | None, str, str | None]:
        tokens = self._tokens()
        return (tokens.schema, tokens.table_name, tokens.column_name)

    def _spec(self, schema: Any = False, table_name: str | None = None, is_default_schema: bool = False) -> str:
        """Return the target as a string; with `schema` (None for no schema) or `table_name`, as if it were there.

        `is_default_schema`: the schema applies only when the target names none.
        """
        target = self._target
        if not isinstance(target, (str, ForeignKeyTarget)):
            if schema is False and table_name is None:
                return f"{target.table.fullname}.{target.key}" if target.table is not None else str(target.key)
            where = target.table.schema if schema is False else schema
            return _dotted(where, table_name or target.table.name, target.key)
        if schema is False and table_name is None:
            return target if isinstance(target, str) else target.full_name
        tokens = target if isinstance(target, ForeignKeyTarget) else self._tokens()
        where = tokens.schema if schema is False or (is_default_schema and tokens.schema is not None) else schema
        return _dotted(where, table_name or tokens.table_name, tokens.column_name)

    def references(self, table: Any) -> bool:
        """Whether the column this points at is one of `table`, or of what it selects from."""
        return self.get_referent(table) is not None

    def get_referent(self, table: Any) -> Any:
        """Return the column of `table` (any FROM element) that stands for the one this points at, or None."""
        return table.columns.corresponding_column(self.column)

    @property
    def column(self) -> Any:
        """The Column this points at.

        Raises:
            NoReferencedTableError: the table it names is not in the MetaData.
            NoReferencedColumnError: that table has no such column.
            InvalidRequestError: the column that holds this belongs to no table yet.
        """
        found = self._found
        if found is not None:
            return found
        if not isinstance(self._target, (str, ForeignKeyTarget)):
            return self._target
        original = self.__dict__.get("_original")
        if original is not None:  # of a column of an alias or subquery
            return original.column
        if self.parent is None:
            raise InvalidRequestError("this ForeignKey object does not yet have a parent Column associated with it.")
        table = self.parent.table
        if table is None:
            raise InvalidRequestError("this ForeignKey's parent column is not yet associated with a Table.")
        referred = self._referred_table(table)
        self._found = self._referred_column(table, referred)
        return self._found

    def _referred_table(self, table: Any) -> Any:
        tokens = self._tokens()
        key = table_key(tokens.table_name, tokens.schema)
        metadata = table.metadata
        if self._unresolvable or key not in metadata.tables:
            raise NoReferencedTableError(
                f"Foreign key associated with column '{described(self.parent)}' could not find table '{key}' with "
                f"which to generate a foreign key to target column '{tokens.column_name}'"
                f"{nearest(key, metadata.tables)}",
                key,
            )
        return metadata.tables[key]

    def _referred_column(self, table: Any, referred: Any) -> Any:
        name = self._tokens().column_name
        if name is None:
            name = self.parent.key
        if self.link_to_name:
            for column in referred.c:
                if column.name == name:
                    return column
        elif name in referred.c:
            return referred.c[name]
        raise NoReferencedColumnError(
            f"Could not initialize target column for ForeignKey '{self._spec()}' on table '{table.name}': table "
            f"'{referred.name}' has no column named '{name}'{nearest(name, referred.c.keys())}",
            referred.name,
            name,
        )

    # -- becoming part of a column and a table ------------------------------------------------------------------------

    def _set_parent(self, parent: Any, **how: Any) -> None:
        if self.parent is not None and self.parent is not parent:
            raise InvalidRequestError("This ForeignKey already has a parent !")
        if getattr(parent, "__visit_name__", None) != "column":
            raise ArgumentError(f"A ForeignKey belongs to a Column, not to {parent!r}")
        self.parent = parent
        parent.foreign_keys.add(self)
        parent._when_in_table(self._column_in_table)

    def _column_in_table(self, column: Any, table: Any) -> None:
        if not hasattr(table, "metadata"):
            return
        if self.constraint is None:
            self.constraint = ForeignKeyConstraint(
                [],
                [],
                use_alter=self.use_alter,
                name=self.name,
                onupdate=self.onupdate,
                ondelete=self.ondelete,
                deferrable=self.deferrable,
                initially=self.initially,
                match=self.match,
                comment=self.comment,
                **self._dialect_kw,
            )
            self.constraint._append_element(column, self)
            self.constraint._attach(table)
        table.foreign_keys.add(self)
        if isinstance(self._target, (str, ForeignKeyTarget)):
            table.metadata._foreign_key_waits(self)
        else:
            self._target_known(self._target)

    def _try_resolve(self) -> bool:
        """Find the target if its table and column are there by now, and give the type to a column that has none."""
        try:
            column = self.column
        except (NoReferencedTableError, NoReferencedColumnError):
            return False
        self._target_known(column)
        return True

    def _target_known(self, target: Any) -> None:
        parent = self.parent
        if not parent.type._isnull:
            return
        if target.type._isnull:
            # The target waits for its own reference: tell this one when it knows.
            target._when_typed(lambda: self._target_known(target))
            return
        parent._set_type(target.type)

    def _for_proxy(self, proxy: Any) -> ForeignKey:
        """Return the foreign key of `proxy`, a column of an alias or subquery that stands for this one's parent."""
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy.parent = proxy
        copy.__dict__["_original"] = self.__dict__.get("_original", self)
        return copy

    def _dispose(self) -> None:
        """Forget what was found, because the table it was found in has left the MetaData."""
        if isinstance(self._target, (str, ForeignKeyTarget)):
            self._found = None

    def _copy(self, *, schema: Any = False, **kw: Any) -> ForeignKey:
        column: Any = self._target
        if schema is not False:
            column = self._spec(schema=schema)
        copy = ForeignKey(
            column,
            use_alter=self.use_alter,
            name=self.name,
            onupdate=self.onupdate,
            ondelete=self.ondelete,
            deferrable=self.deferrable,
            initially=self.initially,
            link_to_name=self.link_to_name,
            match=self.match,
            comment=self.comment,
            _unresolvable=self._unresolvable,
            **self._dialect_kw,
        )
        self._copy_info_to(copy)
        return copy

    def copy(self, *, schema: Any = False, **kw: Any) -> ForeignKey:
        """Return a copy that belongs to no column."""
        return self._copy(schema=schema, **kw)

    def __repr__(self) -> str:
        return f"ForeignKey({str(self._spec())!r})"


def _dotted(schema: str | None, table: str, column: str | None) -> str:
    return ".".join(str(part) for part in (schema, table, column) if part is not None)


class ForeignKeyConstraint(ColumnCollectionConstraint):
    """FOREIGN KEY over one or more columns.

    Args:
        columns: keys of the columns, or Columns.
        refcolumns: as many targets, each as for :class:`ForeignKey`; all of one table.
        onupdate, ondelete: an action, as ``"CASCADE"`` or ``"SET NULL"``.
        use_alter: create the constraint with ALTER, after the tables, and drop it before them; its name is needed then.
        link_to_name: strings in `refcolumns` are names of columns, not keys.
        match: ``"FULL"``, ``"PARTIAL"``, ``"SIMPLE"``.
    """

    __visit_name__ = "foreign_key_constraint"

    def __init__(
        self,
        columns: Sequence[Any],
        refcolumns: Sequence[Any],
        name: str | None = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        use_alter: bool = False,
        link_to_name: bool = False,
        match: str | None = None,
        table: Any = None,
        info: dict[Any, Any] | None = None,
        comment: str | None = None,
        **dialect_kw: Any,
    ) -> None:
        for given, what in ((columns, "columns"), (refcolumns, "refcolumns")):
            if isinstance(given, str):
                raise ArgumentError(f"ForeignKeyConstraint({what}=...) must be a list of columns, got {given!r}")
        if len(columns) != len(refcolumns):
            raise ArgumentError(
                "ForeignKeyConstraint number of constrained columns must match the number of referenced columns."
            )
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.use_alter = use_alter
        self.link_to_name = link_to_name
        self.match = match
        self.elements: list[ForeignKey] = [
            ForeignKey(
                target,
                _constraint=self,
                onupdate=onupdate,
                ondelete=ondelete,
                use_alter=use_alter,
                link_to_name=link_to_name,
                match=match,
                deferrable=deferrable,
                initially=initially,
                name=name,
            )
            for target in refcolumns
        ]
        super().__init__(
            *columns,
            name=name,
            deferrable=deferrable,
            initially=initially,
            info=info,
            _autoattach=table is None,
            **dialect_kw,
        )
        self.comment = comment
        if table is not None:
            if self._pending and any(
                not isinstance(c, str) and getattr(c, "table", table) is not table for c in self._pending
            ):
                raise ArgumentError(f"ForeignKeyConstraint has columns that are not part of table {table.fullname!r}")
            self._attach(table)

    def _append_element(self, column: Any, fk: ForeignKey) -> None:
        self._columns.add(column)
        self.elements.append(fk)

    def _set_parent(self, parent: Any, **how: Any) -> None:
        super()._set_parent(parent)
        columns = list(self._columns)
        for column, fk in zip(columns, self.elements, strict=True):
            if fk.parent is not column:
                fk._attach(column)
        self._check_one_target(parent)
        parent.metadata._name_constraint(self, parent)
        parent._changed()

    def _check_one_target(self, table: Any) -> None:
        keys = []
        for fk in self.elements:
            key = _target_table_name(fk)
            if key is not None and key not in keys:
                keys.append(key)
        if len(keys) > 1:
            columns = ", ".join(str(c.key) for c in self._columns)
            raise ArgumentError(
                f"ForeignKeyConstraint on {table.fullname}({columns}) refers to multiple remote tables: "
                f"{keys[0]} and {keys[1]}"
            )

    @property
    def _elements(self) -> dict[str, ForeignKey]:
        return dict(zip(self.column_keys, self.elements, strict=True))

    @property
    def _referred_schema(self) -> str | None:
        return self.elements[0]._tokens().schema if self.elements else None

    @property
    def column_keys(self) -> list[str]:
        """Keys of the constrained columns, in order; also before the constraint is in a table."""
        if self.__dict__["_attached"] or len(self._columns):
            return [c.key for c in self._columns]
        return [c if isinstance(c, str) else c.key for c in self._pending]

    @property
    def referred_table(self) -> Any:
        """The Table this refers to; the errors of :attr:`ForeignKey.column` if it cannot be found."""
        return self.elements[0].column.table

    def _copy(self, target_table: Any = None, *, schema: Any = False, **kw: Any) -> ForeignKeyConstraint:
        targets: list[Any] = []
        mine = self.__dict__.get("parent")
        for fk in self.elements:
            to_itself = (
                mine is not None
                and target_table is not None
                and fk._table_column is None
                and _target_table_name(fk) == mine.fullname
            ) or (fk._table_column is not None and fk._table_column.table is mine)
            if schema is False and not (to_itself and target_table is not None):
                targets.append(fk._target)
                continue
            targets.append(
                fk._spec(
                    schema=schema,
                    table_name=target_table.name if target_table is not None and to_itself else None,
                )
            )
        copy = ForeignKeyConstraint(
            self.column_keys,
            targets,
            onupdate=self.onupdate,
            ondelete=self.ondelete,
            use_alter=self.use_alter,
            link_to_name=self.link_to_name,
            match=self.match,
            **self._common(),
        )
        for original, copied in zip(self.elements, copy.elements, strict=True):
            original._copy_info_to(copied)
        return self._copied(copy)  # type: ignore[no-any-return]

    def copy(self, *, schema: Any = False, target_table: Any = None, **kw: Any) -> ForeignKeyConstraint:
        """Return a copy that belongs to no table."""
        return self._copy(schema=schema, target_table=target_table)

    def _repr_inside(self) -> str:
        targets = [str(fk._spec()) for fk in self.elements]
        return f"{self.column_keys!r}, {targets!r}"


def _target_table_name(fk: ForeignKey) -> str | None:
    if fk._table_column is not None:
        table = fk._table_column.table
        return None if table is None else table.fullname
    tokens = fk._tokens()
    return table_key(tokens.table_name, tokens.schema)
