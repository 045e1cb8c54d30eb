"""The dialects' rule tables; each file of this folder registers its rules in them."""

from __future__ import annotations

from lect.compile.table import ANSI, RuleTable

__all__ = ["MARIADB_RULES", "RULES"]

RULES = RuleTable("mysql", parent=ANSI)
#: MariaDB writes what MySQL writes, but for the rules registered here.
MARIADB_RULES = RuleTable("mariadb", parent=RULES)
