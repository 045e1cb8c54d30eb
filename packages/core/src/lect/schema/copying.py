"""A table copied into another MetaData, or into its own under another name."""

from __future__ import annotations

import warnings
from typing import Any

from lect.exc import LectWarning
from lect.schema.base import BLANK_SCHEMA, RETAIN_SCHEMA
from lect.schema.table_key import table_key
from lect.types.schema_type import SchemaType

__all__ = ["copy_table"]


def copy_table(cls: Any, table: Any, metadata: Any, schema: Any, referred_schema_fn: Any, name: str | None) -> Any:
    """Return the copy of `table` in `metadata`; see ``Table.to_metadata``."""
    name = table.name if name is None else name
    if schema is RETAIN_SCHEMA:
        where = table.schema
    elif schema is None:
        where = metadata.schema
    elif schema is BLANK_SCHEMA:
        where = None
    else:
        where = schema
    key = table_key(name, where)
    if key in metadata.tables:
        warnings.warn(
            f"Table '{table.description}' already exists within the given MetaData - not copying.",
            LectWarning,
            stacklevel=3,
        )
        return metadata.tables[key]
    columns = [column._copy() for column in table.columns]
    for column in columns:
        _copy_named_type(column, metadata, where, moved=schema is not None and schema is not RETAIN_SCHEMA)
    copy = cls(
        name,
        metadata,
        *columns,
        schema=BLANK_SCHEMA if where is None else where,
        comment=table.comment,
        prefixes=table._prefixes,
        implicit_returning=table.implicit_returning,
        **table._all_dialect_kwargs(),
    )
    _copy_constraints(table, copy, where, referred_schema_fn)
    for index in sorted(table.indexes, key=lambda i: str(i.name)):
        if not index._column_flag:
            index._copy(target_table=copy)
    if table._creator_ddl is not None:
        copy._creator_ddl = table._creator_ddl.to_metadata(metadata, copy)
    if table._dropper_ddl is not None:
        copy._dropper_ddl = table._dropper_ddl.to_metadata(metadata, copy)
    return table._copy_info_to(copy)


def _copy_named_type(column: Any, metadata: Any, schema: str | None, *, moved: bool) -> None:
    """Give a copied column a named type of its own, that belongs to `metadata` and moves with the table."""
    type_: Any = column.type
    if not isinstance(type_, SchemaType):
        return
    named: Any = type_
    copy = named.copy()
    copy._placed = False
    if type_.metadata is not None:
        copy.metadata = metadata
        if not type_._schema_given:
            copy.schema = metadata.schema
        metadata._register_object(copy)
    if moved and not type_._schema_given:
        copy.schema, copy._schema_given = schema, True
    column.type = copy


def _copy_constraints(table: Any, copy: Any, schema: str | None, referred_schema_fn: Any) -> None:
    for constraint in table._sorted_constraints:
        if constraint.__visit_name__ == "foreign_key_constraint":
            referred = constraint._referred_schema
            if referred_schema_fn is not None:
                to_schema = referred_schema_fn(table, schema, constraint, referred)
                if to_schema is None or to_schema is RETAIN_SCHEMA:
                    to_schema = False  # as it is
            else:
                # A reference inside of the schema goes with the table; one to another schema stays.
                to_schema = schema if referred == table.schema else referred
            copy.append_constraint(constraint._copy(schema=to_schema, target_table=copy))
        elif not constraint._type_bound and not getattr(constraint, "_column_flag", False):
            copy.append_constraint(constraint._copy(target_table=copy))
