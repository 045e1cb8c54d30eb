"""Collections of named things in the order in which they were mapped, read by key or as attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = ["KeyedView"]


class KeyedView(Mapping[str, Any]):
    """A read-only view of a dictionary: iterates over *values*; keys are attributes too (``mapper.attrs.name``)."""

    def __init__(self, content: Mapping[str, Any], only: Callable[[Any], bool] | None = None) -> None:
        object.__setattr__(self, "_content", content)
        object.__setattr__(self, "_only", only)

    def _dict(self) -> Mapping[str, Any]:
        content: Mapping[str, Any] = self._content
        if self._only is None:
            return content
        return {k: v for k, v in content.items() if self._only(v)}

    def __getattr__(self, name: str) -> Any:
        try:
            return self._dict()[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("this collection is read-only")

    def __getitem__(self, key: str) -> Any:
        return self._dict()[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._dict().values()))

    def __len__(self) -> int:
        return len(self._dict())

    def __contains__(self, key: object) -> bool:
        return key in self._dict()

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._dict()]

    def keys(self) -> Any:
        """The names."""
        return list(self._dict())

    def values(self) -> Any:
        """The things."""
        return list(self._dict().values())

    def items(self) -> Any:
        """``(name, thing)`` pairs."""
        return list(self._dict().items())

    def get(self, key: str, default: Any = None) -> Any:
        return self._dict().get(key, default)

    def contains_column(self, column: Any) -> bool:
        """Whether the very object is among the values."""
        return any(v is column for v in self._dict().values())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KeyedView) and dict(self.items()) == dict(other.items())

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<{', '.join(self.keys())}>"
