"""The dialect's rule table; each file of this folder registers its rules in it."""

from __future__ import annotations

from lect.compile.table import ANSI, RuleTable

__all__ = ["RULES"]

RULES = RuleTable("postgresql", parent=ANSI)
