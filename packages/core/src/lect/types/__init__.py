"""What a value is: types, their way to the database and back, and the operators they bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lect.lazy import lazy_names
from lect.operators import OperatorClass
from lect.types.array import ARRAY
from lect.types.boolean import BOOLEANTYPE, MATCHTYPE, Boolean, MatchType
from lect.types.concatenable import Concatenable, Indexable
from lect.types.decorator import ExternalType, TypeDecorator, Variant
from lect.types.enumerated import Enum
from lect.types.interval import Interval
from lect.types.json_type import JSON
from lect.types.large_binary import LargeBinary
from lect.types.null import NULLTYPE, NullType
from lect.types.numeric import (
    INTEGERTYPE,
    NUMERICTYPE,
    BigInteger,
    Double,
    Float,
    Integer,
    Numeric,
    NumericCommon,
    SmallInteger,
)
from lect.types.registry import DOUBLETYPE
from lect.types.schema_type import SchemaType
from lect.types.sql_types import (
    BIGINT,
    BINARY,
    BLOB,
    BOOLEAN,
    CHAR,
    CLOB,
    DATE,
    DATETIME,
    DECIMAL,
    DOUBLE,
    DOUBLE_PRECISION,
    FLOAT,
    INT,
    INTEGER,
    NCHAR,
    NUMERIC,
    NVARCHAR,
    REAL,
    SMALLINT,
    TEXT,
    TIME,
    TIMESTAMP,
    VARBINARY,
    VARCHAR,
)
from lect.types.string import STRINGTYPE, String, Text, Unicode, UnicodeText
from lect.types.temporal import Date, DateTime, Time
from lect.types.tuple_type import TABLEVALUE, TableValueType, TupleType
from lect.types.type_engine import Emulated, NativeForEmulated, TypeEngine, adapt_type, to_instance
from lect.types.user_defined import UserDefinedType
from lect.types.uuid_type import UUID, Uuid

if TYPE_CHECKING:
    from lect.types.pickle_type import PickleType
else:  # imported when first asked for: what a first query does without
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "lect.types.pickle_type": ("PickleType",),
        },
    )

__all__ = [
    "ARRAY",
    "BIGINT",
    "BINARY",
    "BLOB",
    "BOOLEAN",
    "BOOLEANTYPE",
    "CHAR",
    "CLOB",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "DOUBLE",
    "DOUBLETYPE",
    "DOUBLE_PRECISION",
    "FLOAT",
    "INT",
    "INTEGER",
    "INTEGERTYPE",
    "JSON",
    "MATCHTYPE",
    "NCHAR",
    "NULLTYPE",
    "NUMERIC",
    "NUMERICTYPE",
    "NVARCHAR",
    "REAL",
    "SMALLINT",
    "STRINGTYPE",
    "TABLEVALUE",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "UUID",
    "VARBINARY",
    "VARCHAR",
    "BigInteger",
    "Boolean",
    "Concatenable",
    "Date",
    "DateTime",
    "Double",
    "Emulated",
    "Enum",
    "ExternalType",
    "Float",
    "Indexable",
    "Integer",
    "Interval",
    "LargeBinary",
    "MatchType",
    "NativeForEmulated",
    "NullType",
    "Numeric",
    "NumericCommon",
    "OperatorClass",
    "PickleType",
    "SchemaType",
    "SmallInteger",
    "String",
    "TableValueType",
    "Text",
    "Time",
    "TupleType",
    "TypeDecorator",
    "TypeEngine",
    "Unicode",
    "UnicodeText",
    "UserDefinedType",
    "Uuid",
    "Variant",
    "adapt_type",
    "to_instance",
]
