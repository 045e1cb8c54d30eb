"""Which relationships were loaded within a savepoint: its rollback takes back what was read, and they forget it.

An object that nothing was written of keeps what it has when a savepoint is rolled back; but what it read of others
within the savepoint may be of rows that have never been, or lack rows that are there again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["WATCH", "note_loaded"]


class _Watch:
    __slots__ = ("on",)

    def __init__(self) -> None:
        #: whether there has been a savepoint at all; until then nobody looks any further
        self.on = False


WATCH = _Watch()


def note_loaded(state: InstanceState, key: str) -> None:
    """Note that a relationship of an object was loaded, if that was within a savepoint of its session."""
    session = state.session
    transaction = None if session is None else session._transaction
    if transaction is not None and transaction._within_savepoint:
        transaction._loaded.setdefault(state, set()).add(key)
