"""Options of a statement that concern the mapper, and those that an application makes for its own listeners."""

from __future__ import annotations

from typing import Any

from lect.shape import Shape, intern
from lect.sql.executable import ExecutableOption

__all__ = ["ORMOption", "UserDefinedOption"]


class ORMOption(ExecutableOption):
    """Base of options that concern the mapper."""

    propagate_to_loaders = False


class UserDefinedOption(ORMOption):
    """An option for ``do_orm_execute`` listeners: carries what an application puts into it."""

    propagate_to_loaders = False

    def __init__(self, payload: Any = None) -> None:
        self.payload = payload

    def _structure(self) -> Shape:
        self._shape = intern((type(self),))
        return self._shape
