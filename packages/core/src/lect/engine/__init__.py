"""Engines, connections, transactions and results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lect.engine.connection import Connection
from lect.engine.create import create_engine, create_pool_from_url, engine_from_config
from lect.engine.credentials import Credential
from lect.engine.cursor import CursorResult
from lect.engine.engine import Engine, OptionEngine
from lect.engine.events import ConnectionEvents, DialectEvents
from lect.engine.execution import ExecutionContext
from lect.engine.failures import ExceptionContext
from lect.engine.prepared import Prepared
from lect.engine.result import (
    ChunkedIteratorResult,
    FilterResult,
    FrozenResult,
    IteratorResult,
    MappingResult,
    MergedResult,
    Result,
    ScalarResult,
    TupleResult,
)
from lect.engine.retry import Retry
from lect.engine.row import BaseRow, Row, RowMapping, result_tuple
from lect.engine.transaction import NestedTransaction, RootTransaction, Transaction, TwoPhaseTransaction
from lect.engine.url import URL, make_url
from lect.lazy import lazy_names

if TYPE_CHECKING:
    from lect.engine.mock import MockConnection, create_mock_engine
else:  # imported when first asked for: what a first query does without
    __getattr__, __dir__ = lazy_names(
        __name__,
        {
            "lect.engine.mock": ("MockConnection", "create_mock_engine"),
        },
    )

__all__ = [
    "URL",
    "BaseRow",
    "ChunkedIteratorResult",
    "Connection",
    "ConnectionEvents",
    "Credential",
    "CursorResult",
    "DialectEvents",
    "Engine",
    "ExceptionContext",
    "ExecutionContext",
    "FilterResult",
    "FrozenResult",
    "IteratorResult",
    "MappingResult",
    "MergedResult",
    "MockConnection",
    "NestedTransaction",
    "OptionEngine",
    "Prepared",
    "Result",
    "Retry",
    "RootTransaction",
    "Row",
    "RowMapping",
    "ScalarResult",
    "Transaction",
    "TupleResult",
    "TwoPhaseTransaction",
    "create_engine",
    "create_mock_engine",
    "create_pool_from_url",
    "engine_from_config",
    "make_url",
    "result_tuple",
]
