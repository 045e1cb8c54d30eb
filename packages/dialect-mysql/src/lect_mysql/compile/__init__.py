"""What MySQL and MariaDB write differently from the default rules; files have the names of the default rules' files."""

from __future__ import annotations

from lect.compile.table import ANSI, RuleTable

__all__ = ["MARIADB_RULES", "RULES"]

RULES = RuleTable("mysql", parent=ANSI)
#: MariaDB writes what MySQL writes, but for what stands in files that name this table.
MARIADB_RULES = RuleTable("mariadb", parent=RULES)
