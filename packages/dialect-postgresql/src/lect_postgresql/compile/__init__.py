"""What PostgreSQL writes differently from the default rules; each file has the name of the default rule's file."""

from __future__ import annotations

from lect.compile.table import ANSI, RuleTable

__all__ = ["RULES"]

RULES = RuleTable("postgresql", parent=ANSI)
