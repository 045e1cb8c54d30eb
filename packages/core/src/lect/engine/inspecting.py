"""What ``inspect()`` tells of engines and connections (an Inspector), and of statements and tables (themselves)."""

from __future__ import annotations

from lect.engine.connection import Connection
from lect.engine.engine import Engine
from lect.engine.reflection import Inspector
from lect.inspection import inspects, inspects_itself
from lect.sql.element import ClauseElement

__all__ = ["Inspector"]

inspects(Engine, Connection)(Inspector)
inspects_itself(ClauseElement)
