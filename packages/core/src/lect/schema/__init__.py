"""Tables as data: MetaData, Table, Column, constraints, indexes, defaults, sequences, and the DDL that makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lect.lazy import lazy_names
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
from lect.schema.conditional import DDLIf, HasConditionalDDL
from lect.schema.constraints import (
    CheckConstraint,
    ColumnCollectionConstraint,
    ColumnCollectionMixin,
    Constraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
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
from lect.schema.table import Table
from lect.sql.names import conv, quoted_name

if TYPE_CHECKING:
    from lect.schema.computed import Computed
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
    from lect.schema.sequence import Identity, IdentityOptions, Sequence
    from lect.schema.view import CreateTableAs, CreateView, DropView
else:  # imported when first asked for: what a first query does without
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "lect.schema.computed": ("Computed",),
            "lect.schema.ddl": (
                "DDL",
                "AddConstraint",
                "BaseDDLElement",
                "CreateColumn",
                "CreateConstraint",
                "CreateIndex",
                "CreateSchema",
                "CreateSequence",
                "CreateTable",
                "DDLElement",
                "DropColumnComment",
                "DropConstraint",
                "DropConstraintComment",
                "DropIndex",
                "DropSchema",
                "DropSequence",
                "DropTable",
                "DropTableComment",
                "ExecutableDDLElement",
                "SetColumnComment",
                "SetConstraintComment",
                "SetTableComment",
                "TableOptions",
            ),
            "lect.schema.sequence": ("Identity", "IdentityOptions", "Sequence"),
            "lect.schema.view": ("CreateTableAs", "CreateView", "DropView"),
        },
    )

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
