"""PostgreSQL for Lect."""

from __future__ import annotations

from lect.types.sql_types import (
    BIGINT,
    BOOLEAN,
    CHAR,
    DATE,
    DOUBLE_PRECISION,
    FLOAT,
    INTEGER,
    NUMERIC,
    REAL,
    SMALLINT,
    TEXT,
    VARCHAR,
)
from lect.types.uuid_type import UUID
from lect_postgresql.arrays import All, aggregate_order_by, array, array_agg
from lect_postgresql.arrays import Any_ as Any
from lect_postgresql.bit_string import BitString
from lect_postgresql.ddl import CreateDomainType, CreateEnumType, DropDomainType, DropEnumType
from lect_postgresql.dialect import PostgreSQLDialect
from lect_postgresql.distinct_on import distinct_on
from lect_postgresql.dml import Insert, insert
from lect_postgresql.exclude_constraint import ExcludeConstraint
from lect_postgresql.hstore import hstore
from lect_postgresql.named_types import NamedType
from lect_postgresql.range_value import MultiRange, Range
from lect_postgresql.ranges import (
    DATEMULTIRANGE,
    DATERANGE,
    INT4MULTIRANGE,
    INT4RANGE,
    INT8MULTIRANGE,
    INT8RANGE,
    NUMMULTIRANGE,
    NUMRANGE,
    TSMULTIRANGE,
    TSRANGE,
    TSTZMULTIRANGE,
    TSTZRANGE,
)
from lect_postgresql.text_search import (
    phraseto_tsquery,
    plainto_tsquery,
    to_tsquery,
    to_tsvector,
    ts_headline,
    websearch_to_tsquery,
)
from lect_postgresql.types import (
    ARRAY,
    BIT,
    BYTEA,
    CIDR,
    CITEXT,
    DOMAIN,
    ENUM,
    HSTORE,
    INET,
    INTERVAL,
    JSON,
    JSONB,
    JSONPATH,
    MACADDR,
    MACADDR8,
    MONEY,
    OID,
    REGCLASS,
    REGCONFIG,
    TIME,
    TIMESTAMP,
    TSQUERY,
    TSVECTOR,
)

__all__ = [
    "ARRAY",
    "All",
    "Any",
    "BIGINT",
    "BIT",
    "BOOLEAN",
    "BYTEA",
    "BitString",
    "CHAR",
    "CIDR",
    "CITEXT",
    "CreateDomainType",
    "CreateEnumType",
    "DATE",
    "DATEMULTIRANGE",
    "DATERANGE",
    "DOMAIN",
    "DOUBLE_PRECISION",
    "DropDomainType",
    "DropEnumType",
    "ENUM",
    "ExcludeConstraint",
    "FLOAT",
    "HSTORE",
    "INET",
    "INT4MULTIRANGE",
    "INT4RANGE",
    "INT8MULTIRANGE",
    "INT8RANGE",
    "INTEGER",
    "INTERVAL",
    "Insert",
    "JSON",
    "JSONB",
    "JSONPATH",
    "MACADDR",
    "MACADDR8",
    "MONEY",
    "MultiRange",
    "NUMERIC",
    "NUMMULTIRANGE",
    "NUMRANGE",
    "NamedType",
    "OID",
    "PostgreSQLDialect",
    "REAL",
    "REGCLASS",
    "REGCONFIG",
    "Range",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "TSMULTIRANGE",
    "TSQUERY",
    "TSRANGE",
    "TSTZMULTIRANGE",
    "TSTZRANGE",
    "TSVECTOR",
    "UUID",
    "VARCHAR",
    "aggregate_order_by",
    "array",
    "array_agg",
    "dialect",
    "distinct_on",
    "hstore",
    "insert",
    "phraseto_tsquery",
    "plainto_tsquery",
    "to_tsquery",
    "to_tsvector",
    "ts_headline",
    "websearch_to_tsquery",
]

__version__ = "0.1.0"

#: The dialect, to compile statements without an engine: ``statement.compile(dialect=lect_postgresql.dialect())``.
dialect = PostgreSQLDialect
