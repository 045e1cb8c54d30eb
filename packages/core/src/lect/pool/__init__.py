"""Connection pools."""

from __future__ import annotations

from lect.pool.base import Pool, PoolStats
from lect.pool.events import PoolEvents, PoolResetState
from lect.pool.lent import ConnectionPoolEntry, ManagesConnection, PoolProxiedConnection
from lect.pool.manners import Manners
from lect.pool.queue import AsyncAdaptedQueuePool, FallbackAsyncAdaptedQueuePool, QueuePool
from lect.pool.simple import AssertionPool, NullPool, SingletonThreadPool, StaticPool

__all__ = [
    "AssertionPool",
    "AsyncAdaptedQueuePool",
    "ConnectionPoolEntry",
    "FallbackAsyncAdaptedQueuePool",
    "ManagesConnection",
    "Manners",
    "NullPool",
    "Pool",
    "PoolEvents",
    "PoolProxiedConnection",
    "PoolResetState",
    "PoolStats",
    "QueuePool",
    "SingletonThreadPool",
    "StaticPool",
]
