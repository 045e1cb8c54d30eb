"""The session for asyncio: every method that may ask the database is awaited. Engines and results are in
:mod:`lect.aio`.
"""

from __future__ import annotations

from lect.aio import (
    AsyncConnection,
    AsyncEngine,
    AsyncMappingResult,
    AsyncResult,
    AsyncScalarResult,
    AsyncTransaction,
    AsyncTupleResult,
    async_engine_from_config,
    create_async_engine,
    create_async_pool_from_url,
)
from lect_orm.ext.asyncio.attributes import AsyncAttrs
from lect_orm.ext.asyncio.factory import async_scoped_session, async_sessionmaker
from lect_orm.ext.asyncio.session import (
    AsyncSession,
    AsyncSessionTransaction,
    async_object_session,
    async_session,
    close_all_sessions,
)

__all__ = [
    "AsyncAttrs",
    "AsyncConnection",
    "AsyncEngine",
    "AsyncMappingResult",
    "AsyncResult",
    "AsyncScalarResult",
    "AsyncSession",
    "AsyncSessionTransaction",
    "AsyncTransaction",
    "AsyncTupleResult",
    "async_engine_from_config",
    "async_object_session",
    "async_scoped_session",
    "async_session",
    "async_sessionmaker",
    "close_all_sessions",
    "create_async_engine",
    "create_async_pool_from_url",
]
