"""A dialect's reflector, imported when a catalogue is first read: most programs start, and end, without that."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from lect.dialects.reflection import Reflector

__all__ = ["reflector_later"]


class _Later:
    """Stands in a dialect's class for a reflector that is not imported yet."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.found: Reflector | None = None

    def __get__(self, dialect: Any, owner: type | None = None) -> Reflector:
        if self.found is None:
            module, _, name = self.where.partition(":")
            __import__(module)
            self.found = getattr(sys.modules[module], name)()
        return self.found


def reflector_later(where: str) -> Reflector:
    """Return what a dialect's class holds as `reflector` so that its module is imported when a catalogue is first read.

    Args:
        where: module and class, ``"acme.reflection:AcmeReflector"``; the class is called without arguments, once.
    """
    return cast("Reflector", _Later(where))
