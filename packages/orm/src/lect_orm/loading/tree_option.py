"""An option that carries a part of another statement's options to the statement of a loader."""

from __future__ import annotations

from typing import Any

from lect.shape import Shape, fresh, intern
from lect_orm.loading.options import OptionNode
from lect_orm.loading.orm_option import ORMOption
from lect_orm.query.entities import entity_node

__all__ = ["TreeOption"]


class TreeOption(ORMOption):
    """Says that `node` holds for `entity`, which was reached along the relationships in `path`."""

    def __init__(self, entity: Any, node: OptionNode, path: tuple[Any, ...] = ()) -> None:
        self.entity = entity
        self.node = node
        self.path = path

    def _structure(self) -> Shape:
        node = self.node
        shape = node.shape
        if shape is None:
            shape = node.shape = fresh("options")
        entity = entity_node(self.entity)
        self._shape = intern((TreeOption, shape, entity._shape or entity._structure(), *self.path))
        return self._shape
