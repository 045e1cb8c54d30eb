"""Attributes that may have to be loaded, awaited: ``await user.awaitable_attrs.addresses``."""

from __future__ import annotations

from typing import Any

from lect.bridge import greenlet_spawn

__all__ = ["AsyncAttrs"]


class AsyncAttrs:
    """Mixin for mapped classes: gives ``awaitable_attrs``."""

    class _Awaitable:
        __slots__ = ("_instance",)

        def __init__(self, instance: Any) -> None:
            self._instance = instance

        def __getattr__(self, name: str) -> Any:
            return greenlet_spawn(getattr, self._instance, name)

    @property
    def awaitable_attrs(self) -> AsyncAttrs._Awaitable:
        """The object's attributes; each read is awaited and may load."""
        return AsyncAttrs._Awaitable(self)
