"""A pause for the cyclic collector while many objects are made at once.

Each new object makes the collector look at all young objects again; while thousands are made and none can be garbage,
that is
half of the time. The pause is for the whole process, counted (several threads may pause), and never longer than the
block.
"""

from __future__ import annotations

import gc
import threading
from types import TracebackType
from typing import Final

__all__ = ["PAUSE_FROM", "pause"]

#: Blocks that handle fewer objects than this do not pause.
PAUSE_FROM: Final = 300

_lock = threading.Lock()
_paused = 0


class _Pause:
    """Context manager: the collector is off inside, if it was on outside."""

    __slots__ = ("active",)

    def __init__(self) -> None:
        self.active = False

    def __enter__(self) -> None:
        global _paused
        with _lock:
            if _paused or gc.isenabled():
                if not _paused:
                    gc.disable()
                _paused += 1
                self.active = True

    def __exit__(
        self, type_: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        global _paused
        if self.active:
            self.active = False
            with _lock:
                _paused -= 1
                if not _paused:
                    gc.enable()


class _Nothing:
    """Context manager that does nothing."""

    __slots__ = ()

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, type_: type[BaseException] | None, value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        return None


_NOTHING = _Nothing()


def pause(count: int, wanted: bool = True) -> _Pause | _Nothing:
    """Return a context manager that pauses the collector when `count` objects make it worth while.

    Args:
        count: how many objects the block will make or touch.
        wanted: False: never pause (``Session.gc_pause``).
    """
    return _Pause() if wanted and count >= PAUSE_FROM else _NOTHING
