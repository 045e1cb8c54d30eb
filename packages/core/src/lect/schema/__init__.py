"""Tables as data: MetaData, Table, Column, constraints, indexes, defaults, sequences, and the DDL that makes them."""

from __future__ import annotations

from lect.schema.base import (
    BLANK_SCHEMA,
    NULL_UNSPECIFIED,
    RETAIN_SCHEMA,
    SchemaConst,
    SchemaItem,
    SchemaVisitable,
)
from lect.schema.checkfirst import CheckFirst
from lect.schema.column import Column, insert_sentinel
from lect.schema.computed import Computed
from lect.schema.conditional import DDLIf, HasConditionalDDL
from lect.schema.constraints import (
    CheckConstraint,
    ColumnCollectionConstraint,
    ColumnCollectionMixin,
    Constraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from lect.schema.ddl import (
    DDL,
    AddConstraint,
    BaseDDLElement,
    CreateColumn,
    CreateConstraint,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    DDLElement,
    DropColumnComment,
    DropConstraint,
    DropConstraintComment,
    DropIndex,
    DropSchema,
    DropSequence,
    DropTable,
    DropTableComment,
    ExecutableDDLElement,
    SetColumnComment,
    SetConstraintComment,
    SetTableComment,
    TableOptions,
)
from lect.schema.defaults import (
    CallableColumnDefault,
    ColumnDefault,
    ColumnElementColumnDefault,
    DefaultClause,
    DefaultGenerator,
    FetchedValue,
    ScalarElementColumnDefault,
)
from lect.schema.events import DDLEvents
from lect.schema.foreign_key import ForeignKey, ForeignKeyConstraint, ForeignKeyTarget
from lect.schema.index import Index
from lect.schema.metadata import MetaData
from lect.schema.ordering import sort_tables, sort_tables_and_constraints
from lect.schema.sequence import Identity, IdentityOptions, Sequence
from lect.schema.table import Table
from lect.schema.view import CreateTableAs, CreateView, DropView
from lect.sql.names import conv, quoted_name

__all__ = [
    "BLANK_SCHEMA",
    "DDL",
    "NULL_UNSPECIFIED",
    "RETAIN_SCHEMA",
    "AddConstraint",
    "BaseDDLElement",
    "CallableColumnDefault",
    "CheckConstraint",
    "CheckFirst",
    "Column",
    "ColumnCollectionConstraint",
    "ColumnCollectionMixin",
    "ColumnDefault",
    "ColumnElementColumnDefault",
    "Computed",
    "Constraint",
    "CreateColumn",
    "CreateConstraint",
    "CreateIndex",
    "CreateSchema",
    "CreateSequence",
    "CreateTable",
    "CreateTableAs",
    "CreateView",
    "DDLElement",
    "DDLEvents",
    "DDLIf",
    "DefaultClause",
    "DefaultGenerator",
    "DropColumnComment",
    "DropConstraint",
    "DropConstraintComment",
    "DropIndex",
    "DropSchema",
    "DropSequence",
    "DropTable",
    "DropTableComment",
    "DropView",
    "ExecutableDDLElement",
    "FetchedValue",
    "ForeignKey",
    "ForeignKeyConstraint",
    "ForeignKeyTarget",
    "HasConditionalDDL",
    "Identity",
    "IdentityOptions",
    "Index",
    "MetaData",
    "PrimaryKeyConstraint",
    "ScalarElementColumnDefault",
    "SchemaConst",
    "SchemaItem",
    "SchemaVisitable",
    "Sequence",
    "SetColumnComment",
    "SetConstraintComment",
    "SetTableComment",
    "Table",
    "TableOptions",
    "UniqueConstraint",
    "conv",
    "insert_sentinel",
    "quoted_name",
    "sort_tables",
    "sort_tables_and_constraints",
]
