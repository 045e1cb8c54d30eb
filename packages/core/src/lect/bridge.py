"""Awaiting from code that looks synchronous, by way of greenlets.

The asyncio front runs the synchronous engine inside a greenlet; where an asynchronous driver or pool has to wait, it
switches back to the coroutine outside, which awaits and switches in again with the outcome. ``greenlet`` is an extra:
``pip install lect[asyncio]``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import CoroutineType
from typing import Any, TypeVar

from lect.exc import AwaitRequired, InvalidRequestError, MissingGreenlet

__all__ = ["await_fallback", "await_only", "greenlet_spawn", "in_greenlet", "require_greenlet"]

_T = TypeVar("_T")

_class: Any = None


def _greenlet_class() -> Any:
    global _class
    if _class is None:
        try:
            import greenlet  # type: ignore[import-untyped,unused-ignore]
        except ImportError as error:
            raise InvalidRequestError(
                "asyncio support needs the greenlet package; install it with: pip install 'lect[asyncio]'",
                code="greenlet-missing",
            ) from error

        class Awaiting(greenlet.greenlet):  # type: ignore[misc,unused-ignore]
            """A greenlet that runs synchronous code for a coroutine."""

            def __init__(self, fn: Callable[..., Any], driver: Any) -> None:
                super().__init__(fn, driver)
                # Context variables are those of the coroutine outside.
                self.gr_context = driver.gr_context

        _class = Awaiting
        Awaiting.current = staticmethod(greenlet.getcurrent)
    return _class


def in_greenlet() -> bool:
    """Whether the code that asks may await with :func:`await_only`."""
    return _class is not None and isinstance(_class.current(), _class)


def await_only(awaitable: Awaitable[_T]) -> _T:
    """Wait for `awaitable` from synchronous code running under :func:`greenlet_spawn`.

    Raises:
        MissingGreenlet: called outside of one.
    """
    current = _class.current() if _class is not None else None
    if current is None or not isinstance(current, _class):
        discard(awaitable)
        raise MissingGreenlet(
            "greenlet_spawn has not been called; can't call await_only() here. "
            "Was IO attempted in an unexpected place? Use the asynchronous methods and await them, "
            "or load what is needed beforehand."
        )
    result: _T = current.parent.switch(awaitable)
    return result


def await_fallback(awaitable: Awaitable[_T]) -> _T:
    """The same as :func:`await_only`; kept for programs that call it by this name."""
    return await_only(awaitable)


def discard(awaitable: Any) -> None:
    """Give up a coroutine that nobody will await, so that it is not complained about when it is collected."""
    if isinstance(awaitable, CoroutineType):
        awaitable.close()


async def greenlet_spawn(fn: Callable[..., _T], *args: Any, _require_await: bool = False, **kwargs: Any) -> _T:
    """Run synchronous `fn` in a greenlet, awaiting for it whatever it hands to :func:`await_only`.

    Args:
        fn: what to call; further arguments are passed to it.
        _require_await: it is an error when `fn` returns without having awaited anything.
    """
    cls = _greenlet_class()
    context = cls(fn, cls.current())
    switched = False
    result: Any = context.switch(*args, **kwargs)
    while not context.dead:
        switched = True
        try:
            value = await result
        except BaseException:
            import sys

            # Cancellation arrives inside the synchronous code, where resources are given back.
            result = context.throw(*sys.exc_info())
        else:
            result = context.switch(value)
    if _require_await and not switched:
        raise AwaitRequired(
            "The current operation required an async execution but none was detected. "
            "This will usually happen when using a non compatible driver; use one that supports asyncio."
        )
    final: _T = result
    return final


def require_greenlet() -> None:
    """Make sure that greenlet is there.

    Raises:
        InvalidRequestError: it is not; the message names the extra to install.
    """
    _greenlet_class()
