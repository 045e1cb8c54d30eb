"""Lists that keep the position of each member in an attribute of the member."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, SupportsIndex, TypeVar

__all__ = ["OrderingList", "count_from_0", "count_from_1", "count_from_n_factory", "ordering_list"]

_T = TypeVar("_T")

#: (index, list) -> value of the member's position attribute
OrderingFunc = Callable[[int, Sequence[Any]], object]


def ordering_list(
    attr: str,
    count_from: int | None = None,
    ordering_func: OrderingFunc | None = None,
    reorder_on_append: bool = False,
) -> Callable[[], OrderingList[Any]]:
    """Return a factory for ``collection_class=``.

    Args:
        attr: attribute of the members that holds their position.
        count_from: first position; 0 by default.
        ordering_func: computes positions in place of counting.
        reorder_on_append: also renumber a member that is appended with a position of its own (as rows being loaded
        have).
    """
    function = ordering_func if count_from is None or ordering_func is not None else count_from_n_factory(count_from)
    return lambda: OrderingList(attr, function, reorder_on_append)


def count_from_0(index: int, collection: object) -> int:
    """Number from 0."""
    return index


def count_from_1(index: int, collection: object) -> int:
    """Number from 1."""
    return index + 1


def count_from_n_factory(start: int) -> OrderingFunc:
    """Return a function that numbers from `start`."""

    def numbered(index: int, collection: object) -> int:
        return index + start

    numbered.__name__ = f"count_from_{start}"
    return numbered


class OrderingList(list[_T]):
    """A list that writes each member's position into an attribute of the member.

    Only changes made through the list renumber; a list loaded from rows is as its ``order_by`` says.
    """

    def __init__(
        self,
        ordering_attr: str | None = None,
        ordering_func: OrderingFunc | None = None,
        reorder_on_append: bool = False,
    ) -> None:
        super().__init__()
        self.ordering_attr = ordering_attr
        self.ordering_func: OrderingFunc = count_from_0 if ordering_func is None else ordering_func
        self.reorder_on_append = reorder_on_append

    def _order_entity(self, index: int, entity: Any, reorder: bool = True) -> None:
        assert self.ordering_attr is not None
        have = getattr(entity, self.ordering_attr)
        # A member that is being loaded has its position already.
        if have is not None and not reorder:
            return
        position = self.ordering_func(index, self)
        if have != position:
            setattr(entity, self.ordering_attr, position)

    def reorder(self) -> None:
        """Number all members anew."""
        for index, entity in enumerate(self):
            self._order_entity(index, entity, True)

    _reorder = reorder

    def append(self, entity: _T) -> None:
        """Add a member at the end."""
        super().append(entity)
        self._order_entity(len(self) - 1, entity, self.reorder_on_append)

    def insert(self, index: SupportsIndex, entity: _T) -> None:
        """Add a member at a position."""
        super().insert(index, entity)
        self.reorder()

    def remove(self, entity: _T) -> None:
        """Take a member out."""
        super().remove(entity)
        self.reorder()

    def pop(self, index: SupportsIndex = -1) -> _T:
        """Take out and return the member at a position."""
        entity = super().pop(index)
        self.reorder()
        return entity

    def __setitem__(self, index: Any, entity: Any) -> None:
        super().__setitem__(index, entity)
        if isinstance(index, slice):
            self.reorder()
        else:
            self._order_entity(int(index) % len(self), entity, True)

    def __delitem__(self, index: Any) -> None:
        super().__delitem__(index)
        self.reorder()

    def extend(self, values: Iterable[_T]) -> None:
        """Add several members at the end."""
        for value in values:
            self.append(value)

    def __iadd__(self, values: Iterable[_T]) -> OrderingList[_T]:  # type: ignore[override,misc]
        self.extend(values)
        return self

    def sort(self, *, key: Any = None, reverse: bool = False) -> None:
        """Sort the members and number them anew."""
        super().sort(key=key, reverse=reverse)
        self.reorder()

    def reverse(self) -> None:
        """Turn the order round and number the members anew."""
        super().reverse()
        self.reorder()

    def __reduce__(self) -> Any:
        return _rebuild, (self.__class__, dict(self.__dict__), list(self))


def _rebuild(cls: type[OrderingList[Any]], state: dict[str, Any], content: list[Any]) -> OrderingList[Any]:
    made = cls.__new__(cls)
    made.__dict__.update(state)
    list.extend(made, content)
    return made
