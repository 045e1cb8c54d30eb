"""Errors of the asyncio front."""

from __future__ import annotations

from lect.exc import ArgumentError, InvalidRequestError

__all__ = ["AsyncContextAlreadyStarted", "AsyncContextNotStarted", "AsyncMethodRequired", "SyncConnector"]


class AsyncMethodRequired(InvalidRequestError):
    """The method has no synchronous meaning for what was given; another is named."""

    code = "async-method-required"


class AsyncContextNotStarted(InvalidRequestError):
    """A connection or transaction was used before it was awaited or entered."""

    code = "async-not-started"


class AsyncContextAlreadyStarted(InvalidRequestError):
    """A connection or transaction was started twice."""

    code = "async-started-twice"


class SyncConnector(ArgumentError, InvalidRequestError):
    """The URL names a connector that is not asynchronous."""

    code = "sync-connector"
