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
from lect.schema.base import BLANK_SCHEMA, SchemaItem
from lect.schema.constraints import ColumnCollectionConstraint
from lect.schema.expressions import described, without_annotations
from lect.schema.table_key import table_key
from lect.sql.dialect_options import DialectKWArgs

__all__ = ["ForeignKey", "ForeignKeyConstraint", "ForeignKeyTarget"]


class ForeignKeyTarget(NamedTuple):
    """What a foreign key points at, in parts that are taken as they are: a name with a dot in it is one name."""

    schema: str | None
    table_name: str | None
    column_name: str | None

    def _as_string(self) -> str:
        """Return the parts joined with dots; InvalidRequestError when that would be read as something else."""
        reason = None
        if not self.table_name:
            reason = "the target has no table name"
        elif "." in self.table_name:
            reason = f"the table name {str(self.table_name)!r} contains a dot"
        elif self.column_name is not None and "." in self.column_name:
            reason = f"the column name {str(self.column_name)!r} contains a dot"
        elif self.schema is not None and self.column_name is None:
            reason = f"a schema name {str(self.schema)!r} is present with no column name"
        if reason is not None:
            raise InvalidRequestError(
                "Can't render a single string representation for foreign key target "
                f"(schema={self.schema!r}, table_name={self.table_name!r}, column_name={self.column_name!r}); {reason}"
            )
        return ".".join(str(part) for part in self if part is not None)


def _target_of(column: Any) -> Any:
    """Return what a ForeignKey points at: a ForeignKeyTarget, or the column object it was given."""
    if isinstance(column, str):
        parts = column.split(".")
        if len(parts) == 1:
            return ForeignKeyTarget(None, column, None)
        return ForeignKeyTarget(".".join(parts[:-2]) or None, parts[-2], parts[-1])
    if isinstance(column, tuple):
        return _target_in_parts(column)
    given = column
    if hasattr(type(column), "__clause_element__"):
        column = column.__clause_element__()
    if getattr(column, "__visit_name__", None) != "column":
        raise ArgumentError(
            f"String column name or Column object for DDL foreign key constraint expected, got {given!r}."
        )
    table = getattr(column, "table", None)
    if table is not None and getattr(table, "__visit_name__", None) != "table":
        raise ArgumentError(
            f"ForeignKey target Column {described(column)!r} is associated with {table!r}, which is not a Table; a "
            "foreign key may only target a Column of a Table"
        )
    return without_annotations(column)


