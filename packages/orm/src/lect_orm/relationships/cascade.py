"""What is done to an object and then also to the objects it refers to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

from lect.exc import ArgumentError

__all__ = ["CascadeOptions"]

_ADDED: Final = ("save-update", "merge", "refresh-expire", "expunge", "delete")
_ALL: Final = frozenset((*_ADDED, "delete-orphan", "all", "none"))
#: what a relationship that is only read may cascade
_VIEWONLY: Final = frozenset(("all", "none", "expunge", "refresh-expire", "merge"))


class CascadeOptions(frozenset[str]):
    """The names in ``relationship(cascade="save-update, merge")``, each also an attribute that is true or false."""

    __slots__ = ("delete", "delete_orphan", "expunge", "merge", "refresh_expire", "save_update")

    delete: bool
    delete_orphan: bool
    expunge: bool
    merge: bool
    refresh_expire: bool
    save_update: bool

    def __new__(cls, value_list: Any) -> CascadeOptions:
        if value_list is None or isinstance(value_list, str):
            return cls.from_string(value_list)
        values = set(value_list)
        unknown = values.difference(_ALL)
        if unknown:
            raise ArgumentError(f"Invalid cascade option(s): {', '.join([repr(x) for x in sorted(unknown)])}")
        if "all" in values:
            values.update(_ADDED)
        if "none" in values:
            values.clear()
        values.discard("all")
        self = super().__new__(cls, values)
        self.save_update = "save-update" in values
        self.delete = "delete" in values
        self.refresh_expire = "refresh-expire" in values
        self.merge = "merge" in values
        self.expunge = "expunge" in values
        self.delete_orphan = "delete-orphan" in values
        if self.delete_orphan and not self.delete:
            import warnings

            from lect.exc import LectWarning

            warnings.warn("The 'delete-orphan' cascade option requires 'delete'.", LectWarning, stacklevel=3)
        return self

    def __repr__(self) -> str:
        return f"CascadeOptions({','.join(sorted(self))!r})"

    def __reduce__(self) -> Any:
        return (CascadeOptions, (list(self),))

    @classmethod
    def from_string(cls, arg: str | None) -> CascadeOptions:
        """Read a comma-separated list of names."""
        return cls([c for c in re.split(r"\s*,\s*", arg or "") if c])

    @staticmethod
    def refused_for_viewonly(values: Iterable[str]) -> list[str]:
        """Return the names that a viewonly relationship cannot have."""
        return sorted(set(values).difference(_VIEWONLY))
