"""Engines and connections for asyncio; needs the extra: ``pip install lect[asyncio]``."""

from __future__ import annotations

from lect.aio.engine import (
    AsyncConnection,
    AsyncEngine,
    AsyncTransaction,
    async_engine_from_config,
    create_async_engine,
    create_async_pool_from_url,
)
from lect.aio.exc import AsyncContextAlreadyStarted, AsyncContextNotStarted, AsyncMethodRequired
from lect.aio.result import AsyncMappingResult, AsyncResult, AsyncScalarResult, AsyncTupleResult
from lect.bridge import await_fallback, await_only, greenlet_spawn

__all__ = [
    "AsyncConnection",
    "AsyncContextAlreadyStarted",
    "AsyncContextNotStarted",
    "AsyncEngine",
    "AsyncMappingResult",
    "AsyncMethodRequired",
    "AsyncResult",
    "AsyncScalarResult",
    "AsyncTransaction",
    "AsyncTupleResult",
    "async_engine_from_config",
    "await_fallback",
    "await_only",
    "create_async_engine",
    "create_async_pool_from_url",
    "greenlet_spawn",
]
