"""SQL toolkit whose database dialects are plugins: the core."""

from __future__ import annotations

from lect import event, exc
from lect.engine import (
    URL,
    BaseRow,
    ChunkedIteratorResult,
    Connection,
    CursorResult,
    Engine,
    ExceptionContext,
    ExecutionContext,
    FrozenResult,
    IteratorResult,
    MappingResult,
    MergedResult,
    NestedTransaction,
    Result,
    RootTransaction,
    Row,
    RowMapping,
    ScalarResult,
    Transaction,
    TupleResult,
    TwoPhaseTransaction,
    create_engine,
    create_mock_engine,
    create_pool_from_url,
    engine_from_config,
    make_url,
    result_tuple,
)
from lect.engine.inspecting import Inspector
from lect.inspection import inspect
from lect.pool import (
    AssertionPool,
    AsyncAdaptedQueuePool,
    NullPool,
    Pool,
    PoolProxiedConnection,
    PoolResetState,
    QueuePool,
    SingletonThreadPool,
    StaticPool,
)
from lect.schema import (
    BLANK_SCHEMA,
    DDL,
    CheckConstraint,
    Column,
    ColumnDefault,
    Computed,
    Constraint,
    DDLElement,
    DefaultClause,
    ExecutableDDLElement,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    UniqueConstraint,
    insert_sentinel,
)
from lect.sql.names import quoted_name
