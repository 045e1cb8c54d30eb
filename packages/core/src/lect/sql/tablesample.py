"""TABLESAMPLE: a random part of a table as a FROM element."""

from __future__ import annotations

from typing import Any, ClassVar

from lect.shape import Shape, intern
from lect.sql import coercions
from lect.sql.alias import AliasedReturnsRows
from lect.sql.arguments import from_argument, resolve
from lect.sql.element import ClauseElement
from lect.sql.from_clause import MAKE_FROM
from lect.sql.functions import func
from lect.sql.literal import literal
from lect.sql.node import Node, child, scalar

__all__ = ["TableSample", "tablesample"]


class TableSample(AliasedReturnsRows):
    """``table AS name TABLESAMPLE sampling REPEATABLE (seed)``."""

    __visit_name__ = "tablesample"
    _fields: ClassVar[Any] = (child("element"), scalar("name"), child("sampling"), child("seed"))
    _is_tablesample: ClassVar[bool] = True

    def __init__(self, element: Any, sampling: Any, name: str | None = None, seed: Any = None) -> None:
        super().__init__(element, name)
        given = resolve(sampling)
        # A number is a percentage of the standard's method SYSTEM.
        self.sampling = given if getattr(given, "__visit_name__", "") == "function" else func.system(given)
        self.seed = None if seed is None else resolve(seed)
        if isinstance(self.seed, (int, float)) and not isinstance(self.seed, bool):
            self.seed = literal(self.seed)
        if self.seed is not None and not isinstance(self.seed, ClauseElement):
            self.seed = coercions.expression(self.seed)

    def _alias_again(self, name: str | None = None, flat: bool = False) -> TableSample:
        return TableSample(self.element, self.sampling, name, self.seed)

    def _structure(self) -> Shape:
        inner = super()._structure()
        seed = self.seed
        shape = self._shape = intern(
            (
                inner,
                self.sampling._shape or self.sampling._structure(),
                None if seed is None else (seed._shape or seed._structure()),
            )
        )
        return shape

    def _inner_leaves(self) -> tuple[Node, ...]:
        found: tuple[Node, ...] = super()._inner_leaves() + self.sampling._leaves
        return found if self.seed is None else found + self.seed._leaves

    def get_children(self) -> Any:
        yield self.element
        yield self.sampling
        if self.seed is not None:
            yield self.seed

    def _get_method(self) -> Any:
        return self.sampling


def tablesample(selectable: Any, sampling: Any, name: str | None = None, seed: Any = None) -> TableSample:
    """Return a random sample of a table.

    Args:
        sampling: a percentage, or a function of the server: ``func.bernoulli(1)``.
        seed: value or expression that makes the sample repeatable.
    """
    return TableSample(from_argument(selectable), sampling, name, seed)


MAKE_FROM.tablesample = tablesample
