"""Which objects are looked for before they are created or dropped."""

from __future__ import annotations

from enum import Flag

__all__ = ["CheckFirst", "checkfirst_flags"]


class CheckFirst(Flag):
    """Kinds of objects whose existence is asked before CREATE and DROP."""

    NONE = 0
    TABLES = 2
    VIEWS = 4
    INDEXES = 8
    SEQUENCES = 16
    TYPES = 32
    ALL = TABLES | VIEWS | INDEXES | SEQUENCES | TYPES

    @classmethod
    def from_bool(cls, value: bool | CheckFirst) -> CheckFirst:
        """Return the flags that a bool stands for: all of them, or none."""
        return checkfirst_flags(value)


def checkfirst_flags(value: bool | CheckFirst) -> CheckFirst:
    """Return `value` as flags; True means all, False none."""
    if isinstance(value, CheckFirst):
        return value
    return CheckFirst.ALL if value else CheckFirst.NONE