def _target_in_parts(parts: tuple[Any, ...]) -> ForeignKeyTarget:
    if len(parts) not in (2, 3):
        raise ArgumentError(
            "A ForeignKey target given as a tuple must have two tokens (table_name, column_name) or three tokens "
            f"(schema, table_name, column_name), got {parts!r}"
        )
    target = ForeignKeyTarget(*parts) if len(parts) == 3 else ForeignKeyTarget(None, *parts)
    if not target.table_name or not isinstance(target.table_name, str):
        raise ArgumentError(f"ForeignKey target table_name must be a non-empty string, got {target.table_name!r}")
    return target


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
    def target_column(self) -> Any:
        """The Column object this was given; None when it was given a name."""
        return None if isinstance(self._target, ForeignKeyTarget) else self._target

    _table_column = target_column

    @property
    def target_tokens(self) -> ForeignKeyTarget:
        """Schema, table and column as they were given, or as the Column it was given says by now."""
        target = self._target
        if isinstance(target, ForeignKeyTarget):
            return target
        if target.table is None:
            # Not in a table yet: a column of this key, of a table that only its being there will tell.
            return ForeignKeyTarget(None, target.key, None)
        return ForeignKeyTarget(target.table.schema, target.table.name, target.key)

    _column_tokens = target_tokens

    def _tokens(self) -> ForeignKeyTarget:
        """Return the target as it is looked for: in the schema of the MetaData when it names none."""
        tokens = self.target_tokens
        if tokens.schema is None and isinstance(self._target, ForeignKeyTarget):
            metadata = self._metadata
            if metadata is not None and metadata.schema is not None:
                return tokens._replace(schema=metadata.schema)
        return tokens

    @property
    def _metadata(self) -> Any:
        table = getattr(self.parent, "table", None)
        return getattr(table, "metadata", None)

    @property
    def target_table_key(self) -> str | None:
        """The key in ``MetaData.tables`` of the table this points at; None for a Column that is in no table yet."""
        if not isinstance(self._target, ForeignKeyTarget) and self._target.table is None:
            return None
        tokens = self.target_tokens
        return table_key(str(tokens.table_name), tokens.schema)

    @property
    def _lookup_key(self) -> str:
        tokens = self._tokens()
        return table_key(str(tokens.table_name), tokens.schema)

    @property
    def target_fullname(self) -> str:
        """``schema.table.column``, as far as it was given; InvalidRequestError when a name in it has a dot."""
        return self.target_tokens._as_string()

    @property
    def _colspec(self) -> Any:
        column = self.target_column
        return self.target_fullname if column is None else column

    def _retargeted(self, schema: Any = False, table_name: str | None = None) -> Any:
        """Return the target as another ForeignKey takes it, in `schema` or as `table_name` if they are given."""
        column = self.target_column
        if column is not None and column.table is None:
            raise InvalidRequestError("Can't copy ForeignKey object which refers to non-table bound Column")
        if schema is False and table_name is None:
            return self._target
        tokens = self.target_tokens
        if schema is not False:
            tokens = tokens._replace(schema=None if schema is BLANK_SCHEMA else schema)
        return tokens if table_name is None else tokens._replace(table_name=table_name)

    def _get_colspec(self, schema: Any = False, table_name: str | None = None) -> str:
        target = self._retargeted(schema, table_name)
        return (target if isinstance(target, ForeignKeyTarget) else self.target_tokens)._as_string()

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
        if not isinstance(self._target, ForeignKeyTarget):
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
        key = self._lookup_key
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
        tokens = self.target_tokens
        try:
            shown = f"'{tokens._as_string()}'"
        except InvalidRequestError:
            shown = f"(schema={tokens[0]!r}, table_name={tokens[1]!r}, column_name={tokens[2]!r})"
        raise NoReferencedColumnError(
            f"Could not initialize target column for ForeignKey {shown} on table '{table.name}': table "
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
        if isinstance(self._target, ForeignKeyTarget):
            table.metadata._foreign_key_waits(self)
        else:
            self._target_known(self._target)

    def _resolve_column(self, raiseerr: bool = True) -> Any:
        """Return the column this points at; with ``raiseerr=False``, None when it cannot be found."""
        table = getattr(self.parent, "table", None)
        if not raiseerr and table is not None and table.key not in table.metadata.tables:
            return None
        try:
            return self.column
        except InvalidRequestError:
            if raiseerr:
                raise
            return None

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
        if isinstance(self._target, ForeignKeyTarget):
            self._found = None

    def _copy(self, *, schema: Any = False, **kw: Any) -> ForeignKey:
        copy = ForeignKey(
            self._retargeted(schema),
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
        target = self.target_tokens
        try:
            return f"ForeignKey({target._as_string()!r})"
        except InvalidRequestError:
            return f"ForeignKey({target!r})"


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
    _named_late = True

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
            raise ArgumentError(
                f"ForeignKeyConstraint on {table.fullname}({self._col_description}) refers to multiple remote tables: "
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
    def _col_description(self) -> str:
        return ", ".join(self.column_keys)

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
            new_name = target_table.name if target_table is not None and to_itself else None
            targets.append(fk._retargeted(schema, new_name))
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
        targets = [fk.target_tokens for fk in self.elements]
        return f"{self.column_keys!r}, {targets!r}"


def _target_table_name(fk: ForeignKey) -> str | None:
    if fk._table_column is not None:
        table = fk._table_column.table
        return None if table is None else table.fullname
    return fk._lookup_key
