"""Loading: from rows to objects, and which statements that takes."""

from __future__ import annotations

from lect_orm.loading.by_key import load_by_key
from lect_orm.loading.refresh import load_expired, refresh
from lect_orm.loading.strategies import deferred, dynamic, immediate, lazy, polymorphic, selectin, subquery

__all__ = ["load_by_key", "load_expired", "refresh"]
